namespace OffGridFlow.Factors.Checks;

/// <summary>One thing held against a factor.</summary>
/// <param name="Check">Stable name of the check: <c>previous</c>, <c>bounds</c>. It is what data/factors/accepted.csv names.</param>
/// <param name="Id">The factor's id, or the key of the edition or file the finding is about.</param>
/// <param name="Value">What was found, as printed; empty where nothing was.</param>
/// <param name="ComparedWith">What it was held against, in words.</param>
/// <param name="Ratio">How many times the larger is the smaller, where two figures were compared.</param>
public sealed record Finding(string Check, string Id, string Value, string ComparedWith, decimal? Ratio = null);

/// <summary>What a run of the checks came to.</summary>
/// <param name="Factors">How many factors were looked at.</param>
/// <param name="Failures">Findings that nobody accepted, in the order of the library.</param>
/// <param name="Accepted">Findings that a line of data/factors/accepted.csv gives a reason for.</param>
/// <param name="Zeros">Ids of factors whose figure is a genuine zero.</param>
public sealed record CheckReport(
    int Factors, IReadOnlyList<Finding> Failures, IReadOnlyList<(Finding Finding, string Reason)> Accepted, IReadOnlyList<string> Zeros)
{
    public bool Passed => Failures.Count == 0;
}
