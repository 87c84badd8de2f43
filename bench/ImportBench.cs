using System.CommandLine;
using OffGridFlow.Web.Cli;

namespace OffGridFlow.Bench;

/// <summary>A file to validated activities, ledger entries and roots, beside a plain COPY of the same rows into the same tables.</summary>
internal static class ImportBench
{
    private const double MostTimes = 2.5;
    private const double MostTimesOfTen = 11;
    private const double MostMegabytes = 600;
    private const int Ten = 10;

    public static Command Create()
    {
        var rows = new Option<int>("--rows") { DefaultValueFactory = _ => 1_000_000, Description = "How many rows." };
        var times = new Option<int>("--times") { DefaultValueFactory = _ => 3, Description = "How many warm runs, of which the median counts." };
        var ten = new Option<bool>("--ten") { Description = "Ten times the rows as well: at most 11 times the time." };
        var data = DataFolder.Option();
        var command = new Verb("import", "A generated CSV to activities, ledger entries and roots, beside a plain COPY of the same rows: at most 2.5 times, under 600 MB.")
        {
            Examples = ["bench import", "bench import --rows 100000 --times 1", "bench import --ten"],
            Options = { rows, times, ten, data },
        };
        command.SetAction((result, ct) => Run(result.GetValue(rows), result.GetValue(times), result.GetValue(ten), DataFolder.Of(result, data), ct));
        return command;
    }

    private static async Task<int> Run(int count, int times, bool ten, string dataFolder, CancellationToken ct)
    {
        Report.Head($"import: a CSV of {count:#,0} mixed rows to activities, entries and roots");
        await using var cluster = await PrivateCluster.Make(ct);
        if (ten)
        {
            // Or the longer run would pay for first touches that the shorter one is spared.
            Report.Line($"  {TouchedMemory.Touch(cluster.State) / 1e9:0.0} GB of memory touched beforehand");
        }

        var file = Path.Combine(cluster.State, "rows.csv");
        Mix.WriteCsv(file, count);
        var imports = ImportWork.Run(cluster, dataFolder, file, times + 1);
        var entries = await cluster.Ask<long>("select count(*) from ledger.entries", ct);
        var plain = new PlainCopy(cluster);
        await plain.Prepare(ct);
        var copies = new List<(double Seconds, double Server)>();
        for (var time = 0; time <= times; time++)
        {
            copies.Add(await plain.Run(ct));
        }

        await plain.Forget(ct);
        Report.Line($"  {new FileInfo(file).Length / 1e6:0} MB in; {(double)entries / count:0.00} entries a row; {await cluster.Ask<string>("select version()", ct):0}\n");
        Report.Line($"  {"seconds",-24} {"wall",9} {"read",9} {"posted",9} {"own CPU",9} {"server",9} {"own read",9} {"server",9}");
        foreach (var (import, time) in imports.Select((import, time) => (import, time)))
        {
            Say(time == 0 ? "import, first" : "import, warm", import);
        }

        foreach (var (copy, time) in copies.Select((copy, time) => (copy, time)))
        {
            Report.Line($"  {(time == 0 ? "COPY, first" : "COPY, warm"),-24} {copy.Seconds,9:0.00} {"",9} {"",9} {"",9} {copy.Server,9:0.00}");
        }

        var warm = Report.Median(imports.Skip(1).Select(import => import.Posted));
        Report.Line($"");
        Report.AtMost("import / COPY", warm / Report.Median(copies.Skip(1).Select(copy => copy.Seconds)), MostTimes, "times");
        Report.Figure("the same by processor time", Report.Median(imports.Skip(1).Select(import => import.Own + import.Server)) / Report.Median(copies.Skip(1).Select(copy => copy.Server)), "times");
        Report.Figure("rows a second", count / warm, "");
        Report.AtMost("peak memory", imports.Max(import => import.PeakMegabytes), MostMegabytes, "MB");
        if (ten)
        {
            Mix.WriteCsv(file, count * Ten);
            var many = ImportWork.Run(cluster, dataFolder, file, 1)[0];
            Say("ten times the rows", many);
            Report.AtMost("ten times the rows / once", many.Posted / warm, MostTimesOfTen, "times");
            Report.AtMost("peak memory", many.PeakMegabytes, MostMegabytes, "MB");
        }

        return CommandLine.Done;
    }

    private static void Say(string what, ImportWork.Once import) => Report.Line(
        $"  {what,-24} {import.Posted,9:0.00} {import.Read,9:0.00} {import.Posted - import.Read,9:0.00} {import.Own,9:0.00} {import.Server,9:0.00} {import.OwnRead,9:0.00} {import.ServerRead,9:0.00}");
}
