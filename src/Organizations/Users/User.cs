using System.Text.Json;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Users;

/// <summary>A person with an account, in however many tenants.</summary>
internal sealed record User
{
    public required Guid UserId { get; init; }

    public required string Email { get; init; }

    public required string Name { get; init; }

    /// <summary><c>active</c>, <c>disabled</c> or <c>erased</c>.</summary>
    public required string Status { get; init; }

    public DateTimeOffset? EmailConfirmedAt { get; init; }

    public required int FailedSignIns { get; init; }

    public DateTimeOffset? LockedUntil { get; init; }

    /// <summary>New whenever what they sign in with changes: sessions of an older one have ended.</summary>
    public required Guid Stamp { get; init; }

    public required int Version { get; init; }

    /// <summary>The bound person.</summary>
    public static Task<User?> Find(Guid user, Session session, bool forUpdate = false) => session.First<User>(
        $"select user_id, email, name, status, email_confirmed_at, failed_sign_ins, locked_until, stamp, version from people.users where user_id = @user{(forUpdate ? " for update" : "")}", new { user });

    /// <summary>Whose address it is, before anybody is bound.</summary>
    public static async Task<Guid?> IdOf(EmailAddress email, Database database, CancellationToken ct) => await database.Read(
        Caller.System(TenantId.None, "sign-in"), session => session.First<Guid?>("select people.user_by_email(@Key)", new { email.Key }), ct);

    /// <summary>Adds an event to the trail of every tenant the bound person belongs to.</summary>
    public static Task Record(Session session, string name, object details) =>
        session.Execute("select people.record_event(@name, @details::jsonb)", new { name, details = JsonSerializer.Serialize(details, Json.Options) });
}
