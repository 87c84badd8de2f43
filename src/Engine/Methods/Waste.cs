namespace OffGridFlow.Engine.Methods;

/// <summary>Categories 5 and 12, waste and end of life: GHG Protocol Scope 3 guidance ch. 5 and 12. Kilograms of CO2e.</summary>
public static class Waste
{
    /// <summary>By type and treatment (formula 5.2): mass (or volume of water) x the factor of that treatment.</summary>
    public static decimal ByType(params ReadOnlySpan<Line> waste) => Lines.Sum(waste);

    /// <summary>
    /// Average data (formula 5.3 and 12.1): total mass x share of each treatment x its factor.
    /// A treatment without a figure has no place here: the shares must account for all the waste.
    /// </summary>
    /// <param name="mass">Total mass.</param>
    /// <param name="treatments">Share of the mass and factor per unit of mass; shares add to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A share lies outside 0..1, or they do not add to 1.</exception>
    public static decimal ByTreatment(decimal mass, params ReadOnlySpan<(decimal Share, decimal Factor)> treatments)
    {
        var (shares, factor) = (0m, 0m);
        foreach (var treatment in treatments)
        {
            shares += Require.Share(treatment.Share, nameof(treatments));
            factor += treatment.Share * treatment.Factor;
        }

        return shares == 1m
            ? mass * factor
            : throw new ArgumentOutOfRangeException(nameof(treatments), shares, "The shares of the treatments add to 1.");
    }

    /// <summary>Mass of sold goods that becomes waste (guidance ch. 12): sold goods and packaging, less what is consumed in use.</summary>
    /// <param name="goods">Mass of goods sold, 0 or more.</param>
    /// <param name="packaging">Mass of their packaging, 0 or more.</param>
    /// <param name="consumed">Share of the goods eaten, burnt or used up, 0..1.</param>
    public static decimal MassAtEndOfLife(decimal goods, decimal packaging, decimal consumed = 0m) =>
        (Require.NotNegative(goods, nameof(goods)) * (1m - Require.Share(consumed, nameof(consumed))))
        + Require.NotNegative(packaging, nameof(packaging));

    /// <summary>The incineration of fossil carbon (IPCC 2006 vol. 5 eq. 5.1): mass x dry x carbon x fossil x oxidised x 44/12.</summary>
    /// <param name="mass">Wet mass of the waste.</param>
    /// <param name="dryMatter">Share, 0..1.</param>
    /// <param name="carbon">Share of dry matter, 0..1.</param>
    /// <param name="fossil">Share of carbon, 0..1; the rest is biogenic and reported apart.</param>
    /// <param name="oxidised">Share, 0..1.</param>
    /// <returns>CO2 in the unit of the mass.</returns>
    public static decimal Incineration(decimal mass, decimal dryMatter, decimal carbon, decimal fossil, decimal oxidised = 1m) =>
        Combustion.FromCarbon(
            mass * Require.Share(dryMatter, nameof(dryMatter)) * Require.Share(carbon, nameof(carbon)) * Require.Share(fossil, nameof(fossil)),
            oxidised);
}
