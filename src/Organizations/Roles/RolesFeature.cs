using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Roles;

/// <summary>The endpoints of roles.</summary>
internal static class RolesFeature
{
    private static readonly ListShape Shape = new ListShape("name", FieldKind.Text, "name").Filter("name").Filter("is_own", FieldKind.Boolean).Sort("title");

    internal static void MapRoles(this IEndpointRouteBuilder api)
    {
        var roles = api.MapGroup("/roles").WithTags("Roles").Needing(Permission.UsersRead, Permission.RolesManage);
        roles.MapGet("/", async (ListQuery query, Caller caller, Database database, CancellationToken ct) =>
            (await database.Read(caller, session => query.Page<RoleDetails>(session, RoleDetails.Select, RoleDetails.Parameters), ct)).ToOk())
            .Lists<RoleDetails>(Shape).WithName("ListRoles").WithSummary("List the roles: the product's and the tenant's own, with their permissions.");
        roles.MapGet("/{name}", async (string name, Caller caller, Database database, CancellationToken ct) =>
            (await database.Read(caller, session => RoleDetails.Find(name, session), ct)).ToOk())
            .WithName("GetRole").WithSummary("Show a role and its permissions.").Produces<RoleDetails>();
        WriteRole.Map(roles);
    }
}
