using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.App.Tests.Faults;

/// <summary>Whether the sums that totals are read from are those of the entries.</summary>
internal static class SumsCheck
{
    // Every row by itself: labels and cells unfolded, beside what the database makes of the entries of its runs. Squares are no exact figures: what large ones leave when they are taken back is small beside them.
    private const string Sql = """
        with held as (
            select s.after_run, s.run_no, s.calculation_ids[cell.label] as calculation_id, s.entity_ids[cell.label] as entity_id, s.kinds[cell.label] as kind, s.estimated[cell.label] as is_estimated,
                cell.month, sum(cell.entries) as entries, sum(cell.quantity) as quantity, sum(cell.co2e_kg) as co2e_kg, sum(cell.biogenic) as biogenic, sum(cell.squares) as squares
            from ledger.run_sums s cross join lateral unnest(s.labels, s.months, s.entries, s.quantities, s.co2e_kg, s.biogenic_co2_kg, s.squares)
                as cell (label, month, entries, quantity, co2e_kg, biogenic, squares)
            where s.tenant_id = @tenant group by 1, 2, 3, 4, 5, 6, 7),
        made as (
            select s.after_run, s.run_no, e.calculation_id, e.entity_id, e.kind, e.status = 'estimated' as is_estimated, e.month,
                sum(case e.entry_type when 'reversal' then -1 else 1 end) as entries, sum(e.quantity) as quantity, sum(e.co2e_kg) as co2e_kg, sum(e.biogenic_co2_kg) as biogenic,
                sum(case e.entry_type when 'reversal' then -1 else 1 end * square) as squares, sum(square) as added
            from ledger.run_sums s join ledger.entries e on e.tenant_id = s.tenant_id and e.run_no > s.after_run and e.run_no <= s.run_no
            cross join lateral (select e.co2e_kg::float8 * e.co2e_kg::float8
                * case when e.whole_quantity is null or e.quantity = 0 then 1 else e.whole_quantity::float8 / e.quantity::float8 end as square) of_entry
            where s.tenant_id = @tenant group by 1, 2, 3, 4, 5, 6, 7)
        select coalesce(held.run_no, made.run_no), coalesce(held.month, made.month), coalesce(held.kind, made.kind)
        from held full join made on held.after_run = made.after_run and held.run_no = made.run_no and held.calculation_id = made.calculation_id
            and held.kind = made.kind and held.is_estimated = made.is_estimated and held.month = made.month
            and coalesce(held.entity_id, held.calculation_id) = coalesce(made.entity_id, made.calculation_id)
        where (held.entries, held.quantity, held.co2e_kg, held.biogenic) is distinct from (made.entries, made.quantity, made.co2e_kg, made.biogenic)
            or abs(held.squares - made.squares) > 1e-12 * made.added
        order by 1, 2, 3
        """;

    // Rows lie within one another or apart: else no reader would add each entry once.
    private const string Crossing = """
        select a.run_no from ledger.run_sums a join ledger.run_sums b using (tenant_id)
        where tenant_id = @tenant and a.after_run < b.after_run and b.after_run < a.run_no and a.run_no < b.run_no
        union select s.run_no from ledger.run_sums s where tenant_id = @tenant and not exists (select from ledger.runs r where r.tenant_id = s.tenant_id and r.run_no = s.run_no)
        """;

    /// <summary>What is wrong; nothing when all is well.</summary>
    public static async Task<IReadOnlyList<string>> Wrong(Session session)
    {
        var wrong = new List<string>();
        foreach (var (run, month, kind) in await session.Query<(long, DateOnly, string)>(Sql, new { tenant = session.Tenant.Value }))
        {
            wrong.Add($"the sums with run {run} differ from its entries in {month:yyyy-MM}, {kind}");
        }

        foreach (var run in await session.Query<long>(Crossing, new { tenant = session.Tenant.Value }))
        {
            wrong.Add($"the sums with run {run} cross others, or a run that there is not");
        }

        return wrong;
    }
}
