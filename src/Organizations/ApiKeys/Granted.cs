using System.Net;
using OffGridFlow.Organizations.Roles;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.ApiKeys;

/// <summary>What a new key is to be given, checked against who gives it.</summary>
internal sealed record Granted(string Role, string[]? Permissions, string[] Networks)
{
    public static async Task<(Granted? Granted, Problem? Problem)> Of(CreateApiKey.Request request, Session session)
    {
        var role = request.Role ?? Roles.Role.ApiClient.Name;
        var may = await TenantRoles.Permissions(role, session);
        if (may == PermissionSet.None)
        {
            return (null, new Problem("role.unknown", "role", role, string.Join(", ", Roles.Role.All.Select(one => one.Name)), "Name a role of the product or one of your own."));
        }

        if (request.Permissions is { } some)
        {
            if (some.Count == 0)
            {
                return (null, new Problem("permission.unknown", "permissions", "none", $"permissions of the role {role}: {string.Join(", ", may.ToNames())}", "Name at least one, or leave permissions out for all of them."));
            }

            if (some.FirstOrDefault(name => PermissionSet.Find(name) is not { } one || !may.Has(one)) is { } beyond)
            {
                return (null, new Problem("permission.unknown", "permissions", beyond, $"permissions of the role {role}: {string.Join(", ", may.ToNames())}", "Leave it out, or choose a role that has it."));
            }

            may = TenantRoles.Parse(some);
        }

        if (!may.IsWithin(session.Caller.May))
        {
            var beyond = may.ToNames().First(name => !session.Caller.May.Has(PermissionSet.Find(name)!.Value));
            return (null, new Problem("permission.beyond", "role", beyond, "no more than you may do yourself", "Choose a lesser role, or fewer permissions.") { Kind = ProblemKind.Forbidden });
        }

        var networks = request.Networks ?? [];
        return networks.FirstOrDefault(text => !IPNetwork.TryParse(text, out _)) is { } wrong
            ? (null, new Problem("network.unreadable", "networks", wrong, "CIDR notation, such as 203.0.113.0/24 or 2001:db8::/32", "Write the network's first address and the length of its prefix."))
            : (new Granted(role, request.Permissions is null ? null : [.. may.ToNames()], [.. networks.Select(text => Plain(IPNetwork.Parse(text)).ToString())]), null);
    }

    // An IPv4 network written as one of IPv6 is what it is: addresses are compared in their own family.
    private static IPNetwork Plain(IPNetwork network) => network.BaseAddress.IsIPv4MappedToIPv6 && network.PrefixLength >= 96
        ? new IPNetwork(network.BaseAddress.MapToIPv4(), network.PrefixLength - 96)
        : network;
}
