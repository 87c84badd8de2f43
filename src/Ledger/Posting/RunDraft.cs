using System.Buffers;
using OffGridFlow.Engine.Proof;
using OffGridFlow.Ledger.Calculations;
using OffGridFlow.Ledger.Entries;
using OffGridFlow.Ledger.Totals;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Ledger.Posting;

/// <summary>An activity no entry could be made of.</summary>
internal sealed record Unposted(StoredActivity Activity, Problem Problem);

/// <summary>A run before it is written: its entries, and all that comes with them.</summary>
internal sealed class RunDraft : IDisposable
{
    // Some 500 bytes each. Few arrays, and known to all threads: the shared pool keeps some for each of them.
    private static readonly ArrayPool<Entry> Memory = ArrayPool<Entry>.Create(1 << 16, 2);

    private readonly HashSet<DateOnly> months = [];
    private Entry[] entries = [];
    private BinaryRows? rows;

    public int Count { get; private set; }

    /// <summary>In the order of their lines.</summary>
    public Span<Entry> Entries => entries.AsSpan(0, rows is null ? Count : throw new InvalidOperationException("The entries are on their way into the database."));

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

    /// <summary>What the entries add up to.</summary>
    public RunSums Sums { get; } = new();

    public void Add(in Entry entry)
    {
        if (Count == entries.Length)
        {
            var larger = Memory.Rent(Math.Max(Math.Max(1024, 2 * Activities), 2 * entries.Length));
            Entries.CopyTo(larger);
            GiveBack();
            entries = larger;
        }

        entries[Count++] = entry;
    }

    /// <summary>Takes the last ones away again: an activity is posted whole or not at all.</summary>
    public void Cut(int count) => Count = count;

    public void Name(Calculation calculation) => Calculations.TryAdd(calculation.Id, calculation.Text);

    /// <summary>Numbers the lines, hashes them and adds them up: nothing may be added after.</summary>
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
        Sums.Add(Entries);
    }

    /// <summary>
    /// As the database takes them. Made when first asked for, which the thread that plans can do for the one that writes; from then on
    /// the entries themselves are gone: a run's are 15 MB, and several wait in line.
    /// </summary>
    public BinaryRows Rows()
    {
        if (rows is null)
        {
            rows = EntryRows.Encode(Entries);
            GiveBack();
            entries = [];
        }

        return rows;
    }

    /// <summary>For a draft that is only looked at.</summary>
    public void Dispose()
    {
        GiveBack();
        (entries, Count) = ([], 0);
    }

    private void GiveBack()
    {
        if (entries.Length > 0)
        {
            Memory.Return(entries, clearArray: true);
        }
    }
}
