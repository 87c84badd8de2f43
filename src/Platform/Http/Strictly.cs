using Microsoft.AspNetCore.Builder;

namespace OffGridFlow.Platform.Http;

/// <summary>An endpoint where secrets can be guessed: few requests an address, whoever asks.</summary>
public sealed record StrictlyLimited;

/// <summary>Declares it.</summary>
public static class Strictly
{
    /// <summary>For a sign-in, its second step, a refresh, a reset.</summary>
    public static T LimitedStrictly<T>(this T endpoints)
        where T : IEndpointConventionBuilder => endpoints.WithMetadata(new StrictlyLimited());
}
