using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Activities.Imports;

/// <summary>Prunes uploads in pieces that were given up, with their bytes, and the note of those that became a file long ago.</summary>
internal sealed class PruneUploads(FileStore files) : IPruning
{
    public async Task<Pruned> Prune(Session session, Retention retention, DateTimeOffset now, int most)
    {
        files.Sweep(now - retention[Retention.Uploads]);
        var old = await session.Query<Row>(
            "select upload_id, sha256 is not null as is_complete from activities.uploads where created_at < @Old order by created_at limit @most",
            new { Old = now - retention[Retention.Uploads], most });
        var ended = old.Where(upload => upload.IsComplete || files.Offset(session.Tenant, upload.UploadId) == 0).Select(upload => upload.UploadId).ToArray();
        var gone = await session.Execute("delete from activities.uploads where upload_id = any (@ended)", new { ended });
        return new Pruned(new Dictionary<string, long>(StringComparer.Ordinal) { [Retention.Uploads] = gone }, gone == most);
    }

    private sealed record Row(Guid UploadId, bool IsComplete);
}
