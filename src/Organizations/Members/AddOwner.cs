using OffGridFlow.Organizations.Roles;
using OffGridFlow.Organizations.Sessions;
using OffGridFlow.Organizations.SignIn;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Members;

/// <summary>Makes somebody an owner of a tenant: the operator's way to its first member. Somebody without a password gets a token to choose one with.</summary>
internal static class AddOwner
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromDays(7);

    public sealed record Request(string? Email, string? Name = null);

    /// <param name="Token">Chooses the password; null: there is one.</param>
    public sealed record Response(Guid UserId, string Email, PersonSecret? Token);

    public static async Task<Result<Response>> Handle(Request request, TenantId tenant, Database database, TimeProvider clock, CancellationToken ct)
    {
        if (EmailAddress.Read(request.Email) is not { } email)
        {
            return EmailAddress.Unreadable(request.Email);
        }

        var by = Caller.System(tenant, "cli:tenant");
        if (await User.IdOf(email, database, ct) is not { } user)
        {
            var name = request.Name ?? email.Text[..email.Text.IndexOf('@', StringComparison.Ordinal)];
            if (AddUser.CheckName(name) is { } unusable)
            {
                return unusable;
            }

            if (!(await AddUser.Handle(new AddUser.Request(email, name, null, IsConfirmed: true), by, database, clock, ct)).TryValue(out user, out var refused))
            {
                return refused;
            }
        }

        if ((await database.Write(by, session => Join.Handle(new Join.Request(user, Role.Owner.Name, "operator"), session, clock), ct)).Problem is { } problem)
        {
            return problem;
        }

        return await database.Write<Response>(
            Caller.Person(user, by.RequestId),
            async session =>
            {
                var has = await session.First<bool>("select exists (select from people.passwords)");
                var token = has ? null : await OneTimeTokens.Issue(user, OneTimeTokens.ResetPassword, new { }, GoodFor, session, clock.GetUtcNow());
                return new Response(user, email.Text, token);
            },
            ct);
    }
}
