using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Platform.Http;

/// <summary>What a caller of an endpoint must be permitted. An endpoint without it, that is not for all, is refused to everybody.</summary>
/// <param name="Reading">For GET and HEAD.</param>
/// <param name="Changing">For every other method.</param>
public sealed record NeededPermission(Permission Reading, Permission Changing)
{
    /// <summary>What a request of a method needs.</summary>
    public Permission For(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) ? Reading : Changing;
}

/// <summary>The endpoint minds the facilities its caller's permission is held for (<see cref="Caller.FacilitiesFor"/>): it is open to those who hold it for some only.</summary>
public sealed record MindsFacilities;

/// <summary>An endpoint of somebody who has signed in, whatever they may do in a tenant: their own account.</summary>
/// <param name="AlsoConfined">Open, too, to those whom only a tenant's provider vouches for.</param>
public sealed record OwnAccount(bool AlsoConfined = false);

/// <summary>The body that the documentation shows, where its form does not say enough.</summary>
/// <param name="Json">One document.</param>
public sealed record RequestExample(string Json);

/// <summary>A query parameter that an endpoint reads by itself.</summary>
public sealed record QueryParameter(string Name, string Description, string Example);

/// <summary>Declares permissions.</summary>
public static class Needs
{
    /// <summary>Needed by the endpoint, or by all of a group that declare no other.</summary>
    public static T Needing<T>(this T endpoints, Permission permission)
        where T : IEndpointConventionBuilder => endpoints.Needing(permission, permission);

    /// <summary>One to look, another to change.</summary>
    public static T Needing<T>(this T endpoints, Permission reading, Permission changing)
        where T : IEndpointConventionBuilder => endpoints.WithMetadata(new NeededPermission(reading, changing));

    /// <summary>Open to those who hold the permission for some facilities only: the endpoint keeps to those.</summary>
    public static T WithinFacilities<T>(this T endpoints)
        where T : IEndpointConventionBuilder => endpoints.WithMetadata(new MindsFacilities());

    /// <summary>Open to everyone who has signed in.</summary>
    /// <param name="endpoints">One, or a group.</param>
    /// <param name="alsoConfined">Also to those whom only a tenant's provider vouches for.</param>
    public static T OfOwnAccount<T>(this T endpoints, bool alsoConfined = false)
        where T : IEndpointConventionBuilder => endpoints.WithMetadata(new OwnAccount(alsoConfined));
}
