using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;

namespace OffGridFlow.Activities.Records;

/// <summary>The lines of a body, each as JSON; what is no JSON, nests deeply or is too long is its beginning as a string: a line with a problem, and not the end.</summary>
internal sealed class JsonLines(PipeReader body)
{
    private const int Longest = 64 * 1024;
    private const int Shown = 100;

    private bool isBegun;

    /// <summary>The next line, or null after the last one, or when the pending read is cancelled. No more than one line is held, and of a line without end its beginning.</summary>
    public async ValueTask<JsonElement?> Next(CancellationToken ct)
    {
        JsonElement? tooLong = null;
        while (true)
        {
            var read = await body.ReadAsync(ct);
            if (read.IsCanceled)
            {
                return null;
            }

            var buffer = read.Buffer;
            var end = buffer.PositionOf((byte)'\n');
            if (end is null && !read.IsCompleted)
            {
                if (buffer.Length > Longest)
                {
                    tooLong ??= Beginning(buffer);
                    body.AdvanceTo(buffer.End);
                }
                else
                {
                    body.AdvanceTo(buffer.Start, buffer.End);
                }

                continue;
            }

            var line = end is { } at ? buffer.Slice(0, at) : buffer;
            var item = tooLong ?? (end is null && line.IsEmpty ? null : Item(line));
            body.AdvanceTo(end is { } past ? buffer.GetPosition(1, past) : buffer.End);
            return item;
        }
    }

    private JsonElement Item(ReadOnlySequence<byte> line)
    {
        if (line.Length > Longest)
        {
            return Beginning(line);
        }

        ReadOnlySpan<byte> bytes = line.IsSingleSegment ? line.FirstSpan : line.ToArray();
        if (!isBegun && bytes.StartsWith("\ufeff"u8))
        {
            bytes = bytes[3..];
        }

        isBegun = true;
        try
        {
            return JsonElement.Parse(bytes);
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(Encoding.UTF8.GetString(bytes).TrimEnd('\r'));
        }
    }

    private static JsonElement Beginning(ReadOnlySequence<byte> line) => JsonSerializer.SerializeToElement(Encoding.UTF8.GetString(line.Slice(0, Shown).ToArray()));
}
