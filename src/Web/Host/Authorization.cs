using Microsoft.AspNetCore.Authorization;
using OffGridFlow.Platform.Audit;
using OffGridFlow.Organizations.Sessions;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Web.Pages.Account;
using OffGridFlow.Web.Pages.SignIn;

namespace OffGridFlow.Web.Host;

/// <summary>
/// Lets a caller through to an endpoint whose permission it holds, and nobody else. Denying is the default: an endpoint that declares
/// nothing is refused to everybody (<see cref="Needs"/>).
/// </summary>
internal sealed class Authorization(RequestDelegate next, Denials denials, Regions regions)
{
    private const string SomeFacilities = "permission.facilities";
    private const string SecondFactorRequired = "second-factor.required";

    public async Task Invoke(HttpContext context)
    {
        // Their organisation moved while they worked; their own account did not.
        if (context.Features.Get<SessionHolder>() is { MovedTo: { } region } && context.GetEndpoint()?.Metadata.GetMetadata<NeededPermission>() is not null)
        {
            await Failures.Answer(context, regions.Elsewhere(region));
            return;
        }

        if (context.GetEndpoint() is RouteEndpoint endpoint && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null && Refusal(context, endpoint.Metadata) is { } problem)
        {
            // Somebody with several organisations chooses one first.
            if (Failures.IsForAPerson(context) && context.Features.Get<Caller>() is { User: not null } person && person.Tenant == TenantId.None)
            {
                context.Response.Redirect($"{SignInPages.Tenants}?return={Uri.EscapeDataString(context.Request.Path + context.Request.QueryString)}");
                return;
            }

            // And somebody whose organisation asks for a second factor sets one up.
            if (Failures.IsForAPerson(context) && problem.Code == SecondFactorRequired)
            {
                context.Response.Redirect(AccountPages.SecondFactor);
                return;
            }

            // The first page of somebody who delivers for some facilities is what they delivered.
            if (Failures.IsForAPerson(context) && problem.Code == SomeFacilities && context.Request.Path == "/")
            {
                context.Response.Redirect("/imports");
                return;
            }

            await denials.Note(context.Features.Get<Caller>()!, "permission.denied", $"{context.Request.Method} {endpoint.RoutePattern.RawText}", problem.Column, context.RequestAborted);
            await Failures.Answer(context, problem with { Kind = ProblemKind.Forbidden });
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
            return declared.GetMetadata<OwnAccount>() is { } own && caller.User is not null
                ? own.AlsoConfined || context.Features.Get<SessionHolder>() is not { IsConfined: true } ? null
                    : new Problem("permission.confined", "Authorization", "a sign-in through an organisation's provider", "a sign-in with the account's own password or passkey", "Sign in with these: an organisation vouches for its members, and for nobody's account.")
                : new Problem("permission.account", "Authorization", caller.Actor, "a person who has signed in", "Sign in as a person: an API key has no account.");
        }

        if (context.Features.Get<SessionHolder>() is { NeedsSecondFactor: true } holder)
        {
            return holder.IsConfined
                ? new Problem("provider.second-factor-required", "Authorization", "a sign-in at the organisation's provider that showed one factor", "one with two, as the organisation requires", "Sign in there with a second factor. If you did, the provider does not say so: an administrator sees to it, or vouches for it.")
                : new Problem("second-factor.required", "Authorization", "a sign-in with one factor", "one with two, as the organisation requires", "Set up an authenticator app (POST /api/v1/auth/totp), or sign in with the one you have.");
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
