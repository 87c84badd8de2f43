using OffGridFlow.Engine.Tests.Support;
using OffGridFlow.Engine.Uncertainty;

namespace OffGridFlow.Engine.Tests.Uncertainty;

public sealed class UncertaintyTests
{
    private static Term AnyTerm(Draw draw) => new(draw.Amount(1, 1000), draw.Fraction(0.2), draw.Fraction(0.2));

    [Fact]
    public void A_range_contains_its_value_and_grows_with_the_uncertainty() => Draw.Many(draw =>
    {
        var (value, small) = (draw.Amount(-1000, 1000), draw.Fraction(draw.Whole(0, 1) == 0 ? 0.5 : 40));

        var (inner, outer) = (Interval.Of(value, small), Interval.Of(value, small * 1.1));

        Assert.True(inner.Low <= value && value <= inner.High);
        Assert.True(outer.Low <= inner.Low && inner.High <= outer.High);
    });

    [Fact]
    public void A_positive_amount_never_ranges_below_zero() => Draw.Many(draw =>
        Assert.True(Interval.Of(draw.Amount(0, 1000), draw.Fraction(100)).Low >= 0));

    [Fact]
    public void A_credit_note_has_the_mirrored_range() => Draw.Many(draw =>
    {
        var (value, half) = (draw.Amount(0, 1000), draw.Fraction(3));
        var (plus, minus) = (Interval.Of(value, half), Interval.Of(-value, half));

        Assert.Equal((-plus.High, -plus.Value, -plus.Low), (minus.Low, minus.Value, minus.High));
    });

    [Fact]
    public void Up_to_thirty_percent_the_range_is_symmetric_and_beyond_it_is_not()
    {
        Assert.Equal(new Interval(70, 100, 130), Interval.Of(100, 0.30));

        var wide = Interval.Of(100, 1.0);

        // sigma² = ln(1 + (1/1.96)²) = 0.23136, and exp(-0.11568 ± 1.96 x 0.48100)
        Assert.Equal(34.7m, wide.Low, 1);
        Assert.Equal(228.7m, wide.High, 1);
    }

    [Fact]
    public void A_pedigree_range_divides_and_multiplies() =>
        Assert.Equal(new Interval(50, 100, 200), Interval.OfPedigree(100, 2));

    [Fact]
    public void A_worse_score_never_narrows_a_range() => Draw.Many(draw =>
    {
        int Score() => draw.Whole(1, 4);
        var better = new PedigreeScores(Score(), Score(), Score(), Score(), Score());
        var worse = new PedigreeScores(
            better.Reliability + 1, better.Completeness + 1, better.Temporal + 1, better.Geographical + 1, better.Technological + 1);
        var kind = (BasicUncertainty)draw.Whole(0, 8);

        Assert.True(Pedigree.SquaredGeometricDeviation(worse, kind) > Pedigree.SquaredGeometricDeviation(better, kind));
    });

    [Fact]
    public void Entries_of_one_factor_err_together_and_so_are_less_certain_than_independent_ones() => Draw.Many(draw =>
    {
        var independent = draw.List(2, 20, AnyTerm);

        var shared = independent.Select(term => term with { FactorKey = "f" }).ToList();

        Assert.True(Propagation.HalfWidth(shared) >= Propagation.HalfWidth(independent));
    });

    [Fact]
    public void Entries_of_one_factor_add_linearly()
    {
        Term[] shared = [new(100, 0, 0.1, "f"), new(200, 0, 0.1, "f")];

        Assert.Equal(30, Propagation.HalfWidth(shared), 10);
        Assert.Equal(Math.Sqrt(500), Propagation.HalfWidth([new(100, 0, 0.1, "f"), new(200, 0, 0.1, "g")]), 10);
    }

    [Fact]
    public void An_entry_and_its_reversal_have_no_uncertainty() => Draw.Many(draw =>
    {
        var entry = AnyTerm(draw) with { FactorKey = "f", ActivityKey = "a" };

        var total = Propagation.Total([entry, entry with { Value = -entry.Value }]);

        Assert.Equal((0m, 0m, 0m), (total.Low, total.Value, total.High));
    });

    [Fact]
    public void A_total_of_zero_still_has_a_width_when_its_parts_are_unrelated()
    {
        var total = Propagation.Total([new(100, 0.1, 0), new(-100, 0.1, 0)]);

        Assert.Null(Propagation.RelativeHalfWidth([new(100, 0.1, 0), new(-100, 0.1, 0)]));
        Assert.Equal(-total.High, total.Low);
        Assert.Equal(14.14m, total.High, 2);
    }

    [Fact]
    public void The_order_of_entries_does_not_matter() => Draw.Many(draw =>
    {
        var terms = draw.List(1, 30, d => AnyTerm(d) with { FactorKey = d.Whole(0, 1) == 0 ? null : "f" });

        Assert.Equal(Propagation.HalfWidth(terms), Propagation.HalfWidth(draw.Shuffle(terms)), 8);
    });

    [Fact]
    public void Many_draws_agree_with_propagation_when_all_is_normal()
    {
        for (var seed = 1; seed <= 10; seed++)
        {
            var draw = new Draw(seed);
            var terms = draw.List(3, 12, d => AnyTerm(d) with { FactorKey = d.Whole(0, 1) == 0 ? "f" : null });
            var (total, half) = ((double)terms.Sum(term => term.Value), Propagation.HalfWidth(terms));

            var drawn = MonteCarlo.Simulate(terms, (ulong)seed);

            Assert.InRange(drawn.Mean / total, 0.99, 1.01);
            Assert.InRange((drawn.High - drawn.Low) / (2 * half), 0.94, 1.06);
            Assert.InRange(drawn.StandardDeviation * Interval.Z95 / half, 0.95, 1.05);
        }
    }

    [Fact]
    public void Many_draws_of_a_wide_amount_agree_with_its_log_normal_range()
    {
        var (range, drawn) = (Interval.Of(100, 1.0), MonteCarlo.Simulate([new(100, 1.0, 0)], seed: 7));

        Assert.InRange(drawn.Mean, 98, 102);
        Assert.InRange(drawn.Low / (double)range.Low, 0.95, 1.05);
        Assert.InRange(drawn.High / (double)range.High, 0.95, 1.05);
    }

    [Fact]
    public void A_shared_factor_widens_the_draws_too()
    {
        Term[] shared = [.. Enumerable.Repeat(new Term(100, 0, 0.2, "f"), 10)];
        Term[] independent = [.. shared.Select(term => term with { FactorKey = null })];

        Assert.True(MonteCarlo.Simulate(shared, 1).StandardDeviation > 2.5 * MonteCarlo.Simulate(independent, 1).StandardDeviation);
    }

    [Fact]
    public void One_seed_gives_one_result()
    {
        Term[] terms = [new(100, 0.1, 0.5, "f"), new(50, 0.4, 0.5, "f")];

        Assert.Equal(MonteCarlo.Simulate(terms, 42), MonteCarlo.Simulate(terms, 42));
        Assert.NotEqual(MonteCarlo.Simulate(terms, 42), MonteCarlo.Simulate(terms, 43));
        Assert.Equal(150.319257, MonteCarlo.Simulate(terms, 42).Mean, 6);
    }

    [Fact]
    public void An_entry_is_as_good_as_its_weaker_half()
    {
        var entry = new EntryQuality(new PedigreeScores(1, 1, 1, 1, 1), new PedigreeScores(3, 3, 4, 3, 3));

        Assert.Equal(3.2m, DataQuality.Average(entry));
        Assert.Equal(QualityBand.Fair, DataQuality.Band(DataQuality.Average(entry)));
    }

    [Fact]
    public void Quality_is_weighted_by_what_is_emitted()
    {
        var (good, poor) = (new PedigreeScores(1, 1, 1, 1, 1), new PedigreeScores(5, 5, 5, 5, 5));

        Assert.Equal(2m, DataQuality.Weighted([(300, new EntryQuality(good, good)), (-100, new EntryQuality(poor, good))]));
        Assert.Null(DataQuality.Weighted([]));
    }
}
