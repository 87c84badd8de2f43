using OffGridFlow.Ledger.Entries;

namespace OffGridFlow.Ledger.Bundles;

/// <summary>Which part of which activity an entry is, in eight bytes: five million of them are kept to see each once.</summary>
/// <param name="Number">Never 0.</param>
internal readonly record struct EntryKey(ulong Number)
{
    private const int TypeBits = 2;
    private const int MonthBits = 4;
    private const int RevisionBits = 15;
    private const int SlotBits = 15;
    private const int ActivityBits = 64 - TypeBits - MonthBits - RevisionBits - SlotBits;

    public int Activity => (int)(Number >> (64 - ActivityBits));

    public EntryType Type => (EntryType)((int)(Number & ((1 << TypeBits) - 1)) - 1);

    /// <summary>Null for what is no place of an entry.</summary>
    /// <param name="activity">Its number in the bundle.</param>
    /// <param name="month">From the period's first on.</param>
    public static EntryKey? Of(int activity, short slot, short revision, int month, EntryType type) =>
        slot < 0 || revision < 0 || month is < 0 or >= 1 << MonthBits || activity >= 1 << ActivityBits
            ? null
            : new EntryKey(
                ((ulong)(uint)activity << (64 - ActivityBits)) | ((ulong)(ushort)slot << (RevisionBits + MonthBits + TypeBits)) | ((ulong)(ushort)revision << (MonthBits + TypeBits))
                | ((ulong)(uint)month << TypeBits) | ((ulong)type + 1));

    /// <summary>The same part as an entry of another type.</summary>
    public ulong As(EntryType type) => (Number & ~((1UL << TypeBits) - 1)) | ((ulong)type + 1);
}
