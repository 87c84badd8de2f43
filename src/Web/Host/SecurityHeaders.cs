using OffGridFlow.Platform.Http;
using System.Security.Cryptography;

namespace OffGridFlow.Web.Host;

/// <summary>The word that a page's own scripts and styles carry, new with each answer.</summary>
internal sealed record PageNonce(string Text);

/// <summary>
/// Puts the headers that keep browsers safe on every answer. The strict policy is the default: nothing but what carries the answer's nonce runs, and nothing
/// is kept. Only what is the same for everybody, a file of the product, may be kept (<see cref="Pages.PageFiles"/>).
/// </summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    private const int NonceBytes = 16;

    // Two years, as browsers' preload lists ask.
    private const string OverTls = "max-age=63072000; includeSubDomains";

    private const string OfData = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    // The package's files, and by its hash the one style that stands within them: the two colours of the logo.
    private const string OfDocuments =
        "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public Task Invoke(HttpContext context)
    {
        var (headers, path) = (context.Response.Headers, context.Request.Path);
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()";
        headers.CacheControl = "no-store";
        if (context.Request.IsHttps)
        {
            headers.StrictTransportSecurity = OverTls;
        }

        headers.ContentSecurityPolicy = path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) || path.StartsWithSegments(ScimError.Root, StringComparison.OrdinalIgnoreCase) ? OfData
            : path.StartsWithSegments("/docs", StringComparison.OrdinalIgnoreCase) && !path.StartsWithSegments("/docs/problems", StringComparison.OrdinalIgnoreCase) ? OfDocuments
            : OfPage(context);
        return next(context);
    }

    // What a script with the nonce loads may run too ('strict-dynamic'): the chart library, when a chart comes into view.
    private static string OfPage(HttpContext context)
    {
        var nonce = new PageNonce(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(NonceBytes)));
        context.Features.Set(nonce);
        return $"default-src 'none'; script-src 'nonce-{nonce.Text}' 'strict-dynamic'; style-src 'self' 'nonce-{nonce.Text}'; img-src 'self' data:; font-src 'self'; "
            + "connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'";
    }
}
