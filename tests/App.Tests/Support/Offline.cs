using System.Net;
using System.Net.Sockets;
using OffGridFlow.Platform.Outbound;

namespace OffGridFlow.App.Tests.Support;

/// <summary>The way out as tests have it: names of this machine alone are found, so that no test asks for anybody else's server, nor sends it anything.</summary>
internal static class Offline
{
    /// <summary>As tenants of an installation have it.</summary>
    public static OutboundOptions Public { get; } = new() { Resolve = Find };

    /// <summary>Where the operator lets them reach this machine, too.</summary>
    public static OutboundOptions Private { get; } = new(AllowPrivate: true) { Resolve = Find };

    private static Task<IPAddress[]> Find(string name, CancellationToken ct) => name is "localhost"
        ? Task.FromResult<IPAddress[]>([IPAddress.Loopback, IPAddress.IPv6Loopback])
        : Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound));
}
