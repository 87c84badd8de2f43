using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations.ApiKeys;
using OffGridFlow.Organizations.Sessions;
using OffGridFlow.Organizations.Tenants;

namespace OffGridFlow.App.Tests.Members;

/// <summary>An organisation whose subscription has ended lets nobody in, and those in that are in no longer.</summary>
public sealed class ClosedTenantTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task who_was_in_is_out_and_in_again_when_it_is_taken_up()
    {
        var ct = TestContext.Current.CancellationToken;
        var tenant = await People.Tenant(api);
        var owner = (await People.Member(api, tenant, "owner")).Client;
        var cookie = await People.Cookie(api, tenant, "viewer");
        var key = api.Client(await api.Key(tenant));
        Task<HttpResponseMessage>[] All() => [owner.Get("/api/v1/entities"), key.Get("/api/v1/entities"), api.Nobody.Send(HttpMethod.Get, "/api/v1/entities", null, ("Cookie", cookie))];
        Assert.Equal((int[])[200, 200, 200], await Statuses(All()));

        await CloseTenant.Handle(tenant.Tenant, opens: false, api.Database.Database, ct);
        Forget();
        Assert.Equal((int[])[403, 401, 403], await Statuses(All()));
        Assert.Equal(200, (int)(await api.Acme.Get("/api/v1/entities")).StatusCode);

        await CloseTenant.Handle(tenant.Tenant, opens: true, api.Database.Database, ct);
        Forget();
        Assert.Equal((int[])[200, 200, 200], await Statuses(All()));
    }

    private static async Task<int[]> Statuses(Task<HttpResponseMessage>[] asked) => [.. (await Task.WhenAll(asked)).Select(answer => (int)answer.StatusCode)];

    private void Forget()
    {
        api.Services.GetRequiredService<SessionRing>().Forget();
        api.Services.GetRequiredService<KeyRing>().Forget();
    }
}
