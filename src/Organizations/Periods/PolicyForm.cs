using System.Globalization;

namespace OffGridFlow.Organizations.Periods;

/// <summary>A policy as it is written in requests and answers. What is left out has its default.</summary>
/// <param name="GwpSet">AR4, AR5, AR6, or published: each publication's own.</param>
/// <param name="FactorDate">Day of knowledge: editions published later are not used. Today, unless told otherwise.</param>
/// <param name="FactorDates">effective: the edition meant for an activity's date; published: the latest known.</param>
/// <param name="Boundary">operational_control, financial_control or equity_share.</param>
/// <param name="SignificanceThreshold">Share of base-year emissions from which a change calls for a restatement, 0 to 1.</param>
/// <param name="SourcePreference">Country to publishers, the first that serves wins.</param>
/// <param name="SnapshotId">A locked choice of factors.</param>
public sealed record PolicyForm(
    string? GwpSet = null, DateOnly? FactorDate = null, string? FactorDates = null, string? Boundary = null, decimal? SignificanceThreshold = null,
    IReadOnlyDictionary<string, IReadOnlyList<string>>? SourcePreference = null, Guid? SnapshotId = null)
{
    internal const string Published = "published";

    private static readonly DateOnly Earliest = new(1990, 1, 1);

    public static PolicyForm Of(Policy policy) => new(
        policy.GwpSet ?? Published, policy.FactorDate, policy.FactorDates, policy.Boundary, policy.SignificanceThreshold, policy.SourcePreference.ByCountry,
        policy.SnapshotId);

    /// <summary>The policy, with defaults where the form says nothing; ask <see cref="Check"/> first.</summary>
    internal Policy ToPolicy(DateOnly today)
    {
        var standard = Policy.Default(today);
        return new Policy(
            GwpSet is null or Published ? null : GwpSet, FactorDate ?? standard.FactorDate, FactorDates ?? standard.FactorDates, Boundary ?? standard.Boundary,
            SignificanceThreshold ?? standard.SignificanceThreshold, SnapshotId)
        {
            SourcePreference = SourcePreference is null ? Organizations.SourcePreference.None : Organizations.SourcePreference.Of(SourcePreference),
        };
    }

    /// <summary>A policy with what this form says; what it leaves out stays.</summary>
    public Result<Policy> ChangeOf(Policy now, DateOnly today)
    {
        if (Problem.All([.. Check("policy.", today)]) is { } problem)
        {
            return problem;
        }

        return new Policy(
            GwpSet is null ? now.GwpSet : GwpSet is Published ? null : GwpSet, FactorDate ?? now.FactorDate, FactorDates ?? now.FactorDates, Boundary ?? now.Boundary,
            SignificanceThreshold ?? now.SignificanceThreshold, SnapshotId ?? now.SnapshotId)
        {
            SourcePreference = SourcePreference is null ? now.SourcePreference : Organizations.SourcePreference.Of(SourcePreference),
        };
    }

    /// <summary>Everything that is wrong with it.</summary>
    /// <param name="within">Where the form stands in the body: <c>policy.</c> or nothing.</param>
    internal IReadOnlyList<Problem> Check(string within, DateOnly today)
    {
        var problems = new List<Problem>();
        OneOf(GwpSet, [Published, .. Policy.GwpSets], found => new Problem("policy.gwp-set", within + "gwp_set", found, $"{Published}, {string.Join(", ", Policy.GwpSets)}", "Name one of the sets."));
        OneOf(FactorDates, Policy.DateChoices, found => new Problem("policy.factor-dates", within + "factor_dates", found, string.Join(" or ", Policy.DateChoices), "Name one of the two."));
        OneOf(Boundary, Policy.Boundaries, found => new Problem("policy.boundary", within + "boundary", found, string.Join(", ", Policy.Boundaries), "Name one of the approaches."));
        if (FactorDate < Earliest || FactorDate > today)
        {
            problems.Add(new Problem("policy.factor-date", within + "factor_date", $"{FactorDate:yyyy-MM-dd}", $"a day from {Earliest:yyyy-MM-dd} to today", "Nobody knows what will be published: name a day that has been."));
        }

        if (SignificanceThreshold is < 0 or > 1)
        {
            problems.Add(new Problem("policy.significance-threshold", within + "significance_threshold", SignificanceThreshold.Value.ToString(CultureInfo.InvariantCulture), "a share from 0 to 1, such as 0.05 for 5 %", "Correct the threshold."));
        }

        foreach (var (country, publishers) in SourcePreference ?? new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal))
        {
            if (!Forms.IsCountry(country) || publishers is null || publishers.Count == 0 || publishers.Any(publisher => !Forms.IsText(publisher, Forms.LongestCode)))
            {
                problems.Add(new Problem("policy.source-preference", $"{within}source_preference.{country}", publishers is null ? "" : string.Join(", ", publishers), "publishers such as [\"desnz\"], under a country such as GB", "Correct the country or its publishers."));
            }
        }

        return problems;

        void OneOf(string? written, IReadOnlyList<string> choices, Func<string, Problem> problem)
        {
            if (written is not null && !choices.Contains(written, StringComparer.Ordinal))
            {
                problems.Add(problem(written));
            }
        }
    }
}
