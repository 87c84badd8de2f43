using System.Text;

namespace OffGridFlow.Activities.Rows;

/// <summary>Remembers what a spelling stands for, so that a name is looked up once per file and not once per row.</summary>
public sealed class Utf8Cache<T>(Func<string, T> find)
{
    // A hostile file has as many spellings as rows; what lies beyond this is looked up each time.
    private const int Most = 50_000;

    private readonly Dictionary<byte[], T> known = new(Utf8Comparer.Instance);

    public T Get(ReadOnlySpan<byte> text)
    {
        var lookup = known.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (lookup.TryGetValue(text, out var value))
        {
            return value;
        }

        value = find(Encoding.UTF8.GetString(text));
        if (known.Count < Most)
        {
            known.Add(text.ToArray(), value);
        }

        return value;
    }

    private sealed class Utf8Comparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly Utf8Comparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }
    }
}
