namespace OffGridFlow.Engine.Methods;

/// <summary>
/// Category 15, investments: GHG Protocol Scope 3 guidance ch. 15, and PCAF, Global GHG Standard part A, second edition (2022),
/// ch. 5. Financed emissions are attribution factor x emissions of what is financed. Money is of one currency; emissions keep their unit.
/// </summary>
public static class Investments
{
    /// <summary>Enterprise value including cash (PCAF sect. 5.1): market value of all shares + book value of debt and minority interests; cash is not deducted.</summary>
    public static decimal EnterpriseValue(decimal ordinaryShares, decimal preferredShares, decimal totalDebt, decimal minorityInterests) =>
        Require.NotNegative(ordinaryShares, nameof(ordinaryShares)) + Require.NotNegative(preferredShares, nameof(preferredShares))
        + Require.NotNegative(totalDebt, nameof(totalDebt)) + minorityInterests;

    /// <summary>Listed equity and corporate bonds of listed companies (PCAF sect. 5.1): outstanding / EVIC.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The quotient lies outside 0..1.</exception>
    public static decimal ListedAttribution(decimal outstanding, decimal enterpriseValue) =>
        Require.ShareOf(outstanding, enterpriseValue, nameof(outstanding));

    /// <summary>
    /// Business loans, unlisted equity, bonds of private companies and project finance (PCAF sect. 5.1 to 5.3): outstanding / (total
    /// equity + debt). A negative equity counts as 0, so that all emissions go to the lenders (PCAF footnote 57).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The quotient lies outside 0..1.</exception>
    public static decimal BalanceSheetAttribution(decimal outstanding, decimal totalEquity, decimal totalDebt) =>
        Require.ShareOf(outstanding, Math.Max(0m, totalEquity) + Require.NotNegative(totalDebt, nameof(totalDebt)), nameof(outstanding));

    /// <summary>Commercial real estate and mortgages (PCAF sect. 5.4 and 5.5): outstanding / value of the property at origination.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The quotient lies outside 0..1.</exception>
    public static decimal PropertyAttribution(decimal outstanding, decimal valueAtOrigination) =>
        Require.ShareOf(outstanding, valueAtOrigination, nameof(outstanding));

    /// <summary>Motor vehicle loans (PCAF sect. 5.6): outstanding / value of the vehicle at origination.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The quotient lies outside 0..1.</exception>
    public static decimal VehicleAttribution(decimal outstanding, decimal valueAtOrigination) =>
        Require.ShareOf(outstanding, valueAtOrigination, nameof(outstanding));

    /// <summary>Sovereign debt (PCAF sect. 5.7): exposure / gross domestic product adjusted by purchasing power parity.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The quotient lies outside 0..1.</exception>
    public static decimal SovereignAttribution(decimal exposure, decimal purchasingPowerGdp) =>
        Require.ShareOf(exposure, purchasingPowerGdp, nameof(exposure));

    /// <summary>Financed emissions (PCAF ch. 5): the sum of attribution x emissions. Also equity share x emissions (guidance formula 15.1).</summary>
    /// <exception cref="ArgumentOutOfRangeException">An attribution outside 0..1.</exception>
    public static decimal Financed(params ReadOnlySpan<(decimal Emissions, decimal Attribution)> holdings)
    {
        var total = 0m;
        foreach (var (emissions, attribution) in holdings)
        {
            total += emissions * Require.Share(attribution, nameof(holdings));
        }

        return total;
    }

    /// <summary>Project finance (guidance formula 15.3): project emissions x our debt or equity / total equity and debt.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The quotient lies outside 0..1.</exception>
    public static decimal Project(decimal emissions, decimal invested, decimal totalCost)
    {
        Require.ShareOf(invested, totalCost, nameof(invested));
        return emissions * invested / totalCost;
    }

    /// <summary>Average data (guidance formula 15.2, and 15.4 for projects): revenue or cost by sector x factor per unit of money, x our share.</summary>
    /// <param name="share">Of equity or of project cost, 0..1.</param>
    /// <param name="sectors">Revenue or cost in each sector, and its factor.</param>
    public static decimal AverageData(decimal share, params ReadOnlySpan<Line> sectors) =>
        Lines.Sum(sectors) * Require.Share(share, nameof(share));

    /// <summary>Projected lifetime emissions (guidance formula 15.4 on lifetimes), reported apart in the year of financing: yearly x years x share.</summary>
    /// <param name="yearly">Expected emissions of a year.</param>
    /// <param name="years">Lifetime, greater than 0.</param>
    /// <param name="share">Of total project cost, 0..1.</param>
    public static decimal Lifetime(decimal yearly, decimal years, decimal share) =>
        yearly * Require.Positive(years, nameof(years)) * Require.Share(share, nameof(share));

    /// <summary>Economic emission intensity (PCAF ch. 6): financed emissions / outstanding.</summary>
    public static decimal EconomicIntensity(decimal financed, decimal outstanding) =>
        financed / Require.Positive(outstanding, nameof(outstanding));

    /// <summary>Adjustment for market prices (PCAF sect. 5.1): the sum of weight x EVIC of the base year / EVIC of this year.</summary>
    /// <param name="companies">Weight now, and both values, greater than 0.</param>
    public static decimal MarketAdjustment(IReadOnlyList<(decimal Weight, decimal BaseValue, decimal CurrentValue)> companies) =>
        companies.Sum(c => Require.Share(c.Weight, nameof(companies)) * Require.Positive(c.BaseValue, nameof(companies))
            / Require.Positive(c.CurrentValue, nameof(companies)));

    /// <summary>Weighted data quality score (PCAF box 8): sum of outstanding x score / sum of outstanding. 1 is best, 5 worst.</summary>
    /// <param name="holdings">Outstanding amounts of 0 or more, not all 0; scores 1..5.</param>
    public static decimal WeightedQuality(IReadOnlyList<(decimal Outstanding, int Score)> holdings)
    {
        var (weighted, outstanding) = (0m, 0m);
        foreach (var holding in holdings)
        {
            if (holding.Score is < 1 or > 5)
            {
                throw new ArgumentOutOfRangeException(nameof(holdings), holding.Score, "A data quality score lies between 1 and 5.");
            }

            weighted += Require.NotNegative(holding.Outstanding, nameof(holdings)) * holding.Score;
            outstanding += holding.Outstanding;
        }

        return weighted / Require.Positive(outstanding, nameof(holdings));
    }
}
