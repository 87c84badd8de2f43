namespace OffGridFlow.Engine;

/// <summary>One entry's arithmetic, per unit of the quantity as the row writes it: resolve once, multiply millions of times.</summary>
/// <remarks>Every coefficient already holds the unit conversion, so an amount is a single exact multiplication.</remarks>
public sealed class EntryFormula
{
    private readonly decimal co2e;
    private readonly decimal unsplit;
    private readonly decimal biogenic;
    private readonly decimal low;
    private readonly decimal high;
    private readonly decimal[] gases;

    /// <param name="factor">The weighted factor, per unit of the factor.</param>
    /// <param name="unitsPerQuantity">How many of the factor's units one of the row's units is.</param>
    /// <param name="lowRatio">Lower end of the 95 % range as a fraction of the value, at most 1.</param>
    /// <param name="highRatio">Upper end of the 95 % range as a fraction of the value, at least 1.</param>
    public EntryFormula(WeightedFactor factor, decimal unitsPerQuantity, decimal lowRatio, decimal highRatio)
    {
        co2e = factor.Co2ePerUnit * unitsPerQuantity;
        unsplit = factor.UnsplitPerUnit * unitsPerQuantity;
        biogenic = factor.BiogenicPerUnit * unitsPerQuantity;
        low = co2e * lowRatio;
        high = co2e * highRatio;
        GasNames = factor.Gases.Select(gas => gas.Gas).ToArray();
        gases = factor.Gases.Select(gas => gas.Kilograms * unitsPerQuantity).ToArray();
        Factor = factor;
        UnitsPerQuantity = unitsPerQuantity;
        LowRatio = lowRatio;
        HighRatio = highRatio;
    }

    public WeightedFactor Factor { get; }

    public decimal UnitsPerQuantity { get; }

    public decimal LowRatio { get; }

    public decimal HighRatio { get; }

    /// <summary>The gases of <see cref="Gases"/>, in its order.</summary>
    public IReadOnlyList<string> GasNames { get; }

    public int GasCount => gases.Length;

    /// <summary>kg CO2e of a quantity, exact.</summary>
    public decimal Co2e(decimal quantity) => quantity * co2e;

    /// <summary>kg CO2 of biological origin of a quantity, outside the scopes.</summary>
    public decimal BiogenicCo2(decimal quantity) => biogenic == 0m ? 0m : quantity * biogenic;

    /// <summary>Everything but the gases.</summary>
    /// <remarks>A negative quantity (a credit note) mirrors the range: its low end is the larger reduction.</remarks>
    public EntryAmounts Amounts(decimal quantity)
    {
        var lower = quantity * low;
        var upper = quantity * high;
        return quantity < 0m
            ? new EntryAmounts(quantity * co2e, upper, lower, quantity * biogenic, quantity * unsplit)
            : new EntryAmounts(quantity * co2e, lower, upper, quantity * biogenic, quantity * unsplit);
    }

    /// <summary>Writes kg of each gas into <paramref name="into"/>, in the order of <see cref="GasNames"/>.</summary>
    public void Gases(decimal quantity, Span<decimal> into)
    {
        for (var i = 0; i < gases.Length; i++)
        {
            into[i] = quantity * gases[i];
        }
    }
}

/// <summary>What one entry emits.</summary>
/// <param name="Co2eKg">kg CO2e, exact.</param>
/// <param name="LowKg">Lower end of the 95 % range, kg CO2e.</param>
/// <param name="HighKg">Upper end of the 95 % range, kg CO2e.</param>
/// <param name="BiogenicCo2Kg">kg CO2 of biological origin, outside the scopes.</param>
/// <param name="UnsplitKg">kg CO2e of the total that no published gas accounts for.</param>
public readonly record struct EntryAmounts(decimal Co2eKg, decimal LowKg, decimal HighKg, decimal BiogenicCo2Kg, decimal UnsplitKg);
