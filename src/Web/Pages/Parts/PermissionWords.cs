using OffGridFlow.Platform.Tenancy;
using static OffGridFlow.Platform.Tenancy.Permission;

namespace OffGridFlow.Web.Pages.Parts;

/// <summary>Permissions as people say them, in groups that belong together.</summary>
internal static class PermissionWords
{
    /// <summary>All of them, each once.</summary>
    public static IReadOnlyList<(string Title, IReadOnlyList<Permission> All)> Groups { get; } =
    [
        ("Organisation", [OrganizationRead, OrganizationWrite, PeriodsWrite, PeriodsClose]),
        ("Activity data", [ActivitiesRead, ActivitiesWrite, ImportsWrite, SourcesConnect]),
        ("Factors", [FactorsRead, EstimatesRun, FactorsWrite, FactorsLock]),
        ("Figures", [LedgerRead, LedgerAdjust, LedgerRecalculate]),
        ("Reports", [ReportsGenerate, ReportsSubmit, ReportsApprove]),
        ("People", [UsersRead, UsersManage, RolesManage, SecurityManage, ScimManage]),
        ("Programs", [JobsRead, JobsManage, WebhooksManage, ApiKeysManage]),
        ("The account", [AuditRead, BillingManage, DataExport, DataErase]),
    ];

    /// <summary>What it lets somebody do: <c>see totals, entries and their proofs</c>.</summary>
    public static string Of(Permission permission) => permission switch
    {
        OrganizationRead => "See entities, facilities, periods and settings",
        OrganizationWrite => "Change entities, facilities and projects",
        PeriodsWrite => "Make periods and set their policies",
        PeriodsClose => "Close and reopen periods",
        ActivitiesRead => "See activities, imports, evidence and flags",
        ActivitiesWrite => "Record and correct activities, attach evidence",
        ImportsWrite => "Send files in and undo imports",
        SourcesConnect => "Connect systems that deliver data",
        FactorsRead => "See factors and snapshots",
        FactorsWrite => "Draft snapshots and own factors",
        FactorsLock => "Lock snapshots",
        EstimatesRun => "Have rows estimated without storing them",
        LedgerRead => "See totals, entries and their proofs",
        LedgerAdjust => "Adjust entries with a reason",
        LedgerRecalculate => "Recalculate years under another policy",
        ReportsGenerate => "Make reports",
        ReportsSubmit => "Submit reports for approval",
        ReportsApprove => "Approve and reject reports",
        JobsRead => "See jobs and how far they are",
        JobsManage => "Cancel and requeue jobs",
        WebhooksManage => "Say where events are sent",
        ApiKeysManage => "Make, rotate and revoke API keys",
        UsersRead => "See members and their roles",
        UsersManage => "Invite, change and remove members",
        RolesManage => "Make and change roles",
        SecurityManage => "Set how people sign in",
        BillingManage => "See and change plan and billing",
        DataExport => "Take all data out",
        DataErase => "Have the organisation or a person erased",
        AuditRead => "See the audit log",
        ScimManage => "Say who may come in, as a directory does",
    };

    /// <summary>A part of the program: what permissions of one first word are about.</summary>
    public static string Part(string module) => module switch
    {
        "organization" => "Entities, facilities and projects",
        "periods" => "Periods",
        "activities" => "Activities and evidence",
        "imports" => "Imports",
        "sources" => "Connected sources",
        "factors" => "Factors and snapshots",
        "estimates" => "Estimates",
        "ledger" => "The ledger",
        "reports" => "Reports",
        "jobs" => "Jobs",
        "webhooks" => "Webhooks",
        "api_keys" => "API keys",
        "users" => "Members",
        "roles" => "Roles",
        "security" => "How people sign in",
        "billing" => "Billing",
        "data" => "Export and erasure",
        "audit" => "The audit log",
        "scim" => "The directory",
        _ => module,
    };
}
