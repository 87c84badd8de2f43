using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.Organizations.Passkeys;
using OffGridFlow.Organizations.Sessions;
using OffGridFlow.Organizations.Tokens;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.SignIn;

/// <summary>The endpoints of signing in and of one's own account.</summary>
internal static class AuthEndpoints
{
    public static IServiceCollection AddSignIn(this IServiceCollection services, CommonPasswords commonPasswords)
    {
        services.AddSingleton(commonPasswords);
        services.AddSingleton(provider => new Passwords(provider.GetRequiredService<CommonPasswords>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<SessionRing>();
        services.AddHostedService(provider => provider.GetRequiredService<SessionRing>());
        services.AddTokens();
        services.AddSingleton<PasswordSignIn>();
        services.AddSingleton<VerifySecondFactor>();
        services.AddSingleton<ChoosePassword>();
        services.AddSingleton<Ceremony>();
        services.AddSingleton<AddPasskey>();
        services.AddSingleton<PasskeySignIn>();
        services.AddSingleton<ForgotPassword>();
        services.AddSingleton<IJobHandler>(provider => provider.GetRequiredService<ForgotPassword>());
        services.AddSingleton<ChangeEmail>();
        return services;
    }

    /// <param name="Email">As it was given when the account was made.</param>
    internal sealed record LoginRequest(string? Email = null, string? Password = null);

    /// <param name="TemporaryToken">Of the answer to the first step.</param>
    /// <param name="Code">Six digits of the authenticator, or a recovery code.</param>
    internal sealed record VerifyRequest(string? TemporaryToken = null, string? Code = null);

    /// <param name="RefreshToken">Of the last answer; good once.</param>
    internal sealed record RefreshRequest(string? RefreshToken = null);

    /// <param name="AccessToken">Send it as <c>Authorization: Bearer</c>; null while a second factor is missing.</param>
    /// <param name="ExpiresIn">Seconds that the access token is good for.</param>
    /// <param name="RefreshToken">Gives the next two tokens, once and within seven days, at <c>/auth/refresh</c>. Used twice, it ends the session.</param>
    /// <param name="TwoFactorRequired">Whether a second factor is asked for.</param>
    /// <param name="TemporaryToken">For the second step, good for five minutes.</param>
    /// <param name="Methods">Second factors to choose from.</param>
    internal sealed record LoginAnswer(string? AccessToken, int? ExpiresIn, string? RefreshToken, bool TwoFactorRequired, string? TemporaryToken, IReadOnlyList<string> Methods);

    public static void MapAuth(this IEndpointRouteBuilder api)
    {
        var auth = api.MapGroup("/auth").WithTags("Sign-in");
        auth.MapPost("/login", async (LoginRequest request, HttpContext context, PasswordSignIn signIn, RefreshTokens tokens, CancellationToken ct) =>
            (await Answered(await signIn.Handle(request.Email, request.Password, UserSessions.InProgram, Stranger(context), ct), tokens, context, ct)).ToOk())
            .WithName("Login").WithSummary("Sign in with address and password.").Produces<LoginAnswer>().AllowAnonymous().LimitedStrictly().WithMetadata(new AnswersWithSecret());
        auth.MapPost("/verify-2fa", async (VerifyRequest request, HttpContext context, VerifySecondFactor second, RefreshTokens tokens, CancellationToken ct) =>
            (await second.Handle(request.TemporaryToken, request.Code, Stranger(context), ct)).TryValue(out var secret, out var problem)
                ? (await Answered(new SignInStep(secret, null, []), tokens, context, ct)).ToOk()
                : ((Result<LoginAnswer>)problem).ToOk())
            .WithName("VerifySecondFactor").WithSummary("The second step of a sign-in.").Produces<LoginAnswer>().AllowAnonymous().LimitedStrictly().WithMetadata(new AnswersWithSecret());
        auth.MapPost("/refresh", async (RefreshRequest request, HttpContext context, RefreshTokens tokens, CancellationToken ct) =>
            ((await tokens.Next(request.RefreshToken, Stranger(context), ct)).TryValue(out var pair, out var problem) ? (Result<LoginAnswer>)Paired(pair) : problem).ToOk())
            .WithName("RefreshTokens").WithSummary("The next access token and refresh token.").Produces<LoginAnswer>().AllowAnonymous().LimitedStrictly().WithMetadata(new AnswersWithSecret());
        ShowAccount.Map(auth);
        OwnSessions.Map(auth);
        SetUpTotp.Map(auth);
        RenewRecoveryCodes.Map(auth);
        ChoosePassword.Map(auth);
        AddPasskey.Map(auth);
        PasskeySignIn.Map(auth);
        ForgotPassword.Map(auth);
        ChangeEmail.Map(auth);
        ChangeName.Map(auth);
        PersonalData.Map(auth);
    }

    /// <summary>Who asks before anybody is known.</summary>
    internal static Caller Stranger(HttpContext context) => new(
        TenantId.None, "sign-in", context.TraceIdentifier, context.Connection.RemoteIpAddress?.ToString(), context.Request.Headers.UserAgent.ToString() is { Length: > 0 } agent ? agent[..Math.Min(300, agent.Length)] : null);

    internal static async Task<Result<LoginAnswer>> Answered(Result<SignInStep> step, RefreshTokens tokens, HttpContext context, CancellationToken ct)
    {
        if (!step.TryValue(out var made, out var problem))
        {
            return problem;
        }

        if (made.Session is not { } session)
        {
            return new LoginAnswer(null, null, null, TwoFactorRequired: true, made.Temporary!.Text, made.Methods);
        }

        // A sign-in that a browser began is not a program's to end with tokens.
        return await tokens.First(session, Stranger(context), ct) is { } pair ? Paired(pair) : PasswordSignIn.Refused();
    }

    private static LoginAnswer Paired(TokenPair pair) => new(pair.Access, (int)AccessTokens.GoodFor.TotalSeconds, pair.Refresh.Text, TwoFactorRequired: false, null, []);
}
