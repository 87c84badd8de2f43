using System.Text.RegularExpressions;
using OffGridFlow.Engine.Methods;

namespace OffGridFlow.Factors.Publications;

/// <summary>Rented servers by Cloud Carbon Footprint: embodied emissions by the hour, and the grids of cloud regions.</summary>
/// <remarks>
/// Embodied: M = TE x (TR/EL) x (RR/TR), the making of the server over four years, shared by vCPUs; one hour of the whole
/// instance. The electricity of an hour is no emission factor: see data/cloud/instances.csv. Grids are printed in metric
/// tons per kWh.
/// </remarks>
internal sealed partial class CloudCcf : Publication
{
    public override string Publisher => "cloud-ccf";

    /// <summary>How a provider is called in a name.</summary>
    public static string Called(string provider) => provider switch
    {
        "aws" => "AWS",
        "azure" => "Azure",
        "gcp" => "Google Cloud",
        _ => throw new InvalidDataException($"'{provider}' is no cloud provider known here."),
    };

    public override IEnumerable<Factor> Read(EditionSource source) =>
        CloudServers.Read(source.Files).Select(server => Embodied(source, server))
            .Concat(new[] { "aws", "azure", "gcp" }.SelectMany(provider => Grids(source, provider)));

    /// <summary>kg CO2e per kWh of a grid row printed in metric tons.</summary>
    /// <remarks>Azure's file has lost the "0." of two figures: six digits without a point are the decimals.</remarks>
    /// <exception cref="InvalidDataException">The figure is neither.</exception>
    internal static (decimal Kilograms, string Printed) Grid(DataRow row)
    {
        const string Column = "CO2e (metric ton/kWh)";
        var printed = row.Required(Column);
        if (printed.Contains('.', StringComparison.Ordinal) && row.Number(Column) is { } tons)
        {
            return (tons * 1000m, printed);
        }

        return LostPoint().IsMatch(printed)
            ? (decimal.Parse(printed, System.Globalization.CultureInfo.InvariantCulture) / 1000m, $"{printed}, read as 0.{printed}")
            : throw row.Bad(Column, $"'{printed}' is no figure in metric tons per kWh");
    }

    private static Factor Embodied(EditionSource source, CloudServer server)
    {
        var match = source.Rules.Match(["embodied", server.Provider, .. server.Instance.Split('.')]);
        return new Factor
        {
            Id = source.Id($"embodied-{server.Provider}-{string.Join('.', server.Instance.Split('.').Select(KindRules.Slug))}"),
            Kind = match.Kind,
            Name = $"{Called(server.Provider)} {server.Instance}, making of its share of the server",
            Stage = match.Stage,
            Region = match.Region ?? "world",
            ValidFrom = source.Edition.ValidFrom,
            ValidTo = source.Edition.ValidTo,
            Unit = "hour",
            Co2e = CloudCompute.EmbodiedKilogramsPerHour(server.Kilograms, server.Vcpus, server.ServerVcpus),
            Gwp = source.Edition.Gwp,
            Codes = $"{server.Provider}:{server.Instance.Replace(' ', '_')}",
            Locator = server.Locator,
        };
    }

    private static IEnumerable<Factor> Grids(EditionSource source, string provider)
    {
        var file = CloudServers.File(source.Files, $"grid-emissions-factors-{provider}.csv");
        foreach (var row in DataFile.Rows(file))
        {
            var region = row.Required("Region");
            var match = source.Rules.Match("grid", provider, region);
            var (kilograms, printed) = Grid(row);
            yield return new Factor
            {
                Id = source.Id($"grid-{provider}-{KindRules.Slug(region)}"),
                Kind = match.Kind,
                Name = $"Electricity at {Called(provider)} {region}",
                Stage = match.Stage,
                Region = match.Region ?? throw row.Bad("Region", "its rule names no region"),
                ValidFrom = source.Edition.ValidFrom,
                ValidTo = source.Edition.ValidTo,
                Unit = "kWh",
                Co2e = kilograms,
                Gwp = source.Edition.Gwp,
                Codes = $"{provider}:{region.Replace(' ', '_')}",
                Locator = $"{Path.GetFileName(file)}, line {row.Line}: {printed} t/kWh ({row.Text("Source")})",
            };
        }
    }

    [GeneratedRegex("^0[0-9]{5}$", RegexOptions.CultureInvariant)]
    private static partial Regex LostPoint();
}
