using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Activities.Connectors;

/// <summary>Prunes what is told of old fetches.</summary>
internal sealed class PruneFetches : IPruning
{
    public async Task<Pruned> Prune(Session session, Retention retention, DateTimeOffset now, int most)
    {
        var gone = await session.Execute(
            "delete from activities.source_fetches where (source_id, fetch_id) in (select source_id, fetch_id from activities.source_fetches where started_at < @oldest limit @most)",
            new { oldest = now - retention[Retention.Fetches], most });
        return new Pruned(new Dictionary<string, long>(StringComparer.Ordinal) { [Retention.Fetches] = gone }, gone == most);
    }
}
