using OffGridFlow.Engine.Methods;
using OffGridFlow.Engine.Tests.Support;

namespace OffGridFlow.Engine.Tests.Methods;

public sealed class Scope2Tests
{
    private static readonly GridRate Grid = new(0.2m, "country");
    private static readonly GridRate Residual = new(0.45m, "country");

    [Fact]
    public void Instruments_cover_consumption_best_rank_first_and_the_residual_mix_takes_the_rest()
    {
        var market = Scope2.AllocateMarket(
            1000,
            [
                new Instrument("tariff", InstrumentRank.SupplierRate, 100, 0.3m),
                new Instrument("go", InstrumentRank.Certificate, 400, 0m),
                new Instrument("ppa", InstrumentRank.Contract, 200, 0.01m),
            ],
            Residual,
            Grid);

        Assert.Equal(["go", "ppa", "tariff", null], market.Slices.Select(slice => slice.Source));
        Assert.Equal([400m, 200m, 100m, 300m], market.Slices.Select(slice => slice.KilowattHours));
        Assert.Equal(["supplier", "supplier", "supplier", "country"], market.Slices.Select(slice => slice.Tier));
        Assert.Equal(InstrumentRank.ResidualMix, market.Slices[^1].Rank);
        Assert.Equal(2m + 30m + 135m, market.Emissions);
    }

    [Fact]
    public void Without_a_residual_mix_the_grid_average_takes_the_rest()
    {
        var market = Scope2.AllocateMarket(1000, [], residualMix: null, Grid);

        var slice = Assert.Single(market.Slices);
        Assert.Equal(InstrumentRank.GridAverage, slice.Rank);
        Assert.Equal(Scope2.LocationBased(1000, Grid.Factor), market.Emissions);
    }

    [Fact]
    public void A_residual_mix_of_zero_is_a_residual_mix()
    {
        var market = Scope2.AllocateMarket(1000, [], new GridRate(0m, "country"), Grid);

        Assert.Equal(0m, market.Emissions);
        Assert.Equal(InstrumentRank.ResidualMix, Assert.Single(market.Slices).Rank);
    }

    [Fact]
    public void Claims_beyond_the_consumption_are_an_error_and_no_slice()
    {
        var market = Scope2.AllocateMarket(
            1000, [new Instrument("a", InstrumentRank.Certificate, 700, 0), new Instrument("b", InstrumentRank.Contract, 301, 0)], Residual, Grid);

        Assert.True(market.IsOverclaimed);
        Assert.Equal(1m, market.ExcessKilowattHours);
        Assert.Empty(market.Slices);
        Assert.Null(market.Emissions);
    }

    [Fact]
    public void Claims_that_cover_exactly_leave_no_grid_slice()
    {
        var market = Scope2.AllocateMarket(1000, [new Instrument("a", InstrumentRank.Certificate, 1000, 0)], Residual, Grid);

        Assert.False(market.IsOverclaimed);
        Assert.Equal("a", Assert.Single(market.Slices).Source);
    }

    [Fact]
    public void A_grid_rate_is_no_instrument() =>
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            Scope2.AllocateMarket(10, [new Instrument("mix", InstrumentRank.ResidualMix, 1, 0)], Residual, Grid));

    [Fact]
    public void Slices_add_to_the_consumption_and_none_is_negative() => Draw.Many(draw =>
    {
        var kilowattHours = draw.Amount(0, 10_000);
        var instruments = draw.List(0, 5, d => new Instrument("x", (InstrumentRank)d.Whole(1, 3), d.Amount(0, 3000), d.Amount(0, 1)));

        var market = Scope2.AllocateMarket(kilowattHours, instruments, Residual, Grid);

        Assert.All(market.Slices, slice => Assert.True(slice.KilowattHours > 0));
        Assert.Equal(
            kilowattHours + market.ExcessKilowattHours,
            market.IsOverclaimed ? instruments.Sum(i => i.KilowattHours) : market.Slices.Sum(slice => slice.KilowattHours));
    });
}
