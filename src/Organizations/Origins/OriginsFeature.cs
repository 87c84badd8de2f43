using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Origins;

/// <summary>The list of origins whose pages may call the API for the tenant.</summary>
internal static class OriginsFeature
{
    private const string Select = "select origin_id, origin, created_at, created_by from org.allowed_origins";

    private static readonly ListShape Shape = new ListShape("origin_id", FieldKind.Id).Filter("origin").Sort("origin");

    /// <param name="Origin">Such as <c>https://dashboard.example.org</c>: no path, and the port only if it is not the usual one.</param>
    internal sealed record Request(string? Origin = null);

    internal sealed record AllowedOrigin
    {
        public required Guid OriginId { get; init; }

        /// <summary>As browsers send it.</summary>
        public required string Origin { get; init; }

        public required DateTimeOffset CreatedAt { get; init; }

        public required string CreatedBy { get; init; }
    }

    internal static IServiceCollection AddOrigins(this IServiceCollection services) =>
        services.AddSingleton<AllowedOrigins>().AddHostedService(provider => provider.GetRequiredService<AllowedOrigins>());

    internal static void MapOrigins(this IEndpointRouteBuilder api)
    {
        var origins = api.MapGroup("/security/origins").WithTags("Security").Needing(Permission.SecurityManage);
        origins.MapGet("/", async (ListQuery query, Caller caller, Database database, CancellationToken ct) =>
            (await database.Read(caller, session => query.Page<AllowedOrigin>(session, Select), ct)).ToOk())
            .Lists<AllowedOrigin>(Shape).WithName("ListOrigins").WithSummary("List the origins whose pages may call the API.");
        origins.MapGet("/{origin_id:guid}", async (Guid origin_id, Caller caller, Database database, CancellationToken ct) =>
            (await database.Read(caller, session => Find(origin_id, session), ct)).ToOk())
            .WithName("GetOrigin").WithSummary("Show an allowed origin.").Produces<AllowedOrigin>();
        origins.MapPost("/", async (Request request, Caller caller, Database database, AllowedOrigins allowed, TimeProvider clock, CancellationToken ct) =>
            {
                var added = await database.Write(caller, session => Add(request, session, clock), ct);
                allowed.Forget();
                return added.ToCreated(made => $"/api/v1/security/origins/{made.OriginId}");
            })
            .WithName("AllowOrigin").WithSummary("Let pages of an origin call the API for the organisation.").Produces<AllowedOrigin>(StatusCodes.Status201Created);
        origins.MapDelete("/{origin_id:guid}", async (Guid origin_id, Caller caller, Database database, AllowedOrigins allowed, CancellationToken ct) =>
            {
                var removed = await database.Write<int>(
                    caller,
                    async session => await session.Execute("delete from org.allowed_origins where origin_id = @origin_id", new { origin_id }) == 1 ? 1 : Problem.NotFound("origin", origin_id.ToString()),
                    ct);
                allowed.Forget();
                return removed.ToNoContent();
            })
            .WithName("RemoveOrigin").WithSummary("Let pages of an origin call the API no more.").Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<Result<AllowedOrigin>> Add(Request request, Session session, TimeProvider clock)
    {
        if (AllowedOrigins.Read(request.Origin ?? "") is not { } origin)
        {
            return new Problem("origin.unreadable", "origin", request.Origin ?? "", "a scheme and a host in lower case, such as https://dashboard.example.org", "Leave out path and usual port: write it as browsers send it.");
        }

        var id = Guid.CreateVersion7();
        var added = await session.Execute(
            "insert into org.allowed_origins (tenant_id, origin_id, origin, created_at, created_by) values (@tenant, @id, @origin, @now, @Actor) on conflict (tenant_id, origin) do nothing",
            new { tenant = session.Tenant.Value, id, origin, now = clock.GetUtcNow(), session.Caller.Actor });
        return added == 1
            ? await Find(id, session)
            : new Problem("origin.taken", "origin", origin, "an origin that is not allowed yet", "Nothing is to be done: it is allowed.") { Kind = ProblemKind.Conflict };
    }

    private static async Task<Result<AllowedOrigin>> Find(Guid id, Session session) =>
        await session.First<AllowedOrigin>($"{Select} where origin_id = @id", new { id }) is { } origin ? origin : Problem.NotFound("origin", id.ToString());
}
