using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Activities.Imports;

/// <summary>Prunes uploads in pieces that were given up, with their bytes, and the note of those that became a file long ago.</summary>
internal sealed class PruneUploads(FileStore files) : IPruning
{
    public async Task<int> Prune(Session session, Retention retention, DateTimeOffset now, int most)
    {
        files.Sweep(now - retention.Uploads);
        var old = await session.Query<Row>(
            "select upload_id, sha256 is not null as is_complete from activities.uploads where created_at < @Old order by created_at limit @most",
            new { Old = now - retention.Uploads, most });
        var ended = old.Where(upload => upload.IsComplete || files.Offset(session.Tenant, upload.UploadId) == 0).Select(upload => upload.UploadId).ToArray();
        return await session.Execute("delete from activities.uploads where upload_id = any (@ended)", new { ended });
    }

    private sealed record Row(Guid UploadId, bool IsComplete);
}
