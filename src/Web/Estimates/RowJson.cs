using System.Globalization;
using System.Text;
using OffGridFlow.Factors;

namespace OffGridFlow.Web.Estimates;

/// <summary>Writes one row's outcome as a JSON object. What no quantity changes is rendered once per plan.</summary>
internal static class RowJson
{
    // A gas beyond these would be a publication with more species than any has.
    private const int MostGases = 64;

    /// <param name="output">Where it goes.</param>
    /// <param name="row">The row's number in the file.</param>
    /// <param name="id">The row's own id, may be empty.</param>
    /// <param name="outcome">What the row came to.</param>
    /// <param name="columns">Columns passed through, name and value.</param>
    public static void Write(Utf8Output output, int row, ReadOnlySpan<byte> id, in RowOutcome outcome, PassThrough columns)
    {
        output.Write("{\"row\":"u8);
        output.Write(row);
        output.Write(",\"id\":"u8);
        if (id.IsEmpty)
        {
            output.Write("null"u8);
        }
        else
        {
            output.WriteJson(id);
        }

        output.Write(",\"disposition\":\""u8);
        output.Write(Name(outcome.Disposition));
        output.Write((byte)'"');
        if (outcome.Problem is { } problem)
        {
            Problem(output, problem);
        }

        if (outcome.Reason is { } reason)
        {
            output.Write(",\"reason\":"u8);
            output.WriteJson(reason);
        }

        if (outcome.Plan is { } plan && plan.Problem is null)
        {
            var rendered = (RenderedPlan)(plan.Rendered ??= new RenderedPlan(plan.Entries, plan.Notes, []));
            rendered.Write(output, outcome.Quantity);
        }
        else if (outcome.Special is { } special)
        {
            new RenderedPlan(special.Entries.Select(entry => entry.Plan).ToList(), special.Notes, special.Steps).Write(output, special.Entries);
        }

        columns.Write(output);
        output.Write("}\n"u8);
    }

    public static ReadOnlySpan<byte> Name(Disposition disposition) => disposition switch
    {
        Disposition.Calculated => "calculated"u8,
        Disposition.Estimated => "estimated"u8,
        Disposition.Excluded => "excluded"u8,
        Disposition.Duplicate => "duplicate"u8,
        Disposition.Rejected => "rejected"u8,
    };

    private static void Problem(Utf8Output output, Problem problem)
    {
        output.Write(",\"problem\":{\"code\":"u8);
        output.WriteJson(problem.Code);
        output.Write(",\"column\":"u8);
        output.WriteJson(problem.Column);
        output.Write(",\"found\":"u8);
        output.WriteJson(problem.Found);
        output.Write(",\"expected\":"u8);
        output.WriteJson(problem.Expected);
        output.Write(",\"fix\":"u8);
        output.WriteJson(problem.Fix);
        output.Write((byte)'}');
    }

    private sealed class RenderedPlan
    {
        private readonly EntryPlan[] plans;
        private readonly byte[][] heads;
        private readonly byte[][][] gases;
        private readonly byte[][] tails;
        private readonly byte[] after;

        public RenderedPlan(IReadOnlyList<EntryPlan> entries, IReadOnlyList<Note> notes, IReadOnlyList<Step> steps)
        {
            plans = entries.ToArray();
            heads = Array.ConvertAll(plans, Head);
            gases = Array.ConvertAll(plans, plan => plan.Formula.GasNames.Select((gas, i) => Encoding.UTF8.GetBytes($"{(i == 0 ? "" : "\",")}\"{gas}\":\"")).ToArray());
            tails = Array.ConvertAll(plans, Tail);
            after = After(notes, steps);
        }

        public void Write(Utf8Output output, decimal quantity)
        {
            output.Write(",\"entries\":["u8);
            for (var i = 0; i < plans.Length; i++)
            {
                WriteEntry(output, i, quantity);
            }

            output.Write((byte)']');
            output.Write(after);
        }

        public void Write(Utf8Output output, IReadOnlyList<PlannedEntry> entries)
        {
            output.Write(",\"entries\":["u8);
            for (var i = 0; i < entries.Count; i++)
            {
                WriteEntry(output, i, entries[i].Quantity);
            }

            output.Write((byte)']');
            output.Write(after);
        }

        private void WriteEntry(Utf8Output output, int i, decimal quantity)
        {
            var formula = plans[i].Formula;
            var amounts = formula.Amounts(quantity);
            if (i > 0)
            {
                output.Write((byte)',');
            }

            output.Write(heads[i]);
            output.Write(amounts.Co2eKg);
            output.Write("\",\"gases_kg\":{"u8);
            Span<decimal> masses = stackalloc decimal[MostGases];
            formula.Gases(quantity, masses);
            for (var g = 0; g < gases[i].Length; g++)
            {
                output.Write(gases[i][g]);
                output.Write(masses[g]);
            }

            output.Write(gases[i].Length > 0 ? "\"},\"unsplit_co2e_kg\":\""u8 : "},\"unsplit_co2e_kg\":\""u8);
            output.Write(amounts.UnsplitKg);
            output.Write("\",\"biogenic_co2_kg\":\""u8);
            output.Write(amounts.BiogenicCo2Kg);
            output.Write("\",\"low_kg\":\""u8);
            output.Write(amounts.LowKg);
            output.Write("\",\"high_kg\":\""u8);
            output.Write(amounts.HighKg);
            output.Write(tails[i]);
        }

        private static byte[] Head(EntryPlan plan) => Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"scope\":{plan.Scope},\"category\":{(plan.Category is { } category ? category.ToString(CultureInfo.InvariantCulture) : "null")},\"role\":\"{plan.Role}\",\"basis\":\"{BasisName(plan.Basis)}\",\"co2e_kg\":\""));

        private static byte[] Tail(EntryPlan plan)
        {
            var output = new Utf8Output();
            output.Write("\",\"quality\":\""u8);
            output.Write(plan.Quality);
            output.Write("\",\"tier\":\""u8);
            output.Write(Encoding.UTF8.GetBytes(plan.Tier.ToString().ToLowerInvariant()));
            output.Write("\",\"method\":"u8);
            output.WriteJson(plan.Method);
            output.Write(",\"factor\":"u8);
            output.WriteJson(plan.FactorId);
            output.Write(",\"edition\":"u8);
            output.WriteJson(plan.Edition.Length == 0 ? null : plan.Edition);
            output.Write(",\"citation\":"u8);
            output.WriteJson(plan.Citation);
            output.Write(",\"gwp\":"u8);
            output.WriteJson(GwpLabel(plan));
            output.Write(",\"gwp_basis\":"u8);
            output.WriteJson(BasisOf(plan.Formula.Factor.Basis));
            output.Write((byte)'}');
            return output.Written.ToArray();
        }

        private static byte[] After(IReadOnlyList<Note> notes, IReadOnlyList<Step> steps)
        {
            var output = new Utf8Output();
            if (steps.Count > 0)
            {
                output.Write(",\"steps\":["u8);
                for (var i = 0; i < steps.Count; i++)
                {
                    output.Write(i == 0 ? default : ","u8);
                    output.WriteJson(steps[i].Source is { } source ? $"{steps[i].Text} ({source})" : steps[i].Text);
                }

                output.Write((byte)']');
            }

            if (notes.Count > 0)
            {
                output.Write(",\"notes\":["u8);
                for (var i = 0; i < notes.Count; i++)
                {
                    output.Write(i == 0 ? "{\"code\":"u8 : ",{\"code\":"u8);
                    output.WriteJson(notes[i].Code);
                    output.Write(",\"text\":"u8);
                    output.WriteJson(notes[i].Text);
                    output.Write((byte)'}');
                }

                output.Write((byte)']');
            }

            return output.Written.ToArray();
        }
    }

    /// <summary><c>location</c> for <see cref="Basis.Location"/>.</summary>
    public static string BasisName(Basis basis) => basis.ToString().ToLowerInvariant();

    /// <summary>The set an entry's CO2e is under; null where the publication names none.</summary>
    public static string? GwpLabel(EntryPlan plan) => plan.Formula.Factor.Gwp is { } set ? FactorTable.GwpName(set) : null;

    /// <summary>Where an entry's CO2e comes from, in one word.</summary>
    public static string BasisOf(Engine.Co2eBasis basis) => basis switch
    {
        Engine.Co2eBasis.PublishedTotal => "published",
        Engine.Co2eBasis.WeightedGases => "weighted",
        Engine.Co2eBasis.Reweighted => "reweighted",
        Engine.Co2eBasis.NotReweightable => "co2e-only",
    };
}

/// <summary>Columns that go through to the result as they are.</summary>
/// <param name="Batch">The rows.</param>
/// <param name="Row">Which of them.</param>
/// <param name="Columns">Which columns, with their names as JSON (<c>"site":</c>).</param>
internal readonly record struct PassThrough(RowBatch Batch, int Row, (int Column, byte[] Name)[] Columns)
{
    public void Write(Utf8Output output)
    {
        var any = false;
        foreach (var (column, name) in Columns)
        {
            var field = Batch.Field(Row, column);
            if (field.IsEmpty)
            {
                continue;
            }

            output.Write(any ? ","u8 : ",\"columns\":{"u8);
            any = true;
            output.Write(name);
            output.WriteJson(field);
        }

        if (any)
        {
            output.Write((byte)'}');
        }
    }
}
