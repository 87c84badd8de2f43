using System.Data;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Activities.Imports;

/// <summary>Takes back every activity that an import brought, as new versions that are withdrawn.</summary>
internal static class WithdrawImport
{
    private const int Rows = 20_000;

    // The last version of an activity counts; one that was withdrawn since and came back by another import is that import's.
    private const string Part = """
        with brought as (
            select activity_id, version, row_no from activities.activities
            where tenant_id = @tenant and import_id = @importId and not withdrawn and row_no > @after order by row_no limit @rows),
        withdrawn as (
            insert into activities.activities (
                tenant_id, activity_id, version, import_id, row_no, source_key, kind, quantity, unit, region, start_on, end_on, quality,
                entity_id, facility_id, meter, invoice, factor_id, factor_value, columns, disposition, withdrawn, recorded_at, recorded_by)
            select last.tenant_id, last.activity_id, last.version + 1, @importId, brought.row_no, last.source_key, last.kind, last.quantity, last.unit,
                last.region, last.start_on, last.end_on, last.quality, last.entity_id, last.facility_id, last.meter, last.invoice, last.factor_id,
                last.factor_value, last.columns, last.disposition, true, @now, @actor
            from brought cross join lateral (
                select * from activities.activities later
                where later.tenant_id = @tenant and later.activity_id = brought.activity_id order by version desc limit 1) last
            where not exists (
                select from activities.activities gone
                where gone.tenant_id = @tenant and gone.activity_id = brought.activity_id and gone.version > brought.version and gone.withdrawn)
            returning 1)
        select max(row_no) as last_row, count(*) as rows, (select count(*) from withdrawn) as withdrawn from brought
        """;

    /// <summary>In parts of one transaction each; again: what is withdrawn stays so.</summary>
    /// <returns>How many were withdrawn now.</returns>
    public static async Task<long> All(Database database, JobRun job, Guid importId, TimeProvider time, CancellationToken ct)
    {
        var (after, total) = (0L, 0L);
        while (true)
        {
            await using var session = await database.Open(job.Caller, IsolationLevel.ReadCommitted, ct);
            var part = (await session.First<PartEnd>(Part, new
            {
                tenant = session.Tenant.Value, importId, after, rows = Rows, now = time.GetUtcNow(), actor = session.Caller.Actor,
            }))!;
            if (part.LastRow is not { } last)
            {
                return total;
            }

            (after, total) = (last, total + part.Withdrawn);
            await job.Save(session, new { last_row = after }, total, null);
            await session.Commit();
        }
    }

    private sealed record PartEnd(long? LastRow, long Rows, long Withdrawn);
}
