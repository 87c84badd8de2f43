using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OffGridFlow.Organizations.SignIn;

/// <summary>Time-based one-time passwords: RFC 6238 with HMAC-SHA1, 30 seconds and six digits, as every authenticator app has them.</summary>
public static class Totp
{
    public const int Digits = 6;
    public const int SecretBytes = 20;

    private const int StepSeconds = 30;
    private const int Modulus = 1_000_000;
    private const string Base32Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>The number of the half minute an instant lies in.</summary>
    public static long StepOf(DateTimeOffset at) => at.ToUnixTimeSeconds() / StepSeconds;

    /// <summary>The code of a half minute: six digits.</summary>
    public static string Code(ReadOnlySpan<byte> secret, long step) => Number(secret, step).ToString("D6", CultureInfo.InvariantCulture);

    /// <summary>
    /// The step a code is right for: this half minute, the one before or the one after, for clocks that differ (RFC 6238, 5.2); null when for none, or
    /// when a code of that step or a later one was taken before.
    /// </summary>
    public static long? Verify(ReadOnlySpan<byte> secret, string code, DateTimeOffset now, long lastStep)
    {
        if (code.Length != Digits || !code.All(char.IsAsciiDigit))
        {
            return null;
        }

        long? found = null;
        var given = Encoding.ASCII.GetBytes(code);
        for (var step = StepOf(now) - 1; step <= StepOf(now) + 1; step++)
        {
            if (CryptographicOperations.FixedTimeEquals(given, Encoding.ASCII.GetBytes(Code(secret, step))) && step > lastStep)
            {
                found = step;
            }
        }

        return found;
    }

    /// <summary>What an app reads from the QR code.</summary>
    public static string Uri(ReadOnlySpan<byte> secret, string account, string issuer) => Uri(Base32(secret), account, issuer);

    /// <summary>The same of a secret in Base32.</summary>
    public static string Uri(string secret, string account, string issuer) =>
        $"otpauth://totp/{System.Uri.EscapeDataString(issuer)}:{System.Uri.EscapeDataString(account)}?secret={secret}&issuer={System.Uri.EscapeDataString(issuer)}&algorithm=SHA1&digits={Digits}&period={StepSeconds}";

    /// <summary>RFC 4648, 6, without padding: what people type when they cannot scan.</summary>
    public static string Base32(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        var (buffer, bits) = (0, 0);
        foreach (var one in bytes)
        {
            (buffer, bits) = ((buffer << 8) | one, bits + 8);
            while (bits >= 5)
            {
                bits -= 5;
                text.Append(Base32Letters[(buffer >> bits) & 31]);
                buffer &= (1 << bits) - 1;
            }
        }

        return bits == 0 ? text.ToString() : text.Append(Base32Letters[(buffer << (5 - bits)) & 31]).ToString();
    }

    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "RFC 6238: what authenticator apps compute.")]
    private static int Number(ReadOnlySpan<byte> secret, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
        HMACSHA1.HashData(secret, counter, hash);

        // RFC 4226, 5.3: dynamic truncation.
        var at = hash[^1] & 0xf;
        return (BinaryPrimitives.ReadInt32BigEndian(hash[at..]) & int.MaxValue) % Modulus;
    }
}
