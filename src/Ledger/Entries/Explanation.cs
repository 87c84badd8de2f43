using OffGridFlow.Ledger.Calculations;
using OffGridFlow.Ledger.Posting;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Ledger.Entries;

/// <summary>A node of an expression: a figure with its unit, and what it was worked out from.</summary>
/// <param name="What">What the figure is.</param>
/// <param name="Operation"><c>x</c> where the figure is the product of its parts, <c>sum</c>, or null for a figure taken as it is.</param>
/// <param name="Source">What it rests on, or null.</param>
public sealed record ExpressionNode(string What, decimal Value, string Unit, string? Operation, string? Source, IReadOnlyList<ExpressionNode> Parts);

/// <summary>A factor that was considered and not taken.</summary>
public sealed record RejectedCandidate(string Factor, string Reason);

/// <summary>The factor of an entry as an auditor looks it up. A figure the row brought has an id and a citation only.</summary>
public sealed record ExplainedFactor(
    string Id, string Citation, string? Name, string? Region, string? Unit, DateOnly? ValidFrom, DateOnly? ValidTo, string? Edition, string? EditionSha256, string? Url,
    string? Licence, string? Attribution);

/// <summary>How an entry was worked out, from the cells of the file to its figure.</summary>
/// <param name="Expression">The figure as a tree, with units at each node.</param>
/// <param name="Steps">How the activity's quantity became the entry's, in order; empty when it is the same.</param>
/// <param name="Notes">What was assumed.</param>
/// <param name="Range">Why the range is as wide as it is.</param>
/// <param name="Rejected">Factors passed over, by this release's library under the policy of the time.</param>
/// <param name="Activity">The version of the activity that was posted, or null for an adjustment of none.</param>
/// <param name="Row">The row of the file, as its owner wrote it, or null where there was no file.</param>
public sealed record Explanation(
    EntryView Entry, ExpressionNode Expression, IReadOnlyList<Step> Steps, IReadOnlyList<Note> Notes, string Method, string Gwp, string Range, decimal Quality,
    ExplainedFactor Factor, IReadOnlyList<RejectedCandidate> Rejected, StoredActivity? Activity, RawRow? Row)
{
    // Enough to see why the neighbours lost.
    private const int MostRejected = 50;

    internal static async Task<Result<Explanation>> Of(Session session, string id, ActivityQueries activities, Estimators estimators, CancellationToken ct)
    {
        if (await EntryView.Find(session, id, ct) is not { } found)
        {
            return Problem.NotFound("entry", id);
        }

        var entry = found.Entry;
        var body = (await EntryView.Bodies(session, [entry.CalculationId]))[entry.CalculationId];
        var workings = entry.WorkingsId is { } workingsId
            ? Workings.Read((await session.First<string>("select body from ledger.workings where workings_id = @workingsId", new { workingsId }))!)
            : null;
        var activity = (await activities.ByVersion(session, [(entry.ActivityId, entry.ActivityVersion)])).FirstOrDefault();
        var factor = body.Factor;
        return new Explanation(
            EntryView.Of(found.Run, entry, found.Restates, body), Tree(entry, body), workings?.Steps ?? [], [.. body.Notes ?? [], .. workings?.Notes ?? []],
            body.Method, $"{(body.Formula.Gwp is { } set ? FactorTable.GwpName(set) : "not stated by the publication")}, {body.Formula.Co2eBasis}",
            body.Uncertainty.Note, body.Uncertainty.Quality,
            new ExplainedFactor(
                factor.Id, factor.Citation, factor.Name, factor.Region, factor.Unit, factor.ValidFrom, factor.ValidTo, factor.Edition, factor.EditionSha256, factor.Url,
                factor.Licence, factor.Attribution),
            activity is null ? [] : PassedOver(activity, entry, body, await OfTheTime(session, entry, body, estimators), estimators.Data),
            activity,
            activity is null ? null : await activities.RawRow(session, activity.ImportId, activity.RowNo, ct));
    }

    private static ExpressionNode Tree(in Entry entry, CalculationBody body)
    {
        var formula = body.Formula;
        var unit = body.Factor.Unit ?? body.QuantityUnit;
        var quantity = entry.WholeQuantity is { } whole
            ? new ExpressionNode("quantity of the month, by days", entry.Quantity, body.QuantityUnit, "share of", null, [Leaf("quantity of the activity", whole, body.QuantityUnit, null)])
            : Leaf("quantity", entry.Quantity, body.QuantityUnit, null);
        var amount = formula.UnitsPerQuantity == 1m && unit == body.QuantityUnit
            ? quantity
            : new ExpressionNode(
                "quantity in the factor's unit", entry.Quantity * formula.UnitsPerQuantity, unit, "x", formula.UnitStep,
                [quantity, Leaf("conversion", formula.UnitsPerQuantity, $"{unit}/{body.QuantityUnit}", formula.UnitStep)]);
        return new ExpressionNode(
            "emissions", entry.Co2eKg, "kg CO2e", "x", body.Method, [amount, Leaf("factor", formula.Co2ePerUnit, $"kg CO2e/{unit}", body.Factor.Citation)]);
    }

    private static ExpressionNode Leaf(string what, decimal value, string unit, string? source) => new(what, value, unit, null, source, []);

    // The year's policy as long as the entry was calculated under it, so that its snapshot is asked too; else what the calculation tells.
    private static async Task<Estimator> OfTheTime(Session session, Entry entry, CalculationBody body, Estimators estimators)
    {
        var policy = body.Policy;
        if ((await OrganizationQueries.Periods(session)).YearOf(entry.Month) is { } year && await estimators.Ready(session, [year.Policy]) is null
            && estimators.Of(year.Policy).Estimator is { Options: var now } kept
            && (now.Gwp, now.AsOf, now.Policy) == (policy.Gwp, policy.FactorDate, policy.FactorDates)
            && SourcePreference.Of(now.Preference).Equals(SourcePreference.Of(policy.SourcePreference ?? new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal))))
        {
            return kept;
        }

        var options = new EstimateOptions(policy.Gwp, policy.FactorDate, policy.FactorDates);
        return new Estimator(estimators.Data, policy.SourcePreference is { } preference ? options with { Preference = preference } : options);
    }

    private static IReadOnlyList<RejectedCandidate> PassedOver(StoredActivity activity, Entry entry, CalculationBody body, Estimator estimator, ReferenceData data) =>
        estimator.Candidates(activity.ToActivity(data))
            .FirstOrDefault(candidates => candidates.Role == entry.Role && candidates.Basis == entry.Basis).Rejected?
            .Take(MostRejected).Select(candidate => new RejectedCandidate(candidate.Row.Id, candidate.Reason)).ToList() ?? [];
}
