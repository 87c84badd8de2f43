using System.Globalization;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Factors;
using OffGridFlow.Factors.Publications;

namespace OffGridFlow.App.Tests.Factors.Publications;

public sealed class CloudTablesTests
{
    [Fact]
    public void every_instance_of_every_list_stands_once_with_its_watts()
    {
        var rows = Tables.Read("cloud/instances.csv");

        Assert.Equal(2157, rows.Select(row => (row.Required("provider"), row.Required("instance"))).Distinct().Count());
        Assert.Equal(
            [("aws", 1424), ("azure", 393), ("gcp", 340)],
            rows.GroupBy(row => row.Required("provider"), StringComparer.Ordinal).Select(provider => (provider.Key, provider.Count())));
        Assert.All(rows, row => Assert.True(row.Number("min_watts") > 0 && row.Number("min_watts") < row.Number("average_watts") && row.Number("average_watts") < row.Number("max_watts")));
    }

    [Theory]
    [InlineData("aws", "m5.large", "Skylake", "Skylake", "1.225977707808065", "8.208340705921062")]
    [InlineData("aws", "a1.medium", "Graviton", "EPYC 2nd Gen", "0.4742621527777777", "1.6929615162037035")]
    [InlineData("aws", "m1.small", "Sandy Bridge", "Sandy Bridge", "2.212243200231481", "8.630870594765684")]
    [InlineData("azure", "A1 v2", "Unknown", "provider average", "0.78", "3.76")]
    [InlineData("gcp", "n1-standard-2", "Skylake", "Skylake", "1.225977707808065", "7.7358918525877272")]
    [InlineData("gcp", "c4a-standard-1", "Unknown", "provider average", "0.71", "4.26")]
    public void watts_are_those_of_the_architecture_times_the_vcpus(string provider, string instance, string architecture, string basis, string minimum, string maximum)
    {
        var row = Instance(provider, instance);

        Assert.Equal((architecture, basis), (row.Text("architecture"), row.Text("basis")));
        Assert.Equal((Number(minimum), Number(maximum)), (row.Number("min_watts"), row.Number("max_watts")));
        Assert.Equal((Number(minimum) + Number(maximum)) / 2, row.Number("average_watts"));
    }

    [Fact]
    public void a_machine_on_several_architectures_has_their_mean()
    {
        var row = Instance("azure", "D2 v2");

        Assert.Equal(("Haswell / Cascade Lake / Skylake / Broadwell", "mean of 4 architectures"), (row.Text("architecture"), row.Text("basis")));
        Assert.Equal((1.9005681818181814m + 0.6389493581523519m + 0.6446044454253452m + 0.7128342245989304m) / 4 * 2, row.Number("min_watts"));
    }

    [Fact]
    public void decimal_commas_of_the_first_aws_list_are_no_thousands()
    {
        var row = Instance("aws", "a1.large");

        Assert.Equal((2.4m, 6.4m, 8.5m), (row.Number("teads_idle_watts"), row.Number("teads_half_watts"), row.Number("teads_full_watts")));
    }

    [Fact]
    public void a_decimal_point_among_the_commas_is_an_error()
    {
        var list = Path.Combine(Directory.CreateTempSubdirectory("offgridflow-").FullName, "aws-instances.csv");
        File.WriteAllText(list, "Instance type,Instance vCPU,Platform CPU Name,Instance Memory (in GB),Instance @ Idle\nm5.large,2,Graviton2,8,4.4\n");
        var watts = CloudWatts.Load(Path.Combine(Repository.Data, "cloud"), []);

        Assert.Throws<InvalidDataException>(() => CloudInstances.Read("aws", [list], watts).ToList());
    }

    [Fact]
    public void memory_beyond_its_servers_is_not_known()
    {
        Assert.Null(Instance("aws", "cache.t2.micro").Number("memory_gb"));
        Assert.Equal(0.61m, Instance("aws", "t1.micro").Number("memory_gb"));
    }

    [Fact]
    public void an_unknown_processor_is_an_error_that_names_it()
    {
        var watts = CloudWatts.Load(Path.Combine(Repository.Data, "cloud"), []);

        Assert.Contains("'Xeon 9999'", Assert.Throws<InvalidDataException>(() => watts.Architecture("aws", "Xeon 9999")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("aws", "us-east-1", "US", "1.135", "0.415755")]
    [InlineData("azure", "Finland Central", "FI", "1.185", "0.077")]
    [InlineData("azure", "UK South", "GB", "1.185", "0.228")]
    [InlineData("gcp", "europe-north1", "FI", "1.09", "0.03932")]
    [InlineData("gcp", "europe-west9", "FR", "1.1", "0.0163")]
    public void a_region_has_its_place_its_pue_and_its_grid_in_kilograms(string provider, string region, string place, string pue, string grid)
    {
        var row = Assert.Single(Tables.Read("cloud/regions.csv"), row => row.Text("provider") == provider && row.Text("region") == region);

        Assert.Equal((place, Number(pue), Number(grid)), (row.Text("place"), row.Number("pue"), row.Number("grid_kg_per_kwh")));
    }

    [Fact]
    public void there_are_93_regions() => Assert.Equal(93, Tables.Read("cloud/regions.csv").Count);

    [Fact]
    public void the_official_files_give_the_committed_tables_byte_for_byte() => Rebuilt.Matches("cloud", "cloud", "factors/cloud-ccf", "factors/cloud-google");

    private static DataRow Instance(string provider, string name) => Assert.Single(
        Tables.Read("cloud/instances.csv"), row => row.Text("provider") == provider && row.Text("instance") == name);

    private static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
}
