using System.Data;
using Npgsql;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Platform.Postgres;

/// <summary>The one store. Every statement on a tenant's rows runs in a transaction that is bound to the tenant, under row-level security.</summary>
public sealed class Database(NpgsqlDataSource source) : IAsyncDisposable
{
    // One round trip; true: until the end of the transaction only.
    private const string Bind = """
        select set_config('app.tenant_id', $1, true), set_config('app.actor', $2, true), set_config('app.request_id', $3, true),
               set_config('app.address', $4, true), set_config('app.user_agent', $5, true), set_config('app.user_id', $6, true)
        """;

    /// <summary>Connections as the application role: it owns nothing and row-level security binds it.</summary>
    public NpgsqlDataSource Source => source;

    /// <summary>Runs work in a read-only transaction of the tenant: one consistent state of the database.</summary>
    public async Task<T> Read<T>(Caller caller, Func<Session, Task<T>> work, CancellationToken ct)
    {
        await using var session = await Open(caller, IsolationLevel.RepeatableRead, ct);
        var result = await work(session);
        await session.Commit();
        return result;
    }

    /// <summary>Runs work in a transaction of the tenant and commits it; a problem or an exception undoes all of it.</summary>
    public async Task<Result<T>> Write<T>(Caller caller, Func<Session, Task<Result<T>>> work, CancellationToken ct)
    {
        await using var session = await Open(caller, IsolationLevel.ReadCommitted, ct);
        var result = await work(session);
        if (result.Problem is null)
        {
            await session.Commit();
        }

        return result;
    }

    /// <summary>The first column of a statement's first row, in one round trip: bound to the tenant as every other. Null when there is none.</summary>
    /// <param name="caller">Whose rows are within reach.</param>
    /// <param name="sql">Reads; parameters are <c>$1</c>, <c>$2</c>.</param>
    /// <param name="ct">Stops it.</param>
    /// <param name="parameters">In their order.</param>
    public async Task<object?> Scalar(Caller caller, string sql, CancellationToken ct, params NpgsqlParameter[] parameters)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection);
        var bind = new NpgsqlBatchCommand("select set_config('app.tenant_id', $1, true)");
        bind.Parameters.Add(new NpgsqlParameter<string> { TypedValue = caller.Tenant.ToString() });
        batch.BatchCommands.Add(bind);
        var ask = new NpgsqlBatchCommand(sql);
        ask.Parameters.AddRange(parameters);
        batch.BatchCommands.Add(ask);

        // A batch without a transaction of its own is one transaction: the binding ends with it.
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        return await reader.ReadAsync(ct) && !await reader.IsDBNullAsync(0, ct) ? reader.GetValue(0) : null;
    }

    /// <summary>Opens a transaction bound to the tenant. Not committed, it is undone when disposed of.</summary>
    public async Task<Session> Open(Caller caller, IsolationLevel isolation, CancellationToken ct)
    {
        var connection = await source.OpenConnectionAsync(ct);
        try
        {
            var transaction = await connection.BeginTransactionAsync(isolation, ct);
            await using var bind = new NpgsqlCommand(Bind, connection, transaction);
            bind.Parameters.Add(new NpgsqlParameter<string> { TypedValue = caller.Tenant.ToString() });
            bind.Parameters.Add(new NpgsqlParameter<string> { TypedValue = caller.Actor });
            bind.Parameters.Add(new NpgsqlParameter<string> { TypedValue = caller.RequestId });
            bind.Parameters.Add(new NpgsqlParameter<string> { TypedValue = caller.Address ?? "" });
            bind.Parameters.Add(new NpgsqlParameter<string> { TypedValue = caller.UserAgent ?? "" });
            bind.Parameters.Add(new NpgsqlParameter<string> { TypedValue = caller.User?.ToString() ?? "" });
            await bind.ExecuteNonQueryAsync(ct);
            return new Session(connection, transaction, caller, ct);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();
}
