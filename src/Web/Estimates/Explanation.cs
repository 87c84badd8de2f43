using System.Globalization;
using System.Text;
using OffGridFlow.Engine;
using OffGridFlow.Web.Cli;
using OffGridFlow.Activities.Intake;

namespace OffGridFlow.Web.Estimates;

/// <summary>Prints how one row was calculated: the expression with units at each node, the factor's citation, what was passed over and why.</summary>
internal static class Explanation
{
    // Enough to see why the neighbours lost; the rest are counted.
    private const int MostRejected = 12;

    /// <returns>The exit code: a fault when the file has no such row.</returns>
    public static int Write(ActivityTable table, ReferenceData data, Estimator estimator, int wanted, Stream output)
    {
        var reader = new RowReader(table, data, estimator);
        var batch = new RowBatch(table);
        while (table.Read())
        {
            if (table.Row != wanted)
            {
                continue;
            }

            batch.Add(table);
            output.Write(Encoding.UTF8.GetBytes(Text(reader, batch, table, estimator)));
            return CommandLine.Done;
        }

        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"row.none: there is no row {wanted}; rows are numbered as in the file, the header in row {table.Format.HeaderRow}."));
        return CommandLine.Fault;
    }

    private static string Text(RowReader reader, RowBatch batch, ActivityTable table, Estimator estimator)
    {
        var outcome = reader.Outcome(batch, 0);
        var text = new StringBuilder();
        var invariant = CultureInfo.InvariantCulture;
        text.Append(invariant, $"Row {batch.Rows[0]}: {Encoding.UTF8.GetString(RowJson.Name(outcome.Disposition))}\n");
        foreach (var column in table.Columns.Where(column => !batch.Field(0, column.Index).IsEmpty))
        {
            text.Append(invariant, $"  {column.Key,-18} {batch.Text(0, column.Index)}\n");
        }

        if (outcome.Problem is { } problem)
        {
            text.Append(invariant, $"\nProblem {problem.Code}\n  column    {problem.Column}\n  found     {problem.Found}\n  expected  {problem.Expected}\n  fix       {problem.Fix}\n");
            return text.ToString();
        }

        if (outcome.Reason is { } reason)
        {
            text.Append(invariant, $"\nNo emissions: {reason}\n");
            return text.ToString();
        }

        foreach (var step in outcome.Special?.Steps ?? [])
        {
            text.Append(invariant, $"\nStep  {step.Text}\n");
            if (step.Source is { } source)
            {
                text.Append(invariant, $"      {source}\n");
            }
        }

        var candidates = reader.Activity(batch, 0) is { } activity ? estimator.Candidates(activity).ToList() : [];
        for (var i = 0; i < outcome.EntryCount; i++)
        {
            var entry = outcome.Entry(i);
            Entry(text, entry);
            var passed = candidates.FirstOrDefault(c => c.Role == entry.Plan.Role && c.Basis == entry.Plan.Basis).Rejected ?? [];
            Passed(text, passed);
        }

        foreach (var note in outcome.Notes)
        {
            text.Append(invariant, $"\nNote  {note.Text} [{note.Code}]\n");
        }

        return text.ToString();
    }

    private static void Entry(StringBuilder text, Factors.PlannedEntry entry)
    {
        var invariant = CultureInfo.InvariantCulture;
        var plan = entry.Plan;
        var weighted = plan.Formula.Factor;
        var amounts = entry.Amounts;
        var unit = plan.Factor?.Unit ?? "unit";
        text.Append(invariant, $"\nScope {plan.Scope}{(plan.Category is { } category ? string.Create(invariant, $", category {category}") : "")}, {plan.Role}{(plan.Basis == Factors.Basis.Single ? "" : $", {RowJson.BasisName(plan.Basis)}-based")}: {Number(amounts.Co2eKg)} kg CO2e\n");
        text.Append(invariant, $"  = {Number(entry.Quantity)} x {Number(plan.Formula.UnitsPerQuantity)} {unit} x {Number(weighted.Co2ePerUnit)} kg CO2e/{unit}\n");
        if (plan.UnitStep is { } step)
        {
            text.Append(invariant, $"      {step}\n");
        }

        var masses = new decimal[plan.Formula.GasCount];
        plan.Formula.Gases(entry.Quantity, masses);
        for (var i = 0; i < masses.Length; i++)
        {
            text.Append(invariant, $"      {plan.Formula.GasNames[i],-10} {Number(masses[i])} kg   ({Number(weighted.Gases[i].Kilograms)} kg/{unit})\n");
        }

        if (amounts.UnsplitKg != 0m)
        {
            text.Append(invariant, $"      {"unsplit",-10} {Number(amounts.UnsplitKg)} kg CO2e{(masses.Length > 0 ? " (published split is rounded)" : " (published as CO2e only)")}\n");
        }

        if (amounts.BiogenicCo2Kg != 0m)
        {
            text.Append(invariant, $"      biogenic   {Number(amounts.BiogenicCo2Kg)} kg CO2, outside the scopes{(plan.BiogenicFactor is { } bio ? $" ({bio.Id})" : "")}\n");
        }

        text.Append(invariant, $"  95 % range {Number(amounts.LowKg)} to {Number(amounts.HighKg)} kg: {plan.UncertaintyNote}\n");
        text.Append(invariant, $"  factor     {plan.FactorId}{(plan.Factor is { } row ? $" \"{row.Factor.Name}\", {row.Region}, valid from {row.ValidFrom:yyyy-MM-dd}{(row.ValidTo is { } to ? $" to {to:yyyy-MM-dd}" : "")}" : "")}\n");
        text.Append(invariant, $"  tier       {plan.Tier.ToString().ToLowerInvariant()}, data quality {Number(plan.Quality)} of 1 (best) to 5\n");
        text.Append(invariant, $"  method     {plan.Method}\n");
        text.Append(invariant, $"  citation   {plan.Citation}\n");
        text.Append(invariant, $"  GWP        {RowJson.GwpLabel(plan) ?? "not stated by the publication"}, {Describe(weighted.Basis)}\n");
    }

    private static void Passed(StringBuilder text, IReadOnlyList<Rejected> rejected)
    {
        if (rejected.Count == 0)
        {
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"  passed over ({rejected.Count})\n");
        foreach (var candidate in rejected.OrderBy(Distance).ThenByDescending(c => c.Row.ValidFrom).Take(MostRejected))
        {
            text.Append(CultureInfo.InvariantCulture, $"      {candidate.Row.Id}: {candidate.Reason}\n");
        }

        if (rejected.Count > MostRejected)
        {
            text.Append(CultureInfo.InvariantCulture, $"      and {rejected.Count - MostRejected} more\n");
        }
    }

    // Those that nearly won come first; those of another unit never could.
    private static int Distance(Rejected candidate) =>
        candidate.Reason.EndsWith("does not reach", StringComparison.Ordinal) ? 2 : candidate.Reason.StartsWith("is for", StringComparison.Ordinal) ? 1 : 0;

    private static string Describe(Co2eBasis basis) => basis switch
    {
        Co2eBasis.PublishedTotal => "the published total",
        Co2eBasis.WeightedGases => "weighted from the published gases",
        Co2eBasis.Reweighted => "recomputed from the published gases",
        Co2eBasis.NotReweightable => "published as CO2e only, so not re-weighted",
    };

    private static string Number(decimal value)
    {
        var output = new Utf8Output();
        output.Write(value);
        return Encoding.UTF8.GetString(output.Written);
    }
}
