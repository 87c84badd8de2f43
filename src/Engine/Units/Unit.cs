namespace OffGridFlow.Engine;

/// <summary>A unit of measure, exact against the base of its dimension.</summary>
/// <param name="Symbol">Our one spelling of it: <c>kWh</c>, <c>kWh-gross</c>, <c>tkm</c>, or an ISO 4217 code.</param>
/// <param name="Dimension"><c>mass</c>, <c>volume</c>, <c>energy</c>, <c>energy-gross</c>, <c>currency-USD</c> …</param>
/// <param name="InBase">How many base units one of it is: exact by definition of the unit.</param>
public sealed record Unit(string Symbol, string Dimension, decimal InBase)
{
    /// <summary>Whether quantities of this unit can be expressed in the other without knowing what is measured.</summary>
    public bool SharesDimensionWith(Unit other) => Dimension == other.Dimension;

    /// <summary>Expresses an amount of this unit in another of the same dimension.</summary>
    /// <returns>Exact where the ratio is a finite decimal, else to 28 significant digits.</returns>
    /// <exception cref="ArgumentException">The dimensions differ; the message names both.</exception>
    public decimal Convert(decimal amount, Unit to)
    {
        if (!SharesDimensionWith(to))
        {
            throw new ArgumentException($"{Symbol} measures {Dimension}, {to.Symbol} measures {to.Dimension}.", nameof(to));
        }

        // Multiplying first keeps 1 MWh = 1000 kWh exact; the division is the only place where digits can end.
        return Symbol == to.Symbol ? amount : amount * InBase / to.InBase;
    }

    /// <summary>How many of <paramref name="to"/> one of this is, for formulas that are applied many times.</summary>
    public decimal Ratio(Unit to) => Convert(1m, to);

    public override string ToString() => Symbol;
}
