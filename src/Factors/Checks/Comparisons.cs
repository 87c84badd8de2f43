using System.Globalization;

namespace OffGridFlow.Factors.Checks;

/// <summary>All figures of the library, arranged so that one can be held against its forerunners and its peers.</summary>
internal sealed class Comparisons
{
    private readonly Dictionary<ChainKey, List<Point>> chains = [];
    private readonly Dictionary<PeerKey, PeerGroup> groups = [];
    private readonly Dictionary<Edition, int> order = [];

    /// <param name="library">Whose factors.</param>
    /// <param name="readings">The figures of each row of the library, in its order.</param>
    public Comparisons(FactorLibrary library, IReadOnlyList<List<Reading>> readings)
    {
        foreach (var publisher in library.Editions.GroupBy(edition => edition.Publisher, StringComparer.Ordinal))
        {
            foreach (var (at, edition) in publisher.OrderBy(edition => edition.Published).ThenBy(edition => edition.ValidFrom).Index())
            {
                order[edition] = at;
            }
        }

        for (var i = 0; i < library.Rows.Count; i++)
        {
            var row = library.Rows[i];
            foreach (var reading in readings[i])
            {
                var chain = Chain(row, reading);
                (chains.TryGetValue(chain, out var points) ? points : chains[chain] = []).Add(new Point(row, order[row.Edition], reading.Printed));
                foreach (var key in FamilyKeys(row, reading).Prepend(KindKey(row, reading, null)).Prepend(KindKey(row, reading, row.Region)).Prepend(YearKey(row, reading)))
                {
                    (groups.TryGetValue(key, out var group) ? group : groups[key] = new PeerGroup()).Add(reading.PerBase, row.Edition.Publisher);
                }
            }
        }
    }

    /// <summary>The same thing in the publisher's latest earlier edition that has it: of the same period, else of the nearest before.</summary>
    public (FactorRow Row, decimal Printed)? Previous(FactorRow row, Reading reading)
    {
        var mine = order[row.Edition];
        Point? best = null;
        foreach (var point in chains[Chain(row, reading)])
        {
            if (point.Edition < mine && (best is not { } b || point.Edition > b.Edition || (point.Edition == b.Edition && Nearer(point, b, row))))
            {
                best = point;
            }
        }

        return best is { } found ? (found.Row, found.Printed) : null;
    }

    /// <summary>The same thing for the period before, in the same edition.</summary>
    public (FactorRow Row, decimal Printed)? Before(FactorRow row, Reading reading)
    {
        var mine = order[row.Edition];
        Point? best = null;
        foreach (var point in chains[Chain(row, reading)])
        {
            if (point.Edition == mine && point.Row.ValidFrom < row.ValidFrom && (best is not { } b || point.Row.ValidFrom > b.Row.ValidFrom))
            {
                best = point;
            }
        }

        return best is { } found ? (found.Row, found.Printed) : null;
    }

    /// <summary>Other factors of the same kind and stage, everywhere or in the same region.</summary>
    public PeerGroup Kind(FactorRow row, Reading reading, bool amongRegion) => groups[KindKey(row, reading, amongRegion ? row.Region : null)];

    /// <summary>Factors of the same kind, stage and region whose validity starts in the same year.</summary>
    public PeerGroup KindInYear(FactorRow row, Reading reading) => groups[YearKey(row, reading)];

    /// <summary>The nearest family of at least so many: <c>goods.food</c> for <c>goods.food.20047</c>; null when none is large enough.</summary>
    public PeerGroup? Family(FactorRow row, Reading reading, int least) =>
        FamilyKeys(row, reading).Select(key => groups[key]).FirstOrDefault(group => group.Count >= least);

    // The same period first, then the latest that is not after it, then the earliest after it.
    private static bool Nearer(Point a, Point b, FactorRow row) => Distance(a, row) < Distance(b, row);

    private static int Distance(Point point, FactorRow row)
    {
        var days = row.ValidFrom.DayNumber - point.Row.ValidFrom.DayNumber;
        return days >= 0 ? days : 1_000_000 - days;
    }

    private static ChainKey Chain(FactorRow row, Reading reading) =>
        new(row.Edition.Publisher, reading.Measure, reading.Of, row.Kind, row.Stage, row.Region, row.Unit);

    private static PeerKey KindKey(FactorRow row, Reading reading, string? region) =>
        new(reading.Measure, reading.Of, row.Kind, row.Stage, reading.Dimension, region);

    private static PeerKey YearKey(FactorRow row, Reading reading) =>
        new(reading.Measure, reading.Of, row.Kind, row.Stage, reading.Dimension, string.Create(CultureInfo.InvariantCulture, $"{row.Region} {row.ValidFrom.Year}"));

    // From the nearest family outward: cloud.aws.m5, cloud.aws, cloud.
    private static IEnumerable<PeerKey> FamilyKeys(FactorRow row, Reading reading)
    {
        for (var dot = row.Kind.LastIndexOf('.'); dot > 0; dot = row.Kind.LastIndexOf('.', dot - 1))
        {
            yield return new PeerKey(reading.Measure, reading.Of, row.Kind[..dot] + ".*", row.Stage, reading.Dimension, null);
        }
    }

    private readonly record struct Point(FactorRow Row, int Edition, decimal Printed);

    private readonly record struct ChainKey(string Publisher, Measure Measure, string Of, string Kind, Stage Stage, string Region, string Unit);

    private readonly record struct PeerKey(Measure Measure, string Of, string Kind, Stage Stage, string Dimension, string? Region);
}

/// <summary>Figures of one sort, all per the same base unit.</summary>
internal sealed class PeerGroup
{
    private readonly List<(decimal Value, string Publisher)> members = [];
    private readonly Dictionary<string, decimal?> withoutPublisher = new(StringComparer.Ordinal);
    private bool sorted = true;

    public int Count => members.Count;

    public void Add(decimal value, string publisher)
    {
        members.Add((value, publisher));
        sorted = false;
    }

    /// <summary>The median of all but one member of this value: a figure is not its own peer. Null when there is no other.</summary>
    public decimal? MedianWithout(decimal own)
    {
        Sort();
        var at = members.FindIndex(member => member.Value == own);
        var count = members.Count - (at < 0 ? 0 : 1);
        return count == 0 ? null : (At((count - 1) / 2) + At(count / 2)) / 2;

        decimal At(int i) => members[at >= 0 && i >= at ? i + 1 : i].Value;
    }

    /// <summary>The median of what other publishers say, each with its own median. Null when there is no other.</summary>
    public decimal? MedianOfOthers(string publisher)
    {
        if (!withoutPublisher.TryGetValue(publisher, out var median))
        {
            var medians = members.Where(member => member.Publisher != publisher)
                .GroupBy(member => member.Publisher, member => member.Value, StringComparer.Ordinal)
                .Select(Median).Order().ToList();
            withoutPublisher[publisher] = median = medians.Count == 0 ? null : Median(medians);
        }

        return median;
    }

    private static decimal Median(IEnumerable<decimal> values)
    {
        var ordered = values.Order().ToList();
        return (ordered[(ordered.Count - 1) / 2] + ordered[ordered.Count / 2]) / 2;
    }

    private void Sort()
    {
        if (!sorted)
        {
            members.Sort((a, b) => a.Value.CompareTo(b.Value));
            sorted = true;
        }
    }
}
