using System.Globalization;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Factors.Publications;

public sealed class CloudGoogleTests
{
    [Theory]
    [InlineData("2019", 24, "life-cycle")]
    [InlineData("2020", 27, "life-cycle")]
    [InlineData("2021", 34, "generation")]
    [InlineData("2022", 36, "generation")]
    [InlineData("2023", 40, "generation")]
    [InlineData("2024", 44, "generation")]
    public void every_region_of_a_year_is_there_and_the_column_says_what_it_covers(string year, int regions, string stage)
    {
        var rows = Tables.Read($"factors/cloud-google/{year}.csv");

        Assert.Equal(regions, rows.Count);
        Assert.All(rows, row => Assert.Equal((stage, "kWh", $"{year}-01-01"), (row.Text("stage"), row.Text("unit"), row.Text("valid_from"))));
    }

    [Theory]
    [InlineData("2019", "us-central1", "US", "0.479")]
    [InlineData("2019", "europe-west6", "CH", "0.087")]
    [InlineData("2021", "europe-west9", "FR", "0.059")]
    [InlineData("2024", "europe-west9", "FR", "0.0163")]
    [InlineData("2024", "africa-south1", "ZA", "0.65685")]
    [InlineData("2024", "australia-southeast1", "AU", "0.4975")]
    [InlineData("2024", "us-central1", "US", "0.41272")]
    public void grams_are_kilograms(string year, string region, string country, string co2e)
    {
        var row = Tables.ById($"factors/cloud-google/{year}.csv")[$"cloud-google:{year}:{region}"];

        Assert.Equal(decimal.Parse(co2e, CultureInfo.InvariantCulture), row.Number("co2e"));
        Assert.Equal(($"electricity.grid.cloud.gcp.{region}", country), (row.Text("kind"), row.Text("region")));
    }

    [Fact]
    public void montreals_zero_of_2021_is_a_zero()
    {
        var row = Tables.ById("factors/cloud-google/2021.csv")["cloud-google:2021:northamerica-northeast1"];

        Assert.Equal(0m, row.Number("co2e"));
        Assert.Equal("Electricity at Google Cloud northamerica-northeast1 (Montréal)", row.Text("name"));
    }

    [Fact]
    public void the_official_files_give_the_committed_tables_byte_for_byte() => Rebuilt.Matches("cloud-google", "factors/cloud-google");
}
