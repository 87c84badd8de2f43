using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.ApiKeys;

/// <summary>Makes a key in another's place: it may do the same, from the same networks. The old one opens for some hours more, so that programs can change over.</summary>
public static class RotateApiKey
{
    private const int UsualOverlap = 24;
    private const int LongestOverlap = 30 * 24;

    /// <param name="OverlapHours">For how long the old key still opens: 0 to 720, 24 by default.</param>
    /// <param name="ExpiresAt">When the new one expires; null: when the old one would have.</param>
    public sealed record Request(int? OverlapHours = null, DateTimeOffset? ExpiresAt = null);

    /// <param name="ApiKeyId">By which the new one is listed and revoked.</param>
    /// <param name="Key">The secret: keep it now, it is not shown again.</param>
    /// <param name="Replaces">The old one.</param>
    /// <param name="ReplacedUntil">Until when the old one opens.</param>
    public sealed record Response(Guid ApiKeyId, string Name, string Key, DateTimeOffset? ExpiresAt, Guid Replaces, DateTimeOffset ReplacedUntil);

    internal static void Map(IEndpointRouteBuilder keys) => keys.MapPost("/{api_key_id:guid}/rotate", Post)
        .WithName("RotateApiKey").WithSummary("Make a key in another's place. The key is in this answer only.")
        .Produces<Response>(StatusCodes.Status201Created).WithMetadata(new AnswersWithSecret());

    private static async Task<IResult> Post(Guid api_key_id, Request request, Caller caller, Database database, KeyRing keys, TimeProvider clock, CancellationToken ct)
    {
        var rotated = await database.Write(caller, session => Handle(api_key_id, request, session, clock), ct);
        keys.Forget();
        return rotated.ToCreated(made => $"/api/v1/api-keys/{made.ApiKeyId}");
    }

    /// <summary>Within a transaction of the tenant.</summary>
    public static async Task<Result<Response>> Handle(Guid id, Request request, Session session, TimeProvider clock)
    {
        var hours = request.OverlapHours ?? UsualOverlap;
        if (hours is < 0 or > LongestOverlap)
        {
            return new Problem("api-key.overlap", "overlap_hours", $"{hours}", $"0 to {LongestOverlap} hours", "Choose a shorter overlap.");
        }

        await session.Execute("select from org.api_keys where api_key_id = @id for update", new { id });
        if (!(await ListApiKeys.Find(id, session)).TryValue(out var old, out var missing))
        {
            return missing;
        }

        var now = clock.GetUtcNow();
        if (old.RevokedAt is not null || old.ExpiresAt <= now)
        {
            return new Problem("api-key.over", "api_key_id", id.ToString(), "a key that is in force", "Make a new key.") { Kind = ProblemKind.Conflict };
        }

        if (await session.First<Guid?>("select api_key_id from org.api_keys where replaces = @id", new { id }) is { } other)
        {
            return new Problem("api-key.rotated", "api_key_id", $"a key that {other} replaces", "a key that was not rotated yet", "Rotate the newer one.") { Kind = ProblemKind.Conflict };
        }

        var made = await CreateApiKey.Handle(
            new CreateApiKey.Request(old.Name, request.ExpiresAt ?? old.ExpiresAt, old.Role, old.Permissions, old.Networks), session, clock);
        if (!made.TryValue(out var key, out var problem))
        {
            return problem;
        }

        var until = old.ExpiresAt is { } end && end < now.AddHours(hours) ? end : now.AddHours(hours);
        await session.Execute("update org.api_keys set replaces = @id where api_key_id = @ApiKeyId", new { id, key.ApiKeyId });
        await session.Execute("update org.api_keys set expires_at = @until where api_key_id = @id", new { until, id });
        return new Response(key.ApiKeyId, key.Name, key.Key, key.ExpiresAt, id, until);
    }
}
