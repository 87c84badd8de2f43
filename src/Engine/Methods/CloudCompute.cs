namespace OffGridFlow.Engine.Methods;

/// <summary>Electricity and embodied emissions of rented servers, by the Cloud Carbon Footprint methodology.</summary>
/// <remarks>
/// https://www.cloudcarbonfootprint.org/docs/methodology: "Average Watts = Min Watts + Avg vCPU Utilization * (Max Watts -
/// Min Watts)", "Compute Watt-Hours = Average Watts * vCPU Hours", times the data centre's power usage effectiveness; and
/// "M = TE * (TR/EL) * (RR/TR)" of the Software Carbon Intensity specification for embodied emissions.
/// </remarks>
public static class CloudCompute
{
    /// <summary>Utilisation where none was measured: 50 %, the methodology's figure for hyperscale data centres.</summary>
    public const decimal UsualUtilisation = 0.5m;

    /// <summary>Hours a server is expected to serve: 4 years.</summary>
    public const decimal ServerLifeHours = 35_040m;

    /// <summary>Watts drawn at a utilisation, on the straight line from idle to full load.</summary>
    /// <param name="minimumWatts">Idle, at least 0.</param>
    /// <param name="maximumWatts">Full load, at least <paramref name="minimumWatts"/>.</param>
    /// <param name="utilisation">A fraction from 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static decimal Watts(decimal minimumWatts, decimal maximumWatts, decimal utilisation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(minimumWatts);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumWatts, minimumWatts);
        ArgumentOutOfRangeException.ThrowIfNegative(utilisation);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(utilisation, 1m);
        return minimumWatts + (utilisation * (maximumWatts - minimumWatts));
    }

    /// <summary>kWh at the data centre's meter for watts drawn over some hours.</summary>
    /// <param name="watts">Drawn by the server, at least 0.</param>
    /// <param name="hours">How long, at least 0.</param>
    /// <param name="powerUsageEffectiveness">Energy into the data centre over energy into its servers, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static decimal KilowattHours(decimal watts, decimal hours, decimal powerUsageEffectiveness)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(watts);
        ArgumentOutOfRangeException.ThrowIfNegative(hours);
        ArgumentOutOfRangeException.ThrowIfLessThan(powerUsageEffectiveness, 1m);
        return watts * hours * powerUsageEffectiveness / 1000m;
    }

    /// <summary>kg CO2e of making a server that one hour of an instance answers for: M = TE x (1 h / EL) x (RR / TR).</summary>
    /// <param name="serverKilograms">Making the whole server, kg CO2e (TE).</param>
    /// <param name="reservedVcpus">vCPUs of the instance (RR), above 0; a fraction for shared cores.</param>
    /// <param name="serverVcpus">vCPUs of the server (TR), at least those of the instance.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static decimal EmbodiedKilogramsPerHour(decimal serverKilograms, decimal reservedVcpus, decimal serverVcpus)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(serverKilograms);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(reservedVcpus);
        ArgumentOutOfRangeException.ThrowIfLessThan(serverVcpus, reservedVcpus);
        return serverKilograms * reservedVcpus / (ServerLifeHours * serverVcpus);
    }
}
