namespace OffGridFlow.Web.Intake;

/// <summary>Something in a user's file that cannot be used as it stands, said so that the user can mend it.</summary>
/// <param name="Code">Stable and dotted: <c>file.header-missing</c>, <c>number.ambiguous</c>.</param>
/// <param name="Column">The column as the file names it; empty when the problem is not one column's.</param>
/// <param name="Found">What the file holds.</param>
/// <param name="Expected">What could have been used.</param>
/// <param name="Fix">What to do about it.</param>
internal sealed record Problem(string Code, string Column, string Found, string Expected, string Fix);
