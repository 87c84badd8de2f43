namespace OffGridFlow.Organizations;

/// <summary>Length of a reporting cycle.</summary>
public enum Granularity
{
    /// <summary>A fiscal year. It has the policy; quarters and months carry that of their year.</summary>
    Year,

    Quarter,

    Month,
}

/// <summary>A reporting cycle of whole calendar months.</summary>
/// <param name="StartsOn">Its first day.</param>
/// <param name="EndsOn">Its last day.</param>
/// <param name="HasEntries">Something was posted into it: the policy changes by recalculation only.</param>
public sealed record Period(
    Guid PeriodId, string Code, Granularity Granularity, DateOnly StartsOn, DateOnly EndsOn, bool IsClosed, bool IsBaseYear, bool HasEntries,
    int Version, Policy Policy)
{
    public bool Holds(DateOnly day) => StartsOn <= day && day <= EndsOn;
}

/// <summary>A tenant's periods at one moment, to be asked day by day without going back to the database.</summary>
public sealed class PeriodCalendar(IReadOnlyList<Period> periods)
{
    private readonly Period[] years = [.. periods.Where(period => period.Granularity == Granularity.Year).OrderBy(period => period.StartsOn)];

    /// <summary>All, by first day and then the longest first.</summary>
    public IReadOnlyList<Period> All => periods;

    /// <summary>The fiscal year that holds a day and whose policy it is calculated under, or null: see <see cref="OrganizationQueries.EnsureYear"/>.</summary>
    public Period? YearOf(DateOnly day)
    {
        foreach (var year in years)
        {
            if (year.Holds(day))
            {
                return year;
            }
        }

        return null;
    }

    /// <summary>Whether any period that holds the day, of whatever length, is closed: what is posted there is a restatement.</summary>
    public bool IsClosed(DateOnly day) => periods.Any(period => period.IsClosed && period.Holds(day));
}
