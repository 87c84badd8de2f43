using OffGridFlow.Organizations.Roles;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Members;

/// <summary>A role that may be handed on, checked against who hands it on.</summary>
internal sealed record Handing(string Role, Scope Scope, DateTimeOffset? ExpiresAt)
{
    /// <summary>Parts of the program that a role can be given for.</summary>
    public static readonly IReadOnlyList<string> Modules = [.. PermissionSet.All.ToNames().Select(Grants.ModuleOf).Distinct(StringComparer.Ordinal)];

    /// <param name="Role">A role of the product or of the tenant's own.</param>
    /// <param name="Scope">Where it counts: <c>tenant</c> (when left out), <c>project</c>, <c>module</c> or <c>facility</c>.</param>
    /// <param name="Module">A part of the program: the first word of its permissions, such as <c>ledger</c>.</param>
    /// <param name="FacilityId">The facility it counts for.</param>
    /// <param name="ExpiresAt">When it ends by itself. An auditor's must.</param>
    /// <param name="ProjectId">The project for whose facilities it counts.</param>
    public sealed record Request(string? Role = null, string? Scope = null, string? Module = null, Guid? FacilityId = null, DateTimeOffset? ExpiresAt = null, Guid? ProjectId = null);

    /// <summary>Nobody hands on more than they may do themselves, and only owners name owners.</summary>
    public static async Task<Result<Handing>> Of(Request request, Session session, DateTimeOffset now)
    {
        if (request.Role is not { } role || !await TenantRoles.Knows(role, session))
        {
            return TenantRoles.Unknown(request.Role);
        }

        if (!(await ScopeOf(request, session)).TryValue(out var scope, out var problem))
        {
            return problem;
        }

        if (request.ExpiresAt <= now)
        {
            return new Problem("assignment.expired", "expires_at", $"{request.ExpiresAt:O}", "an instant to come", "Correct expires_at, or leave it out.");
        }

        if (role == Roles.Role.Auditor.Name && request.ExpiresAt is null)
        {
            return new Problem("assignment.without-end", "expires_at", "", "the instant at which the audit is over", "An auditor sees everything: say until when.");
        }

        if (role == Roles.Role.Owner.Name)
        {
            return scope != Scope.Everywhere
                ? new Problem("assignment.owner-scope", "scope", scope.Kind, "tenant", "An owner answers for the whole organisation: choose another role for a part.")
                : await Owners.Only(session, now) is { } others ? others : new Handing(role, scope, request.ExpiresAt);
        }

        var given = await TenantRoles.Permissions(role, session);
        var counts = scope.Module is { } module ? Grants.InModule(given, module) : given;
        if (counts == PermissionSet.None && scope.Module is not null)
        {
            return new Problem("scope.module", "module", scope.Module, "a part the role says something of: " + string.Join(", ", given.ToNames().Select(Grants.ModuleOf).Distinct(StringComparer.Ordinal)), "Choose another part, or another role.");
        }

        if (!counts.IsWithin(MayIn(scope, session.Caller)))
        {
            var beyond = counts.ToNames().First(name => !MayIn(scope, session.Caller).Has(PermissionSet.Find(name)!.Value));
            return new Problem("permission.beyond", "role", beyond, "no more than you may do yourself", "Choose a lesser role.") { Kind = ProblemKind.Forbidden };
        }

        return new Handing(role, scope, request.ExpiresAt);
    }

    private static PermissionSet MayIn(Scope scope, Caller caller) => scope switch
    {
        { Facility: { } facility } => caller.MayAt(facility),
        { Project: { } project } => caller.MayInProject(project),
        _ => caller.May,
    };

    private static async Task<Result<Scope>> ScopeOf(Request request, Session session)
    {
        var kind = request.Scope ?? (request.FacilityId is not null ? "facility" : request.ProjectId is not null ? "project" : request.Module is not null ? "module" : "tenant");
        switch (kind)
        {
            case "tenant" when request is { Module: null, FacilityId: null, ProjectId: null }:
                return Scope.Everywhere;
            case "module" when request is { FacilityId: null, ProjectId: null }:
                return request.Module is { } module && Modules.Contains(module, StringComparer.Ordinal)
                    ? new Scope(kind, Module: module)
                    : new Problem("scope.module", "module", request.Module ?? "", string.Join(", ", Modules), "Name a part of the program: the first word of its permissions.");
            case "facility" when request is { Module: null, ProjectId: null }:
                return request.FacilityId is { } facility && await session.First<bool>("select exists (select from org.facilities where facility_id = @facility and deleted_at is null)", new { facility })
                    ? new Scope(kind, Facility: facility)
                    : new Problem("scope.facility", "facility_id", request.FacilityId?.ToString() ?? "", "the id of a facility", "List the facilities to find the right id.");
            case "project" when request is { Module: null, FacilityId: null }:
                return request.ProjectId is { } project && await session.First<bool>("select exists (select from org.projects where project_id = @project and deleted_at is null)", new { project })
                    ? new Scope(kind, Project: project)
                    : new Problem("scope.project", "project_id", request.ProjectId?.ToString() ?? "", "the id of a project", "List the projects to find the right id.");
            default:
                return new Problem("scope.unknown", "scope", kind, "tenant alone, project with project_id, module with module, or facility with facility_id", "Say one place where the role counts.");
        }
    }
}
