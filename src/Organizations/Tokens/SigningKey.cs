using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Microsoft.IdentityModel.Tokens;

namespace OffGridFlow.Organizations.Tokens;

/// <summary>A key of P-256 that access tokens are signed with: its public half, and the private one while it signs.</summary>
internal sealed class SigningKey : IDisposable
{
    private readonly ECDsa pair;

    private SigningKey(ECDsa pair, bool signs, DateTimeOffset createdAt)
    {
        this.pair = pair;
        CreatedAt = createdAt;
        Signs = signs;
        Public = PublicKey.Of(pair);
        Key = new ECDsaSecurityKey(pair) { KeyId = Public.Kid };
    }

    public DateTimeOffset CreatedAt { get; }

    /// <summary>Whether the private half is there.</summary>
    public bool Signs { get; }

    public PublicKey Public { get; }

    /// <summary>Signs and verifies.</summary>
    public ECDsaSecurityKey Key { get; }

    public static SigningKey New(DateTimeOffset now) => new(ECDsa.Create(ECCurve.NamedCurves.nistP256), signs: true, now);

    public static SigningKey Read(byte[] publicKey, byte[]? privateKey, DateTimeOffset createdAt)
    {
        var read = ECDsa.Create();
        if (privateKey is null)
        {
            read.ImportSubjectPublicKeyInfo(publicKey, out _);
        }
        else
        {
            read.ImportPkcs8PrivateKey(privateKey, out _);
        }

        return new SigningKey(read, privateKey is not null, createdAt);
    }

    public byte[] ExportPublic() => pair.ExportSubjectPublicKeyInfo();

    public byte[] ExportPrivate() => pair.ExportPkcs8PrivateKey();

    public void Dispose() => pair.Dispose();
}

/// <summary>A public key as RFC 7517 writes it.</summary>
/// <param name="Kid">Its thumbprint (RFC 7638).</param>
internal sealed record PublicKey(string Kty, string Crv, string X, string Y, string Kid, string Alg, string Use)
{
    public static PublicKey Of(ECDsa pair)
    {
        var point = pair.ExportParameters(includePrivateParameters: false).Q;
        var (x, y) = (Base64UrlEncoder.Encode(point.X), Base64UrlEncoder.Encode(point.Y));
        var thumbprint = SHA256.HashData(Encoding.ASCII.GetBytes($"{{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"{x}\",\"y\":\"{y}\"}}"));
        return new PublicKey("EC", "P-256", x, y, Base64UrlEncoder.Encode(thumbprint), SecurityAlgorithms.EcdsaSha256, "sig");
    }
}

/// <summary>What <c>/.well-known/jwks.json</c> answers.</summary>
internal sealed record PublicKeys([property: JsonPropertyName("keys")] IReadOnlyList<PublicKey> Keys);
