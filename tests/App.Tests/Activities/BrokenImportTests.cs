using System.IO.Compression;
using System.Text;
using OffGridFlow.Activities;
using OffGridFlow.Activities.Imports;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Factors;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using Product = OffGridFlow.App.Tests.Support.Product;

namespace OffGridFlow.App.Tests.Activities;

public sealed class BrokenImportTests(ImportFixture api) : IClassFixture<ImportFixture>
{
    private const string Header = "id,facility,kind,quantity,unit,start,end\n";

    [Fact]
    public async Task a_hundred_broken_files_end_as_failed_or_with_every_row_accounted_for()
    {
        var ended = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (name, bytes) in Broken())
        {
            var started = await ImportFixture.Start(api.Acme, bytes, name, null);
            if (bytes.Length == 0)
            {
                Assert.Equal("file.missing", await started.Problem(400));
                continue;
            }

            var import = await ImportFixture.Ended(api.Acme, (await started.Json(202)).GetProperty("import_id").GetString()!);
            var status = import.GetProperty("status").GetString()!;
            ended[status] = ended.GetValueOrDefault(status) + 1;
            if (status == "failed")
            {
                Assert.Matches("^file\\.[a-z-]+$", import.GetProperty("problem").GetProperty("code").GetString());
                Assert.Equal(0, await api.Count("""
                    select count(*) from activities.activities a where import_id = $1 and not withdrawn
                    and not exists (select from activities.activities w where w.activity_id = a.activity_id and w.version > a.version and w.withdrawn)
                    """, import.GetProperty("import_id").GetGuid()));
            }
            else
            {
                Assert.Equal("read", status);
                await api.Conserves(import);
            }
        }

        Assert.True(ended["failed"] > 20 && ended["read"] > 20, string.Join(", ", ended));
        Assert.Equal(0, await api.Count("select count(*) from platform.jobs where status = 'dead'"));
    }

    [Fact]
    public async Task an_import_whose_worker_dies_between_chunks_goes_on_where_it_was()
    {
        const int Rows = 45_000;
        var csv = new StringBuilder(Header);
        for (var i = 0; i < Rows; i++)
        {
            csv.Append(System.Globalization.CultureInfo.InvariantCulture, $"C-{i},{(i % 10 == 0 ? "nowhere" : "LDS")},electricity.grid,{i + 1}.25,kWh,2025-01-01,2025-01-31\n");
        }

        var database = api.Database.Database;
        var store = FileStore.At(Path.Combine(Path.GetTempPath(), "offgridflow-crash"), Path.Combine(Path.GetTempPath(), "offgridflow-crash"));
        var caller = api.Database.Globex;
        var file = await store.Put(caller.Tenant, new MemoryStream(Encoding.UTF8.GetBytes(csv.ToString())), store.MostBytes, Cancelled);
        var id = Guid.CreateVersion7();
        await database.Write<int>(caller, async session =>
        {
            await StartImport.KeepFile(session, file!, "crash.csv", "text/csv", TimeProvider.System);
            return await ImportRecord.Insert(session, id, "file", file!.Sha256, "crash.csv", null, new ImportOptions { UnknownPlaces = "reject" }, TimeProvider.System.GetUtcNow());
        }, Cancelled);

        var handler = new ReadImport(database, store, new OffGridFlow.Factors.Snapshots.EstimatorPool(Product.Data), ChunkSize.Default, TimeProvider.System);
        foreach (var dies in (int[])[1, 0, 1, int.MaxValue])
        {
            var job = new DyingJob(caller, id, dies);
            if (dies == int.MaxValue)
            {
                await handler.Run(job, Cancelled);
            }
            else
            {
                await Assert.ThrowsAsync<IOException>(() => handler.Run(job, Cancelled));
            }
        }

        var import = await ImportFixture.Ended(api.Globex, id.ToString());
        Assert.Equal("read", import.GetProperty("status").GetString());
        Assert.Equal((40_500, 4_500), (import.GetProperty("rows").GetProperty("calculated").GetInt32(), import.GetProperty("rows").GetProperty("rejected").GetInt32()));
        await api.Conserves(import);
        Directory.Delete(Path.Combine(Path.GetTempPath(), "offgridflow-crash"), recursive: true);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>A run that loses its process, within the transaction, after some chunks.</summary>
    private sealed class DyingJob(OffGridFlow.Platform.Tenancy.Caller caller, Guid importId, int chunks) : JobRun
    {
        private int saved;

        public override Guid JobId => Guid.Empty;

        public override OffGridFlow.Platform.Tenancy.Caller Caller => caller;

        public override System.Text.Json.JsonElement Arguments => System.Text.Json.JsonSerializer.SerializeToElement(new { import_id = importId });

        public override System.Text.Json.JsonElement? Cursor => null;

        public override Task Save(Session session, object cursor, long done, long? total) =>
            saved++ < chunks ? Task.CompletedTask : throw new IOException("The process is gone.");
    }

    private static IEnumerable<(string Name, byte[] Bytes)> Broken()
    {
        var random = new Random(7);
        var good = Encoding.UTF8.GetBytes(Header + string.Concat(Enumerable.Range(0, 30).Select(i => FormattableString.Invariant($"X-{i},LDS,electricity.grid,{i + 1},kWh,2025-01-01,2025-01-31\n"))));
        var folder = Directory.CreateTempSubdirectory("offgridflow-broken");
        var workbook = File.ReadAllBytes(TestWorkbook.Write(Path.Combine(folder.FullName, "good.xlsx"), ("Data", [
            ["id", "facility", "kind", "quantity", "unit", "start", "end"],
            .. Enumerable.Range(0, 50).Select(i => (object?[])[$"W-{i}", "LDS", "electricity.grid", i + 1, "kWh", "2025-01-01", "2025-01-31"]),
        ])));
        folder.Delete(recursive: true);
        yield return ("empty.csv", []);
        yield return ("blank.csv", "\n\n  \n"u8.ToArray());
        yield return ("header-only.csv", Encoding.UTF8.GetBytes(Header));
        yield return ("no-header.csv", Encoding.UTF8.GetBytes("1,2,3\n4,5,6\n"));
        yield return ("page.xlsx", "<html><table><tr><td>kind</td></tr></table></html>"u8.ToArray());
        yield return ("doc.pdf", "%PDF-1.7 ..."u8.ToArray());
        yield return ("utf16.csv", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(good))]);
        yield return ("latin.csv", Encoding.Latin1.GetBytes(Header + "L-1,Zürich,electricity.grid,1,kWh,2025-01-01,2025-01-31\n"));
        yield return ("ragged.csv", Encoding.UTF8.GetBytes(Header + "R-1,LDS\nR-2,LDS,electricity.grid,1,kWh,2025-01-01,2025-01-31,x,y\nR-3\n"));
        yield return ("quote.csv", Encoding.UTF8.GetBytes(Header + "Q-1,LDS,\"electricity.grid,1,kWh,2025-01-01,2025-01-31\nQ-2,LDS,electricity.grid,1,kWh,2025-01-01,2025-01-31\n"));
        yield return ("bomb.xlsx", Bomb());
        yield return ("gzip.csv", [0x1F, 0x8B, 0x08, .. good]);
        yield return ("nul.csv", [.. good, 0, 0, 0, .. good]);
        yield return ("huge-number.csv", Encoding.UTF8.GetBytes(Header + $"H-1,LDS,electricity.grid,{new string('9', 400)},kWh,2025-01-01,2025-01-31\nH-2,LDS,electricity.grid,1e999,kWh,2025-01-01,2025-01-31\n"));
        yield return ("long-cell.csv", Encoding.UTF8.GetBytes(Header + $"{new string('i', 200_000)},LDS,electricity.grid,1,kWh,2025-01-01,2025-01-31\n"));
        for (var i = 0; i < 25; i++)
        {
            yield return ($"cut-{i}.xlsx", workbook[..random.Next(4, workbook.Length)]);
            var flipped = workbook.ToArray();
            flipped[random.Next(4, flipped.Length)] ^= (byte)(1 << random.Next(8));
            yield return ($"flipped-{i}.xlsx", flipped);
            var text = good.ToArray();
            for (var flips = 0; flips < 20; flips++)
            {
                text[random.Next(text.Length)] = (byte)random.Next(1, 256);
            }

            yield return ($"noise-{i}.csv", text);
            var binary = new byte[random.Next(1, 5000)];
            random.NextBytes(binary);
            yield return ($"binary-{i}.xls", binary);
        }
    }

    // A sheet of 200 MB of blanks in 200 kB.
    private static byte[] Bomb()
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var sheet = zip.CreateEntry("xl/worksheets/sheet1.xml", CompressionLevel.SmallestSize).Open();
            var blank = new byte[1 << 20];
            Array.Fill(blank, (byte)' ');
            for (var i = 0; i < 200; i++)
            {
                sheet.Write(blank);
            }
        }

        return bytes.ToArray();
    }
}
