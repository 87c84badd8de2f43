using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Secrets;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Passkeys;

/// <summary>
/// What lies between the two steps of WebAuthn: the browser is given a challenge and, sealed, what we must remember of it, so that nothing
/// is stored for strangers. Each is good for five minutes, and once.
/// </summary>
internal sealed class Ceremony(Database database, Seals seals, TimeProvider clock)
{
    private const string Purpose = "passkey";

    private static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(5);

    // With user verification (a finger, a face, a PIN), so that a passkey alone is two factors.
    private static readonly IOptions<IdentityPasskeyOptions> Settings = Options.Create(new IdentityPasskeyOptions
    {
        UserVerificationRequirement = "required", ResidentKeyRequirement = "required", AttestationConveyancePreference = "none", AuthenticatorTimeout = GoodFor,
    });

    private sealed record Kept(string Kind, string State, DateTimeOffset Until);

    public static PasskeyHandler<User> Handler(Session session) => new(PasskeyStore.Manager(session), Settings);

    /// <param name="kind">What the second step must be for.</param>
    public async Task<string> Keep(string kind, string? state, CancellationToken ct)
    {
        var plain = JsonSerializer.SerializeToUtf8Bytes(new Kept(kind, state ?? "", clock.GetUtcNow() + GoodFor), Json.Options);
        var box = await database.Write<byte[]>(Caller.System(TenantId.None, "sign-in"), async session => await seals.Seal(session, Purpose, plain), ct);
        return Convert.ToBase64String(box.Value);
    }

    /// <summary>What was kept; null when it is not ours, too old, or of another kind.</summary>
    public async Task<string?> Open(string kind, string? token, CancellationToken ct)
    {
        try
        {
            var box = Convert.FromBase64String(token ?? "");
            var plain = await database.Read(Caller.System(TenantId.None, "sign-in"), session => seals.Open(session, Purpose, box), ct);
            return JsonSerializer.Deserialize<Kept>(plain, Json.Options) is { } kept && kept.Kind == kind && kept.Until > clock.GetUtcNow() ? kept.State : null;
        }
        catch (Exception foreign) when (foreign is FormatException or CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Whether it had not been used before; from now on it has. The person is bound.</summary>
    public async Task<bool> Use(string token, Guid user, Session session) => await session.Execute(
        """
        insert into people.one_time_tokens (user_id, hash, purpose, created_at, expires_at, used_at) values (@user, @hash, 'passkey', @now, @until, @now)
        on conflict do nothing
        """,
        new { user, hash = SHA256.HashData(Encoding.UTF8.GetBytes(token)), now = clock.GetUtcNow(), until = clock.GetUtcNow() + GoodFor }) == 1;

    /// <summary>Whose passkey a browser's answer says it is: WebAuthn level 2, 5.1.4, the user handle.</summary>
    public static Guid? UserOf(JsonElement credential) =>
        credential.ValueKind == JsonValueKind.Object && credential.TryGetProperty("response", out var response) && response.ValueKind == JsonValueKind.Object
        && response.TryGetProperty("userHandle", out var handle) && handle.ValueKind == JsonValueKind.String && Decoded(handle.GetString()!) is { } text && Guid.TryParse(text, out var user)
            ? user
            : null;

    internal static Problem Refused(string found) => new("passkey.refused", "credential", found, "an answer of a passkey to the last five minutes' challenge", "Try again.") { Kind = ProblemKind.Unauthenticated };

    private static string? Decoded(string text) => Base64Url.IsValid(text) ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)) : null;
}
