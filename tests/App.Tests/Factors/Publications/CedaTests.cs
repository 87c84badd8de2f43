using System.Globalization;
using System.Text;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Factors;

namespace OffGridFlow.App.Tests.Factors.Publications;

public sealed class CedaTests
{
    private const string Table = "packs/ceda/2024.csv";

    [Fact]
    public void every_country_has_every_sector_and_no_country_stands_twice()
    {
        var rows = Tables.Read(Table);

        Assert.Equal(59_600, rows.Count);
        Assert.Equal(149, rows.Select(row => row.Required("region")).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(400, rows.Select(row => row.Required("kind")).Distinct(StringComparer.Ordinal).Count());
        Assert.All(rows, row => Assert.Equal(
            ("USD", "producer", "2022", "cradle-to-gate"), (row.Text("unit"), row.Text("price_type"), row.Text("price_year"), row.Text("stage"))));
    }

    [Theory]
    [InlineData("AFG-1111A0", "AF", "0.832", "Oilseed farming")]
    [InlineData("AFG-S00203", "AF", "0.683", "Other state and local government enterprises")]
    [InlineData("AGO-1111B0", "AO", "0.798", "Grain farming")]
    [InlineData("BHR-1111B0", "BH", "2.532", "Grain farming")]
    [InlineData("CHE-111900", "CH", "0.174", "Other crop farming")]
    [InlineData("CHN-111300", "CN", "1.024", "Fruit and tree nut farming")]
    [InlineData("CRI-GSLGH", "CR", "0.08", "State and local government hospitals and health services")]
    public void a_decimal_comma_is_read_as_one(string row, string region, string co2e, string name)
    {
        var factor = Tables.ById(Table)[$"ceda:2024:{row}"];

        Assert.Equal(decimal.Parse(co2e, CultureInfo.InvariantCulture), factor.Number("co2e"));
        Assert.Equal((region, name), (factor.Text("region"), factor.Text("name")));
        Assert.Equal($"goods.spend.ceda-{row[4..].ToLowerInvariant()}", factor.Text("kind"));
    }

    [Fact]
    public void the_rest_of_the_world_is_world_and_namibia_is_no_missing_value()
    {
        var rows = Tables.ById(Table);

        Assert.Equal("world", rows["ceda:2024:ROW-1111A0"].Text("region"));
        Assert.Equal("NA", rows["ceda:2024:NAM-1111A0"].Text("region"));
    }

    [Fact]
    public void letters_outside_ascii_survive_windows_1252() =>
        Assert.Contains(Tables.Read(Table), row => row.Text("name") == "Drugs and druggists’ sundries");

    [Fact]
    public void a_merged_sector_does_not_answer_to_the_code_of_one_of_its_parts()
    {
        var rows = Tables.ById(Table);

        Assert.Equal("ceda:331313", rows["ceda:2024:USA-331313"].Text("codes"));
        Assert.Equal("ceda:1111A0 bea:1111A0", rows["ceda:2024:USA-1111A0"].Text("codes"));
    }

    [Fact]
    public void a_cover_in_another_currency_is_an_error_and_not_dollars()
    {
        var error = Assert.Throws<InvalidDataException>(() => Build(";Currency;Euro;;", "0,832"));

        Assert.Contains("Currency is 'Euro', expected 'US Dollar'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void a_decimal_point_is_an_error_for_it_could_be_a_thousand()
    {
        var error = Assert.Throws<InvalidDataException>(() => Build(";Currency;US Dollar;;", "1.832"));

        Assert.Contains("line 6, column 1111A0: '1.832'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void a_blank_cell_is_no_factor_and_a_zero_is_one()
    {
        Assert.Equal(0, Build(";Currency;US Dollar;;", ""));
        Assert.Equal(1, Build(";Currency;US Dollar;;", "0,000"));
    }

    [Fact]
    public void the_pack_lies_outside_the_library_with_its_licence_and_attribution()
    {
        Assert.False(Directory.Exists(Path.Combine(Repository.Data, "factors", "ceda")));
        Assert.Contains("CEDA by Watershed", File.ReadAllText(Path.Combine(Repository.Data, "packs", "ceda", "LICENSE")), StringComparison.Ordinal);
        Assert.Equal("CEDA by Watershed", Assert.Single(Edition.Load(Path.Combine(Repository.Data, "packs", "ceda"))).Attribution);
    }

    [Fact]
    public void the_official_file_gives_the_committed_table_byte_for_byte() => Rebuilt.Matches("ceda", "packs/ceda");

    private static int Build(string currency, string cell)
    {
        var root = Directory.CreateTempSubdirectory("offgridflow-").FullName;
        var pack = Directory.CreateDirectory(Path.Combine(root, "packs", "ceda")).FullName;
        foreach (var file in new[] { "editions.csv", "kinds.csv" })
        {
            File.Copy(Path.Combine(Repository.Data, "packs", "ceda", file), Path.Combine(pack, file));
        }

        var source = Path.Combine(root, "ceda-CC-BY-SA", "open_ceda_2024.csv");
        Directory.CreateDirectory(Path.GetDirectoryName(source)!);
        File.WriteAllLines(
            source,
            [";Base year;2022;;", ";Price type;Producer price;;", currency, ";;;;Oilseed farming", ";Country Code;Country;country;1111A0", $";FRA;France;kgCO2e/US Dollar;{cell}"],
            Encoding.Latin1);
        return Assert.Single(BuildFactors.Run(root, root, "ceda")).Factors;
    }
}
