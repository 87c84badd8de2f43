namespace OffGridFlow.Engine;

/// <summary>One entry's arithmetic, per unit of the quantity as the row writes it: resolve once, multiply millions of times.</summary>
/// <remarks>Every coefficient already holds the unit conversion, so an amount is a single exact multiplication.</remarks>
public sealed class EntryFormula
{
    /// <summary>Places in <see cref="Figures"/>.</summary>
    public const int Co2eAt = 0;
    public const int LowAt = 1;
    public const int HighAt = 2;
    public const int BiogenicAt = 3;
    public const int UnsplitAt = 4;
    public const int GasesAt = 5;

    // In the order of the places above: a row's figures are one pass over one piece of memory.
    private readonly decimal[] perQuantity;
    private readonly Multiplicand[] multiplicands;

    /// <param name="factor">The weighted factor, per unit of the factor.</param>
    /// <param name="unitsPerQuantity">How many of the factor's units one of the row's units is.</param>
    /// <param name="lowRatio">Lower end of the 95 % range as a fraction of the value, at most 1.</param>
    /// <param name="highRatio">Upper end of the 95 % range as a fraction of the value, at least 1.</param>
    public EntryFormula(WeightedFactor factor, decimal unitsPerQuantity, decimal lowRatio, decimal highRatio)
    {
        var co2e = factor.Co2ePerUnit * unitsPerQuantity;
        perQuantity =
        [
            co2e, co2e * lowRatio, co2e * highRatio, factor.BiogenicPerUnit * unitsPerQuantity, factor.UnsplitPerUnit * unitsPerQuantity,
            .. factor.Gases.Select(gas => gas.Kilograms * unitsPerQuantity),
        ];
        multiplicands = Array.ConvertAll(perQuantity, coefficient => new Multiplicand(coefficient));
        GasNames = factor.Gases.Select(gas => gas.Gas).ToArray();
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

    public int GasCount => perQuantity.Length - GasesAt;

    /// <summary>How many figures <see cref="Figures"/> gives.</summary>
    public int FigureCount => perQuantity.Length;

    /// <summary>kg CO2e of a quantity, exact.</summary>
    public decimal Co2e(decimal quantity) => quantity * perQuantity[Co2eAt];

    /// <summary>kg CO2 of biological origin of a quantity, outside the scopes.</summary>
    public decimal BiogenicCo2(decimal quantity) => perQuantity[BiogenicAt] == 0m ? 0m : quantity * perQuantity[BiogenicAt];

    /// <summary>Everything but the gases.</summary>
    /// <remarks>A negative quantity (a credit note) mirrors the range: its low end is the larger reduction.</remarks>
    public EntryAmounts Amounts(decimal quantity)
    {
        var perUnit = perQuantity;
        var lower = quantity * perUnit[LowAt];
        var upper = quantity * perUnit[HighAt];
        var (low, high) = quantity < 0m ? (upper, lower) : (lower, upper);
        return new EntryAmounts(quantity * perUnit[Co2eAt], low, high, quantity * perUnit[BiogenicAt], quantity * perUnit[UnsplitAt]);
    }

    /// <summary>Every figure of a quantity at its place: CO2e, the ends of its range, biogenic CO2, what no gas accounts for, each gas.</summary>
    /// <param name="quantity">Amount in the row's unit.</param>
    /// <param name="into">At least <see cref="FigureCount"/>.</param>
    public void Figures(decimal quantity, Span<decimal> into)
    {
        var factor = new Multiplicand(quantity);
        var coefficients = multiplicands;
        for (var i = 0; i < coefficients.Length; i++)
        {
            ref readonly var coefficient = ref coefficients[i];
            into[i] = coefficient.IsZero ? 0m : Multiplicand.TryMultiply(factor, coefficient, out var product) ? product : quantity * perQuantity[i];
        }

        if (factor.IsNegative)
        {
            (into[LowAt], into[HighAt]) = (into[HighAt], into[LowAt]);
        }
    }

    /// <summary>Writes kg of each gas into <paramref name="into"/>, in the order of <see cref="GasNames"/>.</summary>
    public void Gases(decimal quantity, Span<decimal> into)
    {
        var gases = perQuantity.AsSpan(GasesAt);
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
