namespace OffGridFlow.Engine.Methods;

/// <summary>The market-based hierarchy, best first: GHG Protocol Scope 2 Guidance (2015), table 6.3.</summary>
public enum InstrumentRank
{
    /// <summary>Certificates (guarantees of origin, RECs, I-RECs), bundled or not.</summary>
    Certificate = 1,

    /// <summary>Contracts such as power purchase agreements that convey attributes without certificates.</summary>
    Contract = 2,

    /// <summary>The supplier's or utility's own rate.</summary>
    SupplierRate = 3,

    /// <summary>What is left in the market after all claims.</summary>
    ResidualMix = 4,

    /// <summary>The average of the grid, where no residual mix is published.</summary>
    GridAverage = 5,
}

/// <summary>A claim on generation that meets the quality criteria (Scope 2 Guidance table 7.1).</summary>
/// <param name="Id">The claim's own identity, kept on the slice it becomes.</param>
/// <param name="Rank">Certificate, contract or supplier rate.</param>
/// <param name="KilowattHours">Energy it covers, 0 or more.</param>
/// <param name="Factor">Kilograms of CO2e per kWh.</param>
public sealed record Instrument(string Id, InstrumentRank Rank, decimal KilowattHours, decimal Factor);

/// <summary>A grid rate with how specific it is: <c>subnational</c>, <c>country</c>, <c>region</c> or <c>world</c>.</summary>
/// <param name="Factor">Kilograms of CO2e per kWh.</param>
/// <param name="Tier">Carried to the slice it becomes.</param>
public sealed record GridRate(decimal Factor, string Tier);

/// <summary>A part of the consumption with the factor that applies to it.</summary>
/// <param name="Source">The instrument's id; null for residual mix and grid average.</param>
/// <param name="Rank">Place in table 6.3.</param>
/// <param name="Tier"><c>supplier</c> for an instrument, otherwise the tier of the grid rate.</param>
/// <param name="KilowattHours">Energy of this part, greater than 0.</param>
/// <param name="Factor">Kilograms of CO2e per kWh.</param>
public sealed record Scope2Slice(string? Source, InstrumentRank Rank, string Tier, decimal KilowattHours, decimal Factor)
{
    /// <summary>Kilograms of CO2e.</summary>
    public decimal Emissions => KilowattHours * Factor;
}

/// <summary>Either slices that add to the consumption exactly, or an excess of claims and no slices.</summary>
/// <param name="Slices">Best rank first; empty when over-claimed.</param>
/// <param name="ExcessKilowattHours">Claims beyond the consumption; 0 when all is well.</param>
public sealed record MarketBased(IReadOnlyList<Scope2Slice> Slices, decimal ExcessKilowattHours)
{
    /// <summary>More was claimed than consumed: nothing may be posted until the claims are corrected.</summary>
    public bool IsOverclaimed => ExcessKilowattHours > 0;

    /// <summary>Kilograms of CO2e, or null when over-claimed.</summary>
    public decimal? Emissions => IsOverclaimed ? null : Slices.Sum(slice => slice.Emissions);
}

/// <summary>Purchased electricity, heat, steam and cooling: GHG Protocol Scope 2 Guidance ch. 6, and its losses and upstream in category 3.</summary>
public static class Scope2
{
    /// <summary>Location-based (sect. 6.4): consumption x the average of the grid.</summary>
    /// <param name="kilowattHours">Consumption.</param>
    /// <param name="gridFactor">Kilograms of CO2e per kWh.</param>
    public static decimal LocationBased(decimal kilowattHours, decimal gridFactor) => kilowattHours * gridFactor;

    /// <summary>
    /// Market-based (sect. 6.5, table 6.3): every instrument covers its energy, best rank first; what is left takes the
    /// residual mix, or the grid average where there is none. Claims beyond the consumption are an error, never a negative slice.
    /// </summary>
    /// <param name="kilowattHours">Consumption, 0 or more.</param>
    /// <param name="instruments">Claims; those of 0 kWh leave no slice.</param>
    /// <param name="residualMix">Null where none is published.</param>
    /// <param name="gridAverage">The location-based factor.</param>
    /// <exception cref="ArgumentOutOfRangeException">Negative energy, or a grid rate given as an instrument.</exception>
    public static MarketBased AllocateMarket(
        decimal kilowattHours, IReadOnlyList<Instrument> instruments, GridRate? residualMix, GridRate gridAverage)
    {
        Require.NotNegative(kilowattHours, nameof(kilowattHours));
        foreach (var instrument in instruments)
        {
            Require.NotNegative(instrument.KilowattHours, nameof(instruments));
            if (instrument.Rank is not (InstrumentRank.Certificate or InstrumentRank.Contract or InstrumentRank.SupplierRate))
            {
                throw new ArgumentOutOfRangeException(nameof(instruments), instrument.Rank, "Residual mix and grid average are no instruments.");
            }
        }

        var uncovered = kilowattHours - instruments.Sum(instrument => instrument.KilowattHours);
        if (uncovered < 0)
        {
            return new MarketBased([], -uncovered);
        }

        List<Scope2Slice> slices =
        [
            .. instruments.Where(i => i.KilowattHours > 0).OrderBy(i => i.Rank)
                .Select(i => new Scope2Slice(i.Id, i.Rank, "supplier", i.KilowattHours, i.Factor)),
        ];
        if (uncovered > 0)
        {
            slices.Add(residualMix is null
                ? new Scope2Slice(null, InstrumentRank.GridAverage, gridAverage.Tier, uncovered, gridAverage.Factor)
                : new Scope2Slice(null, InstrumentRank.ResidualMix, residualMix.Tier, uncovered, residualMix.Factor));
        }

        return new MarketBased(slices, 0m);
    }

    /// <summary>Upstream of purchased energy, category 3 activity B (Scope 3 guidance formula 3.2): consumption x upstream factor.</summary>
    public static decimal Upstream(decimal kilowattHours, decimal upstreamFactor) => kilowattHours * upstreamFactor;

    /// <summary>Transmission and distribution losses, category 3 activity C (Scope 3 guidance formula 3.3).</summary>
    /// <param name="kilowattHours">Consumption.</param>
    /// <param name="generationFactor">Kilograms of CO2e per kWh generated.</param>
    /// <param name="lossRate">Losses as a share of consumption, 0..1.</param>
    public static decimal TransmissionLoss(decimal kilowattHours, decimal generationFactor, decimal lossRate) =>
        kilowattHours * generationFactor * Require.Share(lossRate, nameof(lossRate));

    /// <summary>A loss rate per kWh consumed, from one stated per kWh generated: loss / (1 - loss).</summary>
    /// <param name="lossOfGenerated">0 or more, less than 1.</param>
    public static decimal LossOfConsumed(decimal lossOfGenerated) =>
        lossOfGenerated is >= 0 and < 1
            ? lossOfGenerated / (1m - lossOfGenerated)
            : throw new ArgumentOutOfRangeException(nameof(lossOfGenerated), lossOfGenerated, "Must be at least 0 and less than 1.");

    /// <summary>
    /// An electricity chain seen by one consumer (Scope 3 Standard table 5.6): Scope 2 is the generation of what arrives;
    /// category 3 is the fuel upstream of that, and the whole life cycle of what was lost on the way.
    /// </summary>
    /// <param name="generated">Energy sent out by the generator, greater than 0.</param>
    /// <param name="consumed">Energy that arrives, 0..generated.</param>
    /// <param name="lost">Energy lost on the way to this consumer, 0..generated.</param>
    /// <param name="generation">Direct emissions of the generator.</param>
    /// <param name="fuelSupply">Emissions of extracting and moving its fuel.</param>
    public static (decimal Scope2, decimal FuelUpstream, decimal Losses) Chain(
        decimal generated, decimal consumed, decimal lost, decimal generation, decimal fuelSupply)
    {
        var arrives = Require.ShareOf(consumed, generated, nameof(consumed));
        var escapes = Require.ShareOf(lost, generated, nameof(lost));
        return (generation * arrives, fuelSupply * arrives, (generation + fuelSupply) * escapes);
    }
}
