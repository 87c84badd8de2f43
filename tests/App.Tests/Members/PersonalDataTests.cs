using System.Text.Json;
using Dapper;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Audit;

namespace OffGridFlow.App.Tests.Members;

/// <summary>What is held of a person, what they agreed to, and their erasure.</summary>
public sealed class PersonalDataTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Me = "/api/v1/auth/me";

    [Fact]
    public async Task A_person_takes_out_all_that_is_held_of_them_and_nothing_that_signs_in()
    {
        var (ana, ben) = (await People.Member(api, api.Database.Acme, "viewer"), await People.Member(api, api.Database.Acme, "viewer"));
        await (await ana.Client.Post("/api/v1/auth/consents", new { document = "terms", edition = "2026-11" })).Json();

        var response = await ana.Client.Get($"{Me}/export");
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var all = await response.Json();

        Assert.Equal(ana.Email, all.GetProperty("account")[0].GetProperty("email").GetString());
        Assert.Equal("Acme", all.GetProperty("memberships")[0].GetProperty("tenant").GetString());
        Assert.Equal("2026-11", all.GetProperty("consents")[0].GetProperty("edition").GetString());
        Assert.NotEmpty(all.GetProperty("sessions").EnumerateArray());
        Assert.DoesNotContain(ben.Email, text, StringComparison.Ordinal);
        Assert.DoesNotContain("hash", text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_consent_is_recorded_once_with_its_edition_and_instant()
    {
        var ana = await People.Member(api, api.Database.Acme, "viewer");
        await (await ana.Client.Post("/api/v1/auth/consents", new { document = "terms", edition = "2026-11" })).Json();
        var given = (await (await ana.Client.Post("/api/v1/auth/consents", new { document = "terms", edition = "2026-11" })).Json()).GetProperty("items");

        Assert.Equal(1, given.GetArrayLength());
        Assert.InRange(given[0].GetProperty("given_at").GetDateTimeOffset(), TimeProvider.System.GetUtcNow().AddMinutes(-5), TimeProvider.System.GetUtcNow());
        Assert.Equal("consent.unknown", await (await ana.Client.Post("/api/v1/auth/consents", new { document = "anything", edition = "1" })).Problem(400));
    }

    [Fact]
    public async Task Who_is_erased_has_no_name_no_address_and_no_way_in_and_what_they_did_stays()
    {
        var (owner, ana) = (await People.Member(api, api.Database.Acme, "owner"), await People.Member(api, api.Database.Acme, "analyst"));
        var name = $"Zenobia {Guid.CreateVersion7():N}";
        Assert.Equal(204, (int)(await ana.Client.Put("/api/v1/auth/me/name", new { name })).StatusCode);
        var listed = JsonSerializer.SerializeToElement(new { schemas = new[] { "urn:ietf:params:scim:schemas:core:2.0:User" }, userName = ana.Email, name = new { formatted = name } });
        var scim = (await (await owner.Client.Get($"/scim/v2/Users?filter={Uri.EscapeDataString($"userName eq \"{ana.Email}\"")}")).Json()).GetProperty("Resources")[0].GetProperty("id").GetString();
        await (await owner.Client.Put($"/scim/v2/Users/{scim}", listed)).Json();
        var bill = new { kind = "electricity.grid", quantity = "77", unit = "kWh", region = "GB", start = "2025-03-01", end = "2025-03-31", note = ana.Email[..9] };
        var activity = (await (await ana.Client.Post("/api/v1/activities", bill)).Json(201)).GetProperty("activities")[0].GetProperty("activity_id").GetGuid();
        Assert.Equal("password.wrong", await (await ana.Client.Send(HttpMethod.Delete, Me, new { password = "wrong battery staple" })).Problem(403));

        Assert.Equal(204, (int)(await ana.Client.Send(HttpMethod.Delete, Me, new { password = People.Password })).StatusCode);

        Assert.Equal("key.unknown", await (await ana.Client.Get(Me)).Problem(401));
        Assert.Equal("sign-in.refused", await (await api.Nobody.Post("/api/v1/auth/login", new { email = ana.Email, password = People.Password })).Problem(401));
        Assert.Equal("member.not-found", await (await owner.Client.Get($"/api/v1/members/{ana.User}")).Problem(404));
        var version = (await (await owner.Client.Get($"/api/v1/activities/{activity}")).Json()).GetProperty("versions")[0];
        Assert.Equal($"user:{ana.User}", version.GetProperty("recorded_by").GetString());
        foreach (var table in await Everywhere())
        {
            Assert.Equal((table, 0), (table, await Admin($"select count(*)::int from {table} t where to_jsonb(t)::text ilike '%' || @Email || '%' or to_jsonb(t)::text ilike '%' || @name || '%'", new { ana.Email, name })));
        }

        // The trail has rows of all that: it names nobody, and is whole.
        Assert.True(await Admin("select count(*)::int from platform.audit where table_name in ('people.users', 'org.scim_users') and old_values->>'email' like 'p…@example.org'", new { }) >= 2);
        Assert.True((await VerifyTrail.Handle(null, api.Database.Acme, api.Database.Database, TestContext.Current.CancellationToken)).Value.IsWhole);

        Assert.Equal(1, await Admin("select count(*)::int from platform.audit where tenant_id = @tenant and operation = 'person.erased' and actor = @actor", new { tenant = api.Database.Acme.Tenant.Value, actor = $"user:{ana.User}" }));
        Assert.Equal(0, await Admin("select count(*)::int from platform.audit where tenant_id = @tenant and operation = 'person.erased'", new { tenant = api.Database.Globex.Tenant.Value }));

        // The address is free again.
        await (await owner.Client.Post("/api/v1/invitations", new { email = ana.Email, role = "viewer" })).Json(201);
    }

    [Fact]
    public async Task The_last_owner_of_an_organisation_is_not_erased()
    {
        var tenant = await People.Tenant(api);
        var owner = await People.Member(api, tenant, "owner");
        Assert.Equal("member.last-owner", await (await owner.Client.Send(HttpMethod.Delete, Me, new { password = People.Password })).Problem(409));

        await People.Make(api, tenant, "owner");
        Assert.Equal(204, (int)(await owner.Client.Send(HttpMethod.Delete, Me, new { password = People.Password })).StatusCode);
    }

    // Every table of the program, the trail's parts among them.
    private async Task<IReadOnlyList<string>> Everywhere()
    {
        await using var connection = await api.Database.Admin.OpenConnectionAsync(TestContext.Current.CancellationToken);
        var tables = (await connection.QueryAsync<string>(
            "select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r' and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'")).AsList();
        Assert.Contains("platform.audit_2026", tables);
        return tables;
    }

    private async Task<int> Admin(string sql, object parameters)
    {
        await using var connection = await api.Database.Admin.OpenConnectionAsync(TestContext.Current.CancellationToken);
        return await connection.ExecuteScalarAsync<int>(sql, parameters);
    }
}
