using System.Text;

namespace OffGridFlow.Web.Host;

/// <summary>
/// How the server reads Content-Length: digits and nothing else (RFC 9110, 8.6). Left to itself it takes "+5" for 5, and whoever stands before it may take it for
/// something else: then the two disagree where a request ends. By the time a request can be looked at, the header is a number already; this is the one place before.
/// </summary>
internal sealed class PlainLengths : ASCIIEncoding
{
    // What no server takes for a number: it refuses the request and ends the connection.
    private const char NoNumber = 'x';

    private static readonly PlainLengths Only = new();

    /// <summary>For every other header the server's own reading.</summary>
    public static Encoding? For(string header) => header.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) ? Only : null;

    public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        if (bytes.IsEmpty || bytes.Length > chars.Length || bytes.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            chars[0] = NoNumber;
            return 1;
        }

        return base.GetChars(bytes, chars);
    }
}
