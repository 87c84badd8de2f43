using Microsoft.AspNetCore.Http;

namespace OffGridFlow.Platform.Tenancy;

/// <summary>A customer organisation: the fence around all its data.</summary>
public readonly record struct TenantId(Guid Value)
{
    public static TenantId New() => new(Guid.CreateVersion7());

    public override string ToString() => Value.ToString();
}

/// <summary>Who asks, for which tenant. Handed on as an argument, never ambient.</summary>
/// <param name="Tenant">The tenant whose rows are within reach.</param>
/// <param name="Actor">What the audit rows name: <c>key:0191…</c>, <c>cli:import</c>, <c>job:0191…</c>.</param>
/// <param name="RequestId">Joins audit rows, logs and responses.</param>
/// <param name="Address">The client's IP address, or null.</param>
/// <param name="UserAgent">The client's own name for itself, or null.</param>
public sealed record Caller(TenantId Tenant, string Actor, string RequestId, string? Address = null, string? UserAgent = null)
{
    /// <summary>The caller of a request, put there by authentication. An endpoint that takes a <see cref="Caller"/> is not reached without one.</summary>
    public static ValueTask<Caller?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<Caller>());

    /// <summary>The program itself at work for a tenant.</summary>
    public static Caller System(TenantId tenant, string actor) => new(tenant, actor, Guid.CreateVersion7().ToString("N"));
}
