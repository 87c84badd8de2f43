namespace OffGridFlow.Engine.Methods;

/// <summary>Activity data times emission factor, the atom of every calculation of the GHG Protocol (Corporate Standard, ch. 6).</summary>
/// <param name="Quantity">Activity in any unit, negative for a credit note or a reversal.</param>
/// <param name="Factor">Emissions per that same unit; the result has its mass unit.</param>
public readonly record struct Line(decimal Quantity, decimal Factor)
{
    /// <summary>Quantity x factor, unrounded, in the mass unit of the factor.</summary>
    public decimal Emissions => Quantity * Factor;
}

/// <summary>Sums of lines: the "sum across" of the calculation formulas of the GHG Protocol's Scope 3 guidance.</summary>
public static class Lines
{
    /// <summary>The sum of quantity x factor; zero for no lines.</summary>
    public static decimal Sum(params ReadOnlySpan<Line> lines)
    {
        var total = 0m;
        foreach (var line in lines)
        {
            total += line.Emissions;
        }

        return total;
    }

    /// <summary>Weighted by gas: mass of each gas x its global warming potential (Corporate Standard, ch. 6; IPCC).</summary>
    /// <param name="gases">Mass of one gas and its 100-year potential, kg CO2e per kg.</param>
    public static decimal Co2e(params ReadOnlySpan<(decimal Mass, decimal Potential)> gases)
    {
        var total = 0m;
        foreach (var (mass, potential) in gases)
        {
            total += mass * potential;
        }

        return total;
    }
}
