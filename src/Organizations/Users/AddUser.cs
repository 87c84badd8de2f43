using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Users;

/// <summary>Makes a person's account. Without a password they choose one by the mail that is sent to them.</summary>
internal static class AddUser
{
    public const int MostNameCharacters = 200;

    /// <param name="Email">As they write it.</param>
    /// <param name="Name">As people write it.</param>
    /// <param name="PasswordHash">Of a password that was checked; null: none yet.</param>
    /// <param name="IsConfirmed">Whether it is known that the address is theirs: an invitation was opened, a provider says so.</param>
    public sealed record Request(EmailAddress Email, string Name, string? PasswordHash, bool IsConfirmed);

    public static Problem? CheckName(string? name) => string.IsNullOrWhiteSpace(name) || name.Length > MostNameCharacters || name.Any(char.IsControl)
        ? new Problem("user.name", "name", name ?? "", $"a name of 1 to {MostNameCharacters} characters", "Write the name as people know it.")
        : null;

    /// <summary>The new person's id.</summary>
    public static async Task<Result<Guid>> Handle(Request request, Caller by, Database database, TimeProvider clock, CancellationToken ct)
    {
        var user = Guid.CreateVersion7();
        return await database.Write(Caller.Person(user, by.RequestId, by.Address, by.UserAgent), session => Write(user, request, session, clock.GetUtcNow()), ct);
    }

    /// <summary>Within a transaction that is bound to the new person.</summary>
    public static async Task<Result<Guid>> Write(Guid user, Request request, Session session, DateTimeOffset now)
    {
        var made = await session.Execute(
            """
            insert into people.users (user_id, email, email_key, name, email_confirmed_at, created_at, updated_at)
            values (@user, @Text, @Key, @name, @confirmed, @now, @now) on conflict (email_key) do nothing
            """,
            new { user, request.Email.Text, request.Email.Key, name = request.Name.Trim(), confirmed = request.IsConfirmed ? now : (DateTimeOffset?)null, now });
        if (made == 0)
        {
            return new Problem("email.taken", "email", request.Email.Text, "an address without an account", "Sign in with it, or reset its password.") { Kind = ProblemKind.Conflict };
        }

        if (request.PasswordHash is { } hash)
        {
            await Passwords.Keep(user, hash, session, now);
        }

        return user;
    }
}
