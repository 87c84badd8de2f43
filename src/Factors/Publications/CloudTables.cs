using OffGridFlow.Engine.Methods;

namespace OffGridFlow.Factors.Publications;

/// <summary>What electricity a rented server draws and what grid it draws it from: data/cloud/instances.csv and regions.csv.</summary>
/// <remarks>
/// Watts are Cloud Carbon Footprint's per vCPU and architecture, times the instance's vCPUs, without graphics processors; of
/// several architectures their mean; of an unknown one the provider's average (providers.csv). The teads_ columns are the watts of
/// the whole instance that Teads measured or estimated, graphics processors included, where the AWS list prints them.
/// Sources and their order stand in sources.csv: an instance is taken from the first list that has it.
/// </remarks>
internal sealed class CloudTables : ReferenceTable
{
    private const string InstancesHeader =
        "provider,instance,vcpu,memory_gb,gpus,architecture,basis,min_watts,max_watts,average_watts,teads_idle_watts,teads_half_watts,teads_full_watts,source,locator";

    private const string RegionsHeader = "provider,region,location,place,pue,pue_source,grid_kg_per_kwh,carbon_free_share,source,locator";

    public override string Name => "cloud";

    public override IEnumerable<(string Path, int Rows)> Build(string dataFolder, string sourceFolder)
    {
        var folder = Path.Combine(dataFolder, "cloud");
        var sources = DataFile.Rows(Path.Combine(folder, "sources.csv"))
            .Select(row => (Table: row.Required("table"), Provider: row.Required("provider"), File: Path.Combine(sourceFolder, row.Required("file"))))
            .ToList();
        if (sources.Find(source => !File.Exists(source.File)) is { File: { } missing })
        {
            throw new InvalidDataException($"The cloud tables are read from {missing}, which is not there.");
        }

        var watts = CloudWatts.Load(folder, sources.Where(source => source.Table == "watts").Select(source => (source.Provider, source.File)));
        var path = Path.Combine(folder, "instances.csv");
        yield return (path, DataFile.Write(path, InstancesHeader, sources.Where(source => source.Table == "instances")
            .GroupBy(source => source.Provider, StringComparer.Ordinal)
            .SelectMany(lists => CloudInstances.Read(lists.Key, lists.Select(list => list.File).ToList(), watts))
            .OrderBy(instance => instance.Provider, StringComparer.Ordinal).ThenBy(instance => instance.Name, StringComparer.Ordinal)
            .Select(instance => Instance(instance, watts))));

        path = Path.Combine(folder, "regions.csv");
        yield return (path, DataFile.Write(path, RegionsHeader, sources.Where(source => source.Table == "grid")
            .SelectMany(source => Regions(dataFolder, source.Provider, source.File))));
    }

    private static IEnumerable<string?> Instance(CloudInstance instance, CloudWatts watts)
    {
        var (minimum, maximum, basis) = watts.PerVcpu(instance.Provider, instance.Architectures);
        minimum *= instance.Vcpus;
        maximum *= instance.Vcpus;
        return
        [
            instance.Provider, instance.Name, FactorTable.Number(instance.Vcpus), FactorTable.Number(instance.MemoryGigabytes),
            FactorTable.Number(instance.Gpus), string.Join(" / ", instance.Architectures), basis,
            FactorTable.Number(minimum), FactorTable.Number(maximum),
            FactorTable.Number(CloudCompute.Watts(minimum, maximum, CloudCompute.UsualUtilisation)),
            FactorTable.Number(instance.Idle), FactorTable.Number(instance.Half), FactorTable.Number(instance.Full),
            instance.Source, instance.Locator,
        ];
    }

    // The place of a region is what the publisher's kind rules say of it.
    private static IEnumerable<string?[]> Regions(string dataFolder, string provider, string file)
    {
        var google = provider == "gcp";
        var rules = KindRules.Load(Path.Combine(BuildFactors.FolderOf(dataFolder, google ? "cloud-google" : "cloud-ccf"), "kinds.csv"));
        var usual = DataFile.Rows(Path.Combine(dataFolder, "cloud", "providers.csv")).Single(row => row.Required("provider") == provider);
        var measured = DataFile.Rows(Path.Combine(dataFolder, "cloud", "pue.csv")).Where(row => row.Required("provider") == provider)
            .ToDictionary(row => row.Required("region"), StringComparer.Ordinal);
        foreach (var row in DataFile.Rows(file))
        {
            var region = row.Required(google ? "Google Cloud Region" : "Region");
            var place = google ? rules.Match(CloudGoogle.Column(row).Split(" (")[0], region) : rules.Match("grid", provider, region);
            var grid = google ? row.Number(CloudGoogle.Column(row)) / 1000m : CloudCcf.Grid(row).Kilograms;
            var pue = measured.GetValueOrDefault(region, usual);
            yield return
            [
                provider, region, row.Text(row.Has("Location") ? "Location" : "Country"), place.Region,
                FactorTable.Number(pue.Number("pue")), pue.Text("source"), FactorTable.Number(grid),
                google ? FactorTable.Number(row.Number("Google CFE")) : null,
                google ? "Google" : row.Text("Source"), $"{Path.GetFileName(file)}, line {row.Line}",
            ];
        }
    }
}
