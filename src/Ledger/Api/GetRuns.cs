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

    private static async Task<IResult> List(Caller caller, Database database, CancellationToken ct, string? cursor, int? limit)
    {
        var before = long.MaxValue;
        if (cursor is not null && (Cursor.Read(cursor, 1) is not [var text] || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out before)))
        {
            return new ProblemResponse(Cursor.Bad(cursor));
        }

        var most = Math.Clamp(limit ?? Cursor.DefaultLimit, 1, Cursor.MostLimit);
        var runs = await database.Read(caller, session => RunView.Before(session, before, most + 1), ct);
        return new Page<RunView>(
            [.. runs.Take(most)], runs.Count > most ? Cursor.Write(runs[most - 1].RunNo.ToString(CultureInfo.InvariantCulture)) : null).ToOk();
    }

    private static async Task<IResult> One([FromRoute(Name = "run_no")] long no, Caller caller, Database database, CancellationToken ct) =>
        (await database.Read(caller, session => RunView.Find(session, no), ct) is { } run
            ? (Result<RunView>)run
            : Problem.NotFound("run", no.ToString(CultureInfo.InvariantCulture))).ToOk();

    private static async Task<IResult> Restatements(Caller caller, Database database, CancellationToken ct) => new Page<Restatement>(
        await database.Read(
            caller,
            async session => (await session.Query<RestatementRow>("""
                select e.run_no, r.posted_at, r.cause, r.reason, e.month, e.scope, e.basis, count(*) as entries, sum(e.co2e_kg) as co2e_kg
                from ledger.entries e join ledger.runs r using (tenant_id, run_no)
                where e.restates
                group by e.run_no, r.posted_at, r.cause, r.reason, e.month, e.scope, e.basis
                order by e.run_no desc, e.month, e.scope, e.basis
                """)).Select(row => row.View()).ToList(),
            ct),
        null).ToOk();

    private static async Task<IResult> Unposted(Caller caller, Database database, CancellationToken ct) => new Page<UnpostedView>(
        await database.Read(
            caller,
            async session => (await session.Query<UnpostedRow>($"""
                select activity_id, activity_version, posting_id, row_no, kind, start_on, end_on, problem::text as problem
                from ledger.unposted u
                where not exists (
                    select from ledger.entries e
                    where e.activity_id = u.activity_id and e.activity_version >= u.activity_version
                        and e.month between date_trunc('month', u.start_on)::date and u.end_on)
                order by recorded_at, row_no limit {MostUnposted}
                """)).Select(row => row.View()).ToList(),
            ct),
        null).ToOk();

    private sealed record RestatementRow(
        long RunNo, DateTime PostedAt, string Cause, string? Reason, DateOnly Month, short Scope, string Basis, long Entries, decimal Co2eKg)
    {
        public Restatement View() => new(
            RunNo, new DateTimeOffset(PostedAt), Cause, Reason, Month.ToString("yyyy-MM", CultureInfo.InvariantCulture), Scope, Basis, Entries, Co2eKg);
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
