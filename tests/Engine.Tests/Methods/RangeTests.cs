using OffGridFlow.Engine.Allocation;
using OffGridFlow.Engine.Methods;
using OffGridFlow.Engine.Uncertainty;

namespace OffGridFlow.Engine.Tests.Methods;

public sealed class RangeTests
{
    public static TheoryData<string, Action> Impossible => new()
    {
        { "a share above one", () => Combustion.FromCarbon(1, 1.01m) },
        { "a net value above the gross one", () => Combustion.Net(1, 1.1m) },
        { "a density of zero", () => Combustion.Mass(1, 0) },
        { "a leak rate below zero", () => Refrigerants.Operation(10, -0.1m) },
        { "a negative stock", () => Refrigerants.MassBalance(new RefrigerantYear(-1, 0, 0, 0, 0, 0)) },
        { "a blend that is 99 % known", () => Refrigerants.BlendPotential([(0.5m, 677), (0.49m, 3170)]) },
        { "a dust correction below one", () => Process.Clinker(1, 0.51m, 0.9m) },
        { "waste of which 10 % has no treatment", () => Waste.ByTreatment(10, (0.9m, 300)) },
        { "a commute split of 110 %", () => Commuting.AverageData(1, 1, new CommuteMode(0.6m, 1, 1), new CommuteMode(0.5m, 1, 1)) },
        { "a baseline above the use", () => Commuting.HomeworkingEnergy(10, 11, 1) },
        { "a latitude beyond the pole", () => Travel.GreatCircle(90.1, 0, 0, 0) },
        { "a longitude that is no number", () => Travel.GreatCircle(0, double.NaN, 0, 0) },
        { "a vehicle with half a person", () => Travel.ByVehicle(1, 0.5m, 1, 1) },
        { "a radiative forcing below one", () => Travel.Flight(1, 1, 1, 0, 0.9m) },
        { "a negative lifetime", () => ProductUse.Direct(-1, 1, 1, 1) },
        { "a lifetime of no years", () => Investments.Lifetime(1, 0, 0.5m) },
        { "more outstanding than the company is worth", () => Investments.ListedAttribution(11, 10) },
        { "a score of six", () => Investments.WeightedQuality([(1, 6)]) },
        { "a tenant larger than what is let", () => LeasedAssets.FloorShare(80, 100, 0.75m) },
        { "a detour shorter than the way", () => Freight.AdjustedDistance(1, 0.99m) },
        { "an option the asset does not have", () => FinancedDataQuality.Score(FinancedAsset.Property, PcafOption.Option3C) },
        { "weights that are all zero", () => Shares.Of([0, 0]) },
        { "a negative weight", () => Shares.Of([2, -1]) },
        { "thirteen places", () => LargestRemainder.Round([1], 13) },
        { "equity of 110 %", () => Consolidation.Share(ConsolidationApproach.EquityShare, new Holding(HoldingKind.Associate, 1.1m, false)) },
        { "an infinite uncertainty", () => Interval.Of(1, double.PositiveInfinity) },
        { "a pedigree score of zero", () => Pedigree.SquaredGeometricDeviation(new PedigreeScores(1, 1, 0, 1, 1), BasicUncertainty.Energy) },
        { "a simulation of ten draws", () => MonteCarlo.Simulate([], 1, 10) },
        { "an average score of six", () => DataQuality.Band(6) },
    };

    [Theory]
    [MemberData(nameof(Impossible), DisableDiscoveryEnumeration = true)]
    public void What_cannot_be_is_refused(string what, Action calculation)
    {
        Assert.NotEmpty(what);
        Assert.Throws<ArgumentOutOfRangeException>(calculation);
    }

    [Fact]
    public void A_refusal_says_what_was_found()
    {
        var refusal = Assert.Throws<ArgumentOutOfRangeException>(() => Refrigerants.Installation(10, 1.5m));

        Assert.Equal(1.5m, refusal.ActualValue);
        Assert.Equal("lossRate", refusal.ParamName);
    }

    [Theory]
    [InlineData(true, 800, FlightBand.Domestic)]
    [InlineData(false, 400, FlightBand.ShortHaul)]
    [InlineData(false, 3700, FlightBand.ShortHaul)]
    [InlineData(false, 3701, FlightBand.LongHaul)]
    public void A_flight_has_the_band_of_its_distance(bool withinOneCountry, int kilometres, FlightBand band) =>
        Assert.Equal(band, Travel.Band(withinOneCountry, kilometres));

    [Fact]
    public void London_Heathrow_is_5540_km_from_New_York_Kennedy() =>
        Assert.Equal(5540, Travel.GreatCircle(51.4706, -0.461941, 40.639801, -73.7789), 5.0);

    [Fact]
    public void Distance_is_the_same_there_and_back() => Support.Draw.Many(draw =>
    {
        var (a, b, c, d) = (draw.Fraction(180) - 90, draw.Fraction(360) - 180, draw.Fraction(180) - 90, draw.Fraction(360) - 180);

        var distance = Travel.GreatCircle(a, b, c, d);

        Assert.Equal(distance, Travel.GreatCircle(c, d, a, b), 6);
        Assert.InRange(distance, 0, Math.PI * Travel.EarthRadiusKilometres);
        Assert.Equal(0, Travel.GreatCircle(a, b, a, b), 6);
    });

    [Fact]
    public void Gross_and_net_are_each_other_s_way_back() => Support.Draw.Many(draw =>
    {
        var (energy, ratio) = (draw.Amount(1, 1000), draw.Amount(0.8m, 1));

        Assert.Equal(energy, Combustion.Gross(Combustion.Net(energy, ratio), ratio), 18);
        Assert.Equal(energy * 56.1m, Combustion.Net(energy, ratio) * Combustion.FactorPerNet(56.1m, ratio), 18);
    });

    [Fact]
    public void A_blend_splits_into_masses_that_weigh_what_it_weighed()
    {
        var gases = Refrigerants.Split(10, [("hfc-32", 0.23m), ("hfc-125", 0.25m), ("hfc-134a", 0.52m)]);

        Assert.Equal([("hfc-32", 2.3m), ("hfc-125", 2.5m), ("hfc-134a", 5.2m)], gases);
    }

    [Theory]
    [InlineData(FinancedAsset.Company, PcafOption.Option1A, 1)]
    [InlineData(FinancedAsset.Company, PcafOption.Option2A, 2)]
    [InlineData(FinancedAsset.Company, PcafOption.Option3C, 5)]
    [InlineData(FinancedAsset.Property, PcafOption.Option1B, 2)]
    [InlineData(FinancedAsset.Property, PcafOption.Option2A, 3)]
    [InlineData(FinancedAsset.Vehicle, PcafOption.Option1B, 1)]
    [InlineData(FinancedAsset.Vehicle, PcafOption.Option3A, 4)]
    public void An_option_of_pcaf_has_its_score(FinancedAsset asset, PcafOption option, int score) =>
        Assert.Equal(score, FinancedDataQuality.Score(asset, option));
}
