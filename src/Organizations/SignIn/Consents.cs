using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Organizations.SignIn;

/// <summary>What people agree to: which edition, when, and from where (GDPR, article 7, 1). The person is bound.</summary>
internal static class Consents
{
    /// <summary>The edition of the terms of use that is shown now: <c>/terms</c>.</summary>
    public const string Terms = "2026-11";

    /// <summary>The edition of the privacy notice that is shown now: <c>/privacy</c>.</summary>
    public const string Privacy = "2026-11";

    /// <summary>Null when the editions that were agreed to are those of now.</summary>
    public static Problem? Check(string? terms, string? privacy) => terms == Terms && privacy == Privacy
        ? null
        : new Problem("consent.missing", "terms", $"{terms ?? "none"}, {privacy ?? "none"}", $"terms {Terms} and privacy {Privacy}", "Show /terms and /privacy, and send the editions that were agreed to as terms and privacy.");

    /// <summary>Both are given; one that was given before stays as it was.</summary>
    public static async Task Give(Guid user, Session session, DateTimeOffset now)
    {
        await Give(user, "terms", Terms, session, now);
        await Give(user, "privacy", Privacy, session, now);
    }

    public static Task<int> Give(Guid user, string document, string edition, Session session, DateTimeOffset now) => session.Execute(
        """
        insert into people.consents (user_id, consent_id, document, edition, given_at, address)
        select @user, @id, @document, @edition, @now, @Address where not exists (select from people.consents where document = @document and edition = @edition and withdrawn_at is null)
        """,
        new { user, id = Guid.CreateVersion7(), document, edition, now, session.Caller.Address });
}
