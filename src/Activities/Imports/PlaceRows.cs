using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Organizations.Entities;
using OffGridFlow.Organizations.Facilities;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Activities.Imports;

/// <summary>
/// Says what the facilities and entities are that an import's rows name and the organisation does not have: new ones, or ones that are there.
/// A job gives them to the rows, as new versions that the ledger posts in the place of the old ones.
/// </summary>
internal static class PlaceRows
{
    private const int MostSuffixes = 50;

    /// <param name="Name">As the sheet of the import lists it.</param>
    /// <param name="Field"><c>facility</c> or <c>entity</c>.</param>
    /// <param name="Is">Code or name of the one that is meant; null: a new one is made.</param>
    /// <param name="Code">Of the new one; null: made of the name.</param>
    /// <param name="Region">Of the new facility: for its rows that name no place.</param>
    public sealed record Wanted(string? Name, string Field = "facility", string? Is = null, string? Code = null, string? Region = null);

    /// <param name="Places">Which names are what; null: all that are open and like none that is there, each a new one.</param>
    /// <param name="Entity">Code or name of the entity of new facilities; null: the one their rows name, else the only one there is, else one made for the organisation itself.</param>
    /// <param name="Reason">For the corrections.</param>
    public sealed record Request(IReadOnlyList<Wanted>? Places = null, string? Entity = null, string? Reason = null);

    /// <param name="PlaceId">The facility or the entity.</param>
    /// <param name="IsNew">Whether it was made for this.</param>
    public sealed record Placed(string Field, string Name, Guid PlaceId, string Code, bool IsNew);

    /// <param name="JobId">The job that gives them to the rows.</param>
    public sealed record Response(Guid ImportId, Guid JobId, IReadOnlyList<Placed> Places);

    public static void Map(IEndpointRouteBuilder imports) => imports
        .MapPost("/{id:guid}/places", async (Guid id, Request request, Caller caller, Database database, CancellationToken ct) =>
            (await database.Write(caller, session => Handle(id, request, session), ct)).ToAccepted(placed => $"/api/v1/imports/{placed.ImportId}"))
        .WithinFacilities().WithName("PlaceImportRows").WithSummary("Make the facilities and entities that rows name and the organisation does not have, or say which ones are meant; the rows become theirs.")
        .Produces<Response>(StatusCodes.Status202Accepted);

    /// <summary>Within a transaction of the tenant.</summary>
    public static async Task<Result<Response>> Handle(Guid id, Request request, Session session)
    {
        if (await ImportRecord.Hold(session, id) is not { } import || !ShowImports.Shows(import.CreatedBy, session.Caller))
        {
            return Problem.NotFound("import", id.ToString());
        }

        if (import.Status is not "read")
        {
            return new Problem("import.status", "status", import.Status, "read", "Only rows of an import that was read to its end, and not undone, can be placed.") { Kind = ProblemKind.Conflict };
        }

        var unknown = UnknownPlaces.Read(import.UnknownPlaces);
        var open = unknown.Where(place => place is { Name: not null, PlaceId: null }).ToList();
        var wanted = request.Places ?? [.. open.Where(place => !place.Fix.StartsWith(Rows.RowContext.DidYouMean, StringComparison.Ordinal)).Select(place => new Wanted(place.Name, place.Field))];
        if (wanted.Count == 0)
        {
            return new Problem("places.none", "places", "no name that is open", "an import with unknown facilities or entities", "There is nothing to place.") { Kind = ProblemKind.Conflict };
        }

        if (wanted.FirstOrDefault(one => !open.Exists(place => place.Name == one?.Name && place.Field == one?.Field)) is { } stray)
        {
            return new Problem("places.name", "places", $"{stray?.Field} {stray?.Name}", $"one of: {string.Join(", ", open.Take(20).Select(place => $"{place.Field} {place.Name}"))}", "Take the name as the import lists it.");
        }

        if (await Beyond(wanted, session) is { } beyond)
        {
            return beyond;
        }

        if (!(await Find(id, wanted, request.Entity, session)).TryValue(out var placed, out var problem))
        {
            return problem;
        }

        await session.Execute("update activities.imports set unknown_places = @places::jsonb, version = version + 1 where import_id = @id", new
        {
            id,
            places = UnknownPlaces.Write(unknown.Select(place => placed.Find(one => one.Name == place.Name && one.Field == place.Field) is { } now ? place with { PlaceId = now.PlaceId } : place)),
        });
        var job = await JobQueue.Enqueue(session, new NewJob(JobType.Ingestion, PlacedRows.JobName, new PlacedRows.Arguments(id, request.Reason ?? "What the row names is known now.", placed)));
        return new Response(id, job, placed);
    }

    // Who delivers for some facilities gives names to these and to their entities, and makes no new ones: of others they do not even hear.
    private static async Task<Problem?> Beyond(IReadOnlyList<Wanted> wanted, Session session)
    {
        if (session.Caller.FacilitiesFor(Permission.ImportsWrite) is not { } within)
        {
            return null;
        }

        var (sites, entities) = (await OrganizationQueries.Facilities(session), await OrganizationQueries.Entities(session));
        var owners = sites.All.Where(site => within.Contains(site.FacilityId)).Select(site => site.EntityId).ToHashSet();
        return wanted.FirstOrDefault(one => one.Field == "entity"
                ? entities.Find(one.Is ?? one.Name!, out _) is not { } entity || !owners.Contains(entity.EntityId)
                : sites.Find(one.Is ?? one.Name!, out _) is not { } site || !within.Contains(site.FacilityId)) is { } other
            ? Missing(other.Field == "entity" ? "entity" : "facility", other.Is ?? other.Name!)
            : null;
    }

    // Entities first: a new facility may belong to one.
    private static async Task<Result<List<Placed>>> Find(Guid import, IReadOnlyList<Wanted> wanted, string? entity, Session session)
    {
        var placed = new List<Placed>();
        foreach (var one in wanted.DistinctBy(one => (one.Field, one.Name)).OrderBy(one => one.Field == "entity" ? 0 : 1))
        {
            var found = one.Field == "entity" ? await EntityOf(one, session) : await FacilityOf(import, one, entity, session);
            if (!found.TryValue(out var place, out var problem))
            {
                return problem;
            }

            placed.Add(place);
        }

        return placed;
    }

    private static async Task<Result<Placed>> EntityOf(Wanted one, Session session)
    {
        var there = (await OrganizationQueries.Entities(session)).Find(one.Is ?? one.Name!, out _);
        return there is not null ? new Placed("entity", one.Name!, there.EntityId, there.Code, IsNew: false)
            : one.Is is { } missing ? Missing("entity", missing)
            : (await Coded(one, code => CreateEntity.Handle(new CreateEntity.Request(code, one.Name), session))).TryValue(out var made, out var problem)
                ? new Placed("entity", one.Name!, made.EntityId, made.Code, IsNew: true) : problem;
    }

    private static async Task<Result<Placed>> FacilityOf(Guid import, Wanted one, string? entity, Session session)
    {
        var there = (await OrganizationQueries.Facilities(session)).Find(one.Is ?? one.Name!, out _);
        if (there is not null || one.Is is not null)
        {
            return there is not null ? new Placed("facility", one.Name!, there.FacilityId, there.Code, IsNew: false) : Missing("facility", one.Is!);
        }

        if (!(await Owner(import, one.Name!, entity, session)).TryValue(out var owner, out var problem))
        {
            return problem;
        }

        return (await Coded(one, code => CreateFacility.Handle(new CreateFacility.Request(owner, code, one.Name, Region: one.Region), session))).TryValue(out var made, out problem)
            ? new Placed("facility", one.Name!, made.FacilityId, made.Code, IsNew: true) : problem;
    }

    private static async Task<Result<Guid>> Owner(Guid import, string facility, string? said, Session session)
    {
        var entities = await OrganizationQueries.Entities(session);
        if (said is not null)
        {
            return entities.Find(said, out _) is { } meant ? meant.EntityId : Missing("entity", said);
        }

        var named = await session.Query<(Guid? EntityId, string? Name)>(
            """
            select distinct entity_id, columns->>'entity' from activities.activities
            where import_id = @import and facility_id is null and columns->>'facility' = @facility limit 3
            """, new { import, facility });
        var owners = named.Select(row => row.Name is null ? row.EntityId : entities.Find(row.Name, out _)?.EntityId).OfType<Guid>().Distinct().ToList();
        if (owners.Count == 1)
        {
            return owners[0];
        }

        if (entities.All.Count > 1)
        {
            return new Problem("places.entity", "entity", $"nothing that says whose {facility} is", $"the code of one of: {string.Join(", ", entities.All.Take(20).Select(one => one.Code))}", "Say whose the new facilities are.");
        }

        if (entities.All.Count == 1)
        {
            return entities.All[0].EntityId;
        }

        // An organisation that has set nothing up yet is one entity: itself.
        var tenant = await OrganizationQueries.Tenant(session);
        return (await Coded(new Wanted(tenant.Name), code => CreateEntity.Handle(new CreateEntity.Request(code, tenant.Name), session))).TryValue(out var itself, out var problem)
            ? itself.EntityId : problem;
    }

    // The code is ours unless it was said: where it is taken, the next one.
    private static async Task<Result<T>> Coded<T>(Wanted one, Func<string, Task<Result<T>>> create)
    {
        var code = one.Code ?? CodeOf(one.Name!);
        for (var suffix = 2; ; suffix++)
        {
            var made = await create(suffix == 2 ? code : FormattableString.Invariant($"{code}-{suffix - 1}"));
            if (one.Code is not null || suffix > MostSuffixes || made.Problem is not { Kind: ProblemKind.Conflict })
            {
                return made;
            }
        }
    }

    /// <summary><c>LEEDS-HEAD-OFFICE</c> of <c>Leeds head office</c>.</summary>
    internal static string CodeOf(string name)
    {
        const int Longest = 40;
        var words = new string([.. name.Trim().ToUpperInvariant().Select(letter => char.IsLetterOrDigit(letter) ? letter : ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var code = string.Join('-', words);
        return code.Length == 0 ? "SITE" : code.Length <= Longest ? code : code[..Longest].TrimEnd('-');
    }

    private static Problem Missing(string noun, string found) =>
        new($"places.{noun}-unknown", "is", found, $"the code or the name of one {noun} of this organisation", $"List them to find the right code, or leave it out for a new one.");
}
