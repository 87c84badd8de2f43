using System.Text;
using OffGridFlow.Activities.Intake;

namespace OffGridFlow.App.Tests.Intake;

public sealed class RoundTripTests : IDisposable
{
    private static readonly string[] Scraps =
        ["", "a", "Köln", "x,y", "p;q", "t\tu", "v|w", "say \"hi\"", "\"", "line\nbreak", "cr\r\nlf", "−", "ŷ", "日本", "12", "1,5", "-", "'", "ß–“”", " inner  blanks "];

    private readonly TableFixture files = new();

    public void Dispose() => files.Dispose();

    [Theory]
    [InlineData("utf-8", true)]
    [InlineData("utf-8", false)]
    [InlineData("utf-16", true)]
    [InlineData("utf-16BE", true)]
    [InlineData("windows-1252", false)]
    public void random_tables_are_read_back_as_they_were_written(string name, bool mark)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        var random = new Random(4711);
        for (var round = 0; round < 120; round++)
        {
            var separator = ",;\t|"[random.Next(4)];
            var ending = new[] { "\n", "\r\n" }[random.Next(2)];
            var rows = Rows(random, encoding);
            var text = string.Concat(rows.Select(row => string.Join(separator, row.Select(cell => Written(cell, separator, random))) + ending));

            using var table = files.Table(text, "t.csv", encoding, mark);
            var read = new List<string>();
            while (table.Read())
            {
                Assert.Null(table.RowProblem);
                read.AddRange(Enumerable.Range(0, table.Columns.Count).Select(i => TableFixture.Text(table, i)));
            }

            Assert.Equal(separator, table.Format.Separator);
            Assert.Equal(rows.Skip(1).SelectMany(row => row).Select(cell => cell.Trim()), read);
        }
    }

    private static List<string[]> Rows(Random random, Encoding encoding)
    {
        var rows = new List<string[]> { new[] { "kind", "quantity", "unit", "note", "Färbung" } };
        for (var i = random.Next(1, 40); i > 0; i--)
        {
            rows.Add(["fuel.diesel", .. Enumerable.Range(0, 4).Select(_ => Cell(random, encoding))]);
        }

        return rows;
    }

    private static string Cell(Random random, Encoding encoding)
    {
        var text = Scraps[random.Next(Scraps.Length)] + Scraps[random.Next(Scraps.Length)];
        return encoding.GetString(encoding.GetBytes(text)) == text ? text : "ä";
    }

    private static string Written(string cell, char separator, Random random) =>
        cell.AsSpan().ContainsAny("\"\r\n") || cell.Contains(separator, StringComparison.Ordinal) || random.Next(4) == 0
            ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : cell;
}
