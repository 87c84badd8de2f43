using System.Text;
using System.Text.Json;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Activities;

/// <summary>What goes before an import: looking at a file without taking it, saved ways to read files, an organisation's own names of kinds.</summary>
public sealed class ImportSetupTests(ImportFixture api) : IClassFixture<ImportFixture>
{
    private const string Foreign = "Zeichen;Verbrauch HT;Was;Ort;Tag\nP-1;1.000,5;Strom;LDS;31.01.2025\nP-2;;Strom;LDS;31.01.2025\nP-3;7,5;Sonnenkram;LDS;31.01.2025\nP-4;8,5;Strom;Leds;31.01.2025\n";

    private const string Mapping = """{"columns":{"Verbrauch HT":"quantity","Was":"kind","Ort":"facility","Tag":"start","Zeichen":"id"},"constants":{"unit":"kWh","region":"GB"},"decimal":"comma"}""";

    [Fact]
    public async Task a_preview_shows_columns_and_the_problems_of_the_first_rows_and_writes_nothing()
    {
        var before = await Written();

        var preview = await (await Preview(api.Acme, Foreign, Mapping)).Json();

        var columns = preview.GetProperty("columns").EnumerateArray().ToDictionary(column => Text(column, "name")!, column => column, StringComparer.Ordinal);
        Assert.Equal(("quantity", "kind", "facility"), (Text(columns["Verbrauch HT"], "field"), Text(columns["Was"], "field"), Text(columns["Ort"], "field")));
        Assert.Equal(["1.000,5", "7,5", "8,5"], columns["Verbrauch HT"].GetProperty("samples").EnumerateArray().Select(cell => cell.GetString()));
        var rows = preview.GetProperty("rows").EnumerateArray().ToList();
        Assert.Equal(["calculated", "rejected", "rejected", "calculated"], rows.Select(row => Text(row, "disposition")));
        Assert.Equal([null, "number.blank", "kind.unknown", null], rows.Select(row => Code(row, "problem")));
        Assert.Equal([null, null, null, "facility.unknown"], rows.Select(row => Code(row, "warning")));
        Assert.Equal(before, await Written());
        Assert.Equal("import.option", await (await Preview(api.Acme, Foreign, """{"decimal":"dot"}""")).Problem(400));
    }

    [Fact]
    public async Task a_saved_template_reads_the_next_file_and_what_a_request_says_goes_first()
    {
        using var options = JsonDocument.Parse(Mapping);
        var saved = await (await api.Acme.Post("/api/v1/import-templates", new { name = "Stadtwerke", options = options.RootElement })).Json(201);
        var template = Text(saved, "template_id");
        var content = Foreign.Replace("P-", "T-", StringComparison.Ordinal);

        Assert.Equal("template.name-taken", await (await api.Acme.Post("/api/v1/import-templates", new { name = "Stadtwerke", options = options.RootElement })).Problem(409));
        var first = await Import(api.Acme, content, template!, null);
        var second = await Import(api.Acme, content.Replace("T-", "V-", StringComparison.Ordinal), template!, """{"constants":{"unit":"MWh"},"unknown_places":"reject"}""");

        Assert.Equal((2, 2), Taken(first));
        Assert.Equal((1, 3), Taken(second));
        Assert.Equal(1, await api.Count("select count(*) from activities.activities where import_id = $1 and quantity = 1000.5 and unit = 'kWh'", first.GetProperty("import_id").GetGuid()));
        Assert.Equal(1, await api.Count("select count(*) from activities.activities where import_id = $1 and quantity = 1000.5 and unit = 'MWh'", second.GetProperty("import_id").GetGuid()));
        Assert.Equal("template.not-found", await (await Send(api.Globex, "/api/v1/imports", content, template, null)).Problem(404));
        Assert.Equal("template.not-found", await (await api.Globex.Get($"/api/v1/import-templates/{template}")).Problem(404));
    }

    [Fact]
    public async Task a_name_of_a_kind_is_learned_from_a_correction_once_accepted_and_stays_within_the_tenant()
    {
        const string Header = "id,facility,kind,quantity,unit,start,end\n";
        var wrong = await api.Import(api.Acme, Header + "Y-1,LDS,Hausstrom XY,100,kWh,2025-01-01,2025-01-31\nY-2,LDS,Hausstrom XY,200,kWh,2025-01-01,2025-01-31\n");
        Assert.Equal((0, 2), Taken(wrong));
        var csv = await (await api.Acme.Get($"/api/v1/imports/{Text(wrong, "import_id")}/rejected.csv")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        var form = Form(csv.Replace("Hausstrom XY,", "electricity.grid,", StringComparison.Ordinal));
        form.Add(new StringContent(Text(wrong, "import_id")!), "corrects");
        var corrected = await (await api.Acme.Post("/api/v1/imports", form)).Json(202);
        await ImportFixture.Ended(api.Acme, Text(corrected, "import_id")!);
        await api.Becomes(1, "select count(*) from activities.synonym_proposals where name = 'hausstrom xy' and kind = 'electricity.grid' and status = 'open'");
        Assert.Equal((0, 1), Taken(await api.Import(api.Acme, Header + "Y-3,LDS,Hausstrom XY,1,kWh,2025-01-01,2025-01-31\n")));
        var proposal = (await (await api.Acme.Get("/api/v1/synonym-proposals")).Json()).GetProperty("items").EnumerateArray().Single(one => Text(one, "name") == "hausstrom xy");
        Assert.Equal("proposal.not-found", await (await api.Globex.Post($"/api/v1/synonym-proposals/{Text(proposal, "proposal_id")}/accept")).Problem(404));
        await (await api.Acme.Post($"/api/v1/synonym-proposals/{Text(proposal, "proposal_id")}/accept")).Json();

        Assert.Equal((1, 0), Taken(await api.Import(api.Acme, Header + "Y-4,LDS,HAUSSTROM xy,1,kWh,2025-01-01,2025-01-31\n")));
        Assert.Equal((0, 1), Taken(await api.Import(api.Globex, Header + "Y-4,LDS,Hausstrom XY,1,kWh,2025-01-01,2025-01-31\n")));
        Assert.Empty((await (await api.Globex.Get("/api/v1/kind-synonyms")).Json()).GetProperty("items").EnumerateArray());
        Assert.Equal("learned", Text((await (await api.Acme.Get("/api/v1/kind-synonyms")).Json()).GetProperty("items").EnumerateArray().Single(one => Text(one, "name") == "hausstrom xy"), "origin"));
    }

    private static (long Taken, long Rejected) Taken(JsonElement import)
    {
        var rows = import.GetProperty("rows");
        return (rows.GetProperty("calculated").GetInt64() + rows.GetProperty("estimated").GetInt64(), rows.GetProperty("rejected").GetInt64());
    }

    private static string? Text(JsonElement element, string member) => element.TryGetProperty(member, out var value) ? value.GetString() : null;

    private static string? Code(JsonElement row, string member) => row.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.Object ? Text(value, "code") : null;

    private static MultipartFormDataContent Form(string content) => new() { { new ByteArrayContent(Encoding.UTF8.GetBytes(content)), "file", "rows.csv" } };

    private static Task<HttpResponseMessage> Preview(HttpClient client, string content, string? options) => Send(client, "/api/v1/imports/preview", content, null, options);

    private static Task<HttpResponseMessage> Send(HttpClient client, string path, string content, string? template, string? options)
    {
        var form = Form(content);
        if (template is not null)
        {
            form.Add(new StringContent(template), "template_id");
        }

        if (options is not null)
        {
            form.Add(new StringContent(options), "options");
        }

        return client.Post(path, form);
    }

    private static async Task<JsonElement> Import(HttpClient client, string content, string template, string? options) =>
        await ImportFixture.Ended(client, Text(await (await Send(client, "/api/v1/imports", content, template, options)).Json(202), "import_id")!);

    // Of the ids that only this test's rows have: other tests of the class import at the same time.
    private Task<long> Written() => api.Count("""
        select (select count(*) from activities.activities where columns->>'id' like 'P-_') + (select count(*) from activities.rows_not_taken where cells->>'Zeichen' like 'P-_')
            + (select count(*) from activities.files where name = 'preview.csv')
        """);
}
