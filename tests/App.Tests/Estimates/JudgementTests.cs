using System.Globalization;
using System.Text.Json;

namespace OffGridFlow.App.Tests.Estimates;

/// <summary>Where a plausible wrong figure lies next to the right one.</summary>
public sealed class JudgementTests
{
    private static readonly Lazy<IReadOnlyList<JsonElement>> Rows = new(() => EstimateVerb.Of("""
        id,kind,quantity,unit,region,start,end,from,to,class,passengers,rf,price_year
        biodiesel,fuel.biodiesel,1,litre,GB,2025-01-01,2025-12-31,,,,,,
        pellets,fuel.wood-pellets,1,tonne,GB,2025-01-01,2025-12-31,,,,,,
        e10,fuel.petrol,1,litre,GB,2025-01-01,2025-12-31,,,,,,
        mineral,fuel.petrol.mineral,1,litre,GB,2025-01-01,2025-12-31,,,,,,
        wood,fuel.wood,1,short ton,US,2025-01-01,2025-12-31,,,,,,
        lhr-jfk,travel.air,1,person,GB,2025-01-01,2025-12-31,LHR,JFK,economy,,,
        jfk-lhr,travel.air,1,person,GB,2025-01-01,2025-12-31,JFK,LHR,economy,,,
        two,travel.air,1,item,GB,2025-01-01,2025-12-31,LHR,JFK,economy,2,,
        lhr-edi,travel.air,1,person,GB,2025-01-01,2025-12-31,LHR,EDI,,,,
        lhr-cdg,travel.air,1,person,GB,2025-01-01,2025-12-31,LHR,CDG,,,,
        fra-sin,travel.air,1,person,DE,2025-01-01,2025-12-31,FRA,SIN,,,,
        sfo-jfk,travel.air,1,person,US,2025-01-01,2025-12-31,SFO,JFK,,,no,
        us-1000,travel.air,1000,km,US,2025-01-01,2025-12-31,,,,,no,
        us-long-domestic,travel.air,1,person,US,2025-01-01,2025-12-31,SFO,JFK,,,,
        taxi,travel.taxi,10,km,GB,2025-01-01,2025-12-31,,,,3,,
        rail,travel.rail.national,10,km,GB,2025-01-01,2025-12-31,,,,3,,
        usd-2024,goods.spend.naics-541511,100,USD,US,2024-01-01,2024-12-31,,,,,,
        usd-2022,goods.spend.naics-541511,100,USD,US,2024-01-01,2024-12-31,,,,,,2022
        eur-2022,goods.spend.naics-541511,100,EUR,US,2022-01-01,2022-12-31,,,,,,
        jpy-2022,goods.spend.naics-541511,100,JPY,US,2022-01-01,2022-12-31,,,,,,
        de-2021,electricity.grid,1000,kWh,DE,2021-01-01,2021-12-31,,,,,,
        de-2024,electricity.grid,1000,kWh,DE,2024-01-01,2024-12-31,,,,,,
        jp,electricity.grid,1000,kWh,JP,2023-01-01,2023-12-31,,,,,,
        nsw,electricity.grid,1000,kWh,AU-NSW,2025-01-01,2025-12-31,,,,,,
        ab-gas,fuel.natural-gas,1,m3,CA-AB,2018-01-01,2018-12-31,,,,,,
        """).Rows);

    private static JsonElement Row(string id) => Rows.Value.Single(row => row.Text("id") == id);

    [Theory]
    [InlineData("biodiesel", "0.16751", "2.39")] // DESNZ 2025, outside of scopes: biodiesel ME, litres
    [InlineData("pellets", "55.19389", "1677.18")]
    [InlineData("e10", "2.06916", "0.13")]
    [InlineData("wood", "20.223", "1640")] // EPA hub 2025 table 1: 126 g CH4 x 28 + 63 g N2O x 265, 1640 kg CO2 apart
    public void Biogenic_CO2_stands_apart(string id, string kilograms, string biogenic)
    {
        var entry = Row(id).Entry("direct");

        Assert.Equal((kilograms, biogenic), (entry.Text("co2e_kg"), entry.Text("biogenic_co2_kg")));
    }

    [Fact]
    public void Fossil_petrol_has_none()
    {
        Assert.Equal("0", Row("mineral").Entry("direct").Text("biogenic_co2_kg"));
    }

    [Theory]
    [InlineData("lhr-jfk", 5540, "0.11704")] // DESNZ 2025: long-haul economy with forcing
    [InlineData("jfk-lhr", 5540, "0.11704")]
    [InlineData("two", 11080, "0.11704")]
    [InlineData("lhr-edi", 534, "0.22928")] // domestic
    [InlineData("lhr-cdg", 347, "0.12786")] // short-haul
    [InlineData("fra-sin", 10281, "0.14253")] // international, to and from outside the United Kingdom
    [InlineData("us-long-domestic", 4152, "0.14253")] // longer than anything within the United Kingdom
    public void A_flight_takes_the_band_of_its_airports(string id, int passengerKilometres, string factor)
    {
        var expected = passengerKilometres * decimal.Parse(factor, CultureInfo.InvariantCulture);

        Assert.InRange(Row(id).Entry("direct").Kilograms(), expected * 0.998m, expected * 1.002m);
    }

    [Theory]
    [InlineData("sfo-jfk", 4151.8, 0.163, 0.0006, 0.0052)] // EPA hub 2025 table 10: from 2,300 miles
    [InlineData("us-1000", 1000, 0.129, 0.0006, 0.0041)] // 300 to 2,300 miles: 1,000 km are 621
    public void American_factors_go_by_American_bands(string id, double kilometres, double co2, double methane, double nitrousOxide)
    {
        var perMile = (decimal)co2 + ((decimal)methane * 28m / 1000m) + ((decimal)nitrousOxide * 265m / 1000m);

        Assert.Equal((decimal)kilometres / 1.609344m * perMile, Row(id).Entry("direct").Kilograms(), 6);
    }

    [Fact]
    public void Riding_along_adds_to_a_train_and_not_to_a_taxi()
    {
        Assert.Equal("2.0806", Row("taxi").Entry("direct").Text("co2e_kg"));
        Assert.Equal("1.0638", Row("rail").Entry("direct").Text("co2e_kg"));
    }

    [Fact]
    public void Money_of_a_later_year_buys_less_and_so_emits_less()
    {
        Assert.InRange(Row("usd-2024").Entry("direct").Kilograms(), 7.7m, 8.0m);
        Assert.Equal("8.4", Row("usd-2022").Entry("direct").Text("co2e_kg"));
    }

    [Fact]
    public void A_euro_is_more_than_a_dollar_and_a_yen_less()
    {
        // European Central Bank, mean of 2022: 1.0530 USD and 138.03 JPY to the euro.
        Assert.InRange(Row("eur-2022").Entry("direct").Kilograms(), 8.84m, 8.85m);
        Assert.InRange(Row("jpy-2022").Entry("direct").Kilograms(), 0.0639m, 0.0643m);
    }

    [Fact]
    public void Losses_that_a_grid_factor_already_holds_are_not_added()
    {
        Assert.Equal(["generation", "generation", "upstream-generation"], Row("de-2021").Entries().Select(entry => entry.Text("role")));
        Assert.Equal(["generation", "generation"], Row("jp").Entries().Select(entry => entry.Text("role")));
        Assert.Equal(["generation", "generation", "upstream-and-transmission-loss"], Row("nsw").Entries().Select(entry => entry.Text("role")));
        Assert.Contains("factor.life-cycle", Row("jp").Notes());
    }

    [Fact]
    public void Life_cycle_averages_are_a_last_resort_and_said_to_be()
    {
        Assert.Equal("estimated", Row("jp").Disposition());
        Assert.Contains("factor.fallback", Row("jp").Notes());
        Assert.All(Row("de-2024").Entries(), entry => Assert.DoesNotContain("ember", entry.Text("edition"), StringComparison.Ordinal));
        Assert.Contains("factor.other-year", Row("de-2024").Notes());
    }

    [Fact]
    public void A_factor_of_CO2_alone_says_so()
    {
        Assert.Contains("factor.co2-only", Row("ab-gas").Notes());
    }
}
