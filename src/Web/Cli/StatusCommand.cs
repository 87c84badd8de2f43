using System.CommandLine;
using System.Globalization;
using Npgsql;
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
        if (isNamed || embedded.Running)
        {
            try
            {
                await Inside(await DatabaseSettings.Open(state, ct));
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

            await using var count = new NpgsqlCommand(
                """
                select count(*) filter (where status = 'queued'), count(*) filter (where status = 'running'), count(*) filter (where status = 'dead'),
                       count(distinct worker) filter (where status = 'running'), (select count(*) from platform.outbox where sent_at is null)
                from platform.jobs where status in ('queued', 'running', 'dead')
                """,
                connection);
            await using var row = await count.ExecuteReaderAsync(ct);
            await row.ReadAsync(ct);
            await Line("workers", string.Create(CultureInfo.InvariantCulture, $"{row.GetInt64(3)} with a job in hand"));
            await Line("queue", string.Create(CultureInfo.InvariantCulture, $"{row.GetInt64(0)} jobs waiting, {row.GetInt64(1)} running, {row.GetInt64(2)} dead; {row.GetInt64(4)} events to hand on"));
        }

        Task Line(string label, string text) => output.WriteLineAsync($"{label,-11} {text}");
    }
}
