using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Files;

namespace OffGridFlow.App.Tests.Security;

/// <summary>Files that were made to harm: whoever reads them, or whoever opens what comes of them.</summary>
public sealed class UploadGuardTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private static readonly string[] Formulas = ["=1+1", "+1+cmd|' /C calc'!A0", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\n=1", " =1+1", "\u00A0=1", "\uFEFF=1", "＝1", "＋1", "－1", "＠SUM(1)", "-", "-12.50", "+1.234,5", "plain", "a=b"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_workbook_that_unpacks_to_far_more_than_it_is_is_refused_before_it_is_unpacked()
    {
        var bomb = Workbook(("xl/worksheets/sheet1.xml", 400 << 20));
        Assert.True(bomb.Length < 2 << 20);

        // Whoever unpacked it would find that nobody can.
        Array.Fill(bomb, (byte)0xFF, 64, 1024);
        Assert.Equal("file.inflated", await Preview(bomb, "bomb.xlsx"));

        // Its name makes no difference, nor does how many parts it is in.
        Assert.Equal("file.inflated", await Preview(bomb, "bomb.csv"));
        Assert.Equal("file.inflated", await Preview(Workbook([.. Enumerable.Range(0, 40).Select(i => ($"xl/worksheets/sheet{i}.xml", 10 << 20))]), "many.xlsx"));
        Assert.Equal("file.inflated", await Preview(Workbook([.. Enumerable.Range(0, 10_001).Select(i => ($"p{i}", 1))]), "parts.xlsx"));
    }

    // What is held in memory while the rows are read is limited for itself: a workbook may be a hundred times as large as its file, and still be too much to hold.
    [Theory]
    [InlineData("xl/sharedStrings.xml", 300 << 20, "file.inflated")]
    [InlineData("XL/SHAREDSTRINGS.XML", 300 << 20, "file.inflated")]
    [InlineData("xl/styles.xml", 300 << 20, "file.inflated")]
    [InlineData("xl/sharedStrings.bin", 300 << 20, "file.inflated")]
    [InlineData("xl/worksheets/sheet1.xml", 300 << 20, "file.unreadable")]
    [InlineData("xl/sharedStrings.xml", 100 << 20, "file.unreadable")]
    public async Task texts_that_would_be_held_in_memory_are_limited_for_themselves(string part, int bytes, string code)
    {
        var made = new MemoryStream();
        made.Write(Workbook((part, bytes)));
        using (var zip = new ZipArchive(made, ZipArchiveMode.Update, leaveOpen: true))
        {
            using var picture = zip.CreateEntry("xl/media/picture.png", CompressionLevel.NoCompression).Open();
            var noise = new byte[4 << 20];
            new Random(1).NextBytes(noise);
            picture.Write(noise);
        }

        Assert.True(bytes < made.Length * 150);
        Assert.Equal(code, await Preview(made.ToArray(), "held.xlsx"));
    }

    [Fact]
    public async Task an_archive_that_lies_about_its_parts_is_refused()
    {
        var bomb = Workbook(("xl/worksheets/sheet1.xml", 100 << 20));

        // Its directory says 100 bytes; so much is read of it at most, and that is no sheet.
        var directory = bomb.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        BitConverter.TryWriteBytes(bomb.AsSpan(directory + 24), 100);
        Assert.Equal("file.unreadable", await Preview(bomb, "liar.xlsx"));
        Assert.Equal("file.unreadable", await Preview([.. "PK\u0003\u0004"u8, .. new byte[100]], "broken.xlsx"));
    }

    [Fact]
    public async Task parts_that_lie_over_one_another_are_refused()
    {
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            await using var part = zip.CreateEntry("xl/worksheets/sheet1.xml", CompressionLevel.NoCompression).Open();
            await part.WriteAsync(new byte[1 << 20], Ct);
        }

        // Forty lines of the directory name the same megabyte: little enough to unpack, and more than the file holds.
        var plain = packed.ToArray();
        var (directory, end) = (plain.AsSpan().LastIndexOf("PK\u0001\u0002"u8), plain.AsSpan().LastIndexOf("PK\u0005\u0006"u8));
        byte[] lines = [.. Enumerable.Repeat(plain[directory..end], 40).SelectMany(line => line)];
        byte[] over = [.. plain[..directory], .. lines, .. plain[end..]];
        var last = over.AsSpan(directory + lines.Length);
        BitConverter.TryWriteBytes(last[8..], (ushort)40);
        BitConverter.TryWriteBytes(last[10..], (ushort)40);
        BitConverter.TryWriteBytes(last[12..], lines.Length);

        Assert.Equal("file.inflated", await Preview(over, "over.xlsx"));
    }

    [Fact]
    public async Task entities_of_a_workbook_s_xml_are_not_expanded_and_no_file_is_read()
    {
        var laughs = "<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY a \"lol\">" + string.Concat("bcdefghij".Select((name, i) => $"<!ENTITY {name} \"{string.Concat(Enumerable.Repeat($"&{(char)(name - 1)};", 10))}\">")) + "]>";
        var outside = "<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY j SYSTEM \"file:///etc/passwd\">]>";
        foreach (var prolog in (string[])[laughs, outside])
        {
            var path = Path.Combine(Path.GetTempPath(), $"offgridflow-{Guid.CreateVersion7():N}.xlsx");
            try
            {
                TestWorkbook.Write(path, ("Sheet", [["kind", "quantity", "unit"], ["fuel.diesel", 1m, "L"]]));
                using (var zip = ZipFile.Open(path, ZipArchiveMode.Update))
                {
                    var sheet = zip.Entries.Single(entry => entry.FullName.StartsWith("xl/worksheets/", StringComparison.Ordinal));
                    string text;
                    using (var reader = new StreamReader(sheet.Open()))
                    {
                        text = await reader.ReadToEndAsync(Ct);
                    }

                    var name = sheet.FullName;
                    sheet.Delete();
                    await using var changed = zip.CreateEntry(name).Open();
                    await changed.WriteAsync(Encoding.UTF8.GetBytes(prolog + text[(text.IndexOf("?>", StringComparison.Ordinal) + 2)..].Replace("fuel.diesel", "&j;", StringComparison.Ordinal)), Ct);
                }

                var response = await Send(await File.ReadAllBytesAsync(path, Ct), "entities.xlsx");
                var answer = await response.Content.ReadAsStringAsync(Ct);
                Assert.True((int)response.StatusCode < 500, answer);
                Assert.DoesNotContain("root:", answer, StringComparison.Ordinal);
                Assert.DoesNotContain("lollol", answer, StringComparison.Ordinal);
                Assert.Contains("file.unreadable", answer, StringComparison.Ordinal);
            }
            finally
            {
                File.Delete(path);
            }
        }
    }

    [Fact]
    public void what_a_spreadsheet_would_run_is_led_by_an_apostrophe_and_what_it_would_not_is_as_it_was()
    {
        var harmless = Formulas.Select(CsvText.Harmless).ToArray();

        Assert.All(harmless.Take(14), text => Assert.StartsWith("'", text, StringComparison.Ordinal));
        Assert.Equal(Formulas[14..], harmless[14..]);
        Assert.Equal("\"'=HYPERLINK(\"\"https://evil.example\"\",\"\"x\"\")\"", CsvText.Field("=HYPERLINK(\"https://evil.example\",\"x\")"));
    }

    [Fact]
    public void every_csv_that_the_product_writes_goes_through_it()
    {
        // Quotation marks that are doubled by hand are a CSV writer of somebody's own. Estimates over HTTP write a table for our own reader, which nobody opens.
        var own = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/Factors/", StringComparison.Ordinal) && !path.EndsWith("/CsvText.cs", StringComparison.Ordinal) && !path.EndsWith("/PostEstimates.cs", StringComparison.Ordinal))
            .Where(path => File.ReadAllText(path).Contains("Replace(\"\\\"\", \"\\\"\\\"\"", StringComparison.Ordinal)).Select(path => Path.GetRelativePath(Repository.Root, path));

        Assert.Empty(own);
    }

    private async Task<string> Preview(byte[] bytes, string name)
    {
        var response = await Send(bytes, name);
        var answer = await response.Content.ReadAsStringAsync(Ct);
        Assert.True((int)response.StatusCode is >= 200 and < 500, answer);
        var text = JsonDocument.Parse(answer).RootElement;
        return text.TryGetProperty("code", out var code) ? code.GetString()! : text.GetProperty("problem").GetProperty("code").GetString()!;
    }

    private Task<HttpResponseMessage> Send(byte[] bytes, string name)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return api.Acme.Post($"/api/v1/imports/preview?file_name={name}", content);
    }

    private static byte[] Workbook(params (string Name, int Bytes)[] parts)
    {
        var made = new MemoryStream();
        using (var zip = new ZipArchive(made, ZipArchiveMode.Create, leaveOpen: true))
        {
            var zeros = new byte[1 << 16];
            foreach (var (name, bytes) in parts)
            {
                using var part = zip.CreateEntry(name, CompressionLevel.SmallestSize).Open();
                for (var left = bytes; left > 0; left -= zeros.Length)
                {
                    part.Write(zeros, 0, Math.Min(left, zeros.Length));
                }
            }
        }

        return made.ToArray();
    }
}
