using System.CommandLine;
using System.Text.Json;
using OffGridFlow.Factors.Reference;
using OffGridFlow.Factors.Search;

namespace OffGridFlow.Web.Cli;

/// <summary>factors search: by what people call things.</summary>
internal static class FactorsSearchCommand
{
    internal static Command Create()
    {
        var library = new LibraryOptions();
        var text = new Argument<string[]>("text") { Description = "Words, a kind, a synonym or a code, with or without a place.", Arity = ArgumentArity.OneOrMore };
        var region = new Option<string?>("--region") { Description = "Only this place, its country and the world: DE, AU-NSW." };
        var limit = new Option<int>("--limit") { DefaultValueFactory = _ => 20, Description = "How many at most." };
        var format = Format.Option("table", "csv", "json");
        var verb = new Verb("search", "Find factors; slips of spelling are forgiven. Each hit is a kind in a region with its latest edition.")
        {
            Examples = ["factors search natural gas", "factors search \"elektricity germany\"", "factors search naics:541511", "factors search hs:7208", "factors search beef --region FR"],
            Arguments = { text },
            Options = { region, limit, format, library.Data, library.Packs },
        };
        verb.SetAction(result =>
        {
            var loaded = library.Load(result);
            var asked = string.Join(' ', result.GetValue(text)!);
            var search = FactorSearch.Over(library.Folder(result), loaded);
            var hits = search.Find(asked, result.GetValue(region), result.GetValue(limit));
            var codes = new CodeSearch(search, new Concordances(library.Folder(result)));
            if (!hits.Any(hit => hit.Match == MatchKind.Exact) && codes.Title(asked) is { } code)
            {
                result.InvocationConfiguration.Error.WriteLine($"{code.Classification} {code.Code}: {code.Title}. No factor carries the code; these are of its words.");
                hits = codes.Find(code, result.GetValue(region), result.GetValue(limit));
            }

            var output = result.InvocationConfiguration.Output;
            var table = new TextTable(
                ["kind", "region", "latest", "figure", "name", "id"],
                hits.Select(hit => new[] { hit.Latest.Kind, hit.Latest.Region, hit.Latest.Edition.Key, FactorText.Figure(hit.Latest.Factor), hit.Latest.Factor.Name, hit.Latest.Id }));
            switch (result.GetValue(format))
            {
                case "json":
                    output.WriteLine(JsonSerializer.Serialize(
                        hits.Select(hit => new { Match = hit.Match.ToString(), hit.Factors, hit.Editions, Latest = FactorText.Json(hit.Latest) }), Format.Json));
                    break;
                case "csv":
                    table.WriteCsv(output);
                    break;
                default:
                    table.Write(output);
                    break;
            }

            if (hits.Count == 0)
            {
                result.InvocationConfiguration.Error.WriteLine("Nothing is like it.");
                return CommandLine.Fault;
            }

            return CommandLine.Done;
        });
        return verb;
    }
}
