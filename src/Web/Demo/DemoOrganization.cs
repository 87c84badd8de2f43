using OffGridFlow.Activities.Imports;
using OffGridFlow.Organizations;
using OffGridFlow.Organizations.ApiKeys;
using OffGridFlow.Organizations.Entities;
using OffGridFlow.Organizations.Facilities;
using OffGridFlow.Organizations.Members;
using OffGridFlow.Organizations.Periods;
using OffGridFlow.Organizations.Tenants;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Web.Host;

namespace OffGridFlow.Web.Demo;

/// <summary>
/// The organisation a first start makes, so that there is something to look at: three years of a maker of pumps, from
/// data/examples/demo. It is made by the use cases that everybody has, all of it in one transaction, so that a start that was broken
/// off is made good by the next.
/// </summary>
internal static class DemoOrganization
{
    public const string Slug = "demo";

    private const string Actor = "system:demo";

    /// <summary>Who opens the demonstration. The account has no password: nobody can sign in with it from elsewhere.</summary>
    public static EmailAddress Person { get; } = EmailAddress.Read("you@demo.offgridflow.example")!;

    /// <summary>Makes it and returns its API key, or null when it is there already.</summary>
    public static async Task<Result<string?>> Create(IServiceProvider services, CancellationToken ct)
    {
        var database = services.GetRequiredService<Database>();
        var clock = services.GetRequiredService<TimeProvider>();
        var definition = DemoDefinition.Load(services.GetRequiredService<HostSettings>().DataFolder);
        string? key = null;
        if (!(await TenantDirectory.Find(Slug, database, ct)).TryValue(out var tenant, out _))
        {
            var made = await CreateTenant.Handle(new CreateTenant.Request(Slug, definition.Name, definition.FiscalYearStart), database, clock, ct);
            if (!made.TryValue(out var created, out var problem))
            {
                return problem;
            }

            (tenant, key) = (created.Tenant, created.Key);
        }

        if ((await AddOwner.Handle(new AddOwner.Request(Person.Text, "You"), tenant, database, clock, ct)).Problem is { } refused)
        {
            return refused;
        }

        var caller = Caller.System(tenant, Actor);
        if (await database.Read(caller, async session => (await OrganizationQueries.Periods(session)).All.Count > 0, ct))
        {
            return key;
        }

        var files = await Store(definition, services, tenant, ct);
        var data = services.GetRequiredService<ReferenceData>();
        return await database.Write<string?>(caller, session => Fill(definition, files, data, key, session, clock), ct);
    }

    private static async Task<Result<string?>> Fill(
        DemoDefinition definition, IReadOnlyList<(string Name, StoredFile File)> files, ReferenceData data, string? key, Session session, TimeProvider clock)
    {
        if (await Organise(definition, session, clock) is { } problem)
        {
            return problem;
        }

        foreach (var (name, file) in files)
        {
            var request = new StartImport.Request(file, name, name.EndsWith(".tsv", StringComparison.Ordinal) ? "text/tab-separated-values" : "text/csv", new ImportOptions());
            if ((await StartImport.Handle(request, session, data, clock)).Problem is { } wrong)
            {
                return wrong;
            }
        }

        // A key that was never told, in the start that was broken off, is of no use to anybody.
        return key ?? ((await CreateApiKey.Handle(new CreateApiKey.Request("demonstration", Role: "owner"), session, clock)).TryValue(out var made, out var refused)
            ? made.Key
            : (Result<string?>)refused);
    }

    // By their bytes: storing them again, after a start that was broken off, stores nothing new.
    private static async Task<IReadOnlyList<(string Name, StoredFile File)>> Store(DemoDefinition definition, IServiceProvider services, TenantId tenant, CancellationToken ct)
    {
        var store = services.GetRequiredService<FileStore>();
        var folder = DemoDefinition.Folder(services.GetRequiredService<HostSettings>().DataFolder);
        var stored = new List<(string Name, StoredFile File)>();
        foreach (var name in definition.Files)
        {
            await using var content = File.OpenRead(Path.Combine(folder, name));
            stored.Add((name, await store.Put(tenant, content, store.MostBytes, ct) ?? throw new InvalidDataException($"{name} is too large.")));
        }

        return stored;
    }

    /// <summary>Its entities with their shares, its facilities and its years.</summary>
    internal static async Task<Problem?> Organise(DemoDefinition definition, Session session, TimeProvider clock)
    {
        var entities = new Dictionary<string, Guid>(StringComparer.Ordinal);
        foreach (var entity in definition.Entities)
        {
            Guid? parent = entity.Parent is null ? null : entities[entity.Parent];
            var made = await CreateEntity.Handle(new CreateEntity.Request(entity.Code, entity.Name, entity.Country, parent), session);
            if (!made.TryValue(out var created, out var problem))
            {
                return problem;
            }

            entities[entity.Code] = created.EntityId;
            if ((await SetShares.Handle(created.EntityId, new SetShares.Request(entity.Shares), IfMatch.Any, session, clock)).Problem is { } wrong)
            {
                return wrong;
            }
        }

        foreach (var site in definition.Facilities)
        {
            var request = new CreateFacility.Request(
                entities[site.Entity], site.Code, site.Name, site.Address, site.Region, site.GridRegion, site.FloorAreaM2, site.Headcount);
            if ((await CreateFacility.Handle(request, session)).Problem is { } wrong)
            {
                return wrong;
            }
        }

        foreach (var year in definition.Periods)
        {
            var request = new CreatePeriod.Request(Granularity.Year, year.StartsOn, IsBaseYear: year.IsBaseYear);
            if ((await CreatePeriod.Handle(request, session, clock)).Problem is { } wrong)
            {
                return wrong;
            }
        }

        return null;
    }
}
