namespace OffGridFlow.Factors.Releases;

/// <summary>How a factor fared from one edition to another.</summary>
public enum Change
{
    Added,
    Removed,
    Changed,
    Same,
}

/// <summary>One factor in two editions.</summary>
/// <param name="Change">What became of it.</param>
/// <param name="Old">In the first edition, or null when added.</param>
/// <param name="New">In the second edition, or null when removed.</param>
/// <param name="OldValue">kg per unit: CO2e, else biogenic CO2, else the mass of its first gas.</param>
/// <param name="NewValue">As <paramref name="OldValue"/>.</param>
/// <param name="Ratio">New over old, where both are above zero.</param>
public sealed record FactorChange(Change Change, Factor? Old, Factor? New, decimal? OldValue, decimal? NewValue, decimal? Ratio)
{
    /// <summary>The factor in whichever edition has it, the newer first.</summary>
    public Factor Factor => New ?? Old!;

    /// <summary>How many times apart, at least 1; a figure that came from or went to zero is furthest.</summary>
    public decimal Size => Ratio is not { } ratio ? (Change == Change.Changed ? decimal.MaxValue : 0m) : ratio < 1m ? 1m / ratio : ratio;
}

/// <summary>What changed between two editions of a publication.</summary>
public static class EditionDiff
{
    /// <summary>
    /// Factors matched by kind, stage, region and unit, and by the part of the year their validity starts in where a table holds
    /// several periods; changed ones first, the largest change first, then removed, then added, then the same.
    /// </summary>
    /// <param name="library">The factors.</param>
    /// <param name="older">Key of the first edition: <c>desnz:2024</c>.</param>
    /// <param name="newer">Key of the second.</param>
    /// <exception cref="KeyNotFoundException">There is no such edition; the message lists the publisher's.</exception>
    public static IReadOnlyList<FactorChange> Between(FactorLibrary library, string older, string newer)
    {
        var before = Keyed(library, older);
        var after = Keyed(library, newer);
        return after.Where(pair => !before.ContainsKey(pair.Key)).Select(pair => new FactorChange(Change.Added, null, pair.Value, null, Value(pair.Value), null))
            .Concat(before.Select(pair => after.TryGetValue(pair.Key, out var now) ? Compared(pair.Value, now) : new FactorChange(Change.Removed, pair.Value, null, Value(pair.Value), null, null)))
            .OrderBy(change => change.Change switch { Change.Changed => 0, Change.Removed => 1, Change.Added => 2, Change.Same => 3 })
            .ThenByDescending(change => change.Size).ThenBy(change => change.Factor.Id, StringComparer.Ordinal).ToList();
    }

    private static FactorChange Compared(Factor old, Factor now)
    {
        var (from, to) = (Value(old), Value(now));
        var same = old.Co2e == now.Co2e && old.BiogenicCo2 == now.BiogenicCo2 && old.Bridge == now.Bridge && old.Gases.SequenceEqual(now.Gases);
        return new FactorChange(
            same ? Change.Same : Change.Changed, old, now, from, to,
            from > 0 && to > 0 ? Weighting.Significant(to.Value / from.Value, 6) : from == to ? 1m : null);
    }

    // A yearly series is matched year by year; where each edition has but one period, whatever the period.
    private static Dictionary<(string Kind, Stage Stage, string Region, string Unit, int Period), Factor> Keyed(FactorLibrary library, string edition)
    {
        var key = library.Editions.FirstOrDefault(e => e.Key == edition)?.Key ?? throw new KeyNotFoundException(
            $"There is no edition '{edition}'. {Editions(library, edition)}");
        return library.Rows.Where(row => row.Edition.Key == key)
            .GroupBy(row => (row.Kind, row.Stage, row.Region, row.Unit))
            .SelectMany(group => group.Count() == 1
                ? [(group.Key, Period: 0, group.First().Factor)]
                : group.Select(row => (group.Key, Period: row.ValidFrom.DayNumber, row.Factor)))
            .ToDictionary(item => (item.Key.Kind, item.Key.Stage, item.Key.Region, item.Key.Unit, item.Period), item => item.Factor);
    }

    private static string Editions(FactorLibrary library, string asked)
    {
        var publisher = asked.Split(':')[0];
        var editions = library.Editions.Where(edition => edition.Publisher == publisher).Select(edition => edition.Key).ToList();
        return editions.Count > 0
            ? $"The publisher's editions are {string.Join(", ", editions)}."
            : $"The publishers are {string.Join(", ", library.Editions.Select(edition => edition.Publisher).Distinct(StringComparer.Ordinal))}.";
    }

    private static decimal? Value(Factor factor) => factor.Co2e ?? factor.BiogenicCo2 ?? (factor.Gases.Count > 0 ? factor.Gases[0].Kilograms : null);
}
