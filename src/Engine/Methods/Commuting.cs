namespace OffGridFlow.Engine.Methods;

/// <summary>One mode in an average split of commutes.</summary>
/// <param name="Share">Of all commutes, 0..1.</param>
/// <param name="OneWayKilometres">0 or more.</param>
/// <param name="Factor">Kilograms of CO2e per passenger- or vehicle-kilometre.</param>
public readonly record struct CommuteMode(decimal Share, decimal OneWayKilometres, decimal Factor);

/// <summary>Category 7, employee commuting and working from home: GHG Protocol Scope 3 guidance ch. 7. Kilograms of CO2e.</summary>
public static class Commuting
{
    /// <summary>Kilometres there and back (formula 7.1): one way x 2 x days.</summary>
    /// <param name="oneWayKilometres">0 or more.</param>
    /// <param name="days">Days commuted, 0 or more.</param>
    public static decimal Distance(decimal oneWayKilometres, decimal days) =>
        Require.NotNegative(oneWayKilometres, nameof(oneWayKilometres)) * 2m * Require.NotNegative(days, nameof(days));

    /// <summary>Distance-based (formula 7.1): distance x factor, shared by those in the vehicle.</summary>
    /// <param name="oneWayKilometres">0 or more.</param>
    /// <param name="days">Days commuted, 0 or more.</param>
    /// <param name="factor">Kilograms of CO2e per vehicle-kilometre, or per passenger-kilometre with occupancy 1.</param>
    /// <param name="occupancy">People per vehicle, at least 1.</param>
    public static decimal DistanceBased(decimal oneWayKilometres, decimal days, decimal factor, decimal occupancy = 1m) =>
        Travel.ByVehicle(1m, occupancy, Distance(oneWayKilometres, days), factor);

    /// <summary>Average data (formula 7.2): employees x share of mode x one way x 2 x days x factor, over all modes.</summary>
    /// <param name="employees">0 or more.</param>
    /// <param name="days">Working days at the workplace in the year, 0 or more.</param>
    /// <param name="modes">Shares must not add to more than 1; the rest works at home or next door.</param>
    /// <exception cref="ArgumentOutOfRangeException">A share lies outside 0..1, or they add to more than 1.</exception>
    public static decimal AverageData(decimal employees, decimal days, params ReadOnlySpan<CommuteMode> modes)
    {
        Require.NotNegative(employees, nameof(employees));
        var (shares, total) = (0m, 0m);
        foreach (var mode in modes)
        {
            shares += Require.Share(mode.Share, nameof(modes));
            total += employees * mode.Share * DistanceBased(mode.OneWayKilometres, days, mode.Factor);
        }

        return shares <= 1m
            ? total
            : throw new ArgumentOutOfRangeException(nameof(modes), shares, "The shares of the modes add to at most 1.");
    }

    /// <summary>Homeworking by hours (DESNZ "Homeworking"): full-time-equivalent hours x factor.</summary>
    /// <param name="hours">Hours worked at home, 0 or more.</param>
    /// <param name="factor">Kilograms of CO2e per hour.</param>
    public static decimal HomeworkingHours(decimal hours, decimal factor) => Require.NotNegative(hours, nameof(hours)) * factor;

    /// <summary>Homeworking by energy (guidance ch. 7): only what is beyond the home's baseline counts.</summary>
    /// <param name="kilowattHours">Energy with the work, 0 or more.</param>
    /// <param name="baselineKilowattHours">Energy without it, 0 or more.</param>
    /// <param name="factor">Kilograms of CO2e per kWh.</param>
    /// <exception cref="ArgumentOutOfRangeException">The baseline exceeds the use.</exception>
    public static decimal HomeworkingEnergy(decimal kilowattHours, decimal baselineKilowattHours, decimal factor) =>
        Require.NotNegative(kilowattHours - Require.NotNegative(baselineKilowattHours, nameof(baselineKilowattHours)), nameof(kilowattHours)) * factor;
}
