namespace OffGridFlow.Engine;

/// <summary>All units by the symbols and names people write.</summary>
/// <remarks>
/// A name is looked up as written first, then without regard to case where only one unit answers to it: <c>ML</c> is
/// a megalitre, <c>mL</c> a millilitre, <c>Ml</c> is ambiguous and said to be so.
/// </remarks>
public sealed class UnitTable
{
    // What people write that means different amounts in different places: said, not guessed.
    private static readonly Dictionary<string, string[]> Ambiguous = new(StringComparer.OrdinalIgnoreCase)
    {
        ["gallon"] = ["gal-us", "gal-uk"],
        ["gallons"] = ["gal-us", "gal-uk"],
        ["gal"] = ["gal-us", "gal-uk"],
        ["gals"] = ["gal-us", "gal-uk"],
        ["ton"] = ["t", "short-ton", "long-ton"],
        ["tons"] = ["t", "short-ton", "long-ton"],
        ["tn"] = ["t", "short-ton", "long-ton"],
        ["ton-mile"] = ["short-ton-mi", "tkm"],
        ["ton-miles"] = ["short-ton-mi", "tkm"],
        ["ton-km"] = ["tkm", "short-ton-mi"],
        ["ton mile"] = ["short-ton-mi", "tkm"],
        ["mbtu"] = ["mmBtu", "Btu"],
        ["cwt"] = ["lb", "kg"],
        ["dollar"] = ["USD", "AUD", "CAD"],
        ["dollars"] = ["USD", "AUD", "CAD"],
        ["$"] = ["USD", "AUD", "CAD"],
        ["pound sterling"] = ["GBP"],
    };

    private readonly Dictionary<string, Unit> exact = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Unit>> folded = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="units">Each unit with every name it answers to besides its symbol.</param>
    /// <exception cref="ArgumentException">Two units claim the same spelling.</exception>
    public UnitTable(IEnumerable<(Unit Unit, IReadOnlyList<string> Names)> units)
    {
        foreach (var (unit, names) in units)
        {
            foreach (var name in names.Prepend(unit.Symbol).Distinct(StringComparer.Ordinal))
            {
                if (!exact.TryAdd(name, unit))
                {
                    throw new ArgumentException($"'{name}' names both {exact[name].Symbol} and {unit.Symbol}.", nameof(units));
                }

                var same = folded.TryGetValue(name, out var list) ? list : folded[name] = [];
                if (!same.Contains(unit))
                {
                    same.Add(unit);
                }
            }
        }

        All = exact.Values.Distinct().ToList();
    }

    public IReadOnlyList<Unit> All { get; }

    /// <summary>The unit with exactly this symbol.</summary>
    /// <exception cref="KeyNotFoundException">No unit has it.</exception>
    public Unit this[string symbol] =>
        exact.TryGetValue(symbol, out var unit) ? unit : throw new KeyNotFoundException($"There is no unit '{symbol}'.");

    /// <summary>Finds the unit a person meant.</summary>
    public UnitMatch Find(string written)
    {
        var name = Tidy(written);
        if (exact.TryGetValue(name, out var unit))
        {
            return new UnitMatch(unit, []);
        }

        if (Ambiguous.TryGetValue(name, out var choices))
        {
            return new UnitMatch(null, choices);
        }

        return folded.TryGetValue(name, out var units)
            ? units.Count == 1 ? new UnitMatch(units[0], []) : new UnitMatch(null, units.ConvertAll(u => u.Symbol))
            : new UnitMatch(null, []);
    }

    // "kWh (Gross CV)" and "kWh  (gross CV)" are one spelling; so are the Unicode and the plain cube.
    private static string Tidy(string written) =>
        string.Join(' ', written.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.');
}

/// <summary>The answer to a unit's name: one unit, or the several it could mean, or neither.</summary>
public readonly record struct UnitMatch(Unit? Unit, IReadOnlyList<string> CouldMean);
