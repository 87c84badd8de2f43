using System.Data;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Ledger.Posting;

/// <summary>
/// Posts what an import brought, and takes back what was withdrawn of it. A new version of an activity takes its earlier entries back in
/// the same run. May be run any number of times: the ledger knows what it has.
/// </summary>
internal sealed class PostImport(Database database, ActivityQueries activities, Estimators estimators, ChunkSize size, TimeProvider time) : IJobHandler
{
    public const string JobName = "post-import";

    public string Name => JobName;

    /// <summary>The job that posts an import, once while it waits or runs.</summary>
    public static NewJob For(Guid importId, string what) =>
        new(JobType.Calculation, JobName, new { import_id = importId }) { Key = $"{JobName}:{what}:{importId}" };

    public async Task Run(JobRun job, CancellationToken ct)
    {
        var importId = job.Arguments.GetProperty("import_id").GetGuid();
        var import = await database.Read(job.Caller, session => activities.Import(session, importId), ct)
            ?? throw new PermanentJobException(Problem.NotFound("import", importId.ToString()));
        var posting = new ImportPosting(database, activities, estimators, size, time);
        var total = import.RowsTotal;
        var undone = import.Status is "undoing" or "undone";
        var correction = import.Source == "correction";
        var done = await posting.Post(
            job.Caller, importId, new RunCause(importId, correction ? "correction" : "posting"), withdrawn: false,
            (session, row, count) => job.Save(session, new { row }, count, total), ct);
        if (undone || correction)
        {
            done += await posting.Post(
                job.Caller, importId, new RunCause(WithdrawalOf(importId), correction ? "correction" : "undo", import.UndoneReason), withdrawn: true,
                (session, row, count) => job.Save(session, new { withdrawn_row = row }, count, total), ct);
        }

        await using var session = await database.Open(job.Caller, IsolationLevel.ReadCommitted, ct);
        await Outbox.Tell(session, "import.posted", new { import_id = importId, activities = done }, time);
        await session.Commit();
    }

    /// <summary>Names the taking back of an import's activities, the same at every try.</summary>
    internal static Guid WithdrawalOf(Guid importId) => new(SHA256.HashData(Encoding.UTF8.GetBytes($"withdrawal of {importId}")).AsSpan(0, 16), bigEndian: true);
}

/// <summary>An import was read, or taken back: post it.</summary>
internal sealed class PostWhenTold(string eventType) : IEventSubscriber
{
    public string Name => $"ledger.{eventType}";

    public string EventType => eventType;

    public Task Hear(OutboxEvent happened, Session session) =>
        JobQueue.Enqueue(session, PostImport.For(happened.Body.GetProperty("import_id").GetGuid(), eventType));
}
