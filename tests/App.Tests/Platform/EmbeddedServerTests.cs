using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.App.Tests.Platform;

/// <summary>The private server where life is hard: each test has one of its own, on a path with spaces.</summary>
public sealed class EmbeddedServerTests : IDisposable
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private readonly string root = Path.Combine(Path.GetTempPath(), $"offgridflow it's {Guid.CreateVersion7():N}");
    private readonly string state;

    public EmbeddedServerTests()
    {
        TestPostgres.ChooseBinaries();
        state = Directory.CreateDirectory(Path.Combine(root, "a state")).FullName;
    }

    public void Dispose()
    {
        EmbeddedServer.Delete(state);
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public async Task it_starts_is_joined_stops_and_keeps_what_was_written()
    {
        Assert.Equal(new ServerStatus(false, null, null, null), EmbeddedServer.Status(state));
        Assert.False(EmbeddedServer.Stop(state));
        var first = await Start();
        await Run(first, "create table kept (n int); insert into kept values (7)");
        var joined = await Start();
        var running = EmbeddedServer.Status(state);

        Assert.Equal((false, true, first.Port), (first.Joined, joined.Joined, joined.Port));
        Assert.Equal((true, first.Port), (running.Running, running.Port!.Value));

        Assert.True(EmbeddedServer.Stop(state));
        Assert.False(EmbeddedServer.Status(state).Running);
        Assert.Equal(7, await Run(await Start(), "select n from kept"));
    }

    [Fact]
    public async Task it_listens_on_this_machine_only_and_lets_nobody_in_without_the_password()
    {
        var server = await Start();

        Assert.Equal("127.0.0.1", await Run(server, "show listen_addresses"));
        Assert.Equal("", await Run(server, "show unix_socket_directories"));
        Assert.Equal("on", await Run(server, "show fsync"));
        var refused = await Assert.ThrowsAsync<PostgresException>(() => Query(new NpgsqlConnectionStringBuilder(server.Admin("postgres").ConnectionString) { Password = "guess" }, "select 1"));
        Assert.Equal(PostgresErrorCodes.InvalidPassword, refused.SqlState);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(server.Folder, "password")));
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(server.Folder) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead | UnixFileMode.OtherExecute));
    }

    [Fact]
    public async Task a_killed_server_recovers_what_was_committed()
    {
        var server = await Start();
        await Run(server, "create table kept (n int)");
        await Run(server, "insert into kept values (7)");
        Kill();

        var again = await Start();

        Assert.False(again.Joined);
        Assert.Equal(7, await Run(again, "select n from kept"));
    }

    [Fact]
    public async Task a_pid_file_whose_number_is_another_process_now_is_no_hindrance()
    {
        var server = await Start();
        server.Stop();
        using var other = AsTheAccount("sleep", "600"); // Of the same account: PostgreSQL itself would take it for the server.
        WritePid(server, other.Id);
        try
        {
            Assert.False(EmbeddedServer.Status(state).Running);
            Assert.False((await Start()).Joined);
            Assert.True(EmbeddedServer.Status(state).Running);
        }
        finally
        {
            other.Kill();
        }
    }

    [Fact]
    public async Task a_port_that_is_taken_is_exchanged_for_another_and_that_is_remembered()
    {
        var first = await Start();
        var port = first.Port;
        first.Stop();
        using var taken = new TcpListener(IPAddress.Loopback, port);
        taken.Start();

        var second = await Start();
        var other = second.Port;
        second.Stop();

        Assert.NotEqual(port, other);
        Assert.Equal(other, (await Start()).Port);
    }

    [Fact]
    public async Task an_initdb_that_was_cut_short_is_done_again()
    {
        (await Start()).Stop();
        File.Delete(Path.Combine(EmbeddedServer.Status(state).Folder!, "data", "PG_VERSION"));

        Assert.Equal(1, await Run(await Start(), "select 1"));
    }

    [Fact]
    public async Task two_starts_at_once_make_one_server()
    {
        var servers = await Task.WhenAll(Start(), Start(), Start());

        Assert.Single(servers, server => !server.Joined);
        Assert.Single(servers.Select(server => server.Port).Distinct());
    }

    [Fact]
    public async Task a_state_folder_closed_to_the_server_s_account_keeps_it_elsewhere_and_says_where()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root has to be another account.");
        File.SetUnixFileMode(root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var server = await Start();

        Assert.StartsWith("/var/lib/offgridflow/", server.Folder, StringComparison.Ordinal);
        Assert.Equal(server.Folder, (await File.ReadAllTextAsync(Path.Combine(state, "database.at"), Ct)).Trim());
        Assert.Equal(1, await Run(await Start(), "select 1"));
        EmbeddedServer.Delete(state);
        Assert.False(Directory.Exists(server.Folder));
    }

    [Fact]
    public void a_cluster_of_a_version_that_is_not_installed_is_said_with_what_to_do()
    {
        var missing = Assert.Throws<IOException>(() => PostgresBinaries.Find(root, 12, null, []));

        Assert.Contains("made by PostgreSQL 12", missing.Message, StringComparison.Ordinal);
        Assert.Contains("Install PostgreSQL 12", missing.Message, StringComparison.Ordinal);
        Assert.Contains("does not hold", Assert.Throws<IOException>(() => PostgresBinaries.Find(root, null, root, [])).Message, StringComparison.Ordinal);
    }

    private Task<EmbeddedServer> Start() => EmbeddedServer.Start(state, ct: Ct);

    private void Kill()
    {
        using var process = Process.GetProcessById(EmbeddedServer.Status(state).Process!.Value);
        process.Kill();
        process.WaitForExit();
    }

    private static void WritePid(EmbeddedServer server, int process)
    {
        var data = Path.Combine(server.Folder, "data");
        File.WriteAllText(Path.Combine(data, "postmaster.pid"), string.Create(CultureInfo.InvariantCulture, $"{process}\n{data}\n1700000000\n{server.Port}\n\n127.0.0.1\n  0 0\nready\n"));
    }

    private Process AsTheAccount(string program, string argument) => Environment.IsPrivilegedProcess
        ? Process.Start("setpriv", ["--reuid", ServerAccount.For(EmbeddedServer.Status(state).Folder!).Name!, "--clear-groups", program, argument])
        : Process.Start(program, argument);

    private static Task<object?> Run(EmbeddedServer server, string sql) => Query(server.Admin("postgres"), sql);

    private static async Task<object?> Query(NpgsqlConnectionStringBuilder where, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(where.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Ct);
    }
}
