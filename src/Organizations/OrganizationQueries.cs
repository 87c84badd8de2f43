using OffGridFlow.Organizations.Periods;
using OffGridFlow.Organizations.Security;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Organizations;

/// <summary>
/// What the modules downstream ask of the organisation, within their own transaction: its tenant, entities, facilities, periods and
/// policies. Beside the reading, the changes that posting brings about: a year begins to exist, a period has entries, is recalculated
/// under another policy, is closed or reopened. All are audited like any other.
/// </summary>
public static class OrganizationQueries
{
    private const string PeriodColumns = """
        period_id, code, granularity, starts_on, ends_on, status = 'closed' as is_closed, is_base_year, has_entries, version,
        gwp_set, factor_date, factor_dates, boundary, significance_threshold, snapshot_id, source_preference::text as source_preference
        """;

    public static async Task<Tenant> Tenant(Session session) =>
        await session.First<Tenant>("select id, slug, name, plan, status, region, fiscal_year_start::int as fiscal_year_start from org.tenants")
        ?? throw new InvalidOperationException($"Tenant {session.Tenant} does not exist.");

    /// <summary>Whether a second person approves what one has submitted.</summary>
    public static Task<bool> FourEyes(Session session) => SecurityPolicy.AsksFourEyes(session);

    /// <summary>All facilities, to be found by the code or the name that a file has; by their id also those that are deleted.</summary>
    public static async Task<CodesAndNames<Facility>> Facilities(Session session)
    {
        var all = await session.Query<Facility>("""
            select facility_id, entity_id, code, name, region, grid_region, deleted_at is not null as is_deleted from org.facilities order by code
            """);
        return new CodesAndNames<Facility>(all);
    }

    /// <summary>All entities with what the tenant holds of them; by their id also those that are deleted, for they stay in the inventory.</summary>
    public static Task<CodesAndNames<Entity>> Entities(Session session) => Entities(session, null);

    /// <inheritdoc cref="Entities(Session)"/>
    /// <param name="asOf">The shares as they were known then; names and codes are today's. Null: now.</param>
    public static async Task<CodesAndNames<Entity>> Entities(Session session, DateTimeOffset? asOf)
    {
        var shares = (await session.Query<ShareRow>($"""
            select entity_id, valid_from, equity_share, financial_control, operational_control from {Known("entity_shares", asOf)} order by valid_from
            """, new { asOf })).ToLookup(row => row.EntityId, row => row.Share());
        var rows = await session.Query<EntityRow>("""
            select entity_id, code, name, country, parent_entity_id, deleted_at is not null as is_deleted from org.entities order by code
            """);
        return new CodesAndNames<Entity>([.. rows.Select(row => row.With([.. shares[row.EntityId]]))]);
    }

    /// <summary>All periods.</summary>
    public static Task<PeriodCalendar> Periods(Session session) => Periods(session, null);

    /// <summary>All periods, with their policies as they were known at an instant.</summary>
    /// <param name="asOf">Null: now.</param>
    public static async Task<PeriodCalendar> Periods(Session session, DateTimeOffset? asOf) => new([.. (await session.Query<PeriodRow>(
        $"select {PeriodColumns} from {Known("periods", asOf)} where deleted_at is null order by starts_on, ends_on desc", new { asOf })).Select(row => row.Period())]);

    /// <summary>
    /// The fiscal year that holds a day, made with the default policy where there is none yet. It begins and ends as the tenant's fiscal
    /// year does, shortened where a year that is there reaches into it. Two transactions that need the same year get the same one.
    /// </summary>
    /// <param name="today">Day of knowledge of a new year's policy.</param>
    public static async Task<Period> EnsureYear(Session session, DateOnly day, DateOnly today)
    {
        if (await YearOf(session, day) is { } there)
        {
            return there;
        }

        await LockPeriods(session);
        if (await YearOf(session, day) is { } meanwhile)
        {
            return meanwhile;
        }

        var fiscal = FiscalYear.Of(day, (await Tenant(session)).FiscalYearStart);
        var policy = Policy.Default(today);
        return (await session.First<PeriodRow>($"""
            with bounds as (
                select greatest(@starts_on, max(ends_on) filter (where ends_on < @day) + 1) as starts_on,
                       least(@ends_on, min(starts_on) filter (where starts_on > @day) - 1) as ends_on
                from org.periods where granularity = 'year' and deleted_at is null)
            insert into org.periods (tenant_id, period_id, code, granularity, starts_on, ends_on, factor_date)
            select @tenant, @id, @code || case when exists (select from org.periods where code = @code) then to_char(starts_on, '"-from-"MM') else '' end,
                   'year', starts_on, ends_on, @factor_date
            from bounds
            returning {PeriodColumns}
            """, new
        {
            tenant = session.Tenant.Value, id = Guid.CreateVersion7(), code = fiscal.Code, day,
            starts_on = fiscal.StartsOn, ends_on = fiscal.EndsOn, factor_date = policy.FactorDate,
        }))!.Period();
    }

    /// <summary>
    /// Notes, in the posting's transaction, that periods have entries now, and holds their policies still until it ends.
    /// </summary>
    /// <returns>False when a period has changed since it was read: read again and plan again before posting.</returns>
    public static async Task<bool> HoldPolicies(Session session, IReadOnlyCollection<Period> periods)
    {
        // In one order, or two postings could wait for each other.
        var versions = (await session.Query<(Guid Id, int Version)>(
            "select period_id, version from org.periods where period_id = any(@ids) and deleted_at is null order by period_id for no key update",
            new { ids = periods.Select(period => period.PeriodId).ToArray() })).ToDictionary(row => row.Id, row => row.Version);
        if (periods.Any(period => versions.GetValueOrDefault(period.PeriodId) != period.Version))
        {
            return false;
        }

        // The quarters and months within a year have entries with it: their policy is the year's.
        await session.Execute("""
            update org.periods part set has_entries = true
            from org.periods held
            where held.period_id = any(@ids) and not part.has_entries and part.starts_on >= held.starts_on and part.ends_on <= held.ends_on
            """, new { ids = periods.Where(period => !period.HasEntries).Select(period => period.PeriodId).ToArray() });
        return true;
    }

    /// <summary>
    /// Gives a year another policy although it has entries: only for a recalculation, in the transaction that posts what comes of it.
    /// </summary>
    public static Task SetPolicy(Session session, Period year, Policy policy, DateTimeOffset at) => year.Granularity == Granularity.Year
        ? UpdatePolicy.Write(year.PeriodId, policy, session, at)
        : throw new ArgumentException("Quarters and months have the policy of their year.", nameof(year));

    /// <summary>Closes or reopens a period; the ledger records at which run.</summary>
    /// <returns>False when there is no such period.</returns>
    public static async Task<bool> SetClosed(Session session, Guid periodId, bool closed, DateTimeOffset at) => await session.Execute("""
        update org.periods set status = @status, version = version + 1, updated_at = @at where period_id = @id and deleted_at is null
        """, new { id = periodId, status = closed ? "closed" : "open", at }) == 1;

    // The rows of a table, or those that stood in it at an instant.
    private static string Known(string table, DateTimeOffset? asOf) => asOf is null ? $"org.{table}" : $"""
        (select * from org.{table} where recorded_at <= @asOf
         union all
         select (jsonb_populate_record(null::org.{table}, body)).* from org.former_rows where relation = '{table}' and known_from <= @asOf and @asOf < known_until) as known
        """;

    // The tenant's row stands for its calendar: whoever adds or moves a period waits here for the others.
    internal static Task<int> LockPeriods(Session session) => LockTenant(session);

    internal static Task<int> LockTenant(Session session) => session.Execute("select from org.tenants for no key update");

    private static async Task<Period?> YearOf(Session session, DateOnly day) => (await session.First<PeriodRow>(
        $"select {PeriodColumns} from org.periods where granularity = 'year' and deleted_at is null and @day between starts_on and ends_on",
        new { day }))?.Period();

    private sealed record EntityRow(Guid EntityId, string Code, string Name, string? Country, Guid? ParentEntityId, bool IsDeleted)
    {
        public Entity With(IReadOnlyList<DatedShare> shares) => new(EntityId, Code, Name, Country, ParentEntityId, IsDeleted, shares);
    }

    private sealed class ShareRow
    {
        public Guid EntityId { get; init; }

        public DateOnly ValidFrom { get; init; }

        public decimal EquityShare { get; init; }

        public string FinancialControl { get; init; } = "";

        public bool OperationalControl { get; init; }

        public DatedShare Share() => new(ValidFrom, EquityShare, Enum.Parse<FinancialControl>(FinancialControl, ignoreCase: true), OperationalControl);
    }

    private sealed class PeriodRow
    {
        public Guid PeriodId { get; init; }

        public string Code { get; init; } = "";

        public string Granularity { get; init; } = "";

        public DateOnly StartsOn { get; init; }

        public DateOnly EndsOn { get; init; }

        public bool IsClosed { get; init; }

        public bool IsBaseYear { get; init; }

        public bool HasEntries { get; init; }

        public int Version { get; init; }

        public string? GwpSet { get; init; }

        public DateOnly FactorDate { get; init; }

        public string FactorDates { get; init; } = "";

        public string Boundary { get; init; } = "";

        public decimal SignificanceThreshold { get; init; }

        public Guid? SnapshotId { get; init; }

        public string SourcePreference { get; init; } = "{}";

        public Period Period() => new(
            PeriodId, Code, Enum.Parse<Granularity>(Granularity, ignoreCase: true), StartsOn, EndsOn, IsClosed, IsBaseYear, HasEntries, Version,
            new Policy(GwpSet, FactorDate, FactorDates, Boundary, SignificanceThreshold, SnapshotId)
            {
                SourcePreference = Organizations.SourcePreference.Read(SourcePreference),
            });
    }
}
