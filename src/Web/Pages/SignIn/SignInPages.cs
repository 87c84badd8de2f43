using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using OffGridFlow.Organizations.Passkeys;
using OffGridFlow.Organizations.Sessions;
using OffGridFlow.Organizations.SignIn;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Web.Demo;
using OffGridFlow.Web.Host;

namespace OffGridFlow.Web.Pages.SignIn;

/// <summary>The pages of signing in: the session they begin is kept in a cookie that scripts cannot read.</summary>
internal static class SignInPages
{
    /// <summary>Where somebody is sent who works in no tenant yet.</summary>
    public const string Tenants = Authentication.SignIn + "/tenant";

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet(Authentication.SignIn, (HostSettings settings, string? @return) => Form(settings, @return, null, null)).AllowAnonymous();
        pages.MapPost(Authentication.SignIn, Enter).AllowAnonymous().LimitedStrictly().DisableAntiforgery();
        pages.MapPost(Authentication.SignIn + "/second-factor", Second).AllowAnonymous().LimitedStrictly().DisableAntiforgery();
        pages.MapPost(Authentication.SignIn + "/passkey", Passkey).AllowAnonymous().LimitedStrictly().DisableAntiforgery();
        pages.MapPost(Authentication.SignIn + "/demonstration", Demonstration).AllowAnonymous().LimitedStrictly().DisableAntiforgery();
        pages.MapGet(Tenants, async (string? @return, Caller caller, Database database, CancellationToken ct) => new RazorComponentResult<ChooseTenant>(
            new { Return = Local(@return), Tenants = await ShowAccount.Tenants(caller, database, ct) })).OfOwnAccount();
        pages.MapPost(Tenants, Choose).OfOwnAccount().DisableAntiforgery();
        pages.MapGet(Authentication.ChoosePassword, async (string? token, HttpContext context, ChoosePassword choose, CancellationToken ct) =>
            Choosing(token, await choose.IsGood(token, AuthEndpoints.Stranger(context), ct), null)).AllowAnonymous();
        pages.MapPost(Authentication.ChoosePassword, Chosen).AllowAnonymous().LimitedStrictly().DisableAntiforgery();
        pages.MapPost("/sign-out", SignOut).AllowAnonymous().DisableAntiforgery();
    }

    private static async Task<IResult> Enter(HttpContext context, PasswordSignIn signIn, BrowserSessions browser, HostSettings settings, CancellationToken ct)
    {
        var form = await context.Form(ct);
        var (back, email) = (form["return"].ToString(), form["email"].ToString());
        if (!IsOurs(context.Request))
        {
            return Form(settings, back, email, "The form came from another site. Sign in here.");
        }

        var step = await signIn.Handle(email, form["password"], UserSessions.InBrowser, AuthEndpoints.Stranger(context), ct);
        if (!step.TryValue(out var made, out var problem))
        {
            return Form(settings, back, email, "That address and password do not belong together. After several failures an account waits for some time.");
        }

        return made.Session is { } session ? await Entered(context, session, browser, back, ct) : Question(back, made.Temporary!.Text, made.Methods, null);
    }

    private static async Task<IResult> Second(HttpContext context, VerifySecondFactor second, BrowserSessions browser, HostSettings settings, CancellationToken ct)
    {
        var form = await context.Form(ct);
        var (back, token) = (form["return"].ToString(), form["token"].ToString());
        if (!IsOurs(context.Request))
        {
            return Form(settings, back, null, "The form came from another site. Sign in here.");
        }

        return (await second.Handle(token, form["code"], AuthEndpoints.Stranger(context), ct)).TryValue(out var session, out var problem) ? await Entered(context, session, browser, back, ct)
            : problem.Code == VerifySecondFactor.Wrong ? Question(back, token, Methods(form["methods"]), "That is not the code of now, nor an unused recovery code.")
            : Form(settings, back, null, "That sign-in took too long. Sign in again.");
    }

    private static async Task<IResult> Passkey(HttpContext context, PasskeySignIn signIn, BrowserSessions browser, HostSettings settings, CancellationToken ct)
    {
        var form = await context.Form(ct);
        var back = form["return"].ToString();
        if (!IsOurs(context.Request))
        {
            return Form(settings, back, null, "The form came from another site. Sign in here.");
        }

        var answer = new PasskeySignIn.Request(form["token"], Parsed(form["credential"].ToString()));
        return (await signIn.Finish(answer, context, UserSessions.InBrowser, AuthEndpoints.Stranger(context), ct)).TryValue(out var session, out _)
            ? await Entered(context, session, browser, back, ct)
            : Form(settings, back, null, "That passkey belongs to no account here, or the answer came too late.");
    }

    internal static JsonElement? Parsed(string text)
    {
        try
        {
            return JsonDocument.Parse(text).RootElement;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Only for somebody on this machine, where the organisation is made up.
    private static async Task<IResult> Demonstration(HttpContext context, PasswordSignIn signIn, BrowserSessions browser, HostSettings settings, CancellationToken ct)
    {
        var back = (await context.Form(ct))["return"].ToString();
        return settings.OffersDemonstration && IsOurs(context.Request) && context.Connection.RemoteIpAddress is { } from && System.Net.IPAddress.IsLoopback(from)
            && (await signIn.Vouched(DemoOrganization.Person, "demonstration", AuthEndpoints.Stranger(context), ct)).TryValue(out var session, out _)
            ? await Entered(context, session, browser, back, ct)
            : Form(settings, back, null, "This server has no demonstration to open.");
    }

    private static async Task<IResult> Choose(HttpContext context, Caller caller, Database database, SessionRing ring, TimeProvider clock, CancellationToken ct)
    {
        var form = await context.Form(ct);
        var chosen = await ShowAccount.Choose(form["tenant"], context.Features.Get<SessionHolder>(), caller, database, clock, ct);
        ring.Forget();
        RenewedSession.Tell(context, chosen);
        return chosen.Problem is { } problem ? PageAnswer.Of(context, problem) : TypedResults.LocalRedirect(Local(form["return"]));
    }

    private static async Task<IResult> Chosen(HttpContext context, ChoosePassword choose, HostSettings settings, CancellationToken ct)
    {
        var form = await context.Form(ct);
        var token = form["token"].ToString();
        if (!IsOurs(context.Request))
        {
            return Form(settings, null, null, "The form came from another site. Open the link again.");
        }

        var chosen = await choose.Handle(token, form["password"], AuthEndpoints.Stranger(context), ct);
        return chosen.Problem switch
        {
            null => TypedResults.LocalRedirect(Authentication.SignIn),
            { Column: "token" } => Choosing(token, isGood: false, null),
            var weak => Choosing(token, isGood: true, $"Found {weak.Found}, expected {weak.Expected}. {weak.Fix}"),
        };
    }

    private static RazorComponentResult<ChoosePasswordForm> Choosing(string? token, bool isGood, string? problem) =>
        new(new { Token = token, IsGood = isGood, Problem = problem }) { StatusCode = isGood && problem is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest };

    private static async Task<IResult> SignOut(HttpContext context, Database database, SessionRing ring, TimeProvider clock, CancellationToken ct)
    {
        if (IsOurs(context.Request) && context.Features.Get<SessionHolder>() is { } holder && context.Features.Get<Caller>() is { } caller)
        {
            await OwnSessions.End(holder.SessionId, "signed_out", caller, database, ring, clock, ct);
        }

        context.Response.Cookies.Delete(Authentication.CookieOf(context.Request), Cookie(context.Request));
        return TypedResults.LocalRedirect(Authentication.SignIn);
    }

    private static async Task<IResult> Entered(HttpContext context, PersonSecret session, BrowserSessions browser, string? back, CancellationToken ct)
    {
        await browser.Begin(context, session, ct);
        return TypedResults.LocalRedirect(Local(back));
    }

    internal static void Keep(HttpContext context, PersonSecret session)
    {
        var cookie = Cookie(context.Request);
        cookie.MaxAge = UserSessions.Longest;
        context.Response.Cookies.Append(Authentication.CookieOf(context.Request), session.Text, cookie);
    }

    private static CookieOptions Cookie(HttpRequest request) => new() { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = request.IsHttps, IsEssential = true, Path = "/" };

    private static RazorComponentResult<SignIn> Form(HostSettings settings, string? back, string? email, string? problem) => new(new
    {
        Return = Local(back), Email = email, Problem = problem, Demonstration = settings.OffersDemonstration,
    }) { StatusCode = problem is null ? StatusCodes.Status200OK : StatusCodes.Status401Unauthorized };

    private static RazorComponentResult<SecondFactor> Question(string? back, string token, IReadOnlyList<string> methods, string? problem) => new(new { Return = Local(back), Token = token, Methods = methods, Problem = problem })
    {
        StatusCode = problem is null ? StatusCodes.Status200OK : StatusCodes.Status401Unauthorized,
    };

    // What the first step found comes back with the form: it decides what is asked for, and nothing else.
    private static IReadOnlyList<string> Methods(string? text) => text?.Split(' ').Intersect(["totp", "recovery_code", "passkey"], StringComparer.Ordinal).ToList() is { Count: > 0 } said ? said : ["totp", "recovery_code"];

    // Another site must not sign anybody in, least of all to an organisation of its own.
    internal static bool IsOurs(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].ToString() is "same-origin" or "none"
        || (request.Headers.Origin.ToString() is { Length: > 0 } origin && origin == $"{request.Scheme}://{request.Host}");

    // A path of ours and nothing else: an address that begins with two slashes is another site's.
    internal static string Local(string? path) => path is ['/', ..] && path is not ['/', '/' or '\\', ..] ? path : "/";
}
