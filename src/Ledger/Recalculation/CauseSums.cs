using System.Globalization;
using OffGridFlow.Ledger.Totals;

namespace OffGridFlow.Ledger.Recalculation;

/// <summary>What counts of an entity under two boundary approaches.</summary>
internal sealed class BoundaryShares(IReadOnlyList<Entity> entities, string before, string after)
{
    private readonly Dictionary<Guid, Entity> byId = entities.ToDictionary(entity => entity.EntityId);

    public decimal Before(Guid? entity, DateOnly month) => Of(entity, before, month);

    public decimal After(Guid? entity, DateOnly month) => Of(entity, after, month);

    // What belongs to no entity is the tenant's own, as in the totals.
    private decimal Of(Guid? entity, string boundary, DateOnly month) => entity is { } id && byId.TryGetValue(id, out var known) ? known.Share(boundary, month) : 1m;
}

/// <summary>Sums entries' changes by cause, consolidated by share.</summary>
internal sealed class CauseSums(BoundaryShares shares)
{
    private readonly Dictionary<(Basis Account, Guid Entity, DateOnly Month), decimal> changes = [];
    private readonly Dictionary<Basis, (decimal Gwp, decimal Factor, decimal Mapping)> causes = new() { [Basis.Location] = default, [Basis.Market] = default };

    public void Add(EntryChange change, Guid? entity)
    {
        var share = shares.Before(entity, change.Month);
        foreach (var account in (ReadOnlySpan<Basis>)[Basis.Location, Basis.Market])
        {
            if (change.Basis == Basis.Single || change.Basis == account)
            {
                var (gwp, factor, mapping) = causes[account];
                causes[account] = (gwp + (share * change.Gwp), factor + (share * change.Factor), mapping + (share * change.Mapping));
                var key = (account, entity ?? Guid.Empty, change.Month);
                changes[key] = changes.GetValueOrDefault(key) + (change.After - change.Before);
            }
        }
    }

    /// <summary>An account's change; the total after is the total before and the parts.</summary>
    /// <param name="account">Location or market.</param>
    /// <param name="totals">As they are, not consolidated, by entity and month.</param>
    public ChangeByCause Of(Basis account, TotalsAnswer totals)
    {
        var (before, boundary) = (0m, 0m);
        foreach (var group in totals.Groups.Where(group => group.Basis is null or Basis.Single || group.Basis == account))
        {
            var month = DateOnly.ParseExact(group.Month + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture);
            var kilograms = group.Total!.Co2eKg;
            before += kilograms * shares.Before(group.Entity, month);
            boundary += (shares.After(group.Entity, month) - shares.Before(group.Entity, month)) * kilograms;
        }

        foreach (var ((basis, entity, month), change) in changes)
        {
            if (basis == account)
            {
                Guid? of = entity == Guid.Empty ? null : entity;
                boundary += (shares.After(of, month) - shares.Before(of, month)) * change;
            }
        }

        var (gwp, factor, mapping) = causes[account];
        var all = gwp + factor + mapping + boundary;
        return new ChangeByCause(account.ToString().ToLowerInvariant(), before, before + all, all, 0m, factor, gwp, boundary, mapping);
    }
}

/// <summary>A first version of what a report says about a recalculation.</summary>
internal static class RestatementNote
{
    public static string Draft(
        Period year, Policy policy, KindMapping? mapping, ChangeByCause change, Period baseYear, decimal baseTotal, decimal share, bool significant, int activities, int entries)
    {
        var old = year.Policy;
        var what = new List<string>();
        Say("GWP set", old.GwpSet ?? "as published", policy.GwpSet ?? "as published");
        Say("day of knowledge", Day(old.FactorDate), Day(policy.FactorDate));
        Say("edition by", old.FactorDates, policy.FactorDates);
        Say("boundary", old.Boundary, policy.Boundary);
        Say("factor snapshot", old.SnapshotId?.ToString() ?? "none", policy.SnapshotId?.ToString() ?? "none");
        Say("preferred sources", old.SourcePreference.Json, policy.SourcePreference.Json);
        foreach (var (from, to) in (mapping?.Kinds ?? new Dictionary<string, string>(StringComparer.Ordinal)).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Say(mapping!.ImportId is { } import ? $"kind of activities of import {import}" : "kind of activities", from, to);
        }

        return string.Create(CultureInfo.InvariantCulture, $"""
            Restatement of {year.Code} (draft)
            Changed: {(what.Count == 0 ? "nothing" : string.Join("; ", what))}.
            {entries} entries of {activities} activities are restated. Emissions of {year.Code} (location-based, consolidated) go from {change.Before / 1000m} t CO2e to {change.After / 1000m} t CO2e, a change of {change.Change / 1000m} t CO2e: {change.Gwp / 1000m} t by the GWP set, {change.Factor / 1000m} t by factors, {change.Mapping / 1000m} t by mapping, {change.Boundary / 1000m} t by the boundary, in this order of substitution.
            The change is {share * 100m:0.####} % of the base year's total ({baseYear.Code}: {baseTotal / 1000m} t CO2e); the threshold of significance is {old.SignificanceThreshold * 100m:0.####} %. {(significant ? "It is significant: the base year and the years since are to be recalculated (GHG Protocol Corporate Standard ch. 5)." : "It is below the threshold.")}
            """);

        void Say(string name, string was, string now)
        {
            if (was != now)
            {
                what.Add($"{name} from {was} to {now}");
            }
        }

        static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }
}
