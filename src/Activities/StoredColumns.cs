using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace OffGridFlow.Activities;

/// <summary>The named columns of a stored activity: one to three of a million rows each, for which a hash table is four times as much memory.</summary>
internal sealed class StoredColumns : IReadOnlyDictionary<string, string>
{
    private readonly KeyValuePair<string, string>[] pairs;

    private StoredColumns(KeyValuePair<string, string>[] pairs) => this.pairs = pairs;

    public int Count => pairs.Length;

    public IEnumerable<string> Keys => pairs.Select(pair => pair.Key);

    public IEnumerable<string> Values => pairs.Select(pair => pair.Value);

    public string this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException(key);

    /// <summary>Reads what was stored.</summary>
    /// <param name="json">An object of texts.</param>
    /// <param name="shared">The one text that stands for all that are equal to it: names repeat.</param>
    public static IReadOnlyDictionary<string, string> Read(ReadOnlySpan<byte> json, Func<string, string> shared)
    {
        var reader = new Utf8JsonReader(json);
        var found = new List<KeyValuePair<string, string>>(1);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = shared(reader.GetString()!);
            reader.Read();
            found.Add(new(name, reader.GetString()!));
        }

        return new StoredColumns([.. found]);
    }

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value)
    {
        foreach (var pair in pairs)
        {
            if (pair.Key == key)
            {
                value = pair.Value;
                return true;
            }
        }

        value = null;
        return false;
    }

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, string>>)pairs).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
