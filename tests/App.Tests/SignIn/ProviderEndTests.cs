using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations.Members;
using OffGridFlow.Organizations.Sessions;

namespace OffGridFlow.App.Tests.SignIn;

/// <summary>A provider is trusted until the organisation says otherwise: so are those it vouched for.</summary>
public sealed class ProviderEndTests(ProviderAnswerTests.Trusting api) : IClassFixture<ProviderAnswerTests.Trusting>
{
    [Fact]
    public async Task Who_was_vouched_for_is_out_from_the_next_request_on_when_the_provider_is_removed()
    {
        var visit = new OidcVisit(api);
        await using var going = await OidcImpostor.Start();
        await using var staying = await OidcImpostor.Start();
        var (id, other) = (await visit.Trust(going), await visit.Trust(staying));
        var (gone, kept) = (OidcVisit.Session(await visit.Whole(going, id))!, OidcVisit.Session(await visit.Whole(staying, other))!);
        var own = await People.Member(api, api.Database.Acme, "viewer");
        Assert.Equal((200, 200), (await Status(gone), await Status(kept)));

        Assert.Equal(404, (int)(await api.Globex.Delete($"/api/v1/providers/{id}", ("If-Match", "*"))).StatusCode);
        Assert.Equal(200, await Status(gone));
        Assert.Equal(204, (int)(await api.Acme.Delete($"/api/v1/providers/{id}", ("If-Match", "*"))).StatusCode);

        Assert.Equal((401, 200), (await Status(gone), await Status(kept)));
        Assert.Equal(200, (int)(await own.Client.Get("/api/v1/entities")).StatusCode);
        Assert.Null(OidcVisit.Cookie(await api.Nobody.Send(HttpMethod.Get, $"/sign-in/with/acme/{id}", null), OidcVisit.Kept));
    }

    [Fact]
    public async Task A_role_of_a_group_ends_when_the_provider_names_the_group_no_longer_and_what_people_gave_stays()
    {
        var visit = new OidcVisit(api);
        await using var provider = await OidcImpostor.Start();
        var id = await visit.Trust(provider);
        var session = OidcVisit.Session(await visit.Whole(provider, id))!;
        var user = (await (await Get("/api/v1/auth/me", session)).Json()).GetProperty("user_id").GetString();
        await (await api.Acme.Post($"/api/v1/members/{user}/assignments", new { role = "viewer" })).Json(201);

        provider.Claims["groups"] = (string[])["everybody"];
        var again = OidcVisit.Session(await visit.Whole(provider, id))!;

        Assert.Equal(["viewer"], (await (await api.Acme.Get($"/api/v1/members/{user}")).Json()).GetProperty("assignments").EnumerateArray().Select(one => one.GetProperty("role").GetString()));
        Assert.Equal("permission.missing", await (await api.Nobody.Send(HttpMethod.Post, "/api/v1/entities", new { code = "x" }, ("Cookie", again), ("Sec-Fetch-Site", "same-origin"))).Problem(403));
        Assert.Equal("permission.missing", await (await api.Nobody.Send(HttpMethod.Post, "/api/v1/entities", new { code = "x" }, ("Cookie", session), ("Sec-Fetch-Site", "same-origin"))).Problem(403));
    }

    [Fact]
    public async Task A_session_that_was_vouched_for_works_in_that_organisation_whatever_else_its_row_says()
    {
        var visit = new OidcVisit(api);
        await using var provider = await OidcImpostor.Start();
        var session = OidcVisit.Session(await visit.Whole(provider, await visit.Trust(provider)))!;
        var user = (await (await Get("/api/v1/auth/me", session)).Json()).GetProperty("user_id").GetGuid();
        await api.Database.Database.Write(api.Database.Globex, bound => Join.Handle(new Join.Request(user, "admin", "invitation"), bound, TimeProvider.System), TestContext.Current.CancellationToken);
        await using (var command = api.Database.Admin.CreateCommand("set session_replication_role = replica; update people.sessions set working_in = @tenant where user_id = @user"))
        {
            command.Parameters.AddWithValue("tenant", api.Database.Globex.Tenant.Value);
            command.Parameters.AddWithValue("user", user);
            Assert.Equal(1, await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
        }

        api.Services.GetRequiredService<SessionRing>().Forget();

        Assert.Equal("acme", (await (await Get("/api/v1/tenant", session)).Json()).GetProperty("slug").GetString());
    }

    private async Task<int> Status(string cookie) => (int)(await Get("/api/v1/entities", cookie)).StatusCode;

    private Task<HttpResponseMessage> Get(string path, string cookie) => api.Nobody.Send(HttpMethod.Get, path, null, ("Cookie", cookie));
}
