namespace OffGridFlow.Web.Trust;

/// <summary>One line of what we promise.</summary>
/// <param name="Says">As people read it.</param>
/// <param name="ProvenBy">Tests that fail when it is not so, as <c>Class.method</c>. There is none without.</param>
internal sealed record Promise(string Says, params IReadOnlyList<string> ProvenBy);

/// <summary>Promises about one thing.</summary>
/// <param name="Name">Stable, for links and programs.</param>
/// <param name="Title">As people read it.</param>
/// <param name="Promises">In the order they are read.</param>
internal sealed record Chapter(string Name, string Title, IReadOnlyList<Promise> Promises);

/// <summary>Tests by what they are called, so that a promise names them in words.</summary>
internal static class Proof
{
    /// <summary><c>TotpTests.codes_are_those_of_the_standard</c> as a sentence.</summary>
    public static string Sentence(string test) => test[(test.IndexOf('.', StringComparison.Ordinal) + 1)..].Replace("_s_", "’s ", StringComparison.Ordinal).Replace('_', ' ');

    /// <summary>Where it stands.</summary>
    public static string Class(string test) => test[..test.IndexOf('.', StringComparison.Ordinal)];
}
