using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.ApiKeys;

/// <summary>The tenant's keys, without their secrets; one of them by its id.</summary>
internal static class ListApiKeys
{
    private const string Select =
        $"select api_key_id, name, ending, role, permissions, networks::text[] as networks, created_at, expires_at, revoked_at, last_used_at, replaces, created_by, adopted_by, {ApiKey.Orphaned} as is_orphaned from org.api_keys";

    private static readonly ListShape Shape = new ListShape("api_key_id", FieldKind.Id)
        .Filter("name").Sort("name").Filter("ending").Sort("created_at", FieldKind.Instant).Range("created_at", FieldKind.Instant);

    internal static void Map(IEndpointRouteBuilder keys)
    {
        keys.MapGet("/", GetAll).Lists<ApiKey>(Shape).WithName("ListApiKeys").WithSummary("List the API keys, without their secrets.");
        keys.MapGet("/{api_key_id:guid}", GetOne).WithName("GetApiKey").WithSummary("Show an API key, without its secret.").Produces<ApiKey>();
    }

    private static async Task<IResult> GetAll(ListQuery query, Caller caller, Database database, CancellationToken ct) =>
        (await database.Read(caller, session => query.Page<ApiKey>(session, Select), ct)).ToOk();

    private static async Task<IResult> GetOne(Guid api_key_id, Caller caller, Database database, CancellationToken ct) =>
        (await database.Read(caller, session => Find(api_key_id, session), ct)).ToOk();

    /// <summary>All of them, the newest first: for the page.</summary>
    internal static Task<IReadOnlyList<ApiKey>> All(Session session) => session.Query<ApiKey>($"{Select} order by created_at desc, api_key_id");

    internal static async Task<Result<ApiKey>> Find(Guid id, Session session) =>
        await session.First<ApiKey>($"{Select} where api_key_id = @id", new { id }) is { } key ? key : Problem.NotFound("api-key", id.ToString());
}
