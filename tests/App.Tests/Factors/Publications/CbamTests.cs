using System.Globalization;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Factors;
using OffGridFlow.Factors.Publications;

namespace OffGridFlow.App.Tests.Factors.Publications;

public sealed class CbamTests
{
    private static readonly Dictionary<string, (string Region, string Country)> Albania = new(StringComparer.Ordinal) { ["Albania"] = ("AL", "Albania") };

    [Fact]
    public void every_row_of_every_country_is_there_and_a_blank_stays_blank()
    {
        var rows = Tables.Read("cbam/defaults-2026.csv");

        Assert.Equal(12_532, rows.Count);
        Assert.Equal(120, rows.Select(row => row.Required("region")).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(1_600, rows.Count(row => row.Number("total") is null));
        Assert.Equal(1_599, rows.Count(row => row.Number("direct") is null));
    }

    [Theory]
    [InlineData("AL", "25231000", "Grey clinker", "0.87", "0", "0.87", "0.957", "1.044", "1.131", "A")]
    [InlineData("AL", "25232900", "Grey Portland cement", "0.9", "0.03", "0.93", "1.023", "1.116", "1.209", null)]
    [InlineData("AL", "28080000", "Nitric acid; sulphonitric acids", "2.73", "0.04", "2.76", "2.7876", "2.7876", "2.7876", null)]
    [InlineData("AL", "28041000", "Hydrogen", "14.03", null, "14.03", "15.433", "16.836", "18.239", null)]
    [InlineData("DZ", "7601", "Unwrought aluminium", "0.36", null, "0.36", "0.396", "0.432", "0.468", "L")]
    [InlineData("CI", "25232900", "Grey Portland cement", "1.13", "0.05", "1.18", "1.298", "1.416", "1.534", null)]
    [InlineData("CW", "28041000", "Hydrogen", "10.82", null, "10.82", "11.902", "12.984", "14.066", null)]
    [InlineData("BR", "25070080", "Calcined clay", null, null, null, null, null, null, "A")]
    public void a_default_value_is_as_published(
        string region, string cn, string description, string? direct, string? indirect, string? total, string? first, string? second, string? third, string? route)
    {
        var row = Assert.Single(Tables.Read("cbam/defaults-2026.csv"), row =>
            row.Text("region") == region && row.Text("cn") == cn && row.Text("description") == description);

        Assert.Equal(
            new[] { direct, indirect, total, first, second, third }.Select(Number),
            new[] { "direct", "indirect", "total", "marked_up_2026", "marked_up_2027", "marked_up_2028" }.Select(row.Number));
        Assert.Equal(route, row.Text("route"));
        Assert.Null(row.Text("note"));
    }

    [Fact]
    public void the_one_shifted_row_is_put_back_and_says_so()
    {
        var row = Assert.Single(Tables.Read("cbam/defaults-2026.csv"), row => row.Text("note") is not null);

        Assert.Equal(("AL", "25232100", "White Portland cement"), (row.Text("region"), row.Text("cn"), row.Text("description")));
        Assert.Equal((1.23m, 0.14m, 1.37m), (row.Number("direct"), row.Number("indirect"), row.Number("total")));
        Assert.Null(row.Number("marked_up_2026"));
        Assert.Equal(Cbam.Shifted, row.Text("note"));
    }

    [Theory]
    [InlineData("1.1", "1.2", "1.3")]
    [InlineData("1.23", "0.14", "1.38")]
    [InlineData("1.23", "", "1.37")]
    public void marked_up_values_without_defaults_are_an_error_unless_they_are_a_shifted_sum(string first, string second, string third)
    {
        var error = Assert.Throws<InvalidDataException>(() => Read(
            "Albania", "Cement", "25232100", "White Portland cement", "", "", "", first, second, third, ""));

        Assert.Contains("line 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void half_empty_rows_keep_what_they_print()
    {
        var rows = Tables.Read("cbam/defaults-2026.csv");
        var chile = Assert.Single(rows, row => row.Text("region") == "CL" && row.Text("cn") == "73061100");
        var taiwan = Assert.Single(rows, row => row.Text("region") == "TW" && row.Text("cn") == "7218");

        Assert.Equal((2.95m, null, 3.54m), (chile.Number("total"), chile.Number("marked_up_2026"), chile.Number("marked_up_2027")));
        Assert.Equal((8.67m, null), (taiwan.Number("direct"), taiwan.Number("total")));
    }

    [Fact]
    public void names_cut_at_31_letters_and_letters_of_windows_1252_find_their_country()
    {
        var countries = Tables.Read("cbam/defaults-2026.csv").Select(row => (row.Required("region"), row.Required("country"))).ToHashSet();

        Assert.Contains(("CD", "Democratic Republic of the Congo"), countries);
        Assert.Contains(("CG", "Congo"), countries);
        Assert.Contains(("CW", "Curaçao"), countries);
        Assert.Contains(("TR", "Türkiye"), countries);
        Assert.Contains(("world", "Other countries and territories"), countries);
    }

    [Fact]
    public void an_unknown_country_is_an_error_that_names_it()
    {
        var error = Assert.Throws<InvalidDataException>(() => Read("Atlantis", "Cement", "25231000", "Clinker", "", "", "", "", "", "", ""));

        Assert.Contains("'Atlantis'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("25070080", null, null, "cement", "0.666")]
    [InlineData("25231000", "B", null, "cement", "0.859")]
    [InlineData("25233000", null, "2", "cement", "0.686")]
    [InlineData("28041000", null, null, "hydrogen", "5.089")]
    [InlineData("31021012", null, null, "fertilisers", "0.304")]
    [InlineData("72052100", "F", "1", "iron-and-steel", "1.46")]
    [InlineData("72249002", "H", "2", "iron-and-steel", "0.397")]
    [InlineData("76169990", "K", null, "aluminium", "1.485")]
    public void a_benchmark_has_its_route_and_its_footnote(string cn, string? route, string? footnote, string sector, string benchmark)
    {
        var row = Assert.Single(Tables.Read("cbam/benchmarks-2026.csv"), row =>
            row.Text("cn") == cn && row.Text("route") == route && row.Text("footnote") == footnote);

        Assert.Equal((sector, Number(benchmark)), (row.Text("sector"), row.Number("benchmark")));
    }

    [Fact]
    public void headings_and_blank_lines_are_no_benchmarks() => Assert.Equal(1_804, Tables.Read("cbam/benchmarks-2026.csv").Count);

    [Fact]
    public void a_benchmark_with_a_decimal_point_is_an_error() =>
        Assert.Throws<InvalidDataException>(() => Cbam.Benchmarks([(1, ["CN code", "Column B"]), (2, ["Cement", ""]), (3, ["25070080", "0.666"])]).ToList());

    [Fact]
    public void the_official_files_give_the_committed_tables_byte_for_byte() => Rebuilt.Matches("cbam", "cbam");

    private static void Read(params string[] fields) => _ = Cbam.Defaults([(1, []), (2, fields)], Albania).ToList();

    private static decimal? Number(string? text) => text is null ? null : decimal.Parse(text, CultureInfo.InvariantCulture);
}
