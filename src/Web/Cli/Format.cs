using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OffGridFlow.Web.Cli;

/// <summary>How a verb writes its answer.</summary>
internal static class Format
{
    /// <summary>Indented, camel case, letters as they are.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary><c>--format</c>, the first being the default.</summary>
    public static Option<string> Option(params string[] formats)
    {
        var option = new Option<string>("--format") { DefaultValueFactory = _ => formats[0], Description = $"How to write it: {string.Join(", ", formats)}." };
        option.AcceptOnlyFromAmong(formats);
        return option;
    }
}
