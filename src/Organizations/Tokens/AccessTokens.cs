using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace OffGridFlow.Organizations.Tokens;

/// <summary>Who issues access tokens, and for whom: part of each token, and compared exactly.</summary>
/// <param name="Issuer">The installation: <c>https://example.org</c>, or a name of its own where it has no address.</param>
/// <param name="Audience">The API.</param>
public sealed record TokenNames(string Issuer, string Audience)
{
    /// <summary>Of an installation.</summary>
    /// <param name="host">The name it is reached by; null: none in particular.</param>
    /// <param name="region">Where its region is reached, of several; null: it is the only one.</param>
    public static TokenNames Of(string? host, Uri? region = null) => region is not null ? Of(region.GetLeftPart(UriPartial.Authority))
        : host is null ? new("urn:offgridflow", "urn:offgridflow:api") : Of($"https://{host}");

    private static TokenNames Of(string address) => new(address, address + "/api");
}

/// <summary>Whose token it is, and which session stands behind it.</summary>
public sealed record AccessToken(Guid User, Guid SessionId);

/// <summary>
/// Access tokens: JSON Web Tokens (RFC 7519) in the profile of RFC 9068, signed with ES256 and nothing else. A token says who, and for how long; whether the
/// session behind it still holds is for <see cref="Sessions.SessionRing"/>, so that an end counts at once. What a token says of the key to verify it with
/// (<c>jwk</c>, <c>jku</c>, <c>x5u</c>, <c>x5c</c>) is never looked at: only its <c>kid</c>, among our own keys.
/// </summary>
public sealed class AccessTokens(SigningKeys keys, TokenNames names, TimeProvider clock)
{
    /// <summary>From its issue on.</summary>
    public static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(15);

    /// <summary>How far the clocks of two servers may be apart.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    /// <summary>A longer one is not read at all.</summary>
    public const int MostBytes = 8 * 1024;

    private const string Form = "at+jwt";
    private const string SessionClaim = "sid";

    // Tokens whose signature was seen to be right, by their hash.
    private const int Most = 20_000;

    private readonly JsonWebTokenHandler handler = new() { MaximumTokenSizeInBytes = MostBytes, SetDefaultTimesOnTokenCreation = false, MapInboundClaims = false };
    private readonly ConcurrentDictionary<UInt128, Seen> seen = new();

    /// <summary>Whether a text has the form of a token: three parts, the first a JSON object.</summary>
    public static bool IsOne(string text) => text.StartsWith("eyJ", StringComparison.Ordinal) && text.Contains('.', StringComparison.Ordinal);

    /// <summary>A new token of a session.</summary>
    public async Task<string> Issue(Guid user, Guid sessionId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var key = await keys.Current(ct);
        return handler.CreateToken(new SecurityTokenDescriptor
        {
            TokenType = Form,
            Issuer = names.Issuer,
            Audience = names.Audience,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = (now + GoodFor).UtcDateTime,
            Claims = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                [JwtRegisteredClaimNames.Sub] = user.ToString(),
                [SessionClaim] = sessionId.ToString(),
                [JwtRegisteredClaimNames.Jti] = Guid.CreateVersion7().ToString("N"),
                ["client_id"] = "offgridflow",
            },
            SigningCredentials = new SigningCredentials(key.Key, SecurityAlgorithms.EcdsaSha256),
        });
    }

    /// <summary>Who says to have issued a token: good for telling where to go with it, and for nothing else. Null: nobody.</summary>
    public string? Claimed(string text)
    {
        try
        {
            return text.Length <= MostBytes ? handler.ReadJsonWebToken(text).Issuer : null;
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or SecurityTokenException)
        {
            return null;
        }
    }

    /// <summary>Whose token it is, or null when it is not one of ours, or not of now.</summary>
    public async ValueTask<AccessToken?> Read(string text, CancellationToken ct)
    {
        if (text.Length > MostBytes)
        {
            return null;
        }

        var now = clock.GetUtcNow();
        var name = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        if (seen.TryGetValue(name, out var known))
        {
            return now < known.Until && await keys.Find(known.KeyId, ct) is not null ? known.Token : null;
        }

        if (await Validate(text, now, ct) is not { } found)
        {
            return null;
        }

        if (seen.Count >= Most)
        {
            seen.Clear();
        }

        seen[name] = found;
        return found.Token;
    }

    private async Task<Seen?> Validate(string text, DateTimeOffset now, CancellationToken ct)
    {
        JsonWebToken token;
        try
        {
            token = handler.ReadJsonWebToken(text);
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or SecurityTokenException)
        {
            return null;
        }

        // RFC 7515, 4.1.11: what a header declares critical must be understood, and we understand none.
        if (token.Alg != SecurityAlgorithms.EcdsaSha256 || token.IsEncrypted || token.TryGetHeaderValue<object>("crit", out _)
            || token.Kid is not { Length: > 0 and <= 64 } kid || await keys.Find(kid, ct) is not { } key)
        {
            return null;
        }

        var answer = await handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            ValidTypes = [Form],
            ValidIssuer = names.Issuer,
            ValidAudience = names.Audience,
            IssuerSigningKeyResolver = (_, _, _, _) => [key.Key],
            TryAllIssuerSigningKeys = false,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            LifetimeValidator = (from, to, _, _) => from is { } begins && to is { } ends && now >= Instant(begins) - Skew && now < Instant(ends) + Skew && ends - begins <= GoodFor,
        });
        return answer.IsValid && Guid.TryParseExact(token.Subject, "D", out var user) && token.TryGetPayloadValue<string>(SessionClaim, out var sid) && Guid.TryParseExact(sid, "D", out var sessionId)
            ? new Seen(new AccessToken(user, sessionId), kid, Instant(token.ValidTo) + Skew)
            : null;
    }

    private static DateTimeOffset Instant(DateTime utc) => new(DateTime.SpecifyKind(utc, DateTimeKind.Utc));

    private sealed record Seen(AccessToken Token, string KeyId, DateTimeOffset Until);
}
