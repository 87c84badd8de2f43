using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations;
using OffGridFlow.Organizations.Tenants;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Web.Demo;

namespace OffGridFlow.App.Tests.Organizations;

/// <summary>The organisation that a first start makes.</summary>
public sealed class DemoOrganizationTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task it_is_made_once_with_all_of_its_parts_and_a_key_that_opens_it()
    {
        var ct = TestContext.Current.CancellationToken;

        var first = await DemoOrganization.Create(api.Services, ct);
        var second = await DemoOrganization.Create(api.Services, ct);

        Assert.Null(second.Value);
        using var client = api.Client(first.Value);
        Assert.Equal(12, (await (await client.Get("/api/v1/facilities")).Json()).GetProperty("items").GetArrayLength());
        // Bills of other years make a year each as they are posted.
        var years = (await (await client.Get("/api/v1/periods?granularity=year")).Json()).GetProperty("items").EnumerateArray().Select(period => period.GetProperty("code").GetString());
        Assert.Superset(new HashSet<string?>(StringComparer.Ordinal) { "2023", "2024", "2025" }, years.ToHashSet(StringComparer.Ordinal));
        Assert.Single((await (await client.Get("/api/v1/periods?is_base_year=true")).Json()).GetProperty("items").EnumerateArray());

        Assert.Equal(11, (await (await client.Get("/api/v1/imports")).Json()).GetProperty("items").GetArrayLength());

        var demo = Caller.System((await TenantDirectory.Find("demo", api.Database.Database, ct)).Value, "test:demo");
        var entities = await api.Database.Database.Read(demo, OrganizationQueries.Entities, ct);
        var day = new DateOnly(2024, 3, 1);
        Assert.Equal([1m, 0.6m, 0m, 0.5m, 0.4m], ((string[])["AIRE-UK", "AIRE-DE", "AIRE-US", "AIRE-AU", "AIRE-IN"]).Select(code => entities.Find(code, out _)!.Share("equity_share", day)));
        Assert.Equal(1m, entities.Find("AIRE-US", out _)!.Share("operational_control", new DateOnly(2024, 7, 1)));
    }

    [Fact]
    public void its_files_name_no_facility_or_entity_that_it_does_not_have()
    {
        var definition = DemoDefinition.Load(Repository.Data);
        var known = definition.Facilities.Select(site => site.Code).Concat(definition.Entities.Select(entity => entity.Code)).ToHashSet(StringComparer.Ordinal);
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in definition.Files)
        {
            using var table = OffGridFlow.Activities.Intake.ActivityTable.Open(Path.Combine(DemoDefinition.Folder(Repository.Data), file));
            Assert.Null(table.Problem);
        }

        foreach (var cell in definition.Files.SelectMany(file => File.ReadLines(Path.Combine(DemoDefinition.Folder(Repository.Data), file))).SelectMany(line => line.Split(',', ';', '\t')))
        {
            if (System.Text.RegularExpressions.Regex.IsMatch(cell, "^([A-Z]{3}-[A-Z]{2}|AIRE-[A-Z]{2})$"))
            {
                named.Add(cell);
            }
        }

        Assert.True(named.Count >= 17, string.Join(' ', named));
        Assert.Empty(named.Except(known));
    }
}
