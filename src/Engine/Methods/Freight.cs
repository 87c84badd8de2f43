namespace OffGridFlow.Engine.Methods;

/// <summary>One leg of a transport chain.</summary>
/// <param name="Mass">Tonnes (or TEU) carried.</param>
/// <param name="Distance">Kilometres, 0 or more.</param>
/// <param name="Factor">Kilograms of CO2e per tonne-kilometre (or TEU-kilometre).</param>
public readonly record struct FreightLeg(decimal Mass, decimal Distance, decimal Factor)
{
    /// <summary>Transport activity in tonne-kilometres (or TEU-kilometres).</summary>
    public decimal TonneKilometres => Mass * Distance;

    /// <summary>Kilograms of CO2e.</summary>
    public decimal Emissions => TonneKilometres * Factor;
}

/// <summary>
/// Categories 4 and 9, transport and distribution: GHG Protocol Scope 3 guidance ch. 4 and 9, ISO 14083:2023 and the GLEC Framework v3.
/// </summary>
public static class Freight
{
    /// <summary>Fuel-based (formula 4.1 to 4.3): fuel x factor and refrigerant leaked x potential.</summary>
    public static decimal FuelBased(params ReadOnlySpan<Line> fuelsAndLeaks) => Lines.Sum(fuelsAndLeaks);

    /// <summary>Distance-based (formula 4.6): the sum over legs of mass x distance x factor.</summary>
    public static decimal DistanceBased(params ReadOnlySpan<FreightLeg> legs)
    {
        var total = 0m;
        foreach (var leg in legs)
        {
            total += leg.Emissions;
        }

        return total;
    }

    /// <summary>Spend-based (formula 4.7): money x a factor per unit of money.</summary>
    public static decimal SpendBased(params ReadOnlySpan<Line> spend) => Lines.Sum(spend);

    /// <summary>A vehicle's round trip with its empty running (formula 4.5; ISO 14083 counts empty trips with the loaded ones they serve).</summary>
    /// <param name="loadedKilometres">Kilometres with cargo, 0 or more.</param>
    /// <param name="loadedFactor">Kilograms of CO2e per vehicle-kilometre with that load.</param>
    /// <param name="emptyKilometres">Kilometres without, 0 or more.</param>
    /// <param name="emptyFactor">Kilograms of CO2e per empty vehicle-kilometre.</param>
    public static decimal RoundTrip(decimal loadedKilometres, decimal loadedFactor, decimal emptyKilometres, decimal emptyFactor) =>
        (Require.NotNegative(loadedKilometres, nameof(loadedKilometres)) * loadedFactor)
        + (Require.NotNegative(emptyKilometres, nameof(emptyKilometres)) * emptyFactor);

    /// <summary>
    /// A vehicle's factor per vehicle-kilometre at a load: empty + (full - empty) x load (the interpolation DESNZ and GLEC use for trucks).
    /// </summary>
    /// <param name="emptyFactor">Kilograms of CO2e per kilometre at no load.</param>
    /// <param name="fullFactor">Kilograms of CO2e per kilometre at full load.</param>
    /// <param name="loadFactor">Share of the payload by mass, 0..1.</param>
    public static decimal FactorAtLoad(decimal emptyFactor, decimal fullFactor, decimal loadFactor) =>
        emptyFactor + ((fullFactor - emptyFactor) * Require.Share(loadFactor, nameof(loadFactor)));

    /// <summary>Emission intensity of a transport operation category (ISO 14083): emissions over transport activity.</summary>
    /// <param name="emissions">Of all trips of the category, empty ones included.</param>
    /// <param name="tonneKilometres">Greater than 0.</param>
    public static decimal Intensity(decimal emissions, decimal tonneKilometres) =>
        emissions / Require.Positive(tonneKilometres, nameof(tonneKilometres));

    /// <summary>A distance driven, from the shortest feasible or great-circle one (ISO 14083 distance adjustment factor).</summary>
    /// <param name="kilometres">Shortest feasible or great-circle distance, 0 or more.</param>
    /// <param name="adjustment">At least 1, e.g. 1.05 for road (GLEC v3).</param>
    public static decimal AdjustedDistance(decimal kilometres, decimal adjustment) =>
        Require.NotNegative(kilometres, nameof(kilometres))
        * (adjustment >= 1m ? adjustment : throw new ArgumentOutOfRangeException(nameof(adjustment), adjustment, "A detour is not shorter than the shortest way: at least 1."));

    /// <summary>A run's emissions shared over shipments by tonne-kilometres (ISO 14083; Scope 3 guidance example 4.3).</summary>
    /// <param name="emissions">Of the whole run.</param>
    /// <param name="tonneKilometres">Of each shipment, by shortest feasible or great-circle distance; 0 or more, not all 0.</param>
    public static IReadOnlyList<decimal> AllocateByTonneKilometres(decimal emissions, IReadOnlyList<decimal> tonneKilometres) =>
        Allocation.Shares.Allocate(emissions, tonneKilometres);

    /// <summary>A warehouse shared by volume (formula 4.8): (fuel + electricity + leaks) x our volume / its volume.</summary>
    /// <param name="energyAndLeaks">Of the whole site.</param>
    /// <param name="ours">Our goods, m3, 0..total.</param>
    /// <param name="total">All goods, m3, greater than 0.</param>
    public static decimal StorageSiteSpecific(ReadOnlySpan<Line> energyAndLeaks, decimal ours, decimal total)
    {
        Require.ShareOf(ours, total, nameof(ours));
        return Lines.Sum(energyAndLeaks) * ours / total;
    }

    /// <summary>Storage by averages (formula 4.9): volume x days x factor.</summary>
    /// <param name="volume">m3, pallets or TEU.</param>
    /// <param name="days">0 or more.</param>
    /// <param name="factor">Kilograms of CO2e per unit and day.</param>
    public static decimal StorageAverage(decimal volume, decimal days, decimal factor) =>
        volume * Require.NotNegative(days, nameof(days)) * factor;
}
