using OffGridFlow.App.Tests.Support;
using OffGridFlow.Engine;
using OffGridFlow.Factors.Publications;
using OffGridFlow.Factors.Reference;
using OffGridFlow.Factors.Reference.Tables;

namespace OffGridFlow.App.Tests.Reference;

public sealed class GwpTests
{
    private static readonly GwpTable Table = Gwps.Load(Repository.Data);

    [Theory]
    [InlineData(GwpSet.Sar, "24231")]
    [InlineData(GwpSet.Ar4, "23123")]
    [InlineData(GwpSet.Ar5, "23793")]
    [InlineData(GwpSet.Ar6, "25500.9")]
    public void a_kilogram_each_of_methane_nitrous_oxide_and_sulphur_hexafluoride_is_the_published_sum(GwpSet set, string expected)
    {
        var sum = Table.Value("ch4", set) + Table.Value("n2o", set) + Table.Value("sf6", set);

        Assert.Equal(decimal.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), sum);
    }

    [Fact]
    public void methane_is_split_by_origin_where_the_report_splits_it()
    {
        Assert.Equal(30m, Table.Value("ch4-fossil", GwpSet.Ar5));
        Assert.Equal(29.8m, Table.Value("ch4-fossil", GwpSet.Ar6));
        Assert.Equal(28m, Table.Value("ch4-biogenic", GwpSet.Ar5));
        Assert.Equal(27.0m, Table.Value("ch4-biogenic", GwpSet.Ar6));
        Assert.Null(Table.Value("ch4-fossil", GwpSet.Ar4));
    }

    [Fact]
    public void carbon_dioxide_is_one_in_every_report() =>
        Assert.All(Enum.GetValues<GwpSet>(), set => Assert.Equal(1m, Table.Value("co2", set)));

    [Theory]
    [InlineData("hfc-134a", 1300, 1430, 1300, 1530)]
    [InlineData("hfc-32", 650, 675, 677, 771)]
    [InlineData("hfc-43-10mee", 1300, 1640, 1650, 1600)]
    [InlineData("pfc-14", 6500, 7390, 6630, 7380)]
    [InlineData("pfc-318", 8700, 10300, 9540, 10200)]
    [InlineData("cfc-11", 3800, 4750, 4660, 6230)]
    [InlineData("halon-1301", 5400, 7140, 6290, 7200)]
    public void halogenated_gases_have_the_published_values(string gas, int sar, int ar4, int ar5, int ar6) =>
        Assert.Equal([sar, ar4, ar5, ar6], Enum.GetValues<GwpSet>().Select(set => Table.Value(gas, set)!.Value));

    [Fact]
    public void a_gas_without_a_published_value_is_blank_and_not_zero()
    {
        Assert.Null(Table.Value("isobutane", GwpSet.Ar6));
        Assert.True(Table.Knows("isobutane"));
        Assert.Null(Table.Value("nf3", GwpSet.Sar));
    }

    [Fact]
    public void the_table_holds_every_gas_of_the_mapping() => Assert.Equal(176, Table.Gases.Count);

    [Fact]
    public void no_blend_has_a_share_lost_or_doubled() => Assert.All(Gwps.Blends(Repository.Data), blend =>
    {
        Assert.Equal(1m, blend.Value.Sum(part => part.Share));
        Assert.All(blend.Value, part => Assert.True(Table.Knows(part.Gas), $"{blend.Key} holds {part.Gas}, which data/gwp/gases.csv lacks."));
    });

    [Fact]
    public void r_410a_is_half_hfc_32_and_half_hfc_125() =>
        Assert.Equal([new BlendPart("hfc-125", 0.5m), new BlendPart("hfc-32", 0.5m)], Gwps.Blends(Repository.Data)["r-410a"]);

    [Fact]
    public void a_misprinted_composition_is_passed_over_for_one_that_adds_up()
    {
        var hub = Path.Combine(Repository.SourcesOrSkip(), "epa-hub", "ghg-emission-factors-hub-2023.xlsx");
        var printed = BlendReader.Hub(hub).ToDictionary(blend => blend.Blend, blend => blend.Parts.Sum(part => part.Percent));

        Assert.Equal(148.8m, printed["r-500"]);
        Assert.Equal(
            [new BlendPart("cfc-12", 0.738m), new BlendPart("hfc-152a", 0.262m)], Gwps.Blends(Repository.Data)["r-500"]);
        Assert.DoesNotContain("r-507", Gwps.Blends(Repository.Data).Keys);
    }

    [Fact]
    public void the_two_transcriptions_of_the_reports_agree_on_every_value_both_give() =>
        Assert.Empty(GwpTables.Disagreements(Repository.Data, Repository.SourcesOrSkip()));

    // The third transcription (ar6.json) gives 24,300, citing the same table.
    [Fact]
    public void sulphur_hexafluoride_under_ar6_is_the_value_that_two_of_three_transcriptions_give() =>
        Assert.Equal(25200m, Table.Value("sf6", GwpSet.Ar6));

    // DESNZ prints whole numbers; its R-405A counts octafluorocyclobutane at 9,200 where AR5 has 9,540.
    [Fact]
    public void blends_have_the_ar5_potential_that_the_uk_prints()
    {
        var file = Path.Combine(Repository.SourcesOrSkip(), "defra", "ghg-conversion-factors-2025-flat-format.xlsx");
        var blends = Gwps.Blends(Repository.Data);
        var compared = 0;
        foreach (var row in Workbook.Open(file).SelectMany(sheet => sheet.Rows))
        {
            var cells = Enumerable.Range(0, row.Cells.Count).Select(row.Text).Where(text => text is not null).ToList();
            var at = cells.IndexOf("Blends");
            if (at < 0 || !cells.Contains("Total emissions including non-Kyoto products") || row.Figure(row.Cells.Count - 1) is not { } printed)
            {
                continue;
            }

            var key = "r-" + cells[at + 1]![1..].ToLowerInvariant();
            if (key == "r-405a" || !blends.TryGetValue(key, out var parts) || parts.Any(part => Table.Value(part.Gas, GwpSet.Ar5) is null))
            {
                continue;
            }

            compared++;
            var computed = parts.Sum(part => part.Share * Table.Value(part.Gas, GwpSet.Ar5)!.Value);
            Assert.True(Math.Abs(computed - printed) < 1, $"{key}: {computed} against {printed}");
        }

        Assert.Equal(37, compared);
    }

    [Fact]
    public void building_the_tables_again_gives_the_same_bytes() => Rebuilt.SameBytes("gwp", "gwp");
}
