using System.Text.Json;
using OffGridFlow.Organizations.Sessions;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Organizations.SignIn;

/// <summary>Tokens that are good once, for one purpose, for a short time. The person is bound.</summary>
internal static class OneTimeTokens
{
    public const string ConfirmEmail = "confirm_email";
    public const string ChangeEmail = "change_email";
    public const string ResetPassword = "reset_password";
    public const string SecondFactor = "second_factor";

    public static async Task<PersonSecret> Issue(Guid user, string purpose, object details, TimeSpan good, Session session, DateTimeOffset now)
    {
        var token = PersonSecret.New(PersonSecret.OneTime, user);
        await session.Execute(
            "insert into people.one_time_tokens (user_id, hash, purpose, details, created_at, expires_at) values (@user, @Hash, @purpose, @details::jsonb, @now, @until)",
            new { user, token.Hash, purpose, details = JsonSerializer.Serialize(details, Json.Options), now, until = now + good });
        return token;
    }

    /// <summary>What a token was issued with, and the token is used; null when it is not in force, or for something else.</summary>
    public static Task<string?> Use(PersonSecret token, string purpose, Session session, DateTimeOffset now) => session.First<string>(
        "update people.one_time_tokens set used_at = @now where hash = @Hash and purpose = @purpose and used_at is null and expires_at > @now returning details::text", new { token.Hash, purpose, now });

    /// <summary>What a token was issued with, which stays good: for a step that may fail and be tried again.</summary>
    public static Task<string?> Look(PersonSecret token, string purpose, Session session, DateTimeOffset now) => session.First<string>(
        "select details::text from people.one_time_tokens where hash = @Hash and purpose = @purpose and used_at is null and expires_at > @now", new { token.Hash, purpose, now });

    /// <summary>Ends those of a purpose: a newer one is on its way, or the purpose is served.</summary>
    public static Task Forget(string purpose, Session session, DateTimeOffset now) =>
        session.Execute("update people.one_time_tokens set used_at = @now where purpose = @purpose and used_at is null", new { purpose, now });

    /// <summary>Ends all of the person's: whoever asked for them may not have been they.</summary>
    public static Task ForgetAll(Session session, DateTimeOffset now) => session.Execute("update people.one_time_tokens set used_at = @now where used_at is null", new { now });
}
