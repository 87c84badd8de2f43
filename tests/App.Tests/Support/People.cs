using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.Organizations.Members;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.App.Tests.Support;

/// <summary>Persons with accounts, for tests that sign in.</summary>
internal static class People
{
    public const string Password = "correct horse battery staple";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A new member of a tenant; their address.</summary>
    public static async Task<string> Make(ApiFixture api, Caller tenant, string role)
    {
        var email = $"p{Guid.CreateVersion7():N}@example.org";
        var hash = api.Services.GetRequiredService<Passwords>().Hash(Password);
        var user = await AddUser.Handle(new AddUser.Request(EmailAddress.Read(email)!, "Ana", hash, IsConfirmed: true), tenant, api.Database.Database, TimeProvider.System, Ct);
        Assert.Null(user.Problem);
        var joined = await api.Database.Database.Write(tenant, session => Join.Handle(new Join.Request(user.Value, role, "operator"), session, TimeProvider.System), Ct);
        Assert.Null(joined.Problem);
        return email;
    }

    /// <summary>A client that has signed in as a new member with a role.</summary>
    public static async Task<HttpClient> SignedIn(ApiFixture api, Caller tenant, string role)
    {
        var answer = await (await api.Nobody.Post("/api/v1/auth/login", new { email = await Make(api, tenant, role), password = Password })).Json();
        return api.Client(answer.GetProperty("access_token").GetString());
    }
}
