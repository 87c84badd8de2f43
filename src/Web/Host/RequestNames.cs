namespace OffGridFlow.Web.Host;

/// <summary>Gives every request an id, the client's own where it sends a decent one, and every answer the headers that keep browsers safe.</summary>
internal sealed class RequestNames(RequestDelegate next)
{
    public const string Header = "X-Request-Id";

    private const int Longest = 64;

    public Task Invoke(HttpContext context)
    {
        var given = context.Request.Headers[Header].ToString();
        context.TraceIdentifier = IsDecent(given) ? given : Guid.CreateVersion7().ToString("N");
        var headers = context.Response.Headers;
        headers[Header] = context.TraceIdentifier;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers.XFrameOptions = "DENY";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        // Everything from here; styles may stand in attributes, which charts need.
        headers.ContentSecurityPolicy =
            "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
        if (context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal))
        {
            headers.CacheControl = "no-store";
        }

        return next(context);
    }

    private static bool IsDecent(string id) =>
        id.Length is >= 8 and <= Longest && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');
}
