using Npgsql;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Security;

/// <summary>What a statement without any filter reaches: the bound tenant's rows. And that it is the fence which holds them, not luck.</summary>
public sealed class ForgottenFilterTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string EveryKey = "select count(*) from org.api_keys";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_statement_without_a_filter_reads_and_changes_one_s_own_only()
    {
        var (acme, globex) = (await Own("acme"), await Own("globex"));
        Assert.True(acme > 0 && globex > 0);

        Assert.Equal(globex, await api.Database.Database.Read(api.Database.Globex, session => session.First<long>(EveryKey), Ct));
        var renamed = await api.Database.Database.Write<int>(api.Database.Globex, async session => await session.Execute("update org.api_keys set name = 'taken'"), Ct);
        Assert.Equal(globex, renamed.Value);
        Assert.Equal(0, await Admin("select count(*) from org.api_keys k join org.tenants t on t.id = k.tenant_id where t.slug = 'acme' and k.name = 'taken'"));
        var planted = await Assert.ThrowsAsync<PostgresException>(() => api.Database.Database.Write<int>(
            api.Database.Globex, async session => await session.Execute("update org.api_keys set tenant_id = @acme", new { acme = api.Database.Acme.Tenant.Value }), Ct));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, planted.SqlState);
    }

    [Fact]
    public async Task without_the_fence_the_same_statement_leaks()
    {
        // In a transaction that is undone, so that no other test sees it.
        await using var connection = await api.Database.Admin.OpenConnectionAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        async Task<long> AsGlobex()
        {
            await using var command = new NpgsqlCommand($"set local role offgridflow_app; select set_config('app.tenant_id', '{api.Database.Globex.Tenant}', true); {EveryKey}", connection, transaction);
            await using var reader = await command.ExecuteReaderAsync(Ct);
            await reader.NextResultAsync(Ct);
            await reader.ReadAsync(Ct);
            return reader.GetInt64(0);
        }

        var (own, fenced) = (await Own("globex"), await AsGlobex());
        await using (var open = new NpgsqlCommand("reset role; alter table org.api_keys disable row level security", connection, transaction))
        {
            await open.ExecuteNonQueryAsync(Ct);
        }

        Assert.Equal(own, fenced);
        Assert.True(await AsGlobex() > fenced);
    }

    [Fact]
    public async Task a_statement_that_nobody_is_bound_to_is_an_error()
    {
        await using var command = api.Database.Database.Source.CreateCommand(EveryKey);

        await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteScalarAsync(Ct));
    }

    private Task<long> Own(string slug) => Admin($"select count(*) from org.api_keys k join org.tenants t on t.id = k.tenant_id where t.slug = '{slug}'");

    private async Task<long> Admin(string sql)
    {
        await using var command = api.Database.Admin.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(Ct))!;
    }
}
