using System.Data;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Activities.Imports;

/// <summary>
/// The nightly job that removes what nothing refers to: files of requests that were refused or only previewed, uploads given up, and local copies. A file
/// that an import or an evidence names is never among them.
/// </summary>
internal sealed class TidyFiles(Database database, FileStore files, TimeProvider time) : IJobHandler
{
    public const string JobName = "tidy-files";

    // Longer than any request takes between storing its file and naming it.
    private static readonly TimeSpan Age = TimeSpan.FromDays(1);

    private const int Part = 1000;

    public string Name => JobName;

    /// <summary>Sees to it that a tenant with files has the job, once.</summary>
    public static Task<int> Schedule(Session session, TimeProvider time) => JobSchedules.Ensure(
        session, new NewSchedule(JobName, new NewJob(JobType.Ingestion, JobName, new { }) { Priority = -1 }, "23 3 * * *", "UTC"), time);

    public async Task Run(JobRun job, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await DropUploads(job, now - Uploads.Life, ct);
        files.TidyStaging(now - Uploads.Life);
        var removed = 0L;
        await foreach (var some in files.PutBefore(job.Caller.Tenant, now - Age, ct).Chunk(Part).WithCancellation(ct))
        {
            var unnamed = await database.Read(job.Caller, session => session.Query<byte[]>(
                "select sha256 from unnest(@some) as held (sha256) where not exists (select from activities.files f where f.sha256 = held.sha256)", new { some }), ct);
            foreach (var sha256 in unnamed)
            {
                removed += await files.Remove(job.Caller.Tenant, sha256, now - Age, ct) ? 1 : 0;
            }
        }

        await using var end = await database.Open(job.Caller, IsolationLevel.ReadCommitted, ct);
        await job.Save(end, new { }, removed, removed);
        await end.Commit();
    }

    private async Task DropUploads(JobRun job, DateTimeOffset begunBefore, CancellationToken ct)
    {
        await using var session = await database.Open(job.Caller, IsolationLevel.ReadCommitted, ct);
        foreach (var upload in await session.Query<Guid>("delete from activities.uploads where created_at < @begunBefore returning upload_id", new { begunBefore }))
        {
            files.Drop(job.Caller.Tenant, upload);
        }

        await session.Commit();
    }
}
