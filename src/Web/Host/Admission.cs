using Microsoft.AspNetCore.Authorization;
using OffGridFlow.Platform.Audit;
using OffGridFlow.Organizations.ApiKeys;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Web.Host;

/// <summary>Keeps everybody whom <see cref="Authentication"/> does not know from every endpoint that does not say it is for all (<see cref="IAllowAnonymous"/>).</summary>
internal sealed class Admission(RequestDelegate next, Denials denials, Regions regions)
{
    public async Task Invoke(HttpContext context)
    {
        if (context.Features.Get<Presented>() is { IsForged: true })
        {
            await Denied(context, "key.other-site");
            await new ProblemResponse(new Problem("key.other-site", "Origin", context.Request.Headers.Origin.ToString(), "a request from our own pages", "Send the API key in the header Authorization instead.") { Kind = ProblemKind.Forbidden }).ExecuteAsync(context);
            return;
        }

        if (context.Features.Get<Presented>() is { IsElsewhere: true })
        {
            await Denied(context, "key.network");
            await new ProblemResponse(new Problem("key.network", "address", context.Connection.RemoteIpAddress?.ToString() ?? "", "an address of one of the key's networks", "Use the key from where it is allowed, or have its networks changed.") { Kind = ProblemKind.Forbidden }).ExecuteAsync(context);
            return;
        }

        // Whether it is good, the other region says.
        if (context.Features.Get<Presented>() is { Region: { } region } && context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is null)
        {
            await Failures.Answer(context, regions.Elsewhere(region));
            return;
        }

        await (context.Features.Get<Caller>() is null && context.GetEndpoint() is { } endpoint && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null
            ? Refuse(context, context.Features.Get<Presented>()?.Secret)
            : next(context));
    }

    private Task Denied(HttpContext context, string why) => context.Features.Get<Caller>() is { } caller
        ? denials.Note(caller, "request.refused", $"{context.Request.Method} {(context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText}", why, context.RequestAborted)
        : Task.CompletedTask;

    private static Task Refuse(HttpContext context, string? secret)
    {
        if (Failures.IsForAPerson(context))
        {
            context.Response.Redirect($"{Authentication.SignIn}?return={Uri.EscapeDataString(context.Request.Path + context.Request.QueryString)}");
            return Task.CompletedTask;
        }

        context.Response.Headers.WWWAuthenticate = "Bearer realm=\"offgridflow\"" + (secret is null ? "" : ", error=\"invalid_token\"");
        var problem = secret is null
            ? new Problem("key.missing", "Authorization", "", "Bearer and an API key or an access token", "Send 'Authorization: Bearer ogf_live_…'.")
            : new Problem("key.unknown", "Authorization", secret.StartsWith(ApiKeySecret.Prefix, StringComparison.Ordinal) ? ApiKeySecret.Prefix + "…" : "something else", "an API key or an access token that is in force", "It is misspelt, revoked or expired: refresh the token, or use another key.");
        return new ProblemResponse(problem with { Kind = ProblemKind.Unauthenticated }).ExecuteAsync(context);
    }
}
