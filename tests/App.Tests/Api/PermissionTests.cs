using System.Net.Http.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations.ApiKeys;
using OffGridFlow.Organizations.Roles;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Web.Pages.Parts;
using OffGridFlow.Web.Pages.Roles;

namespace OffGridFlow.App.Tests.Api;

/// <summary>Who may do what: as the table of roles says, at every endpoint.</summary>
public sealed class PermissionTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Roles { get; } = [.. Role.All.Select(role => role.Name)];

    /// <summary>What a procurement team asks for: who of admin, manager, analyst and viewer.</summary>
    public static TheoryData<string, Permission, bool, bool, bool, bool> Matrix { get; } = new()
    {
        { "view dashboard and emissions", Permission.LedgerRead, true, true, true, true },
        { "upload CSV", Permission.ImportsWrite, true, true, true, false },
        { "connect sources", Permission.SourcesConnect, true, true, true, false },
        { "create and edit activities", Permission.ActivitiesWrite, true, true, true, false },
        { "generate reports", Permission.ReportsGenerate, true, true, true, false },
        { "submit for approval", Permission.ReportsSubmit, true, true, true, false },
        { "approve or reject", Permission.ReportsApprove, true, true, false, false },
        { "lock factor snapshots", Permission.FactorsLock, true, false, false, false },
        { "manage users", Permission.UsersManage, true, false, false, false },
        { "manage roles", Permission.RolesManage, true, false, false, false },
        { "configure billing", Permission.BillingManage, true, false, false, false },
        { "export all data", Permission.DataExport, true, false, false, false },
        { "request deletion", Permission.DataErase, true, false, false, false },
        { "view the audit log", Permission.AuditRead, true, true, true, true },
        { "view data", Permission.ActivitiesRead, true, true, true, true },
    };

    private IEnumerable<RouteEndpoint> Closed => api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null);

    [Fact]
    public void Every_endpoint_declares_what_it_needs()
    {
        var silent = Closed.Where(Undeclared).Select(endpoint => endpoint.RoutePattern.RawText);

        Assert.Empty(silent);
    }

    [Fact]
    public void The_guard_catches_an_endpoint_that_declares_nothing()
    {
        var builder = new RouteEndpointBuilder(_ => Task.CompletedTask, Microsoft.AspNetCore.Routing.Patterns.RoutePatternFactory.Parse("/planted"), 0);

        Assert.True(Undeclared((RouteEndpoint)builder.Build()));
    }

    [Fact]
    public void What_changes_something_needs_more_than_to_read()
    {
        var lax = Closed.Where(endpoint => endpoint.Metadata.GetMetadata<NeededPermission>() is { } needed
                && endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Any(method => method is not ("GET" or "HEAD") && PermissionSet.IsReading(needed.For(method))))
            .Select(endpoint => endpoint.RoutePattern.RawText);

        Assert.Empty(lax);
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public void The_roles_are_as_promised(string what, Permission permission, bool admin, bool manager, bool analyst, bool viewer)
    {
        Assert.NotEmpty(what);
        Assert.Equal((admin, manager, analyst, viewer), (Role.Admin.Permissions.Has(permission), Role.Manager.Permissions.Has(permission), Role.Analyst.Permissions.Has(permission), Role.Viewer.Permissions.Has(permission)));
    }

    [Fact]
    public void An_auditor_reads_everything_and_changes_nothing() => Assert.Equal(PermissionSet.Reading, Role.Auditor.Permissions);

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task A_role_reaches_exactly_the_endpoints_of_its_permissions(string name)
    {
        var role = Role.Find(name)!;
        var client = api.Client(await Key(role.Name));
        var wrong = new List<string>();
        var needs = Closed.Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api/v1", StringComparison.Ordinal))
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(method => (Key: $"{method} {Plain(endpoint.RoutePattern.RawText!)}", Needed: endpoint.Metadata.GetMetadata<NeededPermission>()?.For(method))))
            .Where(one => one.Needed is not null).ToDictionary(one => one.Key, one => one.Needed!.Value, StringComparer.Ordinal);
        foreach (var operation in await ApiOperation.All(api))
        {
            if (!needs.TryGetValue($"{operation.Method} {Plain(operation.Path)}", out var needed))
            {
                continue;
            }

            var response = await client.Send(operation.Method, operation.WithIds(_ => Guid.CreateVersion7().ToString()), operation.Example(), ("If-Match", "*"));
            var isRefused = (int)response.StatusCode == 403 && (await response.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>(Ct)).GetProperty("code").GetString() == "permission.missing";
            if (isRefused == role.Permissions.Has(needed))
            {
                wrong.Add($"{operation} needs {PermissionSet.Name(needed)}: {(int)response.StatusCode}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task Nobody_makes_a_key_that_may_more_than_they_may()
    {
        var admin = api.Client(await Key("admin"));
        var narrow = (await (await admin.Post("/api/v1/api-keys", new { name = "narrow", role = "admin", permissions = new[] { "api_keys:manage", "ledger:read" } })).Json(201)).GetProperty("key").GetString();
        var client = api.Client(narrow);

        Assert.Equal(200, (int)(await client.Get("/api/v1/ledger/totals")).StatusCode);
        Assert.Equal("permission.missing", await (await client.Get("/api/v1/entities")).Problem(403));
        Assert.Equal("permission.beyond", await (await client.Post("/api/v1/api-keys", new { name = "wide", role = "viewer" })).Problem(403));
        Assert.Equal("permission.unknown", await (await admin.Post("/api/v1/api-keys", new { name = "x", role = "viewer", permissions = new[] { "data:erase" } })).Problem(400));
        Assert.Equal("role.unknown", await (await admin.Post("/api/v1/api-keys", new { name = "x", role = "emperor" })).Problem(400));
    }

    [Fact]
    public async Task A_key_is_refused_from_outside_its_networks()
    {
        var elsewhere = await (await api.Acme.Post("/api/v1/api-keys", new { name = "office", role = "viewer", networks = new[] { "203.0.113.0/24" } })).Json(201);
        var here = await (await api.Acme.Post("/api/v1/api-keys", new { name = "here", role = "viewer", networks = new[] { "203.0.113.0/24", "127.0.0.0/8", "::1/128" } })).Json(201);

        Assert.Equal("key.network", await (await api.Client(elsewhere.GetProperty("key").GetString()).Get("/api/v1/entities")).Problem(403));
        Assert.Equal(200, (int)(await api.Client(here.GetProperty("key").GetString()).Get("/api/v1/entities")).StatusCode);
        Assert.Equal("network.unreadable", await (await api.Acme.Post("/api/v1/api-keys", new { name = "x", networks = new[] { "everywhere" } })).Problem(400));
    }

    [Fact]
    public void Every_permission_and_every_part_of_the_program_is_said_in_words_of_its_own()
    {
        var all = Enum.GetValues<Permission>();
        string[] parts = [.. all.Select(one => Grants.ModuleOf(PermissionSet.Name(one))).Distinct(StringComparer.Ordinal)];

        Assert.Equal(all, PermissionWords.Groups.SelectMany(group => group.All).Order());
        Assert.Equal(all.Length, all.Select(PermissionWords.Of).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(parts.Length, parts.Select(PermissionWords.Part).Except(parts, StringComparer.Ordinal).Count());
    }

    [Theory]
    [InlineData("Plant lead", "plant_lead")]
    [InlineData("Anlagenleitung  Süd!", "anlagenleitung_sud")]
    [InlineData("2nd line", "role_2nd_line")]
    [InlineData("責任者", "role_[0-9a-f]{12}")]
    public void A_role_is_called_after_its_title(string title, string name) => Assert.Matches($"^{name}$", RolePages.NameOf(title));

    private static bool Undeclared(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<NeededPermission>() is null && endpoint.Metadata.GetMetadata<OwnAccount>() is null;

    // Of a route's pattern and of the document's path alike.
    private static string Plain(string path) => System.Text.RegularExpressions.Regex.Replace(path.TrimEnd('/'), @"\{[^}]+\}", "{}", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));

    private async Task<string> Key(string role) => (await api.Database.Database.Write(
        api.Database.Acme, session => CreateApiKey.Handle(new CreateApiKey.Request(role, Role: role), session, TimeProvider.System), Ct)).Value.Key;
}
