using Npgsql;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.App.Tests.Support;

/// <summary>A database of its own for a test class (<c>IClassFixture</c>), with two tenants in it.</summary>
public sealed class TestDatabase(TestPostgres postgres) : IAsyncLifetime
{
    private string name = "";

    /// <summary>As the program uses it: as the application role, under row-level security.</summary>
    public Database Database { get; private set; } = null!;

    /// <summary>As the superuser: for looking behind the fence.</summary>
    public NpgsqlDataSource Admin { get; private set; } = null!;

    /// <summary>For a program that is started on this database.</summary>
    public NpgsqlConnectionStringBuilder AdminConnection { get; private set; } = null!;

    public NpgsqlConnectionStringBuilder ApplicationConnection { get; private set; } = null!;

    public Caller Acme { get; private set; } = null!;

    public Caller Globex { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        name = await postgres.Copy();
        var server = await postgres.Server();
        AdminConnection = server.Admin(name);
        ApplicationConnection = server.Application(name);
        AdminConnection.IncludeErrorDetail = ApplicationConnection.IncludeErrorDetail = true;
        Admin = NpgsqlDataSource.Create(AdminConnection);
        Database = new Database(NpgsqlDataSource.Create(ApplicationConnection));
        Acme = await Tenant("acme", "Acme");
        Globex = await Tenant("globex", "Globex");
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        await Admin.DisposeAsync();
        await postgres.Drop(name);
    }

    private async Task<Caller> Tenant(string slug, string title)
    {
        var caller = Caller.System(TenantId.New(), "test:setup");
        var made = await Database.Write<int>(
            caller,
            async session => await session.Execute("insert into org.tenants (id, slug, name) values (@Id, @Slug, @Name)", new { Id = caller.Tenant.Value, Slug = slug, Name = title }),
            TestContext.Current.CancellationToken);
        Assert.Equal(1, made.Value);
        return caller;
    }
}
