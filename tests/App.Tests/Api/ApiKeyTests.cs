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

    [Fact]
    public async Task A_key_with_fewer_permissions_than_its_role_has_these_and_is_never_one_with_none()
    {
        Assert.Equal("permission.unknown", await (await api.Acme.Post("/api/v1/api-keys", new { name = "none", role = "viewer", permissions = Array.Empty<string>() })).Problem(400));
        Assert.Equal("permission.unknown", await (await api.Acme.Post("/api/v1/api-keys", new { name = "beyond", role = "viewer", permissions = new[] { "data:export" } })).Problem(400));
        var made = await (await api.Acme.Post("/api/v1/api-keys", new { name = "few", role = "viewer", permissions = new[] { "ledger:read", "organization:read", "ledger:read" } })).Json(201);
        var key = api.Client(made.GetProperty("key").GetString());

        Assert.Equal(200, (int)(await key.Get("/api/v1/entities")).StatusCode);
        Assert.Equal("permission.missing", await (await key.Get("/api/v1/activities")).Problem(403));
        var shown = await (await api.Acme.Get($"/api/v1/api-keys/{made.GetProperty("api_key_id").GetString()}")).Json();
        Assert.Equal(["organization:read", "ledger:read"], shown.GetProperty("permissions").EnumerateArray().Select(one => one.GetString()));
    }

    [Fact]
    public async Task A_rotated_key_opens_until_the_overlap_ends_and_the_new_one_may_do_the_same()
    {
        var old = await (await api.Acme.Post("/api/v1/api-keys", new { name = "meter", role = "analyst", permissions = new[] { "ledger:read" }, networks = new[] { "127.0.0.0/8" } })).Json(201);
        var id = old.GetProperty("api_key_id").GetString();
        Assert.Equal("api-key.not-found", await (await api.Globex.Post($"/api/v1/api-keys/{id}/rotate", new { })).Problem(404));

        var made = await (await api.Acme.Post($"/api/v1/api-keys/{id}/rotate", new { overlap_hours = 2 })).Json(201);

        Assert.InRange(made.GetProperty("replaced_until").GetDateTimeOffset(), TimeProvider.System.GetUtcNow().AddMinutes(118), TimeProvider.System.GetUtcNow().AddMinutes(120));
        foreach (var secret in (string[])[old.GetProperty("key").GetString()!, made.GetProperty("key").GetString()!])
        {
            Assert.Equal(200, (int)(await api.Client(secret).Get("/api/v1/ledger/totals")).StatusCode);
            Assert.Equal("permission.missing", await (await api.Client(secret).Get("/api/v1/entities")).Problem(403));
        }

        var shown = await (await api.Acme.Get($"/api/v1/api-keys/{made.GetProperty("api_key_id").GetString()}")).Json();
        Assert.Equal((id, "analyst", "127.0.0.0/8", "ledger:read"), (shown.GetProperty("replaces").GetString(), shown.GetProperty("role").GetString(), shown.GetProperty("networks")[0].GetString(), shown.GetProperty("permissions")[0].GetString()));
        Assert.Equal("api-key.rotated", await (await api.Acme.Post($"/api/v1/api-keys/{id}/rotate", new { })).Problem(409));

        // The overlap ends: the old one opens nothing, the new one does.
        await Age(id!);
        await api.Acme.Post($"/api/v1/api-keys/{(await (await api.Acme.Post("/api/v1/api-keys", new { name = "x", role = "viewer" })).Json(201)).GetProperty("api_key_id").GetString()}/revoke");
        Assert.Equal("key.unknown", await (await api.Client(old.GetProperty("key").GetString()).Get("/api/v1/ledger/totals")).Problem(401));
        Assert.Equal(200, (int)(await api.Client(made.GetProperty("key").GetString()).Get("/api/v1/ledger/totals")).StatusCode);
        Assert.Equal("api-key.over", await (await api.Acme.Post($"/api/v1/api-keys/{id}/rotate", new { })).Problem(409));
    }

    [Fact]
    public async Task A_key_is_rotated_at_once_or_not_at_all_and_by_nobody_who_may_less()
    {
        var admin = await (await api.Acme.Post("/api/v1/api-keys", new { name = "admin", role = "admin" })).Json(201);
        var id = admin.GetProperty("api_key_id").GetString();
        var narrow = api.Client((await (await api.Acme.Post("/api/v1/api-keys", new { name = "narrow", role = "admin", permissions = new[] { "api_keys:manage" } })).Json(201)).GetProperty("key").GetString());

        Assert.Equal("permission.beyond", await (await narrow.Post($"/api/v1/api-keys/{id}/rotate", new { })).Problem(403));
        Assert.Equal("api-key.overlap", await (await api.Acme.Post($"/api/v1/api-keys/{id}/rotate", new { overlap_hours = 721 })).Problem(400));
        Assert.Equal(200, (int)(await api.Client(admin.GetProperty("key").GetString()).Get("/api/v1/api-keys")).StatusCode);

        await (await api.Acme.Post($"/api/v1/api-keys/{id}/rotate", new { overlap_hours = 0 })).Json(201);
        Assert.Equal("key.unknown", await (await api.Client(admin.GetProperty("key").GetString()).Get("/api/v1/api-keys")).Problem(401));
    }

    [Fact]
    public async Task A_key_that_has_expired_opens_nothing_and_its_use_is_shown()
    {
        var made = await (await api.Acme.Post("/api/v1/api-keys", new { name = "short", role = "viewer", expires_at = TimeProvider.System.GetUtcNow().AddHours(1) })).Json(201);
        var (id, client) = (made.GetProperty("api_key_id").GetString()!, api.Client(made.GetProperty("key").GetString()));
        Assert.False((await (await api.Acme.Get($"/api/v1/api-keys/{id}")).Json()).TryGetProperty("last_used_at", out var never) && never.ValueKind != System.Text.Json.JsonValueKind.Null);
        Assert.Equal(200, (int)(await client.Get("/api/v1/entities")).StatusCode);
        Assert.InRange((await (await api.Acme.Get($"/api/v1/api-keys/{id}")).Json()).GetProperty("last_used_at").GetDateTimeOffset(), TimeProvider.System.GetUtcNow().AddMinutes(-1), TimeProvider.System.GetUtcNow());

        await Age(id);
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        while ((int)(await client.Get("/api/v1/entities")).StatusCode == 200)
        {
            Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20), "It still opens.");
        }

        Assert.Equal("api-key.expired", await (await api.Acme.Post("/api/v1/api-keys", new { name = "x", expires_at = TimeProvider.System.GetUtcNow().AddHours(-1) })).Problem(400));
    }

    // What the socket says, and which networks it is in; an IPv4 client of a socket for both comes as ::ffff:203.0.113.7.
    [Theory]
    [InlineData("203.0.113.0/24", "203.0.113.7", true)]
    [InlineData("203.0.113.0/24", "::ffff:203.0.113.7", true)]
    [InlineData("203.0.113.0/24", "203.0.114.7", false)]
    [InlineData("203.0.113.0/24", "::203.0.113.7", false)]
    [InlineData("203.0.113.0/24", "2001:db8::1", false)]
    [InlineData("2001:db8:1::/48", "2001:db8:1:ffff::9", true)]
    [InlineData("2001:db8:1::/48", "2001:db8:2::9", false)]
    [InlineData("2001:db8:1::/48", "203.0.113.7", false)]
    [InlineData("::ffff:203.0.113.0/120", "203.0.113.7", true)]
    [InlineData("::ffff:203.0.113.0/120", "::ffff:203.0.114.7", false)]
    [InlineData("0.0.0.0/0", "::1", false)]
    [InlineData("203.0.113.7/32", "203.0.113.7", true)]
    [InlineData("::/0", "2001:db8::1", true)]
    [InlineData("::/0", "::ffff:203.0.113.7", false)]
    public async Task A_key_comes_from_its_networks_only(string network, string address, bool may)
    {
        var made = await (await api.Acme.Post("/api/v1/api-keys", new { name = "net", role = "viewer", networks = new[] { network } })).Json(201);
        var holder = await Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.GetRequiredService<OffGridFlow.Organizations.ApiKeys.KeyRing>(api.Services)
            .Resolve(made.GetProperty("key").GetString()!, TestContext.Current.CancellationToken);

        Assert.Equal(may, holder!.MayComeFrom(System.Net.IPAddress.Parse(address)));
        Assert.False(holder.MayComeFrom(null));
        Assert.Equal(network == "0.0.0.0/0" ? 200 : 403, (int)(await api.Client(made.GetProperty("key").GetString()).Get("/api/v1/entities")).StatusCode);
    }

    [Theory]
    [InlineData("203.0.113.0/33")]
    [InlineData("203.0.113.0")]
    [InlineData("")]
    [InlineData("2001:db8::/129")]
    public async Task What_is_no_network_is_refused(string network) =>
        Assert.Equal("network.unreadable", await (await api.Acme.Post("/api/v1/api-keys", new { name = "net", role = "viewer", networks = new[] { network } })).Problem(400));

    private async Task Age(string id)
    {
        await using var connection = await api.Database.Admin.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var batch = new Npgsql.NpgsqlBatch(connection);
        var bind = new Npgsql.NpgsqlBatchCommand("select set_config('app.tenant_id', $1, false), set_config('app.actor', 'test', false)");
        bind.Parameters.AddWithValue(api.Database.Acme.Tenant.ToString());
        var age = new Npgsql.NpgsqlBatchCommand("update org.api_keys set expires_at = now() - interval '1 minute' where api_key_id = $1");
        age.Parameters.AddWithValue(Guid.Parse(id));
        batch.BatchCommands.Add(bind);
        batch.BatchCommands.Add(age);
        await batch.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
