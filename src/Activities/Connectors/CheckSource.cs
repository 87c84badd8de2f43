using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Activities.Imports;
using OffGridFlow.Activities.Intake;
using OffGridFlow.Activities.Rows;
using OffGridFlow.Factors.Snapshots;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Secrets;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Activities.Connectors;

/// <summary>Asks for the head of a source's file and shows what would come of it. Nothing is written, and of a large file not more is read than that takes.</summary>
internal sealed class CheckSource(Database database, HttpsFile https, Seals seals, EstimatorPool pool, TimeProvider time)
{
    private const int FirstRows = 20;
    private const int HeadBytes = 256 << 10;
    private const int WorkbookBytes = 4 << 20; // Its table of contents is at its end.

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    /// <param name="HttpStatus">What was answered; null: nothing.</param>
    /// <param name="Format">By its bytes: <c>csv</c>, <c>tsv</c>, <c>xlsx</c>, <c>xls</c>; null: none of these.</param>
    /// <param name="SizeBytes">Of the whole file; null: its sender does not say.</param>
    /// <param name="Columns">What each is taken for, and how surely; also where the table cannot be read for want of one.</param>
    /// <param name="Rows">The first ones, and what they would come to.</param>
    /// <param name="Messages">What its owner should know.</param>
    /// <param name="Problem">Why nothing could be fetched, or nothing be read of it.</param>
    internal sealed record Response(
        int? HttpStatus, string? FileName, string? Format, long? SizeBytes, string? Sheet, int? HeaderRow, IReadOnlyList<PreviewImport.PreviewColumn> Columns, IReadOnlyList<PreviewImport.PreviewRow> Rows,
        IReadOnlyList<string> Messages, Problem? Problem);

    public static void Map(IEndpointRouteBuilder sources) =>
        sources.MapPost("/{id:guid}/check", async (Guid id, Caller caller, CheckSource check, CancellationToken ct) => (await check.Saved(id, caller, ct)).ToOk())
            .WithName("CheckSource").WithSummary("Fetch the head of a source's file and show what would come of it: columns with a confidence, first rows with their problems. Nothing is written.")
            .WithMetadata(new ChangesNothing()).Produces<Response>();

    /// <summary>One that is there, as it is.</summary>
    public async Task<Result<Response>> Saved(Guid id, Caller caller, CancellationToken ct)
    {
        var (there, secret) = await database.Read(caller, async session => (await Source.Read(session, id), await SourceSecrets.Open(session, seals, id)), ct);
        return there is null ? Problem.NotFound("source", id.ToString())
            : there.NeedsSecret ? new Problem("source.secret-missing", "header_value", $"{there.HeaderName} without a value", "the value of the header", "Set header_value first.") { Kind = ProblemKind.Conflict }
            : await Look(new HttpsFile.Asking(there.Url, there.HeaderName, secret), there.TemplateId, there.ReadOptions(), caller, ct);
    }

    /// <summary>One that is not saved, or not as it is being changed: the form was checked. The secret that is kept goes where it was given for, and nowhere else.</summary>
    public async Task<Result<Response>> Unsaved(SourceForm form, Guid? id, Caller caller, CancellationToken ct)
    {
        var (there, secret) = id is { } known ? await database.Read(caller, async session => (await Source.Read(session, known), await SourceSecrets.Open(session, seals, known)), ct) : (null, null);
        if ((there is null ? form is { HeaderName: not null, HeaderValue: null } ? CreateSource.NoValue() : null : ChangeSource.NeedsSecretAgain(form, there)) is { } problem)
        {
            return problem;
        }

        return await Look(new HttpsFile.Asking(form.Url!, form.HeaderName, form.HeaderValue ?? (form.HeaderName is null ? null : secret)), form.TemplateId, form.Options ?? new(), caller, ct);
    }

    private async Task<Result<Response>> Look(HttpsFile.Asking asking, Guid? templateId, ImportOptions options, Caller caller, CancellationToken ct)
    {
        if (https.Check(asking.Url) is { } wrong)
        {
            return Nothing(null, wrong.Problem);
        }

        var read = await database.Read<Result<(ImportOptions Options, RowContext Context, int FiscalYearStart)>>(
            caller,
            async session =>
            {
                var all = templateId is { } template && await ImportTemplates.Options(session, template) is { } saved ? saved.With(options) : options;
                return (await ImportContext.Read(session, pool, all, time)).TryValue(out var context, out var problem) ? (all, context.Context, context.FiscalYearStart) : problem;
            },
            ct);
        if (read.Problem is { } unreadable)
        {
            return unreadable;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        end.CancelAfter(Longest);
        try
        {
            var (answer, failure) = await https.Get(asking, end.Token);
            if (answer is null)
            {
                return Nothing(failure!.Status, failure.Problem);
            }

            using (answer)
            {
                var (head, isWhole) = await Head(answer, end.Token);
                return Shown(answer, head, isWhole, read.Value.Options, read.Value.Context, read.Value.FiscalYearStart);
            }
        }
        catch (BrokenOffException)
        {
            return Nothing(200, SourceFailure.Truncated(0, null, 200).Problem);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Nothing(null, SourceFailure.Unreachable(new Uri(asking.Url).Host, "no answer in time").Problem);
        }
    }

    private static Response Nothing(int? status, Problem problem) => new(status, null, null, null, null, null, [], [], [], problem);

    private static async Task<(byte[] Head, bool IsWhole)> Head(HttpsFile.Answer answer, CancellationToken ct)
    {
        var head = new byte[WorkbookBytes];
        var (count, most, read) = (0, HeadBytes, 0);
        while (count < most && (read = await answer.Body.ReadAsync(head.AsMemory(count, most - count), ct)) > 0)
        {
            count += read;
            most = count >= 4 && IsWorkbook(head) ? WorkbookBytes : HeadBytes;
        }

        var isWhole = read == 0 || count == answer.Length;
        return (isWhole || IsWorkbook(head) ? head[..count] : ToLineEnd(head.AsSpan(0, count)), isWhole);
    }

    private Response Shown(HttpsFile.Answer answer, byte[] head, bool isWhole, ImportOptions options, RowContext context, int fiscalYearStart)
    {
        var size = isWhole ? head.Length : answer.Length;
        if (!isWhole && IsWorkbook(head))
        {
            return new Response(
                answer.Status, answer.FileName, head[0] == 'P' ? "xlsx" : "xls", size, null, null, [], [],
                [string.Create(CultureInfo.InvariantCulture, $"The workbook is larger than {WorkbookBytes >> 20} MB: what is in it shows once it is fetched.")], null);
        }

        using var content = new MemoryStream(head, writable: false);
        using var table = ActivityTable.Open("-", content, options.Intake(answer.FileName, fiscalYearStart));
        if (table.Problem is { } unusable)
        {
            return Nothing(answer.Status, SourceFailure.Unusable(unusable, answer.Status).Problem) with { FileName = answer.FileName, SizeBytes = size, Columns = PreviewImport.Named(table, options) };
        }

        var (columns, rows) = PreviewImport.Look(table, options, context, pool.Data, FirstRows);
        return new Response(answer.Status, answer.FileName, table.Format.Kind, size, table.Format.Sheet, table.Format.HeaderRow, columns, rows, table.Format.Notes, table.Problem);
    }

    private static bool IsWorkbook(ReadOnlySpan<byte> head) => head.StartsWith("PK\u0003\u0004"u8) || head.StartsWith((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0]);

    // A row that was cut is none; in UTF-16 a line's end is two bytes.
    private static byte[] ToLineEnd(ReadOnlySpan<byte> head)
    {
        var isWide = head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || head.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) || head[..Math.Min(head.Length, 64)].Contains((byte)0);
        var last = head.LastIndexOf((byte)'\n');
        return last < 0 ? head[..(head.Length & ~1)].ToArray() : isWide ? head[..((last + 2) & ~1)].ToArray() : head[..(last + 1)].ToArray();
    }
}
