using System.Net;
using System.Net.Sockets;
using OffGridFlow.App.Tests.Messaging;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Outbound;

namespace OffGridFlow.App.Tests.Security;

/// <summary>Where an address that a tenant sets may lead: to everybody's network, and never into the operator's own.</summary>
public sealed class OutboundTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://127.1/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f.0.0.1/")]
    [InlineData("https://0177.0.0.1/")]
    [InlineData("https://0/")]
    [InlineData("https://10.0.0.8/")]
    [InlineData("https://172.20.1.1/")]
    [InlineData("https://192.168.1.1/")]
    [InlineData("https://169.254.169.254/latest/meta-data/")]
    [InlineData("https://100.100.100.200/")]
    [InlineData("https://224.0.0.1/")]
    [InlineData("https://255.255.255.255/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::]/")]
    [InlineData("https://[::ffff:127.0.0.1]/")]
    [InlineData("https://[::ffff:a9fe:a9fe]/")]
    [InlineData("https://[::127.0.0.1]/")]
    [InlineData("https://[64:ff9b::7f00:1]/")]
    [InlineData("https://[::ffff:0:127.0.0.1]/")]
    [InlineData("https://[::ffff:0:a9fe:a9fe]/")]
    [InlineData("https://[100::1]/")]
    [InlineData("https://[4000::1]/")]
    [InlineData("https://[fec0::1]/")]
    [InlineData("https://[fc00::1]/")]
    [InlineData("https://[64:ff9b:1::1]/")]
    [InlineData("https://[2002:7f00:1::]/")]
    [InlineData("https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/")]
    [InlineData("https://[2600::5efe:10.0.0.1]/")]
    [InlineData("https://[2600::200:5efe:10.0.0.1]/")]
    [InlineData("https://[fe80::1]/")]
    [InlineData("https://[fd00:ec2::254]/")]
    [InlineData("https://[ff02::1]/")]
    [InlineData("https://localhost/")]
    [InlineData("https://LOCALHOST./")]
    [InlineData("https://a.localhost/")]
    [InlineData("https://metadata.google.internal/")]
    [InlineData("https://printer.local/")]
    public void an_address_of_the_operator_s_network_is_refused_in_every_notation(string url)
    {
        using var outbound = new OutboundHttp(new OutboundOptions());

        Assert.Equal("address.refused", outbound.Check("webhook.url", "url", url)?.Code);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("//example.com/")]
    [InlineData("http://example.com/")]
    [InlineData("gopher://example.com/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://user:password@example.com/")]
    [InlineData("https://user@example.com/")]
    [InlineData("https:///path")]
    public void an_address_is_https_and_holds_no_password(string? url)
    {
        using var outbound = new OutboundHttp(new OutboundOptions());

        Assert.Equal("webhook.url", outbound.Check("webhook.url", "url", url)?.Code);
        Assert.Null(outbound.Check("webhook.url", "url", "https://example.com/hook"));
        Assert.Null(outbound.Check("webhook.url", "url", "https://8.8.8.8/"));
        Assert.Null(outbound.Check("webhook.url", "url", "https://[2606:4700::1111]/"));
    }

    [Fact]
    public async Task a_name_that_changes_its_mind_after_it_was_checked_leads_nowhere()
    {
        await using var inside = await Receiver.Start();
        var port = new Uri(inside.Url).Port;
        var answers = new Queue<IPAddress[]>([[IPAddress.Parse("8.8.8.8")], [IPAddress.Loopback], [IPAddress.Parse("::ffff:127.0.0.1")], [IPAddress.IPv6Loopback, IPAddress.Parse("169.254.169.254")]]);
        Task<IPAddress[]> Rebinding(string host, CancellationToken ct) => Task.FromResult(answers.Dequeue());
        using var outbound = new OutboundHttp(new OutboundOptions { Resolve = Rebinding });

        // Whoever looks it up beforehand sees a public address.
        Assert.True(PublicAddresses.IsPublic((await Rebinding("rebind.example", Ct))[0]));
        while (answers.Count > 0)
        {
            var failed = await Assert.ThrowsAsync<HttpRequestException>(() => outbound.Client.PostAsync($"http://rebind.example:{port}/hook", new StringContent("x"), Ct));
            Assert.IsType<RefusedAddressException>(failed.InnerException);
        }

        Assert.Empty(inside.Received);
    }

    [Fact]
    public async Task of_a_name_s_addresses_only_those_that_are_allowed_are_connected_to()
    {
        await using var inside = await Receiver.Start();
        var port = new Uri(inside.Url).Port;

        // The operator allows one network; the other address would be reached first.
        using var outbound = new OutboundHttp(new OutboundOptions { Networks = [IPNetwork.Parse("127.0.0.0/8")], Resolve = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("10.255.255.1"), IPAddress.Loopback]) });
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://mixed.example:{port}/hook") { Content = new StringContent("x") };
        foreach (var name in (string[])["webhook-id", "webhook-timestamp", "webhook-signature"])
        {
            request.Headers.Add(name, "1");
        }

        Assert.Equal(204, (int)(await outbound.Client.SendAsync(request, Ct)).StatusCode);
        Assert.Single(inside.Received);
    }

    [Fact]
    public async Task a_redirect_is_not_followed()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var outbound = new OutboundHttp(new OutboundOptions(AllowPrivate: true));
        var asking = outbound.Client.GetAsync($"http://127.0.0.1:{port}/", Ct);
        using (var client = await listener.AcceptTcpClientAsync(Ct))
        {
            var stream = client.GetStream();
            _ = await stream.ReadAsync(new byte[4096], Ct);
            await stream.WriteAsync("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), Ct);
            Assert.Equal(302, (int)(await asking).StatusCode);
        }
    }

    [Fact]
    public async Task no_test_finds_anybody_else_s_server()
    {
        foreach (var options in new[] { Offline.Public, Offline.Private })
        {
            using var outbound = new OutboundHttp(options);
            var failed = await Assert.ThrowsAsync<HttpRequestException>(() => outbound.Client.GetAsync("https://example.com/", Ct));
            Assert.Equal(SocketError.HostNotFound, Assert.IsType<SocketException>(failed.GetBaseException()).SocketErrorCode);
        }
    }

    [Theory]
    [InlineData("https://example.org/x", null)]
    [InlineData("https://EXAMPLE.ORG./x", null)]
    [InlineData("https://a.b.example.org/x", null)]
    [InlineData("https://xn--mnchen-3ya.de/", null)]
    [InlineData("https://example.com/", "address.not-listed")]
    [InlineData("https://notexample.org/", "address.not-listed")]
    [InlineData("https://example.org.evil.com/", "address.not-listed")]
    [InlineData("https://93.184.215.14/", "address.not-listed")]
    public void where_the_operator_lists_hosts_no_other_is_reached(string url, string? code)
    {
        using var outbound = new OutboundHttp(new OutboundOptions { Hosts = ["example.org", "xn--mnchen-3ya.de"] });

        Assert.Equal(code, outbound.Check("webhook.url", "url", url)?.Code);
    }

    [Fact]
    public async Task a_host_that_is_not_listed_is_not_connected_to_whoever_forgot_to_ask()
    {
        using var outbound = new OutboundHttp(new OutboundOptions { Hosts = ["example.org"], Resolve = (_, _) => throw new InvalidOperationException("It was looked up.") });

        var failed = await Assert.ThrowsAsync<HttpRequestException>(() => outbound.Client.GetAsync("https://example.com/", Ct));

        Assert.Equal("address.not-listed", Assert.IsType<RefusedAddressException>(failed.InnerException).Problem.Code);
    }
}
