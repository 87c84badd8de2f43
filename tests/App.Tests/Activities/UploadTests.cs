using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Web.Host;

namespace OffGridFlow.App.Tests.Activities;

/// <summary>A server that takes files of up to 8 MB.</summary>
public sealed class UploadFixture(TestPostgres postgres) : ApiFixture(postgres)
{
    public const int MostBytes = 8 << 20;

    internal override HostSettings Settings(HostSettings settings) => settings with { MostFileBytes = MostBytes };
}

/// <summary>Files that come in pieces, over connections that break.</summary>
public sealed class UploadTests(UploadFixture api) : IClassFixture<UploadFixture>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task an_upload_that_is_cut_goes_on_at_its_offset_and_the_import_has_the_hash_of_the_whole()
    {
        var file = Table(40_000);
        var path = await Begin(file.Length);
        using (var broken = await RawRequest.Begin(api.Address, api.AcmeKey, $"PATCH {path}", "Upload-Offset: 0", $"Content-Length: {file.Length}"))
        {
            await broken.Send(file.AsMemory(0, file.Length / 2));
            await Reaches(path, file.Length / 2);
            broken.Cut();
        }

        // The server may still be waiting for the request that was cut.
        HttpResponseMessage answer;
        while ((answer = await Patch(api.Acme, path, await Offset(path), file.AsMemory((int)await Offset(path)))).StatusCode == System.Net.HttpStatusCode.Conflict)
        {
            Assert.Equal("upload.busy", await answer.Problem(409));
            await Task.Delay(20, Cancelled);
        }

        Assert.Equal(204, (int)answer.StatusCode);
        Assert.Equal(file.Length, await Offset(path));
        var started = await (await api.Acme.Post($"/api/v1/imports?upload_id={path.Split('/')[^1]}")).Json(202);
        var again = await (await api.Acme.Post($"/api/v1/imports?upload_id={path.Split('/')[^1]}")).Json(202);
        var import = await ImportFixture.Ended(api.Acme, started.GetProperty("import_id").GetString()!);

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(file)), started.GetProperty("sha256").GetString());
        Assert.Equal(started.GetProperty("sha256").GetString(), again.GetProperty("sha256").GetString());
        Assert.Equal(("read", 40_000), (import.GetProperty("status").GetString(), import.GetProperty("rows_read").GetInt32()));
    }

    [Fact]
    public async Task a_piece_at_a_wrong_offset_is_refused_and_changes_nothing()
    {
        var file = Table(100);
        var path = await Begin(file.Length);
        await Patch(api.Acme, path, 0, file.AsMemory(0, 1000));

        Assert.Equal("upload.offset", await (await Patch(api.Acme, path, 0, file.AsMemory(0, 1000))).Problem(409));
        Assert.Equal("upload.offset", await (await Patch(api.Acme, path, 1001, file.AsMemory(1001))).Problem(409));
        Assert.Equal("upload.offset", await (await Patch(api.Acme, path, null, file.AsMemory(1000))).Problem(409));
        Assert.Equal("upload.size", await (await Patch(api.Acme, path, 1000, file)).Problem(400));
        Assert.Equal("upload.incomplete", await (await api.Acme.Post($"/api/v1/imports?upload_id={path.Split('/')[^1]}")).Problem(409));

        Assert.Equal(1000, await Offset(path));
        Assert.Equal(204, (int)(await Patch(api.Acme, path, 1000, file.AsMemory(1000))).StatusCode);
        var started = await (await api.Acme.Post($"/api/v1/imports?upload_id={path.Split('/')[^1]}")).Json(202);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(file)), started.GetProperty("sha256").GetString());
    }

    [Fact]
    public async Task two_requests_at_once_never_mix_their_bytes()
    {
        var file = Table(100);
        var path = await Begin(file.Length);
        using var first = await RawRequest.Begin(api.Address, api.AcmeKey, $"PATCH {path}", "Upload-Offset: 0", $"Content-Length: {file.Length}");
        await first.Send(file.AsMemory(0, 500));
        await Reaches(path, 500);

        Assert.Equal("upload.busy", await (await Patch(api.Acme, path, 500, file.AsMemory(500))).Problem(409));
        await first.Send(file.AsMemory(500));

        Assert.Contains("204", await first.Until("\r\n\r\n"), StringComparison.Ordinal);
        var started = await (await api.Acme.Post($"/api/v1/imports?upload_id={path.Split('/')[^1]}")).Json(202);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(file)), started.GetProperty("sha256").GetString());
    }

    [Fact]
    public async Task another_tenant_neither_sees_nor_continues_nor_imports_an_upload()
    {
        var file = Table(10);
        var path = await Begin(file.Length);
        await Patch(api.Acme, path, 0, file);

        Assert.Equal(404, (int)(await api.Globex.Send(HttpMethod.Head, path, null)).StatusCode);
        Assert.Equal("upload.not-found", await (await Patch(api.Globex, path, file.Length, new byte[1])).Problem(404));
        Assert.Equal("upload.not-found", await (await api.Globex.Post($"/api/v1/imports?upload_id={path.Split('/')[^1]}")).Problem(404));
        Assert.Equal(file.Length, await Offset(path));
    }

    [Fact]
    public async Task an_upload_expires_after_a_week()
    {
        var path = await Begin(10);
        await Patch(api.Acme, path, 0, new byte[5]);
        var id = Guid.Parse(path.Split('/')[^1]);
        Assert.Equal(5, await Offset(path));
        await Execute("update activities.uploads set created_at = created_at - interval '7 days 1 second' where upload_id = $1", id);

        Assert.Equal(404, (int)(await api.Acme.Send(HttpMethod.Head, path, null)).StatusCode);
        Assert.Equal("upload.expired", await (await Patch(api.Acme, path, 5, new byte[5])).Problem(404));
        Assert.Equal("upload.expired", await (await api.Acme.Post($"/api/v1/imports?upload_id={id}")).Problem(404));
    }

    [Fact]
    public async Task what_is_larger_than_the_setting_allows_is_refused_and_leaves_nothing()
    {
        var begun = await api.Acme.Post("/api/v1/uploads", new { file_name = "large.csv", size_bytes = UploadFixture.MostBytes + 1 });
        var raw = await api.Acme.Post("/api/v1/imports?file_name=large.csv", new StreamContent(new GeneratedStream(UploadFixture.MostBytes + 1, 3)));
        var form = new MultipartFormDataContent { { new StreamContent(new GeneratedStream(UploadFixture.MostBytes + 1, 3)), "file", "large.csv" } };
        var part = await api.Acme.Post("/api/v1/imports", form);
        var most = await api.Acme.Post("/api/v1/uploads", new { file_name = "large.csv", size_bytes = UploadFixture.MostBytes });

        Assert.Equal("file.too-large", await begun.Problem(413));
        Assert.Equal("file.too-large", await raw.Problem(413));
        Assert.Equal("file.too-large", await part.Problem(413));
        Assert.Equal(201, (int)most.StatusCode);
        Assert.DoesNotContain(Directory.GetFiles(State, "*", SearchOption.AllDirectories), path => new FileInfo(path).Length > UploadFixture.MostBytes);
    }

    [Fact]
    public async Task the_nightly_job_removes_previews_and_dead_uploads_and_never_a_file_that_was_imported()
    {
        var (previewed, imported) = (Table(11), Table(12));
        await (await api.Acme.Post("/api/v1/imports/preview?file_name=a.csv", new ByteArrayContent(previewed))).Json();
        var import = await (await api.Acme.Post("/api/v1/imports?file_name=b.csv", new ByteArrayContent(imported))).Json(202);
        await ImportFixture.Ended(api.Acme, import.GetProperty("import_id").GetString()!);
        var young = Table(13);
        await (await api.Acme.Post("/api/v1/imports/preview?file_name=c.csv", new ByteArrayContent(young))).Json();
        var (dead, alive) = (await Begin(10), await Begin(10));
        await Patch(api.Acme, dead, 0, new byte[5]);
        await Patch(api.Acme, alive, 0, new byte[5]);
        await Execute("update activities.uploads set created_at = created_at - interval '8 days' where upload_id = $1", Guid.Parse(dead.Split('/')[^1]));
        foreach (var file in (byte[][])[previewed, imported])
        {
            File.SetLastWriteTimeUtc(Stored(file)!, TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-2));
        }

        await Tidy();

        Assert.Null(Stored(previewed));
        Assert.NotNull(Stored(imported));
        Assert.NotNull(Stored(young));
        Assert.DoesNotContain(Directory.GetFiles(State, "*", SearchOption.AllDirectories), path => path.EndsWith(Guid.Parse(dead.Split('/')[^1]).ToString("N"), StringComparison.Ordinal));
        Assert.Equal("upload.not-found", await (await Patch(api.Acme, dead, 5, new byte[5])).Problem(404));
        Assert.Equal(5, await Offset(alive));
        await using var count = api.Database.Admin.CreateCommand("select count(*) from platform.job_schedules where name = 'tidy-files'");
        Assert.Equal(1L, await count.ExecuteScalarAsync(Cancelled));
    }

    private static byte[] Table(int rows)
    {
        var text = new StringBuilder("kind,quantity,unit,region,start,end\n");
        for (var row = 1; row <= rows; row++)
        {
            text.Append(CultureInfo.InvariantCulture, $"electricity.grid,{row},kWh,GB,2025-01-01,2025-01-31\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private string State => api.Services.GetRequiredService<HostSettings>().StateFolder;

    private string? Stored(byte[] file) =>
        Directory.GetFiles(Path.Combine(State, "files"), Convert.ToHexStringLower(SHA256.HashData(file)), SearchOption.AllDirectories).SingleOrDefault();

    private async Task<string> Begin(int size)
    {
        var made = await (await api.Acme.Post("/api/v1/uploads", new { file_name = "bills.csv", size_bytes = size })).Json(201);
        return $"/api/v1/uploads/{made.GetProperty("upload_id").GetString()}";
    }

    private async Task<long> Offset(string path)
    {
        var head = await api.Acme.Send(HttpMethod.Head, path, null);
        Assert.Equal(200, (int)head.StatusCode);
        return long.Parse(head.Headers.GetValues("Upload-Offset").Single(), CultureInfo.InvariantCulture);
    }

    private async Task Reaches(string path, long offset)
    {
        while (await Offset(path) < offset)
        {
            await Task.Delay(20, Cancelled);
        }
    }

    private static Task<HttpResponseMessage> Patch(HttpClient client, string path, long? offset, ReadOnlyMemory<byte> bytes)
    {
        var content = new ReadOnlyMemoryContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/offset+octet-stream");
        (string, string)[] headers = offset is { } at ? [("Upload-Offset", at.ToString(CultureInfo.InvariantCulture))] : [];
        return client.Send(HttpMethod.Patch, path, content, headers);
    }

    private async Task Tidy()
    {
        var job = await api.Database.Database.Write<Guid>(
            api.Database.Acme, async session => await JobQueue.Enqueue(session, new NewJob(JobType.Ingestion, "tidy-files", new { })), Cancelled);
        while (true)
        {
            await using var command = api.Database.Admin.CreateCommand("select status || coalesce(problem::text, '') from platform.jobs where job_id = $1");
            command.Parameters.AddWithValue(job.Value);
            var status = (string)(await command.ExecuteScalarAsync(Cancelled))!;
            if (status is not ("queued" or "running"))
            {
                Assert.Equal("succeeded", status);
                return;
            }

            await Task.Delay(20, Cancelled);
        }
    }

    private async Task Execute(string sql, Guid id)
    {
        await using var command = api.Database.Admin.CreateCommand(sql);
        command.Parameters.AddWithValue(id);
        Assert.Equal(1, await command.ExecuteNonQueryAsync(Cancelled));
    }
}
