using OffGridFlow.Platform.Http;

namespace OffGridFlow.Activities.Flags;

/// <summary>Two activities that may be the same one twice. Both count until a person has decided.</summary>
/// <param name="Reason"><c>meter-overlap</c>: one meter, overlapping days; <c>spend-and-usage</c>: one invoice, once in money and once in a physical unit.</param>
/// <param name="Status"><c>open</c>; <c>kept</c>: both are right; <c>withdrawn</c>: one was taken away for it; <c>settled</c>: what was flagged is no more.</param>
/// <param name="ImportId">What brought the later of the two.</param>
/// <param name="ActivityId">The later of the two.</param>
/// <param name="OtherActivityId">The earlier of the two.</param>
/// <param name="OverlapDays">Days of a meter that are in both, or null.</param>
/// <param name="Co2eKg">At stake: of the smaller of the two, by the days that overlap; null when neither can be calculated.</param>
public sealed record Flag(
    Guid FlagId, string Reason, string Status, Guid ImportId, Guid ActivityId, Guid OtherActivityId, int? OverlapDays, decimal? Co2eKg,
    DateTimeOffset RaisedAt, DateTimeOffset? ResolvedAt, string? ResolvedBy, string? ResolvedReason, int Version) : IVersioned
{
    internal const string Columns = """
        flag_id, reason, status, import_id, activity_id, other_activity_id, overlap_days, co2e_kg, raised_at, resolved_at, resolved_by, resolved_reason, version
        """;
}

/// <summary>A row of activities.flags.</summary>
internal sealed class FlagRow
{
    public Guid FlagId { get; init; }

    public string Reason { get; init; } = "";

    public string Status { get; init; } = "";

    public Guid ImportId { get; init; }

    public Guid ActivityId { get; init; }

    public Guid OtherActivityId { get; init; }

    public int? OverlapDays { get; init; }

    public decimal? Co2eKg { get; init; }

    public DateTimeOffset RaisedAt { get; init; }

    public DateTimeOffset? ResolvedAt { get; init; }

    public string? ResolvedBy { get; init; }

    public string? ResolvedReason { get; init; }

    public int Version { get; init; }

    public Flag Shown() => new(
        FlagId, Reason, Status, ImportId, ActivityId, OtherActivityId, OverlapDays, Co2eKg, RaisedAt, ResolvedAt, ResolvedBy, ResolvedReason, Version);
}
