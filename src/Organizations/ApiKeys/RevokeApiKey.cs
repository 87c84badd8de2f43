using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.ApiKeys;

/// <summary>Ends a key: it opens nothing from now on. Revoking it again changes nothing.</summary>
internal static class RevokeApiKey
{
    internal static void Map(IEndpointRouteBuilder keys) => keys.MapPost("/{api_key_id:guid}/revoke", Post)
        .WithName("RevokeApiKey").WithSummary("Revoke an API key.").Produces<ApiKey>();

    private static async Task<IResult> Post(Guid api_key_id, Caller caller, Database database, KeyRing keys, TimeProvider clock, CancellationToken ct)
    {
        var revoked = await database.Write(caller, session => Handle(api_key_id, session, clock), ct);
        keys.Forget();
        return revoked.ToOk();
    }

    internal static async Task<Result<ApiKey>> Handle(Guid id, Session session, TimeProvider clock)
    {
        await session.Execute(
            "update org.api_keys set revoked_at = @Now where api_key_id = @id and revoked_at is null", new { id, Now = clock.GetUtcNow() });
        return await ListApiKeys.Find(id, session);
    }
}
