using System.Runtime.InteropServices;

namespace OffGridFlow.Ledger.Bundles;

/// <summary>
/// The activities of a bundle as entries are compared with them, by id and version. A million of them take some 80 MB: names are kept
/// once, rows in blocks that are never copied, and the table that finds them holds numbers alone.
/// </summary>
/// <param name="expected">How many there will be, going by the manifest; nothing depends on it but the memory it saves.</param>
internal sealed class ActivityIndex(long expected)
{
    private const int BlockSize = 1 << 14;

    private readonly List<Row[]> blocks = [];
    private readonly Numbered<string> texts = new();
    private readonly Numbered<Guid> ids = new();
    private readonly Numbered<decimal> factors = new();
    private int[] places = new int[TableSize(expected)];

    [StructLayout(LayoutKind.Auto)]
    internal struct Row
    {
        public Guid ActivityId;
        public decimal Quantity;
        public DateOnly Start;
        public DateOnly End;
        public int Version;
        public int Unit;
        public int Kind;
        public int Entity; // 0: none
        public int Facility;
        public int FactorValue;
        public bool Withdrawn;
        public bool IsPosted;
    }

    public int Count { get; private set; }

    public ref Row this[int row] => ref blocks[row / BlockSize][row % BlockSize];

    public string Text(int number) => texts[number - 1];

    public Guid? Id(int number) => number == 0 ? null : ids[number - 1];

    public decimal? FactorValue(int number) => number == 0 ? null : factors[number - 1];

    /// <summary>False when it is there already.</summary>
    public bool Add(BundleActivity activity, decimal quantity)
    {
        if (Place(activity.ActivityId, activity.Version, out var at))
        {
            return false;
        }

        if (Count == blocks.Count * BlockSize)
        {
            blocks.Add(new Row[BlockSize]);
        }

        this[Count] = new Row
        {
            ActivityId = activity.ActivityId, Version = activity.Version, Quantity = quantity, Unit = texts.Of(activity.Unit), Kind = texts.Of(activity.Kind),
            Start = activity.StartOn, End = activity.EndOn, Entity = activity.EntityId is { } entity ? ids.Of(entity) : 0,
            Facility = activity.FacilityId is { } facility ? ids.Of(facility) : 0, FactorValue = activity.FactorValue is { } value ? factors.Of(value) : 0, Withdrawn = activity.Withdrawn,
        };
        places[at] = ++Count;
        if (Count > places.Length / 4 * 3)
        {
            Grow();
        }

        return true;
    }

    /// <summary>The number of the activity an entry counts.</summary>
    public int Find(Guid id, int version, string where) => Place(id, version, out var at)
        ? places[at] - 1
        : throw new DifferenceException("activity of an entry", where, FormattableString.Invariant($"{id}, version {version}"), $"a line of {BundleFormat.Activities}");

    /// <summary>Slots for so many things, filled to three quarters at most.</summary>
    internal static int TableSize(long expected) => 1 << Math.Clamp(System.Numerics.BitOperations.Log2((ulong)Math.Max(1, expected * 4 / 3)) + 1, 10, 29);

    private bool Place(Guid id, int version, out int at)
    {
        at = Hash(id, version);
        for (; places[at] is > 0 and var there; at = (at + 1) & (places.Length - 1))
        {
            ref var row = ref this[there - 1];
            if (row.Version == version && row.ActivityId == id)
            {
                return true;
            }
        }

        return false;
    }

    private int Hash(Guid id, int version) => HashCode.Combine(id, version) & (places.Length - 1);

    private void Grow()
    {
        places = new int[places.Length * 2];
        for (var i = 0; i < Count; i++)
        {
            Place(this[i].ActivityId, this[i].Version, out var at);
            places[at] = i + 1;
        }
    }

    // Values that repeat, by a number from 1.
    private sealed class Numbered<T>
        where T : notnull
    {
        private readonly Dictionary<T, int> numbers = [];
        private readonly List<T> values = [];

        public T this[int at] => values[at];

        public int Of(T value)
        {
            ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, value, out var known);
            if (!known)
            {
                values.Add(value);
                number = values.Count;
            }

            return number;
        }
    }
}

/// <summary>A set of numbers other than 0: eight bytes each.</summary>
/// <param name="expected">How many there will be, more or less.</param>
internal sealed class NumberSet(long expected)
{
    private ulong[] slots = new ulong[ActivityIndex.TableSize(expected)];
    private int count;

    /// <summary>False when it is there already.</summary>
    public bool Add(ulong number)
    {
        var at = Place(slots, number);
        if (slots[at] == number)
        {
            return false;
        }

        slots[at] = number;
        if (++count > slots.Length / 4 * 3)
        {
            var larger = new ulong[slots.Length * 2];
            foreach (var one in slots)
            {
                if (one != 0)
                {
                    larger[Place(larger, one)] = one;
                }
            }

            slots = larger;
        }

        return true;
    }

    public bool Has(ulong number) => slots[Place(slots, number)] == number;

    private static int Place(ulong[] slots, ulong number)
    {
        var at = (int)((number * 0x9E3779B97F4A7C15) >> 32) & (slots.Length - 1);
        while (slots[at] != 0 && slots[at] != number)
        {
            at = (at + 1) & (slots.Length - 1);
        }

        return at;
    }
}
