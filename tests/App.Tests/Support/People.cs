using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.Organizations.Members;
using OffGridFlow.Organizations.SignIn;
using OffGridFlow.Organizations.Tenants;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.App.Tests.Support;

/// <summary>Persons with accounts, for tests that sign in.</summary>
internal static class People
{
    public const string Password = "correct horse battery staple";

    // Of everybody: to make one takes as long as it takes to try one.
    private static string? hashed;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A new member of a tenant; their address.</summary>
    public static async Task<string> Make(ApiFixture api, Caller tenant, string role)
    {
        var email = $"p{Guid.CreateVersion7():N}@example.org";
        var hash = LazyInitializer.EnsureInitialized(ref hashed, () => api.Services.GetRequiredService<Passwords>().Hash(Password));
        var user = await AddUser.Handle(new AddUser.Request(EmailAddress.Read(email)!, "Ana", hash, IsConfirmed: true), tenant, api.Database.Database, TimeProvider.System, Ct);
        Assert.Null(user.Problem);
        var joined = await api.Database.Database.Write(tenant, session => Join.Handle(new Join.Request(user.Value, role, "operator"), session, TimeProvider.System), Ct);
        Assert.Null(joined.Problem);
        return email;
    }

    /// <summary>A tenant of its own, with nobody in it.</summary>
    public static async Task<Caller> Tenant(ApiFixture api)
    {
        var slug = $"t-{Guid.CreateVersion7():N}"[..20] + Guid.CreateVersion7().ToString("N")[^8..];
        var made = await CreateTenant.Handle(new CreateTenant.Request(slug, slug, 1), api.Database.Database, TimeProvider.System, Ct);
        return Caller.System(made.Value.Tenant, "test:setup");
    }

    /// <summary>A new member who has signed in.</summary>
    public static async Task<Signed> Member(ApiFixture api, Caller tenant, string role)
    {
        var email = await Make(api, tenant, role);
        return await SignIn(api, email);
    }

    /// <summary>Somebody who has an account, signed in once more.</summary>
    public static async Task<Signed> SignIn(ApiFixture api, string email, string password = Password)
    {
        var answer = await (await api.Nobody.Post("/api/v1/auth/login", new { email, password })).Json();
        var client = api.Client(answer.GetProperty("access_token").GetString());
        var me = await (await client.Get("/api/v1/auth/me")).Json();
        return new Signed(me.GetProperty("user_id").GetGuid(), email, client);
    }

    /// <summary>Somebody owns the tenant, as every one in the world.</summary>
    public static Task Owner(ApiFixture api, Caller tenant) => Make(api, tenant, "owner");

    /// <summary>RFC 4648, 6: what an authenticator app makes of the key it shows.</summary>
    public static byte[] Unbase32(string text)
    {
        const string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        var bits = string.Concat(text.Select(letter => Convert.ToString(letters.IndexOf(letter, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2))];
    }

    /// <summary>Somebody who has signed in.</summary>
    internal sealed record Signed(Guid User, string Email, HttpClient Client);

    /// <summary>A client that has signed in as a new member with a role.</summary>
    public static async Task<HttpClient> SignedIn(ApiFixture api, Caller tenant, string role)
    {
        var member = await Member(api, tenant, role);
        return member.Client;
    }

    /// <summary>The session of a new member with a role, as a browser keeps it: <c>name=value</c>.</summary>
    public static async Task<string> Cookie(ApiFixture api, Caller tenant, string role)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal) { ["email"] = await Make(api, tenant, role), ["password"] = Password });
        var answer = await api.Nobody.Send(HttpMethod.Post, "/sign-in", form, ("Sec-Fetch-Site", "same-origin"));
        return Assert.Single(answer.Headers.GetValues("Set-Cookie")).Split(';')[0];
    }

    /// <summary>Gives a member an authenticator app; its secret.</summary>
    public static async Task<byte[]> WithAuthenticator(ApiFixture api, string email)
    {
        var (_, _, client) = await SignIn(api, email);
        var secret = Unbase32((await (await client.Post("/api/v1/auth/totp", new { password = Password })).Json()).GetProperty("secret").GetString()!);

        // With the code before, so that the one of now is still unused.
        await (await client.Post("/api/v1/auth/totp/confirm", new { code = Totp.Code(secret, Totp.StepOf(TimeProvider.System.GetUtcNow()) - 1) })).Json();
        return secret;
    }
}
