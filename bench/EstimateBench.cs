using System.CommandLine;
using System.Runtime.InteropServices;
using OffGridFlow.Web.Cli;

namespace OffGridFlow.Bench;

/// <summary>A whole file to NDJSON, beside merely parsing it.</summary>
internal static class EstimateBench
{
    private const double MostTimes = 2.5;
    private const double MostMegabytes = 300;

    public static Command Create()
    {
        var rows = new Option<int>("--rows") { DefaultValueFactory = _ => 1_000_000, Description = "How many rows." };
        var data = DataFolder.Option();
        var command = new Verb("estimate", "A generated CSV to NDJSON, beside parsing the same file with the same CSV library: at most 2.5 times, under 300 MB.")
        {
            Examples = ["bench estimate", "bench estimate --rows 10000000"],
        };
        command.Add(rows);
        command.Add(data);
        command.SetAction(result => Run(result.GetValue(rows), DataFolder.Of(result, data)));
        return command;
    }

    private static int Run(int count, string dataFolder)
    {
        Report.Head($"estimate: a CSV of {count:#,0} mixed rows to NDJSON");
        var file = Path.Combine(Path.GetTempPath(), $"offgridflow-bench-{Environment.ProcessId}.csv");
        using var stopped = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => Remove(file));
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => Remove(file));
        try
        {
            Mix.WriteCsv(file, count);
            var size = new FileInfo(file).Length;
            var strings = Child.Run("parse-strings", dataFolder, file);
            var typed = Child.Run("parse-typed", dataFolder, file);
            var counted = Child.Run("estimate-count", dataFolder, file);
            var once = Child.Run("estimate-once", dataFolder, file);
            var written = Child.Run("estimate-file", dataFolder, file);
            var written1 = Child.Run("write", dataFolder, file, counted.Count.ToString(System.Globalization.CultureInfo.InvariantCulture));
            Report.Line($"  {size / 1e6:0} MB in, {counted.Count / 1e6:0} MB out: {(double)size / count:0} and {(double)counted.Count / count:0} bytes a row\n");
            Report.Line($"  {"seconds",-44} {"warm",9} {"first run",10} {"processor",10}");
            Seconds("parse, every field to a string", strings);
            Seconds("parse, numbers and dates as such", typed);
            Seconds("estimate, output counted", counted);
            Seconds("estimate, output to a file", written);
            Seconds("write as many bytes to a file", written1);
            Report.Line($"");
            Report.AtMost("estimate / parse to strings", counted.Time.Median / strings.Time.Median, MostTimes, "times");
            Report.AtMost("estimate / parse to strings, first runs", counted.Time.First / strings.Time.First, MostTimes, "times");
            Report.AtMost("estimate to a file / parse to strings", written.Time.Median / strings.Time.Median, MostTimes, "times");
            Report.AtMost("estimate / parse to numbers and dates", counted.Time.Median / typed.Time.Median, MostTimes, "times");
            Report.AtMost("peak memory of a process of one estimate", once.PeakMegabytes, MostMegabytes, "MB");
            Report.Figure("output", counted.Count / counted.Time.Median / 1e6, "MB/s");
            return CommandLine.Done;
        }
        finally
        {
            Remove(file);
        }
    }

    // Also when it is stopped half-way: the output of ten million rows is 17 GB.
    private static void Remove(string file)
    {
        File.Delete(file);
        File.Delete(file + ".ndjson");
    }

    private static void Seconds(string what, Child.Result result) => Report.Line($"  {what,-44} {result.Time.Median,9:0.000} {result.Time.First,10:0.000} {result.Time.Processor,10:0.000}");
}
