using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using OffGridFlow.Platform.Http;

namespace OffGridFlow.Web.Host;

/// <summary>A query parameter nobody knows is refused: a misspelt filter must not widen the answer.</summary>
internal static class KnownParameters
{
    private static readonly ConditionalWeakTable<Endpoint, string[]> Known = [];

    public static Task Check(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Query.Count > 0 && context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal) && context.GetEndpoint() is RouteEndpoint endpoint)
        {
            var known = Of(endpoint);
            foreach (var name in context.Request.Query.Keys)
            {
                if (!known.Contains(name, StringComparer.Ordinal))
                {
                    return new ProblemResponse(new Problem(
                        "parameter.unknown", name, name, known.Length == 0 ? "no parameters" : string.Join(", ", known), "Correct the parameter's name, or leave it out.")).ExecuteAsync(context);
                }
            }
        }

        return next(context);
    }

    /// <summary>The query parameters an endpoint takes.</summary>
    public static string[] Of(RouteEndpoint endpoint) => Known.GetValue(endpoint, _ => Names(endpoint).Distinct(StringComparer.Ordinal).ToArray());

    private static IEnumerable<string> Names(RouteEndpoint endpoint)
    {
        var route = endpoint.RoutePattern.Parameters.Select(parameter => parameter.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var parameter in endpoint.Metadata.GetOrderedMetadata<IParameterBindingMetadata>())
        {
            var info = parameter.ParameterInfo;
            var query = info.GetCustomAttributes(false).OfType<IFromQueryMetadata>().FirstOrDefault();
            var elsewhere = info.GetCustomAttributes(false).Any(mark => mark is IFromHeaderMetadata or IFromRouteMetadata or IFromBodyMetadata or IFromServiceMetadata or IFromFormMetadata);
            var type = info.ParameterType;
            var plain = parameter.HasTryParse || type == typeof(string) || type == typeof(string[]) || Nullable.GetUnderlyingType(type) is not null
                || (type.IsArray && type != typeof(byte[])) || type == typeof(Microsoft.Extensions.Primitives.StringValues);
            if (query is not null || (plain && !elsewhere && !parameter.HasBindAsync && !route.Contains(parameter.Name)))
            {
                yield return query?.Name ?? parameter.Name;
            }
        }

        foreach (var name in endpoint.Metadata.GetMetadata<ListShape>()?.Parameters() ?? [])
        {
            yield return name;
        }

        if (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains(HttpMethods.Get, StringComparer.Ordinal) ?? false)
        {
            yield return "fields";
        }
    }
}
