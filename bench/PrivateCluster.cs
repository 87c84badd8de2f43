using System.Globalization;
using Npgsql;
using OffGridFlow.Organizations.ApiKeys;
using OffGridFlow.Organizations.Entities;
using OffGridFlow.Organizations.Facilities;
using OffGridFlow.Organizations.Tenants;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Web.Cli;

namespace OffGridFlow.Bench;

/// <summary>A private PostgreSQL with the product's own settings, in a temporary folder that goes with it.</summary>
internal sealed class PrivateCluster : IAsyncDisposable
{
    private const int Entities = 5;

    private readonly OpenedDatabase opened;

    private PrivateCluster(string state, OpenedDatabase opened)
    {
        (State, this.opened) = (state, opened);
        Admin = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(opened.Settings.Admin.ConnectionString) { CommandTimeout = 0 });
    }

    /// <summary>Its folder.</summary>
    public string State { get; }

    /// <summary>As the application.</summary>
    public Database Database => opened.Database;

    /// <summary>As the superuser.</summary>
    public NpgsqlDataSource Admin { get; }

    /// <summary>Makes one in a folder of its own, migrated.</summary>
    public static Task<PrivateCluster> Make(CancellationToken ct) =>
        Open(Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"offgridflow-bench-{Environment.ProcessId}")), ct);

    /// <summary>Opens one that another process has made.</summary>
    public static async Task<PrivateCluster> Open(string state, CancellationToken ct)
    {
        Environment.SetEnvironmentVariable(DatabaseSettings.Variable, null);
        Environment.SetEnvironmentVariable(DatabaseSettings.ApplicationVariable, null);
        return new PrivateCluster(state, await OpenedDatabase.Open(state, migrates: true, ct));
    }

    /// <summary>A new tenant with the entities and sites that <see cref="Mix"/> names.</summary>
    public async Task<(Caller Caller, string Key)> Tenant(CancellationToken ct)
    {
        var slug = $"bench-{Guid.CreateVersion7():N}";
        var made = Value(await CreateTenant.Handle(new CreateTenant.Request(slug, "Bench"), Database, TimeProvider.System, ct));
        var caller = Caller.System(made.Tenant, "cli:bench");
        Value(await Database.Write<int>(
            caller,
            async session =>
            {
                var entities = new List<Guid>();
                for (var i = 1; i <= Entities; i++)
                {
                    entities.Add(Value(await CreateEntity.Handle(new CreateEntity.Request(Named("E", i), Named("Entity ", i)), session)).EntityId);
                }

                for (var i = 1; i <= Mix.Sites; i++)
                {
                    Value(await CreateFacility.Handle(new CreateFacility.Request(entities[i % Entities], Named("S", i), Named("Site ", i)), session));
                }

                return 0;
            },
            ct));
        return (caller, made.Key);

        static string Named(string what, int number) => string.Create(CultureInfo.InvariantCulture, $"{what}{number}");
    }

    /// <summary>Empties tables, append-only ones too, and writes what is dirty to disk, so that the next run begins where the last one did.</summary>
    public async Task Empty(string tables, CancellationToken ct)
    {
        await using var connection = await Admin.OpenConnectionAsync(ct);
        await Say(connection, $"set session_replication_role = replica; truncate {tables}; reset session_replication_role", ct);
        await Say(connection, "checkpoint", ct);
    }

    public async Task Say(string sql, CancellationToken ct)
    {
        await using var connection = await Admin.OpenConnectionAsync(ct);
        await Say(connection, sql, ct);
    }

    public async Task<T> Ask<T>(string sql, CancellationToken ct)
    {
        await using var command = Admin.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Processor seconds of the server with all its sessions, those that have ended too.</summary>
    public double Processor()
    {
        var server = EmbeddedServer.Status(State).Process ?? throw new InvalidOperationException("The server does not run.");
        var ticks = 0L;
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])))
        {
            try
            {
                // After the name in parentheses: state, parent, … 14th and 15th user and system time, 16th and 17th those of children that ended.
                var text = File.ReadAllText(Path.Combine(folder, "stat"));
                var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
                if (Path.GetFileName(folder) == server.ToString(CultureInfo.InvariantCulture))
                {
                    ticks += Sum(fields, 11..15);
                }
                else if (fields[1] == server.ToString(CultureInfo.InvariantCulture))
                {
                    ticks += Sum(fields, 11..13);
                }
            }
            catch (IOException)
            {
                // It has ended in between.
            }
        }

        return ticks / 100.0;

        static long Sum(string[] fields, Range range) => fields[range].Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
    }

    public async ValueTask DisposeAsync()
    {
        await Admin.DisposeAsync();
        var ours = opened.Settings.Embedded is { Joined: false }; // Else somebody else's, with data to keep.
        await opened.DisposeAsync();
        if (ours)
        {
            EmbeddedServer.Delete(State);
            Directory.Delete(State, recursive: true);
        }
    }

    public static T Value<T>(Result<T> result) => result.TryValue(out var value, out var problem) ? value : throw new InvalidDataException($"{problem.Code}: {problem.Found}");

    private static async Task Say(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }
}
