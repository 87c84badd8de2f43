using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using OffGridFlow.Platform.Outbound;

namespace OffGridFlow.Organizations.Providers;

/// <summary>Whom a provider vouches for.</summary>
/// <param name="EmailIsVerified">Whether the provider says that the address is theirs.</param>
/// <param name="HasShownTwo">Whether it says that they showed two factors.</param>
internal sealed record Vouched(string Issuer, string Subject, string? Email, bool EmailIsVerified, string? Name, IReadOnlyList<string> Groups, bool HasShownTwo);

/// <summary>
/// The client's side of OpenID Connect Core 1.0, 3.1: authorization code with PKCE (RFC 7636). Only asymmetric signatures of the provider's own published
/// keys count; what a token says of its keys does not.
/// </summary>
internal sealed class ProviderClient(OutboundHttp outbound, OutboundOptions options)
{
    private const int MostProviders = 1000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(2);
    private static readonly string[] Algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];
    private static readonly JsonWebTokenHandler Tokens = new() { MapInboundClaims = false };

    private readonly ConcurrentDictionary<string, ConfigurationManager<OpenIdConnectConfiguration>> known = new(StringComparer.Ordinal);

    /// <summary>Where the browser is sent.</summary>
    public async Task<Result<string>> Address(Provider provider, string callback, string state, string nonce, string verifier, CancellationToken ct)
    {
        if (!(await Configuration(provider, refresh: false, ct)).TryValue(out var configuration, out var problem))
        {
            return problem;
        }

        var challenge = Base64UrlEncoder.Encode(System.Security.Cryptography.SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
        (string, string)[] fields =
        [
            ("response_type", "code"), ("client_id", provider.ClientId), ("redirect_uri", callback), ("scope", "openid email profile"), ("state", state), ("nonce", nonce), ("code_challenge", challenge),
            ("code_challenge_method", "S256"), .. provider.Acr is { } acr ? [("acr_values", acr)] : Array.Empty<(string, string)>(),
        ];
        return configuration.AuthorizationEndpoint + (configuration.AuthorizationEndpoint.Contains('?', StringComparison.Ordinal) ? "&" : "?")
            + string.Join('&', fields.Select(field => $"{field.Item1}={Uri.EscapeDataString(field.Item2)}"));
    }

    /// <summary>Whom a code stands for.</summary>
    public async Task<Result<Vouched>> Redeem(Provider provider, string? secret, string code, string callback, string nonce, string verifier, CancellationToken ct)
    {
        if (!(await Configuration(provider, refresh: false, ct)).TryValue(out var configuration, out var problem))
        {
            return problem;
        }

        if (!(await Exchange(configuration, provider, secret, code, callback, verifier, ct)).TryValue(out var given, out problem))
        {
            return problem;
        }

        var outcome = await Validate(given.Identity, provider, configuration);
        if (!outcome.IsValid && outcome.Exception is SecurityTokenSignatureKeyNotFoundException && (await Configuration(provider, refresh: true, ct)).TryValue(out var rotated, out _))
        {
            configuration = rotated;
            outcome = await Validate(given.Identity, provider, configuration); // The provider has rotated its keys.
        }

        if (!outcome.IsValid || outcome.ClaimsIdentity.FindFirst("nonce")?.Value != nonce || outcome.ClaimsIdentity.FindFirst("sub")?.Value is not { Length: > 0 and <= 255 } subject)
        {
            return Refused(provider, "an identity token that is not in force, not for us, or not the answer to this sign-in");
        }

        var claims = outcome.ClaimsIdentity.Claims.ToList();
        var hasShownTwo = StatedFactors.AreTwo([.. claims.Where(claim => claim.Type == "amr").Select(claim => claim.Value)], Value("acr"), provider.Acr); // By the signed token alone.
        if (configuration.UserInfoEndpoint is { Length: > 0 } endpoint && given.Access is { } access && !(claims.Exists(claim => claim.Type == "email") && claims.Exists(claim => claim.Type == provider.GroupsClaim)))
        {
            claims.AddRange(await UserInfo(endpoint, access, subject, ct));
        }

        return new Vouched(
            provider.Issuer, subject, Value("email"), Value("email_verified") is "true" or "True", Value("name"),
            [.. claims.Where(claim => claim.Type == provider.GroupsClaim).Select(claim => claim.Value).Distinct(StringComparer.Ordinal)], hasShownTwo);

        string? Value(string type) => claims.Find(claim => claim.Type == type)?.Value;
    }

    // OpenID Connect Core 1.0, 5.3: what a provider leaves out of the identity token it tells here, of the same subject or of nobody.
    private async Task<IReadOnlyList<Claim>> UserInfo(string endpoint, string access, string subject, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, endpoint) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", access) } };
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(ct);
        enough.CancelAfter(Patience);
        try
        {
            using var response = await outbound.Client.SendAsync(request, enough.Token);
            using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(enough.Token));
            return response.IsSuccessStatusCode && answer.RootElement.TryGetProperty("sub", out var same) && same.GetString() == subject
                ? [.. answer.RootElement.EnumerateObject().SelectMany(member => member.Value.ValueKind == JsonValueKind.Array
                    ? member.Value.EnumerateArray().Select(one => new Claim(member.Name, one.ToString()))
                    : [new Claim(member.Name, member.Value.ToString())])]
                : [];
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException || (failure is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return []; // The identity token alone may say enough.
        }
    }

    private static Task<TokenValidationResult> Validate(string token, Provider provider, OpenIdConnectConfiguration configuration) => Tokens.ValidateTokenAsync(token, new TokenValidationParameters
    {
        ValidIssuer = provider.Issuer, ValidAudience = provider.ClientId, IssuerSigningKeys = configuration.SigningKeys, ValidAlgorithms = Algorithms, ClockSkew = Skew, RequireExpirationTime = true,
        RequireSignedTokens = true, TryAllIssuerSigningKeys = false,
    });

    private sealed record Given(string Identity, string? Access);

    private async Task<Result<Given>> Exchange(OpenIdConnectConfiguration configuration, Provider provider, string? secret, string code, string callback, string verifier, CancellationToken ct)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "authorization_code", ["code"] = code, ["redirect_uri"] = callback, ["code_verifier"] = verifier, ["client_id"] = provider.ClientId,
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, configuration.TokenEndpoint);
        if (secret is not null && (configuration.TokenEndpointAuthMethodsSupported.Count == 0 || configuration.TokenEndpointAuthMethodsSupported.Contains("client_secret_basic")))
        {
            // RFC 6749, 2.3.1: both are encoded as forms are.
            var pair = $"{Uri.EscapeDataString(provider.ClientId)}:{Uri.EscapeDataString(secret)}";
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(pair)));
            fields.Remove("client_id");
        }
        else if (secret is not null)
        {
            fields["client_secret"] = secret;
        }

        request.Content = new FormUrlEncodedContent(fields);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(ct);
        enough.CancelAfter(Patience);
        try
        {
            using var response = await outbound.Client.SendAsync(request, enough.Token);
            using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(enough.Token));
            return response.IsSuccessStatusCode && answer.RootElement.TryGetProperty("id_token", out var token) && token.GetString() is { } text
                ? new Given(text, answer.RootElement.TryGetProperty("access_token", out var access) ? access.GetString() : null)
                : Refused(provider, $"the answer {(int)response.StatusCode} to our code");
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException || (failure is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return Away(provider, failure);
        }
    }

    private async Task<Result<OpenIdConnectConfiguration>> Configuration(Provider provider, bool refresh, CancellationToken ct)
    {
        if (known.Count >= MostProviders)
        {
            known.Clear();
        }

        var manager = known.GetOrAdd(provider.Issuer, issuer => new ConfigurationManager<OpenIdConnectConfiguration>(
            issuer.TrimEnd('/') + "/.well-known/openid-configuration", new OpenIdConnectConfigurationRetriever(), new HttpDocumentRetriever(outbound.Client) { RequireHttps = !options.AllowPrivate }));
        if (refresh)
        {
            manager.RequestRefresh();
        }

        using var enough = CancellationTokenSource.CreateLinkedTokenSource(ct);
        enough.CancelAfter(Patience);
        try
        {
            var configuration = await manager.GetConfigurationAsync(enough.Token);

            // OpenID Connect Discovery 1.0, 4.3: it must be the issuer it was asked of.
            if (configuration.Issuer != provider.Issuer || configuration.AuthorizationEndpoint is null || configuration.TokenEndpoint is null)
            {
                return Refused(provider, $"a configuration of {configuration.Issuer}");
            }

            // Neither codes nor secrets go where an issuer's own address could not lead.
            return new[] { configuration.AuthorizationEndpoint, configuration.TokenEndpoint, configuration.UserInfoEndpoint }.OfType<string>().FirstOrDefault(one => one.Length > 0 && outbound.Check("provider.answer", "provider", one) is not null) is { } wrong
                ? Refused(provider, $"an endpoint at {wrong}")
                : configuration;
        }
        catch (Exception failure) when (failure is InvalidOperationException or IOException or HttpRequestException || (failure is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return Away(provider, failure);
        }
    }

    private static Problem Refused(Provider provider, string found) =>
        new("provider.answer", "provider", found, $"an answer of {provider.Issuer} to this sign-in", "Sign in again; if it stays, an administrator looks at the provider's settings.") { Kind = ProblemKind.Unauthenticated };

    private static Problem Away(Provider provider, Exception failure) =>
        new("provider.away", "provider", failure.GetBaseException().Message, $"the configuration and the tokens of {provider.Issuer}", "Try again later; an administrator checks the issuer's address.") { Kind = ProblemKind.Unavailable };
}
