using Microsoft.AspNetCore.Authorization;
using OffGridFlow.Organizations.ApiKeys;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Web.Host;

/// <summary>
/// Says who calls, by the API key of the header <c>Authorization: Bearer</c> or of the browser's cookie, and keeps everybody else from
/// every endpoint that does not say it is for all (<see cref="IAllowAnonymous"/>).
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
        var holder = secret is null ? null : await keys.Resolve(secret, context.RequestAborted);
        if (holder is not null)
        {
            if (isCookie && IsForgeable(context.Request))
            {
                await new ProblemResponse(new Problem("key.other-site", "Origin", context.Request.Headers.Origin.ToString(), "a request from our own pages", "Send the API key in the header Authorization instead.") { Kind = ProblemKind.Forbidden }).ExecuteAsync(context);
                return;
            }

            if (!holder.MayComeFrom(context.Connection.RemoteIpAddress))
            {
                await new ProblemResponse(new Problem("key.network", "address", context.Connection.RemoteIpAddress?.ToString() ?? "", "an address of one of the key's networks", "Use the key from where it is allowed, or have its networks changed.") { Kind = ProblemKind.Forbidden }).ExecuteAsync(context);
                return;
            }

            context.Features.Set(new Caller(
                holder.Tenant,
                $"key:{holder.ApiKeyId}",
                context.TraceIdentifier,
                context.Connection.RemoteIpAddress?.ToString(),
                Shortened(context.Request.Headers.UserAgent.ToString())) { May = holder.May });
        }
        else if (context.GetEndpoint() is { } endpoint && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null)
        {
            await Refuse(context, secret);
            return;
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

    private static Task Refuse(HttpContext context, string? secret)
    {
        var isPage = !context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal) && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);
        if (isPage && HttpMethods.IsGet(context.Request.Method))
        {
            context.Response.Redirect($"{SignIn}?return={Uri.EscapeDataString(context.Request.Path + context.Request.QueryString)}");
            return Task.CompletedTask;
        }

        context.Response.Headers.WWWAuthenticate = "Bearer realm=\"offgridflow\"" + (secret is null ? "" : ", error=\"invalid_token\"");
        var problem = secret is null
            ? new Problem("key.missing", "Authorization", "", "Bearer and an API key", "Send 'Authorization: Bearer ogf_live_…'.")
            : new Problem("key.unknown", "Authorization", secret.Length > 16 ? $"{secret[..12]}…" : "a key", "an API key that is in force", "It is misspelt, revoked or expired: use another, or have one made.");
        return new ProblemResponse(problem with { Kind = ProblemKind.Unauthenticated }).ExecuteAsync(context);
    }

    private static string? Shortened(string text) => text.Length == 0 ? null : text.Length > 300 ? text[..300] : text;
}
