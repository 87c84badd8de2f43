using System.Collections.Frozen;
using System.Text.Json;

namespace OffGridFlow.Organizations.Users;

/// <summary>The passwords that are tried first, because most people choose them (NIST SP 800-63B, 5.1.1.2).</summary>
public sealed class CommonPasswords
{
    /// <summary>How many of the most common are refused.</summary>
    public const int Counted = 10_000;

    private readonly Lazy<FrozenSet<string>> words;

    private CommonPasswords(Func<IEnumerable<string>> read) => words = new(() => read().ToFrozenSet(StringComparer.OrdinalIgnoreCase));

    /// <param name="path">A JSON array of passwords, the most common first.</param>
    public static CommonPasswords From(string path) => new(() => JsonSerializer.Deserialize<string[]>(File.ReadAllBytes(path))!);

    /// <summary>Whether it is one of them, whatever its case.</summary>
    public bool Has(string password) => words.Value.Contains(password);

    /// <summary>How many there are.</summary>
    public int Count => words.Value.Count;
}
