namespace OffGridFlow.Activities.Evidence;

/// <summary>What a file is by its first bytes.</summary>
internal static class ContentTypes
{
    public const string Unknown = "application/octet-stream";

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
        head.StartsWith("%PDF-"u8) ? "application/pdf" :
        head.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47]) ? "image/png" :
        head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? "image/jpeg" :
        head.StartsWith("GIF8"u8) ? "image/gif" :
        head.StartsWith("II*\0"u8) || head.StartsWith("MM\0*"u8) ? "image/tiff" :
        head.Length > 12 && head.StartsWith("RIFF"u8) && head[8..].StartsWith("WEBP"u8) ? "image/webp" :
        head.StartsWith("PK\u0003\u0004"u8) ? (head.IndexOf("xl/"u8) >= 0 || head.IndexOf("[Content_Types].xml"u8) >= 0 ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" : "application/zip") :
        head.StartsWith((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0]) ? "application/x-ole-storage" :
        head.Contains((byte)0) || !IsText(head) ? Unknown : "text/plain";

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
