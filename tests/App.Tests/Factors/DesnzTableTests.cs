using System.Globalization;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Factors;
using OffGridFlow.Factors.Publications;

namespace OffGridFlow.App.Tests.Factors;

/// <summary>The committed tables of the UK Government conversion factors, 2016 to 2025.</summary>
public sealed class DesnzTableTests
{
    private static readonly string Folder = Path.Combine(Repository.Data, "factors", "desnz");

    private static readonly string SpotFile = Path.Combine(Repository.Root, "tests", "App.Tests", "Factors", "desnz-spots.csv");

    private static readonly Dictionary<string, List<DataRow>> Tables = Edition.Load(Folder)
        .ToDictionary(edition => edition.Name, edition => DataFile.Rows(Path.Combine(Folder, edition.Name + ".csv")).ToList());

    public static TheoryData<int> Years => [.. Enumerable.Range(2016, 10)];

    public static TheoryData<int, string> Spots
    {
        get
        {
            var data = new TheoryData<int, string>();
            foreach (var spot in DataFile.Rows(SpotFile))
            {
                data.Add(spot.Line, $"{spot.Text("edition")} {spot.Text("kind")} {spot.Text("stage")} {spot.Text("cell")}");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Spots))]
    public void a_printed_figure_is_found_under_its_kind_stage_region_and_unit(int line, string what)
    {
        var spot = DataFile.Rows(SpotFile).Single(row => row.Line == line);

        var factor = The(spot.Required("edition"), spot.Required("kind"), spot.Required("stage"), spot.Required("unit"), spot.Required("region"));

        var figure = spot.Required("field") switch
        {
            "bridge" => decimal.Parse(factor.Required("bridge").Split(' ')[0], NumberStyles.Float, CultureInfo.InvariantCulture),
            var field and ("co2e" or "biogenic_co2") => factor.Number(field),
            var gas => FactorTable.ParseGases(factor.Required("gases")).Single(g => g.Gas == gas).Kilograms,
        };
        Assert.True(spot.Number("value") == figure, $"{what}: {figure}");
        if (spot.Text("field") is "ch4" or "n2o")
        {
            return; // The locator cites the row of the total, above those of its shares.
        }

        Assert.EndsWith($"row {spot.Required("cell")[1..]}", factor.Required("locator"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Spots))]
    public void the_official_file_prints_that_figure_in_that_cell(int line, string what)
    {
        var sources = Repository.SourcesOrSkip();
        var spot = DataFile.Rows(SpotFile).Single(row => row.Line == line);
        var edition = Edition.Load(Folder).Single(edition => edition.Name == spot.Required("edition"));
        var cell = spot.Required("cell");

        var row = Sheets.Of(Path.Combine(sources, edition.File)).Single(row => row.Number == int.Parse(cell[1..], CultureInfo.InvariantCulture));

        Assert.True(spot.Number("value") == row.Figure(cell[0] - 'A'), what);
    }

    [Theory]
    [MemberData(nameof(Years))]
    public void no_two_factors_of_an_edition_answer_the_same_question(int year)
    {
        var rows = Tables[Name(year)];

        var twice = rows.GroupBy(row => (row.Text("kind"), row.Text("stage"), row.Text("region"), row.Text("unit")))
            .Where(group => group.Skip(1).Any()).Select(group => group.Key);

        Assert.Empty(twice);
    }

    [Fact]
    public void ten_editions_hold_more_than_24_000_figures_in_co2e()
    {
        Assert.Equal(10, Tables.Count);
        Assert.InRange(Tables.Values.Sum(rows => rows.Count(row => row.Number("co2e") is not null)), 24_000, 40_000);
    }

    [Theory]
    [MemberData(nameof(Years))]
    public void the_shares_of_the_gases_add_up_to_the_total_so_they_are_co2e(int year)
    {
        var checkedRows = 0;
        foreach (var row in Tables[Name(year)].Where(row => row.Text("gases") is not null && row.Number("co2e") is not null))
        {
            var gases = FactorTable.ParseGases(row.Required("gases"));
            var total = row.Number("co2e")!.Value;

            Assert.Equal(["co2", "ch4", "n2o"], gases.Select(gas => gas.Gas));
            Assert.All(gases, gas => Assert.True(gas.AsCo2e));
            Assert.InRange(gases.Sum(gas => gas.Kilograms) - total, -Tolerance(total), Tolerance(total));
            checkedRows++;
        }

        Assert.InRange(checkedRows, 900, 2000);

        // Five decimals each, or a fifth of a percent where the total is large.
        static decimal Tolerance(decimal total) => Math.Max(0.00003m, 0.002m * Math.Abs(total));
    }

    [Theory]
    [MemberData(nameof(Years))]
    public void the_gwp_set_is_the_one_the_refrigerants_are_printed_under(int year)
    {
        var set = (Co2e("refrigerant.r-134a"), Co2e("refrigerant.ch4"), Co2e("refrigerant.n2o")) switch
        {
            (1430, 25, 298) => "ar4",
            (1300, 28, 265) => "ar5",
            var other => other.ToString(),
        };

        Assert.Equal(set, Edition.Load(Folder).Single(edition => edition.Name == Name(year)).Gwp.ToString()!.ToLowerInvariant());
        Assert.All(Tables[Name(year)].Where(row => row.Number("co2e") is not null), row => Assert.Equal(set, row.Text("gwp")));

        decimal? Co2e(string kind) => The(Name(year), kind, "direct", "kg").Number("co2e");
    }

    [Theory]
    [MemberData(nameof(Years))]
    public void biogenic_carbon_stands_apart_from_co2e(int year)
    {
        var biogenic = Tables[Name(year)].Where(row => row.Text("stage") == "biogenic").ToList();

        Assert.InRange(biogenic.Count, 32, 60);
        Assert.All(biogenic, row =>
        {
            Assert.NotNull(row.Number("biogenic_co2"));
            Assert.Null(row.Number("co2e"));
            Assert.Null(row.Text("gases"));
        });
        Assert.All(Tables[Name(year)].Except(biogenic), row => Assert.Null(row.Number("biogenic_co2")));
    }

    [Theory]
    [MemberData(nameof(Years))]
    public void energy_of_fuels_always_says_gross_or_net(int year)
    {
        var fuels = Tables[Name(year)].Where(row => row.Required("kind").StartsWith("fuel.", StringComparison.Ordinal)).ToList();

        Assert.InRange(fuels.Count, 200, 600);
        Assert.DoesNotContain(fuels, row => row.Text("unit") is "kWh" or "GJ");
    }

    [Theory]
    [InlineData("travel.car", 2017)]
    [InlineData("travel.car", 2025)]
    [InlineData("lease.vehicle.car", 2025)]
    public void travel_and_leased_cars_already_hold_their_electricity_own_cars_get_it_by_stage(string kind, int year)
    {
        foreach (var drive in new[] { "plug-in-hybrid-electric-vehicle", "battery-electric-vehicle" })
        {
            var own = new[] { "direct", "generation", "transmission-loss" }
                .Sum(stage => The(Name(year), $"vehicle.car.{drive}", stage, "km").Number("co2e")!.Value);

            Assert.InRange(The(Name(year), $"{kind}.{drive}", "direct", "km").Number("co2e")!.Value - own, -0.00002m, 0.00002m);
            Assert.DoesNotContain(Tables[Name(year)], row => row.Text("kind") == $"{kind}.{drive}" && row.Text("stage") is not ("direct" or "upstream"));
        }
    }

    [Theory]
    [InlineData(2022)]
    [InlineData(2025)]
    public void a_refrigerants_plain_key_is_its_total_and_the_kyoto_part_is_a_variant(int year)
    {
        var whole = The(Name(year), "refrigerant.r-408a", "direct", "kg").Number("co2e");
        var kyoto = The(Name(year), "refrigerant.r-408a.kyoto-only", "direct", "kg").Number("co2e");
        var other = The(Name(year), "refrigerant.r-408a.non-kyoto-only", "direct", "kg").Number("co2e");

        Assert.Equal(whole, kyoto + other);
        Assert.DoesNotContain(Tables[Name(year)], row => row.Text("kind") == "refrigerant.r-134a.non-kyoto-only");
    }

    [Fact]
    public void less_than_one_is_no_figure()
    {
        foreach (var year in Enumerable.Range(2016, 7))
        {
            Assert.DoesNotContain(Tables[Name(year)], row => row.Required("kind").StartsWith("refrigerant.r-1234", StringComparison.Ordinal));
        }

        Assert.Equal(1m, The("2023", "refrigerant.r-1234yf", "direct", "kg").Number("co2e"));
    }

    [Theory]
    [MemberData(nameof(Years))]
    public void the_plain_keys_are_there_every_year(int year)
    {
        string[] keys =
        [
            "electricity.grid generation kWh", "electricity.grid transmission-loss kWh", "electricity.grid upstream-generation kWh",
            "heat.district generation kWh", "steam.purchased generation kWh", "fuel.natural-gas direct kWh-gross", "fuel.natural-gas upstream m3",
            "fuel.diesel direct L", "fuel.petrol direct L", "fuel.lpg direct L", "fuel.fuel-oil direct t", "fuel.coal.industrial direct t",
            "fuel.biodiesel direct L", "fuel.biodiesel biogenic L", "fuel.wood-pellets direct t", "refrigerant.r-134a direct kg",
            "refrigerant.r-410a direct kg", "refrigerant.sf6 direct kg", "vehicle.car.petrol direct mi", "travel.car.petrol direct km",
            "travel.air.domestic direct pkm", "travel.air.short-haul.economy direct pkm", "travel.air.long-haul.business upstream pkm",
            "travel.air.international direct pkm", "travel.rail.national direct pkm", "travel.taxi direct km", "freight.road.hgv direct tkm",
            "freight.road.van direct tkm", "freight.rail direct tkm", "freight.sea.container direct tkm", "freight.air direct tkm",
            "water.supply cradle-to-gate m3", "water.treatment end-of-life m3", "goods.material.steel cradle-to-gate t",
            "waste.mixed-commercial.landfill end-of-life t", "waste.paper.recycling end-of-life t",
        ];

        Assert.All(keys, key =>
        {
            var (kind, stage, unit) = (key.Split(' ')[0], key.Split(' ')[1], key.Split(' ')[2]);
            Assert.NotNull(The(Name(year), kind, stage, unit));
        });
    }

    private static DataRow The(string edition, string kind, string stage, string unit, string region = "GB") =>
        Assert.Single(Tables[edition], row => row.Text("kind") == kind && row.Text("stage") == stage && row.Text("unit") == unit && row.Text("region") == region);

    private static string Name(int year) => year.ToString(CultureInfo.InvariantCulture);

    /// <summary>The flat sheet of an official file, read once.</summary>
    private static class Sheets
    {
        private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, IReadOnlyList<Workbook.Row>> Read = new(StringComparer.Ordinal);

        public static IReadOnlyList<Workbook.Row> Of(string path) =>
            Read.GetOrAdd(path, static path => Workbook.Open(path).Single(sheet => sheet.Name == "Factors by Category").Rows);
    }
}
