using System.Text.RegularExpressions;

namespace OffGridFlow.Factors;

/// <summary>Keys that a product's own code can mean: <c>R407C</c>; <c>AWS m5.large</c>, <c>Standard_D4s_v3</c>, <c>n2-standard-4</c>.</summary>
internal static partial class CodeSpelling
{
    // What bills and consoles call the providers.
    private static readonly (string Name, string Provider)[] Names =
    [
        ("amazon ec2", "aws"), ("amazon", "aws"), ("ec2", "aws"), ("aws", "aws"),
        ("microsoft azure", "azure"), ("microsoft", "azure"), ("azure", "azure"),
        ("google cloud", "gcp"), ("google", "gcp"), ("gcp", "gcp"), ("gce", "gcp"),
    ];

    /// <param name="written">In lower case.</param>
    public static IEnumerable<string> Keys(string written)
    {
        if (Refrigerant().Match(written) is { Success: true } refrigerant)
        {
            return [$"refrigerant.r-{refrigerant.Groups[1].Value}{(refrigerant.Groups[2].Value == "(z)" ? "-z" : "")}"];
        }

        var name = Separators().Replace(written, " ").Trim();
        name = name.StartsWith("cloud", StringComparison.Ordinal) ? name["cloud".Length..].TrimStart(' ', '.') : name;
        string? provider = null;
        foreach (var (spelling, meant) in Names)
        {
            if (name.StartsWith(spelling, StringComparison.Ordinal) && name.Length > spelling.Length && name[spelling.Length] is ' ' or '.')
            {
                (provider, name) = (meant, name[spelling.Length..].TrimStart(' ', '.'));
                break;
            }
        }

        foreach (var prefix in (ReadOnlySpan<string>)["standard ", "basic "])
        {
            name = name.StartsWith(prefix, StringComparison.Ordinal) && provider is null or "azure" ? name[prefix.Length..] : name;
        }

        if (name.Length == 0)
        {
            return [];
        }

        // AWS keeps its dot between family and size; the others have none.
        var dashed = KindRules.Slug(name);
        return new[] { $"cloud.aws.{name.Replace(' ', '-')}", $"cloud.azure.{dashed}", $"cloud.gcp.{dashed}" }
            .Where(key => provider is null || key.StartsWith($"cloud.{provider}.", StringComparison.Ordinal));
    }

    // ASHRAE 34 numbers: R-407C, r 1234yf, R-1234ze(E).
    [GeneratedRegex(@"^r[\s-]?(\d{2,4}[a-z]{0,2})(\([ez]\))?$", RegexOptions.None, 1000)]
    private static partial Regex Refrigerant();

    [GeneratedRegex(@"[\s_/:]+", RegexOptions.None, 1000)]
    private static partial Regex Separators();
}
