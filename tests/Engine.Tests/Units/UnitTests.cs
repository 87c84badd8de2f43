using System.Globalization;

namespace OffGridFlow.Engine.Tests.Units;

/// <summary>The shipped units: every pair of one dimension converts there and back, and what people write finds its unit.</summary>
public sealed class UnitTests
{
    private static readonly UnitTable Units = Load();

    public static TheoryData<string, string> Pairs()
    {
        var pairs = new TheoryData<string, string>();
        foreach (var from in Units.All)
        {
            foreach (var to in Units.All.Where(to => to.SharesDimensionWith(from) && to != from))
            {
                pairs.Add(from.Symbol, to.Symbol);
            }
        }

        return pairs;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void an_amount_comes_back_from_every_unit_of_its_dimension(string from, string to)
    {
        foreach (var amount in (decimal[])[1m, 0.001m, 1234.5678m, 7_000_000m, -42.42m, 0m])
        {
            var there = Units[from].Convert(amount, Units[to]);
            var back = Units[to].Convert(there, Units[from]);

            // A division ends at the 28th place of a decimal; coming back magnifies that last place by the ratio of the units.
            var lastPlace = 1e-28m * Math.Max(1m, Units[to].InBase / Units[from].InBase);
            Assert.True(Math.Abs(back - amount) <= Math.Max(Math.Abs(amount) * 1e-24m, lastPlace), $"{amount} {from} = {there} {to} = {back} {from}");
        }
    }

    [Theory]
    [InlineData(1, "MWh", "kWh", "1000")]
    [InlineData(1, "kWh", "MJ", "3.6")]
    [InlineData(1, "mmBtu", "MJ", "1055.05585262")]
    [InlineData(1, "therm", "kWh", "29.307107017222222222222222222")]
    [InlineData(1, "short-ton", "kg", "907.18474")]
    [InlineData(1, "long-ton", "kg", "1016.0469088")]
    [InlineData(1, "lb", "kg", "0.45359237")]
    [InlineData(1, "gal-us", "L", "3.785411784")]
    [InlineData(1, "gal-uk", "L", "4.54609")]
    [InlineData(1, "bbl", "gal-us", "42")]
    [InlineData(1, "mi", "km", "1.609344")]
    [InlineData(1, "nmi", "km", "1.852")]
    [InlineData(1, "short-ton-mi", "tkm", "1.45997231821056")]
    [InlineData(1, "ft2", "m2", "0.09290304")]
    [InlineData(2, "t", "kg", "2000")]
    public void conversions_are_those_that_define_the_units(int amount, string from, string to, string expected)
    {
        var converted = Units[from].Convert(amount, Units[to]);

        Assert.Equal(decimal.Parse(expected, CultureInfo.InvariantCulture), converted, 24);
    }

    [Fact]
    public void a_wrong_dimension_is_an_error_that_names_both()
    {
        var error = Assert.Throws<ArgumentException>(() => Units["kWh"].Convert(1m, Units["kg"]));

        Assert.Contains("kWh measures energy, kg measures mass", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void gross_net_and_plain_energy_are_kept_apart()
    {
        Assert.False(Units["kWh-gross"].SharesDimensionWith(Units["kWh-net"]));
        Assert.False(Units["kWh-gross"].SharesDimensionWith(Units["kWh"]));
    }

    [Theory]
    [InlineData("litre", "L")]
    [InlineData("l", "L")]
    [InlineData("L", "L")]
    [InlineData("Liter", "L")]
    [InlineData("t", "t")]
    [InlineData("tonne", "t")]
    [InlineData("Tonnes", "t")]
    [InlineData("t-km", "tkm")]
    [InlineData("tonne.km", "tkm")]
    [InlineData("passenger-km", "pkm")]
    [InlineData("pkm", "pkm")]
    [InlineData("room-night", "room-night")]
    [InlineData("m3", "m3")]
    [InlineData("m³", "m3")]
    [InlineData("mmBtu", "mmBtu")]
    [InlineData("MMBTU", "mmBtu")]
    [InlineData("kwh", "kWh")]
    [InlineData("KWH", "kWh")]
    [InlineData("kWh  (Gross CV)", "kWh-gross")]
    [InlineData("MWh", "MWh")]
    [InlineData("GWh", "GWh")]
    [InlineData("Mg", "t")]
    [InlineData("mg", "mg")]
    [InlineData("ML", "ML")]
    [InlineData("mL", "mL")]
    public void what_people_write_finds_the_unit(string written, string symbol) => Assert.Equal(symbol, Units.Find(written).Unit?.Symbol);

    [Theory]
    [InlineData("gallon", "gal-us", "gal-uk")]
    [InlineData("ton", "t", "short-ton")]
    [InlineData("Tons", "t", "short-ton")]
    [InlineData("MG", "t", "mg")]
    public void what_means_several_amounts_is_said_and_not_guessed(string written, string one, string other)
    {
        var match = Units.Find(written);

        Assert.Null(match.Unit);
        Assert.Contains(one, match.CouldMean);
        Assert.Contains(other, match.CouldMean);
    }

    [Fact]
    public void an_unknown_unit_is_neither_found_nor_ambiguous()
    {
        var match = Units.Find("furlong");

        Assert.Null(match.Unit);
        Assert.Empty(match.CouldMean);
    }

    [Fact]
    public void two_units_cannot_share_a_spelling() => Assert.Throws<ArgumentException>(
        () => new UnitTable([(new Unit("a", "mass", 1m), ["x"]), (new Unit("b", "mass", 2m), ["x"])]));

    // The engine reads no files: the shipped table is read here, in its simplest form.
    private static UnitTable Load()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "OffGridFlow.slnx")))
        {
            folder = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(folder))!;
        }

        return new UnitTable(File.ReadLines(Path.Combine(folder, "data", "units", "units.csv")).Skip(1).Select(line => line.Split(',')).Select(fields => (
            new Unit(fields[0], fields[1], decimal.Parse(fields[2], CultureInfo.InvariantCulture)),
            (IReadOnlyList<string>)fields[3].Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))));
    }
}
