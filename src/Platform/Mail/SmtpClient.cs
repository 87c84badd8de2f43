using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace OffGridFlow.Platform.Mail;

/// <summary>A mail server said no for good: sending again would not help.</summary>
public sealed class MailRefusedException(string said) : Exception($"The mail server refused the letter: {said}")
{
    public Problem Problem => new("mail.refused", "mail", Message, "a server that takes the letter", "Check the address and the sender's; requeue the job when it is mended.");
}

/// <summary>Hands one letter to a mail server: SMTP (RFC 5321) with STARTTLS (RFC 3207) and AUTH PLAIN (RFC 4954).</summary>
internal sealed class SmtpClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TcpClient tcp = new();
    private readonly SmtpServer server;
    private Stream stream = Stream.Null;
    private StreamReader reader = StreamReader.Null;

    private SmtpClient(SmtpServer server) => this.server = server;

    /// <exception cref="MailRefusedException">It was refused for good.</exception>
    /// <exception cref="IOException">The server is away, or asks to come again: later it may work.</exception>
    public static async Task Send(SmtpServer server, string from, string to, string message, CancellationToken ct)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(ct);
        enough.CancelAfter(Patience);
        try
        {
            await using var client = new SmtpClient(server);
            await client.Open(enough.Token);
            await client.Hand(Bare(from), Bare(to), message, enough.Token);
        }
        catch (Exception broken) when (broken is SocketException or System.Security.Authentication.AuthenticationException)
        {
            throw new IOException($"The mail server {server.Host}:{server.Port} cannot be reached: {broken.Message}", broken);
        }
        catch (OperationCanceledException late) when (!ct.IsCancellationRequested)
        {
            throw new IOException($"The mail server {server.Host}:{server.Port} did not answer within {Patience.TotalSeconds} seconds.", late);
        }
    }

    public async ValueTask DisposeAsync()
    {
        reader.Dispose();
        await stream.DisposeAsync();
        tcp.Dispose();
    }

    private async Task Open(CancellationToken ct)
    {
        await tcp.ConnectAsync(server.Host, server.Port, ct);
        Use(tcp.GetStream());
        if (server.Tls == MailTls.FromTheStart)
        {
            await Encrypt(ct);
        }

        await Expect(220, ct);
        var offers = await Say("EHLO offgridflow", 250, ct);
        if (server.Tls == MailTls.StartTls)
        {
            if (!offers.Any(offer => offer.Equals("STARTTLS", StringComparison.OrdinalIgnoreCase)))
            {
                throw new MailRefusedException($"{server.Host} offers no STARTTLS, without which nothing is sent");
            }

            await Say("STARTTLS", 220, ct);
            await Encrypt(ct);
            await Say("EHLO offgridflow", 250, ct);
        }

        if (server.User is { } user)
        {
            await Say("AUTH PLAIN " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{user}\0{server.Password}")), 235, ct);
        }
    }

    private async Task Hand(string from, string to, string message, CancellationToken ct)
    {
        // RFC 6531: an address beyond ASCII needs a server that says so; it refuses otherwise.
        var beyond = Ascii.IsValid(from) && Ascii.IsValid(to) ? "" : " SMTPUTF8";
        await Say($"MAIL FROM:<{from}>{beyond}", 250, ct);
        await Say($"RCPT TO:<{to}>", 250, ct);
        await Say("DATA", 354, ct);

        // RFC 5321, 4.5.2: a line that begins with a period gets another one.
        await Say(message.Replace("\r\n.", "\r\n..", StringComparison.Ordinal) + ".", 250, ct);

        // What comes now is of no account: the letter is theirs.
        await stream.WriteAsync("QUIT\r\n"u8.ToArray(), ct);
    }

    private async Task Encrypt(CancellationToken ct)
    {
        var tls = new SslStream(stream, leaveInnerStreamOpen: false);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = server.Host }, ct);
        Use(tls);
    }

    private void Use(Stream next) => (stream, reader) = (next, new StreamReader(next, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, 1024, leaveOpen: true));

    private async Task<IReadOnlyList<string>> Say(string text, int expected, CancellationToken ct)
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text + "\r\n"), ct);
        await stream.FlushAsync(ct);
        return await Expect(expected, ct);
    }

    // 4yz: come again; 5yz: never (RFC 5321, 4.2.1). What was said holds no password: servers do not repeat it.
    private async Task<IReadOnlyList<string>> Expect(int expected, CancellationToken ct)
    {
        var said = new List<string>();
        string line;
        do
        {
            line = await reader.ReadLineAsync(ct) ?? throw new IOException($"The mail server {server.Host} hung up.");
            said.Add(line.Length > 4 ? line[4..] : "");
        }
        while (line.Length > 3 && line[3] == '-');

        return line.StartsWith(expected.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal) ? said
            : line.StartsWith('5') ? throw new MailRefusedException(line)
            : throw new IOException($"The mail server {server.Host} said: {line}");
    }

    // Of "Ana <ana@example.org>" the address alone.
    private static string Bare(string address) => new System.Net.Mail.MailAddress(address).Address;
}
