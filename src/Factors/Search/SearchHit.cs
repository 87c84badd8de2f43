namespace OffGridFlow.Factors.Search;

/// <summary>How well a hit answers, best first.</summary>
public enum MatchKind
{
    /// <summary>The text is the kind's key, one of its synonyms, or a code of the factor.</summary>
    Exact,

    /// <summary>Every word of the text is found as written.</summary>
    AllWords,

    /// <summary>Every word is found, some only as the start of a word or with a slip of spelling.</summary>
    Fuzzy,

    /// <summary>Only some words are found; shown when nothing is better.</summary>
    SomeWords,
}

/// <summary>A kind in a region, with its latest factor: editions are one hit.</summary>
/// <param name="Match">How well it answers.</param>
/// <param name="Latest">Its factor of the latest edition, of its main stage.</param>
/// <param name="Factors">How many factors the library holds of the kind in the region, all stages, units and editions.</param>
/// <param name="Editions">How many editions have one.</param>
public sealed record SearchHit(MatchKind Match, FactorRow Latest, int Factors, int Editions);
