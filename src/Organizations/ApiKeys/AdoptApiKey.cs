using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Organizations.Roles;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.ApiKeys;

/// <summary>
/// Answers for a key from now on in place of whoever made it, so that it goes on when they leave, or works again. They may still know it: where that matters, it is rotated
/// instead.
/// </summary>
internal static class AdoptApiKey
{
    internal static void Map(IEndpointRouteBuilder keys) => keys.MapPost("/{api_key_id:guid}/adopt", Post)
        .WithName("AdoptApiKey").WithSummary("Answer for an API key in place of whoever made it.").Produces<ApiKey>();

    private static async Task<IResult> Post(Guid api_key_id, Caller caller, Database database, KeyRing keys, TimeProvider clock, CancellationToken ct)
    {
        var adopted = await database.Write(caller, session => Handle(api_key_id, session, clock.GetUtcNow()), ct);
        keys.Forget();
        return adopted.ToOk();
    }

    internal static async Task<Result<ApiKey>> Handle(Guid id, Session session, DateTimeOffset now)
    {
        if (!(await ListApiKeys.Find(id, session)).TryValue(out var key, out var missing))
        {
            return missing;
        }

        // As with a new one: nobody answers for more than they may do.
        var may = await TenantRoles.Permissions(key.Role, session) & (key.Permissions is { } some ? TenantRoles.Parse(some) : PermissionSet.All);
        if (!may.IsWithin(session.Caller.May))
        {
            return new Problem("permission.beyond", "role", key.Role, "no more than you may do yourself", "Ask somebody who may do as much.") { Kind = ProblemKind.Forbidden };
        }

        // A key cannot answer for itself.
        if (session.Caller.Actor == $"key:{id}")
        {
            return new Problem("api-key.itself", "api_key_id", id.ToString(), "another key, or a person", "Sign in, and adopt it.") { Kind = ProblemKind.Conflict };
        }

        await session.Execute("update org.api_keys set adopted_by = @Actor, adopted_at = @now where api_key_id = @id", new { session.Caller.Actor, now, id });
        return await ListApiKeys.Find(id, session);
    }
}
