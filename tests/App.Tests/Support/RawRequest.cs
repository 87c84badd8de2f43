using System.Net.Sockets;
using System.Text;

namespace OffGridFlow.App.Tests.Support;

/// <summary>A request written byte by byte, to be cut or kept waiting wherever a test wants.</summary>
internal sealed class RawRequest : IDisposable
{
    private readonly TcpClient client = new();

    private RawRequest()
    {
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<RawRequest> Begin(Uri address, string key, string line, params string[] headers)
    {
        var request = new RawRequest();
        await request.client.ConnectAsync(address.Host, address.Port, Cancelled);
        await request.Send(string.Join("\r\n", [line + " HTTP/1.1", $"Host: {address.Authority}", $"Authorization: Bearer {key}", .. headers, "", ""]));
        return request;
    }

    public Task Send(string text) => Send(Encoding.UTF8.GetBytes(text));

    public async Task Send(ReadOnlyMemory<byte> bytes) => await client.GetStream().WriteAsync(bytes, Cancelled);

    /// <summary>Text as one chunk of a body without a known length.</summary>
    public Task SendChunk(string text) => Send(FormattableString.Invariant($"{Encoding.UTF8.GetByteCount(text):x}\r\n{text}\r\n"));

    /// <summary>What the server has answered once the text is among it, or all of it when the server has closed.</summary>
    public async Task<string> Until(string text)
    {
        var (heard, buffer) = (new StringBuilder(), new byte[1 << 16]);
        int count;
        while (!heard.ToString().Contains(text, StringComparison.Ordinal) && (count = await client.GetStream().ReadAsync(buffer, Cancelled)) > 0)
        {
            heard.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }

        return heard.ToString();
    }

    /// <summary>Breaks the connection, as a network does: without a word.</summary>
    public void Cut()
    {
        client.LingerState = new LingerOption(enable: true, seconds: 0);
        client.Close();
    }

    public void Dispose() => client.Dispose();
}
