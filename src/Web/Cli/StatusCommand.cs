using System.CommandLine;
using System.Globalization;
using Npgsql;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Web.Cli;

/// <summary>status: what runs, whether the data model is up to date, and what waits. It starts nothing.</summary>
internal static class StatusCommand
{
    internal static Command Create()
    {
        var state = HomeFolder.StateOption();
        var verb = new Verb("status", "Tell what runs: database, data model, server, workers, queue. Exit code 1 when the server is not ready.") { Examples = ["status"], Options = { state } };
        verb.SetAction((result, ct) => Run(HomeFolder.State(result, state), result.InvocationConfiguration.Output, ct));
        return verb;
    }

    private static async Task<int> Run(string state, TextWriter output, CancellationToken ct)
    {
        var isNamed = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(DatabaseSettings.Variable));
        var embedded = EmbeddedServer.Status(state);
        await Line("database", isNamed ? $"the one of {DatabaseSettings.Variable}"
            : embedded.Running ? string.Create(CultureInfo.InvariantCulture, $"running on port {embedded.Port}, process {embedded.Process}, {embedded.Folder}")
            : embedded.Folder is null ? "none yet: './offgridflow up' makes it" : $"not running, {embedded.Folder}");
        var running = isNamed ? null : EmbeddedServer.Running(state);
        if (isNamed || running is not null)
        {
            try
            {
                await Inside(running is null ? await DatabaseSettings.Open(state, ct) : DatabaseSettings.Of(running));
            }
            catch (Exception fault) when (fault is NpgsqlException or IOException)
            {
                await Line("data model", fault.Message);
            }
        }

        var server = await ServerRecord.Running(state, ct);
        var isReady = server is not null && await server.Answers("/health/ready", ct);
        await Line("server", server is null ? "not running" : $"{(isReady ? "ready" : "not ready")} at {server.Address}, process {server.Process.ToString(CultureInfo.InvariantCulture)}");
        return isReady ? CommandLine.Done : CommandLine.Fault;

        async Task Inside(DatabaseSettings settings)
        {
            var pending = await new Migrator(settings.Admin, HomeFolder.Migrations()).Check(ct);
            await Line("data model", pending.Count == 0 ? "up to date" : $"lacks {string.Join(", ", pending)}: './offgridflow migrate' applies them");
            if (pending.Count == 0)
            {
                await Queue(settings.Admin);
            }
        }

        // Over all tenants, which the application's role cannot see.
        async Task Queue(NpgsqlConnectionStringBuilder admin)
        {
            await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(admin.ConnectionString) { Pooling = false }.ConnectionString);
            await connection.OpenAsync(ct);
            await using var seesAll = new NpgsqlCommand("select rolsuper or rolbypassrls from pg_roles where rolname = current_user", connection);
            if (await seesAll.ExecuteScalarAsync(ct) is not true)
            {
                await Line("queue", $"the role of {DatabaseSettings.Variable} cannot see over all tenants");
                return;
            }

            var queue = await QueueCounts.Read(connection, ct);
            await Line("workers", string.Create(CultureInfo.InvariantCulture, $"{queue.Workers} with a job in hand"));
            await Line("queue", string.Create(CultureInfo.InvariantCulture, $"{queue.Waiting} jobs waiting, {queue.Running} running, {queue.Dead} dead; {queue.Events} events to hand on"));
        }

        Task Line(string label, string text) => output.WriteLineAsync($"{label,-11} {text}");
    }
}
