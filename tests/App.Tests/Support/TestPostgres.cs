using Npgsql;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Postgres;

[assembly: AssemblyFixture(typeof(TestPostgres))]

namespace OffGridFlow.App.Tests.Support;

/// <summary>One PostgreSQL server for a run of the tests, with one migrated database to copy. Started when a test first needs it, deleted at the end.</summary>
public sealed class TestPostgres : IAsyncDisposable
{
    private const string Template = "template_migrated";

    private const string Prefix = "offgridflow-tests-";

    private readonly Lazy<Task<Run>> run = new(Begin);
    private int copies;

    private static readonly Lazy<PostgresBinaries> Found = new(() => PostgresBinaries.Find(Path.Combine(Repository.Root, ".offgridflow", "postgres")));

    /// <summary>Settles which server programs every server of this run uses: where npm has to bring them, it does so once.</summary>
    public static void ChooseBinaries() => Environment.SetEnvironmentVariable(PostgresBinaries.Variable, Found.Value.Folder);

    /// <summary>The server. A test that cannot have it fails with the reason: there is no falling back.</summary>
    public async Task<EmbeddedServer> Server() => (await run.Value).Server;

    /// <summary>A fresh copy of the migrated database; returns its name.</summary>
    public Task<string> Copy() => Create(Template);

    /// <summary>A database with nothing in it; returns its name.</summary>
    public Task<string> Empty() => Create("template0");

    public async Task Drop(string name) => await Execute((await Server()).Admin("postgres"), $"drop database {name} with (force)");

    public async ValueTask DisposeAsync()
    {
        if (!run.IsValueCreated || !run.Value.IsCompletedSuccessfully)
        {
            return;
        }

        var (_, folder, held) = await run.Value;
        EmbeddedServer.Delete(folder);
        await held.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private async Task<string> Create(string template)
    {
        var name = $"test_{Interlocked.Increment(ref copies)}";
        await Execute((await Server()).Admin("postgres"), $"create database {name} template {template}");
        return name;
    }

    private static async Task<Run> Begin()
    {
        ChooseBinaries();
        Tidy();
        var folder = Path.Combine(Path.GetTempPath(), Prefix + Guid.CreateVersion7().ToString("N"));
        Directory.CreateDirectory(folder);
        var held = Hold(folder)!;
        var server = await EmbeddedServer.Start(folder, durable: false, TestContext.Current.CancellationToken);
        await Execute(server.Admin("postgres"), $"create database {Template} owner {DatabaseRoles.Owner}");
        await new Migrator(server.Admin(Template), Path.Combine(Repository.Root, "db", "migrations")).Apply(TestContext.Current.CancellationToken);
        return new Run(server, folder, held);
    }

    // What a killed run left: its lock went with it.
    private static void Tidy()
    {
        foreach (var folder in Directory.GetDirectories(Path.GetTempPath(), Prefix + "*"))
        {
            using var held = Hold(folder);
            if (held is not null)
            {
                EmbeddedServer.Delete(folder);
                held.Dispose();
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static FileStream? Hold(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, "held"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception another) when (another is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static async Task Execute(NpgsqlConnectionStringBuilder where, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(where.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private sealed record Run(EmbeddedServer Server, string Folder, FileStream Held);
}
