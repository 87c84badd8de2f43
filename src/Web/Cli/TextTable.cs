using OffGridFlow.Platform.Files;
using Spectre.Console;

namespace OffGridFlow.Web.Cli;

/// <summary>Rows under headings: a drawn table on a terminal, aligned lines without wrapping in a pipe, or CSV.</summary>
internal sealed class TextTable(IReadOnlyList<string> headings, IEnumerable<string[]> rows)
{
    private readonly List<string[]> rows = rows.ToList();

    public int Count => rows.Count;

    /// <summary>Draws where the writer is a terminal, else aligns.</summary>
    public void Write(TextWriter output)
    {
        if (ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected)
        {
            Draw();
        }
        else
        {
            Align(output);
        }
    }

    /// <summary>Every row on one line, columns two spaces apart.</summary>
    public void Align(TextWriter output)
    {
        var widths = headings.Select((heading, column) => Math.Max(heading.Length, rows.Count == 0 ? 0 : rows.Max(row => row[column].Length))).ToList();
        foreach (var row in rows.Prepend([.. headings]))
        {
            output.WriteLine(string.Join("  ", row.Select((cell, column) => cell.Replace('\n', ' ').PadRight(widths[column]))).TrimEnd());
        }
    }

    public void WriteCsv(TextWriter output)
    {
        foreach (var row in rows.Prepend([.. headings.Select(heading => heading.Replace(' ', '_'))]))
        {
            output.WriteLine(string.Join(',', row.Select(CsvText.Field)));
        }
    }

    private void Draw()
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (var heading in headings)
        {
            table.AddColumn(Markup.Escape(heading));
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Select(Markup.Escape).ToArray());
        }

        AnsiConsole.Write(table);
    }
}
