namespace OffGridFlow.Engine.Methods;

/// <summary>Categories 8, 13 and 14, leased assets and franchises: GHG Protocol Scope 3 guidance ch. 8, 13 and 14. Kilograms of CO2e.</summary>
public static class LeasedAssets
{
    /// <summary>A tenant's share of a building (guidance example 8.1): its area / (total area x occupancy).</summary>
    /// <param name="area">Leased area, 0..total x occupancy.</param>
    /// <param name="totalArea">Of the building, greater than 0.</param>
    /// <param name="occupancy">Share of the building that is let, greater than 0, at most 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The tenant has more than what is let.</exception>
    public static decimal FloorShare(decimal area, decimal totalArea, decimal occupancy = 1m) =>
        Require.ShareOf(area, Require.Positive(totalArea, nameof(totalArea)) * Require.Share(occupancy, nameof(occupancy)), nameof(area));

    /// <summary>Asset-specific (formula 8.1 and 8.2): fuel, electricity and leaks x factors x share x part of the year leased.</summary>
    /// <param name="share">0..1; 1 for an asset wholly leased.</param>
    /// <param name="partOfYear">Days leased / days of the year, 0..1.</param>
    /// <param name="energyAndLeaks">Of the whole asset.</param>
    public static decimal AssetSpecific(decimal share, decimal partOfYear, params ReadOnlySpan<Line> energyAndLeaks) =>
        Lines.Sum(energyAndLeaks) * Require.Share(share, nameof(share)) * Require.Share(partOfYear, nameof(partOfYear));

    /// <summary>Energy of leased floor area (guidance ch. 8, average data): area x time x intensity x share.</summary>
    /// <param name="areaYears">m2-years.</param>
    /// <param name="intensity">kWh per m2 and year, 0 or more.</param>
    /// <param name="share">0..1; 1 for an area wholly leased.</param>
    /// <returns>kWh.</returns>
    public static decimal FloorEnergy(decimal areaYears, decimal intensity, decimal share = 1m) =>
        areaYears * Require.NotNegative(intensity, nameof(intensity)) * Require.Share(share, nameof(share));

    /// <summary>Lessor- or lessee-specific (formula 8.3): the partner's scope 1 and 2 x physical share of the leased asset.</summary>
    /// <param name="scope1And2">Of the partner.</param>
    /// <param name="leased">Area, volume or pieces leased, 0..total.</param>
    /// <param name="total">Of all the partner's assets, greater than 0.</param>
    public static decimal PartnerSpecific(decimal scope1And2, decimal leased, decimal total)
    {
        Require.ShareOf(leased, total, nameof(leased));
        return scope1And2 * leased / total;
    }

    /// <summary>Average data (formula 8.4 and 8.5): floor area x factor of the building type, or pieces x factor of the asset type.</summary>
    public static decimal AverageData(params ReadOnlySpan<Line> assets) => Lines.Sum(assets);

    /// <summary>Franchise-specific (formula 14.1): the franchisees' scope 1 and 2.</summary>
    public static decimal Franchises(params ReadOnlySpan<(decimal Scope1, decimal Scope2)> franchisees)
    {
        var total = 0m;
        foreach (var (scope1, scope2) in franchisees)
        {
            total += scope1 + scope2;
        }

        return total;
    }
}
