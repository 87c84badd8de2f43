using System.Globalization;
using System.Security.Cryptography;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Activities;

/// <summary>Files that are larger than what the server may take of memory for them; the server is a process of its own.</summary>
public sealed class LargeFileTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const long Size = 300_000_000;
    private const long Growth = 100_000_000;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task three_hundred_megabytes_pass_through_the_server_and_not_through_its_memory()
    {
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(new GeneratedStream(Size, 5), Cancelled));
        await using var server = await ProductProcess.Serve(database);
        using var acme = await server.Client(database, database.Acme);
        await (await acme.Post("/api/v1/imports?file_name=small.csv", new StringContent("kind,quantity,unit\n", System.Text.Encoding.UTF8, "text/csv"))).Json(202);
        var before = await server.MemoryFromHere();

        var raw = await (await acme.Post("/api/v1/imports?file_name=large.csv", new StreamContent(new GeneratedStream(Size, 5)))).Json(202);
        var form = await (await acme.Post("/api/v1/imports", new MultipartFormDataContent { { new StreamContent(new GeneratedStream(Size, 5)), "file", "large.csv" } })).Json(202);
        var upload = (await (await acme.Post("/api/v1/uploads", new { file_name = "large.csv", size_bytes = Size })).Json(201)).GetProperty("upload_id").GetString();
        foreach (var (from, to) in ((long, long)[])[(0, Size / 3), (Size / 3, Size)])
        {
            var piece = await acme.Send(HttpMethod.Patch, $"/api/v1/uploads/{upload}", new StreamContent(new GeneratedStream(to, 5, from)), ("Upload-Offset", from.ToString(CultureInfo.InvariantCulture)));
            Assert.Equal(204, (int)piece.StatusCode);
        }

        var pieces = await (await acme.Post($"/api/v1/imports?upload_id={upload}")).Json(202);
        var most = await server.MostMemory();

        Assert.All([raw, form, pieces], import => Assert.Equal((hash, Size), (import.GetProperty("sha256").GetString(), import.GetProperty("size_bytes").GetInt64())));
        Assert.True(most - before < Growth, $"The server grew from {before} to {most} bytes.");
        TestContext.Current.TestOutputHelper?.WriteLine($"From {before} to {most} bytes.");
    }
}
