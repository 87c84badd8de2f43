using System.Globalization;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Engine.Methods;
using OffGridFlow.Factors;
using OffGridFlow.Factors.Publications;

namespace OffGridFlow.App.Tests.Factors.Publications;

public sealed class CloudCcfTests
{
    [Theory]
    [InlineData("2023", 621, 330, 126)]
    [InlineData("2026", 1032, 330, 126)]
    public void every_instance_type_has_one_embodied_factor(string edition, int aws, int azure, int gcp)
    {
        var embodied = Tables.Read($"factors/cloud-ccf/{edition}.csv").Where(row => row.Text("stage") == "embodied").ToList();

        Assert.Equal(aws + azure + gcp, embodied.Select(row => row.Required("kind")).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(
            (aws, azure, gcp),
            (embodied.Count(Of("cloud.aws.")), embodied.Count(Of("cloud.azure.")), embodied.Count(Of("cloud.gcp."))));
        Assert.All(embodied, row => Assert.Equal(("hour", "world"), (row.Text("unit"), row.Text("region"))));

        static Func<DataRow, bool> Of(string provider) => row => row.Required("kind").StartsWith(provider, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2023", "embodied-aws-m5.large", "cloud.aws.m5.large", "1610.79", "2", "96")]
    [InlineData("2023", "embodied-aws-a1.medium", "cloud.aws.a1.medium", "1022.21", "1", "16")]
    [InlineData("2023", "embodied-aws-p3.2xlarge", "cloud.aws.p3.2xlarge", "3543.79", "8", "72")]
    [InlineData("2023", "embodied-aws-t3.micro", "cloud.aws.t3.micro", "1610.79", "2", "96")]
    [InlineData("2023", "embodied-aws-c5.large", "cloud.aws.c5.large", "1344.29", "2", "72")]
    [InlineData("2026", "embodied-aws-m5.large", "cloud.aws.m5.large", "1200", "2", "96")]
    [InlineData("2026", "embodied-aws-a1.medium", "cloud.aws.a1.medium", "450", "1", "16")]
    [InlineData("2026", "embodied-aws-t1.micro", "cloud.aws.t1.micro", "750", "1", "32")]
    [InlineData("2026", "embodied-aws-p3.2xlarge", "cloud.aws.p3.2xlarge", "3543.79", "8", "72")]
    [InlineData("2026", "embodied-aws-m7a.large", "cloud.aws.m7a.large", "1900", "2", "192")]
    [InlineData("2023", "embodied-azure-a1-v2", "cloud.azure.a1-v2", "1216.62", "1", "8")]
    [InlineData("2023", "embodied-gcp-n2-standard-2", "cloud.gcp.n2-standard-2", "1888.46", "2", "128")]
    [InlineData("2026", "embodied-gcp-e2-micro", "cloud.gcp.e2-micro", "1230.46", "2", "32")]
    public void an_hour_bears_its_share_of_the_servers_making(string edition, string id, string kind, string server, string vcpus, string total)
    {
        var row = Tables.ById($"factors/cloud-ccf/{edition}.csv")[$"cloud-ccf:{edition}:{id}"];

        Assert.Equal(kind, row.Text("kind"));
        Assert.Equal(CloudCompute.EmbodiedKilogramsPerHour(Number(server), Number(vcpus), Number(total)), row.Number("co2e"));
    }

    [Fact]
    public void the_later_aws_list_is_in_metric_tons_and_the_earlier_in_kilograms()
    {
        var row = Tables.ById("factors/cloud-ccf/2026.csv")["cloud-ccf:2026:embodied-aws-m5.large"];

        Assert.InRange(row.Number("co2e")!.Value * CloudCompute.ServerLifeHours * 48, 1199.999m, 1200.001m);
        Assert.Contains("1.2 t x (1 h / 35040 h) x (2 / 96 vCPU)", row.Text("locator"), StringComparison.Ordinal);
    }

    [Fact]
    public void no_server_of_google_weighs_what_its_later_list_claims()
    {
        var claimed = DataFile.Rows(Path.Combine(Repository.SourcesOrSkip(), "cloud-ccf", "gcp-instances-latest-2026.csv"))
            .Max(row => row.Number("Platform Embedded Emissions (kgCo2eq)"));
        var shipped = Tables.Read("factors/cloud-ccf/2026.csv")
            .Where(row => row.Required("kind").StartsWith("cloud.gcp.", StringComparison.Ordinal)).Max(row => row.Number("co2e"));

        Assert.Equal(470_000_000m, claimed);
        Assert.InRange(shipped!.Value * CloudCompute.ServerLifeHours, 1_000m, 10_000m);
    }

    [Theory]
    [InlineData("azure-m416ms-v2", "16951.23 kg x (1 h / 35040 h) x (416 / 416 vCPU) (208 printed)")]
    [InlineData("azure-nc64as-t4-v3", "2349.62 kg x (1 h / 35040 h) x (64 / 64 vCPU) (24 printed)")]
    public void an_instance_is_never_more_than_its_server(string instance, string locator) => Assert.EndsWith(
        locator, Tables.ById("factors/cloud-ccf/2023.csv")[$"cloud-ccf:2023:embodied-{instance}"].Text("locator"), StringComparison.Ordinal);

    [Fact]
    public void a_footnote_mark_is_no_part_of_an_azure_machines_name()
    {
        var rows = Tables.ById("factors/cloud-ccf/2026.csv");

        Assert.Equal("cloud.azure.d15i-v2", rows["cloud-ccf:2026:embodied-azure-d15i-v2"].Text("kind"));
        Assert.False(rows.ContainsKey("cloud-ccf:2026:embodied-azure-d15i-v2-1"));
    }

    [Theory]
    [InlineData("grid-aws-us-east-1", "electricity.grid.cloud.aws.us-east-1", "US", "generation", "0.415755")]
    [InlineData("grid-aws-eu-north-1", "electricity.grid.cloud.aws.eu-north-1", "SE", "generation", "0.008")]
    [InlineData("grid-aws-af-south-1", "electricity.grid.cloud.aws.af-south-1", "ZA", "generation", "0.928")]
    [InlineData("grid-azure-central-us", "electricity.grid.cloud.azure.central-us", "US", "generation", "0.47223")]
    [InlineData("grid-azure-finland-central", "electricity.grid.cloud.azure.finland-central", "FI", "generation", "0.077")]
    [InlineData("grid-azure-germany-west-central", "electricity.grid.cloud.azure.germany-west-central", "DE", "generation", "0.402")]
    [InlineData("grid-gcp-us-central1", "electricity.grid.cloud.gcp.us-central1", "US", "life-cycle", "0.479")]
    public void a_grid_printed_in_metric_tons_is_kilograms(string id, string kind, string region, string stage, string co2e)
    {
        var row = Tables.ById("factors/cloud-ccf/2026.csv")[$"cloud-ccf:2026:{id}"];

        Assert.Equal((kind, region, stage, "kWh"), (row.Text("kind"), row.Text("region"), row.Text("stage"), row.Text("unit")));
        Assert.Equal(Number(co2e), row.Number("co2e"));
    }

    [Theory]
    [InlineData("77")]
    [InlineData("0077")]
    [InlineData("1000402")]
    [InlineData("n/a")]
    public void a_grid_figure_without_a_point_is_an_error_unless_it_is_six_digits_after_a_lost_one(string printed) =>
        Assert.Throws<InvalidDataException>(() => CloudCcf.Grid(new DataRow("grid.csv", 2, ["CO2e (metric ton/kWh)"], [printed])));

    [Fact]
    public void the_official_files_give_the_committed_tables_byte_for_byte() => Rebuilt.Matches("cloud-ccf", "factors/cloud-ccf");

    private static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
}
