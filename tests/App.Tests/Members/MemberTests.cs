using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations.Members;
using OffGridFlow.Organizations.Roles;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.App.Tests.Members;

/// <summary>Members, their roles and where they count, over HTTP.</summary>
public sealed class MemberTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Members = "/api/v1/members";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tenant_sees_its_own_members_and_no_other_s()
    {
        var (acme, globex) = (await People.Member(api, api.Database.Acme, "admin"), await People.Member(api, api.Database.Globex, "admin"));

        Assert.Contains(acme.Email, await Emails(acme.Client));
        Assert.DoesNotContain(globex.Email, await Emails(acme.Client));
        Assert.DoesNotContain(acme.Email, await Emails(globex.Client));
        Assert.Equal("member.not-found", await (await globex.Client.Get($"{Members}/{acme.User}")).Problem(404));
        Assert.Equal("member.not-found", await (await globex.Client.Put($"{Members}/{acme.User}/role", new { role = "viewer" })).Problem(404));
        Assert.Equal("member.not-found", await (await globex.Client.Delete($"{Members}/{acme.User}")).Problem(404));
        Assert.Equal("admin", (await (await acme.Client.Get($"{Members}/{acme.User}")).Json()).GetProperty("assignments")[0].GetProperty("role").GetString());
    }

    [Fact]
    public async Task A_changed_role_counts_from_the_next_request_on_for_sessions()
    {
        var (admin, ana) = (await People.Member(api, api.Database.Acme, "admin"), await People.Member(api, api.Database.Acme, "analyst"));
        Assert.Equal("entity.name", await (await ana.Client.Post("/api/v1/entities", new { code = "x" })).Problem(400));

        await (await admin.Client.Put($"{Members}/{ana.User}/role", new { role = "viewer" })).Json();
        Assert.Equal("permission.missing", await (await ana.Client.Post("/api/v1/entities", new { code = "x" })).Problem(403));
        Assert.Equal(200, (int)(await ana.Client.Get("/api/v1/entities")).StatusCode);

        await (await admin.Client.Post($"{Members}/{ana.User}/assignments", new { role = "analyst" })).Json(201);
        Assert.Equal("entity.name", await (await ana.Client.Post("/api/v1/entities", new { code = "x" })).Problem(400));
    }

    [Fact]
    public async Task A_changed_role_of_the_tenant_s_own_counts_from_the_next_request_on_for_sessions_and_keys()
    {
        var admin = await People.Member(api, api.Database.Acme, "admin");
        var name = "r" + Guid.CreateVersion7().ToString("N");
        var role = await (await admin.Client.Post("/api/v1/roles", new { name, title = "Reader", permissions = new[] { "organization:read", "ledger:read" } })).Json(201);
        var ana = await People.Member(api, api.Database.Acme, name);
        var key = api.Client((await (await admin.Client.Post("/api/v1/api-keys", new { name, role = name })).Json(201)).GetProperty("key").GetString());
        foreach (var client in new[] { ana.Client, key })
        {
            Assert.Equal(200, (int)(await client.Get("/api/v1/entities")).StatusCode);
            Assert.Equal("permission.missing", await (await client.Get("/api/v1/activities")).Problem(403));
        }

        await (await admin.Client.Patch($"/api/v1/roles/{name}", new { permissions = new[] { "activities:read" } }, ("If-Match", $"\"{role.GetProperty("version").GetInt32()}\""))).Json();

        foreach (var client in new[] { ana.Client, key })
        {
            Assert.Equal("permission.missing", await (await client.Get("/api/v1/entities")).Problem(403));
            Assert.Equal(200, (int)(await client.Get("/api/v1/activities")).StatusCode);
        }

        Assert.Equal("role.in-use", await (await admin.Client.Delete($"/api/v1/roles/{name}")).Problem(409));
    }

    [Fact]
    public async Task Who_is_suspended_is_out_at_once_and_signs_in_again_when_reactivated()
    {
        var (admin, ana) = (await People.Member(api, api.Database.Acme, "admin"), await People.Member(api, api.Database.Acme, "analyst"));
        Assert.Equal(200, (int)(await ana.Client.Get("/api/v1/entities")).StatusCode);

        Assert.Equal("suspended", (await (await admin.Client.Post($"{Members}/{ana.User}/suspend")).Json()).GetProperty("status").GetString());
        Assert.Equal("permission.missing", await (await ana.Client.Get("/api/v1/entities")).Problem(403));

        // Sessions of before do not come back with the role.
        await (await admin.Client.Post($"{Members}/{ana.User}/reactivate")).Json();
        Assert.Equal("key.unknown", await (await ana.Client.Get("/api/v1/entities")).Problem(401));
        ana = await People.SignIn(api, ana.Email);
        Assert.Equal(200, (int)(await ana.Client.Get("/api/v1/entities")).StatusCode);

        Assert.Equal(204, (int)(await admin.Client.Delete($"{Members}/{ana.User}")).StatusCode);
        Assert.Equal("permission.missing", await (await ana.Client.Get("/api/v1/entities")).Problem(403));
        Assert.Equal("member.not-found", await (await admin.Client.Get($"{Members}/{ana.User}")).Problem(404));
        Assert.Equal(0, (await (await ana.Client.Get("/api/v1/auth/me")).Json()).GetProperty("tenants").GetArrayLength());
    }

    [Fact]
    public async Task Who_is_signed_out_by_one_organisation_signs_in_again_there_and_works_on_in_another()
    {
        var (admin, ana) = (await People.Member(api, api.Database.Acme, "admin"), await People.Member(api, api.Database.Acme, "analyst"));
        await api.Database.Database.Write(api.Database.Globex, session => Join.Handle(new Join.Request(ana.User, "viewer", "invitation"), session, TimeProvider.System), TestContext.Current.CancellationToken);
        var (here, there) = (await People.SignIn(api, ana.Email), await People.SignIn(api, ana.Email));
        foreach (var (one, slug) in new[] { (here, "acme"), (there, "globex") })
        {
            Assert.Equal(204, (int)(await one.Client.Post("/api/v1/auth/tenant", new { tenant = slug })).StatusCode);
            Assert.Equal(200, (int)(await one.Client.Get("/api/v1/entities")).StatusCode);
        }

        Assert.Equal("active", (await (await admin.Client.Post($"{Members}/{ana.User}/sign-out")).Json()).GetProperty("status").GetString());

        Assert.Equal("key.unknown", await (await here.Client.Get("/api/v1/entities")).Problem(401));
        Assert.Equal("key.unknown", await (await ana.Client.Get("/api/v1/auth/me")).Problem(401));
        Assert.Equal(200, (int)(await there.Client.Get("/api/v1/entities")).StatusCode);
        Assert.Equal(200, (int)(await admin.Client.Get("/api/v1/entities")).StatusCode);

        // The session that works elsewhere is no way back in.
        await there.Client.Post("/api/v1/auth/tenant", new { tenant = "acme" });
        Assert.Equal("key.unknown", await (await there.Client.Get("/api/v1/entities")).Problem(401));
        var again = await People.SignIn(api, ana.Email);
        await again.Client.Post("/api/v1/auth/tenant", new { tenant = "acme" });
        Assert.Equal(200, (int)(await again.Client.Get("/api/v1/entities")).StatusCode);

        // Of another organisation nobody is signed out.
        Assert.Equal("member.not-found", await (await admin.Client.Post($"{Members}/{(await People.Member(api, api.Database.Globex, "viewer")).User}/sign-out")).Problem(404));
    }

    [Fact]
    public async Task A_tenant_keeps_an_owner()
    {
        var tenant = await People.Tenant(api);
        var (first, second) = (await People.Member(api, tenant, "owner"), await People.Member(api, tenant, "analyst"));
        foreach (var refused in new[]
        {
            await first.Client.Post($"{Members}/{first.User}/suspend"), await first.Client.Delete($"{Members}/{first.User}"),
            await first.Client.Put($"{Members}/{first.User}/role", new { role = "admin" }),
            await first.Client.Put($"{Members}/{first.User}/role", new { role = "owner", expires_at = TimeProvider.System.GetUtcNow().AddDays(1) }),
            await first.Client.Delete($"{Members}/{first.User}/assignments/{await Assignment(first, first.User)}"),
        })
        {
            Assert.Equal("member.last-owner", await refused.Problem(409));
        }

        // An owner for a time does not keep it.
        await (await first.Client.Put($"{Members}/{second.User}/role", new { role = "owner", expires_at = TimeProvider.System.GetUtcNow().AddDays(1) })).Json();
        Assert.Equal("member.last-owner", await (await first.Client.Delete($"{Members}/{first.User}")).Problem(409));
        await (await first.Client.Put($"{Members}/{second.User}/role", new { role = "owner" })).Json();
        Assert.Equal(204, (int)(await first.Client.Delete($"{Members}/{first.User}")).StatusCode);
        Assert.Equal("member.last-owner", await (await second.Client.Post($"{Members}/{second.User}/suspend")).Problem(409));
    }

    [Fact]
    public async Task Two_owners_who_remove_each_other_at_once_leave_one()
    {
        var tenant = await People.Tenant(api);
        var (first, second) = (await People.Member(api, tenant, "owner"), await People.Member(api, tenant, "owner"));
        var (done, commit) = (new TaskCompletionSource(), new TaskCompletionSource());

        // The first has removed the second and found that an owner stays; it has not committed.
        var removing = api.Services.GetRequiredService<MemberChanges>().Write(
            new Caller(tenant.Tenant, $"user:{first.User}", "test") { User = first.User, May = PermissionSet.All },
            async (session, now) =>
            {
                var removed = await ChangeMember.Remove(second.User, session, now);
                done.SetResult();
                await commit.Task;
                return removed;
            },
            Ct);
        await done.Task;
        var other = second.Client.Delete($"{Members}/{first.User}");
        Assert.NotSame(other, await Task.WhenAny(other, Waiting())); // It waits for the first, and does not find an owner who is on their way out.
        commit.SetResult();

        Assert.Null((await removing).Problem);
        Assert.Equal("role.owners-only", await (await other).Problem(403));
        Assert.Equal([first.User], (await (await first.Client.Get(Members)).Json()).GetProperty("items").EnumerateArray().Select(one => one.GetProperty("user_id").GetGuid()));
    }

    [Fact]
    public async Task Only_owners_name_owners_and_take_their_role_away()
    {
        var tenant = await People.Tenant(api);
        var (owner, admin, ana) = (await People.Member(api, tenant, "owner"), await People.Member(api, tenant, "admin"), await People.Member(api, tenant, "analyst"));
        var key = api.Client(await api.Key(tenant));
        foreach (var client in new[] { admin.Client, key })
        {
            foreach (var refused in new[]
            {
                await client.Put($"{Members}/{ana.User}/role", new { role = "owner" }), await client.Post($"{Members}/{ana.User}/assignments", new { role = "owner" }),
                await client.Put($"{Members}/{owner.User}/role", new { role = "viewer" }), await client.Delete($"{Members}/{owner.User}"),
                await client.Post($"{Members}/{owner.User}/suspend"), await client.Delete($"{Members}/{owner.User}/assignments/{await Assignment(owner, owner.User)}"),
            })
            {
                Assert.Equal("role.owners-only", await refused.Problem(403));
            }
        }

        await (await owner.Client.Put($"{Members}/{ana.User}/role", new { role = "owner" })).Json();
    }

    [Fact]
    public async Task Nobody_gives_a_role_with_permissions_they_do_not_hold()
    {
        var owner = await People.Member(api, api.Database.Acme, "owner");
        var name = "r" + Guid.CreateVersion7().ToString("N");
        await (await owner.Client.Post("/api/v1/roles", new { name, title = "Host", permissions = new[] { "users:read", "users:manage", "roles:manage", "ledger:read" } })).Json(201);
        var (host, ana) = (await People.Member(api, api.Database.Acme, name), await People.Member(api, api.Database.Acme, "viewer"));

        Assert.Equal("permission.beyond", await (await host.Client.Put($"{Members}/{ana.User}/role", new { role = "analyst" })).Problem(403));
        Assert.Equal("permission.beyond", await (await host.Client.Post("/api/v1/roles", new { name = name + "x", title = "More", permissions = new[] { "data:erase" } })).Problem(403));
        Assert.Equal("permission.beyond", await (await host.Client.Post($"{Members}/{ana.User}/assignments", new { role = "analyst", scope = "facility", facility_id = await Facility(owner.Client) })).Problem(403));

        // What of a role counts in a part of the program is what is handed on there.
        await (await host.Client.Post($"{Members}/{ana.User}/assignments", new { role = "viewer", module = "ledger" })).Json(201);
        await (await host.Client.Put($"{Members}/{ana.User}/role", new { role = name })).Json();
    }

    [Fact]
    public async Task An_auditor_s_assignment_ends_and_so_does_what_they_see()
    {
        var (owner, ana) = (await People.Member(api, api.Database.Acme, "owner"), await People.Member(api, api.Database.Acme, "viewer"));
        Assert.Equal("assignment.without-end", await (await owner.Client.Put($"{Members}/{ana.User}/role", new { role = "auditor" })).Problem(400));
        Assert.Equal("assignment.expired", await (await owner.Client.Put($"{Members}/{ana.User}/role", new { role = "auditor", expires_at = TimeProvider.System.GetUtcNow().AddDays(-1) })).Problem(400));

        await (await owner.Client.Put($"{Members}/{ana.User}/role", new { role = "auditor", expires_at = TimeProvider.System.GetUtcNow().AddSeconds(2) })).Json();
        Assert.Equal(200, (int)(await ana.Client.Get("/api/v1/members")).StatusCode);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        enough.CancelAfter(TimeSpan.FromSeconds(20));
        while ((int)(await ana.Client.Get("/api/v1/members")).StatusCode != 403)
        {
            await Task.Delay(100, enough.Token);
        }
    }

    [Fact]
    public async Task A_role_for_a_part_of_the_program_counts_there_alone()
    {
        var (owner, ana) = (await People.Member(api, api.Database.Acme, "owner"), await People.Member(api, api.Database.Acme, "viewer"));
        var member = await (await owner.Client.Get($"{Members}/{ana.User}")).Json();
        await (await owner.Client.Post($"{Members}/{ana.User}/assignments", new { role = "analyst", module = "organization" })).Json(201);
        Assert.Equal(204, (int)(await owner.Client.Delete($"{Members}/{ana.User}/assignments/{member.GetProperty("assignments")[0].GetProperty("assignment_id").GetString()}")).StatusCode);

        Assert.Equal(200, (int)(await ana.Client.Get("/api/v1/entities")).StatusCode);
        Assert.Equal("entity.name", await (await ana.Client.Post("/api/v1/entities", new { code = "x" })).Problem(400));
        Assert.Equal("permission.missing", await (await ana.Client.Get("/api/v1/activities")).Problem(403));
        Assert.Equal("scope.module", await (await owner.Client.Post($"{Members}/{ana.User}/assignments", new { role = "analyst", module = "ledgers" })).Problem(400));
        Assert.Equal("scope.module", await (await owner.Client.Post($"{Members}/{ana.User}/assignments", new { role = "viewer", module = "billing" })).Problem(400)); // Of which a viewer may nothing.
        Assert.Equal("scope.facility", await (await owner.Client.Post($"{Members}/{ana.User}/assignments", new { role = "analyst", facility_id = Guid.CreateVersion7() })).Problem(400));
        Assert.Equal("scope.unknown", await (await owner.Client.Post($"{Members}/{ana.User}/assignments", new { role = "analyst", scope = "galaxy" })).Problem(400));
        Assert.Equal("role.unknown", await (await owner.Client.Put($"{Members}/{ana.User}/role", new { role = "emperor" })).Problem(400));
    }

    [Fact]
    public async Task Roles_of_the_product_are_listed_and_not_changed()
    {
        var owner = await People.Member(api, api.Database.Acme, "owner");
        var roles = (await (await owner.Client.Get("/api/v1/roles?is_own=false")).Json()).GetProperty("items").EnumerateArray().ToDictionary(role => role.GetProperty("name").GetString()!, StringComparer.Ordinal);

        Assert.Equal(Role.All.Select(role => role.Name).Order(StringComparer.Ordinal), roles.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(Role.Analyst.Permissions.ToNames(), roles["analyst"].GetProperty("permissions").EnumerateArray().Select(one => one.GetString()));
        Assert.Equal("role.of-the-product", await (await owner.Client.Patch("/api/v1/roles/viewer", new { permissions = new[] { "data:erase" } }, ("If-Match", "*"))).Problem(409));
        Assert.Equal("role.of-the-product", await (await owner.Client.Delete("/api/v1/roles/viewer")).Problem(409));
        Assert.Equal("role.name-taken", await (await owner.Client.Post("/api/v1/roles", new { name = "viewer", title = "x", permissions = new[] { "data:erase" } })).Problem(409));
        Assert.Equal("permission.unknown", await (await owner.Client.Post("/api/v1/roles", new { name = "x1", title = "x", permissions = new[] { "data:everything" } })).Problem(400));
        Assert.Equal("role.name", await (await owner.Client.Post("/api/v1/roles", new { name = "X 1", title = "x", permissions = new[] { "data:erase" } })).Problem(400));
    }

    [Fact]
    public async Task A_deleted_role_permits_nothing_and_its_name_is_free_again()
    {
        var owner = await People.Member(api, api.Database.Acme, "owner");
        var name = "r" + Guid.CreateVersion7().ToString("N");
        await (await owner.Client.Post("/api/v1/roles", new { name, title = "Reader", permissions = new[] { "ledger:read" } })).Json(201);

        Assert.Equal(204, (int)(await owner.Client.Delete($"/api/v1/roles/{name}")).StatusCode);
        Assert.Equal("role.unknown", await (await owner.Client.Post("/api/v1/api-keys", new { name, role = name })).Problem(400));
        Assert.Equal("role.not-found", await (await owner.Client.Get($"/api/v1/roles/{name}")).Problem(404));

        // Whoever should have it still, may nothing by it.
        var again = "r" + Guid.CreateVersion7().ToString("N");
        await (await owner.Client.Post("/api/v1/roles", new { name = again, title = "Reader", permissions = new[] { "ledger:read" } })).Json(201);
        var ana = await People.Member(api, api.Database.Acme, again);
        Assert.Equal(200, (int)(await ana.Client.Get("/api/v1/ledger/entries")).StatusCode);
        await using (var command = api.Database.Admin.CreateCommand($"set session_replication_role = replica; update org.roles set deleted_at = now() where name = '{again}'"))
        {
            Assert.Equal(1, await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
        }

        api.Services.GetRequiredService<OffGridFlow.Organizations.Sessions.SessionRing>().Forget();
        Assert.Equal("permission.missing", await (await ana.Client.Get("/api/v1/ledger/entries")).Problem(403));
        Assert.Equal("Writer", (await (await owner.Client.Post("/api/v1/roles", new { name, title = "Writer", permissions = new[] { "ledger:read" } })).Json(201)).GetProperty("title").GetString());
    }

    // Until somebody stands in line for a change of members.
    private async Task Waiting()
    {
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        await using var command = api.Database.Admin.CreateCommand("select exists (select from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database()))");
        while (await command.ExecuteScalarAsync(Ct) is not true)
        {
            await poll.WaitForNextTickAsync(Ct);
        }
    }

    private static async Task<IReadOnlyList<string?>> Emails(HttpClient client) =>
        [.. (await (await client.Get($"{Members}?limit=1000")).Json()).GetProperty("items").EnumerateArray().Select(member => member.GetProperty("email").GetString())];

    private static async Task<string?> Assignment(People.Signed by, Guid user) =>
        (await (await by.Client.Get($"{Members}/{user}")).Json()).GetProperty("assignments")[0].GetProperty("assignment_id").GetString();

    private static async Task<Guid> Facility(HttpClient client)
    {
        var code = "F" + Guid.CreateVersion7().ToString("N")[^12..];
        var entity = await (await client.Post("/api/v1/entities", new { code, name = "Acme", country = "DE" })).Json(201);
        return (await (await client.Post("/api/v1/facilities", new { entity_id = entity.GetProperty("entity_id").GetString(), code, name = "Foundry" })).Json(201)).GetProperty("facility_id").GetGuid();
    }
}
