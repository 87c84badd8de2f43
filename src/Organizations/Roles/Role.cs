using OffGridFlow.Platform.Tenancy;
using static OffGridFlow.Platform.Tenancy.Permission;

namespace OffGridFlow.Organizations.Roles;

/// <summary>A role of the product: the same in every tenant. Tenants make their own from the same permissions.</summary>
/// <param name="Name">As the API and the database write it: <c>data_owner</c>.</param>
/// <param name="Title">As people read it.</param>
/// <param name="About">What it is for, in a sentence.</param>
/// <param name="Permissions">What it may do.</param>
public sealed record Role(string Name, string Title, string About, PermissionSet Permissions)
{
    private static readonly PermissionSet Looking = PermissionSet.Reading.Without(UsersRead);

    private static readonly PermissionSet Analysing = Looking.With(
        ActivitiesWrite, ImportsWrite, SourcesConnect, OrganizationWrite, PeriodsWrite, FactorsWrite, EstimatesRun, LedgerAdjust, LedgerRecalculate,
        ReportsGenerate, ReportsSubmit, JobsManage);

    private static readonly PermissionSet Managing = Analysing.With(ReportsApprove, PeriodsClose, UsersRead);

    /// <summary>Everything. A tenant keeps at least one.</summary>
    public static Role Owner { get; } = new("owner", "Owner", "Answers for the organisation: may do everything, and names other owners.", PermissionSet.All);

    public static Role Admin { get; } = new("admin", "Administrator", "Runs the organisation's account: may do everything but name owners.", PermissionSet.All);

    public static Role Manager { get; } = new("manager", "Manager", "An analyst who also approves reports and closes periods.", Managing);

    public static Role Analyst { get; } = new("analyst", "Analyst", "Brings data in, works on it, and submits reports for approval.", Analysing);

    public static Role Viewer { get; } = new("viewer", "Viewer", "Sees the dashboard, the data and the audit log.", Looking);

    public static Role DataOwner { get; } = new(
        "data_owner", "Data owner", "Delivers the data of their facilities.", PermissionSet.Of(OrganizationRead, ActivitiesRead, ActivitiesWrite, ImportsWrite, FactorsRead, EstimatesRun, LedgerRead, JobsRead));

    /// <summary>Given for a time: an assignment of it names when it ends.</summary>
    public static Role Auditor { get; } = new("auditor", "Auditor", "Sees everything and changes nothing, for a time.", PermissionSet.Reading);

    public static Role ApiClient { get; } = new(
        "api_client", "API client", "A program that delivers data and reads results.",
        PermissionSet.Of(OrganizationRead, ActivitiesRead, ActivitiesWrite, ImportsWrite, FactorsRead, EstimatesRun, LedgerRead, JobsRead));

    /// <summary>For the key of a directory: a leaked one opens nothing else.</summary>
    public static Role ScimClient { get; } = new("scim_client", "Directory", "The organisation's directory: says who may come in and in which groups they are (SCIM), and sees nothing else.", PermissionSet.Of(ScimManage));

    /// <summary>All of the product's, from the most to the least.</summary>
    public static IReadOnlyList<Role> All { get; } = [Owner, Admin, Manager, Analyst, DataOwner, Viewer, Auditor, ApiClient, ScimClient];

    /// <summary>The role of a name, or null.</summary>
    public static Role? Find(string name) => All.FirstOrDefault(role => role.Name == name);
}
