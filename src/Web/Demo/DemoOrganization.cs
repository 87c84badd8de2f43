using OffGridFlow.Organizations.Tenants;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Web.Demo;

/// <summary>The organisation a first start makes, so that there is something to look at.</summary>
internal static class DemoOrganization
{
    public const string Slug = "demo";

    /// <summary>Makes it and returns its API key, or null when it is there already.</summary>
    public static async Task<Result<string?>> Create(IServiceProvider services, CancellationToken ct)
    {
        var database = services.GetRequiredService<Database>();
        if ((await TenantDirectory.Find(Slug, database, ct)).Problem is null)
        {
            return (string?)null;
        }

        var made = await CreateTenant.Handle(
            new CreateTenant.Request(Slug, "Kestrel Pumps (demonstration)"), database, services.GetRequiredService<TimeProvider>(), ct);
        return made.TryValue(out var tenant, out var problem) ? tenant.Key : problem;
    }
}
