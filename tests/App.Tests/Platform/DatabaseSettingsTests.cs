using Npgsql;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.App.Tests.Platform;

/// <summary>A server of one's own (<c>OFFGRIDFLOW_DATABASE</c>), played by the tests' server.</summary>
public sealed class DatabaseSettingsTests(TestDatabase test) : IClassFixture<TestDatabase>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void a_libpq_url_is_read_with_its_escapes_and_parameters()
    {
        var read = ConnectionText.Parse("postgresql://some%40one:p%2Fw@db.example.org:6543/carbon%20data?sslmode=verify-full&connect_timeout=7&application_name=x", "X");

        Assert.Equal(("db.example.org", 6543, "carbon data", "some@one", "p/w"), (read.Host, read.Port, read.Database, read.Username, read.Password));
        Assert.Equal((SslMode.VerifyFull, 7, "x"), (read.SslMode, read.Timeout, read.ApplicationName));
        Assert.Equal(5432, ConnectionText.Parse("postgres://h/d", "X").Port);
        Assert.Equal("d", ConnectionText.Parse("Host=h;Database=d;Username=u", "X").Database);
    }

    [Theory]
    [InlineData("postgres://h")]
    [InlineData("Host=h")]
    [InlineData("Database=d")]
    [InlineData("nonsense")]
    [InlineData("postgres://h/d?colour=red")]
    [InlineData("postgres://h/d?sslmode=perhaps")]
    public void a_setting_that_is_not_understood_is_named(string text) =>
        Assert.StartsWith("X ", Assert.Throws<InvalidDataException>(() => ConnectionText.Parse(text, "X")).Message, StringComparison.Ordinal);

    [Fact]
    public async Task over_the_owner_s_login_the_program_is_the_application_role_and_stays_it()
    {
        var settings = await DatabaseSettings.Open("/nonexistent", test.AdminConnection.ConnectionString, null, Ct);
        await using var database = await settings.OpenDatabase(Ct);

        Assert.Null(settings.Embedded);
        foreach (var sql in (string[])["select current_user", "reset role; select current_user", "select current_user"]) // Each takes the pooled connection after its reset.
        {
            await using var asked = database.Source.CreateCommand(sql);
            Assert.Equal(DatabaseRoles.Application, await asked.ExecuteScalarAsync(Ct));
        }

        Assert.Equal(["acme"], await database.Read(test.Acme, session => session.Query<string>("select slug from org.tenants"), Ct));
    }

    [Fact]
    public async Task an_application_role_that_sees_through_the_fence_is_refused()
    {
        var settings = await DatabaseSettings.Open("/nonexistent", test.AdminConnection.ConnectionString, test.AdminConnection.ConnectionString, Ct);

        Assert.Contains("row-level security", (await Assert.ThrowsAsync<IOException>(() => settings.OpenDatabase(Ct))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_server_that_does_not_answer_is_said_under_the_setting_s_name()
    {
        var nobody = new NpgsqlConnectionStringBuilder(test.AdminConnection.ConnectionString) { Port = ClusterFolder.FreePort() };

        var closed = await Assert.ThrowsAsync<IOException>(() => DatabaseSettings.Open("/nonexistent", nobody.ConnectionString, null, Ct));

        Assert.Contains(DatabaseSettings.Variable, closed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void a_server_older_than_15_is_refused()
    {
        Assert.Contains("PostgreSQL 14.11; 15 or later", Assert.Throws<IOException>(() => DatabaseSettings.CheckVersion(new Version(14, 11))).Message, StringComparison.Ordinal);
        DatabaseSettings.CheckVersion(new Version(15, 0));
    }

    [Fact]
    public async Task a_role_that_may_create_roles_but_is_no_superuser_can_migrate_its_database()
    {
        await using (var make = test.Admin.CreateCommand("create role landlord login createrole createdb password 'landlord'; grant offgridflow_owner, offgridflow_app, offgridflow_ops to landlord"))
        {
            await make.ExecuteNonQueryAsync(Ct);
        }

        var landlord = new NpgsqlConnectionStringBuilder(test.AdminConnection.ConnectionString) { Username = "landlord", Password = "landlord" };
        var text = await SchemaText.OfMigrations(landlord, Path.Combine(Repository.Root, "db", "migrations"), Ct);

        Assert.Contains("create table org.tenants", text, StringComparison.Ordinal);
    }

    [Fact]
    public void not_as_root_a_database_is_made_checked_and_left_stopped()
    {
        var program = Path.Combine(Repository.Root, "src", "Web", "bin", "Release", "net10.0", "OffGridFlow.Web.dll");
        var nobody = new ServerAccount("nobody");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Not as root: every other test of the server shows it.");
        Assert.SkipUnless(nobody.Run("test", "-r", program).Code == 0, "The account nobody may not read the program here.");
        var files = Directory.GetFiles(Path.Combine(Repository.Root, "db", "migrations")).Length;
        var state = Directory.CreateTempSubdirectory("offgridflow").FullName;
        nobody.Own(state);
        try
        {
            Assert.Equal((1, $"{files} pending: './offgridflow migrate' applies them."), Migrate("--check"));
            Assert.Equal((0, $"{files} applied. The data model is up to date."), Migrate());
            Assert.Equal((0, "The data model is up to date."), Migrate("--check"));
            Assert.False(EmbeddedServer.Status(state).Running);
        }
        finally
        {
            Directory.Delete(state, recursive: true);
        }

        (int Code, string LastLine) Migrate(params string[] options)
        {
            var (code, output) = nobody.Run(
                "env", ["-u", DatabaseSettings.Variable, $"HOME={state}", $"OFFGRIDFLOW_HOME={Repository.Root}", "dotnet", program, "migrate", "--data", state, .. options]);
            return (code, output.TrimEnd().Split('\n')[^1]);
        }
    }
}
