using Npgsql;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Postgres;

[assembly: AssemblyFixture(typeof(TestPostgres))]

namespace OffGridFlow.App.Tests.Support;

/// <summary>One PostgreSQL server for a run of the tests, with one migrated database to copy. Started when a test first needs it, deleted at the end.</summary>
public sealed class TestPostgres : IAsyncDisposable
{
    private const string Template = "template_migrated";

    private readonly Lazy<Task<EmbeddedServer>> run = new(Begin);
    private int copies;

    private static readonly Lazy<PostgresBinaries> Found = new(() => PostgresBinaries.Find(Path.Combine(Repository.Root, ".offgridflow", "postgres")));

    /// <summary>Settles which server programs every server of this run uses: where npm has to bring them, it does so once.</summary>
    public static void ChooseBinaries() => Environment.SetEnvironmentVariable(PostgresBinaries.Variable, Found.Value.Folder);

    /// <summary>The server. A test that cannot have it fails with the reason: there is no falling back.</summary>
    public Task<EmbeddedServer> Server() => run.Value;

    /// <summary>A fresh copy of the migrated database; returns its name.</summary>
    public Task<string> Copy() => Create(Template);

    /// <summary>A database with nothing in it; returns its name.</summary>
    public Task<string> Empty() => Create("template0");

    public async Task Drop(string name) => await Execute((await Server()).Admin("postgres"), $"drop database {name} with (force)");

    public async ValueTask DisposeAsync()
    {
        if (run.IsValueCreated && run.Value.IsCompletedSuccessfully)
        {
            (await run.Value).Stop();
        }

        RunFolder.Delete();
    }

    private async Task<string> Create(string template)
    {
        var name = $"test_{Interlocked.Increment(ref copies)}";
        await Execute((await Server()).Admin("postgres"), $"create database {name} template {template}");
        return name;
    }

    private static async Task<EmbeddedServer> Begin()
    {
        ChooseBinaries();
        var server = await EmbeddedServer.Start(RunFolder.Path, durable: false, TestContext.Current.CancellationToken);
        await Execute(server.Admin("postgres"), $"create database {Template} owner {DatabaseRoles.Owner}");
        await new Migrator(server.Admin(Template), Path.Combine(Repository.Root, "db", "migrations")).Apply(TestContext.Current.CancellationToken);
        return server;
    }

    private static async Task Execute(NpgsqlConnectionStringBuilder where, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(where.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
