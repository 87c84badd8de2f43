namespace OffGridFlow.Engine.Methods;

/// <summary>Category 10, processing of sold intermediate products: GHG Protocol Scope 3 guidance ch. 10. Kilograms of CO2e.</summary>
public static class Processing
{
    /// <summary>Site-specific (formula 10.1): the processor's fuel, electricity, leaks and waste x the share that belongs to our product.</summary>
    /// <param name="share">Physical or economic share of our product, 0..1; 1 for an exclusive supplier.</param>
    /// <param name="inputs">Quantity and factor of each.</param>
    public static decimal SiteSpecific(decimal share, params ReadOnlySpan<Line> inputs) =>
        Lines.Sum(inputs) * Require.Share(share, nameof(share));

    /// <summary>Average data (formula 10.2): mass of the sold product x factor of the processing it goes through.</summary>
    public static decimal AverageData(params ReadOnlySpan<Line> products) => Lines.Sum(products);
}
