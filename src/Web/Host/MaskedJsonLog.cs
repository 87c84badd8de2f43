using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace OffGridFlow.Web.Host;

/// <summary>
/// The log for programs: an object a line with <c>at</c>, <c>level</c>, <c>category</c>, <c>event</c>, <c>message</c>, <c>fields</c> (what the message was made of) and
/// <c>exception</c>. Masked as <see cref="MaskedLog"/> is.
/// </summary>
internal sealed class MaskedJsonLog(TimeProvider clock) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "masked-json";

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteString("at", clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
            json.WriteString("level", logEntry.LogLevel.ToString().ToLowerInvariant());
            json.WriteString("category", logEntry.Category);
            json.WriteNumber("event", logEntry.EventId.Id);
            json.WriteString("message", MaskedLog.Masked(logEntry.Formatter(logEntry.State, logEntry.Exception)));
            if (logEntry.State is IReadOnlyList<KeyValuePair<string, object?>> { Count: > 0 } fields)
            {
                json.WriteStartObject("fields");
                foreach (var (name, value) in fields)
                {
                    if (name != "{OriginalFormat}")
                    {
                        json.WriteString(name, value is null ? null : MaskedLog.Masked(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""));
                    }
                }

                json.WriteEndObject();
            }

            if (logEntry.Exception is { } fault)
            {
                json.WriteString("exception", MaskedLog.Masked(fault.ToString()));
            }

            json.WriteEndObject();
        }

        textWriter.Write(Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n");
    }
}
