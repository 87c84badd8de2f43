using System.Text;

namespace OffGridFlow.Organizations.Users;

/// <summary>Words that are tried first with this person and this program: their name, their address, ours.</summary>
internal static class OwnWords
{
    // docs/access.md names them.
    private static readonly string[] Ours = ["offgridflow", "carbon", "emissions", "emission", "climate", "sustainability", "ledger"];

    private const int FewestLetters = 3;

    // What is left without such words must still be as long as the shortest password anybody recommends.
    private const int FewestLeft = 8;

    /// <summary>Whether little is left of a password when these words are taken out of it.</summary>
    /// <param name="password">As it was written.</param>
    /// <param name="words">A name, an address: each of their parts counts.</param>
    public static bool IsMadeOf(string password, params ReadOnlySpan<string?> words)
    {
        var left = password;
        foreach (var word in words)
        {
            foreach (var part in Parts(word ?? "").OrderByDescending(part => part.Length))
            {
                left = left.Replace(part, "", StringComparison.OrdinalIgnoreCase);
            }
        }

        foreach (var word in Ours)
        {
            left = left.Replace(word, "", StringComparison.OrdinalIgnoreCase);
        }

        return left.Length < password.Length && left.EnumerateRunes().Count(Rune.IsLetterOrDigit) < FewestLeft;
    }

    private static IEnumerable<string> Parts(string text) =>
        new string([.. text.Select(letter => char.IsLetterOrDigit(letter) ? letter : ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(part => part.Length >= FewestLetters);
}
