namespace OffGridFlow.Factors.Reference.Tables;

/// <summary>The EU's Combined Nomenclature, whose lines only say what sets them apart from their neighbours ("Other").</summary>
internal static class CombinedNomenclature
{
    /// <summary>Eight-digit codes, each titled with the headings above it: <c>Live bovine animals > Cattle > Other</c>.</summary>
    public static IEnumerable<(string Code, string Title)> Read(string path)
    {
        var above = new List<string>();
        foreach (var row in DataFile.Rows(path))
        {
            var code = row.Text("CN")?.Replace(" ", "", StringComparison.Ordinal);
            var depth = row.Text("DASHES")?.Length ?? 0;
            if (row.Text("DM") is not { } label)
            {
                continue;
            }

            // Sections and chapters start afresh; a heading of four digits has no dash.
            if (depth == 0)
            {
                above.Clear();
            }

            above.RemoveRange(Math.Min(depth, above.Count), above.Count - Math.Min(depth, above.Count));
            above.Add(label);
            if (code is { Length: 8 } && code.All(char.IsAsciiDigit))
            {
                yield return (code, string.Join(" > ", above));
            }
        }
    }
}
