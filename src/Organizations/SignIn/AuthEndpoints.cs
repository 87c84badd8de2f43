using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.Organizations.Passkeys;
using OffGridFlow.Organizations.Sessions;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.SignIn;

/// <summary>The endpoints of signing in and of one's own account.</summary>
internal static class AuthEndpoints
{
    public static IServiceCollection AddSignIn(this IServiceCollection services, string commonPasswords)
    {
        services.AddSingleton(CommonPasswords.From(commonPasswords));
        services.AddSingleton(provider => new Passwords(provider.GetRequiredService<CommonPasswords>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<SessionRing>();
        services.AddHostedService(provider => provider.GetRequiredService<SessionRing>());
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

    /// <param name="SessionToken">Send it as <c>Authorization: Bearer</c>; null while a second factor is missing.</param>
    /// <param name="ExpiresAt">When the session ends at the latest.</param>
    /// <param name="TwoFactorRequired">Whether a second factor is asked for.</param>
    /// <param name="TemporaryToken">For the second step, good for five minutes.</param>
    /// <param name="Methods">Second factors to choose from.</param>
    internal sealed record LoginAnswer(string? SessionToken, DateTimeOffset? ExpiresAt, bool TwoFactorRequired, string? TemporaryToken, IReadOnlyList<string> Methods);

    public static void MapAuth(this IEndpointRouteBuilder api)
    {
        var auth = api.MapGroup("/auth").WithTags("Sign-in");
        auth.MapPost("/login", async (LoginRequest request, HttpContext context, PasswordSignIn signIn, TimeProvider clock, CancellationToken ct) =>
            Answered(await signIn.Handle(request.Email, request.Password, UserSessions.InProgram, Stranger(context), ct), clock).ToOk())
            .WithName("Login").WithSummary("Sign in with address and password.").Produces<LoginAnswer>().AllowAnonymous().WithMetadata(new AnswersWithSecret());
        auth.MapPost("/verify-2fa", async (VerifyRequest request, HttpContext context, VerifySecondFactor second, TimeProvider clock, CancellationToken ct) =>
            (await second.Handle(request.TemporaryToken, request.Code, Stranger(context), ct)).TryValue(out var secret, out var problem)
                ? Answered(new SignInStep(secret, null, []), clock).ToOk()
                : ((Result<LoginAnswer>)problem).ToOk())
            .WithName("VerifySecondFactor").WithSummary("The second step of a sign-in.").Produces<LoginAnswer>().AllowAnonymous().WithMetadata(new AnswersWithSecret());
        ShowAccount.Map(auth);
        OwnSessions.Map(auth);
        SetUpTotp.Map(auth);
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

    internal static Result<LoginAnswer> Answered(Result<SignInStep> step, TimeProvider clock) => step.TryValue(out var made, out var problem)
        ? new LoginAnswer(made.Session?.Text, made.Session is null ? null : clock.GetUtcNow() + UserSessions.Longest, made.Temporary is not null, made.Temporary?.Text, made.Methods)
        : problem;
}
