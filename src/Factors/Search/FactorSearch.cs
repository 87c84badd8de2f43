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
    private readonly Dictionary<string, List<(int Entry, float Weight)>> vocabulary = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> regionNames = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<int>> codes = new(StringComparer.OrdinalIgnoreCase);

    private FactorSearch(KindTable kinds) => this.kinds = kinds;

    /// <summary>Indexes the library: about a tenth of a second for 45,000 factors.</summary>
    public static FactorSearch Over(string dataFolder, FactorLibrary library)
    {
        var search = new FactorSearch(KindTable.Load(dataFolder, library.HasKind));
        var namesOf = search.LoadRegions(dataFolder, library);
        var listed = search.kinds.Listed.Select(kind => kind.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var kind in library.Kinds)
        {
            var description = search.kinds.Find(kind);
            var key = Words.Of(kind);
            var said = description is null ? [] : description.Synonyms.Append(description.Title).SelectMany(Words.Of).ToList();
            var plain = (listed.Contains(kind) ? 1.3 : 1) / (4 + key.Count);
            var places = new Dictionary<string, Entry>(StringComparer.Ordinal);
            foreach (var row in library.OfKind(kind))
            {
                ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(places, row.Region, out var known);
                entry = known ? entry with { Latest = Later(entry.Latest, row), Factors = entry.Factors + 1 } : new Entry(row, 1, plain, new HashSet<string>(StringComparer.Ordinal));
                entry.Editions.Add(row.Edition.Key);
            }

            foreach (var (region, entry) in places)
            {
                search.Add(entry, key, said, [.. Words.Of(entry.Latest.Factor.Name), .. namesOf.GetValueOrDefault(region, [])]);
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
        var (named, around) = Named(text);
        var exactCodes = codes.GetValueOrDefault(text.Trim()) ?? [];
        var scores = Score(words);
        var hits = new List<(Entry Entry, MatchKind Match, double Score, int Rung)>();
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            var rung = ladder is null ? 0 : IndexOf(ladder, entry.Latest.Region);
            var nearness = named is null || entry.Latest.Kind != named ? -1 : around is null ? 0 : IndexOf(around, entry.Latest.Region);
            var exact = nearness >= 0 || exactCodes.Contains(i);
            rung = rung == 0 ? Math.Max(0, nearness) : rung;
            if (rung < 0 || (!exact && scores[i].Found == 0))
            {
                continue;
            }

            var match = exact ? MatchKind.Exact :
                scores[i].Found < words.Count ? MatchKind.SomeWords :
                scores[i].Whole == words.Count ? MatchKind.AllWords : MatchKind.Fuzzy;
            if (match != MatchKind.SomeWords || scores[i].Found * 2 >= words.Count)
            {
                hits.Add((entry, match, scores[i].Score * entry.Plainness, rung));
            }
        }

        if (hits.Exists(hit => hit.Match != MatchKind.SomeWords))
        {
            hits.RemoveAll(hit => hit.Match == MatchKind.SomeWords);
        }

        return hits.OrderBy(hit => hit.Match).ThenBy(hit => hit.Match == MatchKind.Exact ? hit.Rung : 0)
            .ThenByDescending(hit => hit.Score).ThenBy(hit => hit.Rung).ThenBy(hit => hit.Entry.Latest.Kind, StringComparer.Ordinal).ThenByDescending(hit => hit.Entry.Editions.Count)
            .ThenBy(hit => hit.Entry.Latest.Region, StringComparer.Ordinal)
            .Take(limit).Select(hit => new SearchHit(hit.Match, hit.Entry.Latest, hit.Entry.Factors, hit.Entry.Editions.Count)).ToList();
    }

    // A word of the kind's own key says more than one of a long name.
    private void Add(Entry entry, List<string> key, List<string> said, List<string> named)
    {
        var at = entries.Count;
        entries.Add(entry);
        var weights = new Dictionary<string, float>(StringComparer.Ordinal);
        foreach (var (words, weight) in ((List<string>, float)[])[(key, 1.5f), (said, 1.2f), (named, 1f)])
        {
            foreach (var word in words)
            {
                weights.TryAdd(word, weight);
            }
        }

        foreach (var code in entry.Latest.Factor.Codes?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            var bare = code[(code.IndexOf(':', StringComparison.Ordinal) + 1)..];
            foreach (var spelling in (ReadOnlySpan<string>)(bare == code ? [code] : [code, bare]))
            {
                (codes.TryGetValue(spelling, out var list) ? list : codes[spelling] = []).Add(at);
                weights.TryAdd(spelling.ToLowerInvariant(), 1f);
            }
        }

        foreach (var (word, weight) in weights)
        {
            (vocabulary.TryGetValue(word, out var list) ? list : vocabulary[word] = []).Add((at, weight));
        }
    }

    // For every entry: how many words are found, how many of them as written, and how well in all.
    private (int Found, int Whole, double Score)[] Score(List<string> words)
    {
        var scores = new (int Found, int Whole, double Score)[entries.Count];
        var best = new (double Score, bool Whole)[entries.Count];
        foreach (var word in words)
        {
            Array.Clear(best);
            var misspelt = !vocabulary.ContainsKey(word);
            foreach (var (known, postings) in vocabulary)
            {
                if (Words.Likeness(word, known, misspelt) is var likeness and > 0)
                {
                    foreach (var (at, weight) in postings)
                    {
                        best[at] = (Math.Max(best[at].Score, likeness * weight), best[at].Whole || likeness >= 1);
                    }
                }
            }

            for (var i = 0; i < best.Length; i++)
            {
                if (best[i].Score > 0)
                {
                    scores[i] = (scores[i].Found + 1, scores[i].Whole + (best[i].Whole ? 1 : 0), scores[i].Score + best[i].Score);
                }
            }
        }

        return scores;
    }

    // "electricity germany", "france natural gas": a kind's key or synonym with a place before or behind it.
    // The places are the one named, what lies around it, and the kind's stand-ins.
    private (string? Kind, IReadOnlyList<string>? Places) Named(string text)
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
                return (first.ServedBy, [.. RegionTable.Ladder(behind), .. first.Proxies]);
            }

            if (kinds.Find(back) is { } second && regionNames.TryGetValue(front, out var before))
            {
                return (second.ServedBy, [.. RegionTable.Ladder(before), .. second.Proxies]);
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

    private static int IndexOf(IReadOnlyList<string> places, string place)
    {
        for (var i = 0; i < places.Count; i++)
        {
            if (places[i] == place)
            {
                return i;
            }
        }

        return -1;
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

    private readonly record struct Entry(FactorRow Latest, int Factors, double Plainness, HashSet<string> Editions);
}
