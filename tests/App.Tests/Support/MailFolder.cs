using System.Text;
using System.Text.RegularExpressions;

namespace OffGridFlow.App.Tests.Support;

/// <summary>What a server puts into its drop folder.</summary>
internal static class MailFolder
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The plain text of the newest letter to an address, once there are so many of them.</summary>
    public static async Task<string> Letter(string folder, string to, int count = 1)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        enough.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            if (Letters(folder, to) is { } letters && letters.Count >= count)
            {
                return letters[^1];
            }

            await Task.Delay(50, enough.Token);
        }
    }

    /// <summary>The plain texts of all letters to an address, the oldest first.</summary>
    public static IReadOnlyList<string> Letters(string folder, string to) => !Directory.Exists(folder) ? [] :
    [
        .. Directory.GetFiles(folder, "*.eml").Order(StringComparer.Ordinal).Select(File.ReadAllText)
            .Where(message => message.Contains($"\r\nTo: {to}\r\n", StringComparison.Ordinal)).Select(Plain),
    ];

    /// <summary>The token of the link in a letter.</summary>
    public static string Token(string letter) => Regex.Match(letter, @"\?token=(\S+)", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups[1].Value;

    private static string Plain(string message)
    {
        var part = message[message.IndexOf("Content-Type: text/plain", StringComparison.Ordinal)..];
        var from = part.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        return Encoding.UTF8.GetString(Convert.FromBase64String(part[from..part.IndexOf("\r\n--", from, StringComparison.Ordinal)]));
    }
}
