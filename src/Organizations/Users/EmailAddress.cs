using System.Net.Mail;
using System.Text;

namespace OffGridFlow.Organizations.Users;

/// <summary>An address as its owner writes it, and the key it is known by: two spellings of one address are one person.</summary>
public sealed record EmailAddress(string Text, string Key)
{
    /// <summary>RFC 5321, 4.5.3.1.3: 256 octets with the brackets around it.</summary>
    public const int MostCharacters = 254;

    /// <summary>The address of a text, or null when it is none.</summary>
    public static EmailAddress? Read(string? text)
    {
        var trimmed = text?.Trim().Normalize(NormalizationForm.FormKC) ?? "";
        return trimmed.Length is > 2 and <= MostCharacters && MailAddress.TryCreate(trimmed, out var address) && address.Address == trimmed && !trimmed.Any(char.IsControl)
            ? new EmailAddress(trimmed, trimmed.ToLowerInvariant())
            : null;
    }

    internal static Problem Unreadable(string? text) => new("email.unreadable", "email", text ?? "", "an address such as ana@example.org", "Correct the address.");
}
