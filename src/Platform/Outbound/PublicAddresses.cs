using System.Net;
using System.Net.Sockets;

namespace OffGridFlow.Platform.Outbound;

/// <summary>Which addresses are everybody's, and none of the operator's own network: by IANA's special-purpose registries.</summary>
internal static class PublicAddresses
{
    // The one part of IPv6 that is handed out to everybody (RFC 4291, 2.4). Outside it lie translations of IPv4 addresses, too: ::/96, ::ffff:0:0:0/96, 64:ff9b::/96.
    private static readonly IPNetwork Everybodys = IPNetwork.Parse("2000::/3");

    // What is not globally reachable within the rest, and what embeds another address: Teredo, 6to4.
    private static readonly IPNetwork[] Refused =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        }.Select(IPNetwork.Parse),
    ];

    internal static bool IsPublic(IPAddress address)
    {
        var plain = Plain(address);
        return (plain.AddressFamily != AddressFamily.InterNetworkV6 || Everybodys.Contains(plain))
            && !Refused.Any(network => network.BaseAddress.AddressFamily == plain.AddressFamily && network.Contains(plain)) && !IsIsatap(plain);
    }

    /// <summary>An IPv4 address as such, in whichever family it comes.</summary>
    internal static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    // RFC 5214, 6.1: an IPv4 address within, under any prefix.
    private static bool IsIsatap(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return address.TryWriteBytes(bytes, out var count) && count == 16 && (bytes[8] & 0xFD) == 0 && bytes[9] == 0 && bytes[10] == 0x5E && bytes[11] == 0xFE;
    }
}
