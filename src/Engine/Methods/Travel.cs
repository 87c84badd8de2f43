namespace OffGridFlow.Engine.Methods;

/// <summary>Flight bands of the UK conversion factors (DESNZ methodology paper, air transport).</summary>
public enum FlightBand
{
    /// <summary>Both airports in one country.</summary>
    Domestic,

    /// <summary>International, up to 3,700 km.</summary>
    ShortHaul,

    /// <summary>International, beyond 3,700 km.</summary>
    LongHaul,
}

/// <summary>Category 6, business travel: GHG Protocol Scope 3 guidance ch. 6. Kilograms of CO2e.</summary>
public static class Travel
{
    /// <summary>Mean radius of the earth, (2a + b) / 3 of GRS 80 (IUGG), kilometres.</summary>
    public const double EarthRadiusKilometres = 6371.0088;

    /// <summary>Longest short-haul flight, kilometres.</summary>
    public const decimal LongestShortHaulKilometres = 3700m;

    /// <summary>
    /// What DESNZ added to great-circle distances for detours and holding before its 2021 edition. Later editions have it inside
    /// the factors: pass 0 for them.
    /// </summary>
    public const decimal DesnzUplift = 0.08m;

    /// <summary>Great-circle distance by the haversine formula on a sphere of mean radius, within 0.6 % of the ellipsoid.</summary>
    /// <param name="latitude1">Degrees, -90..90, north positive.</param>
    /// <param name="longitude1">Degrees, -180..180, east positive.</param>
    /// <param name="latitude2">Degrees, -90..90.</param>
    /// <param name="longitude2">Degrees, -180..180.</param>
    /// <returns>Kilometres.</returns>
    public static double GreatCircle(double latitude1, double longitude1, double latitude2, double longitude2)
    {
        CheckDegrees(latitude1, 90, nameof(latitude1));
        CheckDegrees(longitude1, 180, nameof(longitude1));
        CheckDegrees(latitude2, 90, nameof(latitude2));
        CheckDegrees(longitude2, 180, nameof(longitude2));
        var (phi1, phi2) = (double.DegreesToRadians(latitude1), double.DegreesToRadians(latitude2));
        var halfLatitude = Math.Sin((phi2 - phi1) / 2);
        var halfLongitude = Math.Sin(double.DegreesToRadians(longitude2 - longitude1) / 2);
        var haversine = (halfLatitude * halfLatitude) + (Math.Cos(phi1) * Math.Cos(phi2) * halfLongitude * halfLongitude);
        return 2 * EarthRadiusKilometres * Math.Asin(Math.Min(1, Math.Sqrt(haversine)));
    }

    /// <summary>The band of a flight. The distance is the great-circle one, before any uplift.</summary>
    public static FlightBand Band(bool withinOneCountry, decimal kilometres) =>
        withinOneCountry ? FlightBand.Domestic
        : kilometres <= LongestShortHaulKilometres ? FlightBand.ShortHaul
        : FlightBand.LongHaul;

    /// <summary>A flight (formula 6.1): passengers x distance x (1 + uplift) x factor of band and class x radiative forcing.</summary>
    /// <param name="passengers">0 or more; count a return as two flights.</param>
    /// <param name="kilometres">Great-circle distance, 0 or more.</param>
    /// <param name="factor">Kilograms of CO2e per passenger-kilometre of the band and cabin class.</param>
    /// <param name="uplift">Share added to the distance, 0..1.</param>
    /// <param name="radiativeForcing">1 for none, or where the factor has it inside; DESNZ 1.9 before 2024, 1.7 since. At least 1.</param>
    public static decimal Flight(decimal passengers, decimal kilometres, decimal factor, decimal uplift = 0m, decimal radiativeForcing = 1m) =>
        Require.NotNegative(passengers, nameof(passengers))
        * Require.NotNegative(kilometres, nameof(kilometres))
        * (1m + Require.Share(uplift, nameof(uplift)))
        * factor
        * (radiativeForcing >= 1m ? radiativeForcing : throw new ArgumentOutOfRangeException(nameof(radiativeForcing), radiativeForcing, "At least 1."));

    /// <summary>A trip by a shared vehicle (formula 6.1): travellers / occupancy x distance x factor per vehicle-kilometre.</summary>
    /// <param name="travellers">0 or more.</param>
    /// <param name="occupancy">Average people per vehicle, at least 1; not rounded up to whole vehicles (guidance example 6.1).</param>
    /// <param name="kilometres">0 or more.</param>
    /// <param name="factor">Kilograms of CO2e per vehicle-kilometre.</param>
    public static decimal ByVehicle(decimal travellers, decimal occupancy, decimal kilometres, decimal factor) =>
        VehicleDistance(travellers, occupancy, kilometres) * factor;

    /// <summary>What vehicles drive to carry travellers: travellers x distance / occupancy.</summary>
    /// <param name="travellers">0 or more.</param>
    /// <param name="occupancy">Average people per vehicle, at least 1.</param>
    /// <param name="kilometres">0 or more.</param>
    /// <returns>Vehicle-kilometres.</returns>
    public static decimal VehicleDistance(decimal travellers, decimal occupancy, decimal kilometres) =>
        PassengerDistance(travellers, kilometres)
        / (occupancy >= 1m ? occupancy : throw new ArgumentOutOfRangeException(nameof(occupancy), occupancy, "A vehicle carries at least 1 person."));

    /// <summary>Travellers x distance.</summary>
    /// <param name="travellers">0 or more; count a return as two trips.</param>
    /// <param name="kilometres">0 or more.</param>
    /// <returns>Passenger-kilometres.</returns>
    public static decimal PassengerDistance(decimal travellers, decimal kilometres) =>
        Require.NotNegative(travellers, nameof(travellers)) * Require.NotNegative(kilometres, nameof(kilometres));

    /// <summary>A trip by public transport: travellers x distance x factor per passenger-kilometre.</summary>
    public static decimal ByPassenger(decimal travellers, decimal kilometres, decimal factor) =>
        PassengerDistance(travellers, kilometres) * factor;

    /// <summary>Hotel stays (formula 6.1, optional term): rooms x nights x factor.</summary>
    /// <param name="rooms">0 or more.</param>
    /// <param name="nights">0 or more.</param>
    /// <param name="factor">Kilograms of CO2e per occupied room and night.</param>
    public static decimal Hotel(decimal rooms, decimal nights, decimal factor) =>
        Require.NotNegative(rooms, nameof(rooms)) * Require.NotNegative(nights, nameof(nights)) * factor;

    /// <summary>Spend-based (guidance ch. 6, as ch. 4): money x a factor per unit of money.</summary>
    public static decimal SpendBased(params ReadOnlySpan<Line> spend) => Lines.Sum(spend);

    private static void CheckDegrees(double value, double limit, string name)
    {
        if (!(Math.Abs(value) <= limit))
        {
            throw new ArgumentOutOfRangeException(name, value, "Degrees beyond the globe.");
        }
    }
}
