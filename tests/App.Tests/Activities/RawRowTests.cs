using System.Text;
using System.Text.Json;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Activities;

/// <summary>A row, taken or rejected, as it stood in the file it came in; and rejected rows corrected and sent again, whatever the file was.</summary>
public sealed class RawRowTests(ImportFixture api) : IClassFixture<ImportFixture>
{
    private const string Wrong = "electrcity.grid";

    private static readonly string[] Header = ["kind", "quantity", "unit", "region", "start", "end", "supplier"];

    private static readonly string[] Good = ["electricity.grid", "1234.5", "kWh", "GB", "2025-01-01", "2025-01-31", "Northern Power"];

    private static readonly string[] Bad = [Wrong, "2345.5", "kWh", "GB", "2025-02-01", "2025-02-28", "Northern Power"];

    /// <summary>Name, bytes, and the rows of the taken and of the rejected one.</summary>
    public static TheoryData<string, int, int> Files => new()
    {
        { "comma.csv", 2, 3 },
        { "semicolon-latin1.csv", 2, 3 },
        { "quoted.csv", 3, 5 },
        { "tabs.tsv", 2, 3 },
        { "utf16.csv", 2, 3 },
        { "book.xlsx", 4, 6 },
        { "renamed-book.csv", 4, 6 },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task a_row_is_shown_as_it_stood_and_corrected_and_sent_again_it_is_taken(string name, int good, int bad)
    {
        var import = await api.Import(api.Acme, Bytes(name), name);
        var id = import.GetProperty("import_id").GetString();
        var (taken, rejected) = (await Row(id, good), await Row(id, bad));
        var csv = await (await api.Acme.Get($"/api/v1/imports/{id}/rejected.csv")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var again = await api.Import(api.Acme, csv.Replace(Wrong, "electricity.grid", StringComparison.Ordinal), "rejected.csv");

        Assert.Equal((1, 1), (Rows(import, "calculated"), Rows(import, "rejected")));
        Assert.Equal(("calculated", "rejected"), (taken.GetProperty("disposition").GetString(), rejected.GetProperty("disposition").GetString()));
        Assert.Equal("kind.unknown", rejected.GetProperty("code").GetString());
        Assert.Equal(1, await api.Count("select count(*) from activities.activities where activity_id = $1 and row_no = $2", taken.GetProperty("activity_id").GetGuid(), (long)good));
        foreach (var (row, number, expected) in ((JsonElement, int, string[])[])[(taken, good, Good), (rejected, bad, Bad)])
        {
            var raw = row.GetProperty("raw");
            Assert.Equal(name, raw.GetProperty("file_name").GetString());
            Assert.Equal(import.GetProperty("sha256").GetString(), raw.GetProperty("sha256").GetString());
            Assert.Equal(name.Contains("book", StringComparison.Ordinal) ? "Bills" : null, raw.TryGetProperty("sheet", out var sheet) ? sheet.GetString() : null);
            var cells = raw.GetProperty("cells").EnumerateArray().Select(cell => (Name: cell.GetProperty("column").GetString()!, Text: cell.GetProperty("text").GetString()!, At: cell.GetProperty("address").GetString()!)).ToList();
            Assert.Equal(Header, cells.Select(cell => cell.Name));
            Assert.Equal(expected.Take(6), cells.Take(6).Select(cell => name.StartsWith("semicolon", StringComparison.Ordinal) ? cell.Text.Replace(',', '.') : cell.Text));
            Assert.Equal(Supplier(name), cells[6].Text);
            Assert.Equal(((string[])["A", "B", "C", "D", "E", "F", "G"]).Select(letter => $"{letter}{number}"), cells.Select(cell => cell.At));
        }

        Assert.Equal((1, 0), (Rows(again, "calculated"), Rows(again, "rejected")));
        Assert.Equal(Bad[1], (await Stored(again)).TrimEnd('0'));
        await (await api.Globex.Get($"/api/v1/imports/{id}/rows/{good}")).Problem(404);
        Assert.Equal("row.not-found", await (await api.Acme.Get($"/api/v1/imports/{id}/rows/99")).Problem(404));
    }

    [Fact]
    public async Task cells_beyond_the_header_and_a_broken_quote_are_shown_too()
    {
        var import = await api.Import(api.Acme, "kind,quantity,unit,region,start\nfuel.diesel,1,litre,GB,2025-01-01,EXTRA\nfuel.diesel,2,litre,GB,\"2025-01-01\n");
        var id = import.GetProperty("import_id").GetString();

        var cells = (await Row(id, 2)).GetProperty("raw").GetProperty("cells").EnumerateArray().ToList();
        var quote = await Row(id, 3);

        Assert.Equal(2, Rows(import, "rejected"));
        Assert.Equal(("", "EXTRA", "F2"), (cells[5].GetProperty("column").GetString(), cells[5].GetProperty("text").GetString(), cells[5].GetProperty("address").GetString()));
        Assert.Equal("row.quote-unterminated", quote.GetProperty("code").GetString());
        Assert.Equal("fuel.diesel", quote.GetProperty("raw").GetProperty("cells")[0].GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("json")]
    [InlineData("ndjson")]
    public async Task items_of_a_request_that_were_rejected_have_their_members_and_corrected_and_sent_again_they_are_taken(string form)
    {
        var item = new { kind = Wrong, quantity = 2345.5, unit = "kWh", region = "GB", start = "2025-03-01", supplier = $"Northern, \"{form}\"" };
        var good = new { source_key = "raw-" + form, kind = "electricity.grid", quantity = 1, unit = "kWh", region = "GB", start = "2025-03-01" };
        if (form == "json")
        {
            await (await api.Globex.Post("/api/v1/activities", new { activities = new object[] { good, item } })).Json(201);
        }
        else
        {
            var lines = JsonSerializer.Serialize(good) + "\n" + JsonSerializer.Serialize(item) + "\n";
            Assert.True((await api.Globex.Post("/api/v1/activities/stream", new StringContent(lines, Encoding.UTF8, "application/x-ndjson"))).IsSuccessStatusCode);
        }

        var source = form == "json" ? "api" : "stream";
        var id = (await (await api.Globex.Get($"/api/v1/imports?source={source}")).Json()).GetProperty("items")[0].GetProperty("import_id").GetString();
        var (taken, rejected) = (await (await api.Globex.Get($"/api/v1/imports/{id}/rows/1")).Json(), await (await api.Globex.Get($"/api/v1/imports/{id}/rows/2")).Json());
        var csv = await (await api.Globex.Get($"/api/v1/imports/{id}/rejected.csv")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var again = await api.Import(api.Globex, csv.Replace(Wrong, "electricity.grid", StringComparison.Ordinal), $"{form}-rejected.csv");

        Assert.Equal(("calculated", "rejected"), (taken.GetProperty("disposition").GetString(), rejected.GetProperty("disposition").GetString()));
        Assert.False(rejected.TryGetProperty("raw", out _));
        Assert.Equal([Wrong, "2345.5", "kWh", "GB", "2025-03-01", item.supplier], rejected.GetProperty("cells").EnumerateObject().Where(cell => cell.Name != "source_key").Select(cell => cell.Value.GetString()!));
        Assert.Equal((1, 0), (Rows(again, "calculated"), Rows(again, "rejected")));
    }

    private static long Rows(JsonElement import, string disposition) => import.GetProperty("rows").GetProperty(disposition).GetInt64();

    // What only a form can hold: a letter outside ASCII, a line break, a separator.
    private static string Supplier(string name) => name switch
    {
        "semicolon-latin1.csv" => "Fernwärme Süd",
        "quoted.csv" => "Northern\nPower, \"Leeds\"",
        "utf16.csv" => "Północ ⚡",
        _ => Good[6] + " " + name,
    };

    private static byte[] Bytes(string name)
    {
        if (name.Contains("book", StringComparison.Ordinal))
        {
            var path = Path.Combine(Path.GetTempPath(), $"offgridflow-{Guid.CreateVersion7():N}.xlsx");
            try
            {
                object?[] Cells(string[] row) => [row[0], decimal.Parse(row[1], System.Globalization.CultureInfo.InvariantCulture), .. row[2..6], Supplier(name)];
                TestWorkbook.Write(path, ("Bills", [["Energy bills 2025"], [], [.. Header], Cells(Good), [], Cells(Bad)]));
                return File.ReadAllBytes(path);
            }
            finally
            {
                File.Delete(path);
            }
        }

        var separator = name.StartsWith("semicolon", StringComparison.Ordinal) ? ';' : name.EndsWith(".tsv", StringComparison.Ordinal) ? '\t' : ',';
        string[][] rows = [Header, [.. Good[..6], Supplier(name)], [.. Bad[..6], Supplier(name)]];
        if (separator == ';')
        {
            rows = [.. rows.Select(row => row.Select((cell, at) => at == 1 ? cell.Replace('.', ',') : cell).ToArray())];
        }

        var lines = rows.Select(row => string.Join(separator, row.Select(cell => cell.AsSpan().IndexOfAny("\"\n,") >= 0 && separator == ',' ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell)));
        var text = (name == "quoted.csv" ? "\n" : "") + string.Join("\r\n", lines) + "\r\n";
        var encoding = name switch { "semicolon-latin1.csv" => Encoding.Latin1, "utf16.csv" => Encoding.Unicode, _ => Encoding.UTF8 };
        return [.. encoding.GetPreamble().Where(_ => name == "utf16.csv"), .. encoding.GetBytes(text)];
    }

    private async Task<JsonElement> Row(string? id, int row) => await (await api.Acme.Get($"/api/v1/imports/{id}/rows/{row}")).Json();

    private async Task<string> Stored(JsonElement import)
    {
        await using var command = api.Database.Admin.CreateCommand("select quantity::text from activities.activities where import_id = $1");
        command.Parameters.AddWithValue(import.GetProperty("import_id").GetGuid());
        return (string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
