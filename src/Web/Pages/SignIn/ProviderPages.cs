using Microsoft.AspNetCore.Http.HttpResults;
using OffGridFlow.Organizations.Providers;
using OffGridFlow.Organizations.SignIn;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Mail;
using OffGridFlow.Web.Host;

namespace OffGridFlow.Web.Pages.SignIn;

/// <summary>The pages of signing in through an organisation's own provider.</summary>
internal static class ProviderPages
{
    public const string Callback = Authentication.SignIn + "/callback";

    private const string Cookie = "ogf-provider";

    // As of the session's cookie: of this host alone where the browser came over TLS.
    private static string CookieOf(HttpRequest request) => request.IsHttps ? "__Host-" + Cookie : Cookie;

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet(Authentication.SignIn + "/organisation", Organisation).AllowAnonymous().LimitedStrictly();
        pages.MapGet(Authentication.SignIn + "/with/{tenant}/{provider_id:guid}", Begin).AllowAnonymous().LimitedStrictly();
        pages.MapGet(Callback, End).AllowAnonymous().LimitedStrictly();
    }

    private static async Task<IResult> Organisation(string? tenant, string? @return, ProviderSignIn signIn, CancellationToken ct)
    {
        var providers = string.IsNullOrWhiteSpace(tenant) ? [] : await signIn.Of(tenant.Trim(), ct);
        var problem = string.IsNullOrWhiteSpace(tenant) || providers.Count > 0 ? null : "No organisation of that name signs in through a provider.";
        return Listed(tenant?.Trim(), @return, problem, providers);
    }

    private static async Task<IResult> Begin(string tenant, Guid provider_id, string? @return, HttpContext context, ProviderSignIn signIn, PublicAddress address, CancellationToken ct)
    {
        if (!(await signIn.Begin(tenant, provider_id, CallbackOf(address), SignInPages.Local(@return), ct)).TryValue(out var begun, out var problem))
        {
            return Listed(tenant, @return, Told(problem), []);
        }

        // Lax, for the provider's redirect is another site's.
        context.Response.Cookies.Append(CookieOf(context.Request), begun.Cookie, Options(context.Request, TimeSpan.FromMinutes(10)));
        return TypedResults.Redirect(begun.Address);
    }

    private static async Task<IResult> End(
        string? code, string? state, string? iss, string? error, HttpContext context, ProviderSignIn signIn, BrowserSessions browser, PublicAddress address, CancellationToken ct)
    {
        var cookie = context.Request.Cookies[CookieOf(context.Request)];
        context.Response.Cookies.Delete(CookieOf(context.Request), Options(context.Request, null));
        if (error is not null)
        {
            return Listed(null, null, error == "access_denied" ? "The sign-in was broken off." : "The provider could not sign you in.", []);
        }

        if (!(await signIn.End(cookie, state, code, iss, CallbackOf(address), AuthEndpoints.Stranger(context), ct)).TryValue(out var ended, out var problem))
        {
            return Listed(null, null, Told(problem), []);
        }

        // The session's cookie is strict enough for pages of ours only when the browser comes from one: a redirect of another site's would not carry it.
        await browser.Begin(context, ended.Session, ct);
        return TypedResults.LocalRedirect(ended.Return);
    }

    private static string CallbackOf(PublicAddress address) => address.Link(Callback);

    private static CookieOptions Options(HttpRequest request, TimeSpan? age) =>
        new() { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = request.IsHttps, IsEssential = true, Path = "/", MaxAge = age };

    private static string Told(Problem problem) => $"{char.ToUpperInvariant(problem.Found[0])}{problem.Found[1..]} came; expected was {problem.Expected}. {problem.Fix}";

    private static RazorComponentResult<ProviderList> Listed(string? tenant, string? back, string? problem, IReadOnlyList<Provider> providers) =>
        new(new { Tenant = tenant, Return = SignInPages.Local(back), Problem = problem, Providers = providers }) { StatusCode = problem is null ? StatusCodes.Status200OK : StatusCodes.Status401Unauthorized };
}
