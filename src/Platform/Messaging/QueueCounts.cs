using Dapper;
using Npgsql;

namespace OffGridFlow.Platform.Messaging;

/// <summary>What waits, over all tenants: for the operator.</summary>
/// <param name="Waiting">Jobs.</param>
/// <param name="Running">Jobs.</param>
/// <param name="Dead">Jobs that will not be tried again by themselves.</param>
/// <param name="Workers">How many have a job in hand.</param>
/// <param name="Events">Told, and not handed on yet.</param>
public sealed record QueueCounts(long Waiting, long Running, long Dead, long Workers, long Events)
{
    /// <param name="connection">Of a role that row-level security does not bind.</param>
    /// <param name="ct">Stops.</param>
    public static Task<QueueCounts> Read(NpgsqlConnection connection, CancellationToken ct) => connection.QuerySingleAsync<QueueCounts>(new CommandDefinition(
        """
        select count(*) filter (where status = 'queued') as waiting, count(*) filter (where status = 'running') as running, count(*) filter (where status = 'dead') as dead,
               count(distinct worker) filter (where status = 'running') as workers, (select count(*) from platform.outbox where sent_at is null) as events
        from platform.jobs where status in ('queued', 'running', 'dead')
        """,
        cancellationToken: ct));
}
