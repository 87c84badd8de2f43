using OffGridFlow.Engine;

namespace OffGridFlow.Web.Estimates;

/// <summary>kg CO2e, and kg CO2 of biological origin apart.</summary>
internal struct KilogramSum
{
    public ExactSum Co2e;

    public ExactSum Biogenic;

    public void Add(decimal co2e, decimal biogenic)
    {
        Co2e.Add(co2e);
        Biogenic.Add(biogenic);
    }

    public void Add(in KilogramSum other)
    {
        Co2e.Add(other.Co2e);
        Biogenic.Add(other.Biogenic);
    }
}
