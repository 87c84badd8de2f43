using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace OffGridFlow.Web.Host;

/// <summary>
/// The log as it is written: addresses of persons, keys and tokens are masked in everything, whoever logs it, exceptions too. What is masked stays recognisable
/// as what it was. Each entry begins with its instant in UTC; its further lines are set in, so that no text that is logged looks like an entry of its own.
/// </summary>
internal sealed partial class MaskedLog(TimeProvider clock) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "masked";

    private const string Indent = "      ";

    public static void Use(ILoggingBuilder logging, HostSettings settings)
    {
        logging.AddConsole(console => console.FormatterName = settings.LogsJson ? MaskedJsonLog.FormatterName : FormatterName)
            .AddConsoleFormatter<MaskedLog, ConsoleFormatterOptions>().AddConsoleFormatter<MaskedJsonLog, ConsoleFormatterOptions>();
        if (settings.LogsRefusals)
        {
            logging.AddFilter(typeof(RefusalLog).FullName, LogLevel.Information);
        }
    }

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var text = logEntry.Formatter(logEntry.State, logEntry.Exception);
        textWriter.Write($"{clock.GetUtcNow().UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ} {Level(logEntry.LogLevel)}: {logEntry.Category}[{logEntry.EventId.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)}]\n");
        foreach (var line in Masked(logEntry.Exception is null ? text : $"{text}\n{logEntry.Exception}").Split('\n'))
        {
            textWriter.Write($"{Indent}{Visible(line.TrimEnd('\r'))}\n");
        }
    }

    /// <summary>A text without anybody's address, key or token.</summary>
    public static string Masked(string text) => Named().Replace(Tokens().Replace(Keys().Replace(Emails().Replace(text, "${first}***@${host}***"), "${kind}***"), "***.***.***"), "${name}***");

    // What moves the cursor or colours a terminal is shown as what it is not.
    private static string Visible(string line) => line.AsSpan().ContainsAnyInRange('\0', '\u001F') || line.Contains('\u007F', StringComparison.Ordinal)
        ? string.Concat(line.Select(letter => char.IsControl(letter) && letter != '\t' ? '\uFFFD' : letter))
        : line;

    private static string Level(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        LogLevel.Critical => "crit",
        LogLevel.None => "none",
    };

    // RFC 5322's dot-atom, encoded in a query string too.
    [GeneratedRegex(@"(?<first>[\p{L}\p{N}])[\p{L}\p{N}.%'*+_~-]*(?:@|%40)(?<host>[\p{L}\p{N}])[\p{L}\p{N}-]*(?:\.[\p{L}\p{N}-]+)+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Emails();

    [GeneratedRegex(@"(?<kind>ogf_[a-z]+_)[A-Za-z0-9_-]+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Keys();

    // A JSON Web Token.
    [GeneratedRegex(@"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Tokens();

    [GeneratedRegex(@"(?<name>\b(?:Bearer|Basic)\s+|\b(?:token|code|secret|password|api_key)\b""?\s*[=:]\s*""?)[^\s""&;,]+", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Named();
}
