using System.Security.Cryptography;

namespace OffGridFlow.Engine.Proof;

/// <summary>
/// A Merkle tree over a list, as RFC 6962 sect. 2.1 (and RFC 9162 sect. 2.1) has it: a leaf is SHA-256(0x00 || bytes), a node
/// SHA-256(0x01 || left || right), a list is cut at the largest power of two below its length.
/// </summary>
/// <remarks>
/// Cutting there is the same as joining neighbours level by level and carrying an odd last one up: so a root takes one pass over
/// memory that is used again at every level. Hashes stand side by side in one piece of memory.
/// </remarks>
public static class MerkleTree
{
    /// <summary>Bytes of a hash.</summary>
    public const int Size = 32;

    private const int MostOnStack = 2048;

    /// <summary>Hash of a leaf, into 32 bytes.</summary>
    public static void Leaf(ReadOnlySpan<byte> content, Span<byte> into)
    {
        var prefixed = content.Length < MostOnStack ? stackalloc byte[content.Length + 1] : new byte[content.Length + 1];
        prefixed[0] = 0x00;
        content.CopyTo(prefixed[1..]);
        SHA256.HashData(prefixed, into);
    }

    /// <summary>Hash of a leaf.</summary>
    public static byte[] Leaf(ReadOnlySpan<byte> content)
    {
        var hash = new byte[Size];
        Leaf(content, hash);
        return hash;
    }

    /// <summary>Root over leaf hashes that stand side by side. The root of none is SHA-256 of nothing.</summary>
    public static byte[] Root(ReadOnlySpan<byte> leaves)
    {
        if (leaves.IsEmpty)
        {
            return SHA256.HashData([]);
        }

        var level = leaves.ToArray();
        for (var count = Count(leaves); count > 1; count = Up(level, count))
        {
        }

        return level[..Size];
    }

    /// <summary>What proves that a leaf is part of the tree: the hashes beside its way up, from the leaf on.</summary>
    /// <param name="leaves">Leaf hashes side by side.</param>
    /// <param name="index">Which leaf, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf.</exception>
    public static IReadOnlyList<byte[]> Path(ReadOnlySpan<byte> leaves, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count(leaves));
        var path = new List<byte[]>();
        var level = leaves.ToArray();
        for (var count = Count(leaves); count > 1; count = Up(level, count))
        {
            var sibling = index ^ 1;
            if (sibling < count)
            {
                path.Add(level.AsSpan(sibling * Size, Size).ToArray());
            }

            index >>= 1;
        }

        return path;
    }

    /// <summary>Whether a path leads from a leaf to the root (RFC 9162 sect. 2.1.3.2).</summary>
    /// <param name="leaf">Hash of the leaf.</param>
    /// <param name="index">Its place in the list, from 0.</param>
    /// <param name="count">Length of the list.</param>
    /// <param name="path">As <see cref="Path"/> gives it.</param>
    /// <param name="root">The root claimed.</param>
    public static bool Verify(ReadOnlySpan<byte> leaf, long index, long count, IReadOnlyList<byte[]> path, ReadOnlySpan<byte> root)
    {
        if (index < 0 || index >= count || leaf.Length != Size)
        {
            return false;
        }

        Span<byte> hash = stackalloc byte[Size];
        leaf.CopyTo(hash);
        var (at, last) = (index, count - 1);
        foreach (var sibling in path)
        {
            if (last == 0 || sibling.Length != Size)
            {
                return false;
            }

            if ((at & 1) == 1 || at == last)
            {
                Join(sibling, hash, hash);
                while ((at & 1) == 0 && at != 0)
                {
                    (at, last) = (at >> 1, last >> 1);
                }
            }
            else
            {
                Join(hash, sibling, hash);
            }

            (at, last) = (at >> 1, last >> 1);
        }

        return last == 0 && hash.SequenceEqual(root);
    }

    private static int Count(ReadOnlySpan<byte> leaves) => leaves.Length % Size == 0
        ? leaves.Length / Size
        : throw new ArgumentException("Leaf hashes are 32 bytes each.", nameof(leaves));

    // Joins neighbours in place; returns how many are left.
    private static int Up(Span<byte> level, int count)
    {
        for (var i = 0; i + 1 < count; i += 2)
        {
            Join(level.Slice(i * Size, Size), level.Slice((i + 1) * Size, Size), level.Slice(i / 2 * Size, Size));
        }

        if (count % 2 == 1)
        {
            level.Slice((count - 1) * Size, Size).CopyTo(level[(count / 2 * Size)..]);
        }

        return (count + 1) / 2;
    }

    private static void Join(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> into)
    {
        Span<byte> node = stackalloc byte[1 + (2 * Size)];
        node[0] = 0x01;
        left.CopyTo(node[1..]);
        right.CopyTo(node[(1 + Size)..]);
        SHA256.HashData(node, into);
    }
}
