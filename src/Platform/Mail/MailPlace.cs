using System.Web;

namespace OffGridFlow.Platform.Mail;

/// <summary>How a connection to a mail server is kept from being listened to.</summary>
public enum MailTls
{
    /// <summary>From its first byte: <c>tls=on</c>, usual at port 465 (RFC 8314).</summary>
    FromTheStart,

    /// <summary>From STARTTLS on, without which nothing is sent: <c>tls=starttls</c>, usual at port 587.</summary>
    StartTls,

    /// <summary>Not at all: <c>tls=off</c>, for a server on the same machine or network.</summary>
    None,
}

/// <summary>A mail server.</summary>
public sealed record SmtpServer(string Host, int Port, MailTls Tls, string? User, string? Password);

/// <summary>Where letters go: to a mail server, or, when none is named, into a folder as <c>.eml</c> files, which any mail program opens.</summary>
/// <param name="From">The sender's address.</param>
/// <param name="Folder">The drop folder; null: letters are sent.</param>
/// <param name="Server">The mail server; null: letters are dropped.</param>
public sealed record MailPlace(string From, string? Folder, SmtpServer? Server)
{
    /// <summary>Names the mail server: <c>smtp://user:pass@host:port?tls=starttls</c>; tls is <c>on</c>, <c>starttls</c> or <c>off</c>.</summary>
    public const string ServerVariable = "OFFGRIDFLOW_SMTP";

    /// <summary>Names the sender's address.</summary>
    public const string FromVariable = "OFFGRIDFLOW_MAIL_FROM";

    private const string Nobody = "offgridflow@localhost";

    /// <summary>As the environment names it, else the folder <c>mail</c> in the state folder.</summary>
    /// <exception cref="InvalidDataException">It names something that is no mail server.</exception>
    public static MailPlace FromEnvironment(string stateFolder) => Of(
        Environment.GetEnvironmentVariable(ServerVariable), Environment.GetEnvironmentVariable(FromVariable), stateFolder);

    internal static MailPlace Of(string? server, string? from, string stateFolder) => string.IsNullOrEmpty(server)
        ? new MailPlace(string.IsNullOrEmpty(from) ? Nobody : from, Path.Combine(stateFolder, "mail"), null)
        : new MailPlace(
            from is { Length: > 0 } && System.Net.Mail.MailAddress.TryCreate(from, out _) ? from : throw new InvalidDataException($"{ServerVariable} is set: name the sender's address in {FromVariable}."),
            null,
            Read(server));

    // The setting holds a password: a message that it is wrong must not show it.
    private static SmtpServer Read(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("smtp" or "smtps") || uri.Host.Length == 0 || uri.AbsolutePath is not ("/" or ""))
        {
            throw new InvalidDataException($"{ServerVariable} is no address such as smtp://user:password@mail.example.org:587?tls=starttls.");
        }

        var tls = (HttpUtility.ParseQueryString(uri.Query)["tls"], uri.Scheme) switch
        {
            ("on", _) or (null, "smtps") => MailTls.FromTheStart,
            ("starttls" or null, _) => MailTls.StartTls,
            ("off", _) => MailTls.None,
            _ => throw new InvalidDataException($"{ServerVariable} has a tls that is none of on, starttls and off."),
        };
        var (user, password) = uri.UserInfo.Split(':', 2) switch
        {
            [{ Length: > 0 } name, var secret] => (Uri.UnescapeDataString(name), Uri.UnescapeDataString(secret)),
            [""] => (null, (string?)null),
            _ => throw new InvalidDataException($"{ServerVariable} names a user without a password."),
        };
        return new SmtpServer(uri.Host, uri.Port > 0 ? uri.Port : tls == MailTls.FromTheStart ? 465 : 587, tls, user, password);
    }
}
