namespace OffGridFlow.Engine.Tests.Formulas;

/// <summary>Factors under GWP sets: the published total stays under its own set, and is recomputed from gases under another.</summary>
public sealed class WeightingTests
{
    // BEIS 2021, natural gas, kWh gross, kg CO2e under AR4: the rounded parts add up to 0.18317, the total is 0.18316.
    private static readonly GasAmount[] NaturalGas = [new("co2", 0.18282m, true), new("ch4", 0.00025m, true), new("n2o", 0.0001m, true)];

    [Theory]
    [InlineData(null)]
    [InlineData(GwpSet.Ar4)]
    public void under_its_own_set_a_factor_gives_the_published_total(GwpSet? asked)
    {
        var weighted = Apply(0.18316m, GwpSet.Ar4, NaturalGas, asked);

        Assert.Equal(0.18316m, weighted!.Co2ePerUnit);
        Assert.Equal(Co2eBasis.PublishedTotal, weighted.Basis);
        Assert.Equal(GwpSet.Ar4, weighted.Gwp);
    }

    [Fact]
    public void what_the_rounded_parts_miss_is_a_line_of_its_own()
    {
        var weighted = Apply(0.18316m, GwpSet.Ar4, NaturalGas, null);

        Assert.Equal(0.18316m - 0.18317m, weighted!.UnsplitPerUnit);
        Assert.Equal(0.00025m / 25m, weighted.Gases.Single(gas => gas.Gas == "ch4").Kilograms);
    }

    [Fact]
    public void under_another_set_it_is_recomputed_from_the_gases_and_says_so()
    {
        var weighted = Apply(0.18316m, GwpSet.Ar4, NaturalGas, GwpSet.Ar6);

        // Masses got back by division carry 15 digits.
        Assert.Equal(0.18282m + (0.00025m / 25m * 27.9m) + (0.0001m / 298m * 273m), weighted!.Co2ePerUnit, 15);
        Assert.Equal(Co2eBasis.Reweighted, weighted.Basis);
        Assert.Equal(0m, weighted.UnsplitPerUnit);
    }

    [Fact]
    public void co2e_without_gases_is_never_reweighted_in_silence()
    {
        var weighted = Apply(0.64m, GwpSet.Ar5, [], GwpSet.Ar6);

        Assert.Equal(0.64m, weighted!.Co2ePerUnit);
        Assert.Equal(Co2eBasis.NotReweightable, weighted.Basis);
        Assert.Equal(GwpSet.Ar5, weighted.Gwp);
    }

    [Fact]
    public void masses_without_a_total_are_weighted_under_the_editions_set()
    {
        var weighted = Apply(null, GwpSet.Ar4, [new("co2", 10.21m, false), new("ch4", 0.00041m, false)], null);

        Assert.Equal(10.21m + (0.00041m * 25m), weighted!.Co2ePerUnit);
        Assert.Equal(Co2eBasis.WeightedGases, weighted.Basis);
    }

    [Fact]
    public void a_gas_without_a_potential_is_an_answer_that_names_it()
    {
        var weighted = Weighting.Apply(null, GwpSet.Ar5, [new("xenon-fluoride", 1m, false)], null, null, Potential, out var missing);

        Assert.Null(weighted);
        Assert.Equal("xenon-fluoride", missing);
    }

    [Fact]
    public void a_printed_total_survives_a_gas_that_the_asked_set_lacks()
    {
        var weighted = Apply(0.5m, GwpSet.Ar4, [new("xenon-fluoride", 0.001m, false)], GwpSet.Ar6);

        Assert.Equal(0.5m, weighted!.Co2ePerUnit);
        Assert.Equal(Co2eBasis.NotReweightable, weighted.Basis);
    }

    [Fact]
    public void an_entry_and_its_reversal_come_to_nothing_and_a_credit_mirrors_its_range()
    {
        var formula = new EntryFormula(Apply(0.18316m, GwpSet.Ar4, NaturalGas, null)!, 1m, 0.9m, 1.2m);
        var entry = formula.Amounts(1234.5m);
        var credit = formula.Amounts(-1234.5m);

        Assert.Equal(0m, entry.Co2eKg + credit.Co2eKg);
        Assert.Equal(0m, entry.UnsplitKg + credit.UnsplitKg);
        Assert.Equal(-entry.HighKg, credit.LowKg);
        Assert.Equal(-entry.LowKg, credit.HighKg);
        Assert.True(credit.LowKg < credit.Co2eKg && credit.Co2eKg < credit.HighKg);
    }

    [Theory]
    [InlineData("0.000012345678", 3, "0.0000123")]
    [InlineData("123456", 2, "123456")]
    [InlineData("-0.0456", 2, "-0.046")]
    [InlineData("0", 5, "0")]
    public void significant_digits_are_counted_from_the_first_that_is_not_zero(string value, int digits, string expected) =>
        Assert.Equal(
            decimal.Parse(expected, System.Globalization.CultureInfo.InvariantCulture),
            Weighting.Significant(decimal.Parse(value, System.Globalization.CultureInfo.InvariantCulture), digits));

    private static WeightedFactor? Apply(decimal? co2e, GwpSet published, GasAmount[] gases, GwpSet? asked) =>
        Weighting.Apply(co2e, published, gases, null, asked, Potential, out _);

    private static decimal? Potential(string gas, GwpSet set) => (gas, set) switch
    {
        ("co2", _) => 1m,
        ("ch4", GwpSet.Ar4) => 25m,
        ("ch4", GwpSet.Ar5) => 28m,
        ("ch4", GwpSet.Ar6) => 27.9m,
        ("n2o", GwpSet.Ar4) => 298m,
        ("n2o", GwpSet.Ar5) => 265m,
        ("n2o", GwpSet.Ar6) => 273m,
        _ => null,
    };
}
