using Microsoft.AspNetCore.Http.HttpResults;
using OffGridFlow.Organizations.ApiKeys;
using OffGridFlow.Web.Host;

namespace OffGridFlow.Web.Pages.SignIn;

/// <summary>Takes an API key from a person and keeps it in a cookie that scripts cannot read.</summary>
internal static class SignInPages
{
    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet(Authentication.SignIn, (HostSettings settings, string? @return) => Form(settings, @return, null)).AllowAnonymous();
        pages.MapPost(Authentication.SignIn, Enter).AllowAnonymous().DisableAntiforgery();
        pages.MapPost(Authentication.SignIn + "/demonstration", Demonstration).AllowAnonymous().DisableAntiforgery();
        pages.MapPost("/sign-out", (HttpContext context) =>
        {
            context.Response.Cookies.Delete(Authentication.Cookie);
            return TypedResults.LocalRedirect(Authentication.SignIn);
        }).AllowAnonymous().DisableAntiforgery();
    }

    private static async Task<IResult> Enter(HttpContext context, KeyRing keys, HostSettings settings, CancellationToken ct)
    {
        var form = await context.Request.ReadFormAsync(ct);
        var secret = form["key"].ToString().Trim();
        if (!IsOurs(context.Request) || await keys.Resolve(secret, ct) is null)
        {
            return Form(settings, form["return"], "That key is not in force: it is misspelt, revoked or expired.");
        }

        return Entered(context, secret, form["return"]);
    }

    private static async Task<IResult> Demonstration(HttpContext context, HostSettings settings, CancellationToken ct)
    {
        var form = await context.Request.ReadFormAsync(ct);
        return settings.DemonstrationKey is { } key && IsOurs(context.Request) && context.Connection.RemoteIpAddress is { } from && System.Net.IPAddress.IsLoopback(from)
            ? Entered(context, key, form["return"])
            : Form(settings, form["return"], "This server has no demonstration to open.");
    }

    private static IResult Entered(HttpContext context, string secret, string? back)
    {
        context.Response.Cookies.Append(Authentication.Cookie, secret, new CookieOptions
        {
            HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = context.Request.IsHttps, IsEssential = true, MaxAge = TimeSpan.FromDays(30), Path = "/",
        });
        return TypedResults.LocalRedirect(Local(back));
    }

    private static RazorComponentResult<SignIn> Form(HostSettings settings, string? back, string? problem) => new(new
    {
        Return = Local(back), Problem = problem, Demonstration = settings.DemonstrationKey is not null,
    }) { StatusCode = problem is null ? StatusCodes.Status200OK : StatusCodes.Status401Unauthorized };

    // Another site must not sign anybody in, least of all to an organisation of its own.
    private static bool IsOurs(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].ToString() is "same-origin" or "none"
        || (request.Headers.Origin.ToString() is { Length: > 0 } origin && origin == $"{request.Scheme}://{request.Host}");

    // A path of ours and nothing else: an address that begins with two slashes is another site's.
    private static string Local(string? path) => path is ['/', ..] && path is not ['/', '/' or '\\', ..] ? path : "/";
}
