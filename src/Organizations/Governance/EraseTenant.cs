using System.Data;
using OffGridFlow.Platform.Audit;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Governance;

/// <summary>
/// Erases a tenant whose window is over: its files, then all of its rows in one transaction, its jobs and this one among them. What remains is a certificate, and an
/// event on the installation's trail. Killed on the way it begins again; the database refuses before the day.
/// </summary>
internal sealed class EraseTenant(Database database, FileStore files, TimeProvider clock) : IJobHandler
{
    public const string JobName = "erase-tenant";

    public string Name => JobName;

    public static NewJob Job(Guid erasure, DateTimeOffset due) => new(JobType.Maintenance, JobName, new { erasure_id = erasure }) { Key = $"{JobName} {erasure}", NotBefore = due };

    /// <summary>The job of a request that still waits, or null.</summary>
    public static Task<Guid?> Waiting(Guid erasure, Session session) => JobQueue.Waiting(session, $"{JobName} {erasure}");

    public async Task Run(JobRun job, CancellationToken ct)
    {
        var erasure = job.Arguments.GetProperty("erasure_id").GetGuid();
        var isDue = await database.Read(
            job.Caller, session => session.First<bool>("select exists (select from org.erasures where erasure_id = @erasure and cancelled_at is null and due_at <= clock_timestamp())", new { erasure }), ct);
        if (!isDue)
        {
            return; // Taken back.
        }

        var (erased, until) = (0L, clock.GetUtcNow() + TimeSpan.FromDays(1));
        await foreach (var sha256 in files.PutBefore(job.Caller.Tenant, until, ct))
        {
            erased += await files.Remove(job.Caller.Tenant, sha256, until, ct) ? 1 : 0;
        }

        string certificate;
        await using (var session = await database.Open(job.Caller, IsolationLevel.ReadCommitted, ct))
        {
            foreach (var upload in files.Uploads(job.Caller.Tenant))
            {
                files.Drop(job.Caller.Tenant, upload);
            }

            certificate = (await session.First<string>("select org.erase_tenant(@erased)::text", new { erased }))!;
            await session.Commit();
        }

        await database.Write<int>(
            Caller.System(TenantId.None, job.Caller.Actor),
            async session =>
            {
                await Trail.Record(session, "tenant.erased", System.Text.Json.JsonElement.Parse(certificate));
                return 1;
            },
            ct);
    }
}

/// <summary>What remains of tenants that were erased, for the operator.</summary>
internal sealed class ErasureCertificate
{
    public Guid TenantId { get; init; }

    public DateTimeOffset ErasedAt { get; init; }

    /// <summary>JSON.</summary>
    public string Body { get; init; } = "";

    public byte[] Hash { get; init; } = [];

    /// <summary>Whether it is as it was written.</summary>
    public bool IsWhole => System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Body)).AsSpan().SequenceEqual(Hash);

    public static Task<IReadOnlyList<ErasureCertificate>> All(Database database, CancellationToken ct) => database.Read(
        Caller.System(Platform.Tenancy.TenantId.None, "cli:tenant"), session => session.Query<ErasureCertificate>("select tenant_id, erased_at, body, hash from org.certificates()"), ct);
}
