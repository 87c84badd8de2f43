namespace OffGridFlow.Factors.Publications;

/// <summary>One instance type as a provider's list prints it.</summary>
internal sealed record CloudInstance(string Provider, string Name, decimal Vcpus, IReadOnlyList<string> Architectures, string Source, string Locator)
{
    /// <summary>Gigabytes as the list prints them; AWS means GiB.</summary>
    public decimal? MemoryGigabytes { get; init; }

    public decimal? Gpus { get; init; }

    /// <summary>Watts of the whole instance by Teads: idle.</summary>
    public decimal? Idle { get; init; }

    /// <summary>At 50 % load.</summary>
    public decimal? Half { get; init; }

    /// <summary>At 100 % load.</summary>
    public decimal? Full { get; init; }
}

/// <summary>Reads instance types from Cloud Carbon Footprint's lists; a type stands once, from the first list that has it.</summary>
internal static class CloudInstances
{
    public static IEnumerable<CloudInstance> Read(string provider, IReadOnlyList<string> lists, CloudWatts watts)
    {
        var rows = lists.Select(list => DataFile.Rows(list).Select(row => One(provider, row, watts)).ToList()).ToList();

        // What a later list does not print is taken from the next that does.
        return rows.SelectMany(list => list).GroupBy(instance => instance.Name, StringComparer.Ordinal).Select(same =>
        {
            var first = same.First();
            var architectures = same.Where(instance => instance.Source == first.Source).SelectMany(instance => instance.Architectures).Distinct(StringComparer.Ordinal).ToList();
            return first with
            {
                Architectures = architectures is [CloudWatts.Unknown] && same.FirstOrDefault(i => i.Architectures[0] != CloudWatts.Unknown) is { } known
                    ? known.Architectures
                    : architectures,
                Gpus = same.Select(instance => instance.Gpus).FirstOrDefault(gpus => gpus is not null),
                Idle = same.Select(instance => instance.Idle).FirstOrDefault(figure => figure is not null),
                Half = same.Select(instance => instance.Half).FirstOrDefault(figure => figure is not null),
                Full = same.Select(instance => instance.Full).FirstOrDefault(figure => figure is not null),
            };
        });
    }

    private static CloudInstance One(string provider, DataRow row, CloudWatts watts)
    {
        var type = Column(row, "Instance Type", "Machine type", "Virtual Machine");
        var processor = Column(row, "Platform CPU Name", "Microarchitecture");
        var vcpus = Column(row, "vCPUs", "Instance vCPU", "Instance vCPUs");
        var memory = Column(row, "Memory (GiB)", "Instance Memory (in GB)", "Instance Memory");
        var source = Path.GetFileName(row.Path);
        return new CloudInstance(
            provider, provider == "azure" ? CloudServers.AzureType(row.Required(type)) : row.Required(type),
            row.Number(vcpus) ?? throw row.Bad(vcpus, "is empty"), [watts.Architecture(provider, row.Text(processor))],
            source, $"{source}, line {row.Line}")
        {
            MemoryGigabytes = Memory(row, memory),
            Gpus = Gpus(row),
            Idle = Comma(row, "Instance @ Idle"),
            Half = Comma(row, "Instance @ 50%"),
            Full = Comma(row, "Instance @ 100%"),
        };
    }

    // More than the whole server has is a slip of the unit (555 for cache.t2.micro's 555 MB): not known, then.
    private static decimal? Memory(DataRow row, string column) =>
        row.Has("Platform Memory (in GB)") && row.Number(column) > row.Number("Platform Memory (in GB)") ? null : row.Number(column);

    // "N/A" is AWS's none.
    private static decimal? Gpus(DataRow row) =>
        row.Has("Instance Number of GPU") ? (row.Text("Instance Number of GPU") is "N/A" ? 0m : row.Number("Instance Number of GPU")) :
        row.Has("Instance GPUs") ? row.Number("Instance GPUs") : null;

    private static decimal? Comma(DataRow row, string column) =>
        !row.Has(column) || row.Text(column) is not { } text ? null :
        DataFile.DecimalComma(text) ?? throw row.Bad(column, $"'{text}' is no number with a decimal comma");

    private static string Column(DataRow row, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (row.Has(name))
            {
                return name;
            }
        }

        throw new InvalidDataException($"{row.Path} has none of the columns {string.Join(", ", names.ToArray())}.");
    }
}
