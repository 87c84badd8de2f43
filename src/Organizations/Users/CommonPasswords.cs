using System.Collections.Frozen;
using System.IO.Compression;
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
    /// <param name="more">Many more, a line each, gzipped: of these only those count that are long enough for us.</param>
    public static CommonPasswords From(string path, string more) => new(() => JsonSerializer.Deserialize<string[]>(File.ReadAllBytes(path))!.Concat(Long(more)));

    /// <summary>Whether it is one of them, whatever its case.</summary>
    public bool Has(string password) => words.Value.Contains(password);

    /// <summary>How many there are.</summary>
    public int Count => words.Value.Count;

    /// <summary>How many of them would else be taken for their length.</summary>
    public int LongOnes => words.Value.Count(word => word.Length >= Passwords.FewestCharacters);

    private static IEnumerable<string> Long(string path)
    {
        using var lines = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        while (lines.ReadLine() is { } line)
        {
            if (line.Length >= Passwords.FewestCharacters)
            {
                yield return line;
            }
        }
    }
}
