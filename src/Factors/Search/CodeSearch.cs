using OffGridFlow.Factors.Reference;

namespace OffGridFlow.Factors.Search;

/// <summary>What a product or industry code is called.</summary>
/// <param name="Classification"><c>hs-2022</c>, <c>cpa-2.1</c> …</param>
/// <param name="Code">As the classification writes it.</param>
/// <param name="Title">Its title.</param>
public sealed record TitledCode(string Classification, string Code, string Title);

/// <summary>Finds factors by a code that no factor carries: by what its classification calls it (HS, CN, CPA, NAICS of other years).</summary>
public sealed class CodeSearch(FactorSearch search, Concordances concordances)
{
    // By prefix, and in this order for a bare number: customs codes are even in length, CPA has points, NAICS has six digits.
    private static readonly (string Prefix, string Classification)[] Classifications =
    [
        ("naics", "naics-2022"), ("naics", "naics-2017"), ("naics", "naics-2012"), ("hs", "hs-2022"), ("cn", "cn-2023"), ("cpa", "cpa-2.1"),
    ];

    // Words that say nothing of what a thing is.
    private static readonly HashSet<string> Empty = new(StringComparer.Ordinal)
    {
        "other", "products", "thereof", "whether", "parts", "with", "than", "their", "from", "width", "more", "less", "basic", "related", "services", "manufacturing", "including", "except",
    };

    /// <summary>The code's title, or null when the text is no code of a classification we hold.</summary>
    public TitledCode? Title(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var prefix = colon < 0 ? null : text[..colon].Trim();
        var code = text[(colon + 1)..].Trim();
        return code.Length == 0 || !char.IsAsciiDigit(code[0]) ? null : Classifications
            .Where(c => prefix is null || string.Equals(prefix, c.Prefix, StringComparison.OrdinalIgnoreCase))
            .Select(c => (c.Classification, Code: c.Prefix is "hs" or "cn" ? code.Replace(".", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal) : code))
            .Select(c => concordances.Title(c.Classification, c.Code) is { } title ? new TitledCode(c.Classification, c.Code, title) : null)
            .FirstOrDefault(found => found is not null);
    }

    /// <summary>Factors of the words of a code's title, those that hold most of its words first.</summary>
    /// <param name="code">From <see cref="Title"/>.</param>
    /// <param name="region">As for <see cref="FactorSearch.Find"/>.</param>
    /// <param name="limit">How many.</param>
    public IReadOnlyList<SearchHit> Find(TitledCode code, string? region, int limit)
    {
        // A NAICS code of another year leads to the industry of 2017, which the spend factors use.
        if (code.Classification == "naics-2012" && concordances.Map("naics-2012", "naics-2017", code.Code) is [var successor]
            && search.Find("naics:" + successor, region, limit) is { Count: > 0 } industries)
        {
            return industries;
        }

        var words = Words.Of(code.Title).Where(word => word.Length > 3 && !Empty.Contains(word)).Distinct(StringComparer.Ordinal).Take(8);
        return words
            .SelectMany((word, place) => search.Find(word, region, 100).Where(hit => hit.Match != MatchKind.Fuzzy).Select((hit, rank) => (Hit: hit, Place: place, Rank: rank)))
            .GroupBy(found => found.Hit.Latest)
            .OrderByDescending(found => found.Count()).ThenBy(found => found.Min(f => f.Rank)).ThenBy(found => found.Min(f => f.Place))
            .Take(limit).Select(found => found.First().Hit).ToList();
    }
}
