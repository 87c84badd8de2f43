namespace OffGridFlow.Engine;

/// <summary>The warming potentials of one gas: kg CO2e per kg, over 100 years, or null where a report has none.</summary>
/// <param name="Gas">Key: <c>co2</c>, <c>ch4</c>, <c>hfc-134a</c>.</param>
/// <param name="Sar">Second Assessment Report.</param>
/// <param name="Ar4">Fourth Assessment Report.</param>
/// <param name="Ar5">Fifth Assessment Report, without climate-carbon feedbacks.</param>
/// <param name="Ar6">Sixth Assessment Report.</param>
public readonly record struct GwpRow(string Gas, decimal? Sar, decimal? Ar4, decimal? Ar5, decimal? Ar6);

/// <summary>100-year global warming potentials by gas and assessment report.</summary>
public sealed class GwpTable
{
    private readonly Dictionary<string, GwpRow> rows;

    /// <exception cref="ArgumentException">A gas stands twice, or has a negative potential.</exception>
    public GwpTable(IEnumerable<GwpRow> rows)
    {
        this.rows = new Dictionary<string, GwpRow>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            if (row.Sar < 0 || row.Ar4 < 0 || row.Ar5 < 0 || row.Ar6 < 0)
            {
                throw new ArgumentException($"The warming potential of {row.Gas} is negative.", nameof(rows));
            }

            if (!this.rows.TryAdd(row.Gas, row))
            {
                throw new ArgumentException($"{row.Gas} stands twice among the warming potentials.", nameof(rows));
            }
        }
    }

    /// <summary>Keys of every gas, whether or not a report gives it a value.</summary>
    public IReadOnlyCollection<string> Gases => rows.Keys;

    /// <summary>Whether the gas is one we know at all: a known gas may still have no value in a set.</summary>
    public bool Knows(string gas) => rows.ContainsKey(gas);

    /// <summary>
    /// kg CO2e per kg of the gas, or null when the gas is unknown or the report gives it none. Null is never zero: a caller
    /// that cannot value a gas must say so.
    /// </summary>
    public decimal? Value(string gas, GwpSet set) => !rows.TryGetValue(gas, out var row) ? null : set switch
    {
        GwpSet.Sar => row.Sar,
        GwpSet.Ar4 => row.Ar4,
        GwpSet.Ar5 => row.Ar5,
        GwpSet.Ar6 => row.Ar6,
    };
}
