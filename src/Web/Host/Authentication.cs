using OffGridFlow.Organizations.ApiKeys;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Web.Host;

/// <summary>
/// Says who calls, by the API key of the header <c>Authorization: Bearer</c> or of the browser's cookie. Whether it lets them in says <see cref="Admission"/>.
/// </summary>
internal sealed class Authentication(RequestDelegate next, KeyRing keys)
{
    /// <summary>Set by the sign-in form of the pages: HttpOnly, SameSite=Lax.</summary>
    public const string Cookie = "ogf_key";

    /// <summary>Where a browser without a key is sent.</summary>
    public const string SignIn = "/sign-in";

    public async Task Invoke(HttpContext context)
    {
        var (secret, isCookie) = Secret(context.Request);
        context.Features.Set(new Presented(secret, IsForged: false));
        var holder = secret is null ? null : await keys.Resolve(secret, context.RequestAborted);
        if (holder is not null)
        {
            context.Features.Set(new Presented(secret, isCookie && IsForgeable(context.Request), !holder.MayComeFrom(context.Connection.RemoteIpAddress)));
            context.Features.Set(new Caller(
                holder.Tenant,
                $"key:{holder.ApiKeyId}",
                context.TraceIdentifier,
                context.Connection.RemoteIpAddress?.ToString(),
                Shortened(context.Request.Headers.UserAgent.ToString())) { May = holder.May });
        }

        await next(context);
    }

    private static (string? Secret, bool IsCookie) Secret(HttpRequest request)
    {
        const string scheme = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        return header.Length > 0
            ? (header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? header[scheme.Length..].Trim() : header, false)
            : (request.Cookies[Cookie], true);
    }

    // A cookie goes along with requests other sites make; what changes something must come from our own pages.
    private static bool IsForgeable(HttpRequest request) =>
        !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)
        && !(request.Headers["Sec-Fetch-Site"].ToString() is "same-origin"
            || (request.Headers.Origin.ToString() is { Length: > 0 } origin && origin == $"{request.Scheme}://{request.Host}"));

    private static string? Shortened(string text) => text.Length == 0 ? null : text.Length > 300 ? text[..300] : text;
}

/// <summary>What a request came with.</summary>
/// <param name="Secret">Its key, known or not.</param>
/// <param name="IsForged">Another site may have made the browser send it.</param>
internal sealed record Presented(string? Secret, bool IsForged, bool IsElsewhere = false);
