using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Organizations.Governance;

/// <summary>
/// Ends the keeping of sessions and tokens, of exports nobody fetches any more, and of what a subscription's end ends: activities first, the rest after the
/// years of the ledger, which asks for the erasure as a person would.
/// </summary>
internal sealed class PruneGovernance(FileStore files) : IPruning
{
    private const string SubscriptionEnded = "The subscription ended, and what it left has been kept for as long as it had to be.";

    // Sessions that outlive their end are anybody's: one who prunes prunes everybody's.
    private const string Persons = "select people.prune(@sessions, @tokens, @most)";

    public async Task<Pruned> Prune(Session session, Retention retention, DateTimeOffset now, int most)
    {
        var never = DateTimeOffset.UnixEpoch;
        var sessions = await session.First<long>(Persons, new { sessions = now - retention[Retention.Sessions], tokens = never, most });
        var tokens = await session.First<long>(Persons, new { sessions = never, tokens = now - retention[Retention.Tokens], most });
        var invitations = await session.Execute(
            """
            delete from org.invitations where invitation_id in (
                select invitation_id from org.invitations where accepted_at is null and least(expires_at, coalesce(revoked_at, expires_at)) < @before limit @most)
            """,
            new { before = now - retention[Retention.Invitations], most });
        var exports = await Exports(session, now, most);
        var activities = await Activities(session, retention);
        var asked = await Subscription(session, retention);
        return new Pruned(
            new Dictionary<string, long>(StringComparer.Ordinal)
            {
                [Retention.Sessions] = sessions, [Retention.Tokens] = tokens, [Retention.Invitations] = invitations, [Retention.Exports] = exports, [Retention.Activities] = activities, [Retention.Ledger] = asked,
            },
            sessions == most || tokens == most || invitations == most || exports == most);
    }

    private async Task<int> Exports(Session session, DateTimeOffset now, int most)
    {
        var old = await session.Query<byte[]?>(
            """
            delete from org.exports where export_id in (
                select export_id from org.exports where expires_at < @now or (finished_at is null and requested_at < @begun) limit @most) returning sha256
            """,
            new { now, begun = now - TimeSpan.FromDays(7), most });
        foreach (var sha256 in old.OfType<byte[]>())
        {
            await files.Remove(session.Tenant, sha256, now, session.Cancelled);
        }

        return old.Count;
    }

    // Files first: a night that is cut short leaves rows that the next one finds. The database looks at its own table of periods, too.
    private async Task<long> Activities(Session session, Retention retention)
    {
        if (await session.First<DateTimeOffset?>("select closed_at from org.tenants where closed_at < clock_timestamp() - @kept", new { kept = retention[Retention.Activities] }) is not { } closed)
        {
            return 0;
        }

        var before = closed + retention[Retention.Activities];
        await foreach (var sha256 in files.PutBefore(session.Tenant, before, session.Cancelled))
        {
            await files.Remove(session.Tenant, sha256, before, session.Cancelled);
        }

        return await session.First<long>("select org.erase_activities()");
    }

    private static async Task<int> Subscription(Session session, Retention retention)
    {
        var id = Guid.CreateVersion7();
        var due = await session.First<DateTimeOffset?>(
            """
            insert into org.erasures (tenant_id, erasure_id, reason, requested_at, requested_by, due_at)
            select id, @id, @SubscriptionEnded, clock_timestamp(), @Actor, clock_timestamp() from org.tenants
            where closed_at < clock_timestamp() - @kept and not exists (select from org.erasures where cancelled_at is null)
            returning due_at
            """,
            new { id, SubscriptionEnded, session.Caller.Actor, kept = retention[Retention.Ledger] });
        if (due is not { } at)
        {
            return 0;
        }

        await JobQueue.Enqueue(session, EraseTenant.Job(id, at));
        return 1;
    }
}
