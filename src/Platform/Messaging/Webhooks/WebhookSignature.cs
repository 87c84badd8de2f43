using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OffGridFlow.Platform.Messaging.Webhooks;

/// <summary>The signature of the Standard Webhooks specification: HMAC-SHA256 over id, timestamp and body.</summary>
internal static class WebhookSignature
{
    private const string Prefix = "whsec_";

    internal static byte[] NewSecret() => RandomNumberGenerator.GetBytes(32);

    /// <summary>What its secret is sealed for.</summary>
    internal static string Purpose(Guid webhookId) => $"webhook:{webhookId}";

    /// <summary>The secret as its owner is shown it, once.</summary>
    internal static string Show(byte[] secret) => Prefix + Convert.ToBase64String(secret);

    /// <summary>The header <c>webhook-signature</c>.</summary>
    internal static string Sign(byte[] secret, string id, long unixSeconds, string body)
    {
        var signed = string.Create(CultureInfo.InvariantCulture, $"{id}.{unixSeconds}.{body}");
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(signed)));
    }
}
