using System.Runtime.InteropServices;

namespace OffGridFlow.Factors.Search;

/// <summary>Finds factors by kind, name, synonym, code and place, forgiving slips of spelling.</summary>
/// <remarks>
/// One entry per kind and region. Its words are looked up in one vocabulary, which is scanned once per word of the question:
/// as written, as the start of a word, then within a third of its length in edits.
/// </remarks>
public sealed class FactorSearch
{
    private readonly KindTable kinds;
    private readonly List<Entry> entries = [];
    private readonly Dictionary<string, List<int>> vocabulary = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> regionNames = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<int>> codes = new(StringComparer.OrdinalIgnoreCase);

    private FactorSearch(KindTable kinds) => this.kinds = kinds;

    /// <summary>Indexes the library: about a tenth of a second for 45,000 factors.</summary>
    public static FactorSearch Over(string dataFolder, FactorLibrary library)
    {
        var search = new FactorSearch(KindTable.Load(dataFolder, library.HasKind));
        var namesOf = search.LoadRegions(dataFolder, library);
        foreach (var kind in library.Kinds)
        {
            var description = search.kinds.Find(kind);
            var shared = Words.Of(kind);
            if (description is not null)
            {
                shared.AddRange(Words.Of(description.Title));
                shared.AddRange(description.Synonyms.SelectMany(Words.Of));
            }

            var places = new Dictionary<string, Entry>(StringComparer.Ordinal);
            foreach (var row in library.OfKind(kind))
            {
                ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(places, row.Region, out var known);
                entry = known ? entry with { Latest = Later(entry.Latest, row), Factors = entry.Factors + 1 } : new Entry(row, 1, shared.Count);
                entry.Editions.Add(row.Edition.Key);
            }

            foreach (var (region, entry) in places)
            {
                search.Add(entry, shared.Concat(Words.Of(entry.Latest.Factor.Name)).Concat(namesOf.GetValueOrDefault(region, [])));
            }
        }

        return search;
    }

    /// <summary>The best hits, at most <paramref name="limit"/>.</summary>
    /// <param name="text">Words, a kind's key, a synonym, or a code (<c>541511</c>, <c>naics:541511</c>), with or without a place.</param>
    /// <param name="region">Only hits of this place and of what lies around it (its country, the world); null for everywhere.</param>
    /// <param name="limit">How many.</param>
    public IReadOnlyList<SearchHit> Find(string text, string? region = null, int limit = 20)
    {
        var words = Words.Of(text);
        if (words.Count == 0)
        {
            return [];
        }

        var place = region is null ? null : regionNames.GetValueOrDefault(region.Trim(), region.Trim());
        var ladder = place is null ? null : RegionTable.Ladder(place);
        var (named, near) = Named(text);
        var exactCodes = codes.GetValueOrDefault(text.Trim()) ?? [];
        var scores = Score(words);
        var hits = new List<(Entry Entry, MatchKind Match, double Score, int Rung)>();
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            var rung = ladder is null ? 0 : ladder.Index().Where(step => step.Item == entry.Latest.Region).Select(step => step.Index).DefaultIfEmpty(-1).First();
            var exact = (named is not null && entry.Latest.Kind == named && (near is null || entry.Latest.Region == near)) || exactCodes.Contains(i);
            if (rung < 0 || (!exact && scores[i].Found == 0))
            {
                continue;
            }

            var match = exact ? MatchKind.Exact :
                scores[i].Found < words.Count ? MatchKind.SomeWords :
                scores[i].Whole == words.Count ? MatchKind.AllWords : MatchKind.Fuzzy;
            if (match != MatchKind.SomeWords || scores[i].Found * 2 >= words.Count)
            {
                hits.Add((entry, match, scores[i].Score / (10 + entry.Words), rung));
            }
        }

        if (hits.Exists(hit => hit.Match != MatchKind.SomeWords))
        {
            hits.RemoveAll(hit => hit.Match == MatchKind.SomeWords);
        }

        return hits.OrderBy(hit => hit.Match).ThenByDescending(hit => hit.Score).ThenBy(hit => hit.Rung)
            .ThenBy(hit => hit.Entry.Latest.Kind, StringComparer.Ordinal).ThenByDescending(hit => hit.Entry.Editions.Count)
            .ThenBy(hit => hit.Entry.Latest.Region, StringComparer.Ordinal)
            .Take(limit).Select(hit => new SearchHit(hit.Match, hit.Entry.Latest, hit.Entry.Factors, hit.Entry.Editions.Count)).ToList();
    }

    private void Add(Entry entry, IEnumerable<string> words)
    {
        var at = entries.Count;
        entries.Add(entry);
        foreach (var word in words.Distinct(StringComparer.Ordinal))
        {
            Postings(vocabulary, word).Add(at);
        }

        foreach (var code in entry.Latest.Factor.Codes?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            Postings(codes, code).Add(at);
            Postings(vocabulary, code.ToLowerInvariant()).Add(at);
            if (code.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon)
            {
                Postings(codes, code[(colon + 1)..]).Add(at);
                Postings(vocabulary, code[(colon + 1)..].ToLowerInvariant()).Add(at);
            }
        }
    }

    private static List<int> Postings(Dictionary<string, List<int>> index, string word) =>
        index.TryGetValue(word, out var list) ? list : index[word] = [];

    // For every entry: how many words are found, how many of them as written, and how well in all.
    private (int Found, int Whole, double Score)[] Score(List<string> words)
    {
        var scores = new (int Found, int Whole, double Score)[entries.Count];
        var best = new double[entries.Count];
        foreach (var word in words)
        {
            Array.Clear(best);
            foreach (var (known, postings) in vocabulary)
            {
                if (Words.Likeness(word, known) is var likeness and > 0)
                {
                    foreach (var at in postings)
                    {
                        best[at] = Math.Max(best[at], likeness);
                    }
                }
            }

            for (var i = 0; i < best.Length; i++)
            {
                if (best[i] > 0)
                {
                    scores[i] = (scores[i].Found + 1, scores[i].Whole + (best[i] >= 1 ? 1 : 0), scores[i].Score + best[i]);
                }
            }
        }

        return scores;
    }

    // "electricity germany", "france natural gas": a kind's key or synonym with a place before or behind it.
    private (string? Kind, string? Region) Named(string text)
    {
        if (kinds.Find(text) is { } whole)
        {
            return (whole.ServedBy, null);
        }

        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        for (var cut = 1; cut < words.Length; cut++)
        {
            var (front, back) = (string.Join(' ', words[..cut]), string.Join(' ', words[cut..]));
            if (kinds.Find(front) is { } first && regionNames.TryGetValue(back, out var behind))
            {
                return (first.ServedBy, behind);
            }

            if (kinds.Find(back) is { } second && regionNames.TryGetValue(front, out var before))
            {
                return (second.ServedBy, before);
            }
        }

        return (null, null);
    }

    // Words a region is found by: its code, its country's name and what people say for it.
    private Dictionary<string, List<string>> LoadRegions(string dataFolder, FactorLibrary library)
    {
        var words = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var row in DataFile.Rows(Path.Combine(dataFolder, "geo", "countries.csv")))
        {
            Name(row.Required("alpha2"), row.Required("alpha2"), row.Required("alpha3"), row.Required("name"));
        }

        foreach (var (spoken, code) in RegionTable.Aliases)
        {
            Name(code, spoken);
        }

        foreach (var region in library.Rows.Select(row => row.Region).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var country = RegionTable.Ladder(region) is [_, var around, _] ? words.GetValueOrDefault(around, []) : [];
            Name(region, region);
            words[region].AddRange(country);
        }

        return words;

        void Name(string code, params ReadOnlySpan<string> names)
        {
            foreach (var name in names)
            {
                regionNames.TryAdd(name, code);
                (words.TryGetValue(code, out var list) ? list : words[code] = []).AddRange(Words.Of(name));
            }
        }
    }

    // The main stage first, then the edition published last, then the latest period.
    private static FactorRow Later(FactorRow a, FactorRow b)
    {
        var order = Rank(a.Stage).CompareTo(Rank(b.Stage));
        order = order != 0 ? order : a.Fallback.CompareTo(b.Fallback);
        order = order != 0 ? order : b.Edition.Published.CompareTo(a.Edition.Published);
        order = order != 0 ? order : b.ValidFrom.CompareTo(a.ValidFrom);
        return order <= 0 ? a : b;
    }

    private static int Rank(Stage stage) => stage switch
    {
        Stage.Direct or Stage.Generation or Stage.CradleToGate or Stage.EndOfLife => 0,
        Stage.LifeCycle or Stage.Embodied => 1,
        Stage.ResidualMix => 2,
        Stage.Upstream or Stage.UpstreamGeneration or Stage.TransmissionLoss or Stage.UpstreamTransmissionLoss
            or Stage.UpstreamAndTransmissionLoss or Stage.Biogenic => 3,
    };

    private readonly record struct Entry(FactorRow Latest, int Factors, int Words)
    {
        public HashSet<string> Editions { get; } = new(StringComparer.Ordinal);
    }
}
