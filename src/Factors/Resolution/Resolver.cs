using System.Collections.Concurrent;
using OffGridFlow.Factors.Snapshots;

namespace OffGridFlow.Factors;

/// <summary>Which edition a date picks.</summary>
public enum DatePolicy
{
    /// <summary>The edition meant for the activity's date.</summary>
    Effective,

    /// <summary>The edition most recently published at the date of knowledge.</summary>
    Published,
}

/// <summary>How specific the factor found was.</summary>
public enum Tier
{
    Supplier,
    Facility,
    Subnational,
    Country,
    Region,
    World,
    Spend,
}

/// <summary>What is asked of the library.</summary>
/// <param name="Kind">Key whose factors are looked through.</param>
/// <param name="Stage">The stage wanted.</param>
/// <param name="Region">Where the activity happened, or null when the row does not say.</param>
/// <param name="Day">The middle of the activity's dates, or null when the row has none.</param>
/// <param name="Proxies">Places that stand in when neither the region nor what lies around it has a factor.</param>
/// <param name="PriceYear">For spend: the year whose prices the money is in, when known.</param>
public sealed record FactorQuestion(string Kind, Stage Stage, string? Region, DateOnly? Day, IReadOnlyList<string> Proxies, int? PriceYear = null);

/// <summary>A factor considered and not taken.</summary>
public sealed record Rejected(FactorRow Row, string Reason);

/// <summary>The factor chosen, how specific it is, and everything about it that is not as asked.</summary>
/// <param name="Row">The factor.</param>
/// <param name="Tier">How specific.</param>
/// <param name="Proxy">It belongs to another place than the activity's.</param>
/// <param name="YearsOff">Whole or part years between the activity and the factor's validity; 0 when it covers the day.</param>
/// <param name="UnitsPerQuantity">How many of the factor's units one of the activity's is.</param>
/// <param name="UnitStep">How the unit was reached, in words; null when it is the same unit.</param>
public sealed record Resolution(FactorRow Row, Tier Tier, bool Proxy, int YearsOff, decimal UnitsPerQuantity, string? UnitStep);

/// <summary>Finds the factor for an activity: the most specific place first, then the date, then the preferred source.</summary>
public sealed class Resolver
{
    // Years off from here on count back from an edition that begins after the activity.
    private const int LaterEdition = 100;

    private readonly FactorLibrary library;
    private readonly UnitTable units;
    private readonly IReadOnlyDictionary<string, string[]> preference;
    private readonly DatePolicy policy;
    private readonly DateOnly asOf;
    private readonly FactorSnapshot? snapshot;

    // Every month of a kind asks anew, and the way from its unit to each factor is the same.
    private readonly ConcurrentDictionary<(string Kind, Stage Stage, Unit Unit), List<(FactorRow Row, UnitPath Path)>> known = new();

    /// <param name="library">The factors.</param>
    /// <param name="units">Their units.</param>
    /// <param name="preference">Publishers in order of preference by country; <c>*</c> for the rest.</param>
    /// <param name="policy">Which edition a date picks.</param>
    /// <param name="asOf">Day of knowledge: editions published later do not exist yet.</param>
    /// <param name="snapshot">A tenant's choice of editions and its own factors, or null for the library as it is.</param>
    public Resolver(
        FactorLibrary library, UnitTable units, IReadOnlyDictionary<string, string[]> preference, DatePolicy policy, DateOnly asOf, FactorSnapshot? snapshot = null)
    {
        this.snapshot = snapshot;
        this.library = library;
        this.units = units;
        this.preference = preference;
        this.policy = policy;
        this.asOf = asOf;
    }

    /// <summary>Loads data/kinds/sources.csv: <c>country,publishers</c>.</summary>
    public static IReadOnlyDictionary<string, string[]> LoadPreference(string dataFolder) =>
        DataFile.Rows(Path.Combine(dataFolder, "kinds", "sources.csv"))
            .ToDictionary(row => row.Required("country"), row => row.Required("publishers").Split(' '), StringComparer.Ordinal);

    /// <summary>The tenant's own factor for the question, or null.</summary>
    public Resolution? Own(FactorQuestion question, Unit unit)
    {
        if (snapshot?.Answer(question, row => UnitPath.Find(unit, row, units) is not null) is not { } row)
        {
            return null;
        }

        var path = UnitPath.Find(unit, row, units)!;
        return new Resolution(row, row.StatedTier ?? TierOf(row, elsewhere: false), false, 0, path.UnitsPerQuantity, path.Step);
    }

    /// <summary>A factor of the tenant's own that would answer, were it not for its unit.</summary>
    public FactorRow? OwnInAnotherUnit(FactorQuestion question) => snapshot?.Answer(question, _ => true);

    /// <summary>The factor for the question, or null; every candidate passed over is added to <paramref name="rejected"/> when given.</summary>
    public Resolution? Resolve(FactorQuestion question, Unit unit, List<Rejected>? rejected = null)
    {
        var candidates = rejected is null
            ? known.TryGetValue((question.Kind, question.Stage, unit), out var found) ? found : known.GetOrAdd((question.Kind, question.Stage, unit), Candidates(question, unit, null))
            : Candidates(question, unit, rejected);
        var ladder = RegionTable.Ladder(question.Region ?? "world");
        Resolution? chosen = null;
        foreach (var fallback in (ReadOnlySpan<bool>)[false, true])
        {
            chosen = chosen ?? OnLadder(question, ladder, proxy: false, fallback, candidates);
            if (!fallback)
            {
                chosen = chosen ?? OnLadder(question, question.Proxies, proxy: true, fallback, candidates);
            }
        }

        chosen = chosen ?? OnLadder(question, question.Proxies, proxy: true, fallback: true, candidates);

        // What contracts left unclaimed in a later year says nothing of an earlier one: the grid average of its own year does.
        if (question.Stage == Stage.ResidualMix && chosen is { YearsOff: >= LaterEdition })
        {
            rejected?.Add(new Rejected(chosen.Row, "is a residual mix of a later year"));
            return null;
        }

        if (rejected is not null && chosen is not null)
        {
            var taken = chosen;
            rejected.AddRange(candidates.Where(c => c.Row != taken.Row).Select(c => new Rejected(c.Row, WhyNot(c.Row, taken.Row, question))));
        }

        return chosen;
    }

    private List<(FactorRow Row, UnitPath Path)> Candidates(FactorQuestion question, Unit unit, List<Rejected>? rejected)
    {
        var candidates = new List<(FactorRow Row, UnitPath Path)>();
        foreach (var row in library.OfKind(question.Kind))
        {
            if (row.Stage != question.Stage)
            {
                continue;
            }

            if (row.Edition.Published > asOf)
            {
                rejected?.Add(new Rejected(row, $"published {row.Edition.Published:yyyy-MM-dd}, after {asOf:yyyy-MM-dd}"));
            }
            else if (snapshot?.Has(row.Edition) == false)
            {
                rejected?.Add(new Rejected(row, $"is of {row.Edition.Key}, which the factor snapshot leaves out"));
            }
            else if (UnitPath.Find(unit, row, units) is not { } path)
            {
                rejected?.Add(new Rejected(row, $"is per {row.Unit}, which {unit.Symbol} does not reach"));
            }
            else
            {
                candidates.Add((row, path));
            }
        }

        return candidates;
    }

    private Resolution? OnLadder(FactorQuestion question, IReadOnlyList<string> places, bool proxy, bool fallback, List<(FactorRow Row, UnitPath Path)> candidates)
    {
        foreach (var place in places)
        {
            (FactorRow Row, UnitPath Path)? best = null;
            foreach (var candidate in candidates)
            {
                if (candidate.Row.Region == place && candidate.Row.Fallback == fallback
                    && (best is not { } b || Better(candidate, b, place, question)))
                {
                    best = candidate;
                }
            }

            if (best is { } found)
            {
                var elsewhere = proxy && place != question.Region && !(question.Region is null && place == "world");
                return new Resolution(
                    found.Row,
                    TierOf(found.Row, elsewhere),
                    elsewhere,
                    YearsOff(found.Row, question),
                    found.Path.UnitsPerQuantity,
                    found.Path.Step);
            }
        }

        return null;
    }

    private bool Better((FactorRow Row, UnitPath Path) a, (FactorRow Row, UnitPath Path) b, string place, FactorQuestion question)
    {
        var order = YearsOff(a.Row, question).CompareTo(YearsOff(b.Row, question));
        order = order != 0 ? order : Rank(a.Row, place).CompareTo(Rank(b.Row, place));
        order = order != 0 || policy == DatePolicy.Effective ? order : b.Row.Edition.Published.CompareTo(a.Row.Edition.Published);
        order = order != 0 ? order : b.Row.ValidFrom.CompareTo(a.Row.ValidFrom);
        order = order != 0 ? order : b.Row.Edition.Published.CompareTo(a.Row.Edition.Published);
        order = order != 0 ? order : a.Path.Length.CompareTo(b.Path.Length);
        return (order != 0 ? order : string.CompareOrdinal(a.Row.Id, b.Row.Id)) < 0;
    }

    private int Rank(FactorRow row, string place)
    {
        var country = place.Length >= 2 && (place.Length == 2 || place[2] == '-') ? place[..2] : place;
        var order = preference.TryGetValue(country, out var own) ? own : preference["*"];
        var at = Array.IndexOf(order, row.Edition.Publisher);
        return at < 0 ? order.Length : at;
    }

    // Spend is matched on the year of its prices; the rest on the activity's date; published policy on no date at all.
    private int YearsOff(FactorRow row, FactorQuestion question)
    {
        if (question.PriceYear is { } year && row.Factor.PriceYear is { } prices)
        {
            return Math.Abs(year - prices);
        }

        if (policy == DatePolicy.Published || question.Day is not { } day)
        {
            return 0;
        }

        if (day < row.ValidFrom)
        {
            // Later editions were not meant for earlier dates: worse than any earlier edition.
            return LaterEdition + row.ValidFrom.Year - day.Year;
        }

        return row.ValidTo is { } last && day > last ? Math.Max(1, day.Year - last.Year) : 0;
    }

    private static Tier TierOf(FactorRow row, bool elsewhere) =>
        row.Factor.PriceType is not null ? Tier.Spend :
        elsewhere || row.Region == "world" ? Tier.World :
        row.Region.StartsWith("group:", StringComparison.Ordinal) ? Tier.Region :
        row.Region.Contains('-', StringComparison.Ordinal) ? Tier.Subnational :
        Tier.Country;

    private string WhyNot(FactorRow row, FactorRow taken, FactorQuestion question) =>
        row.Region != taken.Region ? $"is for {row.Region}; {taken.Region} is nearer to {question.Region ?? "an unnamed place"}" :
        row.Fallback && !taken.Fallback ? "is a last resort (life-cycle average)" :
        YearsOff(row, question) != YearsOff(taken, question) ? $"is valid from {row.ValidFrom:yyyy-MM-dd}{(row.ValidTo is { } to ? $" to {to:yyyy-MM-dd}" : "")}" :
        Rank(row, taken.Region) != Rank(taken, taken.Region) ? $"{taken.Edition.Publisher} is preferred to {row.Edition.Publisher} in {taken.Region}" :
        row.ValidFrom != taken.ValidFrom || row.Edition.Published != taken.Edition.Published ? $"an earlier edition ({row.Edition.Key})" :
        $"is per {row.Unit}; {taken.Unit} is nearer to the row's unit";
}
