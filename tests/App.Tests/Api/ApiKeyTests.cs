using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Api;

public sealed class ApiKeyTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task A_key_opens_its_own_tenant_only()
    {
        var made = await (await api.Acme.Post("/api/v1/api-keys", new { name = "integration", role = "admin" })).Json(201);
        var id = made.GetProperty("api_key_id").GetString();

        Assert.Equal(200, (int)(await api.Client(made.GetProperty("key").GetString()).Get($"/api/v1/api-keys/{id}")).StatusCode);
        Assert.Equal("api-key.not-found", await (await api.Globex.Get($"/api/v1/api-keys/{id}")).Problem(404));
        var listed = await (await api.Globex.Get("/api/v1/api-keys")).Json();
        Assert.DoesNotContain(id, listed.GetProperty("items").EnumerateArray().Select(key => key.GetProperty("api_key_id").GetString()));
    }

    [Fact]
    public async Task A_revoked_key_opens_nothing_from_the_next_request_on()
    {
        var made = await (await api.Acme.Post("/api/v1/api-keys", new { name = "short-lived", role = "admin" })).Json(201);
        var client = api.Client(made.GetProperty("key").GetString());
        Assert.Equal(200, (int)(await client.Get("/api/v1/api-keys")).StatusCode);

        await (await api.Acme.Post($"/api/v1/api-keys/{made.GetProperty("api_key_id")}/revoke")).Json();

        Assert.Equal("key.unknown", await (await client.Get("/api/v1/api-keys")).Problem(401));
    }

    [Theory]
    [InlineData(null, "key.missing")]
    [InlineData("nonsense", "key.unknown")]
    [InlineData("ogf_live_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "key.unknown")]
    [InlineData("ogf_live_******************************************************", "key.unknown")]
    public async Task Without_a_key_in_force_nothing_is_answered(string? key, string code)
    {
        var refused = await api.Client(key).Get("/api/v1/api-keys");

        Assert.Equal(code, await refused.Problem(401));
        Assert.Equal("Bearer", refused.Headers.WwwAuthenticate.Single().Scheme);
    }

    [Fact]
    public async Task A_key_of_another_tenants_id_with_ones_own_secret_opens_nothing()
    {
        var forged = OffGridFlow.Organizations.ApiKeys.ApiKeySecret.New(api.Database.Globex.Tenant);

        Assert.Equal("key.unknown", await (await api.Client(forged).Get("/api/v1/api-keys")).Problem(401));
    }

    [Fact]
    public async Task The_secret_is_nowhere_in_the_database()
    {
        await using var command = api.Database.Admin.CreateCommand("select count(*) from org.api_keys k where position(convert_to($1, 'UTF8') in k.hash) > 0 or to_jsonb(k)::text like '%' || $1 || '%'");
        command.Parameters.AddWithValue(api.AcmeKey);

        Assert.Equal(0L, await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }
}
