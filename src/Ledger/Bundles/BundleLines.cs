namespace OffGridFlow.Ledger.Bundles;

/// <summary>Makes something of a line.</summary>
/// <param name="line">Without its line feed.</param>
/// <param name="where">Part and number.</param>
internal delegate T LineWork<out T>(ReadOnlySpan<byte> line, string where);

/// <summary>The lines of a bundle's parts.</summary>
internal sealed class BundleLines(ZipReader zip)
{
    // A row of a spreadsheet can be long; what is longer is no line of ours.
    private const int LongestLine = 64 * 1024 * 1024;
    private const int Typical = 1 << 17;

    /// <summary>A small part at once.</summary>
    public byte[] Whole(string part)
    {
        using var content = new MemoryStream();
        zip.Unpack(zip.ByName[part], content);
        return content.ToArray();
    }

    /// <summary>Bytes of a part's content.</summary>
    public long SizeOf(string part) => zip.ByName[part].Size;

    /// <summary>What becomes of every line, in their order. All cores work on lines, some thousand ahead of the one that is handed out.</summary>
    /// <exception cref="DifferenceException">The first that a line, or the work on it, ends in.</exception>
    public IEnumerable<T> Of<T>(string part, LineWork<T> work)
    {
        var ahead = new Queue<(Block Block, Task<T[]> Work)>();
        var free = new Stack<Block>();
        using var content = zip.Content(zip.ByName[part]);
        var (block, number, ended) = (new Block(), 0L, false);
        DifferenceException? broken = null;
        while (!ended || ahead.Count > 0)
        {
            while (!ended && ahead.Count < 2 * Environment.ProcessorCount)
            {
                var next = free.TryPop(out var used) ? used : new Block();
                try
                {
                    ended = !block.Fill(content, part, number, next);
                }
                catch (DifferenceException found)
                {
                    // What lines before it end in comes first.
                    (broken, ended) = (found, true);
                }

                if (block.Ends.Count > 0)
                {
                    var (full, first) = (block, number);
                    number += full.Ends.Count;
                    ahead.Enqueue((full, Task.Run(() => full.Work(part, first, work))));
                }

                block = next;
            }

            if (ahead.TryDequeue(out var oldest))
            {
                var results = oldest.Work.GetAwaiter().GetResult();
                free.Push(oldest.Block);
                foreach (var result in results)
                {
                    yield return result;
                }
            }
        }

        if (broken is not null)
        {
            throw broken;
        }
    }

    // Whole lines, and the beginning of the next one.
    private sealed class Block
    {
        private byte[] bytes = new byte[Typical];
        private int filled;

        /// <summary>Where each line's line feed is.</summary>
        public List<int> Ends { get; } = [];

        /// <summary>Reads on; what is left of the last line becomes the start of the next block. False at the end.</summary>
        public bool Fill(Stream content, string part, long number, Block next)
        {
            Ends.Clear();
            next.filled = 0;
            var begin = 0;
            while (true)
            {
                var count = filled < bytes.Length ? content.Read(bytes, filled, bytes.Length - filled) : 0;
                var ended = count == 0 && filled < bytes.Length;
                for (var at = begin; ;)
                {
                    var feed = bytes.AsSpan(at, filled + count - at).IndexOf((byte)'\n');
                    if (feed < 0)
                    {
                        break;
                    }

                    Ends.Add(at + feed);
                    at = begin = at + feed + 1;
                }

                filled += count;
                if (ended)
                {
                    return filled == begin ? false : throw new DifferenceException("form of a line", FormattableString.Invariant($"{part}, line {number + Ends.Count + 1}"), "no line feed at its end", "one");
                }

                if (filled < bytes.Length)
                {
                    continue;
                }

                if (Ends.Count > 0)
                {
                    next.Begin(bytes.AsSpan(begin, filled - begin));
                    return true;
                }

                Array.Resize(ref bytes, bytes.Length < LongestLine ? bytes.Length * 2 : throw new DifferenceException("form of a line", part, "a line without end", "lines"));
            }
        }

        public T[] Work<T>(string part, long before, LineWork<T> work)
        {
            var results = new T[Ends.Count];
            var begin = 0;
            for (var i = 0; i < results.Length; i++)
            {
                var where = FormattableString.Invariant($"{part}, line {before + i + 1}");
                results[i] = Ends[i] > begin ? work(bytes.AsSpan(begin, Ends[i] - begin), where) : throw new DifferenceException("form of a line", where, "an empty line", "an object");
                begin = Ends[i] + 1;
            }

            return results;
        }

        private void Begin(ReadOnlySpan<byte> rest)
        {
            if (bytes.Length <= rest.Length)
            {
                bytes = new byte[2 * rest.Length];
            }

            rest.CopyTo(bytes);
            filled = rest.Length;
        }
    }
}
