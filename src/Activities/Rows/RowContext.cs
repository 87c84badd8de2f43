using OffGridFlow.Activities.Intake;
using OffGridFlow.Factors;
using OffGridFlow.Organizations;
using Period = OffGridFlow.Activities.Intake.Period;

namespace OffGridFlow.Activities.Rows;

/// <summary>What a name in a row stands for, or why it stands for nothing.</summary>
/// <param name="Found">The facility or entity, or null.</param>
/// <param name="Problem">Why there is none.</param>
/// <param name="LeftOpen">Whether the row is taken all the same, without one.</param>
public readonly record struct Place<T>(T? Found, Problem? Problem, bool LeftOpen = false)
    where T : class
{
    /// <summary>What the row is rejected for.</summary>
    internal Problem? Refusal => LeftOpen ? null : Problem;

    /// <summary>What the row is taken in spite of.</summary>
    internal Problem? Warning => LeftOpen ? Problem : null;
}

/// <summary>What a tenant adds to the reading of rows: its names of kinds, its sites and entities, its periods' policies, and defaults.</summary>
public sealed class RowContext
{
    /// <summary>How the fix begins that names what may be meant.</summary>
    internal const string DidYouMean = "Did you mean ";

    private readonly Dictionary<Guid, string?> regions = [];
    private readonly YearEstimators? years;

    /// <param name="data">The library.</param>
    /// <param name="years">What rows come to, by their day; null where nobody asks.</param>
    /// <param name="facilities">The tenant's.</param>
    /// <param name="entities">The tenant's.</param>
    public RowContext(ReferenceData data, YearEstimators? years, CodesAndNames<Facility> facilities, CodesAndNames<Entity> entities)
    {
        (Data, this.years, Facilities, Entities) = (data, years, facilities, entities);
        foreach (var facility in facilities.All)
        {
            regions[facility.FacilityId] = facility.Place is { } place ? data.Regions.Find(place) : null;
        }
    }

    public ReferenceData Data { get; }

    public CodesAndNames<Facility> Facilities { get; }

    public CodesAndNames<Entity> Entities { get; }

    /// <summary>What the tenant calls kinds: name in lower case to kind.</summary>
    public IReadOnlyDictionary<string, string> Synonyms { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The days of rows that name none; null: such rows are rejected.</summary>
    public Period? DefaultDays { get; init; }

    /// <summary>The place of rows that name none and whose facility has none.</summary>
    public string? DefaultRegion { get; init; }

    public Facility? DefaultFacility { get; init; }

    public Entity? DefaultEntity { get; init; }

    /// <summary>Whether a facility or entity that the tenant does not have is left open; else the row is rejected.</summary>
    public bool LeavesUnknownPlaces { get; init; }

    /// <summary>The tenant's name for a kind before the library's.</summary>
    public Kind? Kind(string written) =>
        Synonyms.TryGetValue(written.Trim().ToLowerInvariant(), out var key) ? Data.Kinds.Find(key) : Data.Kinds.Find(written);

    /// <summary>By the policy of the year that holds the day.</summary>
    public Estimator EstimatorFor(DateOnly day) => (years ?? throw new InvalidOperationException("These rows are only read.")).For(day);

    /// <summary>Of a facility, else the default.</summary>
    public string? Region(Facility? facility) => (facility is null ? null : regions[facility.FacilityId]) ?? DefaultRegion;

    /// <summary>One day stands for both; none for the default's. An activity without any day belongs to no inventory.</summary>
    public Problem? Dates(ref DateOnly? start, ref DateOnly? end)
    {
        (start, end) = (start ?? end, end ?? start);
        if (start is not null)
        {
            return null;
        }

        if (DefaultDays is { } days)
        {
            (start, end) = (days.First, days.Last);
            return null;
        }

        return new Problem("date.missing", "start", "(blank)", "the days the quantity covers, such as 2025-01-01 to 2025-03-31", "Fill in start and end, or import with a default period.");
    }

    internal Place<Facility> Facility(string written) => Found(Facilities, written, "facility", one => one.Code, one => one.Name);

    internal Place<Entity> Entity(string written) => Found(Entities, written, "entity", one => one.Code, one => one.Name);

    private Place<T> Found<T>(CodesAndNames<T> all, string written, string noun, Func<T, string> code, Func<T, string> name)
        where T : class, INamed
    {
        if (all.Find(written, out var matches) is { } found)
        {
            return new(found, null);
        }

        if (matches > 1)
        {
            return new(null, new Problem($"{noun}.ambiguous", noun, written, $"the code of one {noun}; {matches} go by this name", $"Write the {noun}'s code."));
        }

        // Case is free, so it is no difference to be suggested either.
        var spelled = all.All.SelectMany(one => (string[])[code(one), name(one)]).GroupBy(one => one.ToLowerInvariant(), StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
        var near = Spelling.Nearest(written.ToLowerInvariant(), spelled.Keys, 3).Select(one => spelled[one]).ToList();
        return new(null, new Problem(
            $"{noun}.unknown", noun, written, $"the code or the name of {(noun == "entity" ? "an entity" : "a facility")} of this organisation",
            near.Count > 0 ? $"{DidYouMean}{string.Join(" or ", near)}?" : $"Add the {noun}, or correct the cell."), LeavesUnknownPlaces);
    }
}
