using System.CommandLine;
using OffGridFlow.Web.Cli;

namespace OffGridFlow.Bench;

/// <summary>A factor change that touches a hundredth of the rows, previewed and posted, beside posting all of them.</summary>
internal static class RecalcBench
{
    private const double MostPercent = 5;

    public static Command Create()
    {
        var rows = new Option<int>("--rows") { DefaultValueFactory = _ => 1_000_000, Description = "How many rows." };
        var times = new Option<int>("--times") { DefaultValueFactory = _ => 3, Description = "How many recalculations; the first is cold." };
        var data = DataFolder.Option();
        var command = new Verb("recalc", "A factor change that touches 1 % of the rows, previewed and posted: at most 5 % of the processor time of posting all.")
        {
            Examples = ["bench recalc", "bench recalc --rows 100000"],
            Options = { rows, times, data },
        };
        command.SetAction((result, ct) => Run(result.GetValue(rows), result.GetValue(times), DataFolder.Of(result, data), ct));
        return command;
    }

    private static async Task<int> Run(int count, int times, string dataFolder, CancellationToken ct)
    {
        Report.Head($"recalc: factors of a tenant's own for 1 % of {count:#,0} posted rows");
        await using var cluster = await PrivateCluster.Make(ct);
        var file = Path.Combine(cluster.State, "rows.csv");
        Mix.WriteCsv(file, count);
        var pieces = RecalcWork.Run(cluster, dataFolder, file, times);
        Report.Line($"  {"seconds",-24} {"wall",9} {"own CPU",9} {"server",9} {"activities",12}");
        foreach (var piece in pieces)
        {
            Report.Line($"  {piece.Name,-24} {piece.Seconds,9:0.00} {piece.Own,9:0.00} {piece.Server,9:0.00} {piece.Count,12:#,0}");
        }

        Report.Line($"");
        var both = pieces.Skip(2).Chunk(2).Select(pair => pair.Sum(piece => piece.Processor) / pieces[0].Processor * 100).ToArray();
        Report.Figure("touched", pieces[2].Count * 100.0 / count, "%");
        Report.Figure("preview and post / posting all, first", both[0], "%");
        Report.Figure("the same with the first totals", both[0] + (pieces[1].Processor / pieces[0].Processor * 100), "%");
        Report.AtMost("preview and post / posting all, after", both.Skip(1).Append(both[^1]).Order().ElementAt(times / 2), MostPercent, "%");
        return CommandLine.Done;
    }
}
