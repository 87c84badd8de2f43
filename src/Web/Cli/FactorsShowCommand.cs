using System.CommandLine;
using System.Text.Json;
using OffGridFlow.Engine;
using OffGridFlow.Factors;
using OffGridFlow.Factors.Reference;

namespace OffGridFlow.Web.Cli;

/// <summary>factors show: everything about one factor.</summary>
internal static class FactorsShowCommand
{
    internal static Command Create()
    {
        var library = new LibraryOptions();
        var id = new Argument<string>("id") { Description = "The factor's id, as list and search print it." };
        var format = Format.Option("text", "json");
        var verb = new Verb("show", "Show a factor: figures, gases, CO2e under each GWP set, other editions, citation, licence.")
        {
            Examples = ["factors show jrc:2024:ghg-de-2021", "factors show jrc:2024:ghg-de-2021 --format json"],
            Arguments = { id },
            Options = { format, library.Data, library.Packs },
        };
        verb.SetAction(result =>
        {
            var loaded = library.Load(result);
            if (loaded.Find(result.GetValue(id)!) is not { } row)
            {
                throw new InvalidDataException($"There is no factor '{result.GetValue(id)}'. Find one with 'factors search' or 'factors list'.");
            }

            var others = Others(loaded, row);
            var weighed = Weighed(library.Folder(result), row.Factor);
            var output = result.InvocationConfiguration.Output;
            if (result.GetValue(format) == "json")
            {
                output.WriteLine(JsonSerializer.Serialize(
                    new
                    {
                        Factor = FactorText.Json(row),
                        Co2eUnder = weighed.ToDictionary(w => FactorTable.GwpName(w.Set), w => new { w.Co2e, w.Note }, StringComparer.Ordinal),
                        OtherEditions = others.Select(other => new { other.Id, Edition = other.Edition.Key, other.ValidFrom, other.Factor.Co2e, other.Factor.BiogenicCo2 }),
                    },
                    Format.Json));
            }
            else
            {
                Write(output, row, weighed, others);
            }

            return CommandLine.Done;
        });
        return verb;
    }

    private static void Write(TextWriter output, FactorRow row, IReadOnlyList<(GwpSet Set, decimal? Co2e, string Note)> weighed, IReadOnlyList<FactorRow> others)
    {
        var factor = row.Factor;
        Line("id", factor.Id);
        Line("name", factor.Name);
        Line("kind", factor.Kind);
        Line("stage", FactorTable.StageName(factor.Stage));
        Line("region", factor.Region);
        Line("valid", FactorText.Validity(row));
        Line("unit", factor.Unit);
        Line("CO2e", factor.Co2e is { } co2e ? $"{FactorText.Number(co2e)} kg CO2e/{factor.Unit}, GWP set {FactorText.SetName(factor.Gwp)}" : "not published as one figure");
        foreach (var gas in factor.Gases)
        {
            Line("gas", $"{gas.Gas}  {FactorText.Number(gas.Kilograms)} kg {(gas.AsCo2e ? "CO2e of it" : "")}".TrimEnd() + $"/{factor.Unit}");
        }

        Line("biogenic CO2", factor.BiogenicCo2 is { } biogenic ? $"{FactorText.Number(biogenic)} kg/{factor.Unit}, outside the scopes" : null);
        foreach (var (set, value, note) in weighed)
        {
            Line("under " + FactorText.SetName(set), value is { } weighted ? $"{FactorText.Number(weighted)} kg CO2e/{factor.Unit} ({note})" : note);
        }

        Line("bridge", factor.Bridge);
        Line("prices", factor.PriceYear is { } year ? FormattableString.Invariant($"{year}, {factor.PriceType ?? "type not stated"}") : null);
        Line("uncertainty", factor.Uncertainty is { } half ? $"± {FactorText.Number(half * 100)} % (95 %)" : null);
        Line("codes", factor.Codes);
        Line("last resort", factor.Fallback ? "yes: chosen only where nothing else serves the place" : null);
        Line("edition", $"{row.Edition.Key}, published {FactorText.Day(row.Edition.Published)}");
        Line("citation", FactorText.Citation(row));
        Line("licence", row.Edition.Licence);
        Line("attribution", row.Edition.Attribution);
        foreach (var other in others)
        {
            Line("also in", $"{other.Edition.Key}  {FactorText.Validity(other)}  {FactorText.Figure(other.Factor)}  {other.Id}");
        }

        void Line(string label, string? text)
        {
            if (text is not null)
            {
                output.WriteLine($"{label,-13} {text}");
            }
        }
    }

    // The same thing in the publisher's other editions and periods, the latest first.
    private static List<FactorRow> Others(FactorLibrary library, FactorRow row) => library.OfKind(row.Kind).ToArray()
        .Where(other => other.Id != row.Id && other.Edition.Publisher == row.Edition.Publisher && other.Stage == row.Stage && other.Region == row.Region && other.Unit == row.Unit)
        .OrderByDescending(other => other.Edition.Published).ThenByDescending(other => other.ValidFrom).ToList();

    private static List<(GwpSet Set, decimal? Co2e, string Note)> Weighed(string dataFolder, Factor factor)
    {
        if (factor.Co2e is null && factor.Gases.Count == 0)
        {
            return [];
        }

        var table = Gwps.Load(dataFolder);
        return Enum.GetValues<GwpSet>().Select(set =>
            Weighting.Apply(factor.Co2e, factor.Gwp, factor.Gases, factor.BiogenicCo2, set, table.Value, out var missing) is not { } weighed
                ? (set, (decimal?)null, $"no value: {missing} has no potential")
                : (set, weighed.Co2ePerUnit, weighed.Basis switch
                {
                    Co2eBasis.PublishedTotal => "as published",
                    Co2eBasis.WeightedGases => "published gases weighed",
                    Co2eBasis.Reweighted => "published gases weighed anew",
                    Co2eBasis.NotReweightable => $"stays as published under {FactorText.SetName(factor.Gwp)}: its gases are not published",
                })).ToList();
    }
}
