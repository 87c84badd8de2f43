using System.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Activities.Flags;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Activities.Imports;

/// <summary>Takes a whole import back, with a reason: its activities are withdrawn, and what was posted of them is reversed.</summary>
internal sealed class UndoImport(Database database, ChunkSize size, TimeProvider time) : IJobHandler
{
    public const string JobName = "undo-import";

    /// <param name="Reason">Why: it stays with the import and with the reversals.</param>
    public sealed record Request(string Reason);

    /// <param name="JobId">The job that does it.</param>
    public sealed record Response(Guid ImportId, Guid JobId, string Status);

    public string Name => JobName;

    public static void Map(IEndpointRouteBuilder imports) => imports
        .MapPost("/{id:guid}/undo", async (Guid id, Request request, Caller caller, Database database, CancellationToken ct) =>
            (await database.Write(caller, session => Handle(id, request, session), ct)).ToAccepted(undo => $"/api/v1/imports/{undo.ImportId}"))
        .WithinFacilities().WithName("UndoImport").WithSummary("Withdraw every activity of an import, with a reason.").Produces<Response>(StatusCodes.Status202Accepted);

    /// <summary>Within a transaction of the tenant.</summary>
    public static async Task<Result<Response>> Handle(Guid id, Request request, Session session)
    {
        if (string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > 2000)
        {
            return new Problem("undo.reason", "reason", request.Reason, "a reason of 1 to 2000 characters", "Say why the import is taken back.");
        }

        if (await ImportRecord.Hold(session, id) is not { } import || (session.Caller.FacilitiesFor(Permission.ImportsWrite) is not null && import.CreatedBy != session.Caller.Actor))
        {
            return Problem.NotFound("import", id.ToString());
        }

        if (import.Status is not "read")
        {
            return new Problem("import.status", "status", import.Status, "read", "Only an import that was read to its end can be undone.") { Kind = ProblemKind.Conflict };
        }

        await session.Execute("update activities.imports set status = 'undoing', undone_reason = @Reason, version = version + 1 where import_id = @id", new { request.Reason, id });
        var job = await JobQueue.Enqueue(session, new NewJob(JobType.Ingestion, JobName, new { import_id = id }) { Key = $"{JobName}:{id}" });
        return new Response(id, job, "undoing");
    }

    public async Task Run(JobRun job, CancellationToken ct)
    {
        var importId = job.Arguments.GetProperty("import_id").GetGuid();
        var withdrawn = await WithdrawImport.All(database, job, importId, size, time, ct);
        await using var session = await database.Open(job.Caller, IsolationLevel.ReadCommitted, ct);
        if (await ImportRecord.Hold(session, importId) is { Status: "undoing" } import)
        {
            await session.Execute("update activities.imports set status = 'undone', undone_at = @now, version = version + 1 where import_id = @importId", new { now = time.GetUtcNow(), importId });
            await FindDuplicates.Enqueue(session, importId); // What was flagged about its activities is settled.
            await Outbox.Tell(session, "import.undone", new { import.ImportId, reason = import.UndoneReason }, time);
            await job.Save(session, new { }, withdrawn, withdrawn);
            await session.Commit();
        }
    }
}
