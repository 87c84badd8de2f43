using OffGridFlow.Ledger.Entries;
using OffGridFlow.Ledger.Posting;

namespace OffGridFlow.Ledger.Recalculation;

/// <summary>What one entry's change is made of, kg CO2e. The parts add to the change exactly.</summary>
/// <param name="Entry">The entry taken back, or null for one that is new.</param>
internal sealed record EntryChange(string? Entry, Guid ActivityId, string Kind, int Scope, int? Category, Basis Basis, string Role, DateOnly Month, decimal Before, decimal After, decimal Gwp, decimal Factor, decimal Mapping);

/// <summary>An activity whose entries change: what is taken back and what comes instead.</summary>
/// <param name="Activity">As it was posted.</param>
/// <param name="Next">The version that takes its place, of another kind; null where the activity stays as it is.</param>
internal sealed record ActivityChange(StoredActivity Activity, StoredActivity? Next, IReadOnlyList<PostedEntry> Back, IReadOnlyList<Entry> New, IReadOnlyList<EntryChange> Changes);

/// <summary>Compares what activities were posted as with what another policy makes of them.</summary>
/// <param name="effective">What a calculation amounts to, whatever the policy it was found under.</param>
/// <param name="middle">Under the new GWP set and the old factors, kg CO2e; what is not there is as it was.</param>
/// <param name="unmapped">Under the new policy and the old kinds; what is not there is as in the middle.</param>
internal sealed class ActivityComparison(
    IReadOnlyDictionary<Guid, Guid> effective, IReadOnlyDictionary<(Guid, int, short, DateOnly), decimal> middle, IReadOnlyDictionary<(Guid, int, short, DateOnly), decimal> unmapped)
{
    /// <summary>What each entry of a draft comes to, kg CO2e; the draft is not needed any more.</summary>
    public static Dictionary<(Guid, int, short, DateOnly), decimal> Emissions(RunDraft planned)
    {
        using var draft = planned;
        var found = new Dictionary<(Guid, int, short, DateOnly), decimal>(draft.Count);
        foreach (ref readonly var entry in draft.Entries)
        {
            found.Add((entry.ActivityId, entry.ActivityVersion, entry.Slot, entry.Month), entry.Co2eKg);
        }

        return found;
    }

    /// <summary>Those that change, in the order given.</summary>
    /// <param name="mapped">What takes the place of a version, of another kind.</param>
    /// <param name="standing">Entries that count, by activity and version.</param>
    /// <param name="next">Entries under the new policy; an activity's stand next to one another.</param>
    public List<ActivityChange> Of(
        IReadOnlyList<StoredActivity> rows, IReadOnlyCollection<(Guid Id, int Version)> found, IReadOnlyDictionary<(Guid, int), StoredActivity> mapped,
        ILookup<(Guid, int), PostedEntry> standing, ReadOnlySpan<Entry> next)
    {
        var byKey = rows.ToDictionary(row => (row.ActivityId, row.Version));
        var places = Places(next);
        var changes = new List<ActivityChange>();
        foreach (var key in found)
        {
            if (!byKey.TryGetValue(key, out var row))
            {
                continue;
            }

            var change = mapped.TryGetValue(key, out var other)
                ? Remapped(row, other, [.. standing[key]], At(places, next, (other.ActivityId, other.Version)))
                : Change(row, [.. standing[key]], At(places, next, key));
            if (change is not null)
            {
                changes.Add(change);
            }
        }

        return changes;

        static ReadOnlySpan<Entry> At(Dictionary<(Guid, int), Range> places, ReadOnlySpan<Entry> next, (Guid, int) key) => places.TryGetValue(key, out var place) ? next[place] : [];
    }

    private static Dictionary<(Guid, int), Range> Places(ReadOnlySpan<Entry> entries)
    {
        var places = new Dictionary<(Guid, int), Range>();
        for (int from = 0, to; from < entries.Length; from = to)
        {
            ref readonly var first = ref entries[from];
            for (to = from + 1; to < entries.Length && entries[to].ActivityId == first.ActivityId && entries[to].ActivityVersion == first.ActivityVersion; to++)
            {
            }

            places.Add((first.ActivityId, first.ActivityVersion), from..to);
        }

        return places;
    }

    private ActivityChange? Change(StoredActivity row, List<PostedEntry> standing, ReadOnlySpan<Entry> next)
    {
        if (standing.Count == 0)
        {
            return null; // Taken back since.
        }

        var revision = (short)(standing.Max(one => one.Entry.Revision) + 1);
        var (back, fresh, changes) = (new List<PostedEntry>(), new List<Entry>(), new List<EntryChange>());
        foreach (ref readonly var entry in next)
        {
            var (slot, month) = (entry.Slot, entry.Month);
            var at = standing.FindIndex(one => one.Entry.Slot == slot && one.Entry.Month == month);
            var was = at < 0 ? null : standing[at];
            if (was is not null)
            {
                standing.RemoveAt(at);
                if (was.Entry.Quantity == entry.Quantity && effective[was.Entry.CalculationId] == effective[entry.CalculationId])
                {
                    continue;
                }

                back.Add(was);
            }

            fresh.Add(entry with { Revision = revision });
            changes.Add(Changed(was, entry, was?.Entry.Co2eKg ?? 0m, entry.Co2eKg));
        }

        foreach (var gone in standing)
        {
            back.Add(gone);
            changes.Add(Changed(gone, gone.Entry, gone.Entry.Co2eKg, 0m));
        }

        return changes.Count == 0 ? null : new ActivityChange(row, null, back, fresh, changes);
    }

    // One thing at a time: first the GWP set, then everything that decides the factor.
    private EntryChange Changed(PostedEntry? was, in Entry one, decimal start, decimal end)
    {
        var between = was is null ? 0m : middle.GetValueOrDefault((one.ActivityId, one.ActivityVersion, one.Slot, one.Month), start);
        return new EntryChange(
            was is null ? null : EntryView.IdOf(was.Run, was.Entry.Line), one.ActivityId, one.Kind, one.Scope, one.Category, one.Basis, one.Role, one.Month, start, end, between - start, end - between, 0m);
    }

    // All that was is taken back, all that comes is new: another kind may make other entries. What the old ones would have come to goes
    // by policy, the rest by mapping.
    private ActivityChange? Remapped(StoredActivity row, StoredActivity other, List<PostedEntry> standing, ReadOnlySpan<Entry> next)
    {
        if (standing.Count == 0)
        {
            return null;
        }

        var changes = new List<EntryChange>();
        foreach (var (run, entry) in standing)
        {
            var key = (entry.ActivityId, entry.ActivityVersion, entry.Slot, entry.Month);
            var between = middle.GetValueOrDefault(key, entry.Co2eKg);
            var still = unmapped.GetValueOrDefault(key, between);
            changes.Add(Of(EntryView.IdOf(run, entry.Line), entry, entry.Co2eKg, 0m, between - entry.Co2eKg, still - between, -still));
        }

        foreach (ref readonly var entry in next)
        {
            changes.Add(Of(null, entry, 0m, entry.Co2eKg, 0m, 0m, entry.Co2eKg));
        }

        return new ActivityChange(row, other, standing, next.ToArray(), changes);

        static EntryChange Of(string? id, in Entry one, decimal before, decimal after, decimal gwp, decimal factor, decimal mapping) =>
            new(id, one.ActivityId, one.Kind, one.Scope, one.Category, one.Basis, one.Role, one.Month, before, after, gwp, factor, mapping);
    }
}
