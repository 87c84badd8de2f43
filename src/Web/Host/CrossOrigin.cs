using OffGridFlow.Organizations.Origins;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Web.Host;

/// <summary>
/// Lets pages of other origins call the API (the Fetch standard's CORS protocol) where the caller's tenant allows their origin, and with a key or a token only: a cookie is
/// never for them. A preflight names no tenant, so it is answered for an origin that any tenant allows; the answer itself is shown to an origin of the caller's own only.
/// </summary>
internal sealed class CrossOrigin(RequestDelegate next, AllowedOrigins origins)
{
    private const string Methods = "GET, HEAD, POST, PUT, PATCH, DELETE";
    private const string Accepted = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Upload-Offset, X-Request-Id";
    private const string Shown = "ETag, Location, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, X-Request-Id";

    public async Task Invoke(HttpContext context)
    {
        var request = context.Request;
        if (!request.Path.StartsWithSegments("/api", StringComparison.Ordinal))
        {
            await next(context);
            return;
        }

        var headers = context.Response.Headers;
        headers.Append("Vary", "Origin");
        if (request.Headers.Origin.ToString() is { Length: > 0 } text && AllowedOrigins.Read(text) is { } origin)
        {
            var isPreflight = HttpMethods.IsOptions(request.Method) && request.Headers.AccessControlRequestMethod.Count > 0;
            if (isPreflight && await origins.IsAllowedBySomebody(origin, context.RequestAborted))
            {
                headers.AccessControlAllowOrigin = origin;
                headers.AccessControlAllowMethods = Methods;
                headers.AccessControlAllowHeaders = Accepted;
                headers.AccessControlMaxAge = "600";
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                return;
            }

            if (context.Features.Get<Caller>() is { } caller && caller.Tenant != TenantId.None && await origins.IsAllowed(origin, caller.Tenant, context.RequestAborted))
            {
                headers.AccessControlAllowOrigin = origin;
                headers.AccessControlExposeHeaders = Shown;
            }
        }

        await next(context);
    }
}
