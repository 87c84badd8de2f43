using System.Text;
using System.Text.Json;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Activities;

public sealed class ImportTests(ImportFixture api) : IClassFixture<ImportFixture>
{
    private const string Header = "id,facility,kind,quantity,unit,region,start,end\n";

    [Theory]
    [InlineData("energy.csv")]
    [InlineData("travel.csv")]
    [InlineData("value-chain.csv")]
    [InlineData("us-warehouse.tsv")]
    [InlineData("werk-kassel.csv")]
    public async Task every_row_of_an_example_gets_one_disposition_and_the_sheet_ties(string file)
    {
        var bytes = await File.ReadAllBytesAsync(Path.Combine(Repository.Data, "examples", file), TestContext.Current.CancellationToken);

        var import = await api.Import(api.Acme, bytes, file);

        Assert.Equal("read", import.GetProperty("status").GetString());
        Assert.True(import.GetProperty("rows").GetProperty("calculated").GetInt64() > 0, import.ToString());
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)), import.GetProperty("sha256").GetString());
        await api.Conserves(import);
        await (await api.Globex.Get($"/api/v1/imports/{import.GetProperty("import_id")}")).Problem(404);
    }

    [Fact]
    public async Task dirty_rows_are_rejected_with_what_is_wrong_and_can_be_corrected_and_sent_again()
    {
        var import = await api.Import(api.Acme, Header + """
            D-1,LDS,electricity.grid,100,kWh,,2025-01-01,2025-01-31
            D-2,Leds head office,electricity.grid,100,kWh,,2025-01-01,2025-01-31
            D-3,LDS,electricity.grid,,kWh,,2025-01-01,2025-01-31
            D-4,LDS,electrcity.grid,100,kWh,,2025-01-01,2025-01-31
            D-5,LDS,electricity.grid,100,kWh,,,
            D-6,LDS,=cmd|' /C calc'!A0,100,kWh,,2025-01-01,2025-01-31
            Total,,,500,kWh,,,
            """, options: """{"unknown_places":"reject"}""");

        Assert.Equal((1, 1, 5), (Rows(import, "calculated"), Rows(import, "excluded"), Rows(import, "rejected")));
        await api.Conserves(import);
        var id = import.GetProperty("import_id").GetString();
        var rows = await (await api.Acme.Get($"/api/v1/imports/{id}/rows?disposition=rejected")).Json();
        var problems = rows.GetProperty("items").EnumerateArray().ToDictionary(row => row.GetProperty("cells").GetProperty("id").GetString()!, row => row.GetProperty("problem"));
        Assert.Equal("facility.unknown", problems["D-2"].GetProperty("code").GetString());
        Assert.Contains("Leeds head office", problems["D-2"].GetProperty("fix").GetString(), StringComparison.Ordinal);
        Assert.Equal("number.blank", problems["D-3"].GetProperty("code").GetString());
        Assert.Equal("kind.unknown", problems["D-4"].GetProperty("code").GetString());
        Assert.Equal("date.missing", problems["D-5"].GetProperty("code").GetString());

        var csv = await (await api.Acme.Get($"/api/v1/imports/{id}/rejected.csv")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("id,facility,kind,quantity,unit,start,end,problem_row", csv.TrimStart('\ufeff'), StringComparison.Ordinal);
        Assert.Contains(",'=cmd|", csv, StringComparison.Ordinal);
        Assert.Equal(404, (int)(await api.Globex.Get($"/api/v1/imports/{id}/rejected.csv")).StatusCode);

        var again = await api.Import(api.Acme, csv.Replace("Leds", "Leeds", StringComparison.Ordinal).Replace("electrcity", "electricity", StringComparison.Ordinal), "rejected.csv");
        Assert.Equal((2, 3), (Rows(again, "calculated"), Rows(again, "rejected")));
        await api.Conserves(again);
    }

    [Fact]
    public async Task the_same_rows_again_are_duplicates_whatever_file_and_column_order_they_come_in()
    {
        var first = await api.Import(api.Acme, Header + "S-1,LDS,electricity.grid,10,kWh,,2025-01-01,2025-01-31\nS-2,LDS,electricity.grid,20,kWh,,2025-01-01,2025-01-31\n");

        var same = await api.Import(api.Acme, Header + "S-1,LDS,electricity.grid,10,kWh,,2025-01-01,2025-01-31\nS-2,LDS,electricity.grid,20,kWh,,2025-01-01,2025-01-31\n");
        var other = await api.Import(api.Acme, "kind,id,facility,quantity,unit,start,end\nelectricity.grid,S-1,LDS,10,kWh,2025-01-01,2025-01-31\nelectricity.grid,S-2,LDS,21,kWh,2025-01-01,2025-01-31\n");
        var globex = await api.Import(api.Globex, Header + "S-1,LDS,electricity.grid,10,kWh,,2025-01-01,2025-01-31\n");

        Assert.Equal((2, 0), (Rows(first, "calculated"), Rows(first, "duplicate")));
        Assert.Equal((0, 2), (Rows(same, "calculated"), Rows(same, "duplicate")));
        Assert.Contains("The same file was imported", same.GetProperty("messages")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal((1, 1), (Rows(other, "calculated"), Rows(other, "duplicate")));
        Assert.Equal(1, Rows(globex, "calculated"));
        var named = (await (await api.Acme.Get($"/api/v1/imports/{same.GetProperty("import_id")}/rows")).Json()).GetProperty("items")[0].GetProperty("duplicate_of").GetGuid();
        Assert.Equal(1, await api.Count("select count(*) from activities.activities where activity_id = $1 and columns->>'id' = 'S-1'", named));
        await api.Conserves(same);
        await api.Conserves(other);
    }

    [Fact]
    public async Task two_imports_of_the_same_rows_at_once_take_each_row_once()
    {
        var rows = new StringBuilder(Header);
        for (var i = 0; i < 3000; i++)
        {
            rows.Append(System.Globalization.CultureInfo.InvariantCulture, $"P-{i},LDS,electricity.grid,{i + 1},kWh,,2025-01-01,2025-01-31\n");
        }

        var both = await Task.WhenAll(api.Import(api.Acme, rows + "P-x,LDS,electricity.grid,1,kWh,,2025-01-01,2025-01-31\n"), api.Import(api.Acme, rows.ToString()));

        Assert.Equal(3001, both.Sum(import => Rows(import, "calculated")));
        Assert.Equal(3000, both.Sum(import => Rows(import, "duplicate")));
        await api.Conserves(both[0]);
        await api.Conserves(both[1]);
    }

    [Fact]
    public async Task an_import_that_is_undone_withdraws_its_activities_and_its_file_can_come_again()
    {
        const string Rows3 = Header + "U-1,LDS,electricity.grid,10,kWh,,2025-01-01,2025-01-31\nU-2,LDS,electricity.grid,20,kWh,,2025-01-01,2025-01-31\n";
        var first = await api.Import(api.Acme, Rows3);
        var id = first.GetProperty("import_id").GetString()!;
        Assert.Equal("import.not-found", await (await api.Globex.Post($"/api/v1/imports/{id}/undo", new { reason = "x" })).Problem(404));
        Assert.Equal("undo.reason", await (await api.Acme.Post($"/api/v1/imports/{id}/undo", new { reason = "" })).Problem(400));

        await (await api.Acme.Post($"/api/v1/imports/{id}/undo", new { reason = "wrong year" })).Json(202);
        var undone = await ImportFixture.Ended(api.Acme, id);
        var again = await api.Import(api.Acme, Rows3);

        Assert.Equal("undone", undone.GetProperty("status").GetString());
        Assert.Equal(2, await api.Count("select count(*) from activities.activities where import_id = $1 and withdrawn and version = 2", Guid.Parse(id)));
        Assert.Equal(1, await api.Count("select count(*) from platform.outbox where type = 'import.undone' and body->>'import_id' = $1", id));
        Assert.Equal((2, 0), (Rows(again, "calculated"), Rows(again, "duplicate")));
        Assert.Equal(2, await api.Count("select count(*) from activities.activities where import_id = $1 and version = 3", Guid.Parse(again.GetProperty("import_id").GetString()!)));
        await api.Conserves(again);
    }

    [Fact]
    public async Task an_upload_in_pieces_goes_on_where_it_broke_off()
    {
        var content = Encoding.UTF8.GetBytes(Header + "R-1,LDS,electricity.grid,10,kWh,,2025-01-01,2025-01-31\n");
        var upload = await (await api.Acme.Post("/api/v1/uploads", new { file_name = "big.csv", size_bytes = content.Length })).Json(201);
        var path = $"/api/v1/uploads/{upload.GetProperty("upload_id").GetString()}";

        await Piece(path, 0, content[..30], 204);
        Assert.Equal("upload.incomplete", await (await api.Acme.Post($"/api/v1/imports?upload_id={upload.GetProperty("upload_id")}")).Problem(409));
        await Piece(path, 0, content[..30], 409);
        var head = await api.Acme.Send(HttpMethod.Head, path, null);
        Assert.Equal("30", head.Headers.GetValues("Upload-Offset").Single());
        Assert.Equal(404, (int)(await api.Globex.Send(HttpMethod.Head, path, null)).StatusCode);
        await Piece(path, 30, content[30..], 204);

        var started = await (await api.Acme.Post($"/api/v1/imports?upload_id={upload.GetProperty("upload_id")}")).Json(202);
        var import = await ImportFixture.Ended(api.Acme, started.GetProperty("import_id").GetString()!);
        Assert.Equal((1, "big.csv"), (Rows(import, "calculated"), import.GetProperty("file_name").GetString()));
    }

    private async Task Piece(string path, long offset, byte[] bytes, int status)
    {
        var answer = await api.Acme.Send(HttpMethod.Patch, path, new ByteArrayContent(bytes), ("Upload-Offset", offset.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(status, (int)answer.StatusCode);
    }

    private static long Rows(JsonElement import, string disposition) => import.GetProperty("rows").GetProperty(disposition).GetInt64();
}
