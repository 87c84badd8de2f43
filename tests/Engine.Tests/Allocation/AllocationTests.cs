using OffGridFlow.Engine.Allocation;
using OffGridFlow.Engine.Tests.Support;

namespace OffGridFlow.Engine.Tests.Allocation;

public sealed class AllocationTests
{
    [Fact]
    public void Shares_add_to_one() => Draw.Many(draw =>
        Assert.Equal(1m, Shares.Of(draw.List(1, 40, d => d.Amount(0.0001m, 1000))).Sum(), 24));

    [Fact]
    public void Allocated_parts_add_to_the_total() => Draw.Many(draw =>
    {
        var total = draw.Amount(-100_000, 100_000);

        Assert.Equal(total, Shares.Allocate(total, draw.List(1, 40, d => d.Amount(0.0001m, 1000))).Sum(), 18);
    });

    [Fact]
    public void A_weight_of_zero_gets_nothing() => Assert.Equal([0m, 10m], Shares.Allocate(10, [0, 3]));

    [Fact]
    public void Printed_parts_add_to_the_printed_total() => Draw.Many(draw =>
    {
        var (parts, decimals) = (draw.List(0, 50, d => d.Amount(-1000, 1000)), draw.Whole(0, 4));

        Assert.Equal(LargestRemainder.Total(parts, decimals), LargestRemainder.Round(parts, decimals).Sum());
    });

    [Fact]
    public void A_printed_part_is_less_than_one_unit_from_the_exact_one() => Draw.Many(draw =>
    {
        var (parts, decimals) = (draw.List(1, 50, d => d.Amount(-1000, 1000)), draw.Whole(0, 4));
        var unit = (decimal)Math.Pow(10, -decimals);

        Assert.All(LargestRemainder.Round(parts, decimals).Zip(parts), pair => Assert.True(Math.Abs(pair.First - pair.Second) < unit));
    });

    [Fact]
    public void Thirds_print_as_a_hundred_percent() =>
        Assert.Equal([33.4m, 33.3m, 33.3m], LargestRemainder.Round([100m / 3, 100m / 3, 100m / 3], 1));

    [Fact]
    public void A_zero_stays_a_zero() => Assert.Equal([0m, 1m, 1m], LargestRemainder.Round([0m, 0.8m, 0.9m], 0));

    [Theory]
    [InlineData(HoldingKind.Subsidiary, false, false, 0.6, 1, 0)]
    [InlineData(HoldingKind.Associate, true, false, 0.6, 0, 1)]
    [InlineData(HoldingKind.JointVenture, true, false, 0.6, 0.6, 1)]
    [InlineData(HoldingKind.FixedAssetInvestment, false, false, 0, 0, 0)]
    [InlineData(HoldingKind.Franchise, false, true, 0.6, 1, 0)]
    [InlineData(HoldingKind.Franchise, true, false, 0.6, 0, 1)]
    public void A_holding_enters_by_the_approach_chosen(
        HoldingKind kind, bool operates, bool controls, double equityShare, double financial, double operational)
    {
        var holding = new Holding(kind, 0.6m, operates, controls);

        Assert.Equal((decimal)equityShare, Consolidation.Share(ConsolidationApproach.EquityShare, holding));
        Assert.Equal((decimal)financial, Consolidation.Share(ConsolidationApproach.FinancialControl, holding));
        Assert.Equal((decimal)operational, Consolidation.Share(ConsolidationApproach.OperationalControl, holding));
    }
}
