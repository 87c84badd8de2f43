using System.Text.Json;
using OffGridFlow.Factors.Publications;

namespace OffGridFlow.Factors.Reference.Tables;

/// <summary>
/// data/gwp/gases.csv from two independent transcriptions of the IPCC's tables (openclimatedata, CC0; US EPA
/// LCIAformatter, MIT), by the names data/gwp/species.csv gives each gas in either.
/// </summary>
/// <remarks>
/// openclimatedata comes first; EPA adds what it lacks. AR5 prints "&lt;1" for short-lived gases, which EPA carries as 1.
/// The split of methane by origin is from AR5 Table 8.A.1 and AR6 Table 7.15.
/// </remarks>
internal sealed class GwpTables : ReferenceTable
{
    public override string Name => "gwp";

    public override IEnumerable<(string Path, int Rows)> Build(string dataFolder, string sourceFolder)
    {
        var folder = Path.Combine(dataFolder, "gwp");
        var rows = Read(dataFolder, sourceFolder).Select(gas => new[]
        {
            gas.Key, gas.Name, gas.Formula, gas.Cas,
            TableFile.Figure(gas.Sar), TableFile.Figure(gas.Ar4), TableFile.Figure(gas.Ar5), TableFile.Figure(gas.Ar6),
        }).ToList();
        yield return TableFile.WriteKeyed(Path.Combine(folder, "gases.csv"), "gas,name,formula,cas,sar,ar4,ar5,ar6", 1, rows);

        var known = rows.Select(row => row[0]!).ToHashSet(StringComparer.Ordinal);
        yield return TableFile.WriteKeyed(
            Path.Combine(folder, "blends.csv"), "blend,gas,share,source", 2, BlendReader.Read(dataFolder, sourceFolder, known));
    }

    /// <summary>Values on which the two transcriptions differ, for a person to settle.</summary>
    internal static IReadOnlyList<string> Disagreements(string dataFolder, string sourceFolder)
    {
        var sources = new Sources(sourceFolder);
        return (from row in DataFile.Rows(Path.Combine(dataFolder, "gwp", "species.csv"))
                from report in new[] { "AR4", "AR5", "AR6" }
                let ours = sources.Species(row, report)
                let theirs = sources.Epa(row, report)
                where ours is not null && theirs is not null && ours != theirs
                select $"{row.Required("gas")} {report}: {ours} and {theirs}").ToList();
    }

    private static IEnumerable<Gas> Read(string dataFolder, string sourceFolder)
    {
        var sources = new Sources(sourceFolder);
        foreach (var row in DataFile.Rows(Path.Combine(dataFolder, "gwp", "species.csv")))
        {
            var key = row.Required("gas");
            decimal? Of(string report) => sources.Split(row, report) ?? sources.Species(row, report) ?? sources.Epa(row, report);

            // CO2 is what the others are measured against: 1 in every report by definition.
            yield return new Gas(
                key, row.Required("name"), row.Text("formula"), row.Text("cas"),
                key == "co2" ? 1 : sources.Species(row, "SAR"), Of("AR4"), Of("AR5"), Of("AR6"));
        }
    }

    private sealed record Gas(string Key, string Name, string? Formula, string? Cas, decimal? Sar, decimal? Ar4, decimal? Ar5, decimal? Ar6);

    private sealed class Sources(string sourceFolder)
    {
        private readonly Dictionary<string, DataRow> species = Species(Path.Combine(sourceFolder, "gwp", "openclimatedata-globalwarmingpotentials.csv"));
        private readonly Dictionary<string, decimal> epa = Epa(Path.Combine(sourceFolder, "gwp", "USEPA-LCIAformatter-IPCC_GWP_values.csv"));
        private readonly Dictionary<string, decimal> split = Split(sourceFolder);

        public decimal? Species(DataRow gas, string report) =>
            gas.Text("species") is not { } name ? null
            : species.TryGetValue(name, out var row) ? row.Number(report + "GWP100")
            : throw gas.Bad("species", $"'{name}' is not among the species of openclimatedata");

        public decimal? Epa(DataRow gas, string report)
        {
            var column = report == "AR6" ? "ar6_key" : report.ToLowerInvariant() + "_name";
            return gas.Text(column) is not { } name ? null
                : epa.TryGetValue($"{report} {name}", out var value) ? value
                : throw gas.Bad(column, $"'{name}' is not in EPA's table of {report}");
        }

        public decimal? Split(DataRow gas, string report) =>
            gas.Text("split_name") is { } name && split.TryGetValue($"{report} {name}", out var value) ? value : null;

        // The header follows lines of comment.
        private static Dictionary<string, DataRow> Species(string path)
        {
            var lines = DataFile.Lines(path).Where(line => !line.Fields[0].StartsWith('#')).ToList();
            return lines.Skip(1).ToDictionary(
                line => line.Fields[0], line => new DataRow(path, line.Line, lines[0].Fields, line.Fields), StringComparer.Ordinal);
        }

        // AR6 rows are told apart by CAS number where they have one: two of its names stand for several substances.
        private static Dictionary<string, decimal> Epa(string path)
        {
            var values = new Dictionary<string, decimal>(StringComparer.Ordinal);
            foreach (var row in DataFile.Rows(path).Where(row => row.Text("Parameter") == "GWP100"))
            {
                var report = row.Required("AR");
                var name = report == "AR6" ? row.Text("CAS") ?? row.Text("Name") ?? row.Required("Acronym") : row.Required("Name");
                values.TryAdd($"{report} {name}", row.Number("Value") ?? throw row.Bad("Value", "is empty"));
            }

            return values;
        }

        private static Dictionary<string, decimal> Split(string sourceFolder)
        {
            var values = new Dictionary<string, decimal>(StringComparer.Ordinal);
            foreach (var report in new[] { "AR5", "AR6" })
            {
                using var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(sourceFolder, "gwp", report.ToLowerInvariant() + ".json")));
                foreach (var property in file.RootElement.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.Array))
                {
                    foreach (var gas in property.Value.EnumerateArray().Where(g => g.TryGetProperty("gwp", out _)))
                    {
                        values[$"{report} {gas.GetProperty("gas").GetString()}"] = gas.GetProperty("gwp").GetDecimal();
                    }
                }
            }

            return values;
        }
    }
}
