using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.Platform.Http;

namespace OffGridFlow.Organizations.Tokens;

/// <summary>What access tokens need, and the public keys that anybody can verify them with.</summary>
public static class TokensFeature
{
    /// <summary>Where the public keys are (RFC 7517; the path is the usual one of RFC 8615).</summary>
    public const string KeysPath = "/.well-known/jwks.json";

    internal static IServiceCollection AddTokens(this IServiceCollection services) => services
        .AddSingleton<SigningKeys>().AddHostedService(provider => provider.GetRequiredService<SigningKeys>())
        .AddSingleton<AccessTokens>().AddSingleton<RefreshTokens>();

    public static void MapPublicKeys(this IEndpointRouteBuilder app) => app.MapGet(KeysPath, async (HttpContext context, SigningKeys keys, CancellationToken ct) =>
        {
            // Shorter than a key is published after it has signed its last.
            context.Response.Headers.CacheControl = "public, max-age=60";
            return TypedResults.Json(await keys.All(ct), Json.Options, "application/jwk-set+json");
        }).AllowAnonymous().ExcludeFromDescription();
}
