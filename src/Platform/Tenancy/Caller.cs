using Microsoft.AspNetCore.Http;

namespace OffGridFlow.Platform.Tenancy;

/// <summary>A customer organisation: the fence around all its data.</summary>
public readonly record struct TenantId(Guid Value)
{
    /// <summary>No tenant: what concerns the whole installation, or a person before a tenant is chosen. No tenant's row is within its reach.</summary>
    public static TenantId None => default;

    public static TenantId New() => new(Guid.CreateVersion7());

    public override string ToString() => Value.ToString();
}

/// <summary>Permissions that hold for some facilities only.</summary>
/// <param name="Facilities">Ids of facilities.</param>
/// <param name="Project">The project through which they are held; null: for the facilities themselves.</param>
public sealed record FacilityGrant(PermissionSet May, IReadOnlySet<Guid> Facilities, Guid? Project = null);

/// <summary>Who asks, for which tenant. Handed on as an argument, never ambient.</summary>
/// <param name="Tenant">The tenant whose rows are within reach.</param>
/// <param name="Actor">What the audit rows name: <c>user:0191…</c>, <c>key:0191…</c>, <c>cli:import</c>, <c>job:0191…</c>.</param>
/// <param name="RequestId">Joins audit rows, logs and responses.</param>
/// <param name="Address">The client's IP address, or null.</param>
/// <param name="UserAgent">The client's own name for itself, or null.</param>
public sealed record Caller(TenantId Tenant, string Actor, string RequestId, string? Address = null, string? UserAgent = null)
{
    /// <summary>The person, whose own rows are within reach too; null when it is none: a key, a job, the operator.</summary>
    public Guid? User { get; init; }

    /// <summary>What it may do in the whole tenant.</summary>
    public PermissionSet May { get; init; }

    /// <summary>What it may do for some facilities besides.</summary>
    public IReadOnlyList<FacilityGrant> ByFacility { get; init; } = [];

    /// <summary>The caller of a request, put there by authentication. An endpoint that takes a <see cref="Caller"/> is not reached without one.</summary>
    public static ValueTask<Caller?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<Caller>());

    /// <summary>The program itself at work for a tenant: it may do everything.</summary>
    public static Caller System(TenantId tenant, string actor) => new(tenant, actor, Guid.CreateVersion7().ToString("N")) { May = PermissionSet.All };

    /// <summary>A person on their own account: their rows, and no tenant's.</summary>
    public static Caller Person(Guid user, string requestId, string? address = null, string? userAgent = null) =>
        new(TenantId.None, $"user:{user}", requestId, address, userAgent) { User = user };

    /// <summary>What it may do at a facility: in the whole tenant, through projects, and for the facility itself.</summary>
    /// <param name="facility">Its id.</param>
    /// <param name="without">A project that does not count; null: all do.</param>
    public PermissionSet MayAt(Guid facility, Guid? without = null) =>
        ByFacility.Where(grant => grant.Facilities.Contains(facility) && (without is null || grant.Project != without)).Aggregate(May, (may, grant) => may | grant.May);

    /// <summary>What it may do for whatever a project has, now and later: in the whole tenant, and for the project itself.</summary>
    public PermissionSet MayInProject(Guid project) => ByFacility.Where(grant => grant.Project == project).Aggregate(May, (may, grant) => may | grant.May);

    /// <summary>The facilities a permission is held for: null for all, empty for none.</summary>
    public IReadOnlySet<Guid>? FacilitiesFor(Permission permission) => May.Has(permission)
        ? null
        : ByFacility.Where(grant => grant.May.Has(permission)).SelectMany(grant => grant.Facilities).ToHashSet();
}
