namespace OffGridFlow.Organizations.Providers;

/// <summary>What a provider states of how somebody signed in there.</summary>
internal static class StatedFactors
{
    /// <summary>Shown at the provider, as a session remembers it.</summary>
    public const string Two = "mfa";

    // RFC 8176, 2, by what they prove: that somebody knows, has, or is. Methods of no kind (user, geo, rba, wia) prove none.
    private static readonly string[][] Kinds =
    [
        ["pwd", "pin", "kba"],
        ["otp", "sms", "tel", "hwk", "swk", "pop", "sc"],
        ["face", "fpt", "iris", "retina", "vbm"],
    ];

    /// <summary>
    /// Whether it is two factors: <c>mfa</c> among the methods, or methods of two kinds (<c>amr</c>, RFC 8176), or the class that the tenant asked for
    /// (<c>acr</c>, OpenID Connect Core 1.0, 2).
    /// </summary>
    /// <param name="methods">The token's <c>amr</c>.</param>
    /// <param name="reached">The token's <c>acr</c>.</param>
    /// <param name="asked">The class that was asked for; null: none.</param>
    public static bool AreTwo(IReadOnlyCollection<string> methods, string? reached, string? asked) =>
        methods.Contains(Two, StringComparer.Ordinal) || (asked is not null && asked == reached) || Kinds.Count(kind => kind.Any(method => methods.Contains(method, StringComparer.Ordinal))) > 1;
}
