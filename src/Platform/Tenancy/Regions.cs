using System.Text.RegularExpressions;

namespace OffGridFlow.Platform.Tenancy;

/// <summary>
/// The regions of a deployment. An installation is the nodes of one of them, with a database and a file store of its own; of the others it knows where they are
/// reached and nothing else.
/// </summary>
/// <param name="Own">The region of this installation.</param>
/// <param name="Addresses">Where each is reached; empty where there is but one.</param>
public sealed partial record Regions(string Own, IReadOnlyDictionary<string, Uri> Addresses)
{
    /// <summary>Names the region of this installation.</summary>
    public const string Variable = "OFFGRIDFLOW_REGION";

    /// <summary>Lists all regions with their addresses: <c>eu=https://eu.example.org,us=https://us.example.org</c>.</summary>
    public const string ListVariable = "OFFGRIDFLOW_REGIONS";

    /// <summary>The region of an installation that names none.</summary>
    public const string Unnamed = "local";

    public static Regions None { get; } = new(Unnamed, new Dictionary<string, Uri>(StringComparer.Ordinal));

    /// <summary>Where the installation itself is reached, or null.</summary>
    public Uri? OwnAddress => Addresses.GetValueOrDefault(Own);

    /// <exception cref="InvalidDataException">A setting is not understood.</exception>
    public static Regions FromEnvironment() => Read(Environment.GetEnvironmentVariable(Variable), Environment.GetEnvironmentVariable(ListVariable));

    /// <param name="own">As <see cref="Variable"/> has it.</param>
    /// <param name="list">As <see cref="ListVariable"/> has it.</param>
    /// <exception cref="InvalidDataException">It is not understood.</exception>
    public static Regions Read(string? own, string? list)
    {
        var region = string.IsNullOrWhiteSpace(own) ? Unnamed : Name(own.Trim(), Variable);
        var addresses = new Dictionary<string, Uri>(StringComparer.Ordinal);
        foreach (var part in (list ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            if (at < 0 || !Uri.TryCreate(part[(at + 1)..].Trim(), UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http") || address.PathAndQuery != "/"
                || !addresses.TryAdd(Name(part[..at].Trim(), ListVariable), address))
            {
                throw new InvalidDataException($"{ListVariable} holds {part}, which is no region, once, with its address: eu=https://eu.example.org.");
            }
        }

        return addresses.Count == 0 || addresses.ContainsKey(region)
            ? new Regions(region, addresses)
            : throw new InvalidDataException($"{ListVariable} does not list {region}, the region that {Variable} names.");
    }

    /// <summary>The other region that is reached at an address, or null.</summary>
    public string? At(string? address) => address is null ? null
        : Addresses.FirstOrDefault(one => one.Key != Own && one.Value.GetLeftPart(UriPartial.Authority) == address).Key;

    /// <summary>That somebody asks here for what another region holds, and where to ask instead.</summary>
    public Problem Elsewhere(string region) => new Problem(
        "region.elsewhere", "region", Own, Addresses.GetValueOrDefault(region)?.GetLeftPart(UriPartial.Authority) ?? $"an installation of region {region}",
        Addresses.GetValueOrDefault(region) is { } address ? $"It is in region {region}: ask at {address.GetLeftPart(UriPartial.Authority)}." : $"It is in region {region}: ask there.")
    {
        Kind = ProblemKind.Elsewhere,
    };

    private static string Name(string text, string variable) => IsName().IsMatch(text) ? text
        : throw new InvalidDataException($"{variable} names the region {text}: a region has up to 31 lower-case letters, digits and hyphens, such as eu.");

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{0,30}\z", RegexOptions.None, 1000)]
    private static partial Regex IsName();
}
