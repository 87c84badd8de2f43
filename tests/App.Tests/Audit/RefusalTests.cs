using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations.Sessions;

namespace OffGridFlow.App.Tests.Audit;

/// <summary>What was tried and refused is on the trail: by whom as far as that is known, and no address of somebody who is nobody here.</summary>
public sealed class RefusalTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Audit = "/api/v1/audit?operation=request.refused&limit=1000";

    [Fact]
    public async Task A_request_that_another_site_made_is_told_with_whose_session_it_used()
    {
        var cookie = await People.Cookie(api, api.Database.Acme, "admin");
        var user = PersonSecret.Read(PersonSecret.Session, cookie.Split('=', 2)[1])!.User;

        Assert.Equal("key.other-site", await (await api.Nobody.Send(HttpMethod.Post, "/api/v1/entities", new { code = "X", name = "x" }, ("Cookie", cookie), ("Origin", "https://evil.example"))).Problem(403));

        var row = Assert.Single((await (await api.Acme.Get(Audit)).Json()).GetProperty("items").EnumerateArray(), one => one.GetProperty("actor").GetString() == $"user:{user}");
        Assert.Equal(("POST /api/v1/entities", "key.other-site"), (row.GetProperty("new_values").GetProperty("what").GetString()!.TrimEnd('/'), row.GetProperty("new_values").GetProperty("needed").GetString()));
    }

    [Fact]
    public async Task A_key_from_outside_its_networks_is_told()
    {
        var made = await (await api.Acme.Post("/api/v1/api-keys", new { name = "office", role = "viewer", networks = new[] { "203.0.113.0/24" } })).Json(201);

        Assert.Equal("key.network", await (await api.Client(made.GetProperty("key").GetString()).Get("/api/v1/entities")).Problem(403));

        var row = Assert.Single((await (await api.Acme.Get(Audit)).Json()).GetProperty("items").EnumerateArray(), one => one.GetProperty("actor").GetString() == $"key:{made.GetProperty("api_key_id").GetString()}");
        Assert.Equal("key.network", row.GetProperty("new_values").GetProperty("needed").GetString());
    }

    [Fact]
    public async Task Who_is_nobody_here_is_told_by_the_first_letter_of_their_address()
    {
        var email = $"zoe{Guid.CreateVersion7():N}@example.org";
        Assert.Equal("sign-in.refused", await (await api.Nobody.Post("/api/v1/auth/login", new { email, password = "another of twelve" })).Problem(401));

        await using var command = api.Database.Admin.CreateCommand("select count(*) filter (where new_values->>'email' = 'z…@example.org'), count(*) filter (where to_jsonb(a)::text like '%' || @email || '%') from platform.audit a where operation = 'sign_in.refused'");
        command.Parameters.AddWithValue("email", email);
        await using var told = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        Assert.True(await told.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal((1, 0), (told.GetInt64(0), told.GetInt64(1)));
    }
}
