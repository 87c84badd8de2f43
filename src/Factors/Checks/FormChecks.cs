using System.Globalization;
using System.Text.RegularExpressions;

namespace OffGridFlow.Factors.Checks;

/// <summary>What can be said of one factor by itself: its unit, dimension, gases, dates, region and id.</summary>
internal sealed partial class FormChecks(
    IReadOnlyDictionary<string, Unit> units, GwpTable gwps, CheckRules rules, IReadOnlySet<string> countries,
    IReadOnlyDictionary<string, IReadOnlyList<decimal>> potentials)
{
    /// <summary>Relative difference allowed between a published total and its published gases.</summary>
    public const decimal GasSumTolerance = 0.05m;

    /// <summary>kg per unit by which rounding to five decimals of a total and its gases may part them.</summary>
    public const decimal GasSumRounding = 0.00002m;

    /// <summary>Relative difference allowed between a refrigerant's figure and a warming potential of it.</summary>
    public const decimal PotentialTolerance = 0.05m;

    public IEnumerable<Finding> Check(Factor f, Edition edition) =>
        Names(f, edition).Concat(Dates(f)).Concat(Amounts(f)).Concat(UnitOf(f)).Concat(Gases(f));

    private IEnumerable<Finding> Names(Factor f, Edition edition)
    {
        if (!f.Id.StartsWith(edition.Key + ":", StringComparison.Ordinal) || f.Id.Length == edition.Key.Length + 1)
        {
            yield return new Finding("id", f.Id, f.Id, $"ids of this edition start with {edition.Key}:");
        }

        if (!KindShape().IsMatch(f.Kind))
        {
            yield return new Finding("kind", f.Id, f.Kind, "kinds are lower case, kebab-case and dotted");
        }

        if (!RegionShape().IsMatch(f.Region) || (char.IsAsciiLetterUpper(f.Region[0]) && !countries.Contains(f.Region[..2])))
        {
            yield return new Finding("region", f.Id, f.Region, "an ISO 3166-1 or 3166-2 code, US- and a grid subregion, group:… or world");
        }
    }

    // Resolution picks an edition by the middle of an activity's dates: a validity that starts or ends within a month would split months.
    private static IEnumerable<Finding> Dates(Factor f)
    {
        if (f.ValidFrom.Day != 1 || f.ValidFrom.Year is < 1950 or > 2100)
        {
            yield return new Finding("validity", f.Id, Day(f.ValidFrom), "valid_from is the first day of a month");
        }

        if (f.ValidTo is { } to && (to.AddDays(1).Day != 1 || to < f.ValidFrom || to.Year > 2100))
        {
            yield return new Finding("validity", f.Id, Day(to), $"valid_to is the last day of a month, after {Day(f.ValidFrom)}");
        }
    }

    private IEnumerable<Finding> Amounts(Factor f)
    {
        if (f.Co2e is null && f.Gases.Count == 0 && f.BiogenicCo2 is null && (f.Bridge is null || rules.Dimensions(f.Kind) is not { EmissionsRequired: false }))
        {
            yield return new Finding("no-emissions", f.Id, "", "a factor has CO2e, gases or biogenic CO2");
        }

        if (f.Stage == Stage.Biogenic && (f.Co2e is not null || f.BiogenicCo2 is null))
        {
            yield return new Finding("biogenic", f.Id, Number(f.Co2e), "the biogenic stage holds biogenic CO2 alone, outside the scopes");
        }

        if (f.Co2e < 0 || f.BiogenicCo2 < 0 || f.Gases.Any(gas => gas.Kilograms < 0))
        {
            yield return new Finding("negative", f.Id, Number(f.Co2e ?? f.BiogenicCo2), "emissions are not negative");
        }

        if (f.Uncertainty is < 0 or > 10)
        {
            yield return new Finding("uncertainty", f.Id, Number(f.Uncertainty), "half the 95 % interval as a fraction of the value, 0 to 10");
        }
    }

    private IEnumerable<Finding> UnitOf(Factor f)
    {
        if (!units.TryGetValue(f.Unit, out var unit))
        {
            yield return new Finding("unit", f.Id, f.Unit, "no unit of data/units");
            yield break;
        }

        var money = unit.Dimension.StartsWith("currency-", StringComparison.Ordinal);
        var dimension = money ? "currency" : unit.Dimension;
        if (rules.Dimensions(f.Kind) is not { } rule)
        {
            yield return new Finding("dimension", f.Id, f.Kind, "data/checks/dimensions.csv has no line for this family");
        }
        else if (!rule.Dimensions.Contains(dimension, StringComparer.Ordinal))
        {
            yield return new Finding("dimension", f.Id, f.Unit, $"{rule.Prefix} is per {string.Join(", ", rule.Dimensions)}, not per {dimension}");
        }

        if (money && f.PriceYear is null)
        {
            yield return new Finding("price-year", f.Id, f.Unit, "a factor per money names the year of its prices");
        }

        if (f.Bridge is not null && Bridge.Parse(f.Bridge, units) is not { Content: >= 0 })
        {
            yield return new Finding("bridge", f.Id, f.Bridge, "of the form 38.6 GJ-gross/m3, with units of data/units");
        }
    }

    private IEnumerable<Finding> Gases(Factor f)
    {
        foreach (var gas in f.Gases.Where(gas => gas.Gas != "co2" && !gwps.Knows(gas.Gas)))
        {
            yield return new Finding("gas", f.Id, gas.Gas, "not in data/gwp/gases.csv");
        }

        if (f.Gwp is { } set && f.Co2e is { } printed && f.Gases.Count > 0 && Reading.Sum(f, gwps, set) is { } sum
            && Math.Abs(sum - printed) > Math.Max(Math.Abs(printed) * GasSumTolerance, GasSumRounding))
        {
            yield return new Finding("gas-sum", f.Id, Number(printed), $"its gases under {FactorTable.GwpName(set)} come to {Number(sum)}", Firewall.Ratio(printed, sum));
        }

        if (f.Co2e is > 0 and var co2e && potentials.TryGetValue(f.Kind, out var known) && units.TryGetValue(f.Unit, out var unit))
        {
            var perKilogram = co2e / unit.InBase;
            if (unit.Dimension == "mass" && known.All(gwp => Math.Abs(gwp - perKilogram) > gwp * PotentialTolerance))
            {
                var nearest = known.MinBy(gwp => Math.Abs(gwp - perKilogram));
                yield return new Finding("potential", f.Id, Number(perKilogram), $"warming potentials {string.Join(", ", known.Distinct().Select(gwp => Number(gwp)))}", Firewall.Ratio(perKilogram, nearest));
            }
        }
    }

    internal static string Number(decimal? value) => FactorTable.Number(value) ?? "";

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*(\\.[a-z0-9]+(-[a-z0-9]+)*)*$", RegexOptions.None, 1000)]
    private static partial Regex KindShape();

    [GeneratedRegex("^([A-Z]{2}(-[A-Z0-9]{1,4})?|group:[a-z0-9]+(-[a-z0-9]+)*|world)$", RegexOptions.None, 1000)]
    private static partial Regex RegionShape();
}
