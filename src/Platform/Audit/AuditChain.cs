using System.Data;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Platform.Audit;

/// <summary>
/// Chains the rows of the trail that have been committed, a few seconds after they were. Writers only queue them, so that two transactions of a tenant
/// never wait for one another; any number of chainers take turns (docs/decisions/0019).
/// </summary>
public sealed class AuditChain(Database database, ILogger<AuditChain> log) : BackgroundService
{
    private const int Most = 5_000; // Rows of a transaction.
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(5);

    /// <summary>Chains all that a tenant's transactions have committed; how many rows.</summary>
    public static async Task<long> CatchUp(TenantId tenant, Database database, CancellationToken ct)
    {
        var (done, count) = (0L, 0L);
        do
        {
            await using var session = await database.Open(Caller.System(tenant, "audit:chain"), IsolationLevel.ReadCommitted, ct);
            count = await session.First<long>("select platform.chain_audit(@Value, @Most)", new { tenant.Value, Most });
            await session.Commit();
            done += count;
        }
        while (count == Most);
        return done;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                foreach (var tenant in await Waiting(stoppingToken))
                {
                    await CatchUp(new TenantId(tenant), database, stoppingToken);
                }
            }
            catch (Exception outage) when (outage is NpgsqlException or IOException or TimeoutException)
            {
                log.LogWarning(outage, "The audit trail could not be chained; trying again.");
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            await Task.Delay(Poll, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<IReadOnlyList<Guid>> Waiting(CancellationToken ct)
    {
        await using var connection = await database.Source.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<Guid>(new CommandDefinition("select * from platform.tenants_to_chain()", cancellationToken: ct))).AsList();
    }
}
