using Microsoft.AspNetCore.Http.HttpResults;
using OffGridFlow.Organizations.Passkeys;
using OffGridFlow.Organizations.Sessions;
using OffGridFlow.Organizations.SignIn;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Secrets;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Web.Host;
using OffGridFlow.Web.Pages.SignIn;

namespace OffGridFlow.Web.Pages.Account;

/// <summary>One's own account: name, address, password, second factor, devices, organisations, and what is held of oneself.</summary>
internal static class AccountPages
{
    public const string Home = "/account";
    public const string SecondFactor = Home + "/second-factor";

    public static void Map(IEndpointRouteBuilder pages)
    {
        var own = pages.MapGroup(Home).OfOwnAccount().DisableAntiforgery(); // Forms of other sites are stopped before they come here.
        own.MapGet("", async (string? done, HttpContext context, Caller caller, Database database, TimeProvider clock, CancellationToken ct) => await Show(context, caller, database, clock, null, done, ct));
        own.MapPost("/name", async (HttpContext context, Caller caller, Database database, TimeProvider clock, CancellationToken ct) =>
        {
            var form = await context.Form(ct);
            return await Done(context, caller, database, clock, await ChangeName.Handle(form["name"], OwnSessions.Person(caller), database, clock, ct), "name", ct);
        });
        own.MapPost("/email", async (HttpContext context, Caller caller, Database database, ChangeEmail change, TimeProvider clock, CancellationToken ct) =>
        {
            var form = await context.Form(ct);
            return await Done(context, caller, database, clock, await change.Ask(new ChangeEmail.Request(form["email"], form["password"]), OwnSessions.Person(caller), ct), "email", ct);
        });
        own.MapPost("/password", async (HttpContext context, Caller caller, Database database, ChoosePassword choose, TimeProvider clock, CancellationToken ct) =>
        {
            var form = await context.Form(ct);
            var changed = await choose.Change(new ChoosePassword.WithPassword(form["current"], form["password"]), context.Features.Get<SessionHolder>()?.SessionId, OwnSessions.Person(caller), ct);
            RenewedSession.Tell(context, changed);
            return await Done(context, caller, database, clock, changed, "password", ct);
        });
        own.MapPost("/sessions/{id:guid}/end", async (Guid id, HttpContext context, Caller caller, Database database, SessionRing ring, TimeProvider clock, CancellationToken ct) =>
            await Done(context, caller, database, clock, await OwnSessions.End(id, "revoked", caller, database, ring, clock, ct), "session", ct));
        own.MapPost("/passkeys", async (HttpContext context, Caller caller, Database database, AddPasskey add, TimeProvider clock, CancellationToken ct) =>
        {
            var form = await context.Form(ct);
            var answer = new AddPasskey.FinishRequest(form["token"], form["name"], SignInPages.Parsed(form["credential"].ToString()));
            return await Done(context, caller, database, clock, await add.Finish(answer, context, OwnSessions.Person(caller), ct), "passkey", ct);
        });
        own.MapPost("/passkeys/{id}/remove", async (string id, HttpContext context, Caller caller, Database database, AddPasskey add, TimeProvider clock, CancellationToken ct) =>
            await Done(context, caller, database, clock, await add.Remove(id, (await context.Form(ct))["password"], OwnSessions.Person(caller), ct), "passkey-removed", ct));
        own.MapPost("/erase", Erase);
        own.MapPost("/recovery-codes", Renew);
        own.MapGet("/second-factor", async (HttpContext context, Caller caller, Database database, TimeProvider clock, CancellationToken ct) =>
            SetUp(await AccountView.Read(context, caller, database, clock, ct), context, null, null));
        own.MapPost("/second-factor", Begin);
        own.MapPost("/second-factor/confirm", Confirm);
        own.MapPost("/second-factor/remove", async (HttpContext context, Caller caller, Database database, Passwords passwords, SessionRing ring, TimeProvider clock, CancellationToken ct) =>
        {
            var removed = await SetUpTotp.Remove((await context.Form(ct))["password"], OwnSessions.Person(caller), database, passwords, clock, ct);
            ring.Forget();
            return await Done(context, caller, database, clock, removed, "factor", ct);
        });
    }

    private static async Task<IResult> Erase(HttpContext context, Caller caller, Database database, Passwords passwords, SessionRing ring, TimeProvider clock, CancellationToken ct)
    {
        var erased = await PersonalData.Erase((await context.Form(ct))["password"], OwnSessions.Person(caller), database, passwords, ring, clock, ct);
        if (erased.Problem is { } problem)
        {
            return await Show(context, caller, database, clock, problem, null, ct);
        }

        context.Response.Cookies.Delete(Authentication.CookieOf(context.Request));
        return TypedResults.LocalRedirect(Authentication.SignIn);
    }

    private static async Task<IResult> Renew(HttpContext context, Caller caller, Database database, Passwords passwords, TimeProvider clock, CancellationToken ct)
    {
        var renewed = await RenewRecoveryCodes.Handle((await context.Form(ct))["password"], OwnSessions.Person(caller), database, passwords, clock, ct);
        return renewed.TryValue(out var made, out var problem)
            ? new RazorComponentResult<RecoveryCodes>(new { Codes = made.RecoveryCodes, (await AccountView.Read(context, caller, database, clock, ct)).Organization, AreRenewed = true })
            : await Show(context, caller, database, clock, problem, null, ct);
    }

    private static async Task<IResult> Begin(HttpContext context, Caller caller, Database database, Passwords passwords, Seals seals, TimeProvider clock, CancellationToken ct)
    {
        var view = await AccountView.Read(context, caller, database, clock, ct);
        var begun = await SetUpTotp.Begin((await context.Form(ct))["password"], OwnSessions.Person(caller), database, passwords, seals, clock, ct);
        return begun.TryValue(out var made, out var problem) ? SetUp(view, context, made.Secret, null) : SetUp(view, context, null, problem);
    }

    // The secret comes back with the form, so that a code that was mistyped does not cost the QR code.
    private static async Task<IResult> Confirm(HttpContext context, Caller caller, Database database, Seals seals, SessionRing ring, TimeProvider clock, CancellationToken ct)
    {
        var form = await context.Form(ct);
        var confirmed = await SetUpTotp.Confirm(
            form["code"].ToString().Replace(" ", "", StringComparison.Ordinal), context.Features.Get<SessionHolder>()?.SessionId, OwnSessions.Person(caller), database, seals, clock, ct);
        ring.Forget();
        RenewedSession.Tell(context, confirmed.TryValue(out var lifted, out _) ? lifted.Renewed : null);
        var view = await AccountView.Read(context, caller, database, clock, ct);
        return confirmed.TryValue(out var made, out var problem)
            ? new RazorComponentResult<RecoveryCodes>(new { Codes = made.RecoveryCodes, view.Organization })
            : SetUp(view, context, form["secret"].ToString() is { Length: <= 64 } secret && secret.All(char.IsAsciiLetterOrDigit) ? secret : null, problem);
    }

    private static RazorComponentResult<SetUpSecondFactor> SetUp(AccountView view, HttpContext context, string? secret, Problem? problem) => PageAnswer.Page<SetUpSecondFactor>(new
    {
        View = view, Secret = secret, Code = secret is null ? null : QrCode.Of(Totp.Uri(secret, view.Email, SetUpTotp.Issuer)), Problem = problem,
        IsRequired = context.Features.Get<SessionHolder>()?.NeedsSecondFactor ?? false,
    }, problem);

    private static async Task<IResult> Done<T>(HttpContext context, Caller caller, Database database, TimeProvider clock, Result<T> result, string what, CancellationToken ct) =>
        result.Problem is { } problem ? await Show(context, caller, database, clock, problem, null, ct) : TypedResults.LocalRedirect($"{Home}?done={what}");

    private static async Task<IResult> Show(HttpContext context, Caller caller, Database database, TimeProvider clock, Problem? problem, string? done, CancellationToken ct) =>
        PageAnswer.Page<AccountPage>(new { View = await AccountView.Read(context, caller, database, clock, ct), Problem = problem, Done = done }, problem);
}
