using Microsoft.AspNetCore.Http.HttpResults;
using OffGridFlow.Organizations.Invitations;
using OffGridFlow.Organizations.SignIn;
using OffGridFlow.Platform.Http;
using OffGridFlow.Web.Host;

namespace OffGridFlow.Web.Pages.SignIn;

/// <summary>Where the links of letters lead. Looking at one changes nothing, so that a mail program that opens it uses nothing up.</summary>
internal static class LetterPages
{
    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/forgot-password", () => Forgot(false, null, null)).AllowAnonymous();
        pages.MapPost("/forgot-password", async (HttpContext context, ForgotPassword forgot, CancellationToken ct) =>
        {
            var email = (await context.Form(ct))["email"].ToString();
            return !SignInPages.IsOurs(context.Request) ? Forgot(false, email, "The form came from another site. Send it from here.")
                : (await forgot.Handle(email, AuthEndpoints.Stranger(context), ct)).Problem is null ? Forgot(true, email, null)
                : Forgot(false, email, "That is no address.");
        }).AllowAnonymous().LimitedStrictly().DisableAntiforgery();
        pages.MapGet("/terms", () => new RazorComponentResult<TermsPage>()).AllowAnonymous();
        pages.MapGet("/privacy", () => new RazorComponentResult<PrivacyPage>()).AllowAnonymous();
        pages.MapGet(ChangeEmail.Page, (string? token) => Confirm(token, null)).AllowAnonymous();
        pages.MapPost(ChangeEmail.Page, async (HttpContext context, ChangeEmail change, CancellationToken ct) =>
        {
            var token = (await context.Form(ct))["token"].ToString();
            return Confirm(token, SignInPages.IsOurs(context.Request) && (await change.Confirm(token, AuthEndpoints.Stranger(context), ct)).Problem is null);
        }).AllowAnonymous().LimitedStrictly().DisableAntiforgery();
        pages.MapGet(Invite.Page, async (string? token, HttpContext context, AcceptInvitation accept, CancellationToken ct) => await Offer(token, null, null, context, accept, ct)).AllowAnonymous();
        pages.MapPost(Invite.Page, Accept).AllowAnonymous().LimitedStrictly().DisableAntiforgery();
    }

    private static async Task<IResult> Accept(HttpContext context, AcceptInvitation accept, CancellationToken ct)
    {
        var form = await context.Form(ct);
        var (token, name) = (form["token"].ToString(), form["name"].ToString());
        if (!SignInPages.IsOurs(context.Request))
        {
            return await Offer(token, name, "The form came from another site. Send it from here.", context, accept, ct);
        }

        var user = AcceptInvitation.Who(context);
        var accepted = await accept.Handle(new AcceptInvitation.Request(token, name, form["password"], form["agreed"] == "yes" ? form["terms"].ToString() : null, form["privacy"]), user, AuthEndpoints.Stranger(context), ct);
        return accepted.Problem switch
        {
            null => TypedResults.LocalRedirect(user is null ? Authentication.SignIn : SignInPages.Tenants),
            { Code: "consent.missing" } => await Offer(token, name, "Agree to the terms of use first.", context, accept, ct),
            { Code: AcceptInvitation.OtherAddress } => await Offer(token, name, "You are signed in with another address than the one that was invited. Sign out, and sign in with that one.", context, accept, ct),
            var wrong => await Offer(token, name, $"Found {wrong.Found}, expected {wrong.Expected}. {wrong.Fix}", context, accept, ct),
        };
    }

    private static async Task<RazorComponentResult<InvitationPage>> Offer(string? token, string? name, string? problem, HttpContext context, AcceptInvitation accept, CancellationToken ct)
    {
        var offer = await accept.Look(token, AuthEndpoints.Stranger(context), ct);
        return new(new { Token = token, Offer = offer.TryValue(out var open, out _) ? open : null, Name = name, Problem = problem, IsSignedIn = AcceptInvitation.Who(context) is not null })
        {
            StatusCode = offer.Problem is null && problem is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest,
        };
    }

    private static RazorComponentResult<ForgotPasswordForm> Forgot(bool isSent, string? email, string? problem) => new(new { IsSent = isSent, Email = email, Problem = problem })
    {
        StatusCode = problem is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest,
    };

    private static RazorComponentResult<ConfirmEmailForm> Confirm(string? token, bool? isDone) => new(new { Token = token, IsDone = isDone })
    {
        StatusCode = isDone == false ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK,
    };
}
