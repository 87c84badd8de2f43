namespace OffGridFlow.Factors;

/// <summary>Why something could not be used, said so that a person can mend it.</summary>
/// <param name="Code">Stable: <c>unit.unknown</c>.</param>
/// <param name="Column">The column at fault.</param>
/// <param name="Found">What stood there.</param>
/// <param name="Expected">What would have been right.</param>
/// <param name="Fix">What to do.</param>
public sealed record Problem(string Code, string Column, string Found, string Expected, string Fix);
