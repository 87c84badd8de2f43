using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace OffGridFlow.Platform.Postgres;

/// <summary>What is known of a private server without starting it.</summary>
/// <param name="Running">Whether it answers to its process id.</param>
/// <param name="Port">Where it listens, or listened last.</param>
/// <param name="Process">Its process id while it runs.</param>
/// <param name="Folder">Where its files are; null when there is no cluster yet.</param>
public sealed record ServerStatus(bool Running, int? Port, int? Process, string? Folder);

/// <summary>
/// A private PostgreSQL server under a state folder, on 127.0.0.1 only, behind random passwords. Starting one that runs joins it;
/// a crash is recovered from at the next start.
/// </summary>
public sealed class EmbeddedServer
{
    /// <summary>The superuser's name.</summary>
    public const string Superuser = "postgres";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ClusterFolder cluster;
    private readonly PostgresBinaries binaries;
    private readonly string state;
    private readonly FileStream? use;

    private EmbeddedServer(string state, ClusterFolder cluster, PostgresBinaries binaries, FileStream? use, bool joined)
    {
        (this.state, this.cluster, this.binaries, this.use) = (state, cluster, binaries, use);
        Joined = joined;
    }

    /// <summary>Whether it was running already.</summary>
    public bool Joined { get; }

    public int Port => cluster.Port!.Value;

    public string Folder => cluster.Root;

    /// <summary>The application role's password; it follows from the superuser's, so that there is one secret to keep.</summary>
    public string ApplicationPassword =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(cluster.Password), Encoding.UTF8.GetBytes(DatabaseRoles.Application)));

    /// <summary>As the superuser.</summary>
    public NpgsqlConnectionStringBuilder Admin(string database) => Connection(database, Superuser, cluster.Password);

    /// <summary>As the application role.</summary>
    public NpgsqlConnectionStringBuilder Application(string database) => Connection(database, DatabaseRoles.Application, ApplicationPassword);

    /// <summary>Starts the server, making the cluster first when there is none, or joins it when it runs.</summary>
    /// <param name="state">The folder it lives under: <c>.offgridflow</c>.</param>
    /// <param name="durable">False gives up safety on power loss for speed: for tests only.</param>
    /// <param name="ct">Gives up waiting.</param>
    /// <exception cref="IOException">It cannot be had; the message says why and what to do.</exception>
    public static async Task<EmbeddedServer> Start(string state, bool durable = true, CancellationToken ct = default)
    {
        Directory.CreateDirectory(state);
        await using var turn = await ServerLocks.Turn(state, Patience, ct); // Two at once would both make the cluster.
        var place = ClusterFolder.Make(state);
        var programs = PostgresBinaries.Find(ClusterFolder.Packages(state, place), place.Major);
        if (!place.Account.CanRun(programs.Postgres))
        {
            throw new IOException($"PostgreSQL does not run as root, and the account {place.Account.Name} may not run {programs.Postgres}. Install PostgreSQL {PostgresBinaries.Oldest} or later for all, or run as another user.");
        }

        if (!place.Exists)
        {
            Create(place, programs);
        }

        var share = ServerLocks.Use(state);
        try
        {
            if (ServerProcess.Find(place) is not null)
            {
                var running = new EmbeddedServer(state, place, programs, share, joined: true);
                await running.Answers(ct);
                return running;
            }

            ServerProcess.ForgetStale(place);
            var server = new EmbeddedServer(state, place, programs, share, joined: false);
            await server.Launch(durable, ct);
            await DatabaseRoles.Ensure(server.Admin("postgres"), server.ApplicationPassword, ct);
            return server;
        }
        catch
        {
            await share.DisposeAsync();
            throw;
        }
    }

    /// <summary>The server of a state folder when it runs. Nothing is started, and who only looks does not keep it running.</summary>
    public static EmbeddedServer? Running(string state) => ClusterFolder.Find(state) is { Exists: true, Port: not null } place && ServerProcess.Find(place) is not null
        ? new EmbeddedServer(state, place, PostgresBinaries.Find(ClusterFolder.Packages(state, place), place.Major), null, joined: true)
        : null;

    /// <summary>
    /// Starts it again when it has died: nobody told it to stop, so that its pid file is still there. It listens where it did before.
    /// False: it runs, or was stopped.
    /// </summary>
    public async Task<bool> Revive(CancellationToken ct)
    {
        if (!File.Exists(cluster.PidFile) || ServerProcess.Find(cluster) is not null)
        {
            return false;
        }

        var again = await Start(state, ct: ct);
        await again.use!.DisposeAsync(); // Ours still counts.
        return true;
    }

    /// <summary>Stops it when no other process uses it; a process that was killed does not count.</summary>
    public async Task Leave()
    {
        if (use is null)
        {
            return;
        }

        await using var turn = await ServerLocks.Turn(state, Patience, CancellationToken.None);
        await use.DisposeAsync();
        await using var last = ServerLocks.UseAlone(state);
        if (last is not null)
        {
            Stop();
        }
    }

    /// <summary>Stops the server of a state folder: open transactions are undone, everything committed is on disk. False when it did not run.</summary>
    /// <exception cref="IOException">It does not stop.</exception>
    public static bool Stop(string state)
    {
        if (ClusterFolder.Find(state) is not { Exists: true } place || ServerProcess.Find(place) is null)
        {
            return false;
        }

        Stop(place, PostgresBinaries.Find(ClusterFolder.Packages(state, place), place.Major));
        return true;
    }

    public static ServerStatus Status(string state)
    {
        if (ClusterFolder.Find(state) is not { Exists: true } place)
        {
            return new ServerStatus(false, null, null, null);
        }

        var process = ServerProcess.Find(place);
        return new ServerStatus(process is not null, place.Port, process, place.Root);
    }

    /// <summary>Stops the server of a state folder and deletes all its data.</summary>
    public static void Delete(string state)
    {
        Stop(state);
        ClusterFolder.Delete(state);
    }

    /// <summary>Stops it: open transactions are undone, everything committed is on disk.</summary>
    public void Stop() => Stop(cluster, binaries);

    private static void Stop(ClusterFolder place, PostgresBinaries programs)
    {
        var (code, output) = place.Account.Run(programs.PgCtl, "stop", "-D", place.Data, "-m", "fast", "-w", "-t", Seconds(Patience));
        if (code != 0 && ServerProcess.Find(place) is not null)
        {
            throw new IOException($"The server under {place.Root} does not stop: {output.Trim()}");
        }
    }

    private static void Create(ClusterFolder place, PostgresBinaries programs)
    {
        if (Directory.Exists(place.Data))
        {
            Directory.Delete(place.Data, recursive: true); // An initdb that was cut short.
        }

        place.WritePassword();
        var (code, output) = place.Account.Run(
            programs.Initdb, "-D", place.Data, "-U", Superuser, "--encoding=UTF8", "--locale=C", "--auth=scram-sha-256", $"--pwfile={place.PasswordFile}", "--no-sync", "--no-instructions");
        if (code != 0)
        {
            throw new IOException($"PostgreSQL could not make a database under {place.Root}: {output.Trim()}");
        }

        File.AppendAllText(Path.Combine(place.Data, "postgresql.conf"), $"\ninclude '{Path.GetFileName(place.Settings)}'\n");
    }

    private async Task Launch(bool durable, CancellationToken ct)
    {
        var waited = Stopwatch.StartNew();
        for (var attempt = 1; ; attempt++)
        {
            if (cluster.Port is not { } last || !ClusterFolder.IsFree(last))
            {
                cluster.Port = ClusterFolder.FreePort();
            }

            await File.WriteAllTextAsync(cluster.Settings, ServerSettings.Text(Port, durable), ct);
            cluster.Account.Own(cluster.Settings);
            var before = File.Exists(cluster.Log) ? new FileInfo(cluster.Log).Length : 0;
            var (code, output) = cluster.Account.Run(binaries.PgCtl, "start", "-D", cluster.Data, "-l", cluster.Log, "-w", "-s", "-t", Seconds(Patience));
            if (code == 0)
            {
                return;
            }

            var said = Said(before);
            var portTaken = said.Contains("could not bind", StringComparison.Ordinal) && attempt < 5;
            // After kill -9 of the server its sessions take a moment to notice and leave the shared memory.
            var lingering = said.Contains("still in use", StringComparison.Ordinal) && waited.Elapsed < Patience;
            if (!portTaken && !lingering)
            {
                throw new IOException($"PostgreSQL does not start under {cluster.Root}: {output.Trim()}\n{said.Trim()}");
            }

            cluster.Port = portTaken ? ClusterFolder.FreePort() : Port;
            await Task.Delay(100, ct);
        }
    }

    // It runs, but may be starting or recovering.
    private async Task Answers(CancellationToken ct)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Admin("postgres").ConnectionString) { Pooling = false }.ConnectionString);
                await connection.OpenAsync(ct);
                return;
            }
            catch (NpgsqlException notYet) when (notYet.IsTransient && waited.Elapsed < Patience)
            {
                await Task.Delay(50, ct);
            }
            catch (NpgsqlException never)
            {
                throw new IOException($"The server under {cluster.Root} runs but does not let us in: {never.Message}", never);
            }
        }
    }

    private string Said(long from)
    {
        if (!File.Exists(cluster.Log))
        {
            return "";
        }

        using var log = new FileStream(cluster.Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        log.Position = Math.Min(from, log.Length);
        using var reader = new StreamReader(log);
        return reader.ReadToEnd();
    }

    private NpgsqlConnectionStringBuilder Connection(string database, string user, string password) => new()
    {
        Host = "127.0.0.1",
        Port = Port,
        Database = database,
        Username = user,
        Password = password,
        ApplicationName = "offgridflow",
    };

    private static string Seconds(TimeSpan span) => span.TotalSeconds.ToString(CultureInfo.InvariantCulture);
}
