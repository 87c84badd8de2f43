using System.Net;
using System.Net.Sockets;

namespace OffGridFlow.Platform.Outbound;

/// <summary>What the operator allows of addresses that tenants name.</summary>
/// <param name="AllowPrivate">All addresses, and plain http: for tests, and where tenants are the operator's own people.</param>
public sealed record OutboundOptions(bool AllowPrivate = false)
{
    /// <summary>Names what is allowed: <c>1</c> for all, or networks in CIDR notation with commas between.</summary>
    public const string Variable = "OFFGRIDFLOW_ALLOW_PRIVATE_ADDRESSES";

    /// <summary>Names the hosts that may be reached, with commas between: each with the names under it.</summary>
    public const string HostsVariable = "OFFGRIDFLOW_OUTBOUND_HOSTS";

    /// <summary>The only hosts that may be reached, and the names under them; none: all that are public.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Networks of the operator's own that may be reached.</summary>
    public IReadOnlyList<IPNetwork> Networks { get; init; } = [];

    /// <summary>Turns a name into addresses.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = Dns.GetHostAddressesAsync;

    /// <summary>As the environment says.</summary>
    /// <exception cref="InvalidDataException">It names something else than networks.</exception>
    public static OutboundOptions FromEnvironment() => AddressesFromEnvironment() with
    {
        Hosts = [.. (Environment.GetEnvironmentVariable(HostsVariable) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(host => Uri.CheckHostName(host.TrimStart('.')) != UriHostNameType.Unknown ? Name(host.TrimStart('.')) : throw new InvalidDataException($"{HostsVariable} holds {host}, which is no host."))],
    };

    private static OutboundOptions AddressesFromEnvironment() => Environment.GetEnvironmentVariable(Variable) switch
    {
        null or "" or "0" => new OutboundOptions(),
        "1" => new OutboundOptions(AllowPrivate: true),
        { } text => new OutboundOptions
        {
            Networks = [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(one =>
                IPNetwork.TryParse(one, out var network) ? network : throw new InvalidDataException($"{Variable} holds {one}, which is no network in CIDR notation."))],
        },
    };

    /// <summary>Whether a host is one that may be reached, as far as its name says.</summary>
    public bool Lists(string host) => Hosts.Count == 0 || (Name(host) is var name && Hosts.Any(one => name == one || name.EndsWith("." + one, StringComparison.Ordinal)));

    internal static string Name(string host) => host.Trim('[', ']').TrimEnd('.').ToLowerInvariant();

    /// <summary>Whether an address may be connected to.</summary>
    public bool Allows(IPAddress address) => AllowPrivate || PublicAddresses.IsPublic(address) || Networks.Any(network => network.Contains(PublicAddresses.Plain(address)));
}

/// <summary>
/// The one way out to an address that a tenant can set. It is https, and leads to public addresses only: the name is resolved here, what it resolves to is checked,
/// and the very address that was checked is connected to, so that a name that changes its mind leads nowhere. Redirects are not followed, and no proxy is used: both would
/// connect to where nobody has checked.
/// </summary>
public sealed class OutboundHttp : IDisposable
{
    private const int MostUrl = 2000;

    // RFC 6761 and RFC 8375, and what clouds call their metadata servers.
    private static readonly string[] PrivateNames = ["localhost", "local", "internal", "home.arpa", "localdomain"];

    private readonly OutboundOptions options;

    public OutboundHttp(OutboundOptions options)
    {
        this.options = options;
        Client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = Connect,
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            MaxResponseHeadersLength = 32,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan, // Whoever asks sets their own, over the answer's body too.
            MaxResponseContentBufferSize = 1 << 20,
        };
    }

    /// <summary>For requests to addresses that were checked (<see cref="Check"/>): a connection that is not allowed is a <see cref="RefusedAddressException"/> within the exception.</summary>
    public HttpClient Client { get; }

    /// <summary>What is wrong with an address before anything is sent to it, or null. What its name leads to is checked with each connection.</summary>
    /// <param name="code">The problem's code, such as <c>webhook.url</c>.</param>
    /// <param name="column">The field it stands in.</param>
    /// <param name="text">The address.</param>
    public Problem? Check(string code, string column, string? text)
    {
        if (text is null || text.Length > MostUrl || !Uri.TryCreate(text, UriKind.Absolute, out var url) || url.UserInfo.Length > 0 || url.Host.Length == 0
            || !(url.Scheme == Uri.UriSchemeHttps || (options.AllowPrivate && url.Scheme == Uri.UriSchemeHttp)))
        {
            return new Problem(code, column, text ?? "", "an https address without a password", "Write it as in https://example.com/hooks.");
        }

        if (!options.Lists(url.IdnHost))
        {
            return new RefusedAddressException(url.IdnHost, options).Problem with { Column = column };
        }

        // An address that is no name, in whichever notation: 2130706433 and 0x7f.1 are 127.0.0.1 to Uri, too.
        return IPAddress.TryParse(url.IdnHost.Trim('[', ']'), out var address) ? options.Allows(address) ? null : new RefusedAddressException(url.Host, [address]).Problem with { Column = column }
            : !options.AllowPrivate && options.Networks.Count == 0 && IsPrivateName(url.IdnHost) ? new RefusedAddressException(url.Host, []).Problem with { Column = column }
            : null;
    }

    public void Dispose() => Client.Dispose();

    private static bool IsPrivateName(string host)
    {
        var name = OutboundOptions.Name(host);
        return PrivateNames.Any(one => name == one || name.EndsWith("." + one, StringComparison.Ordinal));
    }

    private async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var host = context.DnsEndPoint.Host;
        if (!options.Lists(host))
        {
            throw new RefusedAddressException(host, options);
        }

        var addresses = IPAddress.TryParse(host, out var plain) ? [plain] : await options.Resolve(host, ct);
        var allowed = addresses.Where(options.Allows).ToArray();
        if (allowed.Length == 0)
        {
            throw new RefusedAddressException(host, addresses);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // To the addresses that were checked, and not to the name, which could mean others by now.
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

/// <summary>A host lies where the operator lets nothing be sent.</summary>
public sealed class RefusedAddressException : Exception
{
    internal RefusedAddressException(string host, IReadOnlyList<IPAddress> addresses)
        : base(addresses.Count == 0 ? $"{host} is a name of a private network" : $"{host} is {string.Join(", ", addresses)}") =>
        Problem = new Problem("address.refused", "url", Message, "a host with a public address", $"Take a public host, or ask the operator to allow it with {OutboundOptions.Variable}.");

    internal RefusedAddressException(string host, OutboundOptions options)
        : base($"{host} is not among the hosts that may be reached") =>
        Problem = new Problem("address.not-listed", "url", host, $"one of {string.Join(", ", options.Hosts)}, or a name under it", $"Take one of these, or ask the operator to list it in {OutboundOptions.HostsVariable}.");

    public Problem Problem { get; }
}
