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

    /// <summary>Seconds of a piece of work: the first time, and the median of the times after it, if any.</summary>
    public static (double First, double Median) Time(Action work, int repetitions = Repetitions)
    {
        var first = Once(work);
        var times = Enumerable.Range(0, repetitions).Select(_ => Once(work)).Order().ToArray();
        return (first, times.Length == 0 ? 0 : times[times.Length / 2]);
    }

    private static double Once(Action work)
    {
        var begun = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }
}
