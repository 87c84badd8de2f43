using System.Buffers;
using System.Runtime.InteropServices;
using OffGridFlow.Ledger.Entries;

namespace OffGridFlow.Ledger.Totals;

/// <summary>Figures that entries add up to, to the last digit.</summary>
internal struct FigureSums
{
    public ExactSum Co2eKg;
    public ExactSum BiogenicCo2Kg;
    public ExactSum Quantity;

    /// <summary>A reversal takes one away.</summary>
    public long Entries;

    /// <summary>
    /// Sum of squared kg CO2e, a reversal's taken away; of an activity that spans months each month's part times the whole, so that the
    /// months together hold the square of the whole: it is one measurement.
    /// </summary>
    public double Squares;

    public void Add(in FigureSums other)
    {
        Co2eKg.Add(other.Co2eKg);
        BiogenicCo2Kg.Add(other.BiogenicCo2Kg);
        Quantity.Add(other.Quantity);
        Entries += other.Entries;
        Squares += other.Squares;
    }
}

/// <summary>Adds up entries, or sums of entries, by label and month.</summary>
internal sealed class RunSums
{
    // Few, and known to all threads: the shared pool keeps some for each of them.
    private static readonly ArrayPool<FigureSums> Memory = ArrayPool<FigureSums>.Create(1 << 16, 3);

    private readonly Dictionary<SumLabel, int> labels = [];
    private readonly List<SumLabel> names = [];
    private readonly Dictionary<long, int> places = [];
    private readonly List<(int Label, DateOnly Month)> keys = [];
    private FigureSums[] sums = [];

    /// <summary>Entries that were added, reversals too.</summary>
    public long EntryCount { get; private set; }

    /// <summary>Combinations of label and month.</summary>
    public int Count => keys.Count;

    public void Add(ReadOnlySpan<Entry> entries)
    {
        EntryCount += entries.Length;
        foreach (ref readonly var entry in entries)
        {
            ref var cell = ref At(LabelOf(new SumLabel(entry.CalculationId, entry.EntityId, entry.Kind, entry.IsEstimated)), entry.Month);
            cell.Co2eKg.Add(entry.Co2eKg);
            cell.BiogenicCo2Kg.Add(entry.BiogenicCo2Kg);
            cell.Quantity.Add(entry.Quantity);
            var sign = entry.Type == EntryType.Reversal ? -1 : 1;
            var value = (double)entry.Co2eKg;
            cell.Entries += sign;
            cell.Squares += sign * value * value * (entry.WholeQuantity is { } whole && entry.Quantity != 0m ? (double)whole / (double)entry.Quantity : 1);
        }
    }

    public void Add(RunSums other)
    {
        EntryCount += other.EntryCount;
        var known = new int[other.names.Count];
        for (var i = 0; i < known.Length; i++)
        {
            known[i] = LabelOf(other.names[i]);
        }

        for (var i = 0; i < other.keys.Count; i++)
        {
            At(known[other.keys[i].Label], other.keys[i].Month).Add(other.sums[i]);
        }
    }

    public void Add(StoredSums stored)
    {
        var known = Array.ConvertAll(stored.Labels, LabelOf);
        for (var i = 0; i < stored.Cells; i++)
        {
            ref var cell = ref At(known[stored.Label[i] - 1], stored.Month[i]);
            cell.Co2eKg.Add(stored.Co2eKg[i]);
            cell.BiogenicCo2Kg.Add(stored.BiogenicCo2Kg[i]);
            cell.Quantity.Add(stored.Quantity[i]);
            cell.Entries += stored.Entries[i];
            cell.Squares += stored.Squares[i];
        }
    }

    public void Add(SumLabel label, DateOnly month, in FigureSums figures) => At(LabelOf(label), month).Add(figures);

    /// <summary>Each label and month with its sums.</summary>
    public IEnumerable<(SumLabel Label, DateOnly Month, FigureSums Sums)> All()
    {
        for (var i = 0; i < keys.Count; i++)
        {
            yield return (names[keys[i].Label], keys[i].Month, sums[i]);
        }
    }

    /// <summary>As the database holds them.</summary>
    public StoredSums Stored()
    {
        var more = 0;
        var parts = new Parts[Count];
        for (var i = 0; i < parts.Length; i++)
        {
            ref readonly var cell = ref sums[i];
            parts[i] = new Parts(cell.Quantity.Parts, cell.Co2eKg.Parts, cell.BiogenicCo2Kg.Parts);
            more += parts[i].HasFiner ? 1 : 0;
        }

        var cells = parts.Length + more;
        var stored = new StoredSums(
            [.. names], new int[cells], new DateOnly[cells], new long[cells], new decimal[cells], new decimal[cells], new decimal[cells], new double[cells]);
        for (int i = 0, at = 0; i < parts.Length; i++, at++)
        {
            var ((label, month), part) = (keys[i], parts[i]);
            (stored.Label[at], stored.Month[at], stored.Entries[at], stored.Squares[at]) = (label + 1, month, sums[i].Entries, sums[i].Squares);
            (stored.Quantity[at], stored.Co2eKg[at], stored.BiogenicCo2Kg[at]) = (part.Quantity.Value, part.Co2eKg.Value, part.BiogenicCo2Kg.Value);
            if (part.HasFiner)
            {
                at++;
                (stored.Label[at], stored.Month[at]) = (label + 1, month);
                (stored.Quantity[at], stored.Co2eKg[at], stored.BiogenicCo2Kg[at]) = (part.Quantity.Finer, part.Co2eKg.Finer, part.BiogenicCo2Kg.Finer);
            }
        }

        return stored;
    }

    private readonly record struct Parts((decimal Value, decimal Finer) Quantity, (decimal Value, decimal Finer) Co2eKg, (decimal Value, decimal Finer) BiogenicCo2Kg)
    {
        public bool HasFiner => Quantity.Finer != 0m || Co2eKg.Finer != 0m || BiogenicCo2Kg.Finer != 0m;
    }

    private int LabelOf(SumLabel label)
    {
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(labels, label, out var exists);
        if (!exists)
        {
            known = names.Count;
            names.Add(label);
        }

        return known;
    }

    private ref FigureSums At(int label, DateOnly month)
    {
        ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(places, ((long)label << 32) | (uint)month.DayNumber, out var exists);
        if (!exists)
        {
            place = keys.Count;
            keys.Add((label, month));
            if (place == sums.Length)
            {
                var larger = Memory.Rent(Math.Max(256, sums.Length * 2));
                sums.CopyTo(larger, 0);
                larger.AsSpan(sums.Length).Clear();
                GiveBack();
                sums = larger;
            }
        }

        return ref sums[place];
    }

    /// <summary>Its memory serves the next: some megabytes, of which a garbage collection would know late.</summary>
    public void GiveBack()
    {
        if (sums.Length > 0)
        {
            Memory.Return(sums);
            sums = [];
        }
    }
}
