using System.Text;
using System.Text.Json;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Activities.Intake;
using static OffGridFlow.App.Tests.Intake.TableFixture;

namespace OffGridFlow.App.Tests.Intake;

public sealed class SampleTests
{
    // max-mapper/csv-spectrum: what each sample means is in the JSON beside it, but for one whose JSON has another telephone number.
    [Fact]
    public void the_csv_spectrum_is_read_as_its_authors_say()
    {
        var folder = SamplesOrSkip("csv", "csv-spectrum");
        var samples = Directory.GetFiles(Path.Combine(folder, "csvs")).Where(path => !path.Contains("location", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(samples);

        foreach (var sample in samples)
        {
            var expected = JsonSerializer.Deserialize<List<Dictionary<string, string>>>(
                File.ReadAllText(Path.Combine(folder, "json", Path.GetFileNameWithoutExtension(sample) + ".json")))!;
            var lines = Lines(sample);

            Assert.Equal(
                expected.SelectMany(record => record).Select(cell => $"{cell.Key}={Flat(cell.Value)}"),
                lines.Skip(1).SelectMany(line => line.Zip(lines[0], (cell, name) => $"{name}={Flat(cell)}")));
        }
    }

    [Fact]
    public void the_quotes_inside_the_spectrum_s_coordinates_are_text()
    {
        var cells = Lines(Path.Combine(SamplesOrSkip("csv", "csv-spectrum"), "csvs", "location_coordinates.csv"))[1];

        Assert.Equal(["2095257564", "37\ufffd36'37.8\"N 121\ufffd2'17.9\"W", "Modesto", "Stanislaus"], cells);
    }

    [Fact]
    public void every_portfolio_manager_sample_opens_and_reads_to_its_end()
    {
        var samples = Directory.GetFiles(SamplesOrSkip("utility", "portfolio-manager")).Where(path => !path.EndsWith(".xml", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(samples);

        foreach (var sample in samples)
        {
            using var table = ActivityTable.Open(sample);
            var rows = Rest(table);

            Assert.True(table.Problem is { Code: "file.header-missing" } || rows.Count > 0, sample);
        }
    }

    [Fact]
    public void a_portfolio_manager_meter_export_is_understood()
    {
        using var table = ActivityTable.Open(Path.Combine(SamplesOrSkip("utility", "portfolio-manager"), "example-pm-monthly-meter-usage.xlsx"));

        Assert.Equal(("Meter Entries", 6), (table.Format.Sheet, table.Format.HeaderRow));
        Assert.True(table.Read());
        Assert.Equal(7, table.Row);
        Assert.Equal("Electric - Grid", Text(table, table.ColumnOf("kind")));
        Assert.Equal("kBtu (thousand Btu)", Text(table, table.ColumnOf("unit")));
        Assert.Equal(CellOutcome.Value, table.Number(table.ColumnOf("quantity"), out var quantity, out _));
        Assert.Equal(597478.9m, quantity);
        Assert.Equal(CellOutcome.Value, table.Period(table.ColumnOf("end"), out var end, out _));
        Assert.Equal(new DateOnly(2016, 2, 1), end.Last);
    }

    private static List<string[]> Lines(string path)
    {
        var (file, _) = SourceFile.Open(path, null);
        using var opened = file!;
        using var rows = new TextRows(opened, opened.Sniff().Encoding!, ',', hashed: false);
        var lines = new List<string[]>();
        while (rows.Next())
        {
            lines.Add([.. Enumerable.Range(0, rows.CellCount).Select(i => Encoding.UTF8.GetString(rows.Cell(i)))]);
        }

        return lines;
    }

    // The authors' JSON has line feeds where the files with CRLF have both.
    private static string Flat(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal);

    private static string SamplesOrSkip(string first, string second)
    {
        var folder = Path.Combine(Repository.Root, "..", "shared", "connector-samples", first, second);
        Assert.SkipUnless(Directory.Exists(folder), "The samples are not on this machine (../shared/connector-samples).");
        return folder;
    }
}
