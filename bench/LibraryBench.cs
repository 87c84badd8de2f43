using System.CommandLine;
using OffGridFlow.Web.Cli;

namespace OffGridFlow.Bench;

/// <summary>How long a fresh process takes until every factor can be asked for.</summary>
internal static class LibraryBench
{
    private const double MostMilliseconds = 500;
    private const double MostMegabytes = 150;
    private const int Processes = 7;

    public static Command Create()
    {
        var data = DataFolder.Option();
        var command = new Verb("library", "Cold load of the whole factor library in a fresh process: at most 500 ms and 150 MB.") { Examples = ["bench library"] };
        command.Add(data);
        command.SetAction(result => Run(DataFolder.Of(result, data)));
        return command;
    }

    private static int Run(string dataFolder)
    {
        Report.Head($"library: {Processes} fresh processes after one to warm the disk");
        Child.Run("library", dataFolder);
        var runs = Enumerable.Range(0, Processes).Select(_ => Child.Run("library", dataFolder)).ToList();
        Report.AtMost("load, median", Report.Median(runs.Select(run => run.Time.First)) * 1000, MostMilliseconds, "ms");
        Report.AtMost("peak memory of the process", runs.Max(run => run.PeakMegabytes), MostMegabytes, "MB");
        Report.Figure("factors", runs[0].Count, "");
        return CommandLine.Done;
    }
}
