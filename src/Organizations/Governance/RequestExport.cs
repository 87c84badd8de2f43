using System.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Audit;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Governance;

/// <summary>
/// Has the export of <see cref="ExportTenant"/> made by a job, for those whose export takes longer than a request may. The zip can be fetched for a day, in pieces
/// too; then it goes.
/// </summary>
internal sealed class RequestExport(Database database, FileStore files, ExportTenant export, TimeProvider clock) : IJobHandler
{
    private const string JobName = "export-tenant";

    /// <summary>The store keeps what nothing refers to for as long.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    public string Name => JobName;

    /// <summary>An export and how far it is.</summary>
    public sealed class Response
    {
        internal const string Select = """
            select export_id, job_id, requested_at, requested_by, finished_at, expires_at, size_bytes, encode(sha256, 'hex') as sha256,
                case when sha256 is not null then '/api/v1/governance/exports/' || export_id || '/file' end as file, sha256 as hash
            from org.exports
            """;

        public Guid ExportId { get; init; }

        /// <summary>The job that makes it.</summary>
        public Guid? JobId { get; init; }

        public DateTimeOffset RequestedAt { get; init; }

        public string RequestedBy { get; init; } = "";

        public DateTimeOffset? FinishedAt { get; init; }

        /// <summary>Until then it can be fetched.</summary>
        public DateTimeOffset? ExpiresAt { get; init; }

        public long? SizeBytes { get; init; }

        public string? Sha256 { get; init; }

        /// <summary>Where it can be fetched; null: it is being made.</summary>
        public string? File { get; init; }

        internal byte[]? Hash { get; init; }
    }

    private static readonly ListShape Shape = new ListShape("export_id", FieldKind.Id, "-export_id").Sort("requested_at", FieldKind.Instant);

    public static void Map(IEndpointRouteBuilder governance)
    {
        var exports = governance.MapGroup("/exports").Needing(Permission.DataExport);
        exports.MapPost("/", async (Caller caller, Database database, TimeProvider clock, CancellationToken ct) =>
                (await database.Write(caller, session => Handle(session, clock), ct)).ToAccepted(made => $"/api/v1/governance/exports/{made.ExportId}"))
            .WithName("RequestExport").WithSummary("Have everything of your organisation made into a zip by a job, to be fetched when it is ready.").Produces<Response>(StatusCodes.Status202Accepted);
        exports.MapGet("/", async (ListQuery query, Caller caller, Database database, CancellationToken ct) => (await database.Read(caller, session => query.Page<Response>(session, Response.Select), ct)).ToOk())
            .Lists<Response>(Shape).WithName("ListExports").WithSummary("List the exports that can be fetched or are being made.");
        exports.MapGet("/{export_id:guid}", async (Guid export_id, Caller caller, Database database, CancellationToken ct) => (await database.Read(caller, session => Find(export_id, session), ct)).ToOk())
            .WithName("GetExport").WithSummary("Show an export and how far it is.").Produces<Response>();
        exports.MapGet("/{export_id:guid}/file", Fetch).TakingItsTime()
            .WithName("FetchExport").WithSummary("Fetch an export.").Produces<byte[]>(StatusCodes.Status200OK, ExportTenant.MediaType);
    }

    public static async Task<Result<Response>> Handle(Session session, TimeProvider clock)
    {
        var id = Guid.CreateVersion7();
        var job = await JobQueue.Enqueue(session, new NewJob(JobType.Export, JobName, new { export_id = id, actor = session.Caller.Actor }));
        await session.Execute(
            "insert into org.exports (tenant_id, export_id, requested_at, requested_by, job_id) values (@Tenant, @id, @now, @Actor, @job)",
            new { Tenant = session.Tenant.Value, id, now = clock.GetUtcNow(), session.Caller.Actor, job });
        return await Find(id, session);
    }

    private static async Task<Result<Response>> Find(Guid id, Session session) =>
        await session.First<Response>($"{Response.Select} where export_id = @id", new { id }) is { } found ? found : Problem.NotFound("export", id.ToString());

    private static async Task<IResult> Fetch(Guid export_id, HttpRequest request, Caller caller, Database database, FileStore files, CancellationToken ct)
    {
        var found = await database.Read(caller, session => Find(export_id, session), ct);
        if (!found.TryValue(out var made, out var problem))
        {
            return new ProblemResponse(problem);
        }

        if (made is not { Hash: { } sha256, SizeBytes: { } size })
        {
            return new ProblemResponse(new Problem("export.unfinished", "export_id", export_id.ToString(), "an export that is finished", "Ask again when its job has ended.") { Kind = ProblemKind.Conflict });
        }

        await Trail.Record(database, caller, "export.fetched", new { export_id, made.Sha256, range = request.Headers.Range.ToString() }, ct);
        return new FileAnswer(files, caller.Tenant, sha256, size, ExportTenant.MediaType, $"offgridflow-export-{made.RequestedAt.UtcDateTime:yyyy-MM-dd}.zip");
    }

    public async Task Run(JobRun job, CancellationToken ct)
    {
        var id = job.Arguments.GetProperty("export_id").GetGuid();
        var caller = job.Caller with { Actor = job.Arguments.GetProperty("actor").GetString()! };
        StoredFile? taken = null;
        var summary = await export.Hand(async zip => taken = await files.Put(job.Caller.Tenant, zip, long.MaxValue, ct), caller, ct);
        var stored = taken!;
        var now = clock.GetUtcNow();
        await using var session = await database.Open(job.Caller, IsolationLevel.ReadCommitted, ct);
        await session.Execute(
            "update org.exports set sha256 = @Sha256, size_bytes = @Size, finished_at = @now, expires_at = @until where export_id = @id",
            new { stored.Sha256, stored.Size, now, until = now + Kept, id });
        await job.Save(session, new { }, summary.Rows, summary.Rows);
        await session.Commit();
    }
}
