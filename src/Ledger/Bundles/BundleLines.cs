namespace OffGridFlow.Ledger.Bundles;

/// <summary>The lines of a bundle's parts.</summary>
internal sealed class BundleLines(ZipReader zip)
{
    // A row of a spreadsheet can be long; what is longer is no line of ours.
    private const int LongestLine = 64 * 1024 * 1024;

    /// <summary>A small part at once.</summary>
    public byte[] Whole(string part)
    {
        using var content = new MemoryStream();
        zip.Unpack(zip.ByName[part], content);
        return content.ToArray();
    }

    /// <summary>Every line without its line feed, and where it is. A line is good until the next one is asked for.</summary>
    /// <exception cref="DifferenceException">The last line has no line feed, or a line is empty.</exception>
    public IEnumerable<(ReadOnlyMemory<byte> Line, string Where)> Of(string part)
    {
        using var content = zip.Content(zip.ByName[part]);
        var buffer = new byte[1 << 17];
        var (begin, filled, number) = (0, 0, 0L);
        while (true)
        {
            var feed = Array.IndexOf(buffer, (byte)'\n', begin, filled - begin);
            if (feed >= 0)
            {
                var where = FormattableString.Invariant($"{part}, line {++number}");
                if (feed == begin)
                {
                    throw new DifferenceException("form of a line", where, "an empty line", "an object");
                }

                yield return (buffer.AsMemory(begin, feed - begin), where);
                begin = feed + 1;
                continue;
            }

            Buffer.BlockCopy(buffer, begin, buffer, 0, filled - begin);
            (filled, begin) = (filled - begin, 0);
            if (filled == buffer.Length)
            {
                if (buffer.Length >= LongestLine)
                {
                    throw new DifferenceException("form of a line", part, "a line without end", "lines");
                }

                Array.Resize(ref buffer, buffer.Length * 2);
            }

            var count = content.Read(buffer, filled, buffer.Length - filled);
            if (count == 0)
            {
                if (filled > 0)
                {
                    throw new DifferenceException("form of a line", FormattableString.Invariant($"{part}, line {number + 1}"), "no line feed at its end", "one");
                }

                yield break;
            }

            filled += count;
        }
    }
}
