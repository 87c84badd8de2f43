namespace OffGridFlow.Engine.Methods;

/// <summary>The families of PCAF's data quality tables (Global GHG Standard part A, 2022, annex 10.1).</summary>
public enum FinancedAsset
{
    /// <summary>Listed equity, corporate bonds, business loans, unlisted equity and project finance.</summary>
    Company,

    /// <summary>Commercial real estate and mortgages.</summary>
    Property,

    /// <summary>Motor vehicle loans.</summary>
    Vehicle,
}

/// <summary>The option of PCAF by which emissions were found. What each means depends on the asset.</summary>
public enum PcafOption
{
    /// <summary>Verified reported emissions; supplier-specific factor and metered energy; metered vehicle fuel.</summary>
    Option1A,

    /// <summary>Unverified reported emissions; average factor and metered energy; known vehicle and its actual distance.</summary>
    Option1B,

    /// <summary>Emissions from energy use; energy estimated from labels and floor area; known vehicle and local distance.</summary>
    Option2A,

    /// <summary>Emissions from production; energy estimated from building type and floor area; known vehicle and regional distance.</summary>
    Option2B,

    /// <summary>Emissions from revenue; energy from the number of buildings; known vehicle type and distance statistics.</summary>
    Option3A,

    /// <summary>Sector emissions per asset, by outstanding amount; average vehicle.</summary>
    Option3B,

    /// <summary>Sector emissions per revenue, by outstanding amount and asset turnover (companies only).</summary>
    Option3C,
}

/// <summary>PCAF's data quality scores: 1 is best, 5 worst.</summary>
public static class FinancedDataQuality
{
    /// <summary>The score of an option, tables 5-3, 5-7 and 5-10 (companies), 5-14 and 5-15 (property) and 5-16 (vehicles).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The asset has no such option.</exception>
    public static int Score(FinancedAsset asset, PcafOption option) => (asset, option) switch
    {
        (_, PcafOption.Option1A) => 1,
        (FinancedAsset.Vehicle, PcafOption.Option1B) => 1,
        (_, PcafOption.Option1B) => 2,
        (FinancedAsset.Company, PcafOption.Option2A) => 2,
        (FinancedAsset.Company, PcafOption.Option2B) => 3,
        (FinancedAsset.Company, PcafOption.Option3A) => 4,
        (FinancedAsset.Company, PcafOption.Option3B or PcafOption.Option3C) => 5,
        (FinancedAsset.Property, PcafOption.Option2A) => 3,
        (FinancedAsset.Property, PcafOption.Option2B) => 4,
        (FinancedAsset.Property, PcafOption.Option3A) => 5,
        (FinancedAsset.Vehicle, PcafOption.Option2A) => 2,
        (FinancedAsset.Vehicle, PcafOption.Option2B) => 3,
        (FinancedAsset.Vehicle, PcafOption.Option3A) => 4,
        (FinancedAsset.Vehicle, PcafOption.Option3B) => 5,
        _ => throw new ArgumentOutOfRangeException(nameof(option), option, $"PCAF has no such option for {asset}."),
    };
}
