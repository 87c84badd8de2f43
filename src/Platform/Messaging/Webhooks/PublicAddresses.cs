using System.Net;
using System.Net.Sockets;

namespace OffGridFlow.Platform.Messaging.Webhooks;

/// <summary>
/// Connects to public addresses only. The address is checked that is connected to, after the name was resolved, so that no name, and
/// no name that changes its mind, leads into the operator's own network.
/// </summary>
internal static class PublicAddresses
{
    // IANA's special-purpose registries: what is not globally reachable, and what embeds another address.
    private static readonly IPNetwork[] Refused =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(IPNetwork.Parse),
    ];

    internal static bool IsPublic(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return !Refused.Any(network => network.BaseAddress.AddressFamily == plain.AddressFamily && network.Contains(plain));
    }

    /// <summary>For a handler's ConnectCallback.</summary>
    /// <exception cref="RefusedAddressException">The host has no public address.</exception>
    internal static async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, bool allowPrivate, CancellationToken ct)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = await Dns.GetHostAddressesAsync(host, ct);
        var allowed = allowPrivate ? addresses : [.. addresses.Where(IsPublic)];
        if (allowed.Length == 0)
        {
            throw new RefusedAddressException(host, addresses);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A webhook's host lies where the operator lets nothing be sent.</summary>
internal sealed class RefusedAddressException(string host, IPAddress[] addresses)
    : Exception($"{host} is {string.Join(", ", addresses.Select(address => address.ToString()))}")
{
    internal Problem Problem => new("webhook.address-refused", "url", Message, "a host with a public address", "Take a public host, or ask the operator to set OFFGRIDFLOW_ALLOW_PRIVATE_WEBHOOKS=1.");
}
