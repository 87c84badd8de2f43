using System.Text;
using System.Text.RegularExpressions;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Web.Host;

namespace OffGridFlow.App.Tests.Security;

/// <summary>Requests on whose end a proxy and this server could disagree, so that the rest becomes somebody else's request: each is refused, and the connection ends with it.</summary>
public sealed partial class SmugglingTests(SmugglingTests.Impatient api) : IClassFixture<SmugglingTests.Impatient>
{
    public sealed class Impatient(TestPostgres postgres) : ApiFixture(postgres)
    {
        internal override HostSettings Settings(HostSettings settings) => settings with { Patience = TimeSpan.FromSeconds(1.5), Works = false };
    }

    // What would be answered, too, if the server took it for a request.
    private const string Smuggled = "GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    [Theory]
    [InlineData("two lengths", "Content-Length: 5\r\nContent-Length: 6")]
    [InlineData("two lengths in one header", "Content-Length: 5, 6")]
    [InlineData("the same length twice in one header", "Content-Length: 5, 5")]
    [InlineData("a length in hexadecimal", "Content-Length: 0x5")]
    [InlineData("a negative length", "Content-Length: -5")]
    [InlineData("a length that overflows", "Content-Length: 18446744073709551621")]
    [InlineData("a length with a sign", "Content-Length: +5")]
    [InlineData("a length with a sign, in small letters", "content-length: +5")]
    [InlineData("a length that is empty", "Content-Length: ")]
    [InlineData("a length of other digits", "Content-Length: \u0665")]
    [InlineData("a length with a point", "Content-Length: 5.0")]
    [InlineData("a length with a blank within", "Content-Length: 0 5")]
    [InlineData("a length of many digits", "Content-Length: 00000000000000000000000000000000005")]
    [InlineData("an encoding nobody knows", "Transfer-Encoding: xchunked")]
    [InlineData("chunks that are not last", "Transfer-Encoding: chunked, identity")]
    [InlineData("a space before the colon", "Transfer-Encoding : chunked")]
    [InlineData("a folded header", "X: a\r\n Transfer-Encoding: chunked")]
    [InlineData("a folded first header", " Transfer-Encoding: chunked")]
    [InlineData("a bare line feed", "X: a\nTransfer-Encoding: chunked")]
    [InlineData("a bare carriage return", "X: a\rTransfer-Encoding: chunked")]
    [InlineData("a header without a name", ": chunked")]
    [InlineData("a header with a zero", "X: a\0b")]
    [InlineData("a name with a space", "Transfer Encoding: chunked")]
    [InlineData("two hosts", "Host: y")]
    public async Task what_two_servers_could_read_in_two_ways_is_refused_and_ends_the_connection(string told, string headers)
    {
        Assert.NotEmpty(told);
        var heard = await Heard(headers, "hello" + Smuggled);

        Assert.Equal(["400"], Statuses(heard));
        Assert.DoesNotContain("live", heard, StringComparison.Ordinal);
    }

    // RFC 9112, 6.3: with both, the chunks say where it ends, and the connection does not go on; a length of the sender's never decides.
    [Theory]
    [InlineData("Content-Length: 44\r\nTransfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 44")]
    public async Task with_chunks_and_a_length_the_length_counts_for_nothing(string headers)
    {
        var heard = await Heard(headers, "0\r\n\r\n" + Smuggled);

        Assert.Equal("400", Assert.Single(Statuses(heard)));
        Assert.DoesNotContain("live", heard, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ffffffffffffffff\r\nx")]
    [InlineData("-1\r\nx")]
    [InlineData("5 \r\nhello\r\n0\r\n\r\n")]
    [InlineData("5\nhello\n0\n\n")]
    [InlineData("0x5\r\nhello\r\n0\r\n\r\n")]
    public async Task chunks_that_are_none_are_refused(string chunks)
    {
        var heard = await Heard("Transfer-Encoding: chunked", chunks + Smuggled);

        Assert.DoesNotContain("live", heard, StringComparison.Ordinal);
        Assert.StartsWith("4", Assert.Single(Statuses(heard)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-HTTP-Method-Override")]
    [InlineData("X-HTTP-Method")]
    [InlineData("X-Method-Override")]
    public async Task no_header_and_no_field_makes_another_method_of_one(string header)
    {
        var made = await (await api.Acme.Post("/api/v1/entities", new { code = "M" + Guid.CreateVersion7().ToString("N")[^12..], name = "Stays", country = "DE" })).Json(201);
        var path = $"/api/v1/entities/{made.GetProperty("entity_id").GetString()}";

        Assert.Equal(200, (int)(await api.Acme.Send(HttpMethod.Get, path, null, (header, "DELETE"), ("If-Match", "*"))).StatusCode);
        Assert.Equal("parameter.unknown", await (await api.Acme.Get(path + "?_method=DELETE")).Problem(400));
        Assert.Equal(405, (int)(await api.Acme.Send(HttpMethod.Post, path, null, (header, "DELETE"), ("If-Match", "*"))).StatusCode);
        Assert.Equal(200, (int)(await api.Acme.Get(path)).StatusCode);
    }

    [Theory]
    [InlineData("TRACE")]
    [InlineData("CONNECT")]
    [InlineData("TRACK")]
    public async Task methods_that_tell_what_was_sent_are_not_served(string method)
    {
        using var raw = await RawRequest.Begin(api.Address, api.AcmeKey, $"{method} {(method == "CONNECT" ? "x:80" : "/api/v1/entities")}", "X-Told: planted-in-a-header", "Connection: close");
        var heard = await raw.Until("\0");

        Assert.Matches("^HTTP/1.1 40[05] ", heard);
        Assert.DoesNotContain("planted-in-a-header", heard, StringComparison.Ordinal);
        Assert.DoesNotContain(api.AcmeKey, heard, StringComparison.Ordinal);
    }

    [Fact]
    public async Task headers_of_eight_kilobytes_are_read_and_a_token_beyond_them_is_not()
    {
        var whole = api.Client(api.AcmeKey);
        Assert.Equal(200, (int)(await whole.Send(HttpMethod.Get, "/api/v1/entities", null, ("X-Large", new string('h', 8 * 1024)))).StatusCode);
        using var large = api.Client(null);
        large.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer eyJ" + new string('A', 8 * 1024) + ".x.y");
        Assert.Equal("key.unknown", await (await large.Get("/api/v1/entities")).Problem(401));
    }

    private async Task<string> Heard(string headers, string body)
    {
        using var raw = await RawRequest.Begin(api.Address, api.AcmeKey, "POST /api/v1/entities", "Content-Type: application/json", headers);
        await raw.Send(Encoding.Latin1.GetBytes(body));
        return await raw.Until("\0");
    }

    private static List<string> Statuses(string heard) => [.. Status().Matches(heard).Select(match => match.Groups["code"].Value)];

    [GeneratedRegex(@"HTTP/1\.1 (?<code>\d{3}) ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Status();
}
