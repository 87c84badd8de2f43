namespace OffGridFlow.Factors;

/// <summary>Says why no factor serves a row: none of the kind, none in that unit, none known by then, or none for the place.</summary>
internal static class MissingFactor
{
    public static Problem Of(PlanKey key, ReferenceData data, EstimateOptions options)
    {
        var rows = key.Kind.Sources.SelectMany(source => data.Library.OfKind(source).ToArray()).ToArray();
        if (rows.Length == 0)
        {
            return new Problem("factor.none", "kind", key.Kind.Key, "a kind that the library has a factor for", "Give factor_value (kg CO2e per unit), or name another kind.");
        }

        var reachable = rows.Where(row => UnitPath.Find(key.Unit, row, data.Units) is not null).ToList();
        if (reachable.Count == 0)
        {
            var dimensions = rows.Select(row => data.Units[row.Unit]).DistinctBy(unit => unit.Symbol).Select(unit => $"{unit.Symbol} ({unit.Dimension})").Order(StringComparer.Ordinal);
            return new Problem("unit.dimension", "unit", $"{key.Unit.Symbol} ({key.Unit.Dimension})", string.Join(" or ", dimensions.Take(8)), $"Give the quantity of {key.Kind.Key} in one of these units.");
        }

        if (options.Snapshot is { } snapshot && reachable.TrueForAll(row => !snapshot.Has(row.Edition)))
        {
            return new Problem(
                "factor.none-in-snapshot", "kind", key.Kind.Key, $"a kind that an edition of the factor snapshot serves: it leaves out {string.Join(", ", reachable.Select(row => row.Edition.Key).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))}",
                "Make a factor snapshot with one of these editions, or with a factor of your own for the kind.");
        }

        if (reachable.TrueForAll(row => row.Edition.Published > options.AsOf))
        {
            return new Problem(
                "factor.none-published", "kind", FormattableString.Invariant($"{key.Kind.Key} as of {options.AsOf:yyyy-MM-dd}"),
                FormattableString.Invariant($"a day from {reachable.Min(row => row.Edition.Published):yyyy-MM-dd}, when the first edition with a factor for it was published"), "Give a later --as-of, or factor_value (kg CO2e per unit).");
        }

        reachable.RemoveAll(row => row.Edition.Published > options.AsOf || options.Snapshot?.Has(row.Edition) == false);
        var places = reachable.Select(row => row.Region).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return new Problem(
            "factor.none-for-region",
            "region",
            key.Region ?? "(blank)",
            places.Count <= 12 ? string.Join(", ", places) : $"one of {places.Count} places, such as {string.Join(", ", places.Take(12))}",
            "Name a place that a publication covers, or give factor_value (kg CO2e per unit).");
    }
}
