using System.Net.Http.Headers;
using System.Security.Cryptography;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Activities;

/// <summary>Files that an activity rests on: known by their bytes, whatever their name says.</summary>
public sealed class EvidenceTests(ImportFixture api) : IClassFixture<ImportFixture>
{
    private static readonly byte[] Pdf = "%PDF-1.7\n1 0 obj\n"u8.ToArray();

    [Fact]
    public async Task a_file_is_kept_by_its_hash_under_the_type_its_bytes_say_and_handed_out_as_a_download()
    {
        var path = $"/api/v1/activities/{await Activity()}/evidence";

        var attached = await (await Attach(api.Acme, path, Pdf, "meter reading.pdf")).Json(201);
        var again = await (await Attach(api.Acme, path, Pdf, "the same.pdf")).Json(201);

        Assert.Equal(
            (Convert.ToHexStringLower(SHA256.HashData(Pdf)), "application/pdf", "meter reading.pdf", Pdf.Length),
            (attached.GetProperty("sha256").GetString(), attached.GetProperty("content_type").GetString(), attached.GetProperty("name").GetString(), attached.GetProperty("size_bytes").GetInt32()));
        Assert.Equal(attached.GetProperty("evidence_id").GetString(), again.GetProperty("evidence_id").GetString());
        Assert.Single((await (await api.Acme.Get(path)).Json()).GetProperty("items").EnumerateArray());
        var file = await api.Acme.Get($"{path}/{attached.GetProperty("evidence_id").GetString()}");
        Assert.Equal(Pdf, await file.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal(("attachment", "nosniff", "application/pdf"), (file.Content.Headers.ContentDisposition?.DispositionType, file.Headers.GetValues("X-Content-Type-Options").Single(), file.Content.Headers.ContentType?.MediaType));
    }

    [Theory]
    [InlineData("page.html", "<html><script>alert(1)</script></html>", "text/plain")]
    [InlineData("table.XLS", "kind\tquantity\nelectricity\t12", "text/plain")]
    [InlineData("letter.docx", "PK\u0003\u0004\u0014\0[Content_Types].xml word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")]
    [InlineData("notes", "read on site: 1,234", "text/plain")]
    [InlineData("photo.txt", "\u0001\u0002\0\u0003", "application/octet-stream")]
    public async Task a_name_or_a_page_with_scripts_decides_no_type(string name, string content, string type)
    {
        var attached = await (await Attach(api.Acme, $"/api/v1/activities/{await Activity()}/evidence", System.Text.Encoding.UTF8.GetBytes(content), name)).Json(201);

        Assert.Equal(type, attached.GetProperty("content_type").GetString());
    }

    [Theory]
    [InlineData("page.pdf", "<html><script>alert(1)</script></html>")]
    [InlineData("photo.PNG", "%PDF-1.7")]
    [InlineData("bill.pdf.txt", "%PDF-1.7")]
    [InlineData("meter.csv", "PK\u0003\u0004xl/workbook.xml")]
    [InlineData("bill.doc", "only text")]
    public async Task a_file_that_is_not_what_its_name_says_is_refused_and_not_kept(string name, string content)
    {
        var path = $"/api/v1/activities/{await Activity()}/evidence";

        Assert.Equal("evidence.mismatch", await (await Attach(api.Acme, path, System.Text.Encoding.UTF8.GetBytes(content), name)).Problem(400));
        Assert.Empty((await (await api.Acme.Get(path)).Json()).GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData("MZ\u0090\0\u0003\0")]
    [InlineData("\u007fELF\u0002\u0001\u0001\0")]
    [InlineData("#!/bin/sh\nrm -rf ~\n")]
    public async Task a_program_is_refused_whatever_it_is_called(string content)
    {
        var path = $"/api/v1/activities/{await Activity()}/evidence";

        Assert.Equal("evidence.program", await (await Attach(api.Acme, path, System.Text.Encoding.UTF8.GetBytes(content), "bill.pdf")).Problem(400));
        Assert.Empty((await (await api.Acme.Get(path)).Json()).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task a_file_beyond_fifty_megabytes_is_refused()
    {
        var path = $"/api/v1/activities/{await Activity()}/evidence";

        Assert.Equal("file.too-large", await (await Attach(api.Acme, path, new byte[(50 << 20) + 1], "scan.pdf")).Problem(413));
        Assert.Equal("file.missing", await (await Attach(api.Acme, path, [], "scan.pdf")).Problem(400));
    }

    [Fact]
    public async Task another_tenant_finds_neither_the_activity_nor_its_files()
    {
        var path = $"/api/v1/activities/{await Activity()}/evidence";
        var attached = await (await Attach(api.Acme, path, Pdf, "bill.pdf")).Json(201);

        Assert.Equal("activity.not-found", await (await Attach(api.Globex, path, Pdf, "bill.pdf")).Problem(404));
        Assert.Equal("activity.not-found", await (await api.Globex.Get(path)).Problem(404));
        Assert.Equal("evidence.not-found", await (await api.Globex.Get($"{path}/{attached.GetProperty("evidence_id").GetString()}")).Problem(404));
    }

    private static Task<HttpResponseMessage> Attach(HttpClient client, string path, byte[] bytes, string name)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return client.Post($"{path}?file_name={Uri.EscapeDataString(name)}", content);
    }

    private async Task<string> Activity()
    {
        var made = await (await api.Acme.Post("/api/v1/activities", new { kind = "electricity.grid", quantity = "1", unit = "kWh", facility = "LDS", start = "2025-01-01", end = "2025-01-31" })).Json(201);
        return made.GetProperty("activities")[0].GetProperty("activity_id").GetString()!;
    }
}
