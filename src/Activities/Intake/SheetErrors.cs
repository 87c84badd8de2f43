using System.IO.Compression;
using System.Xml;

namespace OffGridFlow.Activities.Intake;

/// <summary>
/// The cells of an .xlsx sheet whose formula ended in an error. The workbook reader shows them as empty, and an error that
/// passes for a blank would hide that a figure is missing.
/// </summary>
public static class SheetErrors
{
    /// <summary>Error texts (<c>#REF!</c>) by row and column, rows from 1 and columns from 0; null when the sheet has none.</summary>
    /// <param name="workbook">The .xlsx file.</param>
    /// <param name="sheet">The sheet's name.</param>
    public static IReadOnlyDictionary<(int Row, int Column), string>? Of(Stream workbook, string sheet)
    {
        using var zip = new ZipArchive(workbook, ZipArchiveMode.Read, leaveOpen: true);
        if (Part(zip, sheet) is not { } part)
        {
            return null;
        }

        using (var bytes = part.Open())
        {
            if (!MayHaveErrors(bytes))
            {
                return null;
            }
        }

        using var stream = part.Open();
        return Read(stream);
    }

    // Most sheets have none, and looking for the mark costs a fraction of reading the XML.
    private static bool MayHaveErrors(Stream stream)
    {
        var buffer = new byte[1 << 16];
        var kept = 0;
        while (stream.Read(buffer.AsSpan(kept)) is var length and > 0)
        {
            var chunk = buffer.AsSpan(0, kept + length);
            if (chunk.IndexOf("t=\"e\""u8) >= 0 || chunk.IndexOf("t='e'"u8) >= 0)
            {
                return true;
            }

            kept = Math.Min(4, chunk.Length);
            chunk[^kept..].CopyTo(buffer);
        }

        return false;
    }

    private static Dictionary<(int Row, int Column), string> Read(Stream stream)
    {
        var errors = new Dictionary<(int Row, int Column), string>();
        using var xml = XmlReader.Create(stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
        var (row, column, inError) = (0, -1, false);
        while (xml.Read())
        {
            if (xml.NodeType != XmlNodeType.Element)
            {
                continue;
            }

            switch (xml.LocalName)
            {
                case "row":
                    row = DateText.TryDigits(System.Text.Encoding.UTF8.GetBytes(xml.GetAttribute("r") ?? ""), out var r) ? r : row + 1;
                    column = -1;
                    break;
                case "c":
                    column = xml.GetAttribute("r") is { Length: > 1 } at ? ColumnOf(at) : column + 1;
                    inError = xml.GetAttribute("t") == "e";
                    break;
                case "v" when inError:
                    errors[(row, column)] = xml.ReadElementContentAsString();
                    inError = false;
                    break;
            }
        }

        return errors;
    }

    private static int ColumnOf(string at)
    {
        var column = 0;
        foreach (var letter in at)
        {
            if (!char.IsAsciiLetterUpper(letter))
            {
                break;
            }

            column = (column * 26) + letter - 'A' + 1;
        }

        return column - 1;
    }

    // workbook.xml names the sheets, its relations say which part each one is.
    private static ZipArchiveEntry? Part(ZipArchive zip, string sheet)
    {
        var id = Elements(zip, "xl/workbook.xml", "sheet").FirstOrDefault(e => e.GetValueOrDefault("name") == sheet)?.GetValueOrDefault("id");
        var target = Elements(zip, "xl/_rels/workbook.xml.rels", "Relationship").FirstOrDefault(e => e.GetValueOrDefault("Id") == id)?.GetValueOrDefault("Target");
        return target is null ? null : zip.GetEntry(target.StartsWith('/') ? target[1..] : "xl/" + target);
    }

    private static List<Dictionary<string, string>> Elements(ZipArchive zip, string part, string name)
    {
        var all = new List<Dictionary<string, string>>();
        if (zip.GetEntry(part) is not { } entry)
        {
            return all;
        }

        using var stream = entry.Open();
        using var xml = XmlReader.Create(stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
        while (xml.Read())
        {
            if (xml.NodeType == XmlNodeType.Element && xml.LocalName == name)
            {
                var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
                while (xml.MoveToNextAttribute())
                {
                    attributes[xml.LocalName] = xml.Value;
                }

                all.Add(attributes);
            }
        }

        return all;
    }
}
