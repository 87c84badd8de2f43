using OffGridFlow.Engine.Proof;
using OffGridFlow.Ledger.Calculations;
using OffGridFlow.Ledger.Entries;

namespace OffGridFlow.Ledger.Posting;

/// <summary>An activity no entry could be made of.</summary>
internal sealed record Unposted(StoredActivity Activity, Problem Problem);

/// <summary>A run before it is written: its entries, and all that comes with them.</summary>
internal sealed class RunDraft
{
    private readonly HashSet<DateOnly> months = [];
    private Entry[] entries = new Entry[1024];

    public int Count { get; private set; }

    /// <summary>In the order of their lines.</summary>
    public Span<Entry> Entries => entries.AsSpan(0, Count);

    /// <summary>Months that it has entries of.</summary>
    public IReadOnlySet<DateOnly> Months => months;

    /// <summary>Text by id.</summary>
    public Dictionary<Guid, string> Calculations { get; } = [];

    public Dictionary<Guid, string> Workings { get; } = [];

    public List<Unposted> Unposted { get; } = [];

    /// <summary>Whose policies it was planned under.</summary>
    public HashSet<Period> Periods { get; } = [];

    /// <summary>Versions of activities that it posts or takes away.</summary>
    public List<(Guid ActivityId, int Version)> Sources { get; } = [];

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

    /// <summary>Numbers the lines and hashes them: nothing may be added after.</summary>
    public void Finish(EntryText text)
    {
        var leaves = new byte[Count * MerkleTree.Size];
        for (var i = 0; i < Count; i++)
        {
            ref var entry = ref entries[i];
            entry.Line = i + 1;
            entry.Leaf(text, leaves.AsSpan(i * MerkleTree.Size, MerkleTree.Size));
            months.Add(entry.Month);
        }

        Root = MerkleTree.Root(leaves);
    }
}
