using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace OffGridFlow.Platform.Limits;

/// <summary>What a Redis refuses with.</summary>
internal sealed record RedisError(string Text);

/// <summary>
/// A connection to a Redis by its own protocol (RESP 2), one question after the other. A connection that is lost or does not answer in a quarter of a second is
/// closed, and the next question opens another.
/// </summary>
public sealed class RedisConnection : IDisposable
{
    private const int UsualPort = 6379;
    private const int MostBytes = 1 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private readonly Uri address;
    private readonly SemaphoreSlim asking = new(1);
    private Stream? stream;
    private byte[] buffer = new byte[4096];
    private int read;
    private int used;

    /// <param name="address">As <see cref="Allowance.Variable"/> names it.</param>
    /// <exception cref="InvalidDataException">It is of another form.</exception>
    public RedisConnection(string address) => this.address = Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "redis" or "rediss" && uri.Host.Length > 0
        ? uri
        : throw new InvalidDataException($"{Allowance.Variable} is no address such as redis://cache.example.org:6379.");

    /// <summary>What it answers: a <see cref="long"/>, a <see cref="string"/>, null, an array of them, or a <see cref="RedisError"/>.</summary>
    /// <exception cref="IOException">The connection is lost.</exception>
    /// <exception cref="TimeoutException">There was no answer in time.</exception>
    internal async Task<object?> Ask(IReadOnlyList<string> words, CancellationToken ct)
    {
        // The question is asked even when whoever wanted it has gone: half a question would be the next one's beginning.
        await asking.WaitAsync(ct);
        using var end = new CancellationTokenSource(Patience);
        try
        {
            if (stream is null)
            {
                await Open(end.Token);
            }

            return await Exchange(words, end.Token);
        }
        catch (Exception failed)
        {
            Close();
            throw failed switch
            {
                OperationCanceledException => new TimeoutException("The Redis does not answer in time."),
                FormatException or OverflowException => new IOException("The Redis answers in another protocol.", failed),
                _ => failed,
            };
        }
        finally
        {
            asking.Release();
        }
    }

    public void Dispose()
    {
        Close();
        asking.Dispose();
    }

    private async Task Open(CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address.Host, address.Port > 0 ? address.Port : UsualPort, ct);
            stream = new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        if (address.Scheme == "rediss")
        {
            var secured = new SslStream(stream);
            stream = secured;
            await secured.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = address.Host }, ct);
        }

        if (Uri.UnescapeDataString(address.UserInfo) is { Length: > 0 } who)
        {
            var colon = who.IndexOf(':', StringComparison.Ordinal);
            var (user, password) = colon < 0 ? ("default", who) : (colon == 0 ? "default" : who[..colon], who[(colon + 1)..]);
            if (await Exchange(["AUTH", user, password], ct) is RedisError)
            {
                throw new IOException("The Redis does not take the password.");
            }
        }
    }

    private async Task<object?> Exchange(IReadOnlyList<string> words, CancellationToken ct)
    {
        var question = new StringBuilder().Append(CultureInfo.InvariantCulture, $"*{words.Count}\r\n");
        foreach (var word in words)
        {
            question.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n");
        }

        (read, used) = (0, 0);
        await stream!.WriteAsync(Encoding.UTF8.GetBytes(question.ToString()), ct);
        return await Value(ct);
    }

    private async Task<object?> Value(CancellationToken ct)
    {
        var line = await Line(ct);
        var rest = line[1..];
        switch (line[0])
        {
            case '+':
                return rest;
            case '-':
                return new RedisError(rest);
            case ':':
                return long.Parse(rest, CultureInfo.InvariantCulture);
            case '$':
                return int.Parse(rest, CultureInfo.InvariantCulture) is var length and >= 0 ? await Text(length, ct) : null;
            case '*':
                var items = new object?[Math.Clamp(int.Parse(rest, CultureInfo.InvariantCulture), 0, 1000)];
                for (var i = 0; i < items.Length; i++)
                {
                    items[i] = await Value(ct);
                }

                return items;
            default:
                throw new FormatException();
        }
    }

    private async Task<string> Text(int length, CancellationToken ct)
    {
        await Fill(length + 2, ct);
        var text = Encoding.UTF8.GetString(buffer, used, length);
        used += length + 2;
        return text;
    }

    private async Task<string> Line(CancellationToken ct)
    {
        int end;
        while ((end = Array.IndexOf(buffer, (byte)'\n', used, read - used)) < 0)
        {
            await Fill(read - used + 1, ct);
        }

        var line = Encoding.UTF8.GetString(buffer, used, Math.Max(0, end - 1 - used));
        used = end + 1;
        return line.Length > 0 ? line : throw new FormatException();
    }

    // At least so many bytes that were not used yet.
    private async Task Fill(int wanted, CancellationToken ct)
    {
        if (wanted > MostBytes)
        {
            throw new FormatException();
        }

        if (used + wanted > buffer.Length)
        {
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, used + wanted));
        }

        while (read - used < wanted)
        {
            var count = await stream!.ReadAsync(buffer.AsMemory(read), ct);
            read += count > 0 ? count : throw new IOException("The Redis has closed the connection.");
        }
    }

    private void Close()
    {
        stream?.Dispose();
        stream = null;
    }
}
