using System.CommandLine;
using System.Globalization;
using OffGridFlow.Web.Cli;

namespace OffGridFlow.Bench;

/// <summary>Totals asked by many at once, beside an endpoint that goes the same way and asks the database for nothing.</summary>
internal static class ReadBench
{
    private const double MostMilliseconds = 50;
    private const double MostSecondsOfFirst = 2;
    private const int Clients = 200;

    // Two entries come of a row of the mix, and a few more.
    private const int RowsOfMillionEntries = 500_000;

    private const string Months = "from=2025-01&to=2025-12";

    // What a dashboard asks: totals of a year, by scope, category, month, site, and consolidated.
    private static readonly (string Name, string[] Paths)[] Questions =
    [
        ("select 1", [ReadServer.Floor]),
        ("totals of a year", [$"/api/v1/ledger/totals?{Months}"]),
        ("by scope", [$"/api/v1/ledger/totals?{Months}&group_by=scope"]),
        ("by month and scope, consolidated", [$"/api/v1/ledger/totals?{Months}&group_by=month,scope&consolidate=true"]),
        ("what a dashboard asks, mixed", [
            $"/api/v1/ledger/totals?{Months}", $"/api/v1/ledger/totals?{Months}&group_by=scope,basis", $"/api/v1/ledger/totals?{Months}&group_by=category",
            $"/api/v1/ledger/totals?{Months}&group_by=month,scope", $"/api/v1/ledger/totals?{Months}&group_by=facility", $"/api/v1/ledger/totals?period=2025&group_by=tier&consolidate=true"]),
    ];

    public static Command Create()
    {
        var rows = new Option<int>("--rows") { DefaultValueFactory = _ => RowsOfMillionEntries, Description = "How many rows are imported; each makes about two entries." };
        var seconds = new Option<int>("--seconds") { DefaultValueFactory = _ => 10, Description = "How long each question is asked." };
        var data = DataFolder.Option();
        var command = new Verb("read", "Totals of a tenant with a million entries, 200 clients that ask without a pause: 95 of 100 answers within 50 ms.")
        {
            Examples = ["bench read", "bench read --rows 50000 --seconds 3"],
            Options = { rows, seconds, data },
        };
        command.SetAction((result, ct) => Run(result.GetValue(rows), result.GetValue(seconds), DataFolder.Of(result, data), ct));
        return command;
    }

    private static async Task<int> Run(int count, int seconds, string dataFolder, CancellationToken ct)
    {
        await using var cluster = await PrivateCluster.Make(ct);
        var file = Path.Combine(cluster.State, "rows.csv");
        Mix.WriteCsv(file, count);
        ImportWork.Run(cluster, dataFolder, file, 1);
        await cluster.Say("vacuum analyze", ct);
        Report.Head($"read: {await cluster.Ask<long>("select count(*) from ledger.entries", ct):#,0} entries, {Clients} clients, the server, the clients and PostgreSQL on one machine");
        var tenant = await cluster.Ask<Guid>("select tenant_id from ledger.runs limit 1", ct);
        using var server = Child.Start("serve", cluster.State, dataFolder, tenant.ToString());
        var begun = (await server.StandardOutput.ReadLineAsync(ct) ?? throw new InvalidDataException("The server did not start.")).Split(' ');
        Report.Line($"  {"",-34} {"answers/s",10} {"median ms",10} {"95 % ms",10} {"99 % ms",10} {"first ms",10}");
        var figures = new List<(string Name, double[] Of)>();
        foreach (var (name, paths) in Questions)
        {
            var of = Child.Lines("load", [begun[0], begun[1], Clients.ToString(CultureInfo.InvariantCulture), seconds.ToString(CultureInfo.InvariantCulture), .. paths])[0]
                .Split(' ').Select(figure => double.Parse(figure, CultureInfo.InvariantCulture)).ToArray();
            figures.Add((name, of));
            Report.Line($"  {name,-34} {of[0],10:0} {of[1],10:0.0} {of[2],10:0.0} {of[3],10:0.0} {of[4],10:0}");
        }

        await server.StandardInput.WriteLineAsync("stop");
        var peak = double.Parse(await server.StandardOutput.ReadLineAsync(ct) ?? "0", CultureInfo.InvariantCulture);
        await server.WaitForExitAsync(ct);
        Report.Line($"");
        foreach (var (name, of) in figures.Skip(1))
        {
            Report.AtMost($"{name}, 95 %", of[2], MostMilliseconds, "ms");
        }

        Report.Figure("mixed / select 1, 95 %", figures[^1].Of[2] / figures[0].Of[2], "times");
        Report.AtMost("first totals after a start", figures[1].Of[4] / 1000, MostSecondsOfFirst, "s");
        Report.Figure("peak memory of the server", peak, "MB");
        return CommandLine.Done;
    }
}
