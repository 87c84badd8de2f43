using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Organizations.Facilities;
using OffGridFlow.Organizations.Members;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Projects;

/// <summary>Which facilities a project has: all of them at once, whichever entities they belong to. It counts from the next request on.</summary>
internal static class ProjectFacilities
{
    private const int Most = 1000;

    private static readonly ListShape Shape = new ListShape("facility_id", FieldKind.Id, "code").Filter("code").Sort("code").Filter("name").Sort("name").Filter("entity_code").Filter("region");

    /// <param name="FacilityIds">All that it has from now on.</param>
    internal sealed record Request(IReadOnlyList<Guid>? FacilityIds = null);

    internal static void Map(IEndpointRouteBuilder projects)
    {
        projects.MapGet("/{project_id:guid}/facilities", async (Guid project_id, ListQuery query, Caller caller, Database database, CancellationToken ct) =>
            (await database.Read(caller, session => Listed(project_id, query, session), ct)).ToOk())
            .Lists<FacilityDetails>(Shape).WithName("ListProjectFacilities").WithSummary("List the facilities of a project.");
        projects.MapPut("/{project_id:guid}/facilities", async (Guid project_id, Request request, IfMatch version, Caller caller, MemberChanges changes, CancellationToken ct) =>
            (await changes.Write(caller, (session, now) => Set(project_id, request, version, session, now), ct)).ToOk())
            .WithName("SetProjectFacilities").WithSummary("Say which facilities a project has, in place of those it had.").Produces<ProjectDetails>();
    }

    private static async Task<Result<Page<FacilityDetails>>> Listed(Guid id, ListQuery query, Session session) => (await ProjectDetails.Find(id, session)).Problem is { } problem
        ? problem
        : await query.Page<FacilityDetails>(
            session, $"{FacilityDetails.Select} where f.deleted_at is null and f.facility_id in (select o.facility_id from org.project_facilities o where o.project_id = @id)", new { id });

    internal static async Task<Result<ProjectDetails>> Set(Guid id, Request request, IfMatch version, Session session, DateTimeOffset now)
    {
        if (await ProjectDetails.Hold(id, session) is not { DeletedAt: null } project)
        {
            return Problem.NotFound("project", id.ToString());
        }

        if (version.Check(project.Version) is { } stale)
        {
            return stale;
        }

        if (request.FacilityIds is not { Count: <= Most } wanted)
        {
            return new Problem("project.facilities", "facility_ids", request.FacilityIds is null ? "" : $"{request.FacilityIds.Count}", $"a list of at most {Most} ids of facilities", "Send all facilities the project is to have; an empty list takes all away.");
        }

        // One that was deleted meanwhile may stay, and comes back with its restoration; it is not added.
        var there = await ProjectReach.Facilities(id, session);
        var added = wanted.Except(there).ToArray();
        var known = (await session.Query<Guid>("select facility_id from org.facilities where facility_id = any (@added) and deleted_at is null", new { added })).ToHashSet();
        if (added.Where(one => !known.Contains(one)).Select(one => (Guid?)one).FirstOrDefault() is { } unknown)
        {
            return new Problem("project.facility", "facility_ids", unknown.ToString(), "ids of facilities", "List the facilities to find the right id.");
        }

        if (await ProjectReach.Beyond(id, added, session, now) is { } beyond)
        {
            return beyond;
        }

        var gone = there.Except(wanted).ToArray();
        if (added.Length + gone.Length > 0)
        {
            await session.Execute(
                """
                delete from org.project_facilities where project_id = @id and facility_id = any (@gone);
                insert into org.project_facilities (tenant_id, project_id, facility_id) select @tenant, @id, facility_id from unnest(@added) facility_id;
                update org.projects set version = version + 1, updated_at = @now where project_id = @id
                """,
                new { id, gone, added, tenant = session.Tenant.Value, now });
        }

        return await ProjectDetails.Get(id, session);
    }
}
