using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using OffGridFlow.Factors;

namespace OffGridFlow.Web.Cli;

/// <summary>factors sources: what the library is made of, and on what terms.</summary>
internal static class FactorsSourcesCommand
{
    internal static Command Create()
    {
        var library = new LibraryOptions();
        var format = Format.Option("table", "csv", "json");
        var verb = new Verb("sources", "List publishers and editions with their factors, licences and attributions.")
        {
            Examples = ["factors sources", "factors sources --format json", "factors sources --pack ceda"],
            Options = { format, library.Data, library.Packs },
        };
        verb.SetAction(result =>
        {
            var loaded = library.Load(result);
            var counts = loaded.Rows.CountBy(row => row.Edition.Key).ToDictionary(StringComparer.Ordinal);
            var sources = loaded.Editions.Select(edition => new
            {
                Edition = edition.Key,
                Factors = counts.GetValueOrDefault(edition.Key),
                edition.Published,
                edition.ValidFrom,
                edition.ValidTo,
                edition.Title,
                edition.Author,
                edition.Licence,
                edition.Attribution,
                edition.Url,
            }).ToList();
            var publishers = loaded.Editions.Select(edition => edition.Publisher).Distinct(StringComparer.Ordinal).Count();
            var output = result.InvocationConfiguration.Output;
            var table = new TextTable(
                ["edition", "factors", "published", "title", "licence", "attribution"],
                sources.Select(s => new[] { s.Edition, s.Factors.ToString(CultureInfo.InvariantCulture), FactorText.Day(s.Published), s.Title, s.Licence, s.Attribution }));
            switch (result.GetValue(format))
            {
                case "json":
                    output.WriteLine(JsonSerializer.Serialize(
                        new { Publishers = publishers, Editions = sources.Count, Factors = loaded.Rows.Count, loaded.ContentHash, Sources = sources }, Format.Json));
                    break;
                case "csv":
                    table.WriteCsv(output);
                    break;
                default:
                    table.Write(output);
                    output.WriteLine(string.Create(
                        CultureInfo.InvariantCulture, $"{publishers} publishers, {sources.Count} editions, {loaded.Rows.Count} factors; content {loaded.ContentHash}"));
                    break;
            }

            return CommandLine.Done;
        });
        return verb;
    }
}
