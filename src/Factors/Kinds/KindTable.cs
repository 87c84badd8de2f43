using System.Globalization;

namespace OffGridFlow.Factors;

/// <summary>All kinds: those listed, and those of a family (<c>goods.food.*</c>) that the library has factors for.</summary>
public sealed class KindTable
{
    private readonly Dictionary<string, Kind> listed = new(StringComparer.Ordinal);
    private readonly List<(string Prefix, Kind Kind)> families = [];
    private readonly Dictionary<string, string> synonyms = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> folded = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Kind> made = new(StringComparer.Ordinal);
    private readonly Lock making = new();
    private readonly Func<string, bool> hasFactors;

    private KindTable(Func<string, bool> hasFactors) => this.hasFactors = hasFactors;

    /// <summary>Kinds listed by themselves, in the order of the file.</summary>
    public IEnumerable<Kind> Listed => listed.Values;

    /// <summary>Families, in the order of the file.</summary>
    public IEnumerable<Kind> Families => families.Select(family => family.Kind);

    /// <param name="dataFolder">The product's data folder.</param>
    /// <param name="hasFactors">Whether the library serves a key.</param>
    /// <exception cref="InvalidDataException">Two kinds share a key or a synonym, or a line is incomplete.</exception>
    public static KindTable Load(string dataFolder, Func<string, bool> hasFactors)
    {
        var table = new KindTable(hasFactors);
        foreach (var row in DataFile.Rows(Path.Combine(dataFolder, "kinds", "kinds.csv")))
        {
            var key = row.Required("kind");
            var kind = new Kind
            {
                Key = key,
                Title = row.Required("title"),
                Scope = (int)(row.Number("scope") ?? throw row.Bad("scope", "is empty")),
                Category = (int?)row.Number("category"),
                Method = row.Required("method"),
                Dimensions = List(row, "dimensions"),
                Synonyms = List(row, "synonyms"),
                ServedBy = row.Text("served_by") ?? key,
                Proxies = List(row, "proxy"),
                Columns = List(row, "columns"),
                Example = row.Text("example"),
                Family = key.EndsWith(".*", StringComparison.Ordinal) ? key : null,
            };
            if (kind.Family is not null)
            {
                table.families.Add((key[..^1], kind));
            }
            else if (!table.listed.TryAdd(key, kind))
            {
                throw row.Bad("kind", $"'{key}' is listed twice");
            }

            foreach (var synonym in kind.Synonyms)
            {
                if ((!table.synonyms.TryAdd(synonym, key) && table.synonyms[synonym] != key) || !table.Fold(synonym, key))
                {
                    throw row.Bad("synonyms", $"'{synonym}' already names {table.synonyms[synonym]}");
                }
            }

            table.Fold(key, key);
        }

        return table;
    }

    /// <summary>The kind a person means by a key or one of its synonyms, or null.</summary>
    public Kind? Find(string written)
    {
        var key = written.Trim();
        if (Exact(key) is { } exact)
        {
            return exact;
        }

        if (synonyms.TryGetValue(Spelling.WithoutAccents(key), out var named))
        {
            return Exact(named);
        }

        var lower = key.ToLower(CultureInfo.InvariantCulture);
        if (lower != key && Exact(lower) is { } known)
        {
            return known;
        }

        return folded.TryGetValue(Folded(key), out var alike)
            ? Exact(alike)
            : CodeSpelling.Keys(lower).Select(Exact).FirstOrDefault(found => found is not null);
    }

    // Case, accents, hyphens, underscores and blanks make no two names of one: "Erdgas (Heizung)", "erdgas_heizung".
    private bool Fold(string written, string key)
    {
        var name = Folded(written);
        return name.Length == 0 || folded.TryAdd(name, key) || folded[name] == key;
    }

    private static string Folded(string written) => KindRules.Slug(written.Replace("ß", "ss", StringComparison.Ordinal));

    /// <summary>Up to three keys or synonyms that are spelt like it, nearest first.</summary>
    public IReadOnlyList<string> Suggest(string written) => Spelling.Nearest(
        written.ToLower(CultureInfo.InvariantCulture),
        listed.Keys.Concat(synonyms.Keys),
        3).Select(name => synonyms.GetValueOrDefault(name, name)).Distinct(StringComparer.Ordinal).ToList();

    private Kind? Exact(string key)
    {
        if (listed.TryGetValue(key, out var kind))
        {
            return kind;
        }

        lock (making)
        {
            if (made.TryGetValue(key, out var known))
            {
                return known;
            }

            return Make(key) is { } fresh ? made[key] = fresh : null;
        }
    }

    // The longest family whose prefix fits, if it or the kind that serves it has factors.
    private Kind? Make(string key)
    {
        Kind? best = null;
        var length = 0;
        foreach (var (prefix, kind) in families)
        {
            if (prefix.Length > length && key.Length > prefix.Length && key.StartsWith(prefix, StringComparison.Ordinal))
            {
                (best, length) = (kind, prefix.Length);
            }
        }

        if (best is null)
        {
            return null;
        }

        var servedBy = best.ServedBy == best.Key ? key : best.ServedBy.Replace("*", key[length..], StringComparison.Ordinal);
        var exists = best.Method switch
        {
            "processing" => true, // Its rows bring their own factor.
            "by-treatment" => Treatments.Keys(servedBy).Any(hasFactors),
            _ => hasFactors(key) || hasFactors(servedBy),
        };
        return exists ? best with { Key = key, ServedBy = servedBy } : null;
    }

    private static string[] List(DataRow row, string column) =>
        row.Text(column)?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
}
