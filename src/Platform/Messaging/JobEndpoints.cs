using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Platform.Messaging;

/// <summary>Lists jobs, the latest first, shows one, cancels it, and lets a dead letter run again.</summary>
internal static class JobEndpoints
{
    private static readonly string[] Statuses = ["queued", "running", "succeeded", "dead", "cancelled"];

    internal static void Map(IEndpointRouteBuilder jobs)
    {
        jobs.MapGet("/", async (string? status, string? name, string? cursor, int? limit, Caller caller, Database database, CancellationToken ct) =>
            (await List(status, name, cursor, limit, caller, database, ct)).ToOk()).WithName("listJobs").Produces<Page<JobView>>();
        jobs.MapGet("/{id:guid}", async (Guid id, Caller caller, Database database, CancellationToken ct) =>
            (await Show(id, caller, database, ct)).ToOk()).WithName("showJob").Produces<JobView>();
        jobs.MapPost("/{id:guid}/cancel", async (Guid id, Caller caller, Database database, TimeProvider time, CancellationToken ct) =>
            (await database.Write(caller, session => JobQueue.Cancel(session, id, time), ct)).ToOk()).WithName("cancelJob").Produces<JobView>();
        jobs.MapPost("/{id:guid}/requeue", async (Guid id, Caller caller, Database database, CancellationToken ct) =>
            (await database.Write(caller, session => JobQueue.Requeue(session, id), ct)).ToAccepted(job => $"/api/v1/jobs/{job.JobId}")).WithName("requeueJob").Produces<JobView>(StatusCodes.Status202Accepted);
    }

    internal static async Task<Result<Page<JobView>>> List(
        string? status, string? name, string? cursor, int? limit, Caller caller, Database database, CancellationToken ct)
    {
        if (status is not null && !Statuses.Contains(status, StringComparer.Ordinal))
        {
            return new Problem("job.status", "status", status, string.Join(", ", Statuses), "Leave it out to list all.");
        }

        if (!IdPage.Read(cursor, limit).TryValue(out var page, out var problem))
        {
            return problem;
        }

        var found = await database.Read(
            caller,
            session => session.Query<JobView>(
                $"""
                select {JobView.Columns} from platform.jobs
                where job_id < @Before and (@status::text is null or status = @status) and (@name::text is null or name = @name)
                order by job_id desc limit @Limit + 1
                """,
                new { page.Before, page.Limit, status, name }),
            ct);
        return page.Of(found, job => job.JobId);
    }

    internal static async Task<Result<JobView>> Show(Guid id, Caller caller, Database database, CancellationToken ct) =>
        await database.Read(caller, session => session.First<JobView>($"select {JobView.Columns} from platform.jobs where job_id = @id", new { id }), ct) is { } found
            ? found
            : Problem.NotFound("job", id.ToString());
}
