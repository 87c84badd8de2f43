using System.Globalization;
using System.Text;

namespace OffGridFlow.Factors.Search;

/// <summary>Cuts text into the words that are indexed and looked for.</summary>
internal static class Words
{
    private static readonly HashSet<string> Empty = new(["of", "the", "for", "in", "per", "and", "a", "an", "by", "to", "with", "de", "la", "du"], StringComparer.Ordinal);

    // The runtime carries no Unicode tables here (invariant globalization), and names need but these.
    private const string Accented = "àáâãäåçèéêëìíîïñòóôõöøùúûüýÿš";
    private const string Plain = "aaaaaaceeeeiiiinoooooouuuuyys";

    /// <summary>Lower-case runs of letters and digits, accents dropped, filler words left out; a text of filler alone keeps it.</summary>
    public static List<string> Of(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var letter in text)
        {
            var c = char.ToLower(letter, CultureInfo.InvariantCulture);
            var accent = c < 128 ? -1 : Accented.IndexOf(c, StringComparison.Ordinal);
            c = accent < 0 ? c : Plain[accent];
            if (char.IsLetterOrDigit(c))
            {
                word.Append(c);
            }
            else
            {
                Cut();
            }
        }

        Cut();
        var meant = words.FindAll(w => !Empty.Contains(w));
        return meant.Count > 0 ? meant : words;

        void Cut()
        {
            if (word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }
    }

    /// <summary>1 as written, less for the start of a longer word, less again for each slip of spelling; 0 for another word.</summary>
    /// <param name="word">The word asked.</param>
    /// <param name="known">A word of the index.</param>
    /// <param name="misspelt">Whether slips of spelling are looked for.</param>
    public static double Likeness(string word, string known, bool misspelt = true)
    {
        if (word == known)
        {
            return 1;
        }

        if (word.Length >= 3 && known.StartsWith(word, StringComparison.Ordinal))
        {
            return known.Length == word.Length + 1 && known[^1] == 's' ? 0.95 : 0.8;
        }

        // Numbers are codes: one digit off is another thing.
        var limit = !misspelt || word.Length < 4 || char.IsAsciiDigit(word[0]) ? 0 : word.Length < 7 ? 1 : 2;
        if (limit == 0 || Math.Abs(word.Length - known.Length) > limit)
        {
            return 0;
        }

        var distance = Spelling.Distance(word, known, limit);
        return distance > limit ? 0 : 0.7 - (0.15 * distance);
    }
}
