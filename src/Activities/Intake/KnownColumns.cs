using System.Globalization;
using System.Text;
using OffGridFlow.Factors;

namespace OffGridFlow.Activities.Intake;

/// <summary>
/// The columns an activity table can have, and what people call them: data/intake/columns.csv. Where two columns of one file
/// go by names of the same thing, the better name (the lower rank) has it and the other passes through under its own name.
/// </summary>
public sealed class KnownColumns
{
    /// <summary>Without these there is nothing to calculate.</summary>
    public static readonly IReadOnlyList<string> Required = ["kind", "quantity", "unit"];

    private readonly Dictionary<string, (string Column, int Rank)> byName = new(StringComparer.Ordinal);
    private IReadOnlyDictionary<string, string> constants = new Dictionary<string, string>(StringComparer.Ordinal);

    private KnownColumns()
    {
    }

    /// <summary>The list that ships beside the program.</summary>
    public static KnownColumns Shipped { get; } = Load(Path.Combine(AppContext.BaseDirectory, "data", "intake", "columns.csv"));

    /// <exception cref="InvalidDataException">A line without column, rank or names, or a name that stands for two columns.</exception>
    public static KnownColumns Load(string path)
    {
        var known = new KnownColumns();
        foreach (var row in DataFile.Rows(path))
        {
            var column = row.Required("column");
            var rank = int.TryParse(row.Required("rank"), NumberStyles.None, CultureInfo.InvariantCulture, out var r) ? r : throw row.Bad("rank", "is no number");
            foreach (var name in row.Required("names").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (!known.byName.TryAdd(Squeezed(Normalize(name)), (column, rank)))
                {
                    throw row.Bad("names", $"'{name}' already stands for {known.byName[Squeezed(Normalize(name))].Column}");
                }
            }
        }

        return known;
    }

    /// <summary>The columns themselves, as the file has them.</summary>
    public IEnumerable<string> Names => byName.Values.Select(known => known.Column).Distinct(StringComparer.Ordinal);

    /// <summary>What stands in a column of every row, where the table itself has no such column.</summary>
    public IReadOnlyDictionary<string, string> Constants => constants;

    /// <summary>The same list with a tenant's own names for columns before it, and fixed values for columns that are not there.</summary>
    /// <param name="names">Name in the header to column; an empty column is passed over.</param>
    /// <param name="fixedValues">Column to value.</param>
    public KnownColumns With(IReadOnlyDictionary<string, string> names, IReadOnlyDictionary<string, string> fixedValues)
    {
        var more = new KnownColumns { constants = fixedValues };
        foreach (var (name, meaning) in byName)
        {
            more.byName.Add(name, meaning);
        }

        foreach (var (name, column) in names)
        {
            if (column.Length == 0)
            {
                more.byName.Remove(Squeezed(Normalize(name)));
            }
            else
            {
                more.byName[Squeezed(Normalize(name))] = (column, 0);
            }
        }

        return more;
    }

    /// <summary>The column that goes by this name and how good a name it is, 1 the best; null for a name nobody knows.</summary>
    public (string Column, int Rank)? Find(string name) =>
        byName.TryGetValue(Squeezed(Normalize(name)), out var known) ? known : null;

    /// <summary>Lower case, blanks and hyphens as one underscore, without the marks forms put behind a name: <c>Start Date *</c> is <c>start_date</c>.</summary>
    public static string Normalize(string name)
    {
        var key = new StringBuilder(name.Length);
        foreach (var letter in name)
        {
            if (char.IsWhiteSpace(letter) || letter is '-' or '_' or '\u200b' or '\ufeff')
            {
                if (key.Length > 0 && key[^1] != '_')
                {
                    key.Append('_');
                }
            }
            else
            {
                key.Append(char.ToLowerInvariant(letter));
            }
        }

        return key.ToString().TrimEnd('_', ':', '*', '.');
    }

    // startDate, start_date and Start Date are one name.
    private static string Squeezed(string key) => key.Replace("_", "", StringComparison.Ordinal);
}
