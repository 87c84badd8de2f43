using System.Text.RegularExpressions;
using Npgsql;
using OffGridFlow.Organizations.ApiKeys;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Organizations.Roles;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Tenants;

/// <summary>Makes a tenant with its first API key. Only the operator can: no endpoint leads here.</summary>
public static partial class CreateTenant
{
    /// <param name="Slug">Lower-case letters, digits and hyphens: its name in commands and host names.</param>
    /// <param name="Name">As people write it.</param>
    /// <param name="FiscalYearStart">Month its years begin with, 1 to 12.</param>
    /// <param name="Region">Where its data are to be; null: here.</param>
    public sealed record Request(string Slug, string Name, int FiscalYearStart = 1, string? Region = null);

    /// <param name="Key">The first key; shown this once.</param>
    public sealed record Response(TenantId Tenant, string Slug, string Key);

    public static Task<Result<Response>> Handle(Request request, Database database, TimeProvider clock, CancellationToken ct) => Handle(request, Regions.None, database, clock, ct);

    /// <param name="regions">Of another than the own one, the address is told: it is made there.</param>
    public static async Task<Result<Response>> Handle(Request request, Regions regions, Database database, TimeProvider clock, CancellationToken ct)
    {
        if (request.Region is { } wanted && wanted != regions.Own)
        {
            return regions.Addresses.ContainsKey(wanted) ? regions.Elsewhere(wanted) : RegionDirectory.Unknown(wanted, regions);
        }

        if (!Slugs().IsMatch(request.Slug))
        {
            return new Problem("tenant.slug", "slug", request.Slug, "up to 63 lower-case letters, digits and hyphens, such as acme-pumps", "Correct the slug.");
        }

        if (string.IsNullOrWhiteSpace(request.Name) || request.Name.Length > 200)
        {
            return new Problem("tenant.name", "name", request.Name, "a name of 1 to 200 characters", "Give the organisation's name.");
        }

        if (request.FiscalYearStart is < 1 or > 12)
        {
            return new Problem("tenant.fiscal-year-start", "fiscal_year_start", $"{request.FiscalYearStart}", "a month, 1 to 12", "Correct the month.");
        }

        var tenant = TenantId.New();
        try
        {
            return await database.Write(Caller.System(tenant, "cli:tenant"), session => Make(request, tenant, session, clock), ct);
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return new Problem("tenant.slug-taken", "slug", request.Slug, "a slug no tenant has", "Choose another; 'tenant list' shows those there are.") { Kind = ProblemKind.Conflict };
        }
    }

    private static async Task<Result<Response>> Make(Request request, TenantId tenant, Session session, TimeProvider clock)
    {
        if (await session.First<string?>("select region from org.elsewhere where slug = @Slug", new { request.Slug }) is { } elsewhere)
        {
            return new Problem("tenant.slug-elsewhere", "slug", request.Slug, $"a slug no tenant has: this one's is in region {elsewhere}", "Choose another.") { Kind = ProblemKind.Conflict };
        }

        await session.Execute(
            "insert into org.tenants (id, slug, name, fiscal_year_start) values (@Id, @Slug, @Name, @Start)",
            new { Id = tenant.Value, request.Slug, request.Name, Start = (short)request.FiscalYearStart });
        await Prune.Schedule(session, clock);
        var key = await CreateApiKey.Handle(new CreateApiKey.Request("first key", Role: Role.Owner.Name), session, clock);
        return key.TryValue(out var made, out var problem) ? new Response(tenant, request.Slug, made.Key) : problem;
    }

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\z", RegexOptions.None, 1000)]
    private static partial Regex Slugs();
}
