namespace OffGridFlow.Ledger.Recalculation;

/// <summary>Kinds that activities were recorded as by mistake, and what they are: a synonym that stood for the wrong kind, a column read as another.</summary>
/// <param name="Kinds">From the kind recorded to the kind it should be.</param>
/// <param name="ImportId">Only activities of this import, or null for all of the year.</param>
public sealed record KindMapping(IReadOnlyDictionary<string, string> Kinds, Guid? ImportId = null)
{
    /// <summary>What is wrong with it, or null.</summary>
    internal Problem? Check(ReferenceData data)
    {
        foreach (var (from, to) in Kinds ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            if (to is null || data.Kinds.Find(to)?.Key != to)
            {
                return new Problem("recalculation.kind", $"mapping.kinds.{from}", to ?? "", "the key of a kind, such as fuel.diesel", "Find the kind: GET /api/v1/kinds, or ./offgridflow kinds search.");
            }

            if (from == to || Kinds!.ContainsKey(to))
            {
                return new Problem("recalculation.mapping", $"mapping.kinds.{from}", to, "a kind that is not mapped itself", "Map each kind to what it finally is.");
            }
        }

        return Kinds is { Count: > 0 } ? null : new Problem("recalculation.mapping", "mapping.kinds", "", "at least one kind", "Name the kind recorded and the kind it should be, or leave mapping out.");
    }

    /// <summary>The activity's next version under its right kind, or null for one that stays as it is.</summary>
    internal StoredActivity? Next(StoredActivity row) => Kinds.TryGetValue(row.Kind, out var kind) && (ImportId is null || row.ImportId == ImportId)
        ? row with { Kind = kind, Version = row.Version + 1 }
        : null;
}
