using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using OffGridFlow.Factors;

namespace OffGridFlow.Web.Cli;

/// <summary>factors list: factors by kind, region, edition or publisher.</summary>
internal static class FactorsListCommand
{
    internal static Command Create()
    {
        var library = new LibraryOptions();
        var kind = new Option<string?>("--kind") { Description = "Kinds that start with this: fuel, electricity.grid." };
        var region = new Option<string?>("--region") { Description = "Exactly this region: GB, US-CAMX, world." };
        var edition = new Option<string?>("--edition") { Description = "One edition: desnz:2025." };
        var publisher = new Option<string?>("--publisher") { Description = "One publisher: desnz." };
        var limit = new Option<int>("--limit") { DefaultValueFactory = _ => 50, Description = "How many at most; 0 for all." };
        var format = Format.Option("table", "csv", "json");
        var verb = new Verb("list", "List factors.")
        {
            Examples = ["factors list --kind fuel.diesel --edition desnz:2025", "factors list --kind electricity.grid --region DE --limit 0", "factors list --publisher nga --format csv > nga.csv"],
            Options = { kind, region, edition, publisher, limit, format, library.Data, library.Packs },
        };
        verb.SetAction(result =>
        {
            var found = library.Load(result).Rows
                .Where(row => Fits(row.Kind, result.GetValue(kind))
                    && (result.GetValue(region) is not { } place || row.Region == place)
                    && (result.GetValue(edition) is not { } key || row.Edition.Key == key)
                    && (result.GetValue(publisher) is not { } name || row.Edition.Publisher == name)).ToList();
            var shown = result.GetValue(limit) > 0 ? found.Take(result.GetValue(limit)).ToList() : found;
            var output = result.InvocationConfiguration.Output;
            switch (result.GetValue(format))
            {
                case "json":
                    output.WriteLine(JsonSerializer.Serialize(shown.Select(FactorText.Json), Format.Json));
                    break;
                case "csv":
                    output.WriteLine(FactorTable.Header);
                    foreach (var row in shown)
                    {
                        output.WriteLine(FactorTable.Line(row.Factor));
                    }

                    break;
                default:
                    new TextTable(
                        ["id", "kind", "stage", "region", "valid", "figure", "name"],
                        shown.Select(row => new[] { row.Id, row.Kind, FactorTable.StageName(row.Stage), row.Region, FactorText.Validity(row), FactorText.Figure(row.Factor), row.Factor.Name }))
                        .Write(output);
                    break;
            }

            if (shown.Count < found.Count)
            {
                result.InvocationConfiguration.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{shown.Count} of {found.Count} factors; --limit 0 shows all."));
            }

            return CommandLine.Done;
        });
        return verb;
    }

    // "fuel" lists fuel.diesel, "fuel.d" too.
    private static bool Fits(string kind, string? prefix) => prefix is null || kind.StartsWith(prefix, StringComparison.Ordinal);
}
