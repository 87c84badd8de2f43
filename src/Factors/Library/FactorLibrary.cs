using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CsvHelper;

namespace OffGridFlow.Factors;

/// <summary>The factor tables in memory: loaded once, never changed.</summary>
public sealed class FactorLibrary
{
    private readonly Dictionary<string, FactorRow[]> byKind;
    private readonly Lazy<Dictionary<string, FactorRow>> byId;
    private readonly IReadOnlyDictionary<string, string> tableHashes;

    private FactorLibrary(
        IReadOnlyList<Edition> editions, IReadOnlyList<FactorRow> rows, IReadOnlyDictionary<string, string> tableHashes,
        string contentHash, IReadOnlyList<(string Name, string ContentHash)> packs)
    {
        Editions = editions;
        this.tableHashes = tableHashes;
        Rows = rows;
        ContentHash = contentHash;
        Packs = packs;
        byKind = rows.GroupBy(row => row.Kind, StringComparer.Ordinal).ToDictionary(kind => kind.Key, kind => kind.ToArray(), StringComparer.Ordinal);
        byId = new Lazy<Dictionary<string, FactorRow>>(() => Rows.ToDictionary(row => row.Id, StringComparer.Ordinal));
    }

    public IReadOnlyList<Edition> Editions { get; }

    /// <summary>Every factor, by edition and then id.</summary>
    public IReadOnlyList<FactorRow> Rows { get; }

    /// <summary>
    /// SHA-256 over the editions of data/factors (key, day of publication, GWP set, table), in the order of publishers and of
    /// their editions.csv: the same release has the same hash everywhere, whatever the folder and its line ends. Packs stand apart.
    /// </summary>
    public string ContentHash { get; }

    /// <summary>SHA-256 of an edition's table, the same whatever its line ends: what a factor of it was at the time.</summary>
    public string TableHash(Edition edition) => edition.TableHash ?? tableHashes[edition.Key];

    /// <summary>Packs loaded beside the release, each with the hash of its own editions.</summary>
    public IReadOnlyList<(string Name, string ContentHash)> Packs { get; }

    /// <summary>Keys that have a factor.</summary>
    public IEnumerable<string> Kinds => byKind.Keys;

    /// <param name="dataFolder">The product's data folder.</param>
    /// <param name="packs">Names of packs under data/packs to add: <c>ceda</c>.</param>
    /// <exception cref="InvalidDataException">A table is missing for an edition, or a line is no factor.</exception>
    public static FactorLibrary Load(string dataFolder, params IReadOnlyCollection<string> packs)
    {
        var publishers = Directory.GetDirectories(Path.Combine(dataFolder, "factors"))
            .Where(folder => File.Exists(Path.Combine(folder, "editions.csv")))
            .Order(StringComparer.Ordinal).ToList();
        foreach (var pack in packs)
        {
            var folder = Path.Combine(dataFolder, "packs", pack);
            publishers.Add(Directory.Exists(folder) ? folder : throw new InvalidDataException($"There is no pack '{pack}' in {Path.Combine(dataFolder, "packs")}."));
        }

        var editions = publishers.SelectMany(folder => Edition.Load(folder).Select(edition => (Edition: edition, Path: Path.Combine(folder, edition.Name + ".csv")))).ToList();
        var tables = new (FactorRow[] Rows, byte[] Hash)[editions.Count];
        Parallel.For(0, editions.Count, i => tables[i] = LoadTable(editions[i].Edition, editions[i].Path));
        return new FactorLibrary(
            editions.ConvertAll(e => e.Edition),
            tables.SelectMany(table => table.Rows).ToArray(),
            editions.Select((e, i) => (e.Edition.Key, Hash: Convert.ToHexStringLower(tables[i].Hash))).ToDictionary(e => e.Key, e => e.Hash, StringComparer.Ordinal),
            HashOf(e => !packs.Contains(e.Publisher, StringComparer.Ordinal)),
            packs.Select(pack => (pack, HashOf(e => e.Publisher == pack))).ToList());

        string HashOf(Func<Edition, bool> included) => Convert.ToHexStringLower(SHA256.HashData(
            editions.SelectMany((e, i) => included(e.Edition) ? Header(e.Edition).Concat(tables[i].Hash) : []).ToArray()));
    }

    // The day decides which edition a policy picks, the set what its gases weigh: both are part of what a release fixes.
    private static byte[] Header(Edition edition) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{edition.Key} {edition.Published:yyyy-MM-dd} {FactorTable.GwpName(edition.Gwp)}\n"));

    /// <summary>Whether any factor serves the key.</summary>
    public bool HasKind(string key) => byKind.ContainsKey(key);

    /// <summary>All factors of a kind, empty when there are none.</summary>
    public ReadOnlySpan<FactorRow> OfKind(string key) => byKind.TryGetValue(key, out var rows) ? rows : [];

    /// <summary>The factor with this id, or null.</summary>
    public FactorRow? Find(string id) => byId.Value.GetValueOrDefault(id);

    private static (FactorRow[] Rows, byte[] Hash) LoadTable(Edition edition, string path)
    {
        if (!File.Exists(path))
        {
            throw new InvalidDataException($"{edition.Key} has no table {path}; build it with 'factors build'.");
        }

        var bytes = WithoutCarriageReturns(File.ReadAllBytes(path));
        var rows = new List<FactorRow>(bytes.Length / 160);
        var days = new Dictionary<long, DateOnly>();
        using var csv = CsvReader.Create(bytes, FactorTable.ReaderOptions);
        csv.Read();
        if (Encoding.UTF8.GetString(csv.RawRecord) != FactorTable.Header)
        {
            throw new InvalidDataException($"{path}: the header is not ours; build the table again with 'factors build'.");
        }

        while (csv.Read())
        {
            var start = (int)csv.ByteOffset;
            rows.Add(new FactorRow(
                edition,
                bytes.AsMemory(start, csv.RawRecord.Length),
                csv.GetString(1),
                FactorTable.ParseStage(csv.GetString(3)),
                csv.GetString(4),
                Day(csv.GetSpan(5), days),
                csv.IsEmpty(6) ? null : Day(csv.GetSpan(6), days),
                csv.GetString(7),
                !csv.IsEmpty(17)));
        }

        return (rows.ToArray(), SHA256.HashData(bytes));
    }

    // A checkout may have given the tables other line ends; they are the same tables.
    private static byte[] WithoutCarriageReturns(byte[] bytes) =>
        bytes.AsSpan().Contains((byte)'\r') ? Array.FindAll(bytes, value => value != '\r') : bytes;

    // Few distinct days occur, so they are made once each.
    private static DateOnly Day(ReadOnlySpan<byte> text, Dictionary<long, DateOnly> known)
    {
        var key = 0L;
        foreach (var digit in text)
        {
            key = (key * 16) + (digit - '-');
        }

        if (!known.TryGetValue(key, out var day))
        {
            known[key] = day = DateOnly.ParseExact(Encoding.ASCII.GetString(text), "yyyy-MM-dd", CultureInfo.InvariantCulture);
        }

        return day;
    }
}
