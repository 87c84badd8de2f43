using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace OffGridFlow.App.Tests.Estimates;

/// <summary>The totals are what the rows print, added up: not nearly, and not in some order.</summary>
public sealed class TotalsTests
{
    // Factors and conversions with many digits, so that a sum of decimals would round.
    private static readonly (string Kind, string Unit, string Region)[] Kinds =
    [
        ("fuel.natural-gas", "m3", "US"), ("fuel.diesel", "litre", "US"), ("fuel.diesel", "us gallon", "GB"), ("steam.purchased", "GJ", "GB"),
        ("electricity.grid", "GJ", "GB"), ("electricity.grid", "kWh", "US-CAMX"), ("freight.road.hgv", "kg.km", "US"), ("fuel.petrol", "litre", "GB"),
        ("waste.paper.recycling", "t", "US"), ("goods.spend.naics-541511", "EUR", "DE"), ("travel.car.average", "ft", "GB"), ("fuel.natural-gas", "Btu", "GB"),
    ];

    private static readonly Lazy<(JsonElement InOrder, JsonElement Shuffled)> Runs = new(() => (Estimate(Lines()), Estimate(Shuffled(Lines()))));

    [Theory]
    [InlineData("co2e_kg")]
    [InlineData("biogenic_co2_kg")]
    public void Totals_are_the_sum_of_the_entries_to_the_last_digit(string figure)
    {
        var run = Runs.Value.InOrder;
        var entries = run.GetProperty("rows").EnumerateArray().SelectMany(row => row.Entries()).ToList();

        Assert.All(run.GetProperty("summary").GetProperty("totals").EnumerateArray(), total =>
        {
            var parts = entries.Where(entry => entry.Text("scope") == total.Text("scope") && entry.Text("category") == total.Text("category") && entry.Text("basis") == total.Text("basis")).ToList();
            Assert.Equal(total.GetProperty("entries").GetInt32(), parts.Count);
            Assert.Equal(Printed(parts.Select(part => part.Text(figure))), total.Text(figure));
        });
    }

    [Fact]
    public void Both_grand_totals_hold_one_basis_each()
    {
        var run = Runs.Value.InOrder;
        var entries = run.GetProperty("rows").EnumerateArray().SelectMany(row => row.Entries()).ToList();

        Assert.Equal(Printed(entries.Where(entry => entry.Text("basis") != "market").Select(entry => entry.Text("co2e_kg"))), run.GetProperty("summary").GetProperty("total_location").Text("co2e_kg"));
        Assert.Equal(Printed(entries.Where(entry => entry.Text("basis") != "location").Select(entry => entry.Text("co2e_kg"))), run.GetProperty("summary").GetProperty("total_market").Text("co2e_kg"));
    }

    [Theory]
    [InlineData("rows")]
    [InlineData("quantities")]
    [InlineData("totals")]
    [InlineData("tiers")]
    [InlineData("attributions")]
    public void The_same_rows_in_another_order_come_to_the_same(string part)
    {
        var (inOrder, shuffled) = Runs.Value;

        Assert.NotEqual(inOrder.GetProperty("summary").Text("sha256"), shuffled.GetProperty("summary").Text("sha256"));
        Assert.Equal(inOrder.GetProperty("summary").GetProperty(part).GetRawText(), shuffled.GetProperty("summary").GetProperty(part).GetRawText());
    }

    [Fact]
    public void What_one_meter_measures_errs_as_one_in_generation_losses_and_upstream()
    {
        // A guess is 50 % off either way: so is the sum of everything that follows from it, or more.
        var run = JsonDocument.Parse(EstimateVerb.Of("kind,quantity,unit,region,start,quality\nelectricity.grid,1000,kWh,GB,2025,5\n", "--format", "json").Output).RootElement;
        var total = run.GetProperty("summary").GetProperty("total_location");
        var reach = decimal.Parse(total.Text("high_kg"), CultureInfo.InvariantCulture) / decimal.Parse(total.Text("co2e_kg"), CultureInfo.InvariantCulture);

        Assert.InRange(reach, UncertaintyModel.Ratios(0.50m).High, UncertaintyModel.Ratios(0.55m).High);
    }

    private static List<string> Lines()
    {
        var random = new Random(20_061_995);
        return Enumerable.Range(0, 1500).Select(i =>
        {
            var (kind, unit, region) = Kinds[random.Next(Kinds.Length)];
            var quantity = decimal.Round((decimal)((random.NextDouble() * 1e6) - 1e4), random.Next(7));
            return string.Create(CultureInfo.InvariantCulture, $"r{i},{kind},{quantity},{unit},{region},2024-0{random.Next(1, 10)}-01");
        }).ToList();
    }

    private static List<string> Shuffled(List<string> lines)
    {
        var array = lines.ToArray();
        new Random(1).Shuffle(array);
        return [.. array];
    }

    private static JsonElement Estimate(List<string> lines) => JsonDocument.Parse(
        EstimateVerb.Of("id,kind,quantity,unit,region,start\n" + string.Join('\n', lines) + "\n", "--format", "json").Output).RootElement;

    // The exact sum, rounded once to what a decimal holds: 96 bits.
    private static string Printed(IEnumerable<string> parts)
    {
        var exact = parts.Aggregate(BigInteger.Zero, (sum, part) => sum + Scaled(part));
        var (unit, whole) = (BigInteger.One, BigInteger.Abs(exact));
        while (whole > new BigInteger(decimal.MaxValue))
        {
            unit *= 10;
            (whole, var rest) = BigInteger.DivRem(BigInteger.Abs(exact), unit);
            whole += 2 * rest > unit || (2 * rest == unit && !whole.IsEven) ? 1 : 0;
        }

        var text = (whole * unit).ToString(CultureInfo.InvariantCulture).PadLeft(29, '0');
        var trimmed = (text[..^28] + "." + text[^28..]).TrimEnd('0').TrimEnd('.');
        return exact.Sign < 0 ? "-" + trimmed : trimmed;
    }

    private static BigInteger Scaled(string number)
    {
        var point = number.IndexOf('.', StringComparison.Ordinal);
        var decimals = point < 0 ? 0 : number.Length - point - 1;
        return BigInteger.Parse(number.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * BigInteger.Pow(10, 28 - decimals);
    }
}
