using System.IO.Compression;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Files;

namespace OffGridFlow.App.Tests.Governance;

/// <summary>What a spreadsheet would run is led by an apostrophe where an export is for people, and is as it was where it is for programs.</summary>
public sealed class ExportedFormulaTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    // What spreadsheets would run, or would not, and how it is written for them.
    private static readonly (string Text, string Written)[] Written =
    [
        ("  =1+1", "'  =1+1"), ("\u00A0@SUM(A1)", "'\u00A0@SUM(A1)"), ("\uFF1Dcmd", "'\uFF1Dcmd"), ("\n=1", "\"'\n=1\""), ("-1+1", "'-1+1"), ("+cmd", "'+cmd"),
        ("-12.50", "-12.50"), ("-", "-"), ("a=1", "a=1"),
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_formula_is_neutralised_for_spreadsheets_and_kept_for_programs()
    {
        var entity = (await (await api.Acme.Post("/api/v1/entities", new { code = "F-1", name = "=1+1" })).Json(201)).GetProperty("entity_id").GetString();
        foreach (var (place, (text, _)) in Written.Index())
        {
            await using var command = api.Database.Admin.CreateCommand($"""
                set session_replication_role = replica;
                insert into org.facilities (tenant_id, facility_id, entity_id, code, name) values ('{api.Database.Acme.Tenant}', gen_random_uuid(), '{entity}', 'F-{place}', '{text}');
                reset session_replication_role
                """);
            await command.ExecuteNonQueryAsync(Ct);
        }

        using var zip = new ZipArchive(new MemoryStream(await (await api.Acme.Get("/api/v1/governance/export")).Content.ReadAsByteArrayAsync(Ct)));
        async Task<string> Part(string name)
        {
            using var reader = new StreamReader(zip.GetEntry(name)!.Open());
            return await reader.ReadToEndAsync(Ct);
        }

        Assert.Contains(",'=1+1,", await Part("csv/org.entities.csv"), StringComparison.Ordinal);
        Assert.Contains("\"name\":\"=1+1\"", await Part("data/org.entities.ndjson"), StringComparison.Ordinal);
        var sites = await Part("csv/org.facilities.csv");
        foreach (var (text, written) in Written)
        {
            Assert.Contains($",{written},", sites, StringComparison.Ordinal);
            Assert.Equal(written.Trim('"'), CsvText.Harmless(text));
        }
    }
}
