using System.Numerics;
using System.Text;

namespace OffGridFlow.Platform.Tenancy;

/// <summary>
/// What somebody may do. Every endpoint declares the one it needs (<c>Needing</c>); roles are made of them. In the API and the database
/// they are called <c>periods:close</c>, <c>api_keys:manage</c>: the last word is what is done, the others what it is done to.
/// </summary>
public enum Permission
{
    /// <summary>See the organisation: entities, shares, facilities, periods, settings.</summary>
    OrganizationRead,

    /// <summary>Change entities, shares, facilities and the organisation's own particulars.</summary>
    OrganizationWrite,

    /// <summary>Make periods and set their policies.</summary>
    PeriodsWrite,

    /// <summary>Close and reopen periods.</summary>
    PeriodsClose,

    /// <summary>See activities, imports, evidence and flags.</summary>
    ActivitiesRead,

    /// <summary>Record, correct and withdraw activities; attach evidence; settle flags.</summary>
    ActivitiesWrite,

    /// <summary>Send files in and undo imports; keep templates and synonyms.</summary>
    ImportsWrite,

    /// <summary>Connect systems that deliver data.</summary>
    SourcesConnect,

    /// <summary>See factors, kinds and the tenant's snapshots.</summary>
    FactorsRead,

    /// <summary>Draft snapshots and factors of one's own.</summary>
    FactorsWrite,

    /// <summary>Lock a snapshot, so that figures may rest on it.</summary>
    FactorsLock,

    /// <summary>Have rows estimated that are not stored.</summary>
    EstimatesRun,

    /// <summary>See totals, entries, their proofs and the inventory.</summary>
    LedgerRead,

    /// <summary>Adjust entries with a reason.</summary>
    LedgerAdjust,

    /// <summary>Preview and post recalculations.</summary>
    LedgerRecalculate,

    /// <summary>Make reports.</summary>
    ReportsGenerate,

    /// <summary>Submit a report for approval.</summary>
    ReportsSubmit,

    /// <summary>Approve or reject a report that was submitted.</summary>
    ReportsApprove,

    /// <summary>See jobs and how far they are.</summary>
    JobsRead,

    /// <summary>Cancel and requeue jobs.</summary>
    JobsManage,

    /// <summary>Say where events are sent.</summary>
    WebhooksManage,

    /// <summary>Make, rotate and revoke API keys.</summary>
    ApiKeysManage,

    /// <summary>See who belongs to the tenant, and in which roles.</summary>
    UsersRead,

    /// <summary>Invite, change and remove members.</summary>
    UsersManage,

    /// <summary>Make roles of the tenant's own.</summary>
    RolesManage,

    /// <summary>Set how people sign in: second factors, providers, allowed origins.</summary>
    SecurityManage,

    /// <summary>See and change plan and billing.</summary>
    BillingManage,

    /// <summary>Take all of the tenant's data out.</summary>
    DataExport,

    /// <summary>Have the tenant, or a person in it, erased.</summary>
    DataErase,

    /// <summary>See who did what.</summary>
    AuditRead,

    /// <summary>Say who may come in, as the organisation's directory does (SCIM).</summary>
    ScimManage,
}

/// <summary>Some of the permissions.</summary>
/// <param name="Bits">One for each, in their order.</param>
public readonly record struct PermissionSet(ulong Bits)
{
    private static readonly string[] Names = Array.ConvertAll(Enum.GetNames<Permission>(), Spelt);

    public static PermissionSet None => default;

    public static PermissionSet All => new((1UL << Names.Length) - 1);

    /// <summary>All that only look: <c>…:read</c>.</summary>
    public static PermissionSet Reading { get; } = Of([.. Enum.GetValues<Permission>().Where(IsReading)]);

    public int Count => BitOperations.PopCount(Bits);

    public static PermissionSet Of(params ReadOnlySpan<Permission> permissions)
    {
        var bits = 0UL;
        foreach (var permission in permissions)
        {
            bits |= 1UL << (int)permission;
        }

        return new PermissionSet(bits);
    }

    public bool Has(Permission permission) => (Bits & (1UL << (int)permission)) != 0;

    public bool IsWithin(PermissionSet other) => (Bits & ~other.Bits) == 0;

    public PermissionSet With(params ReadOnlySpan<Permission> more) => this | Of(more);

    public PermissionSet Without(params ReadOnlySpan<Permission> fewer) => new(Bits & ~Of(fewer).Bits);

    public static PermissionSet operator |(PermissionSet a, PermissionSet b) => new(a.Bits | b.Bits);

    public static PermissionSet operator &(PermissionSet a, PermissionSet b) => new(a.Bits & b.Bits);

    /// <summary>Their names, in their order.</summary>
    public IReadOnlyList<string> ToNames()
    {
        var set = this;
        return [.. Enum.GetValues<Permission>().Where(permission => set.Has(permission)).Select(Name)];
    }

    /// <summary>As the API writes it: <c>api_keys:manage</c>.</summary>
    public static string Name(Permission permission) => Names[(int)permission];

    /// <summary>The permission of a name, or null when there is none.</summary>
    public static Permission? Find(string name) => Array.IndexOf(Names, name) is var at and >= 0 ? (Permission)at : null;

    /// <summary>Whether it only looks.</summary>
    public static bool IsReading(Permission permission) => Name(permission).EndsWith(":read", StringComparison.Ordinal);

    private static string Spelt(string member)
    {
        var text = new StringBuilder();
        var last = member.Length - 1;
        while (!char.IsUpper(member[last]))
        {
            last--;
        }

        for (var i = 0; i < member.Length; i++)
        {
            text.Append(i > 0 && char.IsUpper(member[i]) ? (i == last ? ":" : "_") : "").Append(char.ToLowerInvariant(member[i]));
        }

        return text.ToString();
    }
}
