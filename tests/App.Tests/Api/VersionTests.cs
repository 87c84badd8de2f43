using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Http;

namespace OffGridFlow.App.Tests.Api;

/// <summary>Nobody writes over what they have not read: a change names the version it is of.</summary>
public sealed class VersionTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task Whatever_takes_a_version_is_refused_without_one()
    {
        var taking = api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<NeedsIfMatch>() is not null).Select(endpoint => Plain(endpoint.RoutePattern.RawText!)).ToHashSet(StringComparer.Ordinal);
        var operations = (await ApiOperation.All(api)).Where(operation => operation.NeedsIfMatch && taking.Contains(Plain(operation.Path))).ToList();
        var wrong = new List<string>();
        foreach (var operation in operations)
        {
            var answer = await api.Acme.Send(operation.Method, operation.WithIds(name => name is "code" or "name" ? "X" : Guid.CreateVersion7().ToString()), operation.Example());
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            if ((int)answer.StatusCode != 428 || !text.Contains("version.required", StringComparison.Ordinal))
            {
                wrong.Add($"{operation}: {(int)answer.StatusCode} {text[..Math.Min(200, text.Length)]}");
            }
        }

        Assert.True(operations.Count > 10, $"{operations.Count}");
        Assert.Empty(wrong);
    }

    [Fact]
    public async Task A_role_a_policy_and_a_provider_are_changed_by_whoever_has_read_them_last()
    {
        var name = "r" + Guid.CreateVersion7().ToString("N");
        await (await api.Acme.Post("/api/v1/roles", new { name, title = "Lead", permissions = new[] { "ledger:read" } })).Json(201);
        var asked = new { name = "Acme's", issuer = "https://login.invalid", client_id = "x" };
        var provider = (await (await api.Acme.Post("/api/v1/providers", asked)).Json(201)).GetProperty("provider_id").GetString();

        await ByVersion(HttpMethod.Patch, $"/api/v1/roles/{name}", new { title = "Lead of a plant" });
        await ByVersion(HttpMethod.Patch, "/api/v1/security", new { four_eyes = false });
        await ByVersion(HttpMethod.Put, $"/api/v1/providers/{provider}", asked);
    }

    [Fact]
    public async Task Nobody_writes_a_permission_they_do_not_hold_into_a_role()
    {
        var name = "r" + Guid.CreateVersion7().ToString("N");
        await (await api.Acme.Post("/api/v1/roles", new { name, title = "Lead", permissions = new[] { "ledger:read" } })).Json(201);
        var few = api.Client((await (await api.Acme.Post("/api/v1/api-keys", new { name = "few", role = "admin", permissions = new[] { "roles:manage", "ledger:read" } })).Json(201)).GetProperty("key").GetString());

        Assert.Equal("permission.beyond", await (await few.Post("/api/v1/roles", new { name = name + "x", title = "More", permissions = new[] { "ledger:read", "data:export" } })).Problem(403));
        Assert.Equal("permission.beyond", await (await few.Patch($"/api/v1/roles/{name}", new { permissions = new[] { "ledger:read", "data:export" } }, ("If-Match", "*"))).Problem(403));
        Assert.Equal(["ledger:read"], (await (await api.Acme.Get($"/api/v1/roles/{name}")).Json()).GetProperty("permissions").EnumerateArray().Select(one => one.GetString()));
    }

    private async Task ByVersion(HttpMethod method, string path, object change)
    {
        var tag = (await api.Acme.Get(path)).Headers.ETag!.ToString();
        Assert.Equal(200, (int)(await api.Acme.Send(method, path, change, ("If-Match", tag))).StatusCode);
        Assert.Equal("version.stale", await (await api.Acme.Send(method, path, change, ("If-Match", tag))).Problem(412));
    }

    private static string Plain(string path) => System.Text.RegularExpressions.Regex.Replace(path.TrimEnd('/'), @"\{[^}]+\}", "{}", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));
}
