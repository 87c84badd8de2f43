using System.Globalization;
using System.Text;
using OffGridFlow.Engine;

namespace OffGridFlow.Web.Estimates;

/// <summary>An entry as JSON with holes for its figures: what no quantity changes is rendered once per plan.</summary>
internal sealed class RenderedEntry
{
    private readonly EntryFormula formula;
    private readonly Hole[] holes;
    private readonly byte[] end;

    private RenderedEntry(EntryPlan plan)
    {
        formula = plan.Formula;
        var text = new Utf8Output();
        var found = new List<Hole>();
        var perQuantity = new decimal[formula.FigureCount];
        formula.Figures(1m, perQuantity);

        text.Write(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"scope\":{plan.Scope},\"category\":{(plan.Category is { } category ? category.ToString(CultureInfo.InvariantCulture) : "null")},\"role\":\"{plan.Role}\",\"basis\":\"{RowJson.BasisName(plan.Basis)}\",\"co2e_kg\":\"")));
        Figure(text, found, perQuantity, EntryFormula.Co2eAt);
        text.Write("\",\"gases_kg\":{"u8);
        for (var i = 0; i < formula.GasCount; i++)
        {
            text.Write(Encoding.UTF8.GetBytes($"{(i == 0 ? "" : "\",")}\"{formula.GasNames[i]}\":\""));
            Figure(text, found, perQuantity, EntryFormula.GasesAt + i);
        }

        text.Write(formula.GasCount > 0 ? "\"},\"unsplit_co2e_kg\":\""u8 : "},\"unsplit_co2e_kg\":\""u8);
        Figure(text, found, perQuantity, EntryFormula.UnsplitAt);
        text.Write("\",\"biogenic_co2_kg\":\""u8);
        Figure(text, found, perQuantity, EntryFormula.BiogenicAt);
        text.Write("\",\"low_kg\":\""u8);
        Figure(text, found, perQuantity, EntryFormula.LowAt);
        text.Write("\",\"high_kg\":\""u8);
        Figure(text, found, perQuantity, EntryFormula.HighAt);
        Tail(text, plan);
        end = text.Written.ToArray();
        holes = found.ToArray();
    }

    /// <summary>A figure, the text before it, and the earlier hole that holds the same figure, or -1.</summary>
    private readonly record struct Hole(byte[] Before, int Figure, int SameAs);

    /// <summary>The plan's, made when first asked for.</summary>
    public static RenderedEntry Of(EntryPlan plan) => (RenderedEntry)(plan.Rendered ??= new RenderedEntry(plan));

    public void Write(Utf8Output output, decimal quantity)
    {
        Span<decimal> figures = stackalloc decimal[formula.FigureCount];
        Span<(int At, int Length)> written = stackalloc (int, int)[holes.Length];
        formula.Figures(quantity, figures);
        for (var i = 0; i < holes.Length; i++)
        {
            ref readonly var hole = ref holes[i];
            output.Write(hole.Before);
            var at = output.Length;
            if (hole.SameAs < 0)
            {
                written[i] = (at, output.Write(figures[hole.Figure]));
            }
            else
            {
                output.Repeat(at - written[hole.SameAs].At, written[hole.SameAs].Length);
            }
        }

        output.Write(end);
    }

    // Zero per quantity is zero for every quantity, and part of the text: of a mixed file's figures a fifth are such zeros, and one in
    // twelve repeats another (a total that no gas splits).
    private static void Figure(Utf8Output text, List<Hole> found, decimal[] perQuantity, int figure)
    {
        if (perQuantity[figure] == 0m)
        {
            text.Write((byte)'0');
            return;
        }

        var same = -1;
        if (figure is not (EntryFormula.LowAt or EntryFormula.HighAt))
        {
            same = found.FindIndex(hole => hole.SameAs < 0 && perQuantity[hole.Figure] == perQuantity[figure]);
        }

        found.Add(new Hole(text.Written.ToArray(), figure, same));
        text.Clear();
    }

    private static void Tail(Utf8Output output, EntryPlan plan)
    {
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
        output.WriteJson(RowJson.GwpLabel(plan));
        output.Write(",\"gwp_basis\":"u8);
        output.WriteJson(RowJson.BasisOf(plan.Formula.Factor.Basis));
        output.Write((byte)'}');
    }
}
