using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Organizations.Members;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Roles;

/// <summary>A role of the tenant's own: made, changed, and deleted when nobody has it. A change counts from the next request of everybody who has it.</summary>
internal static partial class WriteRole
{
    /// <param name="Name">As the API writes it: <c>plant_lead</c>. It stays.</param>
    /// <param name="Title">As people read it.</param>
    /// <param name="Permissions">What it may do: never more than who makes it.</param>
    internal sealed record Request(string? Name = null, string? Title = null, IReadOnlyList<string>? Permissions = null);

    /// <param name="Title">As people read it.</param>
    /// <param name="Permissions">All that it may do from now on.</param>
    internal sealed record Change(string? Title = null, IReadOnlyList<string>? Permissions = null);

    internal static void Map(IEndpointRouteBuilder roles)
    {
        roles.MapPost("/", async (Request request, Caller caller, MemberChanges changes, CancellationToken ct) =>
            (await changes.Write(caller, (session, now) => Create(request, session, now), ct)).ToCreated(role => $"/api/v1/roles/{role.Name}"))
            .WithName("CreateRole").WithSummary("Make a role of the tenant's own.").Produces<RoleDetails>(StatusCodes.Status201Created);
        roles.MapPatch("/{name}", async (string name, MergePatch<Change> patch, IfMatch version, Caller caller, MemberChanges changes, CancellationToken ct) =>
            (await changes.Write(caller, (session, now) => Alter(name, patch, version, session, now), ct)).ToOk())
            .WithName("ChangeRole").WithSummary("Change a role of the tenant's own.").Produces<RoleDetails>();
        roles.MapDelete("/{name}", async (string name, Caller caller, MemberChanges changes, CancellationToken ct) =>
            (await changes.Write(caller, (session, now) => Delete(name, session, now), ct)).ToNoContent())
            .WithName("DeleteRole").WithSummary("Delete a role of the tenant's own that nobody has.").Produces(StatusCodes.Status204NoContent);
    }

    internal static async Task<Result<RoleDetails>> Create(Request request, Session session, DateTimeOffset now)
    {
        if (request.Name is not { } name || !NameForm().IsMatch(name))
        {
            return new Problem("role.name", "name", request.Name ?? "", "lower-case letters, digits and underscores, a letter first, 63 at most", "Correct the name.");
        }

        if (Check(request.Title, request.Permissions, session.Caller) is { } problem)
        {
            return problem;
        }

        // The name of one that was deleted is free again.
        var made = Role.Find(name) is not null ? 0 : await session.Execute(
            """
            insert into org.roles (tenant_id, role_id, name, title, permissions, created_at, updated_at) values (@tenant, @id, @name, @Title, @permissions, @now, @now)
            on conflict (tenant_id, name) do update set title = excluded.title, permissions = excluded.permissions, updated_at = excluded.updated_at, deleted_at = null, version = roles.version + 1
                where roles.deleted_at is not null
            """,
            new { tenant = session.Tenant.Value, id = Guid.CreateVersion7(), name, request.Title, permissions = Ordered(request.Permissions!), now });
        return made == 1
            ? await RoleDetails.Find(name, session)
            : new Problem("role.name-taken", "name", name, "a name no other role has", "Choose another name.") { Kind = ProblemKind.Conflict };
    }

    internal static async Task<Result<RoleDetails>> Alter(string name, MergePatch<Change> patch, IfMatch version, Session session, DateTimeOffset now)
    {
        if (!(await Own(name, session)).TryValue(out var role, out var problem))
        {
            return problem;
        }

        var wanted = patch.ApplyTo(new Change(role.Title, role.Permissions));
        if ((version.Check(role.Version) ?? Check(wanted.Title, wanted.Permissions, session.Caller)) is { } wrong)
        {
            return wrong;
        }

        await session.Execute(
            "update org.roles set title = @Title, permissions = @permissions, updated_at = @now, version = version + 1 where name = @name", new { wanted.Title, permissions = Ordered(wanted.Permissions!), now, name });
        return await RoleDetails.Find(name, session);
    }

    internal static async Task<Result<int>> Delete(string name, Session session, DateTimeOffset now)
    {
        if ((await Own(name, session)).Problem is { } problem)
        {
            return problem;
        }

        var users = await session.First<long>(
            """
            select (select count(*) from org.assignments where role = @name and ended_at is null and (expires_at is null or expires_at > @now))
                + (select count(*) from org.api_keys where role = @name and revoked_at is null and (expires_at is null or expires_at > @now))
                + (select count(*) from org.invitations where role = @name and accepted_at is null and revoked_at is null and expires_at > @now)
            """,
            new { name, now });
        if (users > 0)
        {
            return new Problem("role.in-use", "name", $"{users} members, keys or invitations with it", "a role nobody has", "Give them another role first.") { Kind = ProblemKind.Conflict };
        }

        return await session.Execute("update org.roles set deleted_at = @now, updated_at = @now, version = version + 1 where name = @name", new { name, now });
    }

    private static async Task<Result<RoleDetails>> Own(string name, Session session) => Role.Find(name) is not null
        ? new Problem("role.of-the-product", "name", name, "a role of the tenant's own", "Make a role of your own with the permissions you want.") { Kind = ProblemKind.Conflict }
        : await RoleDetails.Find(name, session);

    private static Problem? Check(string? title, IReadOnlyList<string>? permissions, Caller caller)
    {
        if (!Forms.IsName(title))
        {
            return new Problem("role.title", "title", title ?? "", Forms.NameForm, "Correct the title.");
        }

        if (permissions is not { Count: > 0 } || permissions.Any(one => PermissionSet.Find(one) is null))
        {
            return new Problem("permission.unknown", "permissions", permissions?.FirstOrDefault(one => PermissionSet.Find(one) is null) ?? "none", string.Join(", ", PermissionSet.All.ToNames()), "Name at least one permission.");
        }

        return permissions.FirstOrDefault(one => !caller.May.Has(PermissionSet.Find(one)!.Value)) is { } beyond
            ? new Problem("permission.beyond", "permissions", beyond, "no more than you may do yourself", "Leave it out.") { Kind = ProblemKind.Forbidden }
            : null;
    }

    private static string[] Ordered(IReadOnlyList<string> permissions) => [.. TenantRoles.Parse(permissions).ToNames()];

    [GeneratedRegex(@"\A[a-z][a-z0-9_]{0,62}\z", RegexOptions.None, 1000)]
    private static partial Regex NameForm();
}
