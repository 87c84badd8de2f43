using System.Text.Json;
using Dapper;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations.SignIn;

namespace OffGridFlow.App.Tests.SignIn;

/// <summary>Signing in over HTTP: a password, a second factor, a session, an end.</summary>
public sealed class LoginTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Password = People.Password;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_right_password_opens_a_session_in_one_s_own_tenant_and_no_other()
    {
        var email = await Person("analyst");
        var client = api.Client(await Session(email));

        var me = await (await client.Get("/api/v1/auth/me")).Json();
        Assert.Equal(email, me.GetProperty("email").GetString());
        Assert.Equal(api.Database.Acme.Tenant.Value, me.GetProperty("tenant_id").GetGuid());
        Assert.Single(me.GetProperty("tenants").EnumerateArray());
        Assert.Equal(200, (int)(await client.Get("/api/v1/entities")).StatusCode);
        Assert.Equal("permission.missing", await (await client.Post("/api/v1/api-keys", new { name = "x" })).Problem(403));
        Assert.Equal("tenant.not-found", await (await client.Post("/api/v1/auth/tenant", new { tenant = "globex" })).Problem(404));
    }

    [Fact]
    public async Task who_is_unknown_and_who_errs_are_answered_alike()
    {
        var email = await Person("viewer");

        var wrong = await Login(email, "wrong horse battery staple");
        var unknown = await Login("nobody-" + email, Password);
        var unreadable = await Login("no address", Password);

        Assert.Equal(Plain(wrong), Plain(unknown));
        Assert.Equal(Plain(wrong), Plain(unreadable));
        Assert.Equal("sign-in.refused", wrong.GetProperty("code").GetString());

        static string Plain(JsonElement problem) => string.Join('\n', problem.EnumerateObject().Where(field => field.Name is not ("request_id" or "instance")).Select(field => field.ToString()));
    }

    [Fact]
    public async Task after_five_failures_the_right_password_waits_too_and_longer_each_time()
    {
        var email = await Person("viewer");
        for (var i = 0; i < 5; i++)
        {
            await Login(email, "wrong horse battery staple");
        }

        Assert.Equal("sign-in.refused", (await Login(email, Password)).GetProperty("code").GetString());
        var wait = await Wait(email);
        Assert.InRange(wait, TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(60));

        // The minute passes.
        await Admin<int>("set session_replication_role = replica; update people.users set locked_until = clock_timestamp() - interval '1 s' where email = @email returning 1", new { email });
        await Login(email, "wrong horse battery staple");
        Assert.InRange(await Wait(email), TimeSpan.FromSeconds(110), TimeSpan.FromSeconds(120));
        await Admin<int>("set session_replication_role = replica; update people.users set locked_until = clock_timestamp() - interval '1 s' where email = @email returning 1", new { email });
        await Session(email);
        Assert.Equal(0, await Admin<int>("select failed_sign_ins from people.users where email = @email", new { email }));
    }

    [Fact]
    public async Task a_second_factor_is_asked_for_taken_once_and_replaced_by_a_recovery_code_once()
    {
        var email = await Person("viewer");
        var client = api.Client(await Session(email));
        Assert.Equal("password.wrong", await (await client.Post("/api/v1/auth/totp", new { password = "another one entirely" })).Problem(403));
        var begun = await (await client.Post("/api/v1/auth/totp", new { password = Password })).Json();
        var secret = People.Unbase32(begun.GetProperty("secret").GetString()!);
        var step = Totp.StepOf(TimeProvider.System.GetUtcNow());
        Assert.Equal("totp.wrong", await (await client.Post("/api/v1/auth/totp/confirm", new { code = Totp.Code(secret, step - 9) })).Problem(400));
        var codes = (await (await client.Post("/api/v1/auth/totp/confirm", new { code = Totp.Code(secret, step - 1) })).Json()).GetProperty("recovery_codes");
        Assert.Equal(10, codes.GetArrayLength());

        var first = await Login(email, Password);
        Assert.True(first.GetProperty("two_factor_required").GetBoolean());
        Assert.False(first.TryGetProperty("access_token", out _));
        var temporary = first.GetProperty("temporary_token").GetString();
        Assert.Equal("second-factor.wrong", await (await Verify(temporary, Totp.Code(secret, step - 1))).Problem(401));
        var session = (await (await Verify(temporary, Totp.Code(secret, step))).Json()).GetProperty("access_token").GetString();
        Assert.Equal(200, (int)(await api.Client(session).Get("/api/v1/auth/me")).StatusCode);
        Assert.Equal("second-factor.over", await (await Verify(temporary, Totp.Code(secret, step + 1))).Problem(401));

        var recovery = codes[3].GetString();
        await (await Verify((await Login(email, Password)).GetProperty("temporary_token").GetString(), recovery)).Json();
        Assert.Equal("second-factor.wrong", await (await Verify((await Login(email, Password)).GetProperty("temporary_token").GetString(), recovery)).Problem(401));
        Assert.Equal("second-factor.over", await (await Verify(null, recovery)).Problem(401));
    }

    [Fact]
    public async Task a_session_that_was_ended_opens_nothing_from_the_next_request_on()
    {
        var email = await Person("viewer");
        var (here, there) = (api.Client(await Session(email)), api.Client(await Session(email)));
        var sessions = await (await here.Get("/api/v1/auth/sessions")).Json();
        Assert.Equal(2, sessions.GetProperty("items").GetArrayLength());
        var other = sessions.GetProperty("items").EnumerateArray().Single(one => one.GetProperty("session_id").GetString() != sessions.GetProperty("current").GetString()).GetProperty("session_id").GetString();

        Assert.Equal(204, (int)(await here.Delete($"/api/v1/auth/sessions/{other}")).StatusCode);
        Assert.Equal("key.unknown", await (await there.Get("/api/v1/auth/me")).Problem(401));
        Assert.Equal("session.not-found", await (await api.Client(await Session(await Person("viewer"))).Delete($"/api/v1/auth/sessions/{sessions.GetProperty("current").GetString()}")).Problem(404));
        Assert.Equal(204, (int)(await here.Post("/api/v1/auth/logout")).StatusCode);
        Assert.Equal("key.unknown", await (await here.Get("/api/v1/auth/me")).Problem(401));
    }

    [Fact]
    public async Task sign_ins_and_refusals_are_in_the_trail_of_the_person_s_tenant_and_of_no_other()
    {
        var email = await Person("viewer");
        await Login(email, "wrong horse battery staple");
        await Session(email);

        var events = await Admin<string>(
            "select string_agg(operation, ' ' order by at) from platform.audit where tenant_id = @tenant and actor = (select 'user:' || user_id from people.users where email = @email) and operation like 'sign_in%'",
            new { tenant = api.Database.Acme.Tenant.Value, email });

        Assert.Equal("sign_in.refused sign_in.done", events);
        Assert.Equal(0, await Admin<int>("select count(*)::int from platform.audit where tenant_id = @tenant and operation like 'sign_in%'", new { tenant = api.Database.Globex.Tenant.Value }));
    }

    [Fact]
    public async Task no_secret_of_a_sign_in_is_in_the_database()
    {
        var email = await Person("viewer");
        var session = await Session(email);

        foreach (var table in new[] { "people.sessions", "people.users", "people.passwords", "platform.audit" })
        {
            foreach (var secret in new[] { session, Password })
            {
                Assert.Equal(0, await Admin<int>($"select count(*)::int from {table} t where to_jsonb(t)::text like '%' || @secret || '%'", new { secret }));
            }
        }
    }

    private async Task<JsonElement> Login(string email, string password)
    {
        var response = await api.Nobody.Post("/api/v1/auth/login", new { email, password });
        return await response.Json((int)response.StatusCode is 401 ? 401 : 200);
    }

    private Task<HttpResponseMessage> Verify(string? token, string? code) => api.Nobody.Post("/api/v1/auth/verify-2fa", new { temporary_token = token, code });

    private async Task<string> Session(string email) => (await Login(email, Password)).GetProperty("access_token").GetString()!;

    private async Task<TimeSpan> Wait(string email) => TimeSpan.FromSeconds(await Admin<double>(
        "select extract(epoch from locked_until - clock_timestamp())::float8 from people.users where email = @email", new { email }));

    private async Task<T> Admin<T>(string sql, object parameters)
    {
        await using var connection = await api.Database.Admin.OpenConnectionAsync(Ct);

        // Triggers write who did it.
        await connection.ExecuteAsync("select set_config('app.tenant_id', @none, false), set_config('app.actor', 'test', false)", new { none = Guid.Empty.ToString() });
        return (await connection.ExecuteScalarAsync<T>(sql, parameters))!;
    }

    private Task<string> Person(string role) => People.Make(api, api.Database.Acme, role);
}
