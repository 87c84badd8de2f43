using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace OffGridFlow.Organizations.Billing;

/// <summary>What the shape of a tax number says. Whether it was ever given to anybody, only its authority knows.</summary>
internal static class TaxNumber
{
    public const int Longest = 40;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // After the prefix (Council Directive 2006/112/EC, article 215), as the European Commission's VIES lists them; XI: Northern Ireland.
    private static readonly FrozenDictionary<string, string> Shapes = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["AT"] = @"U\d{8}", ["BE"] = @"[01]\d{9}", ["BG"] = @"\d{9,10}", ["CY"] = @"\d{8}[A-Z]", ["CZ"] = @"\d{8,10}", ["DE"] = @"\d{9}", ["DK"] = @"\d{8}", ["EE"] = @"\d{9}", ["EL"] = @"\d{9}",
        ["ES"] = @"[A-Z0-9]\d{7}[A-Z0-9]", ["FI"] = @"\d{8}", ["FR"] = @"[A-HJ-NP-Z0-9]{2}\d{9}", ["HR"] = @"\d{11}", ["HU"] = @"\d{8}", ["IE"] = @"(\d{7}[A-Z]{1,2}|\d[A-Z+*]\d{5}[A-Z])",
        ["IT"] = @"\d{11}", ["LT"] = @"(\d{9}|\d{12})", ["LU"] = @"\d{8}", ["LV"] = @"\d{11}", ["MT"] = @"\d{8}", ["NL"] = @"[A-Z0-9+*]{9}B[A-Z0-9+*]{2}", ["PL"] = @"\d{10}", ["PT"] = @"\d{9}",
        ["RO"] = @"\d{2,10}", ["SE"] = @"\d{12}", ["SI"] = @"\d{8}", ["SK"] = @"\d{10}", ["XI"] = @"(\d{9}|\d{12}|GD\d{3}|HA\d{3})",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What to say of a number.</summary>
    /// <param name="Text">As it is kept: one of the Union without blanks and dots, any other as it was written.</param>
    /// <param name="Problem">Why it is refused; null: it is not.</param>
    /// <param name="Warning">What to look at; null: nothing.</param>
    public sealed record Read(string? Text, Problem? Problem, BillingWarning? Warning);

    /// <param name="written">As people write it: <c>DE 123 456 789</c>.</param>
    /// <param name="country">Of whom it is to be: ISO 3166-1.</param>
    public static Read Of(string? written, string? country)
    {
        if (string.IsNullOrWhiteSpace(written))
        {
            return new(null, null, null);
        }

        var text = written.Trim();
        if (!Forms.IsText(text, Longest))
        {
            return new(null, new Problem("billing.tax-number", "tax_number", written, $"at most {Longest} characters", "Correct the number, or leave it out."), null);
        }

        var plain = new string([.. text.Where(letter => letter is not (' ' or '.' or '-' or '/'))]).ToUpperInvariant();
        var prefix = plain.Length > 2 ? plain[..2] : "";
        var own = Prefix(country);
        if (Shapes.GetValueOrDefault(prefix) is { } shape && Regex.IsMatch(plain[2..], $@"\A{shape}\z", RegexOptions.ExplicitCapture, Patience))
        {
            return new(plain, null, prefix == own ? null : new BillingWarning("billing.tax-number-country", "tax_number", $"{prefix} is not the prefix of {country}."));
        }

        // Elsewhere two letters may mean anything; within the Union they name the state.
        if (own is not null && (Shapes.ContainsKey(prefix) || prefix == "GR"))
        {
            return new(null, new Problem("billing.tax-number", "tax_number", written, Expected(prefix == "GR" ? "EL" : prefix), "Correct the number, or leave it out."), null);
        }

        return new(text, null, new BillingWarning("billing.tax-number-unknown", "tax_number", "Its shape is none that is known here: it is kept as it is, and nothing of it was checked."));
    }

    // The prefix that numbers of a country have; null: it is not of the Union.
    private static string? Prefix(string? country) => country switch
    {
        "GR" => "EL",
        "GB" => "XI",
        not null when country != "XI" && Shapes.ContainsKey(country) => country,
        _ => null,
    };

    private static string Expected(string prefix) => prefix switch
    {
        "AT" => "ATU and 8 digits",
        "BE" => "BE, 0 or 1, and 9 digits",
        "BG" => "BG and 9 or 10 digits",
        "CY" => "CY, 8 digits and a letter",
        "CZ" => "CZ and 8 to 10 digits",
        "ES" => "ES and 9 letters and digits, digits but for the first and the last",
        "FR" => "FR, 2 letters or digits, and 9 digits",
        "HR" or "IT" or "LV" => $"{prefix} and 11 digits",
        "IE" => "IE, 7 digits and 1 or 2 letters",
        "LT" => "LT and 9 or 12 digits",
        "NL" => "NL, 9 letters or digits, B, and 2 more",
        "PL" or "SK" => $"{prefix} and 10 digits",
        "RO" => "RO and 2 to 10 digits",
        "SE" => "SE and 12 digits",
        "XI" => "XI and 9 or 12 digits",
        "DE" or "EE" or "EL" or "PT" => $"{prefix} and 9 digits",
        _ => $"{prefix} and 8 digits",
    };
}
