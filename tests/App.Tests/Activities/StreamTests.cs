using System.Globalization;
using System.Text;
using System.Text.Json;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Activities;

/// <summary>Lines of JSON without end, over connections that break.</summary>
public sealed class StreamTests(ImportFixture api) : IClassFixture<ImportFixture>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_stream_that_is_cut_goes_on_behind_its_cursor_and_every_key_counts_once()
    {
        using (var broken = await Open("meter-7"))
        {
            await broken.SendChunk(Lines("A", 1, 2500));
            await broken.Until("\"row\":2000,");
            await broken.SendChunk("""{"source_key":"A-25""");
            broken.Cut();
        }

        var cursor = await Cursor(api.Acme, "meter-7");
        Assert.InRange(cursor, 2000, 2500);
        var rest = await Send($"stream=meter-7&offset={cursor}", Lines("A", cursor + 1, 6000));

        Assert.Equal([cursor + 1, 6000], [Row(rest[0]), Row(rest[^1])]);
        Assert.All(rest, line => Assert.Equal("calculated", Disposition(line)));
        Assert.Equal(6000, await Cursor(api.Acme, "meter-7"));
        Assert.Equal(6000, await Taken("A"));
    }

    [Fact]
    public async Task the_whole_stream_again_answers_only_what_is_new_and_the_same_keys_under_another_name_are_duplicates()
    {
        await Send("stream=day-1", Lines("B", 1, 300));

        var longer = await Send("stream=day-1", Lines("B", 1, 310));
        var other = await Send("stream=day-2", Lines("B", 1, 310));
        var plain = await Send("after=300", Lines("B", 1, 310));

        Assert.Equal(Enumerable.Range(301, 10), longer.Select(line => (int)Row(line)));
        Assert.Equal(310, other.Count(line => Disposition(line) == "duplicate"));
        Assert.Equal(10, plain.Count(line => Disposition(line) == "duplicate"));
        Assert.Equal(longer[0].GetProperty("activity_id").GetString(), other[300].GetProperty("activity_id").GetString());
        Assert.Equal(310, await Taken("B"));
    }

    [Fact]
    public async Task a_line_fails_alone_whatever_is_wrong_with_it()
    {
        var lines = new StringBuilder(Lines("C", 1, 1))
            .Append("no json\n")
            .Append("[1,2]\n")
            .Append("""{"source_key":"C-4","kind":"electrcity.grid","quantity":1,"unit":"kWh","region":"GB","start":"2025-01-01"}""").Append('\n')
            .Append("""{"source_key":"C-5","kind":"electricity.grid","note":""" + "\"").Append('x', 3 << 20).Append("\"}\n")
            .Append(Lines("C", 6, 6).TrimEnd('\n'));

        var answered = await Send("stream=wrong", lines.ToString());

        Assert.Equal(["calculated", "rejected", "rejected", "rejected", "rejected", "calculated"], answered.Select(Disposition));
        Assert.Equal([1, 2, 3, 4, 5, 6], answered.Select(line => (int)Row(line)));
        Assert.Equal("kind.unknown", answered[3].GetProperty("problem").GetProperty("code").GetString());
        Assert.Contains("no json", answered[1].GetProperty("problem").GetProperty("found").GetString(), StringComparison.Ordinal);
        Assert.Equal(6, await Cursor(api.Acme, "wrong"));
        Assert.Equal(2, await Taken("C"));
    }

    [Fact]
    public async Task a_slow_stream_is_answered_while_it_is_open()
    {
        using var open = await Open("slow");

        await open.SendChunk(Lines("D", 1, 1));
        Assert.Contains("\"calculated\"", await open.Until("\"row\":1,"), StringComparison.Ordinal);
        Assert.Equal(1, await Cursor(api.Acme, "slow"));
        await open.SendChunk(Lines("D", 2, 2));
        await open.Until("\"row\":2,");
        await open.Send("0\r\n\r\n");

        Assert.Equal(2, await Taken("D"));
    }

    [Fact]
    public async Task a_stream_has_one_writer_no_gaps_and_one_tenant()
    {
        await Send("stream=shared", Lines("E", 1, 5));

        Assert.Equal("stream.gap", await (await Post(api.Acme, "stream=shared&offset=6", Lines("E", 7, 7))).Problem(409));
        Assert.Equal("stream.position", await (await Post(api.Acme, "stream=shared&offset=-1", Lines("E", 7, 7))).Problem(400));
        Assert.Equal("stream.name", await (await Post(api.Acme, "stream=" + new string('x', 201), Lines("E", 7, 7))).Problem(400));
        Assert.Equal(0, await Cursor(api.Globex, "shared"));
        Assert.Equal("stream.gap", await (await Post(api.Globex, "stream=shared&offset=5", Lines("E", 6, 6))).Problem(409));

        using var first = await Open("shared&offset=5");
        await first.SendChunk(Lines("E", 6, 6));
        await first.Until("\"row\":6,");
        await Send("stream=shared&offset=6", Lines("E", 7, 7));
        await first.SendChunk(Lines("E", 8, 8));

        Assert.Contains("stream.moved", await first.Until("stream.moved"), StringComparison.Ordinal);
        Assert.Equal(7, await Cursor(api.Acme, "shared"));
        Assert.Equal(7, await Taken("E"));
    }

    private static string Lines(string name, long from, long to)
    {
        var lines = new StringBuilder();
        for (var i = from; i <= to; i++)
        {
            lines.Append(CultureInfo.InvariantCulture, $$"""{"source_key":"{{name}}-{{i}}","kind":"electricity.grid","quantity":{{i}},"unit":"kWh","region":"GB","start":"2025-01-01","note":"{{name}}"}""").Append('\n');
        }

        return lines.ToString();
    }

    private static long Row(JsonElement line) => line.GetProperty("row").GetInt64();

    private static string Disposition(JsonElement line) => line.GetProperty("disposition").GetString()!;

    private static async Task<long> Cursor(HttpClient client, string stream) =>
        (await (await client.Get($"/api/v1/activities/stream?stream={stream}")).Json()).GetProperty("lines").GetInt64();

    private Task<long> Taken(string name) => api.Count("select count(distinct activity_id) from activities.activities where columns->>'note' = $1", name);

    private Task<RawRequest> Open(string stream) => RawRequest.Begin(
        api.Address, api.AcmeKey, $"POST /api/v1/activities/stream?stream={stream}", "Content-Type: application/x-ndjson", "Transfer-Encoding: chunked");

    private static Task<HttpResponseMessage> Post(HttpClient client, string query, string lines) =>
        client.Post($"/api/v1/activities/stream?{query}", new StringContent(lines, Encoding.UTF8, "application/x-ndjson"));

    private async Task<List<JsonElement>> Send(string query, string lines)
    {
        var answer = await Post(api.Acme, query, lines);
        var text = await answer.Content.ReadAsStringAsync(Cancelled);
        Assert.True(answer.IsSuccessStatusCode, text);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }
}
