using Npgsql;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Platform;

public sealed class TenantFenceTests(TestDatabase test) : IClassFixture<TestDatabase>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_tenant_sees_its_own_rows_and_no_other_s()
    {
        var acme = await test.Database.Read(test.Acme, session => session.Query<string>("select slug from org.tenants"), Ct);
        var globex = await test.Database.Read(test.Globex, session => session.Query<string>("select slug from org.tenants"), Ct);

        Assert.Equal(["acme"], acme);
        Assert.Equal(["globex"], globex);
    }

    [Fact]
    public async Task a_statement_that_is_bound_to_no_tenant_is_an_error_and_not_an_empty_answer()
    {
        await using var unbound = test.Database.Source.CreateCommand("select slug from org.tenants");

        await Assert.ThrowsAsync<PostgresException>(() => unbound.ExecuteScalarAsync(Ct));
    }

    [Fact]
    public async Task a_tenant_cannot_write_a_row_of_another()
    {
        var refused = await Assert.ThrowsAsync<PostgresException>(() => test.Database.Write<int>(
            test.Acme,
            async session => await session.Execute("insert into org.tenants (id, slug, name) values (@Id, 'x', 'X')", new { Id = Guid.CreateVersion7() }),
            Ct));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }
}
