using System.Globalization;
using System.Text;

namespace OffGridFlow.Web.Estimates;

/// <summary>Writes outcomes as a table for people: a line for each entry, in aligned columns.</summary>
internal static class RowTable
{
    public static readonly string Header =
        Line("row", "id", "activity", "scope", "basis", "kg CO2e", "95 % range", "tier", "factor") + Line("---", "--", "--------", "-----", "-----", "-------", "----------", "----", "------");

    public static void Write(Utf8Output output, RowReader reader, RowBatch batch, int row, in RowOutcome outcome)
    {
        var number = batch.Rows[row].ToString(CultureInfo.InvariantCulture);
        var id = batch.Text(row, reader.At("id")) ?? "";
        var activity = $"{batch.Text(row, reader.At("kind"))} {batch.Text(row, reader.At("quantity"))} {batch.Text(row, reader.At("unit"))}".Trim();
        if (outcome.EntryCount == 0)
        {
            var why = outcome.Problem is { } p
                ? $"{p.Code}: {p.Column} is '{p.Found}', expected {p.Expected}. {p.Fix}"
                : outcome.Reason ?? "";
            Put(output, $"{Cell(number, 6, right: true)}  {Cell(id, 12)}  {Cell(activity, 38)}  {Encoding.UTF8.GetString(RowJson.Name(outcome.Disposition))}: {why}\n");
            return;
        }

        for (var i = 0; i < outcome.EntryCount; i++)
        {
            var entry = outcome.Entry(i);
            var amounts = entry.Amounts;
            var plan = entry.Plan;
            Put(output, Line(
                i == 0 ? number : "",
                i == 0 ? id : "",
                i == 0 ? activity : $"  {plan.Role}",
                plan.Category is { } category ? string.Create(CultureInfo.InvariantCulture, $"{plan.Scope}.{category}") : plan.Scope.ToString(CultureInfo.InvariantCulture),
                plan.Basis == Factors.Basis.Single ? "" : RowJson.BasisName(plan.Basis),
                Figures.Kilograms(amounts.Co2eKg),
                $"{Figures.Kilograms(amounts.LowKg)} .. {Figures.Kilograms(amounts.HighKg)}",
                plan.Tier.ToString().ToLowerInvariant() + (outcome.Disposition == Factors.Disposition.Estimated ? " est." : ""),
                plan.FactorId));
        }

        foreach (var note in outcome.Notes.Where(note => note.Code != "date.none"))
        {
            Put(output, $"{"",10}{note.Text}\n");
        }
    }

    private static string Line(string row, string id, string activity, string scope, string basis, string co2e, string range, string tier, string factor) =>
        $"{Cell(row, 6, right: true)}  {Cell(id, 12)}  {Cell(activity, 38)}  {Cell(scope, 5)}  {Cell(basis, 8)}  {Cell(co2e, 14, right: true)}  {Cell(range, 27)}  {Cell(tier, 16)}  {factor}\n";

    private static void Put(Utf8Output output, string text) => output.Write(Encoding.UTF8.GetBytes(text));

    private static string Cell(string text, int width, bool right = false)
    {
        text = text.ReplaceLineEndings(" ");
        text = text.Length > width && !right ? string.Concat(text.AsSpan(0, width - 1), "…") : text;
        return right ? text.PadLeft(width) : text.PadRight(width);
    }
}
