using System.Buffers.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Organizations.Sessions;
using OffGridFlow.Organizations.SignIn;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Passkeys;

/// <summary>A passkey of one's own: registered in two steps, after the password was given again.</summary>
internal sealed class AddPasskey(Database database, Passwords passwords, Ceremony ceremony, SessionRing ring, TimeProvider clock)
{
    private const int MostNameCharacters = 80;
    private const int MostPasskeys = 20;

    private static readonly object Removed = new();

    internal sealed record BeginRequest(string? Password = null);

    /// <param name="Options">For <c>navigator.credentials.create</c>.</param>
    /// <param name="Token">Comes back with its answer.</param>
    internal sealed record Begun(JsonElement Options, string Token);

    /// <param name="Name">What its owner calls it.</param>
    /// <param name="Credential">What the browser answered, as JSON.</param>
    internal sealed record FinishRequest(string? Token = null, string? Name = null, JsonElement? Credential = null);

    /// <param name="PasskeyId">In base64url.</param>
    internal sealed record Passkey(string PasskeyId, string Name, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt, bool IsBackedUp);

    internal sealed record Listed(IReadOnlyList<Passkey> Items);

    /// <param name="Password">One's own, so that a device left open cannot take the passkey away.</param>
    internal sealed record RemoveRequest(string? Password = null);

    public static void Map(IEndpointRouteBuilder auth)
    {
        auth.MapPost("/passkeys/begin", async (BeginRequest request, HttpContext context, Caller caller, AddPasskey add, CancellationToken ct) =>
            (await add.Begin(request.Password, context, OwnSessions.Person(caller), ct)).ToOk())
            .WithName("BeginPasskey").WithSummary("Begin to register a passkey.").Produces<Begun>().OfOwnAccount().WithMetadata(new AnswersWithSecret());
        auth.MapPost("/passkeys", async (FinishRequest request, HttpContext context, Caller caller, AddPasskey add, CancellationToken ct) =>
            (await add.Finish(request, context, OwnSessions.Person(caller), ct)).ToCreated(made => $"/api/v1/auth/passkeys/{made.PasskeyId}"))
            .WithName("AddPasskey").WithSummary("Finish registering a passkey.").Produces<Passkey>(StatusCodes.Status201Created).OfOwnAccount().WithMetadata(new AnswersWithSecret());
        auth.MapGet("/passkeys", async (Caller caller, Database database, CancellationToken ct) =>
            ((Result<Listed>)new Listed(await database.Read(OwnSessions.Person(caller), All, ct))).ToOk())
            .WithName("ListPasskeys").WithSummary("List one's passkeys.").Produces<Listed>().OfOwnAccount();
        auth.MapDelete("/passkeys/{passkey_id}", async (string passkey_id, [FromBody] RemoveRequest request, Caller caller, AddPasskey add, CancellationToken ct) =>
            (await add.Remove(passkey_id, request.Password, OwnSessions.Person(caller), ct)).ToNoContent())
            .WithName("RemovePasskey").WithSummary("Remove a passkey.").Produces(StatusCodes.Status204NoContent).OfOwnAccount();
    }

    internal static async Task<IReadOnlyList<Passkey>> All(Session session) =>
        [.. (await session.Query<(byte[] Id, string Name, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt, bool IsBackedUp)>(
            "select credential_id, name, created_at, last_used_at, is_backed_up from people.passkeys order by created_at, credential_id"))
            .Select(row => new Passkey(Base64Url.EncodeToString(row.Id), row.Name, row.CreatedAt, row.LastUsedAt, row.IsBackedUp))];

    private async Task<Result<Begun>> Begin(string? password, HttpContext context, Caller person, CancellationToken ct)
    {
        var made = await database.Write<(PasskeyCreationOptionsResult? Made, Problem? Problem)>(
            person,
            async session =>
            {
                var user = (await User.Find(person.User!.Value, session, forUpdate: true))!;
                if (user.LockedUntil > clock.GetUtcNow() || await passwords.Verify(user.UserId, password ?? "", session) == PasswordAnswer.Wrong)
                {
                    await PasswordSignIn.Failed(user, "password", session, clock.GetUtcNow());
                    return (null, SetUpTotp.WrongPassword());
                }

                if (await session.First<int>("select count(*)::int from people.passkeys") >= MostPasskeys)
                {
                    return (null, new Problem("passkey.too-many", "passkeys", $"{MostPasskeys}", "fewer", "Remove one that is not used any more.") { Kind = ProblemKind.Conflict });
                }

                return (await Ceremony.Handler(session).MakeCreationOptionsAsync(new PasskeyUserEntity { Id = user.UserId.ToString(), Name = user.Email, DisplayName = user.Name }, context), null);
            },
            ct);
        return made.Value.Problem is { } problem
            ? problem
            : new Begun(JsonDocument.Parse(made.Value.Made!.CreationOptionsJson).RootElement, await ceremony.Keep(Kind(person), made.Value.Made.AttestationState, ct));
    }

    internal async Task<Result<Passkey>> Finish(FinishRequest request, HttpContext context, Caller person, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(request.Name) || request.Name.Length > MostNameCharacters || request.Name.Any(char.IsControl))
        {
            return new Problem("passkey.name", "name", request.Name ?? "", $"a name of 1 to {MostNameCharacters} characters", "Name it, such as Ana's phone.");
        }

        if (await ceremony.Open(Kind(person), request.Token, ct) is not { } state || request.Credential is not { ValueKind: JsonValueKind.Object } credential)
        {
            return Ceremony.Refused("no answer to a challenge of ours") with { Kind = ProblemKind.Invalid };
        }

        PersonSecret? renewed = null;
        var added = await database.Write<Passkey>(
            person,
            async session =>
            {
                var outcome = await Ceremony.Handler(session).PerformAttestationAsync(new PasskeyAttestationContext { HttpContext = context, CredentialJson = credential.GetRawText(), AttestationState = state });
                if (!outcome.Succeeded || outcome.UserEntity.Id != person.User.ToString() || !await ceremony.Use(request.Token!, person.User!.Value, session))
                {
                    return Ceremony.Refused(outcome.Failure?.Message ?? "an answer that was used before") with { Kind = ProblemKind.Invalid };
                }

                var (key, now) = (outcome.Passkey, clock.GetUtcNow());
                await session.Execute(
                    """
                    insert into people.passkeys (user_id, credential_id, public_key, name, sign_count, transports, is_user_verified, is_backup_eligible, is_backed_up, attestation, client_data, created_at)
                    values (@user, @CredentialId, @PublicKey, @name, @count, @transports, @IsUserVerified, @IsBackupEligible, @IsBackedUp, @AttestationObject, @ClientDataJson, @now)
                    """,
                    new
                    {
                        user = person.User, key.CredentialId, key.PublicKey, name = request.Name.Trim(), count = (long)key.SignCount, transports = key.Transports ?? [], key.IsUserVerified, key.IsBackupEligible,
                        key.IsBackedUp, key.AttestationObject, key.ClientDataJson, now,
                    });
                // Unlocked by its owner just now, it has been shown; who signed in with less has signed in with it, too.
                renewed = key.IsUserVerified ? await UserSessions.Lift(person.User!.Value, context.Features.Get<SessionHolder>()?.SessionId, "passkey", session, now) : null;
                await User.Record(session, "second_factor.added", new { factor = "passkey", name = request.Name.Trim() });
                return new Passkey(Base64Url.EncodeToString(key.CredentialId), request.Name.Trim(), now, null, key.IsBackedUp);
            },
            ct);
        ring.Forget();
        RenewedSession.Tell(context, added.Problem is null ? renewed : null);
        return added;
    }

    /// <summary>With the last one, what was signed in with it counts as a second factor no longer.</summary>
    internal async Task<Result<int>> Remove(string id, string? password, Caller person, CancellationToken ct)
    {
        // Before the password: what is not there is not there for whoever asks.
        if (!Base64Url.IsValid(id) || !await database.Read(person, session => session.First<bool>("select exists (select from people.passkeys where credential_id = @Id)", new { Id = Base64Url.DecodeFromChars(id) }), ct))
        {
            return Problem.NotFound("passkey", id);
        }

        var removed = await SetUpTotp.WithPassword<object>(
            password, person, database, passwords, clock,
            async (_, session) =>
            {
                if (await session.Execute("delete from people.passkeys where credential_id = @Id", new { Id = Base64Url.DecodeFromChars(id) }) == 0)
                {
                    return (null, Problem.NotFound("passkey", id));
                }

                await session.Execute("update people.sessions set factors = array_remove(factors, 'passkey') where ended_at is null and not exists (select from people.passkeys)");
                await session.Execute("delete from people.recovery_codes where not exists (select from people.passkeys) and not exists (select from people.authenticators where confirmed_at is not null)");
                await User.Record(session, "second_factor.removed", new { factor = "passkey" });
                return (Removed, null);
            },
            ct);
        ring.Forget();
        return removed.Problem is { } problem ? problem : 1;
    }

    // Begun by one person, it is finished by the same.
    private static string Kind(Caller person) => $"add:{person.User}";
}
