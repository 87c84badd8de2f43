using OffGridFlow.Factors.Search;

namespace OffGridFlow.Factors;

/// <summary>Finds kinds by words of their keys, titles and synonyms, forgiving slips of spelling.</summary>
public static class KindSearch
{
    /// <summary>Best first: key or synonym as written, then every word, then nearly.</summary>
    /// <param name="table">The kinds.</param>
    /// <param name="library">Whose factors give families their members.</param>
    /// <param name="text">What a person writes.</param>
    /// <param name="limit">How many at most.</param>
    public static IReadOnlyList<Kind> Find(KindTable table, FactorLibrary library, string text, int limit)
    {
        var words = Words.Of(text);
        var exact = table.Find(text);
        var members = library.Kinds.Select(table.Find).OfType<Kind>().Where(kind => kind.Family is not null);
        return table.Listed.Concat(table.Families).Concat(members)
            .Select(kind => (Kind: kind, Likeness: kind.Key == exact?.Key ? double.MaxValue : Likeness(kind, words)))
            .Where(found => found.Likeness > 0)
            .OrderByDescending(found => found.Likeness).ThenBy(found => found.Kind.Key.Length).ThenBy(found => found.Kind.Key, StringComparer.Ordinal)
            .Take(limit).Select(found => found.Kind).ToList();
    }

    // The sum over the words asked of how near the nearest word of the kind is; 0 where one has none.
    private static double Likeness(Kind kind, List<string> words)
    {
        var own = Words.Of($"{kind.Key} {kind.Title} {string.Join(' ', kind.Synonyms)}");
        var sum = 0d;
        foreach (var word in words)
        {
            var best = own.Max(known => Words.Likeness(word, known));
            if (best == 0)
            {
                return 0;
            }

            sum += best;
        }

        return sum / (10 + own.Count);
    }
}
