using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using OffGridFlow.Factors;

namespace OffGridFlow.Web.Cli;

/// <summary>kinds: what an activity can be an activity of.</summary>
internal static class KindsCommand
{
    internal static Command Create() => new Verb("kinds", "What an activity can be an activity of: list, search, show.")
    {
        Subcommands = { List(), Search(), KindsShowCommand.Create() },
    };

    private static Verb List()
    {
        var library = new LibraryOptions();
        var scope = new Option<int?>("--scope") { Description = "Only this scope: 1, 2 or 3." };
        var category = new Option<int?>("--category") { Description = "Only this category of Scope 3: 1 to 15." };
        var all = new Option<bool>("--all") { Description = "Also every kind that factors give a family: each food, each fuel." };
        var format = Format.Option("table", "csv", "json");
        var verb = new Verb("list", "List kinds and families of kinds.")
        {
            Examples = ["kinds list", "kinds list --scope 3 --category 6", "kinds list --all --format csv"],
            Options = { scope, category, all, format, library.Data, library.Packs },
        };
        verb.SetAction(result =>
        {
            var loaded = library.Load(result);
            var table = KindTable.Load(library.Folder(result), loaded.HasKind);
            var made = result.GetValue(all) ? loaded.Kinds.Select(table.Find).OfType<Kind>().Where(kind => kind.Family is not null) : table.Families;
            Write(result, result.GetValue(format)!, table.Listed.Concat(made)
                .Where(kind => (result.GetValue(scope) is not { } s || kind.Scope == s) && (result.GetValue(category) is not { } c || kind.Category == c))
                .OrderBy(kind => kind.Scope).ThenBy(kind => kind.Category ?? 0).ThenBy(kind => kind.Key, StringComparer.Ordinal));
            return CommandLine.Done;
        });
        return verb;
    }

    private static Verb Search()
    {
        var library = new LibraryOptions();
        var text = new Argument<string[]>("text") { Description = "Words of a key, a title or a synonym.", Arity = ArgumentArity.OneOrMore };
        var limit = new Option<int>("--limit") { DefaultValueFactory = _ => 20, Description = "How many at most." };
        var format = Format.Option("table", "csv", "json");
        var verb = new Verb("search", "Find kinds; slips of spelling are forgiven.")
        {
            Examples = ["kinds search erdgas", "kinds search busness flight"],
            Arguments = { text },
            Options = { limit, format, library.Data, library.Packs },
        };
        verb.SetAction(result =>
        {
            var loaded = library.Load(result);
            var found = KindSearch.Find(KindTable.Load(library.Folder(result), loaded.HasKind), loaded, string.Join(' ', result.GetValue(text)!), result.GetValue(limit));
            Write(result, result.GetValue(format)!, found);
            if (found.Count == 0)
            {
                result.InvocationConfiguration.Error.WriteLine("Nothing is like it.");
                return CommandLine.Fault;
            }

            return CommandLine.Done;
        });
        return verb;
    }

    private static void Write(ParseResult result, string format, IEnumerable<Kind> kinds)
    {
        var output = result.InvocationConfiguration.Output;
        if (format == "json")
        {
            output.WriteLine(JsonSerializer.Serialize(kinds, Format.Json));
            return;
        }

        var table = new TextTable(
            ["kind", "scope", "title", "dimensions", "synonyms"],
            kinds.Select(kind => new[] { kind.Key, Scope(kind), kind.Title, string.Join(' ', kind.Dimensions), string.Join("; ", kind.Synonyms) }));
        if (format == "csv")
        {
            table.WriteCsv(output);
        }
        else
        {
            table.Write(output);
        }
    }

    /// <summary><c>1</c>, or <c>3.6</c> for category 6 of Scope 3.</summary>
    internal static string Scope(Kind kind) => kind.Category is { } category
        ? string.Create(CultureInfo.InvariantCulture, $"{kind.Scope}.{category}")
        : kind.Scope.ToString(CultureInfo.InvariantCulture);
}
