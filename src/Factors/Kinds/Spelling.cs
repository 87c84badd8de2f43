namespace OffGridFlow.Factors;

/// <summary>How far two spellings are apart.</summary>
public static class Spelling
{
    // The runtime carries no Unicode tables here (invariant globalization), and Western European names need but these.
    private const string Accented = "àáâãäåçèéêëìíîïñòóôõöøùúûüýÿ";
    private const string Plain = "aaaaaaceeeeiiiinoooooouuuuyy";

    /// <summary><c>a</c> for <c>ä</c> and <c>Ä</c>; every other letter as it is.</summary>
    public static char WithoutAccent(char letter)
    {
        var accented = letter < 128 ? -1 : Accented.IndexOf(char.ToLowerInvariant(letter), StringComparison.Ordinal);
        return accented < 0 ? letter : Plain[accented];
    }

    /// <summary><c>Fernwarme</c> for <c>Fernwärme</c>.</summary>
    public static string WithoutAccents(string text) => string.Create(text.Length, text, static (plain, accented) =>
    {
        for (var i = 0; i < plain.Length; i++)
        {
            plain[i] = WithoutAccent(accented[i]);
        }
    });

    /// <summary>The nearest candidates within a third of the word's length, nearest first, ties in ordinal order.</summary>
    public static IReadOnlyList<string> Nearest(string word, IEnumerable<string> candidates, int count)
    {
        var limit = Math.Max(1, word.Length / 3);
        return candidates
            .Select(candidate => (Candidate: candidate, Distance: Distance(word, candidate, limit)))
            .Where(pair => pair.Distance <= limit)
            .OrderBy(pair => pair.Distance).ThenBy(pair => pair.Candidate, StringComparer.Ordinal)
            .Take(count).Select(pair => pair.Candidate).ToList();
    }

    /// <summary>Edits (insert, delete, replace, swap of neighbours) from one to the other; more than <paramref name="limit"/> is only known to be more.</summary>
    public static int Distance(ReadOnlySpan<char> a, ReadOnlySpan<char> b, int limit)
    {
        if (Math.Abs(a.Length - b.Length) > limit)
        {
            return limit + 1;
        }

        var width = b.Length + 1;
        Span<int> rows = 3 * width <= 512 ? stackalloc int[3 * width] : new int[3 * width];
        var before = rows[..width];
        var previous = rows.Slice(width, width);
        var current = rows[(2 * width)..];
        for (var j = 0; j < width; j++)
        {
            previous[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            var least = i;
            for (var j = 1; j < width; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                var edits = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    edits = Math.Min(edits, before[j - 2] + 1);
                }

                current[j] = edits;
                least = Math.Min(least, edits);
            }

            if (least > limit)
            {
                return limit + 1;
            }

            var spare = before;
            before = previous;
            previous = current;
            current = spare;
        }

        return previous[b.Length];
    }
}
