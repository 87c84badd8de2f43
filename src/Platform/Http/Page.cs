using System.Text;

namespace OffGridFlow.Platform.Http;

/// <summary>One page of a list.</summary>
/// <param name="Items">At most the limit asked for.</param>
/// <param name="Next">Cursor of the next page, or null at the end.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>Where a list goes on: opaque to the client, the last item's sort values to us.</summary>
public static class Cursor
{
    public const int DefaultLimit = 100;
    public const int MostLimit = 1000;

    public static string Write(params ReadOnlySpan<string> values) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Join('\u001f', values!))).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>The values, or null when it is not one of ours with that many of them.</summary>
    public static string[]? Read(string cursor, int count)
    {
        var padded = cursor.Replace('-', '+').Replace('_', '/').PadRight((cursor.Length + 3) / 4 * 4, '=');
        var bytes = new byte[padded.Length];
        if (!Convert.TryFromBase64String(padded, bytes, out var length))
        {
            return null;
        }

        var values = Encoding.UTF8.GetString(bytes, 0, length).Split('\u001f');
        return values.Length == count ? values : null;
    }

    public static Problem Bad(string cursor) =>
        new("page.cursor", "cursor", cursor, "the next of an earlier page", "Take cursor from the next of the page before, or leave it out.");
}
