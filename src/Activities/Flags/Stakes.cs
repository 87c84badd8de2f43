namespace OffGridFlow.Activities.Flags;

/// <summary>What would be counted twice if two activities are one: kg CO2e of the smaller, of the days that overlap.</summary>
internal sealed class Stakes(YearEstimators years, ReferenceData data)
{
    /// <summary>Null when neither can be calculated any more; of the other when only one can.</summary>
    /// <param name="one">An activity.</param>
    /// <param name="other">Another.</param>
    /// <param name="overlap">Days in both, or null: each counts whole.</param>
    public decimal? Of(StoredActivity one, StoredActivity other, int? overlap)
    {
        var (first, second) = (Share(one, overlap), Share(other, overlap));
        return first is null ? second : second is null ? first : Math.Min(first.Value, second.Value);
    }

    private decimal? Share(StoredActivity activity, int? overlap) =>
        Co2eKg(activity) is not { } whole ? null
        : overlap is { } days ? whole * days / (activity.EndOn.DayNumber - activity.StartOn.DayNumber + 1)
        : whole;

    // Scope 2 by the location: the market-based figure stands beside it.
    private decimal? Co2eKg(StoredActivity activity)
    {
        try
        {
            var estimate = years.For(activity.Day).Estimate(activity.ToActivity(data));
            return estimate.Problem is null
                ? estimate.Entries.Where(entry => entry.Plan.Basis != Basis.Market).Sum(entry => entry.Amounts.Co2eKg)
                : null;
        }
        catch (Exception unknown) when (unknown is InvalidDataException or OverflowException)
        {
            return null; // Its kind has been renamed since, or the policy of its year changed: posting says so.
        }
    }
}
