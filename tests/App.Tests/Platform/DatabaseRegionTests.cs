using Dapper;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.App.Tests.Platform;

/// <summary>A database is of one region, and stays so.</summary>
public sealed class DatabaseRegionTests(TestDatabase test) : IClassFixture<TestDatabase>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_that_named_none_is_named_once_with_its_tenants_and_never_again()
    {
        await DatabaseRegion.Check(test.Database, "local", Ct);
        var message = (await Assert.ThrowsAsync<InvalidDataException>(() => DatabaseRegion.Check(test.Database, "eu", Ct))).Message;
        Assert.Contains("migrate --region eu", message, StringComparison.Ordinal);

        await DatabaseRegion.Claim(test.AdminConnection, "local", Ct);
        await DatabaseRegion.Claim(test.AdminConnection, "us", Ct); // It has one already.
        await DatabaseRegion.Name(test.AdminConnection, "eu", Ct);

        await DatabaseRegion.Check(test.Database, "eu", Ct);
        await Assert.ThrowsAsync<InvalidDataException>(() => DatabaseRegion.Name(test.AdminConnection, "us", Ct));
        await Assert.ThrowsAsync<InvalidDataException>(() => DatabaseRegion.Check(test.Database, "us", Ct));
        await using var admin = await test.Admin.OpenConnectionAsync(Ct);
        Assert.Equal("eu", await admin.ExecuteScalarAsync<string>("select string_agg(distinct region, ' ') from org.tenants"));
        foreach (var tenant in (Guid[])[test.Acme.Tenant.Value, test.Globex.Tenant.Value])
        {
            Assert.Equal(1L, await admin.ExecuteScalarAsync<long>("select count(*) from platform.audit where tenant_id = @tenant and new_values ->> 'region' = 'eu' and old_values ->> 'region' = 'local'", new { tenant }));
        }
    }
}
