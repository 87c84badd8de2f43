using System.Text;
using System.Text.Json;
using OffGridFlow.Activities.Imports;
using static OffGridFlow.Ledger.Bundles.VerifyBundle;

namespace OffGridFlow.Ledger.Bundles;

/// <summary>
/// Reads the activities, import by import and row by row, beside the files they came from: every row of a file is an activity that says
/// what its cells say, or a row that was not taken, or lies outside the period.
/// </summary>
internal sealed class FileChecks(ZipReader zip, BundleLines lines, BundleContext context, ReferenceData data, string scratch, Tally tally)
{
    // No activity's line is shorter: what the manifest says beyond that is not believed.
    private const int ShortestLine = 200;

    private readonly Dictionary<Guid, Vocabulary> vocabularies = [];
    private readonly HashSet<string> named = new(StringComparer.Ordinal);

    /// <param name="expected">Activities, going by the manifest.</param>
    public ActivityIndex All(long expected)
    {
        foreach (var (id, vocabulary, where) in lines.Of(BundleFormat.Vocabularies, Names))
        {
            if (!vocabularies.TryAdd(id, vocabulary))
            {
                throw new DifferenceException("vocabulary", where, "a vocabulary that stands twice", "each once");
            }
        }

        var index = new ActivityIndex(Math.Min(expected, lines.SizeOf(BundleFormat.Activities) / ShortestLine));
        using var activities = new Ahead<BundleActivity>(lines.Of(BundleFormat.Activities, Line<BundleActivity>));
        using var untaken = new Ahead<RowNotTaken>(lines.Of(BundleFormat.RowsNotTaken, Line<RowNotTaken>));
        var imports = new HashSet<Guid>();
        foreach (var (import, where) in lines.Of(BundleFormat.Imports, Line<ImportEvidence>))
        {
            if (!imports.Add(import.ImportId))
            {
                throw new DifferenceException("import", where, $"{import.ImportId} twice", "each once");
            }

            Import(import, where, new ImportChecks(import, where, index, activities, untaken, context, tally));
        }

        if (activities.Current is { } activity)
        {
            throw new DifferenceException("import of an activity", activities.Where, activity.ImportId.ToString(), $"a line of {BundleFormat.Imports}, in their order");
        }

        if (untaken.Current is { } row)
        {
            throw new DifferenceException("import of a row", untaken.Where, row.ImportId.ToString(), $"a line of {BundleFormat.Imports}, in their order");
        }

        foreach (var member in zip.Members)
        {
            if (member.Name.StartsWith(BundleFormat.Files, StringComparison.Ordinal) && !named.Contains(member.Name))
            {
                throw new DifferenceException("file", member.Name, "a file no import names", "none");
            }
        }

        return index;
    }

    private void Import(ImportEvidence import, string where, ImportChecks rows)
    {
        if (import.Sha256 is not { } sha256)
        {
            rows.WithoutFile();
            return;
        }

        named.Add(BundleFormat.Files + sha256);
        if (!zip.ByName.TryGetValue(BundleFormat.Files + sha256, out var member))
        {
            throw new DifferenceException("file of an import", where, "nothing", BundleFormat.Files + sha256);
        }

        if (import.VocabularyId is not { } id)
        {
            rows.NotBegun();
            return;
        }

        if (!vocabularies.TryGetValue(id, out var vocabulary))
        {
            throw new DifferenceException("vocabulary of an import", where, id.ToString(), $"a line of {BundleFormat.Vocabularies} with this hash");
        }

        var path = Path.Combine(scratch, Guid.CreateVersion7().ToString("N"));
        try
        {
            using (var unpacked = File.Create(path))
            {
                zip.Unpack(member, unpacked);
            }

            using var file = ImportedFile.Open(path, import.FileName, import.Options, vocabulary, data);
            rows.Compare(file);
        }
        catch (JsonException broken)
        {
            throw new DifferenceException("options of an import", where, import.Options, broken.Message);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static (Guid Id, Vocabulary Vocabulary, string Where) Names(ReadOnlySpan<byte> line, string where)
    {
        try
        {
            var vocabulary = Vocabulary.Read(Encoding.UTF8.GetString(line));
            var again = Encoding.UTF8.GetBytes(vocabulary.Text);
            return line.SequenceEqual(again) ? (Vocabulary.IdOf(line), vocabulary, where) : throw BundleFormat.OtherForm(line, again, where);
        }
        catch (Exception broken) when (BundleFormat.IsNoLine(broken))
        {
            throw BundleFormat.NoLine(line, where, broken);
        }
    }

    private static (T Line, string Where) Line<T>(ReadOnlySpan<byte> line, string where) => (BundleFormat.Read<T>(line, where), where);
}

/// <summary>Lines with a look at the next one.</summary>
internal sealed class Ahead<T> : IDisposable
    where T : class
{
    private readonly IEnumerator<(T Line, string Where)> lines;
    private bool more;

    public Ahead(IEnumerable<(T Line, string Where)> all)
    {
        lines = all.GetEnumerator();
        more = lines.MoveNext();
    }

    /// <summary>The next line; null after the last.</summary>
    public T? Current => more ? lines.Current.Line : null;

    public string Where => more ? lines.Current.Where : "the end";

    public void Next() => more = lines.MoveNext();

    public void Dispose() => lines.Dispose();
}
