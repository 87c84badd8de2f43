using System.CommandLine;
using System.Diagnostics;
using OffGridFlow.Factors.Search;
using OffGridFlow.Web.Cli;

namespace OffGridFlow.Bench;

/// <summary>How long a search over every factor takes, with words that are there and words that are misspelt.</summary>
internal static class SearchBench
{
    private const double MostMilliseconds = 50;
    private const int Times = 50;

    private static readonly string[] Texts = ["natural gas", "elektricity germany", "busines flight economy long haul", "refridgerant r410a"];

    public static Command Create()
    {
        var data = DataFolder.Option();
        var command = new Verb("search", "A search over the whole factor library answers within 50 ms.") { Examples = ["bench search"], Options = { data } };
        command.SetAction(result => Run(DataFolder.Of(result, data)));
        return command;
    }

    private static int Run(string dataFolder)
    {
        var search = FactorSearch.Over(dataFolder, FactorLibrary.Load(dataFolder));
        Report.Head($"search: each text {Times} times after the first; 95 % of the answers are as fast or faster");
        foreach (var text in Texts)
        {
            var found = search.Find(text);
            var times = Enumerable.Range(0, Times).Select(_ => Milliseconds(() => search.Find(text))).Order().ToList();
            Report.AtMost($"'{text}', {found.Count} found", times[(int)(Times * 0.95)], MostMilliseconds, "ms");
        }

        return CommandLine.Done;
    }

    private static double Milliseconds(Action work)
    {
        var begun = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
    }
}
