using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Logging.Abstractions;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Organizations.Passkeys;

/// <summary>
/// The bound person's passkeys, as ASP.NET Core Identity's WebAuthn asks for them. It looks and no more: accounts are made by
/// <see cref="AddUser"/>, passkeys kept by <see cref="AddPasskey"/>.
/// </summary>
internal sealed class PasskeyStore(Session session) : IUserPasskeyStore<User>
{
    private const string Columns =
        "credential_id, public_key, name, sign_count, transports, is_user_verified, is_backup_eligible, is_backed_up, attestation, client_data, created_at";

    /// <summary>What Identity's handler asks its questions of.</summary>
    public static UserManager<User> Manager(Session session) =>
        new(new PasskeyStore(session), null!, null!, null!, null!, null!, null!, null!, NullLogger<UserManager<User>>.Instance);

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(User user, byte[] credentialId, CancellationToken cancellationToken) =>
        (await session.First<Row>($"select {Columns} from people.passkeys where credential_id = @credentialId", new { credentialId }))?.ToInfo();

    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(User user, CancellationToken cancellationToken) =>
        [.. (await session.Query<Row>($"select {Columns} from people.passkeys order by created_at")).Select(row => row.ToInfo())];

    public async Task<User?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        Guid.TryParse(userId, out var id) && id == session.Caller.User ? await User.Find(id, session) : null;

    public async Task<User?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        await session.First<bool>("select exists (select from people.passkeys where credential_id = @credentialId)", new { credentialId }) ? await User.Find(session.Caller.User!.Value, session) : null;

    public Task<string> GetUserIdAsync(User user, CancellationToken cancellationToken) => Task.FromResult(user.UserId.ToString());

    public Task<string?> GetUserNameAsync(User user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Email);

    public Task<string?> GetNormalizedUserNameAsync(User user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Email);

    public Task AddOrUpdatePasskeyAsync(User user, UserPasskeyInfo passkey, CancellationToken cancellationToken) => throw OnlyLooks();

    public Task RemovePasskeyAsync(User user, byte[] credentialId, CancellationToken cancellationToken) => throw OnlyLooks();

    public Task<IdentityResult> CreateAsync(User user, CancellationToken cancellationToken) => throw OnlyLooks();

    public Task<IdentityResult> UpdateAsync(User user, CancellationToken cancellationToken) => throw OnlyLooks();

    public Task<IdentityResult> DeleteAsync(User user, CancellationToken cancellationToken) => throw OnlyLooks();

    public Task<User?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) => throw OnlyLooks();

    public Task SetUserNameAsync(User user, string? userName, CancellationToken cancellationToken) => throw OnlyLooks();

    public Task SetNormalizedUserNameAsync(User user, string? normalizedName, CancellationToken cancellationToken) => throw OnlyLooks();

    public void Dispose()
    {
        // The session is its owner's.
    }

    private static NotSupportedException OnlyLooks() => new("Identity's WebAuthn only asks; nothing is changed through it.");

    private sealed class Row
    {
        public byte[] CredentialId { get; set; } = [];

        public byte[] PublicKey { get; set; } = [];

        public string Name { get; set; } = "";

        public long SignCount { get; set; }

        public string[] Transports { get; set; } = [];

        public bool IsUserVerified { get; set; }

        public bool IsBackupEligible { get; set; }

        public bool IsBackedUp { get; set; }

        public byte[] Attestation { get; set; } = [];

        public byte[] ClientData { get; set; } = [];

        public DateTimeOffset CreatedAt { get; set; }

        public UserPasskeyInfo ToInfo() => new(CredentialId, PublicKey, CreatedAt, (uint)SignCount, Transports, IsUserVerified, IsBackupEligible, IsBackedUp, Attestation, ClientData) { Name = Name };
    }
}
