using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OffGridFlow.App.Tests.Support;

/// <summary>A peer on a bare socket: it answers each request, a connection each, with the next of the texts it was given (the last again and again), and closes.</summary>
internal sealed class ScriptedPeer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource end = new();
    private readonly string[] answers;
    private readonly Task answering;

    public ScriptedPeer(params string[] answers)
    {
        this.answers = answers;
        listener.Start();
        answering = Answer();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public string Address => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}");

    /// <summary>What it was asked: request line and headers.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    public static string Ok(string body, params string[] headers) =>
        string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n{body}");

    public static string Status(int status, params string[] headers) =>
        string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} Said\r\nContent-Length: 0\r\nConnection: close\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n");

    /// <summary>Writes into the answers what was not known when they were given.</summary>
    public void Replace(string mark, string text)
    {
        for (var i = 0; i < answers.Length; i++)
        {
            answers[i] = answers[i].Replace(mark, text, StringComparison.Ordinal);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The listener last: whoever is about to accept must not find it gone.
        await end.CancelAsync();
        await answering;
        listener.Dispose();
        end.Dispose();
    }

    private async Task Answer()
    {
        for (var turn = 0; !end.IsCancellationRequested; turn++)
        {
            try
            {
                using var client = await listener.AcceptTcpClientAsync(end.Token);
                var stream = client.GetStream();
                Asked.Enqueue(await Head(stream));
                await stream.WriteAsync(Encoding.UTF8.GetBytes(answers[Math.Min(turn, answers.Length - 1)]), end.Token);
                client.Client.Shutdown(SocketShutdown.Send);
            }
            catch (Exception over) when (over is OperationCanceledException or SocketException or IOException)
            {
                // The test is over, or whoever asked would not wait for all of the answer.
            }
        }
    }

    private async Task<string> Head(NetworkStream stream)
    {
        var (text, buffer) = (new StringBuilder(), new byte[4096]);
        while (!text.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            var read = await stream.ReadAsync(buffer, end.Token);
            if (read == 0)
            {
                break;
            }

            text.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }

        return text.ToString();
    }
}
