using System.Net;
using System.Text.Json;
using OffGridFlow.Activities.Connectors;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Outbound;
using OffGridFlow.Web.Host;

namespace OffGridFlow.App.Tests.Connectors;

/// <summary>Where a source may lead, where its secret goes, and what a look at it reads.</summary>
public sealed class OutboundSourceTests(SourceFixture api) : IClassFixture<SourceFixture>
{
    private const string Secret = "Bearer planted-for-home";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_secret_goes_along_a_redirect_within_its_origin_and_to_no_other_not_even_back()
    {
        await using var home = new ScriptedPeer(ScriptedPeer.Status(302, "Location: /moved.csv"), ScriptedPeer.Status(307, "Location: {away}/file.csv"), ScriptedPeer.Ok(SourceFixture.Table()));
        await using var away = new ScriptedPeer(ScriptedPeer.Status(301, $"Location: {home.Address}/chosen-by-another.csv"));
        home.Replace("{away}", away.Address);
        var id = await SourceFixture.Source(api.Acme, home.Address + "/file.csv", new { header_name = "Authorization", header_value = Secret });

        Assert.Equal("imported", (await api.Fetch(api.Acme, id)).GetProperty("outcome").GetString());

        Assert.Equal([true, true, false], home.Asked.Select(asked => asked.Contains(Secret, StringComparison.Ordinal)));
        Assert.DoesNotContain(Secret, Assert.Single(away.Asked), StringComparison.Ordinal);
        Assert.DoesNotContain("authorization", Assert.Single(away.Asked), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Redirects_without_an_end_are_given_up()
    {
        await using var peer = new ScriptedPeer(ScriptedPeer.Status(302, "Location: /again.csv"));
        var id = await SourceFixture.Source(api.Acme, peer.Address + "/file.csv");

        var failed = await api.Fetch(api.Acme, id);

        Assert.Equal(("source.redirect", 302, 6), (failed.GetProperty("problem").GetProperty("code").GetString(), failed.GetProperty("http_status").GetInt32(), peer.Asked.Count));
    }

    [Theory]
    [InlineData("https://169.254.169.254/latest/meta-data/", "address.refused")]
    [InlineData("https://10.0.0.8/", "address.refused")]
    [InlineData("https://[::ffff:169.254.169.254]/", "address.refused")]
    [InlineData("http://169.254.169.254/", "source.redirect")]
    [InlineData("file:///etc/passwd", "source.redirect")]
    [InlineData("https://user:planted@example.org/", "source.redirect")]
    [InlineData("", "source.redirect")]
    public async Task A_redirect_leads_where_an_address_may_lead_and_nowhere_else(string location, string code)
    {
        // The operator allows this machine, and no other of its network.
        await using var peer = new ScriptedPeer(location.Length == 0 ? ScriptedPeer.Status(302) : ScriptedPeer.Status(302, $"Location: {location}"));
        using var outbound = new OutboundHttp(new OutboundOptions { Networks = [IPNetwork.Parse("127.0.0.0/8")] });

        var (answer, failure) = await new HttpsFile(outbound, TimeProvider.System).Get(new HttpsFile.Asking(peer.Address + "/file.csv"), Ct);

        Assert.Null(answer);
        Assert.Equal((code, false), (failure!.Problem.Code, failure.IsTransient));
        Assert.DoesNotContain("planted", failure.Problem.Found, StringComparison.Ordinal);
        Assert.Single(peer.Asked);
    }

    [Fact]
    public async Task A_look_shows_the_columns_and_the_problems_of_the_first_rows_and_writes_nothing()
    {
        var bad = $"{Guid.CreateVersion7()},electricity.grid,many,kWh,GB,2025-01-01,2025-01-31\n";
        var url = api.Files.Put($"private/{Guid.CreateVersion7():N}.csv", SourceFixture.Table() + bad);
        var id = await SourceFixture.Source(api.Acme, url, new { header_name = "X-Api-Key", header_value = FilesPeer.Key });
        var before = await Written();

        var seen = await (await api.Acme.Post($"/api/v1/sources/{id}/check")).Json();

        Assert.Equal((200, "csv", (SourceFixture.Table() + bad).Length, false), (
            seen.GetProperty("http_status").GetInt32(), seen.GetProperty("format").GetString(), seen.GetProperty("size_bytes").GetInt32(), seen.TryGetProperty("problem", out _)));
        var quantity = seen.GetProperty("columns").EnumerateArray().First(column => column.GetProperty("name").GetString() == "quantity");
        Assert.Equal(("quantity", "0.5"), (quantity.GetProperty("field").GetString(), quantity.GetProperty("confidence").GetString()!.TrimEnd('0')));
        Assert.Equal(["calculated", "rejected"], seen.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("disposition").GetString()));
        Assert.Equal("quantity", seen.GetProperty("rows")[1].GetProperty("problem").GetProperty("column").GetString());
        Assert.Equal("source.not-found", await (await api.Globex.Post($"/api/v1/sources/{id}/check")).Problem(404));
        Assert.Equal(before, await Written());
        Assert.Empty(await SourceFixture.Fetches(api.Acme, id));
    }

    [Fact]
    public async Task Of_a_large_file_a_look_reads_the_head()
    {
        var rows = string.Concat(Enumerable.Repeat($"{Guid.CreateVersion7()},electricity.grid,1000,kWh,GB,2025-01-01,2025-01-31\n", 20_000));
        await using var peer = new ScriptedPeer(ScriptedPeer.Ok(SourceFixture.Header + rows));
        var id = await SourceFixture.Source(api.Acme, peer.Address + "/large.csv");

        var seen = await (await api.Acme.Post($"/api/v1/sources/{id}/check")).Json();

        Assert.Equal((SourceFixture.Header.Length + rows.Length, 20, false), (seen.GetProperty("size_bytes").GetInt32(), seen.GetProperty("rows").GetArrayLength(), seen.TryGetProperty("problem", out _)));
        Assert.All(seen.GetProperty("rows").EnumerateArray(), row => Assert.False(row.TryGetProperty("problem", out _)));
    }

    [Theory]
    [InlineData("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", 403, "source.refused")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n<html>go</html>", 200, "source.page")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nname,age\n", 200, "file.header-missing")]
    public async Task A_look_says_why_nothing_would_come_of_it(string answer, int status, string code)
    {
        await using var peer = new ScriptedPeer(answer);
        var id = await SourceFixture.Source(api.Acme, peer.Address + "/file.csv");

        var seen = await (await api.Acme.Post($"/api/v1/sources/{id}/check")).Json();

        Assert.Equal((status, code), (seen.GetProperty("http_status").GetInt32(), seen.GetProperty("problem").GetProperty("code").GetString()));
    }

    private async Task<(long, long, long, int)> Written() => (
        await api.Scalar<long>("select count(*) from activities.imports"), await api.Scalar<long>("select count(*) from activities.files"), await api.Scalar<long>("select count(*) from platform.jobs"),
        Directory.GetFiles(api.StateFolder, "*", SearchOption.AllDirectories).Length);
}

/// <summary>Where the operator has allowed nothing, no source leads to the operator's own machines.</summary>
public sealed class GuardedSourceTests(GuardedSourceTests.Fixture api) : IClassFixture<GuardedSourceTests.Fixture>
{
    [Theory]
    [InlineData("https://127.0.0.1/file.csv", "address.refused")]
    [InlineData("https://localhost/file.csv", "address.refused")]
    [InlineData("https://2130706433/file.csv", "address.refused")]
    [InlineData("https://169.254.169.254/latest/meta-data/", "address.refused")]
    [InlineData("http://files.example.org/file.csv", "source.url")]
    public async Task An_address_of_its_network_is_refused(string url, string code)
    {
        Assert.Equal(code, await (await api.Acme.Post("/api/v1/sources", new { name = SourceFixture.NewName(), url })).Problem(400));
    }

    [Fact]
    public async Task A_name_that_leads_there_is_refused_at_the_connection_and_the_fetch_fails_for_good()
    {
        await using var inside = new ScriptedPeer(ScriptedPeer.Ok(SourceFixture.Table()));
        var id = await SourceFixture.Source(api.Acme, $"https://inside.example:{inside.Port}/file.csv");

        var seen = await (await api.Acme.Post($"/api/v1/sources/{id}/check")).Json();
        Assert.Equal("address.refused", seen.GetProperty("problem").GetProperty("code").GetString());
        await (await api.Acme.Post($"/api/v1/sources/{id}/fetch")).Json(202);
        var failed = await SourceFixture.Fetched(api.Acme, id, 1);

        Assert.Equal(("address.refused", false), (failed.GetProperty("problem").GetProperty("code").GetString(), failed.TryGetProperty("retry_at", out _)));
        Assert.Empty(inside.Asked);
    }

    [Fact]
    public async Task An_address_that_was_allowed_once_is_refused_when_it_is_not_any_more()
    {
        await using var inside = new ScriptedPeer(ScriptedPeer.Ok(SourceFixture.Table()));
        var id = await SourceFixture.Source(api.Acme, "https://files.example.org/file.csv");
        await api.Database.Database.Write<int>(
            api.Database.Acme,
            async session => await session.Execute("update activities.sources set url = @url where source_id = @id", new { url = inside.Address + "/file.csv", id = Guid.Parse(id) }),
            TestContext.Current.CancellationToken);

        await (await api.Acme.Post($"/api/v1/sources/{id}/fetch")).Json(202);
        var failed = await SourceFixture.Fetched(api.Acme, id, 1);

        Assert.Equal("source.url", failed.GetProperty("problem").GetProperty("code").GetString());
        Assert.Empty(inside.Asked);
    }

    /// <summary>A server that may reach public addresses alone, and for which a name leads to this machine.</summary>
    public sealed class Fixture(TestPostgres postgres) : ApiFixture(postgres)
    {
        internal override HostSettings Settings(HostSettings settings) => settings with { Outbound = new OutboundOptions { Resolve = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]) } };
    }
}
