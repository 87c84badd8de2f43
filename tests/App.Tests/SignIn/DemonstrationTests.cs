using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations.Members;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Web.Demo;
using OffGridFlow.Web.Host;

namespace OffGridFlow.App.Tests.SignIn;

/// <summary>The demonstration opens without a password on one's own machine, where it is offered, and nowhere else.</summary>
public sealed class DemonstrationTests(DemonstrationTests.Behind api) : IClassFixture<DemonstrationTests.Behind>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Offered to whoever is on this machine; a proxy of the operator's says who is not.</summary>
    public sealed class Behind(TestPostgres postgres) : ApiFixture(postgres)
    {
        internal bool Offers { get; set; } = true;

        internal override HostSettings Settings(HostSettings settings) => settings with { OffersDemonstration = Offers, Proxies = [System.Net.IPNetwork.Parse("127.0.0.0/8")] };
    }

    [Fact]
    public async Task it_opens_for_whoever_is_on_this_machine_where_it_is_offered()
    {
        var hash = api.Services.GetRequiredService<Passwords>().Hash(People.Password);
        var user = await AddUser.Handle(new AddUser.Request(DemoOrganization.Person, "You", hash, IsConfirmed: true), api.Database.Acme, api.Database.Database, TimeProvider.System, Ct);
        await api.Database.Database.Write(api.Database.Acme, session => Join.Handle(new Join.Request(user.Value, "viewer", "operator"), session, TimeProvider.System), Ct);

        Assert.Equal(302, await Open(api.Nobody, ("Sec-Fetch-Site", "same-origin")));
        Assert.Equal(401, await Open(api.Nobody, ("Sec-Fetch-Site", "same-origin"), ("X-Forwarded-For", "203.0.113.7")));
        Assert.Equal(401, await Open(api.Nobody, ("Sec-Fetch-Site", "cross-site")));

        api.Offers = false;
        var (plain, _) = await api.Another();
        Assert.Equal(401, await Open(api.Client(null, plain), ("Sec-Fetch-Site", "same-origin")));
        Assert.Equal("sign-in.refused", await (await api.Nobody.Post("/api/v1/auth/login", new { email = DemoOrganization.Person.Text, password = "" })).Problem(401));
    }

    private static async Task<int> Open(HttpClient client, params (string, string)[] headers)
    {
        using var form = new FormUrlEncodedContent([new KeyValuePair<string, string>("return", "/")]);
        var answer = await client.Send(HttpMethod.Post, "/sign-in/demonstration", form, headers);
        Assert.Equal((int)answer.StatusCode == 302, answer.Headers.Contains("Set-Cookie"));
        return (int)answer.StatusCode;
    }
}
