using System.Text.Json;
using OffGridFlow.Ledger.Calculations;

namespace OffGridFlow.Ledger.Bundles;

/// <summary>The parts of a bundle. Lists are JSON Lines; each line is canonical: read and written again it is the same bytes.</summary>
internal static class BundleFormat
{
    public const string Name = "offgridflow-bundle-1";
    public const string Readme = "README.txt";
    public const string Context = "context.json";
    public const string Runs = "runs.jsonl";
    public const string Entries = "entries.jsonl";
    public const string Calculations = "calculations.jsonl";
    public const string Workings = "workings.jsonl";
    public const string Factors = "factors.jsonl";
    public const string Activities = "activities.jsonl";
    public const string Vocabularies = "vocabularies.jsonl";
    public const string Imports = "imports.jsonl";
    public const string RowsNotTaken = "rows-not-taken.jsonl";
    public const string Unposted = "unposted.jsonl";
    public const string Files = "files/";
    public const string Manifest = "manifest.json";

    /// <summary>What every bundle has, in this order; then the files by their hash, and the manifest last.</summary>
    public static readonly string[] Parts =
        [Readme, Context, Runs, Entries, Calculations, Workings, Factors, Activities, Vocabularies, Imports, RowsNotTaken, Unposted];

    public const string ReadmeText = """
        An evidence bundle of OffGridFlow: everything an inventory of one period is made of, to be checked without us.

        manifest.json         size and SHA-256 of every part, as content and as it is stored; its own SHA-256 is the ZIP's comment
        context.json          tenant, period, its policy, the organisation, fiscal years, the factor library
        runs.jsonl            every run of the ledger from the first on; a run's hash is the SHA-256 of its line, and the next line holds it
        entries.jsonl         runs that count for the period: a line names the run, then each entry in its order, or, of entries of other
                              periods, the hash of their leaf. SHA-256(0x00 || line) is a leaf; the Merkle root (RFC 6962) is in the run's line
        calculations.jsonl    how amounts are worked out; the first 16 bytes of a line's SHA-256 are its id
        workings.jsonl        how the quantities of entries came from those of activities, named likewise
        factors.jsonl         factors as their tables have them, with edition, citation and licence
        activities.jsonl      every version of the activities with a day in the period, by import and row
        vocabularies.jsonl    what names in files stood for when they were read: kinds, sites, entities; named by their hash as calculations are
        imports.jsonl         what delivered the activities, with the options and the template a file was read with, and its vocabulary
        rows-not-taken.jsonl  the other rows of those imports, and why they count for nothing
        unposted.jsonl        activities that no entry could be made of, and why
        files/                the imported files, byte for byte, named by their SHA-256

        './offgridflow verify BUNDLE.zip' recomputes all of it and names the first difference.

        """;

    /// <summary>One line of a list, or a part that is one object.</summary>
    public static byte[] Line<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, CalculationBody.Canonical);

    /// <summary>A line read back.</summary>
    /// <exception cref="DifferenceException">It is no such line, or not in its canonical form.</exception>
    public static T Read<T>(ReadOnlySpan<byte> line, string where)
    {
        try
        {
            var value = JsonSerializer.Deserialize<T>(line, CalculationBody.Canonical) ?? throw new JsonException("null");
            var again = Line(value);
            return line.SequenceEqual(again) ? value : throw OtherForm(line, again, where);
        }
        catch (Exception broken) when (IsNoLine(broken))
        {
            throw NoLine(line, where, broken);
        }
    }

    /// <summary>Whether reading something as a line of the format ends so where it is none.</summary>
    public static bool IsNoLine(Exception broken) => broken is JsonException or FormatException or OverflowException or InvalidOperationException or ArgumentException;

    public static DifferenceException NoLine(ReadOnlySpan<byte> line, string where, Exception broken) =>
        new("form of a line", where, System.Text.Encoding.UTF8.GetString(line[..Math.Min(80, line.Length)]), $"a line of the format ({broken.Message})");

    /// <summary>Of a line that can be read, and is written in another way.</summary>
    public static DifferenceException OtherForm(ReadOnlySpan<byte> line, ReadOnlySpan<byte> again, string where) =>
        new("form of a line", where, Excerpt(line, again), Excerpt(again, line));

    // From a little before the first difference.
    private static string Excerpt(ReadOnlySpan<byte> line, ReadOnlySpan<byte> other)
    {
        var at = Math.Max(0, line.CommonPrefixLength(other) - 20);
        return System.Text.Encoding.UTF8.GetString(line[at..Math.Min(line.Length, at + 60)]);
    }
}

/// <summary>The last part: what the ZIP holds.</summary>
/// <param name="Format"><see cref="BundleFormat.Name"/>.</param>
/// <param name="LedgerRun">Number of the ledger's last run then.</param>
/// <param name="LedgerHash">Its hash, hexadecimal.</param>
internal sealed record BundleManifest(
    string Format, string Tenant, string Period, DateTimeOffset MadeAt, long LedgerRun, string LedgerHash, long Entries, long Activities, IReadOnlyList<BundlePart> Parts);

/// <summary>What the figures were calculated under.</summary>
/// <param name="FiscalYearStart">Month.</param>
/// <param name="FiscalYears">Activities that span several were planned for each by itself.</param>
/// <param name="LibraryRelease">Number of the release of the factor library, or null where its tables are no release's.</param>
internal sealed record BundleContext(
    Guid TenantId, string Tenant, string TenantName, int FiscalYearStart, string Period, DateOnly From, DateOnly To, BundlePolicy Policy,
    IReadOnlyList<BundleYear> FiscalYears, IReadOnlyList<BundleEntity> Entities, IReadOnlyList<BundleFacility> Facilities, int? LibraryRelease, string LibrarySha256);

internal sealed record BundlePolicy(
    string? GwpSet, DateOnly FactorDate, string FactorDates, string Boundary, decimal SignificanceThreshold, Guid? SnapshotId,
    IReadOnlyDictionary<string, IReadOnlyList<string>> SourcePreference);

internal sealed record BundleYear(string Code, DateOnly From, DateOnly To);

internal sealed record BundleEntity(Guid EntityId, string Code, string Name, string? Country, IReadOnlyList<BundleShare> Shares);

internal sealed record BundleShare(DateOnly ValidFrom, decimal EquityShare, string FinancialControl, bool OperationalControl);

internal sealed record BundleFacility(Guid FacilityId, Guid EntityId, string Code, string Name, string? Region, string? GridRegion);

/// <summary>A factor of a publication or of the tenant's own.</summary>
/// <param name="Row">Its line in the table of its edition.</param>
/// <param name="Gwp">The edition's set, where the line names none.</param>
internal sealed record BundleFactor(
    string Id, string Edition, string EditionSha256, string Author, string Title, DateOnly Published, GwpSet? Gwp, string Licence, string Attribution, string Url, string Row);

/// <summary>An activity. The quantity has its places as it was recorded: they decide how its shares are rounded.</summary>
internal sealed record BundleActivity(
    Guid ActivityId, int Version, Guid ImportId, long RowNo, string Kind, string Quantity, string Unit, string? Region, DateOnly StartOn, DateOnly EndOn, int? Quality,
    Guid? EntityId, Guid? FacilityId, string? Meter, string? FactorId, decimal? FactorValue, IReadOnlyDictionary<string, string> Columns, Disposition Disposition,
    bool Withdrawn, DateTimeOffset RecordedAt, string RecordedBy);

/// <summary>An activity no entry could be made of.</summary>
internal sealed record BundleUnposted(Guid ActivityId, int ActivityVersion, string Problem);

/// <summary>Begins the entries of a run.</summary>
internal sealed record BundleRun(long Run);
