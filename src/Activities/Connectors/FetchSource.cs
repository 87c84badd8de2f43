using System.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Activities.Imports;
using OffGridFlow.Activities.Intake;
using OffGridFlow.Platform.Audit;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Secrets;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Activities.Connectors;

/// <summary>
/// Fetches a source's file, by its time table or because somebody asks for it now. A file that is new goes the way of an upload; one that is the same as last time makes no
/// import, unless its import was taken back or failed and somebody asks. Every attempt is written down and told: what failed is never a success, and a job that may help itself comes back.
/// </summary>
internal sealed class FetchSource(Database database, FileStore files, HttpsFile https, Seals seals, ReferenceData data, TimeProvider time) : IJobHandler
{
    private const string JobName = "fetch-source";

    public string Name => JobName;

    // About three hours in all, where the other side says nothing else.
    public RetryPolicy Retries { get; } = new(6, TimeSpan.FromMinutes(2), TimeSpan.FromHours(1));

    /// <param name="JobId">The job that fetches it.</param>
    internal sealed record Response(Guid SourceId, Guid JobId);

    // What came: a stored file, or the word that it has not changed.
    private sealed record Fetched(int Status, StoredFile? File, string FileName, string ContentType, string? Tag, string? LastModified);

    // Who fetches it by itself never brings back what somebody took back; who asks does.
    private static bool IsAsked(JobRun job) => job.Arguments.TryGetProperty("asked", out var asked) && asked.GetBoolean();

    public static void Map(IEndpointRouteBuilder sources) =>
        sources.MapPost("/{id:guid}/fetch", async (Guid id, Caller caller, Database database, CancellationToken ct) =>
            (await database.Write(caller, session => Handle(id, session), ct)).ToAccepted(asked => $"/api/v1/jobs/{asked.JobId}"))
            .WithName("FetchSource").WithSummary("Fetch a source now.").Produces<Response>(StatusCodes.Status202Accepted);

    /// <param name="id">The source's.</param>
    /// <param name="isAsked">Whether somebody asks, and not the time table.</param>
    internal static NewJob Job(Guid id, bool isAsked = false) => new(JobType.Ingestion, JobName, new { source_id = id, asked = isAsked });

    public static async Task<Result<Response>> Handle(Guid id, Session session)
    {
        if (await Source.Read(session, id) is not { } source)
        {
            return Problem.NotFound("source", id.ToString());
        }

        if (!source.Enabled)
        {
            return new Problem("source.disabled", "id", source.Name, "a source that is enabled", "Set enabled first.") { Kind = ProblemKind.Conflict };
        }

        if (source.NeedsSecret)
        {
            return NoSecret(source) with { Kind = ProblemKind.Conflict };
        }

        if (source.LastImport == "undoing")
        {
            return new Problem("source.undoing", "id", source.Name, "a source whose last import is not just being taken back", "Ask again when the import is undone.") { Kind = ProblemKind.Conflict };
        }

        await Trail.Record(session, "source.fetch-asked", new { source_id = id, source.Name });
        return new Response(id, await JobQueue.Enqueue(session, Job(id, isAsked: true) with { Key = Key(id) }));
    }

    /// <summary>Of the job that somebody has asked for.</summary>
    internal static string Key(Guid id) => $"{JobName} {id}";

    public async Task Run(JobRun job, CancellationToken ct)
    {
        if (job.Cursor is not null)
        {
            return; // It was taken in; only that the job is done was not written.
        }

        var id = job.Arguments.GetProperty("source_id").GetGuid();
        var caller = job.Caller with { Actor = $"source:{id}" };
        var (source, secret, isOpen) = await database.Read(
            caller,
            async session => (await Source.Read(session, id), await SourceSecrets.Open(session, seals, id), (await OrganizationQueries.Tenant(session)).Status == "active"),
            ct);
        if (source is not { Enabled: true } || !isOpen)
        {
            return; // Taken away or switched off since the job was made.
        }

        var started = time.GetUtcNow();
        var (fetched, failure) = source.NeedsSecret
            ? (null, new SourceFailure(NoSecret(source), null, IsTransient: false))
            : await Fetch(Asking(source, secret, IsAsked(job)), source, caller, ct);
        failure ??= await Take(job, caller, source, started, fetched!, ct);
        if (failure is not null)
        {
            await Fail(job, caller, source, started, fetched, failure, ct);
        }
    }

    // Of a file whose import is gone the bytes are wanted, whatever there was before.
    private static HttpsFile.Asking Asking(Source.Row source, string? secret, bool isAsked) => isAsked && source.IsTakenBack
        ? new(source.Url, source.HeaderName, secret) : new(source.Url, source.HeaderName, secret, source.Etag, source.LastModified);

    private async Task<(Fetched? Fetched, SourceFailure? Failure)> Fetch(HttpsFile.Asking asking, Source.Row source, Caller caller, CancellationToken ct)
    {
        if (https.Check(asking.Url) is { } wrong)
        {
            return (null, wrong);
        }

        var (answer, failure) = await https.Get(asking, ct);
        if (answer is null)
        {
            return (null, failure);
        }

        using (answer)
        {
            Fetched Of(StoredFile? file) => new(answer.Status, file, answer.FileName, answer.ContentType, answer.Tag ?? (file is null ? source.Etag : null), answer.LastModified ?? (file is null ? source.LastModified : null));
            if (answer.IsUnchanged)
            {
                return (Of(null), null);
            }

            var tooLarge = new SourceFailure(PostImport.TooLarge(files.MostBytes), answer.Status, IsTransient: false);
            if (answer.Length > files.MostBytes)
            {
                return (null, tooLarge);
            }

            try
            {
                if (await files.Put(caller.Tenant, answer.Body, files.MostBytes, ct) is not { } stored)
                {
                    return (null, tooLarge);
                }

                var fetched = Of(stored);
                return IsLast(source, stored) || await Unusable(caller, stored, ct) is not { } problem ? (fetched, null) : (fetched, SourceFailure.Unusable(problem, answer.Status));
            }
            catch (BrokenOffException broken)
            {
                return (null, broken.IsSlow ? SourceFailure.Slow(answer.Body.Arrived, answer.Status) : SourceFailure.Truncated(answer.Body.Arrived, answer.Length, answer.Status));
            }
        }
    }

    private static bool IsLast(Source.Row source, StoredFile file) => source.Sha256 is { } last && last.AsSpan().SequenceEqual(file.Sha256);

    // By its bytes, whatever the answer calls them: a page where one signs in is no file.
    private async Task<Problem?> Unusable(Caller caller, StoredFile stored, CancellationToken ct)
    {
        var (file, problem) = SourceFile.Open(await files.PathOf(caller.Tenant, stored.Sha256, ct), null);
        using (file)
        {
            return problem ?? file!.Sniff().Problem;
        }
    }

    private async Task<SourceFailure?> Take(JobRun job, Caller caller, Source.Row source, DateTimeOffset started, Fetched fetched, CancellationToken ct)
    {
        await using var session = await database.Open(caller, IsolationLevel.ReadCommitted, ct);
        if (await Source.Hold(session, source.SourceId) is not { } there || there.Version != source.Version)
        {
            throw new TransientJobException(new Problem("source.changed", "id", source.Name, "a source that nobody changes while it is fetched", "Nothing: it is fetched again.") { RetryAfter = TimeSpan.Zero });
        }

        StartImport.Response? import = null;
        if (fetched.File is { } file && (!IsLast(there, file) || (IsAsked(job) && there.IsTakenBack)))
        {
            var wanted = new StartImport.Request(file, fetched.FileName, fetched.ContentType, source.ReadOptions(), source.TemplateId, SourceId: source.SourceId);
            if (!(await StartImport.Handle(wanted, session, data, time)).TryValue(out import, out var problem))
            {
                return new SourceFailure(problem, fetched.Status, IsTransient: false);
            }
        }

        var fetch = new SourceFetch
        {
            JobId = job.JobId, StartedAt = started, FinishedAt = time.GetUtcNow(), Outcome = import is null ? SourceFetch.Unchanged : SourceFetch.Imported, HttpStatus = fetched.Status,
            SizeBytes = fetched.File?.Size, ImportId = import?.ImportId,
        };
        var id = await SourceFetch.Insert(session, source.SourceId, fetch, fetched.File?.Sha256);
        await session.Execute(
            "update activities.sources set etag = @Tag, last_modified = @LastModified, sha256 = coalesce(@sha256, sha256), failures = 0 where source_id = @SourceId",
            new { fetched.Tag, fetched.LastModified, sha256 = fetched.File?.Sha256, source.SourceId });
        await Outbox.Tell(session, "source.fetched", new { source.SourceId, source.Name, fetch_id = id, fetch.Outcome, fetch.ImportId }, time);
        await job.Save(session, new { fetch_id = id }, 1, 1);
        await session.Commit();
        return null;
    }

    // Written and told whatever becomes of the job; then the queue hears of it.
    private async Task Fail(JobRun job, Caller caller, Source.Row source, DateTimeOffset started, Fetched? fetched, SourceFailure failure, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var comesBack = failure.IsTransient && job.Failures + 1 < Retries.Most;
        var wait = failure.Problem.RetryAfter ?? Retries.Wait(job.Failures + 1, Random.Shared.NextDouble());
        var fetch = new SourceFetch
        {
            JobId = job.JobId, StartedAt = started, FinishedAt = now, Outcome = SourceFetch.Failed, HttpStatus = failure.Status, SizeBytes = fetched?.File?.Size, Problem = failure.Problem,
            RetryAt = comesBack ? now + wait : null,
        };
        await using (var session = await database.Open(caller, IsolationLevel.ReadCommitted, ct))
        {
            var failures = await session.First<int?>("update activities.sources set failures = failures + 1 where source_id = @SourceId and deleted_at is null returning failures", new { source.SourceId });
            var id = await SourceFetch.Insert(session, source.SourceId, fetch, fetched?.File?.Sha256);
            if (fetched?.File is not null)
            {
                await TidyFiles.Schedule(session, time); // Nothing refers to what was stored.
            }

            await Outbox.Tell(session, "source.failed", new { source.SourceId, source.Name, fetch_id = id, http_status = failure.Status, failure.Problem, failures, fetch.RetryAt }, time);
            await session.Commit();
        }

        throw failure.IsTransient ? new TransientJobException(failure.Problem with { RetryAfter = wait }) : new PermanentJobException(failure.Problem);
    }

    private static Problem NoSecret(Source.Row source) => new(
        "source.secret-missing", "header_value", $"{source.HeaderName} without a value", "the value of the header", "Set header_value: secrets do not come along when an organisation is brought in.");
}
