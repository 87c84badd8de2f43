using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.Organizations.ApiKeys;
using OffGridFlow.Organizations.Billing;
using OffGridFlow.Organizations.Entities;
using OffGridFlow.Organizations.Facilities;
using OffGridFlow.Organizations.Governance;
using OffGridFlow.Organizations.Invitations;
using OffGridFlow.Organizations.Members;
using OffGridFlow.Organizations.Periods;
using OffGridFlow.Organizations.Origins;
using OffGridFlow.Organizations.Projects;
using OffGridFlow.Organizations.Providers;
using OffGridFlow.Organizations.Roles;
using OffGridFlow.Organizations.Scim;
using OffGridFlow.Organizations.Security;
using OffGridFlow.Organizations.SignIn;
using OffGridFlow.Organizations.Tenants;
using OffGridFlow.Organizations.Users;

namespace OffGridFlow.Organizations;

/// <summary>What the module adds to the program: its services, job handlers and subscribers, and its endpoints.</summary>
public static class OrganizationsModule
{
    /// <param name="services">Of the program.</param>
    /// <param name="commonPasswords">Those that are tried first.</param>
    public static IServiceCollection AddOrganizations(this IServiceCollection services, CommonPasswords commonPasswords) => services.AddTenants().AddApiKeys().AddOrigins().AddSignIn(commonPasswords).AddMembers().AddInvitations().AddProviders().AddScim().AddGovernance();

    /// <param name="api">The group <c>/api/v1</c>, behind authentication.</param>
    public static IEndpointRouteBuilder MapOrganizations(this IEndpointRouteBuilder api)
    {
        api.MapAuth();
        api.MapApiKeys();
        api.MapOrigins();
        api.MapMembers();
        api.MapRoles();
        api.MapInvitations();
        SecurityPolicy.Map(api);
        WriteProvider.Map(api);
        api.MapTenant();
        WriteBilling.Map(api);
        api.MapEntities();
        api.MapFacilities();
        api.MapProjects();
        api.MapPeriods();
        DirectorySettings.Map(api);
        api.MapGovernance();
        return api;
    }

    /// <summary>Where the tenants' directories come in (SCIM); outside the group, for RFC 7644 has its own form of everything.</summary>
    public static void MapDirectory(this IEndpointRouteBuilder app) => app.MapScim();
}
