using System.Text;
using OffGridFlow.App.Tests.Activities;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Web.Host;

namespace OffGridFlow.App.Tests.Faults;

public sealed class FullDiskTests(TestPostgres postgres)
{
    private const long Mebibyte = 1 << 20;

    [Fact]
    public async Task a_database_whose_disk_is_full_makes_an_import_wait_and_it_goes_on_when_there_is_room()
    {
        TestPostgres.ChooseBinaries();
        using var disk = SmallDisk.OrSkip(megabytes: 512);
        var state = Directory.CreateDirectory(Path.Combine(disk.Folder, "state")).FullName;
        try
        {
            await using var installation = await Installation.On(await Start(state));
            var worker = installation.Work(500);
            await installation.Import(600);
            await installation.Settled();

            // Nobody writes while it fills up; then there is room for the import to be handed in, and for little more.
            disk.Fill(leaving: 2 * Mebibyte);
            await installation.Import(6_000);

            var since = System.Diagnostics.Stopwatch.StartNew();
            while (!worker.Said.Contains("No space left on device", StringComparison.Ordinal) && EmbeddedServer.Status(state).Running)
            {
                Assert.True(await installation.InHand() > 0, "The disk did not fill up.");
                await installation.AssertAlive(since);
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }

            disk.Clear();
            await Start(state);
            installation.Reconnect();
            await installation.Settled();
            Assert.False(worker.HasExited, worker.Said);
            await installation.AssertIntact();
        }
        finally
        {
            EmbeddedServer.Delete(state);
        }
    }

    [Fact]
    public async Task a_file_store_whose_disk_is_full_says_so_and_keeps_nothing_half()
    {
        using var disk = SmallDisk.OrSkip(megabytes: 8);
        await using var api = new ServerOnDisk(postgres, disk);
        await api.InitializeAsync();
        var rows = Encoding.UTF8.GetBytes("id,kind,quantity,unit,region,start,end\n" + string.Concat(Enumerable.Range(0, 40_000).Select(row => $"D-{row},fuel.diesel,1,L,GB,2025-01-01,2025-01-31\n")));
        disk.Fill(leaving: Mebibyte);

        Assert.Equal("storage.full", await (await ImportFixture.Start(api.Acme, rows, "rows.csv", null)).Problem(503));
        Assert.Empty((await (await api.Acme.Get("/api/v1/imports")).Json()).GetProperty("items").EnumerateArray());
        Assert.Equal(["ballast"], Directory.GetFiles(disk.Folder, "*", SearchOption.AllDirectories).Select(Path.GetFileName).Except(["master"])); // The installation's own key.

        // An upload keeps what there was room for, and goes on from there.
        var upload = $"/api/v1/uploads/{(await (await api.Acme.Post("/api/v1/uploads", new { file_name = "rows.csv", size_bytes = rows.Length })).Json(201)).GetProperty("upload_id")}";
        Assert.Equal("storage.full", await (await api.Acme.Send(HttpMethod.Patch, upload, new ByteArrayContent(rows), ("Upload-Offset", "0"))).Problem(503));
        disk.Clear();
        var offset = int.Parse((await api.Acme.Send(HttpMethod.Head, upload, null)).Headers.GetValues("Upload-Offset").Single(), System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(offset, 1, rows.Length - 1);
        Assert.Equal(204, (int)(await api.Acme.Send(HttpMethod.Patch, upload, new ByteArrayContent(rows[offset..]), ("Upload-Offset", offset.ToString(System.Globalization.CultureInfo.InvariantCulture)))).StatusCode);
        Assert.Equal(rows.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), (await api.Acme.Send(HttpMethod.Head, upload, null)).Headers.GetValues("Upload-Offset").Single());

        var started = await (await ImportFixture.Start(api.Acme, rows, "rows.csv", null)).Json(202);
        Assert.Equal(40_000, (await ImportFixture.Ended(api.Acme, started.GetProperty("import_id").GetString()!)).GetProperty("rows").GetProperty("calculated").GetInt64());
    }

    private static Task<EmbeddedServer> Start(string state) => EmbeddedServer.Start(state, durable: true, TestContext.Current.CancellationToken);

    private sealed class ServerOnDisk(TestPostgres postgres, SmallDisk disk) : ApiFixture(postgres)
    {
        internal override HostSettings Settings(HostSettings settings) => settings with { StateFolder = disk.Folder };
    }
}
