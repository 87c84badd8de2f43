using OffGridFlow.Factors;

namespace OffGridFlow.Web.Estimates;

/// <summary>Writes one row's outcome as a JSON object. What no quantity changes is rendered once per plan.</summary>
internal static class RowJson
{
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
            var rendered = (RenderedPlan)(plan.Rendered ??= new RenderedPlan(plan));
            rendered.Write(output, outcome.Quantity);
        }
        else if (outcome.Special is { } special)
        {
            output.Write(",\"entries\":["u8);
            for (var i = 0; i < special.Entries.Count; i++)
            {
                output.Write(i == 0 ? default : ","u8);
                RenderedEntry.Of(special.Entries[i].Plan).Write(output, special.Entries[i].Quantity);
            }

            output.Write((byte)']');
            Steps(output, special.Steps);
            Notes(output, special.Notes);
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

    private static void Steps(Utf8Output output, IReadOnlyList<Step> steps)
    {
        for (var i = 0; i < steps.Count; i++)
        {
            output.Write(i == 0 ? ",\"steps\":["u8 : ","u8);
            output.WriteJson(steps[i].Source is { } source ? $"{steps[i].Text} ({source})" : steps[i].Text);
        }

        output.Write(steps.Count > 0 ? "]"u8 : default);
    }

    private static void Notes(Utf8Output output, IReadOnlyList<Note> notes)
    {
        for (var i = 0; i < notes.Count; i++)
        {
            output.Write(i == 0 ? ",\"notes\":[{\"code\":"u8 : ",{\"code\":"u8);
            output.WriteJson(notes[i].Code);
            output.Write(",\"text\":"u8);
            output.WriteJson(notes[i].Text);
            output.Write((byte)'}');
        }

        output.Write(notes.Count > 0 ? "]"u8 : default);
    }

    /// <summary>A plan's entries and notes, with holes for the figures.</summary>
    private sealed class RenderedPlan
    {
        private readonly RenderedEntry[] entries;
        private readonly byte[] after;

        public RenderedPlan(Plan plan)
        {
            entries = plan.Entries.Select(RenderedEntry.Of).ToArray();
            var notes = new Utf8Output();
            notes.Write((byte)']');
            Notes(notes, plan.Notes);
            after = notes.Written.ToArray();
        }

        public void Write(Utf8Output output, decimal quantity)
        {
            output.Write(",\"entries\":["u8);
            for (var i = 0; i < entries.Length; i++)
            {
                if (i > 0)
                {
                    output.Write((byte)',');
                }

                entries[i].Write(output, quantity);
            }

            output.Write(after);
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
