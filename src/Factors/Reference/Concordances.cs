using System.Collections.Concurrent;

namespace OffGridFlow.Factors.Reference;

/// <summary>Classifications and the ways between them, read from data/concordances when first asked.</summary>
public sealed class Concordances(string dataFolder)
{
    private readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, string>> titles = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ILookup<string, string>> maps = new(StringComparer.Ordinal);

    /// <summary>The title of a code, or null when the classification has no such code.</summary>
    /// <param name="classification"><c>naics-2017</c>, <c>hs-2022</c>, <c>cn-2023</c>, <c>cpa-2.1</c>, <c>cpc-2.1</c>, <c>useeio</c>.</param>
    /// <param name="code">As the classification writes it; HS and CN without spaces and points.</param>
    /// <exception cref="FileNotFoundException">We have no such classification.</exception>
    public string? Title(string classification, string code) => titles.GetOrAdd(classification, name => Rows(name)
        .ToDictionary(row => row.Required("code"), row => row.Required("title"), StringComparer.Ordinal)).GetValueOrDefault(code);

    /// <summary>The codes a code corresponds to, in order; none when it corresponds to nothing. More than one is a choice to be made.</summary>
    /// <exception cref="FileNotFoundException">We have no such correspondence.</exception>
    public IReadOnlyList<string> Map(string from, string to, string code) => maps.GetOrAdd($"{from}-to-{to}", name => Rows(name)
        .ToLookup(row => row.Required("from"), row => row.Required("to"), StringComparer.Ordinal))[code].ToList();

    private IEnumerable<DataRow> Rows(string name) => DataFile.Rows(Path.Combine(dataFolder, "concordances", name + ".csv"));
}
