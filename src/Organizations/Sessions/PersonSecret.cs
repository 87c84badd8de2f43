using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace OffGridFlow.Organizations.Sessions;

/// <summary>
/// A secret of a person: a prefix that says what it opens, the person's id, an id of the thing, and 32 random bytes, in base64url. It names its
/// person, so that it is looked up within their fence; only its SHA-256 is kept.
/// </summary>
/// <param name="User">Whose it is.</param>
/// <param name="Thing">The session, or nothing for a token that is found by its hash.</param>
public sealed record PersonSecret(Guid User, Guid Thing, string Text)
{
    public const string Session = "ogf_sess_";
    public const string Refresh = "ogf_refr_";
    public const string OneTime = "ogf_once_";

    private const int IdBytes = 16;
    private const int RandomBytes = 32;
    private const int Bytes = IdBytes + IdBytes + RandomBytes;

    public byte[] Hash => SHA256.HashData(Encoding.UTF8.GetBytes(Text));

    public static PersonSecret New(string prefix, Guid user, Guid thing = default)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        user.TryWriteBytes(bytes, bigEndian: true, out _);
        thing.TryWriteBytes(bytes[IdBytes..], bigEndian: true, out _);
        RandomNumberGenerator.Fill(bytes[(IdBytes + IdBytes)..]);
        return new PersonSecret(user, thing, prefix + Base64Url.EncodeToString(bytes));
    }

    /// <summary>The secret of a text, or null when it is not of the form. One of the form may still be nobody's.</summary>
    public static PersonSecret? Read(string prefix, string? text)
    {
        if (text is null || !text.StartsWith(prefix, StringComparison.Ordinal) || text.Length != prefix.Length + Base64Url.GetEncodedLength(Bytes))
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[Bytes];
        return Base64Url.IsValid(text.AsSpan(prefix.Length), out var length) && length == Bytes && Base64Url.TryDecodeFromChars(text.AsSpan(prefix.Length), bytes, out _)
            ? new PersonSecret(new Guid(bytes[..IdBytes], bigEndian: true), new Guid(bytes[IdBytes..(IdBytes + IdBytes)], bigEndian: true), text)
            : null;
    }
}
