using System.Globalization;
using OffGridFlow.Factors.Publications;

namespace OffGridFlow.Factors;

/// <summary>Turns official publications into our normalized tables: the same files in, the same bytes out.</summary>
public static class BuildFactors
{
    /// <summary>What one edition yielded.</summary>
    public sealed record Built(string Edition, int Factors, int WithCo2e, string Table);

    // A file named from the data folder is a transcription of our own, kept with the product.
    private const string OwnTranscription = "data/";

    /// <summary>Builds every edition of every publisher that lists one, under <paramref name="dataFolder"/>'s factors and packs.</summary>
    /// <param name="dataFolder">The product's data folder, which holds editions, kind rules and the tables written.</param>
    /// <param name="sourceFolder">Where the official files are.</param>
    /// <param name="only">One publisher, or null for all.</param>
    /// <exception cref="InvalidDataException">An official file is missing or not as expected; nothing of that edition is written.</exception>
    public static IEnumerable<Built> Run(string dataFolder, string sourceFolder, string? only = null)
    {
        foreach (var publication in Publications().Where(p => only is null || p.Publisher == only))
        {
            var folder = FolderOf(dataFolder, publication.Publisher);
            var rules = KindRules.Load(Path.Combine(folder, "kinds.csv"));
            foreach (var edition in Edition.Load(folder))
            {
                var files = edition.File.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                    .Select(file => file.StartsWith(OwnTranscription, StringComparison.Ordinal)
                        ? Path.Combine(dataFolder, file[OwnTranscription.Length..])
                        : Path.Combine(sourceFolder, file)).ToList();
                if (files.Find(file => !File.Exists(file)) is { } missing)
                {
                    throw new InvalidDataException($"{edition.Key} is read from {missing}, which is not there.");
                }

                var factors = publication.Read(new EditionSource(edition, files, rules)).ToList();
                var table = Path.Combine(folder, edition.Name + ".csv");
                FactorTable.Write(table, factors);
                yield return new Built(edition.Key, factors.Count, factors.Count(f => f.Co2e is not null || f.Gases.Count > 0), table);
            }
        }
    }

    /// <summary>Builds the reference tables, which are no factors: lists and figures that methods look up.</summary>
    /// <param name="dataFolder">The product's data folder.</param>
    /// <param name="sourceFolder">Where the official files are.</param>
    /// <param name="only">One table's name, or null for all.</param>
    /// <returns>Each file written, with its rows.</returns>
    /// <exception cref="InvalidDataException">An official file is missing or not as expected.</exception>
    public static IEnumerable<(string Path, int Rows)> RunReferences(string dataFolder, string sourceFolder, string? only = null) =>
        Every<ReferenceTable>(table => table.Name).Where(table => only is null || table.Name == only)
            .SelectMany(table => table.Build(dataFolder, sourceFolder));

    /// <summary>Folder of a publisher: data/factors, or data/packs for one whose licence asks for a pack of its own.</summary>
    internal static string FolderOf(string dataFolder, string publisher)
    {
        var pack = Path.Combine(dataFolder, "packs", publisher);
        return Directory.Exists(pack) ? pack : Path.Combine(dataFolder, "factors", publisher);
    }

    private static IEnumerable<Publication> Publications() => Every<Publication>(publication => publication.Publisher);

    // Every reader in this assembly, in the order of its name.
    private static IEnumerable<T> Every<T>(Func<T, string> name)
        where T : class =>
        typeof(T).Assembly.GetTypes()
            .Where(type => type is { IsAbstract: false } && type.IsSubclassOf(typeof(T)))
            .Select(type => (T)Activator.CreateInstance(type)!)
            .OrderBy(name, StringComparer.Ordinal);

    /// <summary>One line for a person.</summary>
    public static string Describe((string Path, int Rows) table) =>
        string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(table.Path),-28} {table.Rows,7} rows");

    /// <summary>One line for a person.</summary>
    public static string Describe(Built built) =>
        string.Create(CultureInfo.InvariantCulture, $"{built.Edition,-28} {built.Factors,7} factors, {built.WithCo2e,7} with emissions");
}
