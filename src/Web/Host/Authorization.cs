using Microsoft.AspNetCore.Authorization;
using OffGridFlow.Platform.Audit;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Web.Pages.SignIn;

namespace OffGridFlow.Web.Host;

/// <summary>
/// Lets a caller through to an endpoint whose permission it holds, and nobody else. Denying is the default: an endpoint that declares
/// nothing is refused to everybody (<see cref="Needs"/>).
/// </summary>
internal sealed class Authorization(RequestDelegate next, Denials denials)
{
    public async Task Invoke(HttpContext context)
    {
        if (context.GetEndpoint() is RouteEndpoint endpoint && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null && Refusal(context, endpoint.Metadata) is { } problem)
        {
            // Somebody with several organisations chooses one first.
            if (Failures.IsForAPerson(context) && context.Features.Get<Caller>() is { User: not null } person && person.Tenant == TenantId.None)
            {
                context.Response.Redirect($"{SignInPages.Tenants}?return={Uri.EscapeDataString(context.Request.Path + context.Request.QueryString)}");
                return;
            }

            await denials.Note(context.Features.Get<Caller>()!, "permission.denied", $"{context.Request.Method} {endpoint.RoutePattern.RawText}", problem.Column, context.RequestAborted);
            await new ProblemResponse(problem with { Kind = ProblemKind.Forbidden }).ExecuteAsync(context);
            return;
        }

        await next(context);
    }

    private static Problem? Refusal(HttpContext context, EndpointMetadataCollection declared)
    {
        // Authentication stops those it does not know.
        var caller = context.Features.Get<Caller>()!;
        if (declared.GetMetadata<NeededPermission>() is not { } needed)
        {
            return declared.GetMetadata<OwnAccount>() is not null && caller.User is not null
                ? null
                : new Problem("permission.account", "Authorization", caller.Actor, "a person who has signed in", "Sign in as a person: an API key has no account.");
        }

        var permission = needed.For(context.Request.Method);
        var name = PermissionSet.Name(permission);
        if (caller.May.Has(permission))
        {
            return null;
        }

        var some = caller.ByFacility.Any(grant => grant.May.Has(permission));
        return some && declared.GetMetadata<MindsFacilities>() is not null ? null
            : some ? new Problem("permission.facilities", name, "the permission for some facilities", "the permission for the whole organisation", "Ask somebody who holds it, or an administrator.")
            : new Problem("permission.missing", name, "no such permission", "a role with the permission " + name, "Ask an administrator of your organisation for it.");
    }
}
