using System.Globalization;

namespace OffGridFlow.Factors.Publications;

/// <summary>One instance type and the server it is a share of.</summary>
/// <param name="Kilograms">Making the whole server, kg CO2e.</param>
/// <param name="Locator">Where its figures are printed.</param>
internal sealed record CloudServer(string Provider, string Instance, decimal Vcpus, decimal ServerVcpus, decimal Kilograms, string Locator);

/// <summary>Reads instance types and their servers from Cloud Carbon Footprint's files.</summary>
/// <remarks>
/// Embodied figures are those of its output files. Where an edition has the later AWS list, that list's figures, printed in
/// metric tons, come first. The later list of Google's machines is not read for them: its embodied figures grow about with the
/// square of memory, up to 470,000 t for one server.
/// </remarks>
internal static class CloudServers
{
    public static IEnumerable<CloudServer> Read(IReadOnlyList<string> files) =>
    [
        .. Aws(files),
        .. Azure(File(files, "azure-instances.csv"), File(files, "coefficients-azure-embodied.csv")),
        .. Google(File(files, "gcp-instances.csv"), File(files, "coefficients-gcp-embodied-mean.csv")),
    ];

    /// <summary>The file of an edition by its name.</summary>
    /// <exception cref="InvalidDataException">The edition does not list it.</exception>
    public static string File(IReadOnlyList<string> files, string name) =>
        files.FirstOrDefault(file => Path.GetFileName(file) == name)
            ?? throw new InvalidDataException($"The edition does not list {name}.");

    /// <summary><c>D15i v2 1</c> is D15i v2 with a footnote mark.</summary>
    public static string AzureType(string printed) => printed.EndsWith(" 1", StringComparison.Ordinal) ? printed[..^2] : printed;

    private static IEnumerable<CloudServer> Aws(IReadOnlyList<string> files)
    {
        var servers = DataFile.Rows(File(files, "aws-instances.csv")).ToDictionary(row => row.Required("Instance type"), StringComparer.Ordinal);
        var later = files.FirstOrDefault(file => Path.GetFileName(file).StartsWith("aws-instances-latest", StringComparison.Ordinal));
        var seen = new HashSet<string>(StringComparer.Ordinal);
        if (later is not null)
        {
            var rows = DataFile.Rows(later).ToList();
            var largest = rows.GroupBy(row => Family(row.Required("Instance Type")), StringComparer.Ordinal)
                .ToDictionary(family => family.Key, family => family.Max(row => Count(row, "vCPUs")), StringComparer.Ordinal);
            foreach (var row in rows)
            {
                var type = row.Required("Instance Type");
                if (row.Number("Platform Embedded Emissions (mtCo2eq)") is not { } tons)
                {
                    continue;
                }

                var total = servers.TryGetValue(type, out var server) ? Count(server, "Platform Total Number of vCPU") : largest[Family(type)];
                seen.Add(type);
                yield return Server("aws", type, Count(row, "vCPUs"), total, tons * 1000m, $"{Path.GetFileName(later)}, line {row.Line}: {Text(tons)} t");
            }
        }

        var embodied = File(files, "coefficients-aws-embodied.csv");
        foreach (var row in DataFile.Rows(embodied).Where(row => !seen.Contains(row.Required("type"))))
        {
            var server = servers[row.Required("type")];
            var total = Count(row, "total");
            yield return Server(
                "aws", row.Required("type"), Count(server, "Instance vCPU"), Count(server, "Platform Total Number of vCPU"),
                total, $"{Path.GetFileName(embodied)}, line {row.Line}: {Text(total)} kg");
        }
    }

    // One machine stands once for every architecture it may run on; its server's figures are the same on each. Sizes with
    // constrained vCPUs (E32-8s) print a quotient, 0.25, where a count belongs: their share of the server is unknown.
    private static IEnumerable<CloudServer> Azure(string instances, string embodied) =>
        DataFile.Rows(instances).Zip(DataFile.Rows(embodied), (machine, making) =>
            {
                if (machine.Required("Virtual Machine") != making.Required("type"))
                {
                    throw making.Bad("type", $"'{making.Required("type")}' stands where {Path.GetFileName(instances)} has '{machine.Required("Virtual Machine")}'");
                }

                var total = Count(making, "total");
                return (making, Server: Server(
                    "azure", AzureType(making.Required("type")), Count(machine, "Instance vCPUs"), Count(machine, "Platform vCPUs (highest vCPU possible)"),
                    total, $"{Path.GetFileName(embodied)}, line {making.Line}: {Text(total)} kg"));
            })
            .Where(pair => decimal.IsInteger(pair.Server.Vcpus))
            .GroupBy(pair => pair.Server.Instance, StringComparer.Ordinal)
            .Select(pairs => pairs.DistinctBy(pair => (pair.Server.Kilograms, pair.Server.Vcpus, pair.Server.ServerVcpus)).Skip(1).FirstOrDefault().making is { } other
                ? throw other.Bad("total", $"{pairs.Key} has another server than above")
                : pairs.First().Server);

    private static IEnumerable<CloudServer> Google(string instances, string embodied)
    {
        var machines = DataFile.Rows(instances).GroupBy(row => row.Required("Machine type"), StringComparer.Ordinal)
            .ToDictionary(rows => rows.Key, rows => rows.First(), StringComparer.Ordinal);
        foreach (var row in DataFile.Rows(embodied))
        {
            var machine = machines[row.Required("type")];
            var total = Count(row, "total_mean");
            yield return Server(
                "gcp", row.Required("type"), Count(machine, "Instance vCPUs"), Count(machine, "Platform vCPUs (highest vCPU possible)"),
                total, $"{Path.GetFileName(embodied)}, line {row.Line}: {Text(total)} kg");
        }
    }

    // A server has at least the vCPUs of the instance it runs: three of Azure's rows print fewer.
    private static CloudServer Server(string provider, string instance, decimal vcpus, decimal printed, decimal kilograms, string locator)
    {
        var total = Math.Max(vcpus, printed);
        var note = total == printed ? "" : $" ({Text(printed)} printed)";
        return new CloudServer(provider, instance, vcpus, total, kilograms, $"{locator} x (1 h / 35040 h) x ({Text(vcpus)} / {Text(total)} vCPU){note}");
    }

    private static decimal Count(DataRow row, string column) => row.Number(column) ?? throw row.Bad(column, "is empty");

    private static string Family(string type) => type.Split('.')[0];

    private static string Text(decimal number) => number.ToString(CultureInfo.InvariantCulture);
}
