using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace OffGridFlow.App.Tests.Support;

/// <summary>Where forms of the server's pages go, by its own list of endpoints.</summary>
public static partial class PageForms
{
    /// <summary>As they were mapped: <c>keys/{id:guid}/revoke</c>. Signing out is not among them: it would make a stranger of the caller.</summary>
    public static IReadOnlyList<string> Patterns(ApiFixture api) =>
    [
        .. api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("POST", StringComparer.Ordinal) ?? false)
            .Select(endpoint => endpoint.RoutePattern.RawText!.Trim('/')).Where(pattern => !pattern.StartsWith("api/", StringComparison.Ordinal) && pattern != "sign-out").Order(StringComparer.Ordinal),
    ];

    /// <summary>The same as addresses; ids in them are nobody's.</summary>
    public static IReadOnlyList<string> Addresses(ApiFixture api) => [.. Patterns(api).Select(pattern => "/" + Id().Replace(pattern, Guid.CreateVersion7().ToString()))];

    [GeneratedRegex(@"\{[^}]*\}", RegexOptions.None, 1000)]
    private static partial Regex Id();
}
