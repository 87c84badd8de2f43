namespace OffGridFlow.App.Tests.Estimates;

/// <summary>Units and places as people write them.</summary>
public sealed class UnitSpellingTests
{
    private static readonly (string Kind, string Quantity, string Unit, string Kilograms)[] Spellings =
    [
        ("fuel.diesel", "1", "litre", "2.57082"), ("fuel.diesel", "1", "l", "2.57082"), ("fuel.diesel", "1", "L", "2.57082"),
        ("fuel.diesel", "1", "Litres", "2.57082"), ("fuel.diesel", "1000", "ml", "2.57082"), ("fuel.diesel", "0.001", "m3", "2.57082"),
        ("fuel.diesel", "0.001", "m³", "2.57082"), ("fuel.diesel", "0.001", "kl", "2.57082"),
        ("fuel.diesel", "1", "gallon (UK)", "11.6871791"), // x 4.54609
        ("fuel.diesel", "1", "US gallon", "9.7316123"), // x 3.785411784
        ("waste.paper.recycling", "1", "t", "4.68568"), ("waste.paper.recycling", "1", "tonne", "4.68568"), ("waste.paper.recycling", "1", "Tonnes", "4.68568"),
        ("waste.paper.recycling", "1000", "kg", "4.68568"), ("waste.paper.recycling", "1", "metric ton", "4.68568"), ("waste.paper.recycling", "1000000", "g", "4.68568"),
        ("waste.paper.recycling", "2204.6226218487758072297", "lb", "4.68568"), ("waste.paper.recycling", "1", "short ton", "4.2507774"), ("waste.paper.recycling", "1", "long ton", "4.7608707"),
        ("freight.rail", "1", "t-km", "0.02779"), ("freight.rail", "1", "tonne.km", "0.02779"), ("freight.rail", "1", "tkm", "0.02779"), ("freight.rail", "1000", "kg.km", "0.02779"),
        ("travel.rail.national", "1", "passenger-km", "0.03546"), ("travel.rail.national", "1", "pkm", "0.03546"), ("travel.rail.national", "1", "passenger.km", "0.03546"),
        ("travel.rail.national", "1", "passenger-mile", "0.0570673"),
        ("travel.hotel", "1", "room-night", "10.4"), ("travel.hotel", "1", "Room nights", "10.4"),
        ("electricity.grid", "1", "kWh", "0.177"), ("electricity.grid", "0.001", "MWh", "0.177"), ("electricity.grid", "0.000001", "GWh", "0.177"), ("electricity.grid", "3.6", "MJ", "0.177"),
        ("electricity.grid", "1", "KWH", "0.177"), ("electricity.grid", "0.0036", "GJ", "0.177"),
        ("fuel.natural-gas", "1", "mmBtu", "53.6202830"), // 1055.05585262 MJ / 3.6 x 0.18296
        ("fuel.natural-gas", "1", "therm", "5.3620283"), ("fuel.natural-gas", "1", "kWh (gross)", "0.18296"), ("fuel.natural-gas", "1", "kWh (Net CV)", "0.2027"), ("fuel.natural-gas", "1", "m3", "2.06672"),
        ("travel.taxi", "1", "km", "0.20806"), ("travel.taxi", "1", "mile", "0.3348401"), ("travel.taxi", "1000", "m", "0.20806"),
        ("water.supply", "1", "cubic metres", "0.1913"), ("goods.spend.naics-541511", "1", "usd", "0.084"), ("goods.spend.naics-541511", "1", "USD", "0.084"),
    ];

    private static readonly Lazy<EstimateRunResult> Run = new(() => EstimateVerb.Of(
        "kind,quantity,unit,region,start,price_year\n" + string.Join('\n', Spellings.Select(s => $"{s.Kind},{s.Quantity},{s.Unit},GB,2025-06-01,{(s.Kind.Contains("spend", StringComparison.Ordinal) ? "2022" : "")}")) + "\n"));

    public static IEnumerable<TheoryDataRow<int, string>> Rows => Spellings.Select((s, i) => new TheoryDataRow<int, string>(i, $"{s.Quantity} {s.Unit} of {s.Kind}"));

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_unit_answers_to_what_people_write(int index, string what)
    {
        var row = Run.Value.Rows[index];
        Assert.True(row.Entries().Count > 0, $"{what}: {row}");

        Assert.Equal(decimal.Parse(Spellings[index].Kilograms, System.Globalization.CultureInfo.InvariantCulture), Math.Round(row.Entries()[0].Kilograms(), 7));
    }

    [Theory]
    [InlineData("fuel.diesel", "gallon", "gal-us or gal-uk")]
    [InlineData("fuel.diesel", "gal", "gal-us or gal-uk")]
    [InlineData("waste.paper.recycling", "ton", "t or short-ton or long-ton")]
    [InlineData("waste.paper.recycling", "tons", "t or short-ton or long-ton")]
    public void What_has_two_meanings_is_not_guessed(string kind, string unit, string meanings)
    {
        var problem = EstimateVerb.Of($"kind,quantity,unit,region,start\n{kind},1,{unit},GB,2025\n").Row.GetProperty("problem");

        Assert.Equal(("unit.ambiguous", meanings), (problem.Text("code"), problem.Text("expected")));
    }

    [Theory]
    [InlineData("GB", "desnz:2025")]
    [InlineData("gb", "desnz:2025")]
    [InlineData("UK", "desnz:2025")]
    [InlineData("United Kingdom", "desnz:2025")]
    [InlineData("GB-SCT", "desnz:2025")]
    [InlineData("England", "desnz:2025")]
    [InlineData("AU-NSW", "nga:2025")]
    [InlineData("US-CAMX", "egrid:2023")]
    [InlineData("US-CA", "egrid:2023")]
    [InlineData("USA", "egrid:2023")]
    [InlineData("Germany", "jrc:2024")]
    [InlineData("DE-BY", "jrc:2024")]
    [InlineData("world", "ember:2025")]
    [InlineData("", "ember:2025")]
    public void A_place_answers_to_what_people_write(string region, string edition)
    {
        var row = EstimateVerb.Of($"kind,quantity,unit,region,start\nelectricity.grid,1,kWh,{region},2025-06-01\n").Row;

        Assert.Equal(edition, row.Entry("generation", "location").Text("edition"));
    }
}
