using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.ApiKeys;

/// <summary>A key as the API shows it: what it is called and its last characters, never the key.</summary>
public sealed record ApiKey
{
    public required Guid ApiKeyId { get; init; }

    /// <summary>What it is for.</summary>
    public required string Name { get; init; }

    /// <summary>Its last characters, to tell keys apart.</summary>
    public required string Ending { get; init; }

    /// <summary>What it may do.</summary>
    public required string Role { get; init; }

    /// <summary>Fewer permissions than the role's, or null for all of them.</summary>
    public string[]? Permissions { get; init; }

    /// <summary>Where it may come from, in CIDR notation; none: from anywhere.</summary>
    public required string[] Networks { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>Roughly: to the minute.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>The key it was made in place of.</summary>
    public Guid? Replaces { get; init; }

    /// <summary>Who made it.</summary>
    public string? CreatedBy { get; init; }

    /// <summary>Who answers for it since whoever made it does not.</summary>
    public string? AdoptedBy { get; init; }

    /// <summary>Whether it opens nothing because whoever answers for it is no active member any more.</summary>
    public bool IsOrphaned { get; init; }

    /// <summary>Of <c>org.api_keys</c>: whether the person at the end of the line (a key may have made the key) is no active member.</summary>
    internal const string Orphaned = """
        exists (
            with recursive line as (
                select coalesce(k.adopted_by, k.created_by) as maker from org.api_keys k where k.api_key_id = api_keys.api_key_id
                union select coalesce(k.adopted_by, k.created_by) from org.api_keys k join line on line.maker = 'key:' || k.api_key_id)
            select from line where line.maker like 'user:%' and not exists (select from org.memberships m where 'user:' || m.user_id = line.maker and m.status = 'active'))
        """;
}

/// <summary>
/// The secret itself: <c>ogf_live_</c> and 54 characters of base64url, which are the tenant's id (16 bytes) and 24 random bytes. It
/// names its tenant, so that it is looked up within the tenant's fence; only its SHA-256 is kept.
/// </summary>
public static class ApiKeySecret
{
    public const string Prefix = "ogf_live_";

    private const int TenantBytes = 16;
    private const int RandomBytes = 24;
    private const int Characters = 54;

    public static string New(TenantId tenant)
    {
        Span<byte> bytes = stackalloc byte[TenantBytes + RandomBytes];
        tenant.Value.TryWriteBytes(bytes, bigEndian: true, out _);
        RandomNumberGenerator.Fill(bytes[TenantBytes..]);
        return Prefix + Base64Url.EncodeToString(bytes);
    }

    /// <summary>The tenant a key names, or null when it is not of the form. A key of the form may still be nobody's.</summary>
    public static TenantId? Tenant(string secret)
    {
        if (!secret.StartsWith(Prefix, StringComparison.Ordinal) || secret.Length != Prefix.Length + Characters)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[TenantBytes + RandomBytes];
        return Base64Url.IsValid(secret.AsSpan(Prefix.Length), out var length) && length == bytes.Length && Base64Url.TryDecodeFromChars(secret.AsSpan(Prefix.Length), bytes, out _)
            ? new TenantId(new Guid(bytes[..TenantBytes], bigEndian: true))
            : null;
    }

    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
