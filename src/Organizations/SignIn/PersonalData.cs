using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Organizations.Sessions;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.SignIn;

/// <summary>What is held of a person, for them to take out (GDPR, articles 15 and 20), what they agreed to (article 7), and their erasure (article 17).</summary>
internal static class PersonalData
{
    /// <param name="Password">One's own, so that a device left open cannot end the account.</param>
    internal sealed record EraseRequest(string? Password = null);

    /// <param name="Document">What was agreed to: <c>terms</c> or <c>privacy</c>.</param>
    /// <param name="Edition">Its edition, such as <c>2026-11</c>.</param>
    internal sealed record ConsentRequest(string? Document = null, string? Edition = null);

    /// <summary>What a person agreed to.</summary>
    internal sealed class Consent
    {
        public Guid ConsentId { get; init; }

        public string Document { get; init; } = "";

        public string Edition { get; init; } = "";

        public DateTimeOffset GivenAt { get; init; }

        public DateTimeOffset? WithdrawnAt { get; init; }

        /// <summary>From where.</summary>
        public string? Address { get; init; }
    }

    internal sealed record ConsentList(IReadOnlyList<Consent> Items);

    private static readonly string[] Documents = ["terms", "privacy"];

    // Each part as the database has it, without what signs in.
    private static readonly (string Name, string Sql)[] Parts =
    [
        ("account", "select user_id, email, name, status, email_confirmed_at, last_sign_in_at, created_at, updated_at from people.users"),
        ("password", "select changed_at from people.passwords"),
        ("authenticator", "select confirmed_at from people.authenticators"),
        ("recovery_codes", "select used_at from people.recovery_codes"),
        ("passkeys", "select name, transports, created_at, last_used_at from people.passkeys"),
        ("external_logins", "select issuer, subject, created_at, last_used_at from people.external_logins"),
        ("sessions", "select session_id, carrier, factors, address, user_agent, created_at, last_seen_at, expires_at, ended_at, ended_because from people.sessions order by created_at"),
        ("consents", "select document, edition, given_at, withdrawn_at, address from people.consents order by given_at"),
        ("memberships", "select * from people.memberships_of()"),
        ("directories", "select * from people.directories_of()"),
        ("invoices", "select * from people.invoices_of()"),
    ];

    public static void Map(IEndpointRouteBuilder auth)
    {
        auth.MapGet("/me/export", async (Caller caller, Database database, TimeProvider clock, CancellationToken ct) => (await Export(OwnSessions.Person(caller), database, clock, ct)).ToOk())
            .WithName("ExportPersonalData").WithSummary("All that is held of oneself.").Produces<IReadOnlyDictionary<string, JsonElement>>().OfOwnAccount();
        auth.MapDelete("/me", async ([Microsoft.AspNetCore.Mvc.FromBody] EraseRequest request, Caller caller, Database database, Passwords passwords, SessionRing ring, TimeProvider clock, CancellationToken ct) =>
            (await Erase(request.Password, OwnSessions.Person(caller), database, passwords, ring, clock, ct)).ToNoContent())
            .WithName("EraseAccount").WithSummary("Erase one's account for good: name and address are gone, what was done stays.").Produces(StatusCodes.Status204NoContent).OfOwnAccount();
        auth.MapGet("/consents", async (Caller caller, Database database, CancellationToken ct) =>
            ((Result<ConsentList>)await database.Read(OwnSessions.Person(caller), async session => new ConsentList(await Given(session)), ct)).ToOk())
            .WithName("ListConsents").WithSummary("List what one agreed to, and when.").Produces<ConsentList>().OfOwnAccount();
        auth.MapPost("/consents", async (ConsentRequest request, Caller caller, Database database, TimeProvider clock, CancellationToken ct) =>
            (await Agree(request, OwnSessions.Person(caller), database, clock, ct)).ToOk())
            .WithName("GiveConsent").WithSummary("Agree to an edition of the terms or of the privacy notice.").Produces<ConsentList>().OfOwnAccount();
    }

    internal static async Task<Result<IReadOnlyDictionary<string, JsonElement>>> Export(Caller person, Database database, TimeProvider clock, CancellationToken ct) =>
        await database.Write<IReadOnlyDictionary<string, JsonElement>>(
            person,
            async session =>
            {
                var all = new Dictionary<string, JsonElement>(StringComparer.Ordinal) { ["exported_at"] = JsonSerializer.SerializeToElement(clock.GetUtcNow()) };
                foreach (var (name, sql) in Parts)
                {
                    all[name] = JsonElement.Parse((await session.First<string>($"select coalesce(jsonb_agg(to_jsonb(part)), '[]')::text from ({sql}) part"))!);
                }

                await User.Record(session, "person.exported", new { });
                return all;
            },
            ct);

    /// <summary>
    /// The name and the address are gone and the account opens nothing. What the person did stays told of, by an id that names nobody any more: ledger and
    /// trail are whole (article 17, 3 b and e).
    /// </summary>
    internal static async Task<Result<int>> Erase(string? password, Caller person, Database database, Passwords passwords, SessionRing ring, TimeProvider clock, CancellationToken ct)
    {
        var erased = await database.Write<(int Done, Problem? Problem)>(
            person,
            async session =>
            {
                var now = clock.GetUtcNow();
                var user = (await User.Find(person.User!.Value, session, forUpdate: true))!;
                if (user.LockedUntil > now || await passwords.Verify(user.UserId, password ?? "", session) == PasswordAnswer.Wrong)
                {
                    await PasswordSignIn.Failed(user, "password", session, now); // As at a sign-in: nobody guesses at a device that was left open.
                    return (0, SetUpTotp.WrongPassword());
                }

                if (await session.First<string>("select string_agg(slug, ', ') from people.only_owner_of()") is { } owned)
                {
                    return (0, new Problem("member.last-owner", "user_id", $"the last owner of {owned}", "organisations with at least one active owner", "Name another owner first, or have the organisation erased.") { Kind = ProblemKind.Conflict });
                }

                await User.Record(session, "person.erased", new { });
                await session.Execute("select people.leave_all(@now)", new { now });
                foreach (var table in new[] { "passwords", "authenticators", "recovery_codes", "passkeys", "external_logins", "one_time_tokens", "refresh_tokens" })
                {
                    await session.Execute($"delete from people.{table} where user_id = @UserId", new { user.UserId });
                }

                await UserSessions.EndOthers(null, "disabled", session, now);
                await session.Execute(
                    "update people.sessions set address = null, user_agent = null where user_id = @UserId; update people.consents set address = null where user_id = @UserId", new { user.UserId });
                await session.Execute(
                    """
                    update people.users set email = 'erased', email_key = 'erased ' || user_id, name = 'Erased person', status = 'erased', email_confirmed_at = null, locked_until = null,
                        last_sign_in_at = null, stamp = gen_random_uuid(), updated_at = @now, version = version + 1 where user_id = @UserId
                    """,
                    new { user.UserId, now });
                return (1, null);
            },
            ct);
        ring.Forget();
        return erased.Value.Problem is { } problem ? problem : 1;
    }

    private static async Task<Result<ConsentList>> Agree(ConsentRequest request, Caller person, Database database, TimeProvider clock, CancellationToken ct)
    {
        if (!Documents.Contains(request.Document, StringComparer.Ordinal) || !Forms.IsCode(request.Edition))
        {
            return new Problem("consent.unknown", "document", $"{request.Document} {request.Edition}", "terms or privacy, and an edition such as 2026-11", "Name the document and the edition that was shown.");
        }

        return await database.Write<ConsentList>(
            person,
            async session =>
            {
                await Consents.Give(person.User!.Value, request.Document!, request.Edition!, session, clock.GetUtcNow());
                return new ConsentList(await Given(session));
            },
            ct);
    }

    private static Task<IReadOnlyList<Consent>> Given(Session session) =>
        session.Query<Consent>("select consent_id, document, edition, given_at, withdrawn_at, address from people.consents order by given_at, consent_id");
}
