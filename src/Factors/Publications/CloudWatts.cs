using System.Globalization;

namespace OffGridFlow.Factors.Publications;

/// <summary>Watts per vCPU by provider and processor architecture, with the provider's average for those unknown.</summary>
internal sealed class CloudWatts
{
    /// <summary>What the lists call an architecture they do not know.</summary>
    public const string Unknown = "Unknown";

    private readonly Dictionary<(string Provider, string Architecture), (decimal Minimum, decimal Maximum)> table = [];
    private readonly Dictionary<string, (decimal Minimum, decimal Maximum)> usual;
    private readonly Dictionary<string, DataRow> processors;

    private CloudWatts(string folder)
    {
        usual = DataFile.Rows(Path.Combine(folder, "providers.csv")).ToDictionary(
            row => row.Required("provider"), row => Pair(row, "min_watts_per_vcpu", "max_watts_per_vcpu"), StringComparer.Ordinal);
        processors = DataFile.Rows(Path.Combine(folder, "processors.csv")).ToDictionary(row => row.Required("processor"), StringComparer.Ordinal);
    }

    public static CloudWatts Load(string folder, IEnumerable<(string Provider, string File)> files)
    {
        var watts = new CloudWatts(folder);
        foreach (var (provider, file) in files)
        {
            foreach (var row in DataFile.Rows(file))
            {
                watts.table.Add((provider, row.Required("Architecture")), Pair(row, "Min Watts", "Max Watts"));
            }
        }

        return watts;
    }

    /// <summary>Architecture of a processor; AWS prints processors (processors.csv names each), the others architectures.</summary>
    /// <exception cref="InvalidDataException">AWS prints a processor that processors.csv does not have.</exception>
    public string Architecture(string provider, string? printed) =>
        printed is null ? Unknown :
        provider != "aws" ? printed :
        processors.TryGetValue(printed, out var row) ? row.Required("architecture") :
        throw new InvalidDataException($"'{printed}' is no processor of data/cloud/processors.csv. Add a line for it.");

    /// <summary>Watts of one vCPU, idle and at full load, and what they are based on.</summary>
    public (decimal Minimum, decimal Maximum, string Basis) PerVcpu(string provider, IReadOnlyList<string> architectures)
    {
        var found = architectures.Select(architecture => WattsAs(architecture)).Where(architecture => table.ContainsKey((provider, architecture))).ToList();
        if (found.Count == 0)
        {
            return (usual[provider].Minimum, usual[provider].Maximum, "provider average");
        }

        var pairs = found.ConvertAll(architecture => table[(provider, architecture)]);
        return (
            pairs.Sum(pair => pair.Minimum) / pairs.Count,
            pairs.Sum(pair => pair.Maximum) / pairs.Count,
            found.Count == 1 ? found[0] : string.Create(CultureInfo.InvariantCulture, $"mean of {found.Count} architectures"));
    }

    private string WattsAs(string architecture) =>
        processors.Values.FirstOrDefault(row => row.Required("architecture") == architecture)?.Text("watts_as") ?? architecture;

    private static (decimal Minimum, decimal Maximum) Pair(DataRow row, string minimum, string maximum) => (
        row.Number(minimum) ?? throw row.Bad(minimum, "is empty"),
        row.Number(maximum) ?? throw row.Bad(maximum, "is empty"));
}
