using Microsoft.AspNetCore.Http.HttpResults;
using OffGridFlow.Organizations.Roles;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Web.Host;

namespace OffGridFlow.Web.Trust;

/// <summary>What we promise, for everybody: the same data that the tests work by, as JSON and as a page. Nothing in it is anybody's own.</summary>
internal static class ShowTrust
{
    // The same for everybody until the program changes.
    private const string Cached = "public, max-age=300";

    public static void MapApi(IEndpointRouteBuilder api) => api.MapGet("/trust", async (HttpContext context, HostSettings settings, RetentionSettings retention, Database database, EndpointDataSource endpoints, CancellationToken ct) =>
        {
            context.Response.Headers.CacheControl = Cached;
            return ((Result<TrustView>)Of(settings, await Kept(retention, database, ct), endpoints)).ToOk();
        })
        .WithTags("Trust").WithName("GetTrust").AllowAnonymous().Produces<TrustView>()
        .WithSummary("What is promised of isolation, roles, sign-in, encryption, audit, retention and export, each with the tests that prove it.");

    public static void Map(IEndpointRouteBuilder pages) => pages.MapGet("/trust", async (HttpContext context, HostSettings settings, RetentionSettings retention, Database database, EndpointDataSource endpoints, CancellationToken ct) =>
    {
        context.Response.Headers.CacheControl = Cached;
        return new RazorComponentResult<Pages.Trust.TrustPage>(new { Trust = Of(settings, await Kept(retention, database, ct), endpoints) });
    }).AllowAnonymous();

    public static TrustView Of(HostSettings settings, Retention retention, EndpointDataSource endpoints)
    {
        var used = endpoints.Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<NeededPermission>() is not null)
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(endpoint.Metadata.GetMetadata<NeededPermission>()!.For)).ToHashSet();
        return new TrustView(
            [.. Trust.Promises.All.Select(chapter => new ChapterView(chapter.Name, chapter.Title, [.. chapter.Promises.Select(promise => new PromiseView(promise.Says, promise.ProvenBy))]))],
            [.. Role.All.Select(role => new RoleView(role.Name, role.Title, role.About, role.Permissions.ToNames()))],
            [.. Enum.GetValues<Permission>().Select(permission => new PermissionView(PermissionSet.Name(permission), used.Contains(permission)))],
            [.. Trust.Classification.Tables.Select(View)],
            retention.Classes,
            [.. Plans.All.Select(plan => Limit(plan.Key, plan.Value, settings))],
            $"OWASP ASVS {Asvs.Edition}, levels 1 and 2",
            [.. Asvs.Chapters.Select(chapter => new StandardView(chapter.Number, chapter.Title, chapter.Yes, chapter.No, chapter.NotApplicable))],
            [],
            Trust.Promises.NotPromised);
    }

    // The schedule, and of no organisation when it was last kept to.
    private static Task<Retention> Kept(RetentionSettings settings, Database database, CancellationToken ct) =>
        database.Read(Caller.System(TenantId.None, "trust"), session => Retention.Read(session, settings), ct);

    private static TableView View(ClassifiedTable table) => new(
        table.Name, table.Holds, Trust.Classification.Name(table.Level),
        table.Secret.Concat(table.Personal).Concat(table.Confidential).ToDictionary(column => column, column => Trust.Classification.Name(table.Of(column)), StringComparer.Ordinal));

    private static LimitView Limit(string plan, double share, HostSettings settings)
    {
        var perSecond = RateLimit.PerSecond(settings, share);
        return new(plan, (decimal)perSecond, RateLimit.AtOnce(settings, share), (decimal)RateLimit.PerSecond(settings, share * RateLimit.ShareOfOne));
    }
}
