namespace OffGridFlow.Engine.Tests.Methods;

public sealed class EntryFormulaTests
{
    [Fact]
    public void Figures_are_the_products_that_decimal_gives_digit_for_digit()
    {
        var random = new Random(11);
        for (var i = 0; i < 100_000; i++)
        {
            var (coefficient, quantity) = (Number(random), Number(random));
            var formula = new EntryFormula(new WeightedFactor(coefficient, [("co2", coefficient)], coefficient, 0m, null, Co2eBasis.PublishedTotal), 1m, 1m, 1m);
            decimal expected;
            try
            {
                expected = quantity * coefficient;
            }
            catch (OverflowException)
            {
                Assert.Throws<OverflowException>(() => formula.Figures(quantity, new decimal[formula.FigureCount]));
                continue;
            }

            var figures = new decimal[formula.FigureCount];
            formula.Figures(quantity, figures);

            Assert.Equal(expected, figures[EntryFormula.Co2eAt]);
            Assert.Equal(expected, figures[EntryFormula.GasesAt]);
            Assert.Equal(0m, figures[EntryFormula.BiogenicAt]);
            Assert.True(expected == 0m || expected.Scale == figures[EntryFormula.Co2eAt].Scale, $"{quantity} x {coefficient}");
        }
    }

    [Fact]
    public void Figures_and_amounts_agree_and_a_credit_mirrors_the_range()
    {
        var formula = new EntryFormula(new WeightedFactor(2.5m, [("co2", 2.4m)], 0.1m, 0.3m, GwpSet.Ar5, Co2eBasis.PublishedTotal), 1m, 0.9m, 1.2m);
        var figures = new decimal[formula.FigureCount];
        foreach (var quantity in (decimal[])[12.34m, -12.34m, 0m])
        {
            formula.Figures(quantity, figures);

            Assert.Equal(
                new EntryAmounts(figures[EntryFormula.Co2eAt], figures[EntryFormula.LowAt], figures[EntryFormula.HighAt], figures[EntryFormula.BiogenicAt], figures[EntryFormula.UnsplitAt]),
                formula.Amounts(quantity));
            Assert.True(figures[EntryFormula.LowAt] <= figures[EntryFormula.HighAt], $"{quantity}");
        }
    }

    // Of one, two and three words, of every scale, and now and then zero.
    private static decimal Number(Random random)
    {
        var words = random.Next(4);
        return new decimal(
            words > 0 ? random.Next(int.MinValue, int.MaxValue) : 0, words > 1 ? random.Next(int.MinValue, int.MaxValue) : 0, words > 2 ? random.Next() : 0,
            random.Next(2) == 0, (byte)random.Next(29));
    }
}
