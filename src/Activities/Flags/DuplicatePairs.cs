namespace OffGridFlow.Activities.Flags;

/// <summary>How pairs of activities that may be the same one twice are found, in sets. Parameters: <c>@tenant</c>, <c>@importId</c>, <c>@money</c> (units).</summary>
/// <remarks>A credit has a minus: it is no overlap of what it credits. Only versions that count are looked at.</remarks>
internal static class DuplicatePairs
{
    /// <summary>Invoices are paired by so many lines of either kind: what stands on a thousand lines is no number of an invoice.</summary>
    private const string MostLines = "10";

    private const string Counts = """
        a.quantity > 0 and not a.withdrawn and not exists (
            select from activities.activities later
            where later.tenant_id = @tenant and later.activity_id = a.activity_id and later.version > a.version)
        """;

    // The end of one bill is often the beginning of the next: a shared day is no overlap unless it is all of one of the two.
    private const string Overlaps = """
        (least(a.end_on, b.end_on) - greatest(a.start_on, b.start_on) + 1 >= 2
            or (a.start_on <= b.end_on and b.start_on <= a.end_on and least(a.end_on - a.start_on, b.end_on - b.start_on) = 0))
        """;

    /// <summary>
    /// Each activity with the one before it that ends last: one sweep over the days of a meter, in the window that the import touches.
    /// Readings of one day that come in one file, or over the API, are taken as parts of that day.
    /// </summary>
    public const string OfMeters = $"""
        with touched as (
            select meter, kind, min(start_on) as first, max(end_on) as last from activities.activities
            where tenant_id = @tenant and import_id = @importId and meter is not null group by meter, kind),
        near as materialized (
            select a.activity_id, a.version, a.import_id, a.meter, a.kind, a.facility_id, a.start_on, a.end_on, brought.source in ('file', 'connector') as of_file
            from touched
            join activities.activities a on a.tenant_id = @tenant and a.meter = touched.meter and a.kind = touched.kind
                and a.start_on <= touched.last and a.end_on >= touched.first
            join activities.imports brought on brought.tenant_id = @tenant and brought.import_id = a.import_id
            where {Counts}),
        swept as (
            select near.*, max(to_char(end_on, 'YYYYMMDD') || activity_id) over (
                partition by meter, kind, facility_id order by start_on, end_on desc, activity_id rows between unbounded preceding and 1 preceding) as before
            from near)
        select 'meter-overlap' as reason, a.activity_id, a.version, a.import_id, b.activity_id as other_id, b.version as other_version, b.import_id as other_import_id,
            least(a.end_on, b.end_on) - greatest(a.start_on, b.start_on) + 1 as overlap_days
        from swept a join near b on b.activity_id = substr(a.before, 9)::uuid
        where {Overlaps}
          and (a.end_on > a.start_on or b.end_on > b.start_on or (a.of_file and b.of_file and a.import_id <> b.import_id))
        """;

    /// <summary>Lines in money with lines in physical units of one invoice, unless they name different suppliers or sites.</summary>
    public const string OfInvoices = $"""
        with touched as (
            select distinct invoice from activities.activities where tenant_id = @tenant and import_id = @importId and invoice is not null),
        near as materialized (
            select a.activity_id, a.version, a.import_id, a.invoice, a.facility_id, lower(a.columns->>'supplier') as supplier, a.unit = any(@money) as is_money,
                row_number() over (partition by a.invoice, a.unit = any(@money) order by a.activity_id) as line
            from touched join activities.activities a on a.tenant_id = @tenant and a.invoice = touched.invoice
            where {Counts})
        select 'spend-and-usage' as reason, a.activity_id, a.version, a.import_id, b.activity_id as other_id, b.version as other_version, b.import_id as other_import_id,
            null::int as overlap_days
        from near a join near b on b.invoice = a.invoice and a.is_money and not b.is_money
        where a.line <= {MostLines} and b.line <= {MostLines}
          and (a.supplier = b.supplier or a.supplier is null or b.supplier is null)
          and (a.facility_id = b.facility_id or a.facility_id is null or b.facility_id is null)
        """;

    /// <summary>Closes what is open about activities that the import changed or took away, where it holds no more.</summary>
    public const string Settle = $"""
        update activities.flags f
        set status = 'settled', resolved_at = @now, resolved_by = @actor, resolved_reason = 'One of the two was corrected or withdrawn.', version = version + 1
        where status = 'open' and flag_id in (
            select flag_id from activities.activities mine join activities.flags on flags.tenant_id = @tenant and flags.activity_id = mine.activity_id
            where mine.tenant_id = @tenant and mine.import_id = @importId and mine.version > 1
            union all
            select flag_id from activities.activities mine join activities.flags on flags.tenant_id = @tenant and flags.other_activity_id = mine.activity_id
            where mine.tenant_id = @tenant and mine.import_id = @importId and mine.version > 1)
          and not exists (
            select from (select * from activities.activities where tenant_id = @tenant and activity_id = f.activity_id order by version desc limit 1) a,
                (select * from activities.activities where tenant_id = @tenant and activity_id = f.other_activity_id order by version desc limit 1) b
            where not a.withdrawn and not b.withdrawn and a.quantity > 0 and b.quantity > 0
              and case f.reason
                when 'meter-overlap' then a.meter = b.meter and a.kind = b.kind and a.facility_id is not distinct from b.facility_id and {Overlaps}
                else a.invoice = b.invoice and (a.unit = any(@money)) <> (b.unit = any(@money)) end)
        returning import_id
        """;
}
