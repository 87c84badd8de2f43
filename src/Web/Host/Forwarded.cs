using Microsoft.AspNetCore.HttpOverrides;

namespace OffGridFlow.Web.Host;

/// <summary>
/// Behind a proxy the client's address and whether it came over TLS are what the proxy says: only one of the operator's own is believed. The host name stays
/// what it is, so that no header but <c>Host</c> names a tenant.
/// </summary>
internal static class Forwarded
{
    public static void AddForwarded(this IServiceCollection services, HostSettings settings) => services.Configure<ForwardedHeadersOptions>(forwarded =>
    {
        forwarded.ForwardedHeaders = settings.Proxies.Count == 0 ? ForwardedHeaders.None : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
        forwarded.ForwardLimit = null; // As many as there are of them, one behind the other.
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var network in settings.Proxies)
        {
            forwarded.KnownIPNetworks.Add(network);
        }
    });

    public static void UseForwarded(this WebApplication app) => app.UseForwardedHeaders();
}
