namespace OffGridFlow.Factors.Snapshots;

/// <summary>What must be true of a tenant's own factor, so that it is found where it is meant, and never silently passed over.</summary>
internal static class OverrideRules
{
    private static readonly string[] Sets = ["AR4", "AR5", "AR6"];
    private static readonly string[] Tiers = ["supplier", "facility", "subnational", "country", "region", "world"];

    // These take no factor of the library, or one chosen by its prices.
    private static readonly string[] WithoutFactor = ["spend", "reported", "supplier", "hybrid", "investment", "processing"];

    /// <summary>The first thing wrong with it, or null.</summary>
    public static Problem? Check(SetOverride.Request request, ReferenceData data) =>
        Place(request, data) ?? Figures(request, data) ?? Dates(request);

    private static Problem? Place(SetOverride.Request request, ReferenceData data)
    {
        if (data.Kinds.Find(request.Kind ?? "") is not { } kind || kind.Key != request.Kind)
        {
            return new Problem("kind.unknown", "kind", request.Kind ?? "", "the key of a kind, such as fuel.diesel", "Find it with 'kinds search'.");
        }

        if (WithoutFactor.Contains(kind.Method, StringComparer.Ordinal))
        {
            return new Problem("override.method", "kind", kind.Key, "a kind whose quantity is multiplied with a factor per physical unit", "Give factor_value in the rows of this kind instead.");
        }

        var stages = MethodTable.Entries(kind).SelectMany(want => want.Stages).Distinct().Select(FactorTable.StageName).ToList();
        if (!stages.Contains(request.Stage ?? "", StringComparer.Ordinal))
        {
            return new Problem("override.stage", "stage", request.Stage ?? "", string.Join(", ", stages), $"Name a stage that {kind.Key} has an entry for.");
        }

        if (request.Region is null || data.Regions.Find(request.Region) is null)
        {
            return new Problem("region.unknown", "region", request.Region ?? "", "a code of ISO 3166-1 or 3166-2, a grid region, or world", "Correct region; world serves everywhere.");
        }

        if (data.Units.Find(request.Unit ?? "").Unit is not { } unit)
        {
            return new Problem("unit.unknown", "unit", request.Unit ?? "", "a unit, such as kWh", "Correct unit.");
        }

        return unit.Dimension.StartsWith("currency", StringComparison.Ordinal)
            ? new Problem("override.method", "unit", unit.Symbol, "a physical unit", "Give factor_value in the rows instead.")
            : null;
    }

    private static Problem? Figures(SetOverride.Request request, ReferenceData data)
    {
        var gases = request.Gases ?? [];
        if (request.Co2e is null && gases.Count == 0 && request.BiogenicCo2 is null)
        {
            return new Problem("override.figures", "co2e", "", "co2e, gases or biogenic_co2", "Give at least one of them; a factor of nothing has co2e 0.");
        }

        if (request.Co2e < 0m || request.BiogenicCo2 < 0m || gases.Any(gas => gas.Kg < 0m))
        {
            return new Problem("number.range", request.Co2e < 0m ? "co2e" : request.BiogenicCo2 < 0m ? "biogenic_co2" : "gases", "a negative figure", "0 or more", "Correct the figure.");
        }

        if (gases.FirstOrDefault(gas => !data.Gwp.Knows(gas.Gas)) is { } unknown)
        {
            return new Problem("gas.unknown", "gases", unknown.Gas, "a gas such as co2, ch4, n2o or hfc-134a", "Correct the gas.");
        }

        if (gases.Select(gas => gas.Gas).Distinct(StringComparer.Ordinal).Count() < gases.Count)
        {
            return new Problem("gas.repeated", "gases", string.Join(", ", gases.Select(gas => gas.Gas)), "each gas once", "Add the masses of one gas up.");
        }

        if (request.GwpSet is { } set && !Sets.Contains(set, StringComparer.Ordinal))
        {
            return new Problem("gwp.unknown", "gwp_set", set, string.Join(", ", Sets), "Correct gwp_set, or leave it out where the source does not say.");
        }

        if (request.HalfWidth is < 0m or > 10m)
        {
            return new Problem("number.range", "half_width", request.HalfWidth.Value.ToString(System.Globalization.CultureInfo.InvariantCulture), "a share of the value, 0 to 10: 0.05 is ±5 %", "Correct half_width.");
        }

        return Tiers.Contains(request.Tier ?? "", StringComparer.Ordinal)
            ? null
            : new Problem("override.tier", "tier", request.Tier ?? "", string.Join(", ", Tiers), "Say how specific the factor is.");
    }

    private static Problem? Dates(SetOverride.Request request)
    {
        if (string.IsNullOrWhiteSpace(request.Citation) || request.Citation.Length > 1000 || request.Citation.Any(char.IsControl))
        {
            return new Problem("override.citation", "citation", request.Citation ?? "", "1 to 1000 characters: document, issuer, page", "Say where the figure comes from.");
        }

        if ((request.Name ?? "x") is not { Length: > 0 and <= 200 } name || name.Any(char.IsControl))
        {
            return new Problem("override.name", "name", request.Name ?? "", "1 to 200 characters", "Correct name, or leave it out.");
        }

        // Plans are made by the month.
        if (request.ValidFrom is not { Day: 1 } from)
        {
            return new Problem("override.month", "valid_from", Day(request.ValidFrom), "the first day of a month", "Correct valid_from.");
        }

        return request.ValidTo is { } to && (to < from || to.AddDays(1).Day != 1)
            ? new Problem("override.month", "valid_to", Day(to), FormattableString.Invariant($"the last day of a month, after {from:yyyy-MM-dd}"), "Correct valid_to, or leave it out.")
            : null;
    }

    private static string Day(DateOnly? day) => FormattableString.Invariant($"{day:yyyy-MM-dd}");
}
