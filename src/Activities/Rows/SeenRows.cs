namespace OffGridFlow.Activities.Rows;

/// <summary>Fingerprints of rows, and the row each was first seen at.</summary>
/// <remarks>
/// A million fingerprints miss the processor's cache a million times: one probe into one array costs one miss, where a
/// Dictionary's bucket and entry cost two. Of the fingerprint 96 bits are used, so that a slot is 16 bytes, four to a cache
/// line: among ten million rows two that differ are taken for one with a chance of 10^-15.
/// </remarks>
public sealed class SeenRows
{
    // Parts that grow by themselves: at no time is the whole table there twice (10 million rows: 640 to 490 MB in all).
    private const int Parts = 64;
    private readonly Part[] parts = Enumerable.Range(0, Parts).Select(_ => new Part()).ToArray();

    /// <summary>The row that had this fingerprint first, or 0 when it is <paramref name="row"/>.</summary>
    /// <param name="fingerprint">128 well mixed bits.</param>
    /// <param name="row">Its number, not 0.</param>
    public int FirstOrAdd(UInt128 fingerprint, int row)
    {
        var high = (ulong)(fingerprint >> 64);
        return parts[high % Parts].FirstOrAdd(high / Parts, (uint)fingerprint, row);
    }

    private sealed class Part
    {
        private Slot[] slots = new Slot[64];
        private int count;

        public int FirstOrAdd(ulong high, uint low, int row)
        {
            if (4 * (count + 1) > 3 * slots.Length)
            {
                Grow();
            }

            ref var slot = ref Find(high, low);
            if (slot.Row != 0)
            {
                return slot.Row;
            }

            slot = new Slot(high, low, row);
            count++;
            return 0;
        }

        private ref Slot Find(ulong high, uint low)
        {
            var mask = slots.Length - 1;
            for (var at = (int)high & mask; ; at = (at + 1) & mask)
            {
                ref var slot = ref slots[at];
                if (slot.Row == 0 || (slot.High == high && slot.Low == low))
                {
                    return ref slot;
                }
            }
        }

        private void Grow()
        {
            var old = slots;
            slots = new Slot[2 * old.Length];
            foreach (var slot in old)
            {
                if (slot.Row != 0)
                {
                    Find(slot.High, slot.Low) = slot;
                }
            }
        }
    }

    private readonly record struct Slot(ulong High, uint Low, int Row);
}
