using OffGridFlow.App.Tests.Support;
using OffGridFlow.Web.Host;

namespace OffGridFlow.App.Tests.Security;

/// <summary>A host name that names a tenant, and who comes to it.</summary>
public sealed class HostNameTests(HostNameTests.Named api) : IClassFixture<HostNameTests.Named>
{
    public sealed class Named(TestPostgres postgres) : ApiFixture(postgres)
    {
        internal override HostSettings Settings(HostSettings settings) => settings with { Host = "example.org", Works = false };
    }

    [Theory]
    [InlineData("acme.example.org", 200, 404)]
    [InlineData("ACME.Example.Org", 200, 404)]
    [InlineData("acme.example.org:8443", 200, 404)]
    [InlineData("acme.example.org.", 200, 404)]
    [InlineData("globex.example.org", 404, 200)]
    [InlineData("nobody.example.org", 404, 404)]
    [InlineData("acme.globex.example.org", 404, 404)]
    [InlineData("example.org", 200, 200)]
    [InlineData("127.0.0.1", 200, 200)]
    [InlineData("acme-example.org", 200, 200)]
    public async Task who_works_in_another_tenant_finds_nothing_there(string host, int acme, int globex)
    {
        Assert.Equal(acme, (int)(await api.Acme.Send(HttpMethod.Get, "/api/v1/entities", null, ("Host", host))).StatusCode);
        Assert.Equal(globex, (int)(await api.Globex.Send(HttpMethod.Get, "/api/v1/entities", null, ("Host", host))).StatusCode);
        var person = await People.SignedIn(api, api.Database.Acme, "viewer");
        Assert.Equal(acme, (int)(await person.Send(HttpMethod.Get, "/api/v1/entities", null, ("Host", host))).StatusCode);
    }

    [Fact]
    public async Task a_tenant_there_is_and_one_there_is_not_look_the_same_from_outside()
    {
        var other = await api.Acme.Send(HttpMethod.Get, "/api/v1/entities", null, ("Host", "globex.example.org"), ("X-Request-Id", "same-request"));
        var none = await api.Acme.Send(HttpMethod.Get, "/api/v1/entities", null, ("Host", "nobody.example.org"), ("X-Request-Id", "same-request"));

        Assert.Equal("host.not-found", await other.Problem(404));
        Assert.Equal((await Text(none)).Replace("nobody", "x", StringComparison.Ordinal), (await Text(other)).Replace("globex", "x", StringComparison.Ordinal));
        foreach (var host in (string[])["globex.example.org", "nobody.example.org"])
        {
            Assert.Equal("key.missing", await (await api.Nobody.Send(HttpMethod.Get, "/api/v1/entities", null, ("Host", host))).Problem(401));
        }
    }

    [Fact]
    public async Task no_header_and_no_body_names_the_tenant()
    {
        foreach (var name in (string[])["X-Forwarded-Host", "X-Tenant", "X-Tenant-Id", "X-Original-Host", "Forwarded"])
        {
            var answer = await (await api.Globex.Send(HttpMethod.Get, "/api/v1/tenant", null, (name, name == "Forwarded" ? "host=acme.example.org" : "acme.example.org"))).Json();
            Assert.Equal("globex", answer.GetProperty("slug").GetString());
        }

        var smuggled = await api.Globex.Post("/api/v1/entities", new { code = "S-1", name = "Smuggled", country = "DE", tenant_id = api.Database.Acme.Tenant.Value });
        Assert.Equal("field.unknown", await smuggled.Problem(400));
        Assert.Equal("parameter.unknown", await (await api.Globex.Get($"/api/v1/entities?tenant_id={api.Database.Acme.Tenant}")).Problem(400));
    }

    private static Task<string> Text(HttpResponseMessage answer) => answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
}
