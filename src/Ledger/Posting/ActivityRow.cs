namespace OffGridFlow.Ledger.Posting;

/// <summary>An activity as posting reads it: one version of it.</summary>
/// <param name="Columns">Named columns: those the kind reads, and what describes the row.</param>
/// <param name="Withdrawn">Takes the versions before it back and counts for nothing itself.</param>
internal sealed record ActivityRow(
    Guid ActivityId, int Version, Guid ImportId, long RowNo, string Kind, decimal Quantity, string Unit, string? Region, DateOnly StartOn, DateOnly EndOn,
    int? Quality, Guid? EntityId, Guid? FacilityId, string? FactorId, decimal? FactorValue, IReadOnlyDictionary<string, string> Columns, bool Withdrawn);
