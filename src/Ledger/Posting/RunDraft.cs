using System.Runtime.InteropServices;
using OffGridFlow.Engine.Proof;
using OffGridFlow.Ledger.Calculations;
using OffGridFlow.Ledger.Entries;

namespace OffGridFlow.Ledger.Posting;

/// <summary>What a run adds to the totals under one combination of all that totals are asked by.</summary>
internal readonly record struct TotalKey(DateOnly Month, Guid? EntityId, Guid? FacilityId, string Kind, bool IsEstimated, Guid CalculationId, bool IsSpread);

/// <summary>Sums of the entries under one key. A reversal counts -1, and its square is taken away.</summary>
internal sealed class TotalLine
{
    public required TotalKey Key { get; init; }

    public int Entries { get; private set; }

    public decimal Quantity { get; private set; }

    public decimal Co2eKg { get; private set; }

    public decimal BiogenicCo2Kg { get; private set; }

    public double Squares { get; private set; }

    /// <returns>False when a sum would lose a digit: the entry belongs on a line of its own.</returns>
    public bool TryAdd(in Entry entry)
    {
        var (quantity, co2e, biogenic) = (Quantity + entry.Quantity, Co2eKg + entry.Co2eKg, BiogenicCo2Kg + entry.BiogenicCo2Kg);
        if (quantity.Scale < Math.Max(Quantity.Scale, entry.Quantity.Scale) || co2e.Scale < Math.Max(Co2eKg.Scale, entry.Co2eKg.Scale)
            || biogenic.Scale < Math.Max(BiogenicCo2Kg.Scale, entry.BiogenicCo2Kg.Scale))
        {
            return false;
        }

        (Quantity, Co2eKg, BiogenicCo2Kg) = (quantity, co2e, biogenic);
        var square = (double)entry.Co2eKg * (double)entry.Co2eKg;
        Squares += entry.Type == EntryType.Reversal ? -square : square;
        Entries += entry.Type == EntryType.Reversal ? -1 : 1;
        return true;
    }
}

/// <summary>An activity no entry could be made of.</summary>
internal sealed record Unposted(ActivityRow Activity, Problem Problem);

/// <summary>A run before it is written: its entries, and all that comes with them.</summary>
internal sealed class RunDraft
{
    private readonly List<TotalLine> totals = [];
    private Entry[] entries = new Entry[1024];

    public int Count { get; private set; }

    /// <summary>In the order of their lines.</summary>
    public Span<Entry> Entries => entries.AsSpan(0, Count);

    public IReadOnlyList<TotalLine> Totals => totals;

    /// <summary>Text by id.</summary>
    public Dictionary<Guid, string> Calculations { get; } = [];

    public Dictionary<Guid, string> Workings { get; } = [];

    public List<Unposted> Unposted { get; } = [];

    /// <summary>Whose policies it was planned under.</summary>
    public HashSet<Period> Periods { get; } = [];

    /// <summary>Activities whose earlier versions' entries must be taken back with it.</summary>
    public List<Guid> Replaced { get; } = [];

    /// <summary>Last row of the import that it covers.</summary>
    public long ThroughRow { get; set; }

    public int Activities { get; set; }

    public byte[] Root { get; private set; } = [];

    public void Add(in Entry entry)
    {
        if (Count == entries.Length)
        {
            Array.Resize(ref entries, entries.Length * 2);
        }

        entries[Count++] = entry;
    }

    /// <summary>Takes the last ones away again: an activity is posted whole or not at all.</summary>
    public void Cut(int count) => Count = count;

    public void Name(Calculation calculation) => Calculations.TryAdd(calculation.Id, calculation.Text);

    /// <summary>Numbers the lines, hashes them and sums them up: nothing may be added after.</summary>
    public void Finish(EntryText text)
    {
        totals.Clear();
        var leaves = new byte[Count * MerkleTree.Size];
        var sums = new Dictionary<TotalKey, TotalLine>();
        for (var i = 0; i < Count; i++)
        {
            ref var entry = ref entries[i];
            entry.Line = i + 1;
            entry.Leaf(text, leaves.AsSpan(i * MerkleTree.Size, MerkleTree.Size));
            var key = new TotalKey(entry.Month, entry.EntityId, entry.FacilityId, entry.Kind, entry.IsEstimated, entry.CalculationId, entry.IsSpread);
            ref var line = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, key, out _);
            if (line is null || !line.TryAdd(entry))
            {
                totals.Add(line = new TotalLine { Key = key });
                line.TryAdd(entry);
            }
        }

        Root = MerkleTree.Root(leaves);
    }
}
