using OffGridFlow.Ledger.Calculations;

namespace OffGridFlow.Ledger.Bundles;

/// <summary>What entries need of workings: a million flights have as many, so their steps and notes are not kept.</summary>
internal sealed class WorkingsIndex
{
    private readonly Dictionary<Guid, Kept> all = [];
    private readonly Dictionary<string, string> units = new(StringComparer.Ordinal);

    public WorkingsIndex(BundleLines lines)
    {
        foreach (var (id, own, where) in lines.Of(BundleFormat.Workings, (line, where) => (Calculation.IdOf(System.Text.Encoding.UTF8.GetString(line)), BundleFormat.Read<Workings>(line, where), where)))
        {
            if (!units.TryGetValue(own.Unit, out var unit))
            {
                units[own.Unit] = unit = own.Unit;
            }

            if (!all.TryAdd(id, new Kept(own.Quantity, unit, [.. own.Quantities])))
            {
                throw new DifferenceException("workings", where, "workings that stand twice", "each once");
            }
        }
    }

    /// <param name="Quantity">The activity's.</param>
    /// <param name="Unit">Of it.</param>
    /// <param name="Quantities">The entries', by slot.</param>
    public readonly record struct Kept(decimal Quantity, string Unit, decimal[] Quantities);

    public Kept Find(Guid id, string where) => all.TryGetValue(id, out var own)
        ? own
        : throw new DifferenceException("workings of an entry", where, id.ToString(), $"a line of {BundleFormat.Workings} with this hash");

    public static decimal QuantityOf(Kept own, short slot, string where) => slot >= 0 && slot < own.Quantities.Length
        ? own.Quantities[slot]
        : throw new DifferenceException("quantity in the workings", where, FormattableString.Invariant($"slot {slot}"), FormattableString.Invariant($"one of {own.Quantities.Length}"));
}
