using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Activities.Imports;

/// <summary>Lists imports, and shows of one how far it is, its conservation sheet and the rows that were not taken.</summary>
internal static class ShowImports
{
    /// <summary>A row that became no activity.</summary>
    public sealed record NotTaken(
        long RowNo, string Disposition, string Code, Problem? Problem, Guid? DuplicateOf, IReadOnlyDictionary<string, string> Cells, decimal? Quantity, string? Unit);

    private static readonly ListShape Shape = new ListShape("import_id", FieldKind.Id, "-import_id")
        .Filter("status").Filter("source").Filter("file_name").Range("created_at", FieldKind.Instant).Sort("created_at", FieldKind.Instant);

    private static readonly ListShape RowShape = new ListShape("row_no", FieldKind.Integer).Filter("disposition").Filter("code");

    public static void Map(IEndpointRouteBuilder imports)
    {
        imports.MapGet("/", async (ListQuery query, Caller caller, Database database, CancellationToken ct) =>
            (await database.Read(caller, async session => Summaries(await query.Page<ImportRecord>(
                session, $"select {ImportRecord.SummaryColumns} from activities.imports where @own::text is null or created_by = @own", new { own = OwnOnly(caller) })), ct)).ToOk())
            .Lists<ImportSummary>(Shape).WithinFacilities().WithName("ListImports").WithSummary("Imports, the latest first.");
        imports.MapGet("/{id:guid}", async (Guid id, Caller caller, Database database, CancellationToken ct) =>
            (await database.Read(caller, session => Find(session, id), ct)).ToOk())
            .WithinFacilities().WithName("GetImport").WithSummary("Progress and conservation sheet: rows in are the sum of their dispositions.").Produces<ImportSummary>();
        imports.MapGet("/{id:guid}/rows", Rows).Lists<NotTaken>(RowShape).WithinFacilities().WithName("ListImportRows").WithSummary("Rows that became no activity, and why.");
    }

    /// <summary>Whether a caller may see an import: who delivers for some facilities sees their own ones.</summary>
    internal static bool Shows(string createdBy, Caller caller) => OwnOnly(caller) is not { } own || own == createdBy;

    /// <summary>Whose imports a caller sees alone; null: everybody's.</summary>
    internal static string? OwnOnly(Caller caller) => caller.FacilitiesFor(Permission.ActivitiesRead) is null ? null : caller.Actor;

    public static async Task<Result<ImportSummary>> Find(Session session, Guid id) =>
        await ImportRecord.Summary(session, id) is { } found && Shows(found.CreatedBy, session.Caller) ? found : Problem.NotFound("import", id.ToString());

    private static async Task<IResult> Rows(Guid id, ListQuery query, Caller caller, Database database, CancellationToken ct) =>
        (await database.Read<Result<Page<NotTaken>>>(
            caller,
            async session =>
            {
                if (await ImportRecord.Find(session, id) is not { } import || !Shows(import.CreatedBy, caller))
                {
                    return Problem.NotFound("import", id.ToString());
                }

                var page = await query.Page<Row>(
                    session,
                    """
                    select row_no, disposition, code, problem::text as problem, duplicate_of, cells::text as cells, quantity, unit
                    from activities.rows_not_taken where import_id = @id
                    """,
                    new { id });
                return new Page<NotTaken>([.. page.Items.Select(row => row.Shown())], page.Next);
            },
            ct)).ToOk();

    private static Page<ImportSummary> Summaries(Page<ImportRecord> page) => new([.. page.Items.Select(import => import.Summary())], page.Next);

    /// <summary>As the database keeps it.</summary>
    internal sealed class Row
    {
        public long RowNo { get; init; }

        public string Disposition { get; init; } = "";

        public string Code { get; init; } = "";

        public string? Problem { get; init; }

        public Guid? DuplicateOf { get; init; }

        public string? Cells { get; init; }

        public decimal? Quantity { get; init; }

        public string? Unit { get; init; }

        public NotTaken Shown() => new(
            RowNo, Disposition, Code, Problem is null ? null : JsonSerializer.Deserialize<Problem>(Problem, Json.Options), DuplicateOf,
            Cells is null ? new Dictionary<string, string>(StringComparer.Ordinal) : JsonSerializer.Deserialize<Dictionary<string, string>>(Cells)!, Quantity, Unit);
    }
}
