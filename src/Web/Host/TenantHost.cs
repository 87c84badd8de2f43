using OffGridFlow.Organizations.Tenants;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Web.Host;

/// <summary>
/// A host name may name a tenant: <c>acme.example.org</c>, where the installation is <c>example.org</c>. There nobody finds anything who works in another tenant; whether there
/// is one of the name, nobody learns. Where the deployment has several regions, the host of another one's tenant is answered with that region's address. Who calls, and for which tenant, is never in a body.
/// </summary>
internal sealed class TenantHost(RequestDelegate next, TenantNames tenants, RegionDirectory elsewhere, HostSettings settings)
{
    public async Task Invoke(HttpContext context)
    {
        var slug = Slug(context.Request.Host.Host);
        if (slug is not null && await elsewhere.OfSlug(slug, context.RequestAborted) is { } region)
        {
            await Failures.Answer(context, settings.Regions.Elsewhere(region));
            return;
        }

        if (slug is not null && context.Features.Get<Caller>() is { } caller && caller.Tenant != TenantId.None
            && await tenants.Find(slug, context.RequestAborted) != caller.Tenant)
        {
            await Failures.Answer(context, new Problem("host.not-found", "Host", context.Request.Host.Host, "the host of the organisation you work in", "Take its own address, or choose the organisation first.") { Kind = ProblemKind.NotFound });
            return;
        }

        await next(context);
    }

    private string? Slug(string host)
    {
        var name = host.TrimEnd('.').ToLowerInvariant();
        return settings.Host is { } own && name.Length > own.Length + 1 && name.EndsWith("." + own, StringComparison.Ordinal) ? name[..^(own.Length + 1)] : null;
    }
}
