using System.Globalization;
using OffGridFlow.Engine.Allocation;

namespace OffGridFlow.Web.Pages;

/// <summary>Figures for people, in tonnes: as many digits as tell something, never a 0 that is not zero. Nothing is rounded before it gets here.</summary>
public static class Print
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    /// <summary>Places that suit an inventory of this size, for its total and all of its parts.</summary>
    public static int Places(decimal kilograms) => (Math.Abs(kilograms) / 1000m) switch
    {
        >= 10_000m => 0,
        >= 100m => 1,
        >= 1m => 2,
        _ => 4,
    };

    /// <summary>Tonnes: <c>2,948.7</c>; what rounds to nothing but is something is <c>&lt; 0.1</c>.</summary>
    /// <param name="kilograms">Exact.</param>
    /// <param name="places">Places after the point.</param>
    public static string Tonnes(decimal kilograms, int places) => Rounded(kilograms / 1000m, Math.Round(kilograms / 1000m, places, MidpointRounding.AwayFromZero), places);

    /// <summary>Tonnes of parts such that they add up to what <see cref="Tonnes"/> prints of their sum.</summary>
    public static IReadOnlyList<string> Parts(IReadOnlyList<decimal> kilograms, int places)
    {
        var exact = kilograms.Select(part => part / 1000m).ToArray();
        return [.. LargestRemainder.Round(exact, places).Select((rounded, i) => Rounded(exact[i], rounded, places))];
    }

    /// <summary>A range's ends, three digits each: more would claim to know the error's error.</summary>
    public static string RangeEnd(decimal kilograms)
    {
        var tonnes = kilograms / 1000m;
        var unit = 1m;
        while (Math.Abs(tonnes) / unit >= 1000m)
        {
            unit *= 10m;
        }

        return Plain(unit == 1m ? OffGridFlow.Engine.Weighting.Significant(tonnes, 3) : Math.Round(tonnes / unit, MidpointRounding.AwayFromZero) * unit);
    }

    /// <summary>A share in per cent.</summary>
    public static string Percent(decimal part, decimal whole) => Estimates.Figures.Percent(part, whole);

    /// <summary>A change in per cent with its sign, or null where there is nothing to compare with.</summary>
    public static string? Change(decimal now, decimal before)
    {
        if (before == 0m)
        {
            return null;
        }

        var change = 100m * (now - before) / Math.Abs(before);
        return Math.Abs(change) < 0.05m ? "no change" : (change < 0m ? "\u2212" : "+") + Math.Abs(change).ToString("#,0.0", Invariant) + " %";
    }

    /// <summary>A number as it is, thousands apart.</summary>
    public static string Plain(decimal value) => value.ToString("#,0.############################", Invariant).Replace('-', '\u2212');

    /// <summary>A number of significant digits for a calculation shown to a person; the exact one is in the API's answer.</summary>
    public static string Number(decimal value) => Plain(OffGridFlow.Engine.Weighting.Significant(value, 6));

    public static string Count(long count) => count.ToString("#,0", Invariant);

    /// <summary><c>1 row</c>, <c>2,000 rows</c>.</summary>
    public static string Rows(long count) => $"{Count(count)} {(count == 1 ? "row" : "rows")}";

    public static string Day(DateOnly day) => day.ToString("d MMM yyyy", Invariant);

    public static string Month(DateOnly month) => month.ToString("MMM yyyy", Invariant);

    /// <summary>For attributes that scripts read.</summary>
    public static string Exact(decimal value) => value.ToString(Invariant);

    private static string Rounded(decimal exact, decimal rounded, int places)
    {
        if (exact == 0m)
        {
            return "0";
        }

        if (rounded == 0m)
        {
            var least = new decimal(1, 0, 0, isNegative: false, (byte)places).ToString(Invariant);
            return exact > 0m ? $"< {least}" : $"> \u2212{least}";
        }

        return rounded.ToString("#,0." + new string('0', places), Invariant).Replace('-', '\u2212');
    }
}
