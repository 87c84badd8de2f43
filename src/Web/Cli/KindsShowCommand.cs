using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using OffGridFlow.Factors;

namespace OffGridFlow.Web.Cli;

/// <summary>kinds show: what a kind is, how a row of it is written, and who serves it where.</summary>
internal static class KindsShowCommand
{
    internal static Command Create()
    {
        var library = new LibraryOptions();
        var key = new Argument<string>("key") { Description = "A kind's key or one of its synonyms." };
        var format = Format.Option("text", "json");
        var verb = new Verb("show", "Show a kind: scope, method, units, columns, an example, and which editions serve it where.")
        {
            Examples = ["kinds show electricity.grid", "kinds show diesel --format json"],
            Arguments = { key },
            Options = { format, library.Data, library.Packs },
        };
        verb.SetAction(result =>
        {
            var folder = library.Folder(result);
            var loaded = library.Load(result);
            var table = KindTable.Load(folder, loaded.HasKind);
            var asked = result.GetValue(key)!;
            var kind = table.Find(asked) ?? table.Families.FirstOrDefault(family => family.Key == asked) ?? throw new InvalidDataException(
                $"There is no kind '{asked}'.{(table.Suggest(asked) is { Count: > 0 } like ? $" Did you mean {string.Join(", ", like)}?" : " Find one with 'kinds search'.")}");
            var units = UnitFile.Load(folder).All.Where(unit => kind.Dimensions.Contains(Dimension(unit.Dimension), StringComparer.Ordinal))
                .Select(unit => unit.Symbol).ToList();
            var meanings = DataFile.Rows(Path.Combine(folder, "kinds", "columns.csv")).ToDictionary(row => row.Required("column"), row => row.Required("meaning"), StringComparer.Ordinal);
            var columns = kind.Columns.Select(column => (Column: column, Meaning: meanings.GetValueOrDefault(column, ""))).ToList();
            var places = Places(loaded, kind);
            var output = result.InvocationConfiguration.Output;
            if (result.GetValue(format) == "json")
            {
                output.WriteLine(JsonSerializer.Serialize(
                    new { Kind = kind, Units = units, Columns = columns.ToDictionary(c => c.Column, c => c.Meaning, StringComparer.Ordinal), Places = places }, Format.Json));
                return CommandLine.Done;
            }

            Write(output, kind, units, columns);
            output.WriteLine();
            if (places.Count == 0)
            {
                output.WriteLine("No publication has a factor of it: a row brings its own figures.");
            }
            else
            {
                new TextTable(
                    ["region", "editions", "stages", "units"],
                    places.Select(place => new[] { place.Region, place.Editions, place.Stages, place.Units.ToString(CultureInfo.InvariantCulture) })).Write(output);
            }

            return CommandLine.Done;
        });
        return verb;
    }

    private sealed record Place(string Region, string Editions, string Stages, int Units);

    private static string Dimension(string dimension) => dimension.StartsWith("currency-", StringComparison.Ordinal) ? "currency" : dimension;

    private static void Write(TextWriter output, Kind kind, List<string> units, List<(string Column, string Meaning)> columns)
    {
        Line("kind", kind.Key);
        Line("title", kind.Title);
        Line("scope", kind.Scope.ToString(CultureInfo.InvariantCulture));
        Line("category", kind.Category is { } category ? category.ToString(CultureInfo.InvariantCulture) : "none");
        Line("method", kind.Method);
        Line("dimensions", kind.Dimensions.Count == 0 ? "those of its factors" : string.Join(", ", kind.Dimensions));
        Line("units", units.Count == 0 ? "those of its factors" : string.Join(' ', units));
        Line("synonyms", string.Join("; ", kind.Synonyms));
        Line("served by", kind.ServedBy == kind.Key ? "" : kind.ServedBy);
        Line("stand-ins", string.Join(", ", kind.Proxies));
        Line("example", kind.Example ?? "");
        foreach (var (column, meaning) in columns)
        {
            Line("column", $"{column,-21} {meaning}");
        }

        void Line(string label, string text)
        {
            if (text.Length > 0)
            {
                output.WriteLine($"{label,-11} {text}");
            }
        }
    }

    private static List<Place> Places(FactorLibrary library, Kind kind)
    {
        var prefix = kind.ServedBy.EndsWith(".*", StringComparison.Ordinal) ? kind.ServedBy[..^1] : null;
        var rows = prefix is null ? library.OfKind(kind.ServedBy).ToArray() : library.Rows.Where(row => row.Kind.StartsWith(prefix, StringComparison.Ordinal)).ToArray();
        return rows.GroupBy(row => row.Region, StringComparer.Ordinal).OrderBy(region => region.Key, StringComparer.Ordinal).Select(region => new Place(
            region.Key,
            string.Join(", ", region.GroupBy(row => row.Edition.Publisher, StringComparer.Ordinal)
                .Select(publisher => $"{publisher.Key} {string.Join(' ', publisher.Select(row => row.Edition.Name).Distinct(StringComparer.Ordinal))}")),
            string.Join(' ', region.Select(row => row.Stage).Distinct().Order().Select(FactorTable.StageName)),
            region.Select(row => row.Unit).Distinct(StringComparer.Ordinal).Count())).ToList();
    }
}
