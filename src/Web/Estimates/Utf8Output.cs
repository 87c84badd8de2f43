using System.Buffers.Text;
using System.Text.Encodings.Web;
using System.Text;
using OffGridFlow.Engine;

namespace OffGridFlow.Web.Estimates;

/// <summary>A growing buffer of UTF-8 that is filled by one thread and written out whole.</summary>
internal sealed class Utf8Output
{
    private byte[] bytes = new byte[64 * 1024];
    private int used;

    public int Length => used;

    public ReadOnlySpan<byte> Written => bytes.AsSpan(0, used);

    public void Clear() => used = 0;

    public void Write(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Room(text.Length));
        used += text.Length;
    }

    public void Write(byte value)
    {
        Room(1)[0] = value;
        used++;
    }

    public void Write(long value)
    {
        Utf8Formatter.TryFormat(value, Room(20), out var written);
        used += written;
    }

    /// <summary>Every digit of the number and no trailing zeros: 0.10 and 0.1 are written alike.</summary>
    /// <returns>How many bytes that took.</returns>
    public int Write(decimal value)
    {
        var length = DecimalText.Write(value, Room(DecimalText.Room));
        used += length;
        return length;
    }

    /// <summary>Writes once more what was written some bytes ago.</summary>
    public void Repeat(int back, int length)
    {
        var from = used - back;
        Room(length);
        bytes.AsSpan(from, length).CopyTo(bytes.AsSpan(used));
        used += length;
    }

    /// <summary>A JSON string with its quotes.</summary>
    public void WriteJson(string? text)
    {
        if (text is null)
        {
            Write("null"u8);
            return;
        }

        Write((byte)'"');
        Write(Encoding.UTF8.GetBytes(JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)));
        Write((byte)'"');
    }

    /// <summary>A JSON string of bytes that are UTF-8 already.</summary>
    public void WriteJson(ReadOnlySpan<byte> utf8)
    {
        if (JavaScriptEncoder.UnsafeRelaxedJsonEscaping.FindFirstCharacterToEncodeUtf8(utf8) >= 0)
        {
            WriteJson(Encoding.UTF8.GetString(utf8));
            return;
        }

        Write((byte)'"');
        Write(utf8);
        Write((byte)'"');
    }

    private Span<byte> Room(int length)
    {
        if (used + length > bytes.Length)
        {
            Array.Resize(ref bytes, Math.Max(2 * bytes.Length, used + length));
        }

        return bytes.AsSpan(used);
    }
}
