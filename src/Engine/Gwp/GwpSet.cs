namespace OffGridFlow.Engine;

/// <summary>The 100-year global warming potentials a CO2e figure was computed under.</summary>
public enum GwpSet
{
    /// <summary>IPCC Second Assessment Report, 1995.</summary>
    Sar,

    /// <summary>IPCC Fourth Assessment Report, 2007.</summary>
    Ar4,

    /// <summary>IPCC Fifth Assessment Report, 2013, without climate-carbon feedbacks.</summary>
    Ar5,

    /// <summary>IPCC Sixth Assessment Report, 2021.</summary>
    Ar6,
}
