using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Ledger.Runs;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Ledger.Api;

/// <summary>Runs, restatements of closed periods, and activities that could not be posted.</summary>
internal static class GetRuns
{
    private const int MostUnposted = 1000;

    /// <summary>What a run changed in a month that was closed.</summary>
    internal sealed record Restatement(
        long RunNo, DateTimeOffset PostedAt, string Cause, string? Reason, string Month, int Scope, string Basis, long Entries, decimal Co2eKg);

    /// <summary>An activity no entry could be made of when it was posted, and that has none since.</summary>
    internal sealed record UnpostedView(Guid ActivityId, int ActivityVersion, Guid PostingId, long RowNo, string Kind, DateOnly StartOn, DateOnly EndOn, Problem Problem);

    public static void Map(IEndpointRouteBuilder ledger)
    {
        ledger.MapGet("/runs", List).WithName("ListRuns").WithSummary("Runs, the latest first").Produces<Page<RunView>>();
        ledger.MapGet("/runs/{run_no}", One).WithName("GetRun").WithSummary("One run").Produces<RunView>();
        ledger.MapGet("/restatements", Restatements).WithName("ListRestatements").WithSummary("What changed in closed periods").Produces<Page<Restatement>>();
        ledger.MapGet("/unposted", Unposted).WithName("ListUnposted").WithSummary("Activities that no entry could be made of").Produces<Page<UnpostedView>>();
    }

    private static async Task<IResult> List(
        Caller caller, Database database, CancellationToken ct, string? cursor, int? limit, [FromQuery(Name = "as_of")] string? asOf)
    {
        var (before, read) = (long.MaxValue, new Parameters());
        var instant = read.Instant("as_of", asOf);
        if (read.Problem is { } problem)
        {
            return new ProblemResponse(problem);
        }

        if (cursor is not null && (Cursor.Read(cursor, 1) is not [var text] || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out before)))
        {
            return new ProblemResponse(Cursor.Bad(cursor));
        }

        var most = Math.Clamp(limit ?? Cursor.DefaultLimit, 1, Cursor.MostLimit);
        var runs = await database.Read(caller, async session => await RunView.Before(session, Math.Min(before, await LedgerHead.At(session, instant) + 1), most + 1), ct);
        return new Page<RunView>(
            [.. runs.Take(most)], runs.Count > most ? Cursor.Write(runs[most - 1].RunNo.ToString(CultureInfo.InvariantCulture)) : null).ToOk();
    }

    private static Task<IResult> One(
        [FromRoute(Name = "run_no")] long no, Caller caller, Database database, LedgerQueries queries, [FromQuery(Name = "as_of")] string? asOf, CancellationToken ct)
    {
        var id = no.ToString(CultureInfo.InvariantCulture);
        return GetEntries.AsKnown(no, "run", id, asOf, caller, queries, ct, async () =>
            (await database.Read(caller, session => RunView.Find(session, no), ct) is { } run ? (Result<RunView>)run : Problem.NotFound("run", id)).ToOk());
    }

    private static Task<IResult> Restatements(Caller caller, Database database, [FromQuery(Name = "as_of")] string? asOf, CancellationToken ct) => AsOf(
        asOf, caller, database,
        async (session, head) => (await session.Query<RestatementRow>("""
            select e.run_no, r.posted_at, r.cause, r.reason, e.month, e.scope, e.basis, count(*) as entries, sum(e.co2e_kg)::text as co2e_kg
            from ledger.entries e join ledger.runs r using (tenant_id, run_no)
            where e.restates and e.run_no <= @head
            group by e.run_no, r.posted_at, r.cause, r.reason, e.month, e.scope, e.basis
            order by e.run_no desc, e.month, e.scope, e.basis
            """, new { head })).Select(row => row.View()).ToList(),
        ct);

    private static Task<IResult> Unposted(Caller caller, Database database, [FromQuery(Name = "as_of")] string? asOf, CancellationToken ct) => AsOf(
        asOf, caller, database,
        async (session, head) => (await session.Query<UnpostedRow>($"""
            select activity_id, activity_version, posting_id, row_no, kind, start_on, end_on, problem::text as problem
            from ledger.unposted u
            where (@instant::timestamptz is null or recorded_at <= @instant) and not exists (
                select from ledger.entries e
                where e.activity_id = u.activity_id and e.activity_version >= u.activity_version and e.run_no <= @head
                    and e.month between date_trunc('month', u.start_on)::date and u.end_on)
            order by recorded_at, row_no limit {MostUnposted}
            """, new { head, instant = new Parameters().Instant("as_of", asOf) })).Select(row => row.View()).ToList(),
        ct);

    private static async Task<IResult> AsOf<T>(string? asOf, Caller caller, Database database, Func<Session, long, Task<List<T>>> list, CancellationToken ct)
    {
        var read = new Parameters();
        var instant = read.Instant("as_of", asOf);
        return read.Problem is { } problem
            ? new ProblemResponse(problem)
            : new Page<T>(await database.Read(caller, async session => await list(session, await LedgerHead.At(session, instant)), ct), null).ToOk();
    }

    private sealed record RestatementRow(
        long RunNo, DateTime PostedAt, string Cause, string? Reason, DateOnly Month, short Scope, string Basis, long Entries, string Co2eKg)
    {
        // The sum of many entries can have more digits than a decimal.
        public Restatement View() => new(
            RunNo, new DateTimeOffset(PostedAt), Cause, Reason, Month.ToString("yyyy-MM", CultureInfo.InvariantCulture), Scope, Basis, Entries, decimal.Parse(Co2eKg, NumberStyles.Float, CultureInfo.InvariantCulture));
    }

    private sealed class UnpostedRow
    {
        public Guid ActivityId { get; init; }

        public int ActivityVersion { get; init; }

        public Guid PostingId { get; init; }

        public long RowNo { get; init; }

        public string Kind { get; init; } = "";

        public DateOnly StartOn { get; init; }

        public DateOnly EndOn { get; init; }

        public string Problem { get; init; } = "";

        public UnpostedView View() => new(
            ActivityId, ActivityVersion, PostingId, RowNo, Kind, StartOn, EndOn, JsonSerializer.Deserialize<Problem>(Problem, Json.Options)!);
    }
}
