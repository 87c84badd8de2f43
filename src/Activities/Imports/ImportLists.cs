using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Activities.Imports;

/// <summary>What the pages show of imports beside their summary, within a transaction of theirs.</summary>
internal static class ImportLists
{
    private const string Columns = "row_no, disposition, code, problem::text as problem, duplicate_of, cells::text as cells, quantity, unit";

    /// <summary>Rows that were not taken, of imports that count, by why.</summary>
    /// <param name="Example">The problem of one of them, or null.</param>
    /// <param name="Undated">Those of them that name no day that can be read: they may belong to any period.</param>
    public sealed record Exclusion(string Disposition, string Code, Problem? Example, long Rows, long Undated);

    /// <summary>The latest imports of files and of rows, the last one first.</summary>
    public static async Task<IReadOnlyList<ImportSummary>> Latest(Session session, int count) => [.. (await session.Query<ImportRecord>(
        $"select {ImportRecord.SummaryColumns} from activities.imports where source <> 'correction' order by import_id desc limit @count", new { count }))
        .Select(import => import.Summary())];

    /// <summary>The first rows of an import that became no activity: rejected ones before the others.</summary>
    public static async Task<IReadOnlyList<ShowImports.NotTaken>> NotTaken(Session session, Guid importId, int count) => [.. (await session.Query<ShowImports.Row>(
        $"""
        select {Columns} from activities.rows_not_taken where import_id = @importId
        order by disposition <> 'rejected', disposition, row_no limit @count
        """, new { importId, count })).Select(row => row.Shown())];

    /// <summary>One row that became no activity, or null when it became one.</summary>
    public static async Task<ShowImports.NotTaken?> NotTaken(Session session, Guid importId, long rowNo) => (await session.First<ShowImports.Row>(
        $"select {Columns} from activities.rows_not_taken where import_id = @importId and row_no = @rowNo", new { importId, rowNo }))?.Shown();

    /// <summary>The last row that became an activity which nothing has taken the place of since; 0 when none did.</summary>
    public static async Task<long> LastTaken(Session session, Guid importId) => await session.First<long?>(
        """
        select row_no from activities.activities one
        where import_id = @importId and not withdrawn and not exists (
            select from activities.activities later
            where later.tenant_id = one.tenant_id and later.activity_id = one.activity_id and later.version > one.version and later.version > 1)
        order by row_no desc limit 1
        """, new { importId }) ?? 0;

    /// <summary>The corrections that gave rows of an import the facility or entity they name.</summary>
    public static Task<IReadOnlyList<Guid>> Placements(Session session, Guid importId) =>
        session.Query<Guid>("select import_id from activities.imports where corrects = @importId and source = 'correction' order by import_id", new { importId });

    /// <summary>What of an import may be there twice and nobody has decided about: what is most at stake first.</summary>
    public static async Task<IReadOnlyList<Flags.ShowFlags.Details>> OpenFlags(Session session, Guid importId, int count, ActivityQueries queries)
    {
        var found = new List<Flags.ShowFlags.Details>();
        foreach (var flag in await session.Query<Guid>(
            $"select flag_id from activities.flags where import_id = @importId and status = 'open' and {Flags.ShowFlags.Within} order by co2e_kg desc nulls last, flag_id limit @count",
            new { importId, count, within = session.Caller.FacilitiesFor(Platform.Tenancy.Permission.ActivitiesRead)?.ToArray() }))
        {
            found.Add((await Flags.ShowFlags.Find(flag, session, queries)).Value);
        }

        return found;
    }

    /// <summary>A page of imports of files and of rows, the last one first, and where the next page begins; with <paramref name="own"/> those of one sender.</summary>
    public static async Task<(IReadOnlyList<ImportSummary> Imports, Guid? Next)> Before(Session session, Guid? before, int count, string? own = null)
    {
        var rows = await session.Query<ImportRecord>(
            $"select {ImportRecord.SummaryColumns} from activities.imports where source <> 'correction' and (@before::uuid is null or import_id < @before) and (@own::text is null or created_by = @own) order by import_id desc limit @more",
            new { before, own, more = count + 1 });
        return ([.. rows.Take(count).Select(import => import.Summary())], rows.Count > count ? rows[count - 1].ImportId : null);
    }

    /// <summary>Why rows that were handed in are not counted, of imports that were read and not undone: rows with a day in the span, and rows without any that can be read.</summary>
    public static async Task<IReadOnlyList<Exclusion>> Exclusions(Session session, DateOnly from, DateOnly to)
    {
        var rows = await session.Query<(string Disposition, string Code, string? Problem, long Rows, long Undated)>("""
            select disposition, code, min(lost.problem::text), count(*), count(*) filter (where lost.start_on is null)
            from activities.rows_not_taken lost join activities.imports using (tenant_id, import_id)
            where imports.status = 'read' and (lost.start_on is null or (lost.start_on <= @to and lost.end_on >= @from))
            group by disposition, code order by disposition, count(*) desc, code
            """, new { from, to });
        return [.. rows.Select(row => new Exclusion(
            row.Disposition, row.Code, row.Problem is null ? null : System.Text.Json.JsonSerializer.Deserialize<Problem>(row.Problem, Platform.Http.Json.Options), row.Rows, row.Undated))];
    }
}
