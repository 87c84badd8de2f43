namespace OffGridFlow.Web.Host;

/// <summary><c>/api/…</c> without a version answers as the current version.</summary>
internal static class CurrentVersion
{
    private const string Current = "/v1";

    public static Task Rewrite(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal, out var rest) && !rest.StartsWithSegments(Current, StringComparison.Ordinal))
        {
            context.Request.Path = new PathString("/api" + Current).Add(rest);
        }

        return next(context);
    }
}
