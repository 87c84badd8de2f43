using OffGridFlow.Organizations.ApiKeys;
using OffGridFlow.Organizations.Sessions;
using OffGridFlow.Organizations.Tenants;
using OffGridFlow.Organizations.Tokens;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Web.Pages.SignIn;

namespace OffGridFlow.Web.Host;

/// <summary>
/// Says who calls: by the API key or the access token of the header <c>Authorization: Bearer</c>, or by the session of the browser's cookie. Who may come in is for
/// <see cref="Admission"/>, who may do what for <see cref="Authorization"/>.
/// </summary>
internal sealed class Authentication(RequestDelegate next, KeyRing keys, SessionRing sessions, AccessTokens tokens, Regions regions, RegionDirectory elsewhere)
{
    /// <summary>Of a browser that came over TLS: HttpOnly, Secure, SameSite=Lax, of this host alone (RFC 6265bis, 4.1.3.2).</summary>
    public const string SecureCookie = "__Host-ogf";

    /// <summary>Of a browser that came without TLS, on this machine: browsers keep no <c>__Host-</c> cookie of such a one.</summary>
    public const string Cookie = "ogf";

    /// <summary>Where a browser without a session is sent.</summary>
    public const string SignIn = "/sign-in";

    /// <summary>Where somebody chooses a password, with a token.</summary>
    public const string ChoosePassword = "/choose-password";

    /// <summary>The cookie's name for a request.</summary>
    public static string CookieOf(HttpRequest request) => request.IsHttps ? SecureCookie : Cookie;

    public async Task Invoke(HttpContext context)
    {
        var (secret, isCookie) = Secret(context.Request);
        context.Features.Set(new Presented(secret, IsForged: false));
        context.Response.OnStarting(() =>
        {
            if (context.Features.Get<RenewedSession>() is { } renewed)
            {
                SignInPages.Keep(context, renewed.Secret);
            }

            return Task.CompletedTask;
        });
        if (secret is not null)
        {
            await Know(context, secret, isCookie);
        }

        await next(context);
    }

    private async Task Know(HttpContext context, string secret, bool isCookie)
    {
        var (address, agent) = (context.Connection.RemoteIpAddress?.ToString(), Shortened(context.Request.Headers.UserAgent.ToString()));
        if (isCookie || AccessTokens.IsOne(secret))
        {
            if (await Person(secret, isCookie, context.RequestAborted) is { } person)
            {
                context.Features.Set(new Presented(secret, isCookie && IsForgeable(context.Request)));
                context.Features.Set(person);
                context.Features.Set(new Caller(person.Tenant, $"user:{person.User}", context.TraceIdentifier, address, agent)
                {
                    User = person.User, May = person.May, ByFacility = person.ByFacility,
                });
            }
            else if (!isCookie && regions.At(tokens.Claimed(secret)) is { } issuer)
            {
                context.Features.Set(new Presented(secret, IsForged: false) { Region = issuer });
            }

            return;
        }

        if (await keys.Resolve(secret, context.RequestAborted) is { } holder)
        {
            context.Features.Set(new Presented(secret, IsForged: false, !holder.MayComeFrom(context.Connection.RemoteIpAddress)));
            context.Features.Set(new Caller(holder.Tenant, $"key:{holder.ApiKeyId}", context.TraceIdentifier, address, agent) { May = holder.May });
        }
        else if (ApiKeySecret.Tenant(secret) is { } tenant && await elsewhere.Of(tenant, context.RequestAborted) is { } region)
        {
            context.Features.Set(new Presented(secret, IsForged: false) { Region = region });
        }
    }

    // A cookie holds a browser's session and nothing else; a header no session.
    private async Task<SessionHolder?> Person(string secret, bool isCookie, CancellationToken ct) => isCookie
        ? PersonSecret.Read(PersonSecret.Session, secret) is { } own ? await sessions.Resolve(own, ct) : null
        : await tokens.Read(secret, ct) is { } token ? await sessions.Resolve(token, ct) : null;

    private static (string? Secret, bool IsCookie) Secret(HttpRequest request)
    {
        const string scheme = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        return header.Length > 0
            ? (header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? header[scheme.Length..].Trim() : header, false)
            : (request.Cookies[CookieOf(request)], true);
    }

    // A cookie goes along with requests other sites make; what changes something must come from our own pages.
    private static bool IsForgeable(HttpRequest request) =>
        !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)
        && !(request.Headers["Sec-Fetch-Site"].ToString() is "same-origin"
            || (request.Headers.Origin.ToString() is { Length: > 0 } origin && origin == $"{request.Scheme}://{request.Host}"));

    private static string? Shortened(string text) => text.Length == 0 ? null : text.Length > 300 ? text[..300] : text;
}

/// <summary>What a request came with.</summary>
/// <param name="Secret">Its key or session, known or not.</param>
/// <param name="IsForged">Another site may have made the browser send it.</param>
/// <param name="IsElsewhere">Its key is not for the address it came from.</param>
internal sealed record Presented(string? Secret, bool IsForged, bool IsElsewhere = false)
{
    /// <summary>The other region it is for, by what it says of itself; null: none.</summary>
    public string? Region { get; init; }
}
