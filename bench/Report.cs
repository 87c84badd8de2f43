using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace OffGridFlow.Bench;

/// <summary>Figures beside the limits they are promised to keep.</summary>
internal static class Report
{
    private const int Repetitions = 5;

    /// <summary>What was measured, and on what.</summary>
    public static void Head(string what) => Line(
        $"{what}\n{Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}\n");

    public static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>A figure that must not be below its target.</summary>
    public static void AtLeast(string what, double value, double target, string unit) =>
        Line($"  {what,-44} {value,9:0.00} {unit}, at least {target:0.##}: {(value >= target ? "PASS" : $"short of it by {100 * (1 - (value / target)):0} %")}");

    /// <summary>A figure that must not be above its target.</summary>
    public static void AtMost(string what, double value, double target, string unit) =>
        Line($"  {what,-44} {value,9:0.00} {unit}, at most {target:0.##}: {(value <= target ? "PASS" : $"over it by {100 * ((value / target) - 1):0} %")}");

    /// <summary>A figure that nothing was promised about.</summary>
    public static void Figure(string what, double value, string unit) => Line($"  {what,-44} {value,9:0.00} {unit}");

    /// <summary>Seconds of a piece of work: the first time, and the medians of the times after it, if any.</summary>
    public static Seconds Time(Action work, int repetitions = Repetitions)
    {
        var first = Once(work).Wall;
        var times = Enumerable.Range(0, repetitions).Select(_ => Once(work)).ToArray();
        return new Seconds(first, Median(times.Select(time => time.Wall)), Median(times.Select(time => time.Processor)));
    }

    /// <summary>The middle value, the upper of two; 0 of none.</summary>
    public static double Median(IEnumerable<double> values) => values.Order().ToArray() is { Length: > 0 } sorted ? sorted[sorted.Length / 2] : 0;

    private static (double Wall, double Processor) Once(Action work)
    {
        var (begun, used) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        work();
        return (Stopwatch.GetElapsedTime(begun).TotalSeconds, (Environment.CpuUsage.TotalTime - used).TotalSeconds);
    }
}

/// <summary>How long a piece of work took.</summary>
/// <param name="First">The first run, code not yet compiled.</param>
/// <param name="Median">Median of the runs after it; 0 when there was but one.</param>
/// <param name="Processor">Median processor seconds of those runs, over all cores: what other programs on the machine change least.</param>
internal sealed record Seconds(double First, double Median, double Processor);
