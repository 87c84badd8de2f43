using OffGridFlow.Engine;
using OffGridFlow.Engine.Proof;
using OffGridFlow.Ledger.Calculations;
using OffGridFlow.Ledger.Entries;
using OffGridFlow.Ledger.Runs;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.App.Tests.Faults;

/// <summary>Whether a tenant's imports and ledger are whole: every row ended once, every entry is there once, every hash is right.</summary>
internal static class Intact
{
    /// <param name="session">Bound to the tenant. Statements name the tenant too, so that a superuser can ask.</param>
    /// <param name="imports">Each with the number of rows under its file's header.</param>
    /// <param name="waiting">The name of a job that need not have succeeded, since it calls upon somebody who is not there, where people have cancelled others, too.</param>
    /// <returns>What is wrong; nothing when all is well.</returns>
    public static async Task<IReadOnlyList<string>> Check(Session session, IReadOnlyDictionary<Guid, int> imports, CancellationToken ct, string waiting = "")
    {
        var wrong = new List<string>();
        foreach (var (import, rows) in imports)
        {
            await None(session, wrong, $"import {import}", OfImport, import, rows + 1);
        }

        await None(session, wrong, "the ledger", OfLedger, default, 0);
        await None(session, wrong, "the queue", OfQueue, default, 0, waiting);
        await Chain(session, wrong, ct);
        wrong.AddRange(await SumsCheck.Wrong(session));
        return wrong;
    }

    // Rows are numbered as their owner counts: the header is row 1.
    private const string OfImport = """
        with found as (
            select row_no, disposition, unit, quantity from activities.activities where tenant_id = @tenant and import_id = @import and not withdrawn
            union all
            select row_no, disposition, unit, quantity from activities.rows_not_taken where tenant_id = @tenant and import_id = @import),
        sheet as (select * from activities.imports where tenant_id = @tenant and import_id = @import),
        said as (
            select unit.key as unit, disposition.key as disposition, (disposition.value->>0)::numeric as sum, (disposition.value->>1)::bigint as rows
            from sheet cross join lateral jsonb_each(sheet.quantities) unit cross join lateral jsonb_each(unit.value) disposition),
        counted as (select unit, disposition, sum(quantity) as sum, count(*) as rows from found where unit is not null group by unit, disposition)
        select 'row without a disposition', count(*) from generate_series(2, @last) n where not exists (select from found where row_no = n)
        union all select 'row with two dispositions', count(*) from (select from found group by row_no having count(*) > 1) twice
        union all select 'row that the file does not have', count(*) from found where row_no not between 2 and @last
        union all select 'import that is not read', 1 - count(*) from sheet where status = 'read'
        union all select 'sheet whose rows do not sum to the file', count(*) from sheet
            where rows_read <> @last - 1 or rows_total <> @last - 1 or calculated + estimated + excluded + duplicate + rejected <> @last - 1
        union all select 'disposition that the sheet counts wrongly', count(*) from sheet cross join lateral (
            values ('calculated', calculated), ('estimated', estimated), ('excluded', excluded), ('duplicate', duplicate), ('rejected', rejected)) said (name, rows)
            where said.rows <> (select count(*) from found where disposition = said.name)
        union all select 'quantity that does not tie', count(*) from said full join counted using (unit, disposition)
            where said.sum is distinct from counted.sum or said.rows is distinct from counted.rows
        """;

    private const string OfLedger = """
        select 'activity without an entry', count(*) from activities.activities a where a.tenant_id = @tenant and not a.withdrawn
            and not exists (select from activities.activities later where later.tenant_id = @tenant and later.activity_id = a.activity_id and later.version > a.version)
            and not exists (select from ledger.unposted u where u.tenant_id = @tenant and u.activity_id = a.activity_id and u.activity_version = a.version)
            and not exists (select from ledger.entries e where e.tenant_id = @tenant and e.activity_id = a.activity_id and e.activity_version = a.version
                and e.month between date_trunc('month', a.start_on)::date and a.end_on)
        union all select 'entry without an activity', count(*) from ledger.entries e where e.tenant_id = @tenant and not exists (
            select from activities.activities a where a.tenant_id = @tenant and a.activity_id = e.activity_id and a.version = e.activity_version)
        union all select 'entry that is there twice', count(*) from (
            select from ledger.entries where tenant_id = @tenant group by month, activity_id, activity_version, slot, revision, entry_type having count(*) > 1) twice
        union all select 'entry without a run', count(*) from ledger.entries e where tenant_id = @tenant and not exists (
            select from ledger.runs r where r.tenant_id = @tenant and r.run_no = e.run_no)
        union all select 'activity whose months do not sum to the whole', count(*) from (
            select from ledger.entries where tenant_id = @tenant and entry_type = 'posting' group by activity_id, activity_version, slot, revision
            having case when count(whole_quantity) = 0 then count(*) > 1 else sum(quantity) <> min(whole_quantity) end) apart
        """;

    private const string OfQueue = """
        select 'job that did not succeed: ' || name || ', ' || status, count(*) from platform.jobs
            where tenant_id = @tenant and status <> 'succeeded' and not (@waiting <> '' and (name = @waiting or status = 'cancelled')) group by 1
        union all select 'event that was not handed on', count(*) from platform.outbox where tenant_id = @tenant and sent_at is null
        union all select 'event that was heard by nobody', count(*) from platform.outbox o where tenant_id = @tenant and type = 'import.read' and not exists (
            select from platform.heard h where h.tenant_id = @tenant and h.event_id = o.event_id)
        """;

    private static async Task None(Session session, List<string> wrong, string where, string sql, Guid import, int last, string waiting = "")
    {
        foreach (var (what, count) in await session.Query<(string, long)>(sql, new { tenant = session.Tenant.Value, import, last, waiting }))
        {
            if (count != 0)
            {
                wrong.Add($"{where}: {count} x {what}");
            }
        }
    }

    private static async Task Chain(Session session, List<string> wrong, CancellationToken ct)
    {
        var formulas = (await session.Query<(Guid Id, string Body)>(
            "select calculation_id, body from ledger.calculations where tenant_id = @tenant", new { tenant = session.Tenant.Value }))
            .ToDictionary(text => text.Id, text => CalculationBody.Read(text.Body).ToFormula());
        var runs = await session.Query<Run>(
            "select run_no, entry_count, root, previous_hash, hash, posted_at, cause from ledger.runs where tenant_id = @tenant order by run_no", new { tenant = session.Tenant.Value });
        var (number, previous) = (0L, RunHash.Beginning);
        foreach (var run in runs)
        {
            await using var command = new Npgsql.NpgsqlCommand(
                $"select {EntryRows.Columns} from ledger.entries e where e.tenant_id = $1 and e.run_no = $2 order by e.line", session.Connection, session.Transaction);
            command.Parameters.Add(new Npgsql.NpgsqlParameter<Guid> { TypedValue = session.Tenant.Value });
            command.Parameters.Add(new Npgsql.NpgsqlParameter<long> { TypedValue = run.RunNo });
            var entries = (await EntryRows.Read(command, ct)).ConvertAll(found => found.Entry);
            var text = new EntryText();
            var root = MerkleTree.Root([.. entries.SelectMany(entry => MerkleTree.Leaf(text.Of(entry)))]);
            var hash = RunHash.Of(run.RunNo, previous, root, entries.Count, new DateTimeOffset(run.PostedAt), run.Cause);
            (bool Wrong, string What)[] checks =
            [
                (run.RunNo != ++number, $"run {run.RunNo} stands where run {number} should"),
                (!entries.Select(entry => entry.Line).SequenceEqual(Enumerable.Range(1, run.EntryCount)), $"run {run.RunNo} has not its {run.EntryCount} lines"),
                (!root.AsSpan().SequenceEqual(run.Root), $"run {run.RunNo} has another root"),
                (!previous.AsSpan().SequenceEqual(run.PreviousHash), $"run {run.RunNo} does not follow on the run before"),
                (!hash.AsSpan().SequenceEqual(run.Hash), $"run {run.RunNo} has another hash"),
                (entries.Exists(entry => entry.Type == EntryType.Posting && !Recomputes(entry, formulas)), $"run {run.RunNo} has an entry that its calculation does not give"),
            ];
            wrong.AddRange(checks.Where(check => check.Wrong).Select(check => check.What));
            (number, previous) = (run.RunNo, run.Hash);
        }
    }

    private static bool Recomputes(Entry entry, Dictionary<Guid, EntryFormula> formulas) =>
        formulas.TryGetValue(entry.CalculationId, out var formula) && formula.Amounts(entry.Quantity) is var amounts
        && (amounts.Co2eKg, amounts.LowKg, amounts.HighKg, amounts.BiogenicCo2Kg) == (entry.Co2eKg, entry.LowKg, entry.HighKg, entry.BiogenicCo2Kg);

    private sealed record Run(long RunNo, int EntryCount, byte[] Root, byte[] PreviousHash, byte[] Hash, DateTime PostedAt, string Cause);
}
