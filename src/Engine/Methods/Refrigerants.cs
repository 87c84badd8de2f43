namespace OffGridFlow.Engine.Methods;

/// <summary>One gas's year of stock, trade and equipment, all in kilograms, each 0 or more.</summary>
/// <param name="StockAtStart">In storage, not in equipment, on the first day.</param>
/// <param name="StockAtEnd">In storage on the last day.</param>
/// <param name="Acquired">Bought, delivered inside new equipment, or returned after recycling.</param>
/// <param name="Disbursed">Sold, left inside sold equipment, or sent for recycling, reclamation or destruction.</param>
/// <param name="CapacityAtStart">Full charge of all equipment on the first day.</param>
/// <param name="CapacityAtEnd">Full charge of all equipment on the last day.</param>
public readonly record struct RefrigerantYear(
    decimal StockAtStart, decimal StockAtEnd, decimal Acquired, decimal Disbursed, decimal CapacityAtStart, decimal CapacityAtEnd);

/// <summary>
/// Leaks from refrigeration, air conditioning, fire suppression and switchgear: EPA Center for Corporate Climate Leadership,
/// "Direct Fugitive Emissions" (2014) sect. 2, GHG Protocol HFC tool, and IPCC 2006 vol. 3 ch. 7 eq. 7.9 to 7.14.
/// Results are kilograms of the gas or blend: multiply by its potential, or split a blend first.
/// </summary>
public static class Refrigerants
{
    /// <summary>
    /// Material balance (EPA sect. 2.3): fall of stock + acquired - disbursed + fall of capacity.
    /// A negative result means that the records contradict each other, and is returned as found for the caller to refuse.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A term is negative.</exception>
    public static decimal MassBalance(RefrigerantYear year)
    {
        Require.NotNegative(year.StockAtStart, nameof(year));
        Require.NotNegative(year.StockAtEnd, nameof(year));
        Require.NotNegative(year.Acquired, nameof(year));
        Require.NotNegative(year.Disbursed, nameof(year));
        Require.NotNegative(year.CapacityAtStart, nameof(year));
        Require.NotNegative(year.CapacityAtEnd, nameof(year));
        return year.StockAtStart - year.StockAtEnd + year.Acquired - year.Disbursed + year.CapacityAtStart - year.CapacityAtEnd;
    }

    /// <summary>
    /// Simplified material balance (EPA sect. 2.4), where no stock is kept: (charged into new units - their capacity)
    /// + serviced + (capacity of scrapped units - recovered from them). Kilograms.
    /// </summary>
    public static decimal SimplifiedBalance(
        decimal chargedNew, decimal capacityNew, decimal serviced, decimal capacityScrapped, decimal recovered) =>
        chargedNew - capacityNew + serviced + capacityScrapped - recovered;

    /// <summary>Assembly losses (EPA sect. 2.1, first term; IPCC eq. 7.12): charge x rate.</summary>
    /// <param name="charge">Kilograms charged into new equipment.</param>
    /// <param name="lossRate">Share lost, 0..1.</param>
    public static decimal Installation(decimal charge, decimal lossRate) => charge * Require.Share(lossRate, nameof(lossRate));

    /// <summary>Operating leaks (EPA sect. 2.1, second term; IPCC eq. 7.13): capacity x yearly rate x years in use.</summary>
    /// <param name="capacity">Kilograms, full charge.</param>
    /// <param name="yearlyRate">Share lost in a year, 0..1.</param>
    /// <param name="years">Part of the year in use, or years; 0 or more.</param>
    public static decimal Operation(decimal capacity, decimal yearlyRate, decimal years = 1m) =>
        capacity * Require.Share(yearlyRate, nameof(yearlyRate)) * Require.NotNegative(years, nameof(years));

    /// <summary>Disposal (EPA sect. 2.1, third term; IPCC eq. 7.14): capacity x charge left x (1 - recovered).</summary>
    /// <param name="capacity">Kilograms, full charge.</param>
    /// <param name="chargeLeft">Share of the charge still in the unit, 0..1.</param>
    /// <param name="recovered">Share of that which is recovered, 0..1.</param>
    public static decimal Disposal(decimal capacity, decimal chargeLeft, decimal recovered) =>
        capacity * Require.Share(chargeLeft, nameof(chargeLeft)) * (1m - Require.Share(recovered, nameof(recovered)));

    /// <summary>A blend's potential: sum of mass share x the component's potential (IPCC 2006 vol. 3 table 7.8).</summary>
    /// <param name="components">Shares must add to 1. A component outside the Kyoto basket has the potential its GWP set gives it, often none (0).</param>
    /// <exception cref="ArgumentOutOfRangeException">A share lies outside 0..1, or they do not add to 1.</exception>
    public static decimal BlendPotential(IReadOnlyList<(decimal Share, decimal Potential)> components)
    {
        CheckShares(components.Select(c => c.Share), nameof(components));
        return components.Sum(c => c.Share * c.Potential);
    }

    /// <summary>A mass of blend as the masses of its gases, in the order given.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A share lies outside 0..1, or they do not add to 1.</exception>
    public static IReadOnlyList<(string Gas, decimal Mass)> Split(decimal mass, IReadOnlyList<(string Gas, decimal Share)> components)
    {
        CheckShares(components.Select(c => c.Share), nameof(components));
        return [.. components.Select(c => (c.Gas, mass * c.Share))];
    }

    private static void CheckShares(IEnumerable<decimal> shares, string name)
    {
        var sum = shares.Sum(share => Require.Share(share, name));
        if (sum != 1m)
        {
            throw new ArgumentOutOfRangeException(name, sum, "The shares of a blend add to 1.");
        }
    }
}
