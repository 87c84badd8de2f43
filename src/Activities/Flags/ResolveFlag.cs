using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Activities.Records;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Activities.Flags;

/// <summary>Decides about two activities that may be one: both stay, or one is withdrawn, and what was posted of it is reversed.</summary>
internal static class ResolveFlag
{
    /// <param name="Reason">Why: it stays with the flag, and with the withdrawal.</param>
    /// <param name="KeepBoth">They are two.</param>
    /// <param name="Withdraw">The one of the two that is taken away.</param>
    public sealed record Request(string Reason, bool KeepBoth = false, Guid? Withdraw = null);

    public static void Map(IEndpointRouteBuilder flags) => flags
        .MapPost("/{id:guid}/resolve", async (Guid id, Request request, Caller caller, Database database, ActivityQueries queries, TimeProvider time, CancellationToken ct) =>
            (await database.Write(caller, session => Handle(id, request, session, queries, time), ct)).ToOk())
        .WithinFacilities().WithName("ResolveFlag").WithSummary("Keep both activities (keep_both: true), or withdraw one of them (withdraw: its id), with a reason.").Produces<ShowFlags.Details>();

    /// <summary>Within a transaction of the tenant.</summary>
    public static async Task<Result<ShowFlags.Details>> Handle(Guid id, Request request, Session session, ActivityQueries queries, TimeProvider time)
    {
        if (await session.First<FlagRow>(
            $"select {Flag.Columns} from activities.flags where flag_id = @id and {ShowFlags.Within} for update", new { id, within = session.Caller.FacilitiesFor(Permission.ActivitiesWrite)?.ToArray() }) is not { } flag)
        {
            return Problem.NotFound("flag", id.ToString());
        }

        if (Check(request, flag) is { } problem)
        {
            return problem;
        }

        if (request.Withdraw is { } activity
            && (await ChangeActivity.Withdraw(activity, new ChangeActivity.Withdrawal(request.Reason), session, queries, time)).Problem is { } refused)
        {
            return refused;
        }

        await session.Execute(
            """
            update activities.flags set status = @status, resolved_at = @now, resolved_by = @actor, resolved_reason = @Reason, version = version + 1 where flag_id = @id
            """,
            new { id, status = request.KeepBoth ? "kept" : "withdrawn", now = time.GetUtcNow(), actor = session.Caller.Actor, request.Reason });

        // What the import shows of its flags has changed.
        await session.Execute("update activities.imports set version = version + 1 where import_id = @ImportId", new { flag.ImportId });
        return await ShowFlags.Find(id, session, queries);
    }

    private static Problem? Check(Request request, FlagRow flag)
    {
        if (flag.Status != "open")
        {
            return new Problem("flag.resolved", "status", flag.Status, "open", "It was decided before; correct or withdraw the activity itself.") { Kind = ProblemKind.Conflict };
        }

        if (string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > 2000)
        {
            return new Problem("flag.reason", "reason", request.Reason, "a reason of 1 to 2000 characters", "Say why.");
        }

        return request.KeepBoth == request.Withdraw is not null || (request.Withdraw is { } one && one != flag.ActivityId && one != flag.OtherActivityId)
            ? new Problem("flag.decision", "withdraw", request.Withdraw?.ToString() ?? "", $"keep_both, or withdraw with {flag.ActivityId} or {flag.OtherActivityId}", "Say one of the two.")
            : null;
    }
}
