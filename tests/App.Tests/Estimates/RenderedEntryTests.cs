using System.Globalization;
using System.Text;
using System.Text.Json;
using OffGridFlow.Engine;
using OffGridFlow.Web.Estimates;

namespace OffGridFlow.App.Tests.Estimates;

/// <summary>Entries are written from rendered text with holes: the figures in them must be the formula's own, digit for digit.</summary>
public sealed class RenderedEntryTests
{
    [Fact]
    public void Every_figure_of_any_entry_is_what_the_formula_computes()
    {
        var random = new Random(23);
        for (var i = 0; i < 2_000; i++)
        {
            var plan = Plan(random);
            for (var j = 0; j < 5; j++)
            {
                var quantity = Number(random, negative: true);
                var written = Written(plan, quantity);

                Assert.Equal(Expected(plan, quantity), Figures(written));
            }
        }
    }

    [Fact]
    public void A_credit_note_has_the_larger_reduction_as_its_low_end()
    {
        var plan = Plan(new WeightedFactor(2m, [], 2m, 0m, GwpSet.Ar5, Co2eBasis.PublishedTotal));

        var figures = Figures(Written(plan, -10m));

        Assert.Equal("-24", figures["low_kg"]);
        Assert.Equal("-18", figures["high_kg"]);
    }

    [Fact]
    public void Text_of_the_plan_is_escaped()
    {
        var plan = Plan(new WeightedFactor(2m, [], 2m, 0m, null, Co2eBasis.PublishedTotal)) with { Citation = "Table \"1\"\n\\ page 2" };

        Assert.Equal(plan.Citation, Written(plan, 1m).GetProperty("citation").GetString());
    }

    private static EntryPlan Plan(Random random)
    {
        var gases = new[] { "co2", "ch4", "n2o", "sf6" }.Take(random.Next(5)).Select(gas => (gas, Sometimes(random))).ToList();
        var total = Sometimes(random);
        return Plan(new WeightedFactor(total, gases, random.Next(2) == 0 ? total : Sometimes(random), Sometimes(random), GwpSet.Ar5, Co2eBasis.PublishedTotal));
    }

    private static EntryPlan Plan(WeightedFactor factor) => new()
    {
        Key = default, Scope = 1, Role = "direct", Basis = Basis.Single, Formula = new EntryFormula(factor, 1m, 0.9m, 1.2m), FactorId = "desnz:2025:1",
        Edition = "desnz:2025", Citation = "Table 1", Tier = Tier.Country, Method = "quantity x factor", Quality = 1.5m,
        UncertaintyNote = "", FactorHalfWidth = 0.1m, ActivityHalfWidth = 0.1m,
    };

    // Zeros are rendered into the text, so they must be frequent.
    private static decimal Sometimes(Random random) => random.Next(3) == 0 ? 0m : Number(random, negative: false);

    private static decimal Number(Random random, bool negative) =>
        new(random.Next(), random.Next(1 << 10), 0, negative && random.Next(2) == 0, (byte)random.Next(14));

    private static JsonElement Written(EntryPlan plan, decimal quantity)
    {
        var output = new Utf8Output();
        RenderedEntry.Of(plan).Write(output, quantity);
        return JsonDocument.Parse(Encoding.UTF8.GetString(output.Written)).RootElement;
    }

    private static Dictionary<string, string> Figures(JsonElement entry) => entry.EnumerateObject()
        .Where(member => member.Name.EndsWith("_kg", StringComparison.Ordinal) && member.Value.ValueKind == JsonValueKind.String)
        .Concat(entry.GetProperty("gases_kg").EnumerateObject())
        .ToDictionary(member => member.Name, member => member.Value.GetString()!);

    private static Dictionary<string, string> Expected(EntryPlan plan, decimal quantity)
    {
        var amounts = plan.Formula.Amounts(quantity);
        var masses = new decimal[plan.Formula.GasCount];
        plan.Formula.Gases(quantity, masses);
        var figures = new Dictionary<string, string>
        {
            ["co2e_kg"] = Text(amounts.Co2eKg), ["unsplit_co2e_kg"] = Text(amounts.UnsplitKg), ["biogenic_co2_kg"] = Text(amounts.BiogenicCo2Kg),
            ["low_kg"] = Text(amounts.LowKg), ["high_kg"] = Text(amounts.HighKg),
        };
        for (var i = 0; i < masses.Length; i++)
        {
            figures[plan.Formula.GasNames[i]] = Text(masses[i]);
        }

        return figures;
    }

    private static string Text(decimal value) => value.ToString("0.############################", CultureInfo.InvariantCulture) is var text && text == "-0" ? "0" : text;
}
