using System.Text;
using OffGridFlow.Platform.Files;

namespace OffGridFlow.Web.Estimates;

/// <summary>Writes outcomes as CSV: a line for each entry, and one for each row without entries, so that every row appears.</summary>
internal static class RowCsv
{
    public const string Header =
        "row,id,disposition,problem,reason,scope,category,role,basis,co2e_kg,low_kg,high_kg,biogenic_co2_kg,unsplit_co2e_kg,gases_kg,quality,tier,factor,edition,gwp,method,citation,notes\n";

    public static void Write(Utf8Output output, RowReader reader, RowBatch batch, int row, in RowOutcome outcome)
    {
        var id = batch.Text(row, reader.At("id"));
        var notes = string.Join("; ", outcome.Notes.Select(note => note.Text));
        if (outcome.EntryCount == 0)
        {
            Start(output, batch.Rows[row], id, outcome);
            for (var i = 0; i < 17; i++)
            {
                output.Write((byte)',');
            }

            Field(output, notes);
            output.Write((byte)'\n');
            return;
        }

        for (var i = 0; i < outcome.EntryCount; i++)
        {
            Start(output, batch.Rows[row], id, outcome);
            Entry(output, outcome.Entry(i));
            Field(output, notes);
            output.Write((byte)'\n');
        }
    }

    private static void Start(Utf8Output output, int row, string? id, in RowOutcome outcome)
    {
        output.Write(row);
        output.Write((byte)',');
        Field(output, id);
        output.Write((byte)',');
        output.Write(RowJson.Name(outcome.Disposition));
        output.Write((byte)',');
        Field(output, outcome.Problem is { } p ? $"{p.Code}: {p.Column} '{p.Found}', expected {p.Expected}. {p.Fix}" : null);
        output.Write((byte)',');
        Field(output, outcome.Reason);
        output.Write((byte)',');
    }

    private static void Entry(Utf8Output output, Factors.PlannedEntry entry)
    {
        var plan = entry.Plan;
        var amounts = entry.Amounts;
        output.Write(plan.Scope);
        output.Write((byte)',');
        if (plan.Category is { } category)
        {
            output.Write(category);
        }

        output.Write((byte)',');
        Field(output, plan.Role);
        output.Write((byte)',');
        Field(output, RowJson.BasisName(plan.Basis));
        foreach (var figure in (ReadOnlySpan<decimal>)[amounts.Co2eKg, amounts.LowKg, amounts.HighKg, amounts.BiogenicCo2Kg, amounts.UnsplitKg])
        {
            output.Write((byte)',');
            output.Write(figure);
        }

        output.Write((byte)',');
        var masses = new decimal[plan.Formula.GasCount];
        plan.Formula.Gases(entry.Quantity, masses);
        for (var i = 0; i < masses.Length; i++)
        {
            output.Write(i == 0 ? default : " "u8);
            output.Write(Encoding.UTF8.GetBytes(plan.Formula.GasNames[i]));
            output.Write((byte)'=');
            output.Write(masses[i]);
        }

        output.Write((byte)',');
        output.Write(plan.Quality);
        foreach (var text in (ReadOnlySpan<string?>)[plan.Tier.ToString().ToLowerInvariant(), plan.FactorId, plan.Edition, RowJson.GwpLabel(plan), plan.Method, plan.Citation])
        {
            output.Write((byte)',');
            Field(output, text);
        }

        output.Write((byte)',');
    }

    // Text that a spreadsheet would run as a formula is led by an apostrophe: what came in as text stays text.
    private static void Field(Utf8Output output, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            output.Write(Encoding.UTF8.GetBytes(CsvText.Field(text)));
        }
    }
}
