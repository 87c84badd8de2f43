using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using OffGridFlow.Activities.Intake;
using OffGridFlow.Activities.Rows;

namespace OffGridFlow.Activities.Imports;

/// <summary>Turns rows of a batch into what is stored of them. One for each thread.</summary>
internal sealed class RowScribe
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly ActivityTable table;
    private readonly RowReader reader;
    private readonly SourceKeys? keys;
    private readonly IReadOnlySet<Guid>? within;
    private readonly ArrayBufferWriter<byte> bytes = new(1024);
    private readonly Utf8JsonWriter json;
    private readonly (JsonEncodedText Name, int Index)[] describing;
    private readonly int meterAt;
    private readonly int invoiceAt;

    /// <param name="table">The table whose rows are read.</param>
    /// <param name="reader">Reads them.</param>
    /// <param name="keys">What makes them recognisable; null for a file that is read again, whose cells are wanted instead.</param>
    /// <param name="within">The facilities their sender delivers for: a row of another is not taken. Null: all.</param>
    public RowScribe(ActivityTable table, RowReader reader, SourceKeys? keys, IReadOnlySet<Guid>? within = null)
    {
        (this.table, this.reader, this.keys, this.within) = (table, reader, keys, within);
        json = new Utf8JsonWriter(bytes, Plain);
        describing = [.. ((string[])["id", "invoice", "supplier", "note"]).Where(name => reader.At(name) >= 0).Select(name => (JsonEncodedText.Encode(name), reader.At(name)))];
        meterAt = reader.At("meter");
        invoiceAt = reader.At("invoice");
    }

    public ImportedRow Read(RowBatch batch, int row)
    {
        var outcome = reader.Outcome(batch, row);
        if (outcome.Disposition is not (Disposition.Calculated or Disposition.Estimated))
        {
            var (start, end) = reader.Days(batch, row);
            return new ImportedRow
            {
                RowNo = batch.Rows[row], Disposition = outcome.Disposition, Quantity = outcome.Quantity, Unit = outcome.Unit?.Symbol,
                Problem = outcome.Problem, Reason = outcome.Reason, Cells = Cells(batch, row), UntakenStart = start, UntakenEnd = end,
            };
        }

        var facts = reader.Facts;
        if (within is not null && (facts.FacilityId is not { } site || !within.Contains(site)))
        {
            return new ImportedRow
            {
                RowNo = batch.Rows[row], Disposition = Disposition.Rejected, Quantity = outcome.Quantity, Unit = outcome.Unit!.Symbol, Problem = NotTheirs(batch, row),
                Cells = Cells(batch, row), UntakenStart = facts.Start, UntakenEnd = facts.End,
            };
        }

        return new ImportedRow
        {
            RowNo = batch.Rows[row],
            Disposition = outcome.Disposition,
            SourceKey = keys?.Of(batch, row),
            Kind = facts.Kind!.Key,
            Quantity = outcome.Quantity,
            Unit = outcome.Unit!.Symbol,
            Region = facts.Region,
            Start = facts.Start!.Value,
            End = facts.End!.Value,
            Quality = (short?)facts.Quality,
            EntityId = facts.EntityId,
            FacilityId = facts.FacilityId,
            Meter = Sound(batch.Text(row, meterAt)),
            Invoice = Sound(batch.Text(row, invoiceAt))?.ToLowerInvariant(),
            FactorId = Sound(facts.Activity?.Factor),
            FactorValue = facts.Activity?.FactorValue,
            Columns = Columns(batch, row, facts),
            UnknownFacility = facts.UnknownFacility,
            UnknownEntity = facts.UnknownEntity,
            Cells = keys is null ? Cells(batch, row) : null,
        };
    }

    private Problem NotTheirs(RowBatch batch, int row) => new(
        "facility.not-yours", "facility", Sound(batch.Text(row, reader.At("facility"))) ?? "", "one of the facilities you deliver data for", "Name it, or ask for a role at the other one.") { Kind = ProblemKind.Forbidden };

    private string? Columns(RowBatch batch, int row, in RowFacts facts)
    {
        Begin();
        var any = false;
        foreach (var (name, index) in describing)
        {
            if (!batch.Field(row, index).IsEmpty)
            {
                Write(name, batch.Field(row, index));
                any = true;
            }
        }

        // As written, until a facility or an entity of that name is there.
        if (facts.UnknownFacility is { } facility)
        {
            json.WriteString("facility", Sound(facility.Found));
            any = true;
        }

        if (facts.UnknownEntity is { } entity)
        {
            json.WriteString("entity", Sound(entity.Found));
            any = true;
        }

        if (facts.Activity is { } activity)
        {
            foreach (var (name, value) in activity.Columns)
            {
                if (name != "supplier" && activity.Kind.Reads(name))
                {
                    json.WriteString(name, Sound(value));
                    any = true;
                }
            }
        }

        return any ? End() : null;
    }

    private string Cells(RowBatch batch, int row)
    {
        Begin();
        foreach (var column in table.Columns)
        {
            if (column.Constant is null && !batch.Field(row, column.Index).IsEmpty)
            {
                Write(JsonEncodedText.Encode(Sound(column.Name.Length > 0 ? column.Name : column.Key)!), batch.Field(row, column.Index));
            }
        }

        return End();
    }

    private void Begin()
    {
        bytes.ResetWrittenCount();
        json.Reset();
        json.WriteStartObject();
    }

    private void Write(JsonEncodedText name, ReadOnlySpan<byte> text)
    {
        if (text.Contains((byte)0))
        {
            json.WriteString(name, Sound(Encoding.UTF8.GetString(text)));
        }
        else
        {
            json.WriteString(name, text);
        }
    }

    private string End()
    {
        json.WriteEndObject();
        json.Flush();
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    // PostgreSQL's text holds every character but this one.
    private static string? Sound(string? text) => text?.Replace('\0', '\ufffd');
}
