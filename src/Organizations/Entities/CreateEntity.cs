using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Entities;

/// <summary>Adds a legal entity. What the tenant holds of it is set apart, by <see cref="SetShares"/>.</summary>
public static class CreateEntity
{
    /// <param name="Code">Short and unique: files name the entity by it.</param>
    /// <param name="Name">As people write it; files may use it too.</param>
    /// <param name="Country">ISO 3166-1 alpha-2.</param>
    /// <param name="ParentEntityId">The entity that holds it, where there is a group.</param>
    public sealed record Request(string? Code = null, string? Name = null, string? Country = null, Guid? ParentEntityId = null);

    internal static void Map(IEndpointRouteBuilder entities) => entities.MapPost("/", Post)
        .WithName("CreateEntity").WithSummary("Add a legal entity.").Produces<EntityDetails>(StatusCodes.Status201Created);

    private static async Task<IResult> Post(Request request, Caller caller, Database database, CancellationToken ct) =>
        (await database.Write(caller, session => Handle(request, session), ct)).ToCreated(made => $"/api/v1/entities/{made.EntityId}");

    public static async Task<Result<EntityDetails>> Handle(Request request, Session session)
    {
        var id = Guid.CreateVersion7();
        if (await Check(request, id, session) is { } problem)
        {
            return problem;
        }

        var made = await session.Execute("""
            insert into org.entities (tenant_id, entity_id, code, name, country, parent_entity_id)
            values (@Tenant, @id, @Code, @Name, @Country, @ParentEntityId)
            on conflict (tenant_id, code) do nothing
            """, new { Tenant = session.Tenant.Value, id, request.Code, request.Name, request.Country, request.ParentEntityId });
        return made == 1 ? await EntityDetails.Get(id, session) : await Taken(request.Code!, session);
    }

    /// <summary>Everything that is wrong with an entity, new or changed, but that its code is taken.</summary>
    internal static async Task<Problem?> Check(Request request, Guid id, Session session) => Problem.All(
        Forms.IsCode(request.Code) ? null : new Problem("entity.code", "code", request.Code ?? "", Forms.CodeForm, "Correct the code."),
        Forms.IsName(request.Name) ? null : new Problem("entity.name", "name", request.Name ?? "", Forms.NameForm, "Correct the name."),
        request.Country is null || Forms.IsCountry(request.Country) ? null
            : new Problem("entity.country", "country", request.Country, "two capital letters of ISO 3166-1, such as GB", "Correct the country."),
        request.ParentEntityId is { } parent && !await MayHold(parent, id, session)
            ? new Problem("entity.parent", "parent_entity_id", parent.ToString(), "the id of another entity that is not held by this one", "List the entities to find the right id.")
            : null);

    internal static async Task<Problem> Taken(string code, Session session) =>
        await session.First<bool>("select deleted_at is not null from org.entities where code = @code", new { code })
            ? new Problem("entity.code-deleted", "code", code, "a code no entity has, not even a deleted one", "Restore the deleted entity (GET /api/v1/entities/deleted, then POST its /restore), or choose another code.") { Kind = ProblemKind.Conflict }
            : new Problem("entity.code-taken", "code", code, "a code no other entity has", "Choose another code, or change the entity that has it.") { Kind = ProblemKind.Conflict };

    // Up the chain of parents there must be an end, and not the entity itself.
    private static Task<bool> MayHold(Guid parent, Guid id, Session session) => session.First<bool>("""
        with recursive up as (
            select entity_id, parent_entity_id from org.entities where entity_id = @parent and deleted_at is null
            union
            select e.entity_id, e.parent_entity_id from org.entities e join up on e.entity_id = up.parent_entity_id)
        select exists (select from up) and not exists (select from up where entity_id = @id)
        """, new { parent, id });
}
