using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Activities;

/// <summary>A server and a worker that share no disk, only a database and an S3-compatible store.</summary>
public sealed class S3ServerTests(S3Peer peer, TestDatabase database) : IClassFixture<S3Peer>, IClassFixture<TestDatabase>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_worker_reads_what_a_server_has_received_and_evidence_comes_back_whole_or_by_range()
    {
        await using var server = await ProductProcess.Serve(database, Settings());
        await using var worker = ProductProcess.Work(database, Settings());
        using var acme = await server.Client(database, database.Acme);
        using var globex = await server.Client(database, database.Globex);
        const string Table = "kind,quantity,unit,region,start\nelectricity.grid,10,kWh,GB,2025-01-01\nelectrcity.grid,10,kWh,GB,2025-01-01\n";

        var started = await (await acme.Post("/api/v1/imports?file_name=bills.csv", new StringContent(Table, Encoding.UTF8, "text/csv"))).Json(202);
        var import = await ImportFixture.Ended(acme, started.GetProperty("import_id").GetString()!);
        var row = await (await acme.Get($"/api/v1/imports/{started.GetProperty("import_id").GetString()}/rows/2")).Json();
        var path = $"/api/v1/activities/{row.GetProperty("activity_id").GetString()}/evidence";
        var bill = Encoding.UTF8.GetBytes("%PDF-1.4 a bill");
        var made = await (await acme.Post(path + "?file_name=bill.pdf", new ByteArrayContent(bill))).Json(201);
        var whole = await acme.Get($"{path}/{made.GetProperty("evidence_id").GetString()}");
        var range = await acme.Send(HttpMethod.Get, $"{path}/{made.GetProperty("evidence_id").GetString()}", null, ("Range", "bytes=9-9"));
        var other = await globex.Get($"{path}/{made.GetProperty("evidence_id").GetString()}");

        Assert.Equal(("read", 2), (import.GetProperty("status").GetString(), import.GetProperty("rows_read").GetInt32()));
        Assert.Equal("electricity.grid", row.GetProperty("raw").GetProperty("cells")[0].GetProperty("text").GetString());
        Assert.Equal(bill, await whole.Content.ReadAsByteArrayAsync(Cancelled));
        Assert.Equal($"\"{Convert.ToHexStringLower(SHA256.HashData(bill))}\"", whole.Headers.ETag?.Tag);
        Assert.Equal((206, "a"), ((int)range.StatusCode, await range.Content.ReadAsStringAsync(Cancelled)));
        Assert.Equal(new ContentRangeHeaderValue(9, 9, bill.Length), range.Content.Headers.ContentRange);
        Assert.Equal("evidence.not-found", await other.Problem(404));
        Assert.False(Directory.Exists(Path.Combine(server.State, "files")));
    }

    [Theory]
    [InlineData("wrong", S3Peer.Bucket, true, "files.refused")]
    [InlineData(S3Peer.Key, "no-such-bucket", true, "files.no-bucket")]
    [InlineData(S3Peer.Key, S3Peer.Bucket, false, "files.away")]
    public async Task a_store_that_cannot_be_used_is_an_answer_that_says_why_and_no_import(string secret, string bucket, bool listens, string code)
    {
        await using var server = await ProductProcess.Serve(database, Settings(secret, bucket, listens ? null : S3Peer.FreePort()));
        using var globex = await server.Client(database, database.Globex);

        var answer = await globex.Post("/api/v1/imports?file_name=bills.csv", new StringContent("kind,quantity,unit\nfuel.diesel,1,litre\n", Encoding.UTF8, "text/csv"));

        Assert.Equal(code, await answer.Problem(503));
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Equal(0, (await (await globex.Get("/api/v1/imports")).Json()).GetProperty("items").GetArrayLength());
    }

    private (string Name, string Value)[] Settings(string secret = S3Peer.Key, string bucket = S3Peer.Bucket, int? port = null) =>
        [("OFFGRIDFLOW_FILES", peer.Place(bucket, port).OriginalString), ("AWS_ACCESS_KEY_ID", S3Peer.Key), ("AWS_SECRET_ACCESS_KEY", secret)];
}
