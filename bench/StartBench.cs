using System.CommandLine;
using System.Diagnostics;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Web.Cli;

namespace OffGridFlow.Bench;

/// <summary>How long an installation that was made before takes until it answers, and how much of that its database takes.</summary>
internal static class StartBench
{
    private const double MostSeconds = 3;

    public static Command Create()
    {
        var turns = new Option<int>("--turns") { DefaultValueFactory = _ => 5, Description = "How often it is started." };
        var command = new Verb("start", "An 'up' after the first is ready within 3 s, its database included.") { Examples = ["bench start"], Options = { turns } };
        command.SetAction((result, ct) => Run(result.GetValue(turns), ct));
        return command;
    }

    private static async Task<int> Run(int turns, CancellationToken ct)
    {
        var state = Directory.CreateTempSubdirectory("offgridflow-bench-").FullName;
        Report.Head($"start: an installation with the demonstration in it, started {turns} times after the first");
        try
        {
            Report.Figure("the first, which makes it", await Seconds(() => Program(ct, "up", "--detach", "--port", "0", "--data", state)), "s");
            var (all, database) = (new List<double>(), new List<double>());
            for (var turn = 0; turn < turns; turn++)
            {
                await Program(ct, "down", "--data", state);
                database.Add(await Seconds(() => EmbeddedServer.Start(state, ct: ct)));
                EmbeddedServer.Stop(state);
                all.Add(await Seconds(() => Program(ct, "up", "--detach", "--port", "0", "--data", state)));
            }

            Report.AtMost("ready after 'up', median", Report.Median(all), MostSeconds, "s");
            Report.Figure("the slowest", all.Max(), "s");
            Report.Figure("its database alone, median", Report.Median(database), "s");
            return CommandLine.Done;
        }
        finally
        {
            await Program(CancellationToken.None, "down", "--data", state);
            EmbeddedServer.Delete(state);
            Directory.Delete(state, recursive: true);
        }
    }

    private static async Task<double> Seconds(Func<Task> work)
    {
        var begun = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    // As the launcher runs it; 'up --detach' comes back when the server says that it is ready.
    private static async Task Program(CancellationToken ct, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [Path.Combine(AppContext.BaseDirectory, "OffGridFlow.Web.dll"), .. arguments]) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment.Remove(DatabaseSettings.Variable);
        start.Environment.Remove(DatabaseSettings.ApplicationVariable);
        using var program = Process.Start(start)!;
        var said = await program.StandardOutput.ReadToEndAsync(ct);
        await program.WaitForExitAsync(ct);
        if (program.ExitCode != CommandLine.Done)
        {
            throw new InvalidOperationException($"'{string.Join(' ', arguments)}' failed:\n{said}");
        }
    }
}
