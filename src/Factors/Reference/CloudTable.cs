namespace OffGridFlow.Factors.Reference;

/// <summary>A provider's region.</summary>
/// <param name="Name">As the provider writes it.</param>
/// <param name="Place">ISO 3166 code of the country it stands in.</param>
/// <param name="Pue">Power usage effectiveness, at least 1.</param>
/// <param name="PueSource">Who says so.</param>
/// <param name="GridKind">Key of its own grid factors, where any are published.</param>
public sealed record CloudRegion(string Name, string Place, decimal Pue, string PueSource, string GridKind);

/// <summary>Power of cloud instances and efficiency of data centres: data/cloud.</summary>
public sealed class CloudTable
{
    private readonly Lazy<Dictionary<string, (decimal Least, decimal Most, string Basis)>> watts;
    private readonly Lazy<Dictionary<string, List<(string Squeezed, CloudRegion Region)>>> regions;
    private readonly Lazy<Dictionary<string, (decimal Pue, string Source)>> usual;

    /// <param name="dataFolder">The product's data folder; the tables are read when first asked for.</param>
    public CloudTable(string dataFolder)
    {
        IEnumerable<DataRow> Rows(string table) => DataFile.Rows(Path.Combine(dataFolder, "cloud", table + ".csv"));
        watts = new(() => Rows("instances").Where(row => row.Number("min_watts") is not null && row.Number("max_watts") is not null).ToDictionary(
            row => Key(row.Required("provider"), row.Required("instance")),
            row => (row.Number("min_watts")!.Value, row.Number("max_watts")!.Value, $"{row.Required("locator")}; {row.Text("basis") ?? row.Text("architecture") ?? "provider's average"}"),
            StringComparer.Ordinal));
        regions = new(() => Rows("regions").GroupBy(row => row.Required("provider"), StringComparer.Ordinal).ToDictionary(
            provider => provider.Key,
            provider => provider.Select(row => (Squeeze(row.Required("region")), new CloudRegion(
                row.Required("region"), row.Required("place"), row.Number("pue") ?? throw row.Bad("pue", "is empty"), row.Required("pue_source"),
                $"electricity.grid.cloud.{provider.Key}.{KindRules.Slug(row.Required("region"))}"))).ToList(),
            StringComparer.Ordinal));
        usual = new(() => Rows("providers").ToDictionary(
            row => row.Required("provider"), row => (row.Number("pue") ?? throw row.Bad("pue", "is empty"), row.Required("source")), StringComparer.Ordinal));
    }

    /// <summary><c>aws</c> of <c>cloud.aws.m5.large</c>.</summary>
    public static string ProviderOf(string key) => key.Split('.')[1];

    /// <summary>Watts of an instance idle and at full load, and the processor they are measured on; null where nobody publishes them.</summary>
    public (decimal Least, decimal Most, string Basis)? Watts(string key) => watts.Value.TryGetValue(key, out var found) ? found : null;

    /// <summary>A region by its name in any spelling: <c>eu-west-1</c>, <c>UK South</c>, <c>uksouth</c>; null when the provider has none such.</summary>
    public CloudRegion? Region(string provider, string written) =>
        regions.Value.TryGetValue(provider, out var own) ? own.Find(region => region.Squeezed == Squeeze(written)).Region : null;

    /// <summary>Up to three regions spelt like it, else the first three.</summary>
    public IReadOnlyList<string> Nearest(string provider, string written)
    {
        var names = regions.Value[provider].ConvertAll(region => region.Region.Name);
        return Spelling.Nearest(written, names, 3) is { Count: > 0 } near ? near : names.Take(3).ToList();
    }

    /// <summary>Power usage effectiveness of a provider's data centres where the region is not known.</summary>
    public (decimal Pue, string Source) UsualPue(string provider) => usual.Value[provider];

    private static string Key(string provider, string instance) =>
        $"cloud.{provider}.{(provider == "aws" ? string.Join('.', instance.Split('.').Select(KindRules.Slug)) : KindRules.Slug(instance))}";

    private static string Squeeze(string name) => KindRules.Slug(name).Replace("-", "", StringComparison.Ordinal);
}
