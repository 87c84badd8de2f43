using System.Text.Json;
using OffGridFlow.App.Tests.Activities;
using OffGridFlow.App.Tests.Support;
using static OffGridFlow.App.Tests.Ledger.LedgerApi;

namespace OffGridFlow.App.Tests.Ledger;

/// <summary>What was known at an instant stays known: every read of the ledger answers as it did then. And the inventory's exclusions are its period's.</summary>
public sealed class AsOfTests(ImportFixture api) : IClassFixture<ImportFixture>
{
    [Fact]
    public async Task every_read_answers_what_was_known_then()
    {
        await api.Posted(api.Acme, "O-1,LDS,fuel.diesel,100,L,2024-01-01,2024-01-31\nO-2,LDS,fuel.diesel,100,L,2025-01-01,2025-01-31\n");
        await (await api.Acme.Post($"/api/v1/periods/{await api.Acme.Period("2025")}/close", new { reason = "audited" })).Json();
        string[] reads =
        [
            "ledger/totals?group_by=month", "ledger/entries?limit=1000", "ledger/runs?limit=1000", "ledger/restatements", "ledger/unposted", "ledger/bridge?from=2024&to=2025",
            "emissions/activities?limit=1000",
        ];
        var then = await api.Database.Now();
        var before = await Read("");

        await api.Posted(api.Acme, "O-3,LDS,fuel.petrol,7,L,2025-02-01,2025-02-28\n");
        var id = (await api.Acme.Activity("O-1")).GetProperty("activity").GetProperty("activity_id").GetString();
        await (await api.Acme.Patch($"/api/v1/activities/{id}", new { quantity = "150" }, ("If-Match", "*"))).Json();
        await api.Database.Settled();

        Assert.Equal(before, await Read("&as_of=" + then));
        var now = await Read("");
        for (var i = 0; i < reads.Length; i++)
        {
            Assert.True(reads[i].Contains("unposted", StringComparison.Ordinal) || before[i] != now[i], reads[i]);
            Assert.Equal("parameter.invalid", await (await api.Acme.Get($"/api/v1/{reads[i]}{(reads[i].Contains('?', StringComparison.Ordinal) ? "&" : "?")}as_of=yesterday")).Problem(400));
        }

        // What is posted stays as it is; before it was posted it was not there.
        var last = (await (await api.Acme.Get("/api/v1/ledger/entries?limit=1000")).Json()).GetProperty("items").EnumerateArray().Select(entry => Text(entry, "id")).MaxBy(one => long.Parse(one.Split('-')[0], System.Globalization.CultureInfo.InvariantCulture))!;
        var (early, instant) = ("1-1", await api.Database.Now());
        foreach (var path in new[] { "entries/{0}", "entries/{0}/explain", "entries/{0}/proof", "runs/{1}" })
        {
            var (old, young) = (Path(path, early), Path(path, last));
            Assert.Equal((await (await api.Acme.Get(old)).Json()).ToString(), (await (await api.Acme.Get(old + "?as_of=" + then)).Json()).ToString());
            Assert.Equal(200, (int)(await api.Acme.Get(young + "?as_of=" + instant)).StatusCode);
            Assert.EndsWith(".not-found", await (await api.Acme.Get(young + "?as_of=" + then)).Problem(404), StringComparison.Ordinal);
            Assert.Equal("parameter.invalid", await (await api.Acme.Get(old + "?as_of=yesterday")).Problem(400));
        }

        static string Path(string path, string entry) => "/api/v1/ledger/" + string.Format(System.Globalization.CultureInfo.InvariantCulture, path, entry, entry.Split('-')[0]);

        async Task<List<string>> Read(string asOf)
        {
            var all = new List<string>();
            foreach (var read in reads)
            {
                all.Add((await (await api.Acme.Get($"/api/v1/{(read.Contains('?', StringComparison.Ordinal) || asOf.Length == 0 ? read + asOf : read + "?" + asOf[1..])}")).Json()).ToString());
            }

            return all;
        }
    }

    [Fact]
    public async Task exclusions_of_an_inventory_are_those_of_its_period_and_those_without_a_day()
    {
        await api.Posted(api.Globex, """
            E-1,LDS,fuel.diesel,1,L,2024-03-01,2024-03-31
            E-2,LDS,fuel.diesel,1,L,2025-03-01,2025-03-31
            E-3,LDS,no.such.kind,1,L,2024-03-01,2024-03-31
            E-4,LDS,no.such.kind,1,L,2025-03-01,2025-03-31
            E-5,LDS,no.such.kind,1,L,2025-12-15,2026-01-15
            E-6,LDS,no.such.kind,1,L,,
            E-7,LDS,fuel.diesel,1,L,some day,
            E-2,LDS,fuel.diesel,1,L,2025-03-01,2025-03-31
            """);

        var (earlier, later) = (await Exclusions("2024"), await Exclusions("2025"));

        Assert.Equal(["rejected kind.unknown 2 1", "rejected date.unreadable 1 1"], earlier.Where(one => !one.StartsWith("duplicate", StringComparison.Ordinal)).Select(Dates).OrderDescending(StringComparer.Ordinal));
        Assert.Equal(["rejected kind.unknown 3 1", "rejected date.unreadable 1 1"], later.Where(one => !one.StartsWith("duplicate", StringComparison.Ordinal)).Select(Dates).OrderDescending(StringComparer.Ordinal));
        Assert.DoesNotContain(earlier, one => one.StartsWith("duplicate", StringComparison.Ordinal));
        Assert.Contains("duplicate duplicate 1 0", later);

        async Task<List<string>> Exclusions(string period) => [.. (await (await api.Globex.Get($"/api/v1/inventory?period={period}")).Json()).GetProperty("exclusions").EnumerateArray()
            .Select(one => FormattableString.Invariant($"{Text(one, "disposition")} {Text(one, "code")} {one.GetProperty("rows").GetInt64()} {one.GetProperty("undated").GetInt64()}"))];

        // Whatever the code is of a date that says nothing.
        static string Dates(string one) => one.Contains(" date.", StringComparison.Ordinal) ? "rejected date.unreadable" + one[one.LastIndexOf(' ', one.LastIndexOf(' ') - 1)..] : one;
    }
}
