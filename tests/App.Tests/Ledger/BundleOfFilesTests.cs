using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.Activities;
using OffGridFlow.Activities.Imports;
using OffGridFlow.App.Tests.Activities;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Ledger.Bundles;
using static OffGridFlow.App.Tests.Ledger.LedgerApi;

namespace OffGridFlow.App.Tests.Ledger;

/// <summary>The rows of imported files are in a bundle as their cells have them: what an auditor would compare by hand.</summary>
public sealed class BundleOfFilesTests(ImportFixture api) : IClassFixture<ImportFixture>, IDisposable
{
    // Each test has a year of its own.
    private static int year = 1989;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("offgridflow-files");
    private readonly string own = Interlocked.Increment(ref year).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task every_row_of_a_file_is_compared_whatever_it_ended_as()
    {
        var path = await Bundle();

        var verified = Verify(path);

        Assert.Equal((null, null), (verified.What, verified.Found));
        // Four that count, a duplicate, two that were rejected and a total; the row of another year is no part of it.
        Assert.Equal((4, 8, 0), (verified.Activities, verified.FileRows, verified.WithoutFile));
        Assert.Empty(verified.Remarks);
    }

    [Fact]
    public async Task a_file_is_read_with_what_names_stood_for_when_it_was_imported()
    {
        var path = await Bundle(async () =>
        {
            // Later the name means another thing, and the site goes by another code.
            await (await api.Acme.Post("/api/v1/kind-synonyms", new { name = "brennstoff " + own, kind = "fuel.petrol" })).Json(201);
            await api.Database.Database.Write<int>(api.Database.Acme, async session => await session.Execute("update org.facilities set code = code || 'X' where code = 'KAS'"), Ct);
        });
        try
        {
            Assert.Null(Verify(path).What);
        }
        finally
        {
            await api.Database.Database.Write<int>(api.Database.Acme, async session => await session.Execute("update org.facilities set code = 'KAS' where code = 'KASX'"), Ct);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task a_row_whose_place_was_left_open_is_compared_before_and_after_it_gets_one(bool placed)
    {
        var path = await Bundle(
            async () =>
            {
                if (placed)
                {
                    var id = (await (await api.Acme.Get("/api/v1/imports?limit=1&sort=-created_at")).Json()).GetProperty("items")[0].GetProperty("import_id").GetString();
                    await (await api.Acme.Post($"/api/v1/imports/{id}/places", new { places = new[] { new { name = "NOWHERE", field = "facility", @is = "LDS" } } })).Json(202);
                    await api.Database.Settled();
                }
            },
            unknownPlaces: "keep");

        var verified = Verify(path);

        Assert.Equal((null, null), (verified.What, verified.Found));
        // The new version of the row that got its place was sent by nobody's file.
        Assert.Equal((placed ? 6 : 5, 8, placed ? 1 : 0), (verified.Activities, verified.FileRows, verified.WithoutFile));
    }

    // A forger changes an activity, and its entries with it where they would tell; the file tells all the same.
    [Theory]
    [InlineData("kind", "Art", "\"kind\":\"fuel.diesel\"", "\"kind\":\"fuel.petrol\"")]
    [InlineData("quantity", "Menge", "\"quantity\":\"1500.5\"", "\"quantity\":\"1500.6\"")]
    [InlineData("unit", "Einheit", "\"unit\":\"L\"", "\"unit\":\"m3\"")]
    [InlineData("region", "Werk", "\"region\":\"DE\"", "\"region\":\"GB\"")]
    [InlineData("start", "von", "\"start_on\":\"YEAR-03-01\"", "\"start_on\":\"YEAR-03-02\"")]
    [InlineData("end", "bis", "\"end_on\":\"YEAR-03-31\"", "\"end_on\":\"YEAR-03-30\"")]
    [InlineData("facility", "Werk", "\"facility_id\":\"KAS\"", "\"facility_id\":\"LDS\"")]
    [InlineData("entity", "Werk", "\"entity_id\":\"UK\"", "\"entity_id\":\"LDS\"")]
    [InlineData("quality", "Güte", "\"quality\":2", "\"quality\":1")]
    [InlineData("meter", "Zähler", "\"meter\":\"Z-7\"", "\"meter\":\"Z-8\"")]
    [InlineData("id", "Nr", "\"id\":\"1\"", "\"id\":\"2\"")]
    public async Task a_cell_that_says_otherwise_is_named(string field, string column, string old, string now)
    {
        var path = await Bundle();
        var forged = Path.Combine(folder.FullName, "forged.zip");
        var ids = await Ids();
        await Forgery.Of(path, forged, BundleFormat.Activities, text => Once(text, In(old), In(now)));

        var verified = Verify(forged);

        Assert.Equal(field + " in the file", verified.What);
        Assert.StartsWith($"werke.csv, row 2, column '{column}' (activity ", verified.Where, StringComparison.Ordinal);
        Assert.NotEqual(verified.Found, verified.Recomputed);

        string In(string text) => ids.Aggregate(text.Replace("YEAR", own, StringComparison.Ordinal), (all, id) => all.Replace($"_id\":\"{id.Key}\"", $"_id\":\"{id.Value}\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(BundleFormat.RowsNotTaken, "\"code\":\"unit.unknown\"", "\"code\":\"kind.unknown\"", "problem of a row")]
    [InlineData(BundleFormat.RowsNotTaken, "\"disposition\":\"rejected\"", "\"disposition\":\"duplicate\"", "problem of a row")]
    [InlineData(BundleFormat.RowsNotTaken, "\\\"Einheit\\\":\\\"bushel\\\"", "\\\"Einheit\\\":\\\"bushels\\\"", "cells of a row")]
    [InlineData(BundleFormat.RowsNotTaken, "\\\"found\\\": \\\"bushel\\\"", "\\\"found\\\": \\\"nothing\\\"", "problem of a row")]
    [InlineData(BundleFormat.RowsNotTaken, "\"start_on\":\"YEAR-05-01\"", "\"start_on\":\"YEAR-05-02\"", "days of a row")]
    [InlineData(BundleFormat.RowsNotTaken, "\"row_no\":5", "\"row_no\":6", "row of a file")]
    [InlineData(BundleFormat.Imports, "\"rejected\":2", "\"rejected\":1", "rejected rows of an import")]
    [InlineData(BundleFormat.Imports, "\"rows_read\":9", "\"rows_read\":8", "rows of a file")]
    [InlineData(BundleFormat.Imports, "\\\"Güte\\\": \\\"quality\\\"", "\\\"Güte\\\": \\\"note\\\"", "quality in the file")]
    [InlineData(BundleFormat.Vocabularies, "\"kind\":\"fuel.diesel\"", "\"kind\":\"fuel.petrol\"", "vocabulary of an import")]
    public async Task what_was_said_of_a_file_is_compared_with_it(string part, string old, string now, string what)
    {
        var path = await Bundle();
        var forged = Path.Combine(folder.FullName, "forged.zip");
        await Forgery.Of(path, forged, part, text => Once(text, old.Replace("YEAR", own, StringComparison.Ordinal), now.Replace("YEAR", own, StringComparison.Ordinal)));

        var verified = Verify(forged);

        Assert.Equal(what, verified.What);
        Assert.NotEqual(verified.Found, verified.Recomputed);
    }

    [Theory]
    [InlineData(BundleFormat.Activities, 1)]
    [InlineData(BundleFormat.RowsNotTaken, 0)]
    public async Task a_row_left_out_is_missed(string part, int line)
    {
        var path = await Bundle();
        var forged = Path.Combine(folder.FullName, "forged.zip");
        await Forgery.Of(path, forged, part, text => string.Concat(text.Split('\n').Where((_, at) => at != line).Select(one => one.Length == 0 ? "" : one + "\n")));

        var verified = Verify(forged);

        Assert.Equal("row of a file", verified.What);
        Assert.Contains("werke.csv, row ", verified.Where, StringComparison.Ordinal);
    }

    [Fact]
    public async Task corrections_and_imports_taken_back_are_compared_as_far_as_they_are_the_file_s()
    {
        var path = await Bundle(async () =>
        {
            var corrected = (await api.Acme.Activity($"{own}-c")).GetProperty("activity").GetProperty("activity_id").GetString();
            await (await api.Acme.Patch($"/api/v1/activities/{corrected}", new { quantity = "21" }, ("If-Match", "*"))).Json();
            await api.Database.Settled();
            var import = await api.Posted(api.Acme, $"{own}-u,LDS,fuel.diesel,5,L,{own}-08-01,{own}-08-31\n");
            await (await api.Acme.Post($"/api/v1/imports/{import}/undo", new { reason = "wrong year" })).Json(202);
            await api.Database.Settled();
        }, extra: $"{own}-c;LDS;fuel.diesel;20;L;{own}-07-01;{own}-07-31;;\n");

        var verified = Verify(path);

        Assert.Equal((null, null), (verified.What, verified.Found));
        Assert.Equal((5 + 1 + 2, 9 + 1, 1), (verified.Activities, verified.FileRows, verified.WithoutFile));
    }

    // A table as it comes: headings and numbers of another language, a name of the tenant's own, and rows of every end.
    private async Task<string> Bundle(Func<Task>? afterwards = null, string extra = "", string unknownPlaces = "reject")
    {
        await (await api.Acme.Post("/api/v1/kind-synonyms", new { name = "brennstoff " + own, kind = "fuel.diesel" })).Json(201);
        var template = await (await api.Acme.Post("/api/v1/import-templates", new
        {
            name = "Werke " + own,
            options = new
            {
                @decimal = "comma",
                unknown_places = unknownPlaces,
                columns = new Dictionary<string, string>
                {
                    ["Nr"] = "id", ["Werk"] = "facility", ["Art"] = "kind", ["Menge"] = "quantity", ["Einheit"] = "unit", ["von"] = "start", ["bis"] = "end", ["Güte"] = "quality", ["Zähler"] = "meter",
                },
            },
        })).Json(201);
        var (before, form) = (await api.Acme.Co2e(), new MultipartFormDataContent());
        form.Add(new ByteArrayContent(Utf8($"""
            Nr;Werk;Art;Menge;Einheit;von;bis;Güte;Zähler
            1;KAS;Brennstoff {own};1.500,5;L;{own}-03-01;{own}-03-31;2;Z-7
            2;LDS;electricity.grid;700;kWh;{own}-02-01;{own}-02-28;;
            3;KAS;fuel.natural-gas;-20;kWh (gross);{own}-01-15;{own}-04-20;;
            4;LDS;electricity.grid;5;bushel;{own}-05-01;{own}-05-31;;
            5;NOWHERE;electricity.grid;5;kWh;{own}-05-01;{own}-05-31;;
            2;LDS;electricity.grid;700;kWh;{own}-02-01;{own}-02-28;;
            6;LDS;fuel.diesel;3;L;{int.Parse(own, System.Globalization.CultureInfo.InvariantCulture) + 100}-02-01;{int.Parse(own, System.Globalization.CultureInfo.InvariantCulture) + 100}-02-28;;
            7;LDS;fuel.diesel;8;L;{own}-06-01;{own}-06-30;;
            Summe;;;2201,5;;;;;

            """.ReplaceLineEndings("\n") + extra)), "file", "werke.csv");
        var started = await (await api.Acme.Post($"/api/v1/imports?template_id={template.GetProperty("template_id").GetString()}", form)).Json(202);
        var import = await ImportFixture.Ended(api.Acme, started.GetProperty("import_id").GetString()!);
        Assert.Equal(("read", unknownPlaces == "reject" ? 2 : 1, 1, 1), (Text(import, "status"), Rows(import, "rejected"), Rows(import, "duplicate"), Rows(import, "excluded")));
        await api.Database.Settled();
        Assert.NotEqual(before, await api.Acme.Co2e());
        if (afterwards is not null)
        {
            await afterwards();
        }

        var path = Path.Combine(folder.FullName, "files.zip");
        var made = await WriteBundle.Handle(
            api.Database.Acme, own, path, api.Database.Database, api.Services.GetRequiredService<ActivityQueries>(), Product.Data, TimeProvider.System, Ct);
        Assert.Null(made.Problem);
        return path;

        static int Rows(JsonElement import, string disposition) => import.GetProperty("rows").GetProperty(disposition).GetInt32();
    }

    private VerifyBundle.Response Verify(string path) => VerifyBundle.Handle(path, Product.Data, folder.FullName);

    private async Task<Dictionary<string, string>> Ids() => (await api.Database.Database.Read(
        api.Database.Acme,
        session => session.Query<(string Code, Guid Id)>("select code, facility_id from org.facilities union all select code, entity_id from org.entities"), Ct))
        .ToDictionary(pair => pair.Code, pair => pair.Id.ToString());

    private static string Once(string text, string old, string now)
    {
        var at = text.IndexOf(old, StringComparison.Ordinal);
        Assert.True(at >= 0, $"There is no {old} in {text[..Math.Min(1500, text.Length)]}");
        return text[..at] + now + text[(at + old.Length)..];
    }
}
