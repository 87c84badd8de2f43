using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing.Template;

namespace OffGridFlow.Web.Host;

/// <summary>
/// HEAD is answered as GET is, without the body; OPTIONS with the methods there are; a method there is not with 405 and those there are,
/// whoever asks.
/// </summary>
internal static class Methods
{
    // What routing puts in place of an endpoint when the path is known and the method is not.
    private const string NotAllowed = "405 HTTP Method Not Supported";

    /// <summary>Before routing: the server itself leaves the body out.</summary>
    public static Func<HttpContext, RequestDelegate, Task> Head(EndpointDataSource endpoints)
    {
        // Those that answer HEAD in a way of their own.
        var own = new Lazy<TemplateMatcher[]>(() =>
        [
            .. endpoints.Endpoints.OfType<RouteEndpoint>()
                .Where(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains(HttpMethods.Head, StringComparer.Ordinal) ?? false)
                .Select(endpoint => new TemplateMatcher(new RouteTemplate(endpoint.RoutePattern), [])),
        ]);
        return (context, next) =>
        {
            if (HttpMethods.IsHead(context.Request.Method) && !own.Value.Any(matcher => matcher.TryMatch(context.Request.Path, [])))
            {
                context.Request.Method = HttpMethods.Get;
            }

            return next(context);
        };
    }

    /// <summary>After routing, and before it is asked for a key.</summary>
    public static async Task Answer(HttpContext context, RequestDelegate next)
    {
        if (HttpMethods.IsOptions(context.Request.Method) && context.Features.Get<IHttpRequestFeature>()!.RawTarget == "*")
        {
            Allow(context, ["GET", "POST", "PUT", "PATCH", "DELETE"]);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        if (context.GetEndpoint() is not { DisplayName: NotAllowed, RequestDelegate: { } refuse })
        {
            await next(context);
            return;
        }

        await refuse(context);
        Allow(context, context.Response.Headers.Allow.ToString().Split(", "));
        if (HttpMethods.IsOptions(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }

    private static void Allow(HttpContext context, IEnumerable<string> methods) => context.Response.Headers.Allow = string.Join(
        ", ", methods.SelectMany<string, string>(method => method == HttpMethods.Get ? [method, HttpMethods.Head] : [method]).Append(HttpMethods.Options).Distinct(StringComparer.Ordinal));
}
