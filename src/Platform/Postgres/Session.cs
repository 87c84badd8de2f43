using Dapper;
using Npgsql;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Platform.Postgres;

/// <summary>A transaction bound to one tenant. Statements name parameters (<c>@kind</c>); snake_case columns map to PascalCase members.</summary>
public sealed class Session : IAsyncDisposable
{
    private readonly CancellationToken ct;

    static Session()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.AddTypeHandler(new DayHandler());
        SqlMapper.AddTypeHandler(new InstantHandler());
    }

    internal Session(NpgsqlConnection connection, NpgsqlTransaction transaction, Caller caller, CancellationToken ct)
    {
        Connection = connection;
        Transaction = transaction;
        Caller = caller;
        this.ct = ct;
    }

    /// <summary>For binary COPY and batches.</summary>
    public NpgsqlConnection Connection { get; }

    public NpgsqlTransaction Transaction { get; }

    public Caller Caller { get; }

    public TenantId Tenant => Caller.Tenant;

    /// <summary>The work is no longer wanted.</summary>
    public CancellationToken Cancelled => ct;

    /// <summary>All rows, mapped to the members or the constructor of <typeparamref name="T"/>.</summary>
    public async Task<IReadOnlyList<T>> Query<T>(string sql, object? parameters = null) =>
        (await Connection.QueryAsync<T>(Command(sql, parameters))).AsList();

    /// <summary>The first row, or null.</summary>
    public Task<T?> First<T>(string sql, object? parameters = null) => Connection.QueryFirstOrDefaultAsync<T>(Command(sql, parameters));

    /// <summary>How many rows it changed.</summary>
    public Task<int> Execute(string sql, object? parameters = null) => Connection.ExecuteAsync(Command(sql, parameters));

    public Task Commit() => Transaction.CommitAsync(ct);

    public async ValueTask DisposeAsync()
    {
        await Transaction.DisposeAsync();
        await Connection.DisposeAsync();
    }

    private CommandDefinition Command(string sql, object? parameters) => new(sql, parameters, Transaction, cancellationToken: ct);

    private sealed class DayHandler : SqlMapper.TypeHandler<DateOnly>
    {
        public override DateOnly Parse(object value) => value is DateOnly day ? day : DateOnly.FromDateTime((DateTime)value);

        public override void SetValue(System.Data.IDbDataParameter parameter, DateOnly value)
        {
            parameter.Value = value;
            ((NpgsqlParameter)parameter).NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Date;
        }
    }

    // An instant is in UTC on both sides.
    private sealed class InstantHandler : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override DateTimeOffset Parse(object value) => value is DateTimeOffset instant ? instant : new DateTimeOffset((DateTime)value, TimeSpan.Zero);

        public override void SetValue(System.Data.IDbDataParameter parameter, DateTimeOffset value)
        {
            parameter.Value = value.ToUniversalTime();
            ((NpgsqlParameter)parameter).NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz;
        }
    }
}
