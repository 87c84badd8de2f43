using OffGridFlow.Engine.Methods;
using static OffGridFlow.Factors.NamedColumns;

namespace OffGridFlow.Factors;

/// <summary>One mass of waste split over treatments by shares, an entry for each (Scope 3 Guidance formulas 5.3 and 12.1).</summary>
internal static class Treatments
{
    // Column, and the last step of the key of its factors.
    private static readonly (string Column, string Key)[] All =
    [
        ("landfill", "landfill"), ("combustion", "combustion"), ("recycling", "recycling"), ("open_loop", "open-loop"),
        ("composting", "composting"), ("anaerobic_digestion", "anaerobic-digestion"), ("reuse", "reuse"),
    ];

    /// <summary>Keys a material's factors can have: <c>waste.paper</c> has <c>waste.paper.landfill</c> and more.</summary>
    public static IEnumerable<string> Keys(string material) => All.Select(treatment => $"{material}.{treatment.Key}");

    public static Estimate Of(Activity a, PlanKey key, Planner planner, ReferenceData data)
    {
        Problem? problem = null;
        var shares = All.Where(treatment => a.Columns.ContainsKey(treatment.Column))
            .Select(treatment => (treatment.Column, treatment.Key, Share: a.Share(treatment.Column, ref problem))).ToList();
        if (problem is null && shares.Sum(treatment => treatment.Share) != 1m)
        {
            problem = new Problem(
                "treatment.shares", "landfill", Text(shares.Sum(treatment => treatment.Share)), $"shares that add to 1 in {string.Join(", ", All.Select(treatment => treatment.Column))}",
                "Say where all of the waste goes: what is left out is not zero.");
        }

        var packaging = a.AtLeastOr("packaging", 0m, 0m, $"mass of the packaging in {a.Unit}", ref problem);
        var consumed = a.Columns.ContainsKey("consumed") ? a.Share("consumed", ref problem) : 0m;
        if (problem is not null)
        {
            return Estimate.Reject(problem);
        }

        var mass = Signed(a.Quantity, goods => Waste.MassAtEndOfLife(goods, packaging, consumed));
        var steps = new List<Step>();
        if (mass != a.Quantity)
        {
            steps.Add(new Step(Step($"{a.Quantity} {a.Unit} x (1 - {consumed} consumed) + packaging {packaging} = {mass} {a.Unit}"), "Scope 3 Guidance ch. 12"));
        }

        var entries = new List<PlannedEntry>();
        var notes = new List<Note>();
        var estimated = false;
        foreach (var (column, treatment, share) in shares.Where(treatment => treatment.Share > 0m))
        {
            var name = $"{a.Kind.Key.Replace(".by-treatment.", ".", StringComparison.Ordinal)}.{treatment}";
            if (data.Kinds.Find(name) is not { } kind)
            {
                return Estimate.Reject(new Problem("factor.none", column, name, $"a treatment with a factor: {string.Join(", ", Keys(a.Kind.ServedBy).Where(data.Library.HasKind))}", $"Leave {column} blank, or name another material."));
            }

            var plan = planner.Build(key with { Kind = kind });
            if (plan.Problem is not null)
            {
                return Estimate.Reject(plan.Problem);
            }

            steps.Add(new Step(Step($"{mass} {a.Unit} x {share} {treatment} = {mass * share} {a.Unit}"), MethodTable.Guidance(a.Kind)));
            entries.AddRange(plan.Entries.Select(entry => new PlannedEntry(entry with { Role = treatment }, mass * share)));
            notes.AddRange(plan.Notes);
            estimated |= plan.Disposition == Disposition.Estimated;
        }

        return new Estimate(estimated ? Disposition.Estimated : Disposition.Calculated, entries, null, notes.DistinctBy(note => note.Text).ToList(), steps);
    }
}
