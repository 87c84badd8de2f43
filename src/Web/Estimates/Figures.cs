using System.Globalization;
using OffGridFlow.Engine;

namespace OffGridFlow.Web.Estimates;

/// <summary>Figures for people: five significant digits, never a 0 that is not zero.</summary>
internal static class Figures
{
    /// <summary>kg with a thousands separator: <c>1,234.5</c>, <c>0.00012346</c>.</summary>
    public static string Kilograms(decimal kilograms)
    {
        var rounded = Weighting.Significant(kilograms, 5);
        return Math.Abs(rounded) >= 10_000m
            ? Math.Round(rounded, 0, MidpointRounding.AwayFromZero).ToString("#,0", CultureInfo.InvariantCulture)
            : rounded.ToString("#,0.##########################", CultureInfo.InvariantCulture);
    }

    /// <summary>Tonnes, for totals.</summary>
    public static string Tonnes(decimal kilograms) => Kilograms(kilograms / 1000m);

    /// <summary>A share in per cent, one decimal, and "&lt; 0.1" rather than nothing.</summary>
    public static string Percent(decimal part, decimal whole)
    {
        if (whole == 0m)
        {
            return "-";
        }

        var percent = 100m * part / whole;
        return percent is > 0m and < 0.1m ? "< 0.1 %" : percent.ToString("0.0", CultureInfo.InvariantCulture) + " %";
    }
}
