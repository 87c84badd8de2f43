using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.ApiKeys;

/// <summary>Makes a key of the caller's tenant. It is shown this once.</summary>
public static class CreateApiKey
{
    /// <param name="Name">What it is for.</param>
    /// <param name="ExpiresAt">From then on it opens nothing; null: it does not expire.</param>
    /// <param name="Role">What it may do: a role of the product or of the tenant, and never more than who makes it.</param>
    /// <param name="Permissions">Fewer than the role's; null: all of them.</param>
    /// <param name="Networks">Where it may come from, in CIDR notation (RFC 4632): <c>203.0.113.0/24</c>; null: from anywhere.</param>
    public sealed record Request(string Name, DateTimeOffset? ExpiresAt = null, string? Role = null, IReadOnlyList<string>? Permissions = null, IReadOnlyList<string>? Networks = null);

    /// <param name="ApiKeyId">By which it is listed and revoked.</param>
    /// <param name="Key">The secret: keep it now, it is not shown again.</param>
    public sealed record Response(Guid ApiKeyId, string Name, string Key, DateTimeOffset? ExpiresAt);

    internal static void Map(IEndpointRouteBuilder keys) => keys.MapPost("/", Post)
        .WithName("CreateApiKey").WithSummary("Make an API key. The key is in this answer only.")
        .Produces<Response>(StatusCodes.Status201Created).WithMetadata(new AnswersWithSecret());

    private static async Task<IResult> Post(Request request, Caller caller, Database database, TimeProvider clock, CancellationToken ct) =>
        (await database.Write(caller, session => Handle(request, session, clock), ct)).ToCreated(made => $"/api/v1/api-keys/{made.ApiKeyId}");

    /// <summary>Within a transaction of the tenant.</summary>
    public static async Task<Result<Response>> Handle(Request request, Session session, TimeProvider clock)
    {
        if (string.IsNullOrWhiteSpace(request.Name) || request.Name.Length > 200)
        {
            return new Problem("api-key.name", "name", request.Name, "a name of 1 to 200 characters", "Say what the key is for.");
        }

        if (request.ExpiresAt <= clock.GetUtcNow())
        {
            return new Problem("api-key.expired", "expires_at", $"{request.ExpiresAt:O}", "an instant to come", "Correct expires_at, or leave it out.");
        }

        if (await Granted.Of(request, session) is var (granted, problem) && problem is not null)
        {
            return problem;
        }

        var secret = ApiKeySecret.New(session.Tenant);
        var id = Guid.CreateVersion7();
        await session.Execute(
            "insert into org.api_keys (tenant_id, api_key_id, name, hash, ending, created_at, created_by, expires_at, role, permissions, networks) values (@Tenant, @Id, @Name, @Hash, @Ending, @Now, @Actor, @Expires, @Role, @Permissions, @Networks::cidr[])",
            new
            {
                Tenant = session.Tenant.Value, Id = id, request.Name, Hash = ApiKeySecret.Hash(secret), Ending = secret[^4..], Now = clock.GetUtcNow(),
                session.Caller.Actor, Expires = request.ExpiresAt?.ToUniversalTime(), granted!.Role, granted.Permissions, granted.Networks,
            });
        return new Response(id, request.Name, secret, request.ExpiresAt);
    }
}
