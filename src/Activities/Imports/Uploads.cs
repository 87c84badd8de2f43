using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Activities.Imports;

/// <summary>Files that come in pieces: after a broken connection the sender asks how far it came and goes on from there.</summary>
internal static class Uploads
{
    private const string Offset = "Upload-Offset";

    /// <summary>How long the rest may be sent, and the whole be imported.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromDays(7);

    /// <param name="FileName">As its owner calls it.</param>
    /// <param name="SizeBytes">In all.</param>
    public sealed record Request(string FileName, long SizeBytes);

    /// <param name="UploadId">For the path, and for the import afterwards.</param>
    /// <param name="Offset">Bytes that have arrived.</param>
    /// <param name="ExpiresAt">Until then the rest is taken, and the whole can be imported.</param>
    public sealed record Upload(Guid UploadId, string FileName, long SizeBytes, long Offset, DateTimeOffset ExpiresAt);

    public static void Map(IEndpointRouteBuilder uploads)
    {
        uploads.MapPost("/", async (Request request, Caller caller, Database database, FileStore files, TimeProvider time, CancellationToken ct) =>
            (await database.Write(caller, session => Begin(request, session, files.MostBytes, time), ct)).ToCreated(made => $"/api/v1/uploads/{made.UploadId}"))
            .WithinFacilities().WithName("CreateUpload").WithSummary("Begin an upload in pieces.").Produces<Upload>(StatusCodes.Status201Created);
        uploads.MapMethods("/{id:guid}", [HttpMethods.Head], Head).WithinFacilities().WithName("HeadUpload").WithSummary("How many bytes have arrived: header Upload-Offset.").Produces(StatusCodes.Status200OK);
        uploads.MapPatch("/{id:guid}", Patch).WithMetadata(new DisableRequestSizeLimitAttribute()).TakingItsTime()
            .WithinFacilities().WithName("AppendToUpload").WithSummary("Send the next bytes, with the header Upload-Offset.").Accepts<Stream>("application/offset+octet-stream").Produces(StatusCodes.Status204NoContent);
    }

    /// <summary>A complete upload, taken into the file store. Again: the same file.</summary>
    public static async Task<Result<PostImport.Arrived>> Take(Caller caller, Database database, FileStore files, Guid id, TimeProvider time, CancellationToken ct)
    {
        if (!(await database.Read(caller, session => Find(session, id, time), ct)).TryValue(out var upload, out var problem))
        {
            return problem;
        }

        if (upload.Sha256 is { } known)
        {
            return new PostImport.Arrived(new StoredFile(known, upload.SizeBytes), upload.Name, "application/octet-stream");
        }

        var offset = files.Offset(caller.Tenant, id);
        if (offset != upload.SizeBytes)
        {
            return new Problem("upload.incomplete", "upload_id", $"{offset} bytes", $"{upload.SizeBytes} bytes", "Send the rest first.") { Kind = ProblemKind.Conflict };
        }

        var stored = await files.Finish(caller.Tenant, id, ct);
        await database.Write<int>(caller, async session => await session.Execute("update activities.uploads set sha256 = @Sha256 where upload_id = @id", new { stored.Sha256, id }), ct);
        return new PostImport.Arrived(stored, upload.Name, "application/octet-stream");
    }

    private static async Task<Result<Upload>> Begin(Request request, Session session, long most, TimeProvider time)
    {
        if (request.SizeBytes <= 0)
        {
            return new Problem("upload.size", "size_bytes", $"{request.SizeBytes}", "1 or more", "Correct size_bytes.");
        }

        if (request.SizeBytes > most)
        {
            return PostImport.TooLarge(most);
        }

        await TidyFiles.Schedule(session, time);
        var (id, name, now) = (Guid.CreateVersion7(), PostImport.FileName(request.FileName), time.GetUtcNow());
        await session.Execute(
            "insert into activities.uploads (tenant_id, upload_id, name, size_bytes, created_at, created_by) values (@tenant, @id, @name, @SizeBytes, @now, @Actor)",
            new { tenant = session.Tenant.Value, id, name, request.SizeBytes, now, session.Caller.Actor });
        return new Upload(id, name, request.SizeBytes, 0, now + Life);
    }

    private static async Task<IResult> Head(Guid id, HttpResponse response, Caller caller, Database database, FileStore files, TimeProvider time, CancellationToken ct)
    {
        if (!(await database.Read(caller, session => Find(session, id, time), ct)).TryValue(out var upload, out var problem))
        {
            return new ProblemResponse(problem);
        }

        var offset = upload.Sha256 is null ? files.Offset(caller.Tenant, id) : upload.SizeBytes;
        response.Headers[Offset] = offset.ToString(CultureInfo.InvariantCulture);
        response.Headers["Upload-Length"] = upload.SizeBytes.ToString(CultureInfo.InvariantCulture);
        response.Headers["Upload-Expires"] = (upload.Begun + Life).ToString("R", CultureInfo.InvariantCulture);
        response.Headers.CacheControl = "no-store";
        return TypedResults.Ok();
    }

    private static async Task<IResult> Patch(Guid id, HttpContext context, Caller caller, Database database, FileStore files, TimeProvider time, CancellationToken ct)
    {
        if (!(await database.Read(caller, session => Find(session, id, time), ct)).TryValue(out var upload, out var problem))
        {
            return new ProblemResponse(problem);
        }

        var there = upload.Sha256 is null ? files.Offset(caller.Tenant, id) : upload.SizeBytes;
        if (!long.TryParse(context.Request.Headers[Offset], NumberStyles.None, CultureInfo.InvariantCulture, out var offset) || offset != there)
        {
            return new ProblemResponse(new Problem("upload.offset", Offset, context.Request.Headers[Offset].ToString(), $"{there}", "Ask for the offset with HEAD, and go on from there.") { Kind = ProblemKind.Conflict });
        }

        if (context.Request.ContentLength is { } length && length > upload.SizeBytes - there)
        {
            return new ProblemResponse(new Problem("upload.size", "body", $"{length} bytes", $"at most {upload.SizeBytes - there} bytes", "Send no more than the upload's size."));
        }

        if (await files.Append(caller.Tenant, id, context.Request.Body, offset, upload.SizeBytes, ct) is not { } after)
        {
            return new ProblemResponse(new Problem(
                "upload.busy", "upload_id", "another request that writes to the upload", "one at a time",
                "Wait until a request that was cut is given up, a few seconds; then ask for the offset with HEAD, and go on from there.") { Kind = ProblemKind.Conflict });
        }

        context.Response.Headers[Offset] = after.ToString(CultureInfo.InvariantCulture);
        return TypedResults.NoContent();
    }

    // Who delivers for some facilities goes on with their own uploads alone.
    private static async Task<Result<Row>> Find(Session session, Guid id, TimeProvider time) =>
        await session.First<Row>(
            "select name, size_bytes, sha256, created_at as begun from activities.uploads where upload_id = @id and (@own::text is null or created_by = @own)",
            new { id, own = session.Caller.FacilitiesFor(Permission.ImportsWrite) is null ? null : session.Caller.Actor }) is not { } found
            ? Problem.NotFound("upload", id.ToString())
            : found.Begun + Life < time.GetUtcNow()
            ? new Problem("upload.expired", "id", $"an upload begun at {found.Begun:yyyy-MM-dd HH:mm}", "one begun in the last 7 days", "Begin a new one.") { Kind = ProblemKind.NotFound }
            : found;

    private sealed class Row
    {
        public string Name { get; init; } = "";

        public long SizeBytes { get; init; }

        public byte[]? Sha256 { get; init; }

        public DateTimeOffset Begun { get; init; }
    }
}
