using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Organizations.Periods;

/// <summary>A reporting cycle as the API shows it.</summary>
public sealed class PeriodDetails : IVersioned
{
    internal const string Select = """
        select period_id, code, granularity, starts_on, ends_on, status, is_base_year, has_entries, gwp_set, factor_date, factor_dates, boundary,
               significance_threshold, source_preference::text as source_preference_json, snapshot_id, created_at, updated_at, deleted_at, version
        from org.periods p
        """;

    public Guid PeriodId { get; init; }

    public string Code { get; init; } = "";

    public Granularity Granularity { get; init; }

    public DateOnly StartsOn { get; init; }

    /// <summary>Its last day.</summary>
    public DateOnly EndsOn { get; init; }

    /// <summary>open or closed; the ledger closes.</summary>
    public string Status { get; init; } = "";

    public bool IsBaseYear { get; init; }

    /// <summary>Something was posted into it: its policy changes by recalculation only.</summary>
    public bool HasEntries { get; init; }

    /// <summary>What its inventory is calculated under. Quarters and months have that of their year.</summary>
    public PolicyForm Policy => PolicyForm.Of(ToPolicy());

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public DateTimeOffset? DeletedAt { get; init; }

    public int Version { get; init; }

    private string? GwpSet { get; init; }

    private DateOnly FactorDate { get; init; }

    private string FactorDates { get; init; } = "";

    private string Boundary { get; init; } = "";

    private decimal SignificanceThreshold { get; init; }

    private string SourcePreferenceJson { get; init; } = "{}";

    private Guid? SnapshotId { get; init; }

    internal Policy ToPolicy() => new(GwpSet, FactorDate, FactorDates, Boundary, SignificanceThreshold, SnapshotId)
    {
        SourcePreference = SourcePreference.Read(SourcePreferenceJson),
    };

    internal static async Task<Result<PeriodDetails>> Find(Guid id, Session session) =>
        await session.First<PeriodDetails>($"{Select} where period_id = @id and deleted_at is null", new { id }) is { } period
            ? period
            : Problem.NotFound("period", id.ToString());

    internal static async Task<PeriodDetails> Get(Guid id, Session session) =>
        (await session.First<PeriodDetails>($"{Select} where period_id = @id", new { id }))!;

    /// <summary>The row as it is now, held until the transaction ends; also when it is deleted.</summary>
    internal static async Task<PeriodDetails?> Hold(Guid id, Session session) =>
        await session.First<PeriodDetails>($"{Select} where period_id = @id for no key update", new { id });
}
