using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace OffGridFlow.App.Tests.Support;

/// <summary>A passkey in software, and what a browser answers with it: WebAuthn level 2, ES256, no attestation.</summary>
internal sealed class SoftPasskey : IDisposable
{
    public const string Site = "localhost";

    private readonly ECDsa pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] id = RandomNumberGenerator.GetBytes(32);

    /// <summary>Whom it answers: the domain whose hash it signs.</summary>
    public string Domain { get; set; } = Site;

    /// <summary>Where the browser says the page is from.</summary>
    public string Origin { get; set; } = "http://" + Site;

    /// <summary>Whether its owner has unlocked it, by a finger or a PIN.</summary>
    public bool IsUnlocked { get; set; } = true;

    public uint Count { get; set; }

    /// <summary>What the browser says it was asked for, in place of what it was.</summary>
    public string? Type { get; set; }

    /// <summary>Signs with somebody else's key.</summary>
    public bool IsForged { get; set; }

    /// <summary>The answer of <c>navigator.credentials.create</c>.</summary>
    public JsonElement Created(JsonElement options)
    {
        var point = pair.ExportParameters(includePrivateParameters: false).Q;
        byte[] key = [0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20, .. point.X!, 0x22, 0x58, 0x20, .. point.Y!];
        byte[] data = [.. Data(attests: true), .. new byte[16], 0, (byte)id.Length, .. id, .. key];
        byte[] attested = [0xA3, 0x63, .. "fmt"u8, 0x64, .. "none"u8, 0x67, .. "attStmt"u8, 0xA0, 0x68, .. "authData"u8, 0x58, (byte)data.Length, .. data];
        return Credential(new { clientDataJSON = Text(Client(options, "webauthn.create")), attestationObject = Text(attested), transports = (string[])["internal"] });
    }

    /// <summary>The answer of <c>navigator.credentials.get</c>.</summary>
    /// <param name="options">What it was asked.</param>
    /// <param name="user">Whose it says it is.</param>
    public JsonElement Shown(JsonElement options, Guid user)
    {
        var (client, data) = (Client(options, "webauthn.get"), Data(attests: false));
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var signature = (IsForged ? other : pair).SignData([.. data, .. SHA256.HashData(client)], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return Credential(new { clientDataJSON = Text(client), authenticatorData = Text(data), signature = Text(signature), userHandle = Text(Encoding.UTF8.GetBytes(user.ToString())) });
    }

    public void Dispose() => pair.Dispose();

    // By the standard's own names, which are not the API's.
    private JsonElement Credential(object response) => JsonSerializer.SerializeToElement(new
    {
        id = Text(id), rawId = Text(id), type = "public-key", authenticatorAttachment = "platform", clientExtensionResults = new { }, response,
    });

    private byte[] Client(JsonElement options, string type) => JsonSerializer.SerializeToUtf8Bytes(
        new { type = Type ?? type, challenge = options.GetProperty("challenge").GetString(), origin = Origin, crossOrigin = false });

    // WebAuthn level 2, 6.1: present, unlocked, and whether a key follows.
    private byte[] Data(bool attests)
    {
        var count = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(count, Count);
        return [.. SHA256.HashData(Encoding.UTF8.GetBytes(Domain)), (byte)(0x01 | (IsUnlocked ? 0x04 : 0) | (attests ? 0x40 : 0)), .. count];
    }

    private static string Text(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
