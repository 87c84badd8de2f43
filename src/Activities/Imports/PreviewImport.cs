using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Activities.Intake;
using OffGridFlow.Activities.Rows;
using OffGridFlow.Platform.Files;
using OffGridFlow.Factors.Snapshots;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Activities.Imports;

/// <summary>Shows how a file would be read: what each column is taken for and how surely, and what its first rows come to. Nothing is imported.</summary>
internal static class PreviewImport
{
    private const int FirstRows = 100;

    /// <param name="Name">As written.</param>
    /// <param name="Field">What it is taken for, or null: it passes through.</param>
    /// <param name="Confidence">0 to 1: 1 where the sender's options say so, else how good a name it is, times the share of the first rows that could be read by it.</param>
    /// <param name="Samples">Some of its cells.</param>
    public sealed record PreviewColumn(string Name, string? Field, decimal Confidence, IReadOnlyList<string> Samples);

    /// <param name="Problem">Why the row would be rejected.</param>
    /// <param name="Warning">What it would be taken in spite of: a facility or entity that is unknown.</param>
    public sealed record PreviewRow(long RowNo, Disposition Disposition, Problem? Problem, Problem? Warning, string? Reason, string? Kind, decimal? Quantity, string? Unit, IReadOnlyDictionary<string, string> Cells);

    public sealed record Response(string FileName, string Sha256, string Format, string? Sheet, int HeaderRow, IReadOnlyList<PreviewColumn> Columns, IReadOnlyList<PreviewRow> Rows, IReadOnlyList<string> Messages);

    public static void Map(IEndpointRouteBuilder imports) => imports.MapPost("/preview", Post)
        .WithMetadata(new DisableRequestSizeLimitAttribute(), new ChangesNothing(), new TakesItsTime())
        .WithName("PreviewImport").WithSummary("How a file would be read: columns with a confidence, first rows with their problems. Nothing is imported.")
        .Accepts<IFormFile>("multipart/form-data", "application/octet-stream", "text/csv").Produces<Response>();

    private static async Task<IResult> Post(
        HttpRequest request, Caller caller, Database database, FileStore files, EstimatorPool pool, TimeProvider time, CancellationToken ct,
        string? file_name, Guid? template_id, string? options)
    {
        if (!(await PostImport.Received(request, caller, files, file_name, ct)).TryValue(out var sent, out var problem)
            || !StartImport.ReadOptions(sent.Options ?? options).TryValue(out var read, out problem))
        {
            return new ProblemResponse(problem);
        }

        await database.Write<int>(caller, async session => await TidyFiles.Schedule(session, time), ct); // Nothing refers to the file if no import follows.
        return (await database.Read(caller, session => Handle(sent, template_id ?? sent.TemplateId, read, session, files, pool, time, ct), ct)).ToOk();
    }

    private static async Task<Result<Response>> Handle(
        PostImport.Arrived sent, Guid? templateId, ImportOptions options, Session session, FileStore files, EstimatorPool pool, TimeProvider time, CancellationToken ct)
    {
        if (templateId is { } id)
        {
            if (await ImportTemplates.Options(session, id) is not { } saved)
            {
                return Problem.NotFound("template", id.ToString());
            }

            options = saved.With(options);
        }

        if (options.Check(pool.Data) is { } wrong)
        {
            return wrong;
        }

        if (!(await ImportContext.Read(session, pool, options, time)).TryValue(out var context, out var problem))
        {
            return problem;
        }

        using var table = ActivityTable.Open(await files.PathOf(session.Tenant, sent.File.Sha256, ct), null, options.Intake(sent.Name, context.FiscalYearStart));
        if (table.Problem is { } unusable)
        {
            return unusable;
        }

        var (columns, rows) = Look(table, options, context.Context, pool.Data, FirstRows);
        return new Response(
            sent.Name, Convert.ToHexStringLower(sent.File.Sha256), table.Format.Kind, table.Format.Sheet, table.Format.HeaderRow,
            columns, rows, table.Format.Notes);
    }

    /// <summary>What the columns are taken for, and what the first rows come to.</summary>
    internal static (IReadOnlyList<PreviewColumn> Columns, IReadOnlyList<PreviewRow> Rows) Look(ActivityTable table, ImportOptions options, RowContext context, ReferenceData data, int most)
    {
        var reader = new RowReader(table, data, context.EstimatorFor(DateOnly.MinValue), context);
        var (batch, rows) = (new RowBatch(table), new List<PreviewRow>());
        while (rows.Count < most && table.Read())
        {
            batch.Clear();
            batch.Add(table);
            var outcome = reader.Outcome(batch, 0);
            rows.Add(new PreviewRow(
                batch.Rows[0], outcome.Disposition, outcome.Problem, outcome.Problem is null ? reader.Facts.UnknownFacility ?? reader.Facts.UnknownEntity : null, outcome.Reason, reader.Facts.Kind?.Key, outcome.Unit is null ? null : outcome.Quantity, outcome.Unit?.Symbol,
                table.Columns.Where(column => column.Constant is null && !batch.Field(0, column.Index).IsEmpty)
                    .DistinctBy(column => column.Name, StringComparer.Ordinal).ToDictionary(column => column.Name, column => batch.Text(0, column.Index)!, StringComparer.Ordinal)));
        }

        return ([.. table.Columns.Where(column => column.Constant is null).Select(column => Seen(column, options, rows))], rows);
    }

    /// <summary>The columns of a table that cannot be read as it is: somebody may say what they are.</summary>
    internal static IReadOnlyList<PreviewColumn> Named(ActivityTable table, ImportOptions options) =>
        [.. table.Columns.Where(column => column.Constant is null && column.Name.Length > 0).Select(column => Seen(column, options, []))];

    private static PreviewColumn Seen(Column column, ImportOptions options, List<PreviewRow> rows)
    {
        var samples = rows.Select(row => row.Cells.GetValueOrDefault(column.Name)).OfType<string>().Distinct(StringComparer.Ordinal).Take(3).ToList();
        var known = KnownColumns.Shipped.Find(column.Name);
        var isField = options.Columns.ContainsKey(column.Name) || known?.Column == column.Key;
        if (!isField)
        {
            return new PreviewColumn(column.Name, null, 0m, samples);
        }

        // Names in the first rank say it outright; of later ones, an activity column may hold something else.
        var name = options.Columns.ContainsKey(column.Name) ? 1m : known!.Value.Rank switch { 1 => 1m, 2 => 0.9m, _ => 0.7m };
        var filled = rows.Count(row => row.Cells.ContainsKey(column.Name));
        var unread = rows.Count(row => row.Problem?.Column is { } at && (at == column.Key || at == column.Name) && row.Cells.ContainsKey(column.Name));
        return new PreviewColumn(column.Name, column.Key, filled == 0 ? name : decimal.Round(name * (filled - unread) / filled, 2), samples);
    }
}
