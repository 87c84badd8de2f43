namespace OffGridFlow.Factors.Publications;

/// <summary>Reads one publisher's official files into factors. One subclass a publisher, found by its folder's name.</summary>
internal abstract class Publication
{
    /// <summary>Folder under data/factors: <c>desnz</c>.</summary>
    public abstract string Publisher { get; }

    /// <summary>Every usable factor of an edition. Blank is not zero: a row without a figure yields nothing.</summary>
    /// <exception cref="InvalidDataException">The file is not what this edition looks like; the message names sheet, row and column.</exception>
    public abstract IEnumerable<Factor> Read(EditionSource source);
}

/// <summary>What a reader is given: the edition, its official files on disk, and the rules that name kinds.</summary>
internal sealed record EditionSource(Edition Edition, IReadOnlyList<string> Files, KindRules Rules)
{
    /// <summary>The single official file of an edition that has but one.</summary>
    public string File => Files.Count == 1
        ? Files[0]
        : throw new InvalidDataException($"{Edition.Key} names {Files.Count} files where its reader expects one.");

    /// <summary>A factor's id from its row's own key: <c>desnz:2025:…</c>.</summary>
    public string Id(string row) => $"{Edition.Key}:{row}";
}
