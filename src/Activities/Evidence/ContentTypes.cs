namespace OffGridFlow.Activities.Evidence;

/// <summary>What a file is by its first bytes.</summary>
internal static class ContentTypes
{
    public const string Unknown = "application/octet-stream";

    private const string Pdf = "application/pdf";
    private const string Png = "image/png";
    private const string Jpeg = "image/jpeg";
    private const string Gif = "image/gif";
    private const string Tiff = "image/tiff";
    private const string Webp = "image/webp";
    private const string Zip = "application/zip";
    private const string Office = "application/vnd.openxmlformats-officedocument";
    private const string Sheet = $"{Office}.spreadsheetml.sheet";
    private const string Ole = "application/x-ole-storage";
    private const string Text = "text/plain";

    // What a file of an ending can be; the first is what it is called when its bytes say no more than that. Old tables are often text with another name.
    private static readonly Dictionary<string, string[]> Endings = new(StringComparer.OrdinalIgnoreCase)
    {
        [".pdf"] = [Pdf], [".png"] = [Png], [".jpg"] = [Jpeg], [".jpeg"] = [Jpeg], [".gif"] = [Gif], [".tif"] = [Tiff], [".tiff"] = [Tiff], [".webp"] = [Webp],
        [".xlsx"] = [Sheet, Zip], [".xlsm"] = [Sheet, Zip], [".xlsb"] = [Sheet, Zip], [".ods"] = [Zip], [".odt"] = [Zip], [".zip"] = [Zip, Sheet],
        [".docx"] = [$"{Office}.wordprocessingml.document", Sheet, Zip], [".pptx"] = [$"{Office}.presentationml.presentation", Sheet, Zip],
        [".xls"] = [Ole, Sheet, Zip, Text, Unknown], [".doc"] = [Ole], [".ppt"] = [Ole], [".msg"] = [Ole],
        [".csv"] = [Text, Unknown], [".tsv"] = [Text, Unknown], [".txt"] = [Text, Unknown], [".json"] = [Text, Unknown], [".xml"] = [Text, Unknown], [".eml"] = [Text, Unknown],
    };

    /// <summary>What a file is, by its bytes and then its name; null when the name says that it is something else.</summary>
    /// <param name="type">By its bytes.</param>
    public static string? Named(string name, string type) =>
        !Endings.TryGetValue(Path.GetExtension(name), out var types) ? type
        : !types.Contains(type, StringComparer.Ordinal) ? null
        : types[0].StartsWith(Office, StringComparison.Ordinal) ? types[0] : type;

    /// <summary>Whether the bytes are a program: no bill, no reading, and no thing to be handed from one person to the next.</summary>
    public static bool IsProgram(ReadOnlySpan<byte> head) =>
        head.StartsWith("#!"u8) || head.StartsWith("\u007fELF"u8)
        || (head.StartsWith("MZ"u8) && head.Contains((byte)0))
        || head.StartsWith((ReadOnlySpan<byte>)[0xCA, 0xFE, 0xBA, 0xBE])
        || head.StartsWith((ReadOnlySpan<byte>)[0xCF, 0xFA, 0xED, 0xFE]) || head.StartsWith((ReadOnlySpan<byte>)[0xCE, 0xFA, 0xED, 0xFE]);

    public static (string Type, bool IsProgram) Of(string path)
    {
        var head = new byte[512];
        using var file = File.OpenRead(path);
        var read = head.AsSpan(0, file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false));
        return (Of(read), IsProgram(read));
    }

    public static string Of(ReadOnlySpan<byte> head) =>
        head.StartsWith("%PDF-"u8) ? Pdf :
        head.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47]) ? Png :
        head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? Jpeg :
        head.StartsWith("GIF8"u8) ? Gif :
        head.StartsWith("II*\0"u8) || head.StartsWith("MM\0*"u8) ? Tiff :
        head.Length > 12 && head.StartsWith("RIFF"u8) && head[8..].StartsWith("WEBP"u8) ? Webp :
        head.StartsWith("PK\u0003\u0004"u8) ? (head.IndexOf("xl/"u8) >= 0 || head.IndexOf("[Content_Types].xml"u8) >= 0 ? Sheet : Zip) :
        head.StartsWith((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0]) ? Ole :
        head.Contains((byte)0) || !IsText(head) ? Unknown : Text;

    // The head may end within a character.
    private static bool IsText(ReadOnlySpan<byte> head)
    {
        for (var cut = 0; cut <= Math.Min(3, head.Length); cut++)
        {
            if (System.Text.Unicode.Utf8.IsValid(head[..^cut]))
            {
                return true;
            }
        }

        return false;
    }
}
