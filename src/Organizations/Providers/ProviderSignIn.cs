using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using OffGridFlow.Organizations.Members;
using OffGridFlow.Organizations.Scim;
using OffGridFlow.Organizations.Sessions;
using OffGridFlow.Organizations.SignIn;
using OffGridFlow.Organizations.Tenants;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Secrets;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Providers;

/// <summary>
/// Signs in whom a tenant's provider vouches for, into that tenant and no other: whoever runs a provider says who its people are, and must not thereby become
/// somebody else's member.
/// </summary>
internal sealed class ProviderSignIn(Database database, ProviderClient client, Seals seals, SessionRing ring, TimeProvider clock)
{
    private const string Purpose = "oidc-step";
    private const string Suspended = "a suspended member";
    private const string Unknown = "somebody who is no member, and whose groups have no role here";

    private static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(10);

    // Kept in a cookie of the browser that began, sealed, until it comes back.
    private sealed record Step(Guid Tenant, Guid Provider, string State, string Nonce, string Verifier, string Return, DateTimeOffset Until);

    /// <param name="Address">Where the browser goes.</param>
    /// <param name="Cookie">What it keeps meanwhile.</param>
    public sealed record Begun(string Address, string Cookie);

    public sealed record Ended(PersonSecret Session, string Return);

    /// <summary>The providers of a tenant, for its sign-in page; none for a tenant that does not exist.</summary>
    public async Task<IReadOnlyList<Provider>> Of(string slug, CancellationToken ct) => (await TenantDirectory.Find(slug, database, ct)).TryValue(out var tenant, out _)
        ? await database.Read(Caller.System(tenant, "sign-in"), Provider.All, ct)
        : [];

    public async Task<Result<Begun>> Begin(string slug, Guid id, string callback, string back, CancellationToken ct)
    {
        if (!(await TenantDirectory.Find(slug, database, ct)).TryValue(out var tenant, out _) || await database.Read(Caller.System(tenant, "sign-in"), session => Provider.Find(id, session), ct) is not { } provider)
        {
            return Problem.NotFound("provider", id.ToString());
        }

        var step = new Step(tenant.Value, id, Random(), Random(), Random(), back, clock.GetUtcNow() + GoodFor);
        if (!(await client.Address(provider, callback, step.State, step.Nonce, step.Verifier, ct)).TryValue(out var address, out var problem))
        {
            return problem;
        }

        var box = await database.Write<byte[]>(
            Caller.System(TenantId.None, "sign-in"), async session => await seals.Seal(session, Purpose, JsonSerializer.SerializeToUtf8Bytes(step, Json.Options)), ct);
        return new Begun(address, Base64UrlEncoder.Encode(box.Value));
    }

    /// <param name="cookie">Of the browser that began.</param>
    /// <param name="issuer">RFC 9207: whose answer it says it is; null when it does not.</param>
    public async Task<Result<Ended>> End(string? cookie, string? state, string? code, string? issuer, string callback, Caller by, CancellationToken ct)
    {
        if (await Open(cookie, ct) is not { } step || state is null || code is null || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(state), Encoding.UTF8.GetBytes(step.State)))
        {
            return new Problem("provider.step", "state", "an answer to no sign-in of this browser", "the answer to one of the last ten minutes", "Sign in again.") { Kind = ProblemKind.Unauthenticated };
        }

        var tenant = new TenantId(step.Tenant);
        var (provider, secret) = await database.Read(
            Caller.System(tenant, "sign-in"),
            async session =>
            {
                var found = await Provider.Find(step.Provider, session);
                var box = await session.First<byte[]>("select secret from org.providers where provider_id = @id and deleted_at is null", new { id = step.Provider });
                return (found, box is null ? null : Encoding.UTF8.GetString(await seals.Open(session, Provider.Purpose(step.Provider), box)));
            },
            ct);
        if (provider is null || (issuer is not null && issuer != provider.Issuer))
        {
            return Problem.NotFound("provider", step.Provider.ToString()) with { Kind = ProblemKind.Unauthenticated };
        }

        if (!(await client.Redeem(provider, secret, code, callback, step.Nonce, step.Verifier, ct)).TryValue(out var vouched, out var problem)
            || !(await Person(vouched, provider, tenant, by, ct)).TryValue(out var user, out problem)
            || !(await Join(user, vouched, provider, tenant, by, ct)).TryValue(out _, out problem))
        {
            await Refuse(tenant, provider, problem, by, ct);
            return problem;
        }

        var session = await database.Write<PersonSecret>(
            Caller.Person(user, by.RequestId, by.Address, by.UserAgent),
            async session =>
            {
                var now = clock.GetUtcNow();
                if (await User.Find(user, session, forUpdate: true) is not { Status: "active" } there)
                {
                    return NotIn(provider, "an account that is closed");
                }

                await session.Execute(
                    """
                    insert into people.external_logins (user_id, issuer, subject, last_used_at) values (@user, @Issuer, @Subject, @now)
                    on conflict (user_id, issuer, subject) do update set last_used_at = excluded.last_used_at
                    """,
                    new { user, vouched.Issuer, vouched.Subject, now });
                return await PasswordSignIn.Complete(there, UserSessions.InBrowser, vouched.HasShownTwo ? ["oidc", StatedFactors.Two] : ["oidc"], session, now, new Vouching(step.Tenant, step.Provider));
            },
            ct);
        ring.Forget();
        return session.TryValue(out var made, out problem) ? new Ended(made, step.Return) : problem;
    }

    // By what the provider calls them; else a member by their verified address; else, where the tenant lets people join, somebody new.
    private async Task<Result<Guid>> Person(Vouched vouched, Provider provider, TenantId tenant, Caller by, CancellationToken ct)
    {
        var sign = Caller.System(TenantId.None, by.RequestId);
        if (await database.Read(sign, session => session.First<Guid?>("select people.user_by_login(@Issuer, @Subject)", new { vouched.Issuer, vouched.Subject }), ct) is { } known)
        {
            return known;
        }

        if (EmailAddress.Read(vouched.Email) is not { } email || !vouched.EmailIsVerified)
        {
            return NotIn(provider, "nobody we know, without a verified address");
        }

        if (await User.IdOf(email, database, ct) is { } there)
        {
            // An account is its person's: they join by a letter that they open, not by what an organisation has its own provider say.
            return await database.Read(
                Caller.System(tenant, "sign-in"), session => session.First<bool>("select exists (select from org.memberships where user_id = @there and status in ('active', 'suspended'))", new { there }), ct)
                ? there
                : NotIn(provider, "an account that has not joined") with { Fix = "Have an administrator invite you, and open the letter: then this sign-in works, too." };
        }

        // Who would not be let in leaves no account behind.
        var letsIn = await database.Read(Caller.System(tenant, "sign-in"), session => DirectoryMembers.LetsIn(email, session), ct);
        if (letsIn == false || (letsIn is null && (!provider.Joins || provider.RolesFor([.. vouched.Groups]).Count == 0)))
        {
            return NotIn(provider, letsIn == false ? Suspended : Unknown);
        }

        var name = AddUser.CheckName(vouched.Name) is null ? vouched.Name! : email.Text[..email.Text.IndexOf('@', StringComparison.Ordinal)];
        return await AddUser.Handle(new AddUser.Request(email, name, null, IsConfirmed: true), Caller.System(tenant, by.RequestId), database, clock, ct);
    }

    // The provider's groups decide the roles it has given; those a person was given by people stay.
    private async Task<Result<int>> Join(Guid user, Vouched vouched, Provider provider, TenantId tenant, Caller by, CancellationToken ct)
    {
        var roles = provider.RolesFor([.. vouched.Groups]);
        var actor = $"oidc:{provider.ProviderId}";
        return await database.Write<int>(
            new Caller(tenant, actor, by.RequestId, by.Address, by.UserAgent),
            async session =>
            {
                var now = clock.GetUtcNow();
                var status = await session.First<string>("select status from org.memberships where user_id = @user", new { user });
                var isMember = status == "active";
                var email = vouched.EmailIsVerified ? EmailAddress.Read(vouched.Email) : null;
                var letsIn = email is null ? null : await DirectoryMembers.LetsIn(email, session);
                if (!isMember && (status == "suspended" || letsIn == false || (letsIn is null && (!provider.Joins || roles.Count == 0))))
                {
                    return NotIn(provider, status == "suspended" || letsIn == false ? Suspended : Unknown);
                }

                if (!isMember && letsIn is true)
                {
                    await Members.Join.Belong(user, "scim", actor, session, now);
                }

                foreach (var role in roles)
                {
                    if ((await Members.Join.Handle(new Members.Join.Request(user, role, "oidc"), session, clock)).Problem is { } problem)
                    {
                        return problem;
                    }
                }

                if (email is not null)
                {
                    await DirectoryMembers.Arrived(user, email.Key, session, now);
                }

                return await session.Execute(
                    "update org.assignments set ended_at = @now where user_id = @user and created_by = @actor and ended_at is null and not (role = any(@roles))", new { now, user, actor, roles = roles.ToArray() });
            },
            ct);
    }

    private async Task Refuse(TenantId tenant, Provider provider, Problem problem, Caller by, CancellationToken ct) => await database.Write<int>(
        new Caller(tenant, $"oidc:{provider.ProviderId}", by.RequestId, by.Address, by.UserAgent),
        async session =>
        {
            await Platform.Audit.Trail.Record(session, "sign_in.refused", new { why = "oidc", provider = provider.Name, problem.Code, problem.Found });
            return 0;
        },
        ct);

    private async Task<Step?> Open(string? cookie, CancellationToken ct)
    {
        try
        {
            var box = Base64UrlEncoder.DecodeBytes(cookie ?? "");
            var plain = await database.Read(Caller.System(TenantId.None, "sign-in"), session => seals.Open(session, Purpose, box), ct);
            return JsonSerializer.Deserialize<Step>(plain, Json.Options) is { } step && step.Until > clock.GetUtcNow() ? step : null;
        }
        catch (Exception foreign) when (foreign is FormatException or CryptographicException)
        {
            return null;
        }
    }

    private static string Random() => Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(32));

    private static Problem NotIn(Provider provider, string found) =>
        new("provider.not-member", "provider", found, $"a member whom {provider.Name} vouches for", "Ask an administrator of the organisation to let you in.") { Kind = ProblemKind.Forbidden };
}
