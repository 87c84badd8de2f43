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

    /// <param name="FileName">As its owner calls it.</param>
    /// <param name="SizeBytes">In all.</param>
    public sealed record Request(string FileName, long SizeBytes);

    /// <param name="UploadId">For the path, and for the import afterwards.</param>
    /// <param name="Offset">Bytes that have arrived.</param>
    public sealed record Upload(Guid UploadId, string FileName, long SizeBytes, long Offset);

    public static void Map(IEndpointRouteBuilder uploads)
    {
        uploads.MapPost("/", async (Request request, Caller caller, Database database, TimeProvider time, CancellationToken ct) =>
            (await database.Write(caller, session => Begin(request, session, time), ct)).ToCreated(made => $"/api/v1/uploads/{made.UploadId}"))
            .WithName("CreateUpload").WithSummary("Begin an upload in pieces.").Produces<Upload>(StatusCodes.Status201Created);
        uploads.MapMethods("/{id:guid}", [HttpMethods.Head], Head).WithName("HeadUpload").WithSummary("How many bytes have arrived: header Upload-Offset.").Produces(StatusCodes.Status200OK);
        uploads.MapPatch("/{id:guid}", Patch).WithMetadata(new DisableRequestSizeLimitAttribute())
            .WithName("AppendToUpload").WithSummary("Send the next bytes, with the header Upload-Offset.").Accepts<Stream>("application/offset+octet-stream").Produces(StatusCodes.Status204NoContent);
    }

    /// <summary>A complete upload, taken into the file store. Again: the same file.</summary>
    public static async Task<Result<PostImport.Arrived>> Take(Caller caller, Database database, FileStore files, Guid id, CancellationToken ct)
    {
        if (await database.Read(caller, session => Find(session, id), ct) is not { } upload)
        {
            return Problem.NotFound("upload", id.ToString());
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

    private static async Task<Result<Upload>> Begin(Request request, Session session, TimeProvider time)
    {
        if (request.SizeBytes is <= 0 or > StartImport.MostBytes)
        {
            return new Problem("upload.size", "size_bytes", $"{request.SizeBytes}", $"1 to {StartImport.MostBytes}", "Correct size_bytes.");
        }

        var (id, name) = (Guid.CreateVersion7(), PostImport.FileName(request.FileName));
        await session.Execute(
            "insert into activities.uploads (tenant_id, upload_id, name, size_bytes, created_at) values (@tenant, @id, @name, @SizeBytes, @now)",
            new { tenant = session.Tenant.Value, id, name, request.SizeBytes, now = time.GetUtcNow() });
        return new Upload(id, name, request.SizeBytes, 0);
    }

    private static async Task<IResult> Head(Guid id, HttpResponse response, Caller caller, Database database, FileStore files, CancellationToken ct)
    {
        if (await database.Read(caller, session => Find(session, id), ct) is not { } upload)
        {
            return new ProblemResponse(Problem.NotFound("upload", id.ToString()));
        }

        var offset = upload.Sha256 is null ? files.Offset(caller.Tenant, id) : upload.SizeBytes;
        response.Headers[Offset] = offset.ToString(CultureInfo.InvariantCulture);
        response.Headers["Upload-Length"] = upload.SizeBytes.ToString(CultureInfo.InvariantCulture);
        response.Headers.CacheControl = "no-store";
        return TypedResults.Ok();
    }

    private static async Task<IResult> Patch(Guid id, HttpContext context, Caller caller, Database database, FileStore files, CancellationToken ct)
    {
        if (await database.Read(caller, session => Find(session, id), ct) is not { } upload)
        {
            return new ProblemResponse(Problem.NotFound("upload", id.ToString()));
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

        var after = await files.Append(caller.Tenant, id, context.Request.Body, upload.SizeBytes, ct);
        context.Response.Headers[Offset] = after.ToString(CultureInfo.InvariantCulture);
        return TypedResults.NoContent();
    }

    private static Task<Row?> Find(Session session, Guid id) =>
        session.First<Row>("select name, size_bytes, sha256 from activities.uploads where upload_id = @id", new { id });

    private sealed class Row
    {
        public string Name { get; init; } = "";

        public long SizeBytes { get; init; }

        public byte[]? Sha256 { get; init; }
    }
}
