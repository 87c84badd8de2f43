using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Activities.Imports;
using OffGridFlow.Activities.Records;
using OffGridFlow.Platform.Audit;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Activities.Evidence;

/// <summary>Attaches to an activity what it rests on: a bill, a meter reading, a certificate.</summary>
internal static class EvidenceFiles
{
    /// <summary>The largest file, in bytes.</summary>
    public const long MostBytes = 50L << 20;

    /// <param name="Sha256">Of its bytes.</param>
    /// <param name="ContentType">By its bytes, whatever its name says.</param>
    public sealed record Attached(Guid EvidenceId, Guid ActivityId, string Name, string Sha256, string ContentType, long SizeBytes, DateTimeOffset AttachedAt, string AttachedBy);

    private static readonly ListShape Shape = new ListShape("evidence_id", FieldKind.Id);

    private const string Select = """
        select e.evidence_id, e.activity_id, e.name, encode(e.sha256, 'hex') as sha256, e.content_type, f.size_bytes, e.attached_at, e.attached_by
        from activities.evidence e join activities.files f using (tenant_id, sha256)
        """;

    public static void Map(IEndpointRouteBuilder activities)
    {
        activities.MapPost("/{id:guid}/evidence", Post).WithMetadata(new RequestSizeLimitAttribute(MostBytes + (1 << 20))).TakingItsTime()
            .WithinFacilities().WithName("AttachEvidence").WithSummary("Attach a file of up to 50 MB: a part 'file' of a form, or the raw bytes with ?file_name=.")
            .Accepts<IFormFile>("multipart/form-data", "application/octet-stream").Produces<Attached>(StatusCodes.Status201Created);
        activities.MapGet("/{id:guid}/evidence", async (Guid id, ListQuery query, Caller caller, Database database, CancellationToken ct) =>
            (await database.Read(caller, session => List(id, query, session), ct)).ToOk())
            .Lists<Attached>(Shape).WithinFacilities().WithName("ListEvidence").WithSummary("What an activity rests on.");
        activities.MapGet("/{id:guid}/evidence/{evidence_id:guid}", Download).TakingItsTime().WithinFacilities().WithName("GetEvidence").WithSummary("The file itself, or the one range of it that the header Range names.").Produces<Stream>(StatusCodes.Status200OK, "application/octet-stream").Produces<Stream>(StatusCodes.Status206PartialContent, "application/octet-stream");
    }

    private static async Task<IResult> Post(Guid id, HttpRequest request, string? file_name, Caller caller, Database database, FileStore files, TimeProvider time, CancellationToken ct)
    {
        if (!await database.Read(caller, session => Exists(session, id, Permission.ActivitiesWrite), ct))
        {
            return new ProblemResponse(Problem.NotFound("activity", id.ToString()));
        }

        if (!(await PostImport.Received(request, caller, files, file_name, ct, MostBytes)).TryValue(out var sent, out var problem))
        {
            return new ProblemResponse(problem);
        }

        var (type, isProgram) = ContentTypes.Of(await files.PathOf(caller.Tenant, sent.File.Sha256, ct));
        if (isProgram)
        {
            return new ProblemResponse(new Problem("evidence.program", "file", sent.Name, "a document, an image, a table or a text", "Attach what the activity rests on, not a program."));
        }

        if (ContentTypes.Named(sent.Name, type) is not { } named)
        {
            return new ProblemResponse(new Problem("evidence.mismatch", "file", $"{sent.Name}, which is {type}", "a file that is what its name says", "Attach the file that was meant, or correct the ending of its name."));
        }

        return (await database.Write(caller, session => Attach(id, sent, named, session, time), ct)).ToCreated(made => $"/api/v1/activities/{id}/evidence/{made.EvidenceId}");
    }

    private static async Task<Result<Attached>> Attach(Guid id, PostImport.Arrived sent, string type, Session session, TimeProvider time)
    {
        await StartImport.KeepFile(session, sent.File, sent.Name, type, time);
        await session.Execute(
            """
            insert into activities.evidence (tenant_id, evidence_id, activity_id, sha256, name, content_type, attached_at, attached_by)
            values (@tenant, @evidence, @id, @Sha256, @Name, @type, @now, @actor) on conflict (tenant_id, activity_id, sha256) do nothing
            """,
            new { tenant = session.Tenant.Value, evidence = Guid.CreateVersion7(), id, sent.File.Sha256, sent.Name, type, now = time.GetUtcNow(), actor = session.Caller.Actor });
        return (await session.First<Row>($"{Select} where e.activity_id = @id and e.sha256 = @Sha256", new { id, sent.File.Sha256 }))!.Shown();
    }

    private static async Task<Result<Page<Attached>>> List(Guid id, ListQuery query, Session session)
    {
        if (!await Exists(session, id, Permission.ActivitiesRead))
        {
            return Problem.NotFound("activity", id.ToString());
        }

        var page = await query.Page<Row>(session, $"{Select} where e.activity_id = @id", new { id });
        return new Page<Attached>([.. page.Items.Select(row => row.Shown())], page.Next);
    }

    private static async Task<IResult> Download(Guid id, Guid evidence_id, HttpRequest request, Caller caller, Database database, FileStore files, CancellationToken ct)
    {
        var found = await database.Read(caller, async session => await Exists(session, id, Permission.ActivitiesRead)
            ? await session.First<Row>($"{Select} where e.activity_id = @id and e.evidence_id = @evidence_id", new { id, evidence_id }) : null, ct);
        if (found is null)
        {
            return new ProblemResponse(Problem.NotFound("evidence", evidence_id.ToString()));
        }

        await Trail.Record(database, caller, "evidence.fetched", new { activity_id = id, evidence_id, found.Sha256, range = request.Headers.Range.ToString() }, ct);
        return new FileAnswer(files, caller.Tenant, Convert.FromHexString(found.Sha256), found.SizeBytes, found.ContentType, found.Name);
    }

    // For those who have the permission for some facilities: an activity of these.
    private static async Task<bool> Exists(Session session, Guid id, Permission permission) =>
        await session.First<Guid?>(
            $"select activity_id from activities.activities last where activity_id = @id and {ShowActivities.LastWithin} limit 1", new { id, within = session.Caller.FacilitiesFor(permission)?.ToArray() }) is not null;

    private sealed class Row
    {
        public Guid EvidenceId { get; init; }

        public Guid ActivityId { get; init; }

        public string Name { get; init; } = "";

        public string Sha256 { get; init; } = "";

        public string ContentType { get; init; } = "";

        public long SizeBytes { get; init; }

        public DateTimeOffset AttachedAt { get; init; }

        public string AttachedBy { get; init; } = "";

        public Attached Shown() => new(EvidenceId, ActivityId, Name, Sha256, ContentType, SizeBytes, AttachedAt, AttachedBy);
    }
}
