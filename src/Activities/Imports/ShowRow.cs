using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Activities.Imports;

/// <summary>Shows one row of an import: how it ended, and how it stood in the file.</summary>
internal static class ShowRow
{
    /// <param name="RowNo">As its owner counts.</param>
    /// <param name="Disposition">How it ended.</param>
    /// <param name="Code">Of the problem, or the reason; null for a row that was taken.</param>
    /// <param name="ActivityId">What it became, or null.</param>
    /// <param name="DuplicateOf">The activity it repeats, or null.</param>
    /// <param name="Raw">As it stood in the file; null where rows came in a request: then what was not taken has its cells.</param>
    /// <param name="Cells">Of a row that was not taken, by column.</param>
    public sealed record Response(
        Guid ImportId, long RowNo, string Disposition, string? Code, Problem? Problem, Guid? ActivityId, Guid? DuplicateOf, RawRow? Raw, IReadOnlyDictionary<string, string>? Cells);

    public static void Map(IEndpointRouteBuilder imports) => imports.MapGet("/{id:guid}/rows/{row_no}", async (
        Guid id, long row_no, Caller caller, Database database, ActivityQueries activities, CancellationToken ct) =>
        (await database.Read(caller, session => Handle(id, row_no, session, activities, ct), ct)).ToOk())
        .WithinFacilities().WithName("GetImportRow").WithSummary("One row: how it ended, and its cells as they stood in the file.").Produces<Response>();

    private static async Task<Result<Response>> Handle(Guid id, long rowNo, Session session, ActivityQueries activities, CancellationToken ct)
    {
        if (await ImportRecord.Find(session, id) is not { } import)
        {
            return Problem.NotFound("import", id.ToString());
        }

        if (!await Shows(import, rowNo, session))
        {
            return Problem.NotFound("row", $"{id}, row {rowNo}");
        }

        if (await ImportLists.NotTaken(session, id, rowNo) is { } lost)
        {
            return new Response(id, rowNo, lost.Disposition, lost.Code, lost.Problem, null, lost.DuplicateOf, await activities.RawRow(session, id, rowNo, ct), lost.Cells);
        }

        var taken = await session.First<Taken>(
            "select activity_id, disposition from activities.activities where import_id = @id and row_no = @rowNo order by version desc limit 1", new { id, rowNo });
        return taken is null
            ? Problem.NotFound("row", $"{id}, row {rowNo}")
            : new Response(id, rowNo, taken.Disposition, null, null, taken.ActivityId, null, await activities.RawRow(session, id, rowNo, ct), null);
    }

    /// <summary>Whether a caller may see a row: who delivers for some facilities sees rows that became activities of these, and what was not taken of their own imports.</summary>
    internal static async Task<bool> Shows(ImportRecord import, long rowNo, Session session) =>
        session.Caller.FacilitiesFor(Permission.ActivitiesRead) is not { } within
        || await session.First<bool?>(
            """
            select (select now.facility_id from activities.activities now where now.activity_id = came.activity_id order by now.version desc limit 1) = any(@within)
            from activities.activities came where came.import_id = @ImportId and came.row_no = @rowNo order by came.version desc limit 1
            """,
            new { import.ImportId, rowNo, within = within.ToArray() }) is true
        || (ShowImports.Shows(import.CreatedBy, session.Caller) && await ImportLists.NotTaken(session, import.ImportId, rowNo) is not null);

    /// <summary>The same of the import's id.</summary>
    internal static async Task<bool> Shows(Guid id, long rowNo, Session session) => await ImportRecord.Find(session, id) is { } import && await Shows(import, rowNo, session);

    private sealed class Taken
    {
        public Guid ActivityId { get; init; }

        public string Disposition { get; init; } = "";
    }
}
