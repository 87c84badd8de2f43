using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Ledger.Entries;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Ledger.Api;

/// <summary>Entries of the ledger, page by page, and one by its id.</summary>
internal static class GetEntries
{
    public static void Map(IEndpointRouteBuilder ledger)
    {
        ledger.MapGet("/entries", List).WithName("ListEntries").WithSummary("Entries in the order they were posted in").Produces<Page<EntryView>>();
        ledger.MapGet("/entries/{id}", One).WithName("GetEntry").WithSummary("One entry").Produces<EntryView>();
        ledger.MapGet("/entries/{id}/explain", Explain).WithName("ExplainEntry").WithSummary("How an entry was worked out, down to the cells of the file").Produces<Explanation>();
        ledger.MapGet("/entries/{id}/proof", Proof).WithName("ProveEntry").WithSummary("The Merkle path from an entry to the root of its run").Produces<EntryProof>();
    }

    private static async Task<IResult> List(
        Caller caller, LedgerQueries queries, CancellationToken ct, string? period, string? from, string? to, int? scope, int? category, Guid? entity, Guid? facility, string? kind,
        string? status, string? role, string? basis, Guid? activity, long? run, [FromQuery(Name = "as_of")] string? asOf, string? cursor, int? limit)
    {
        var read = new Parameters();
        if (limit is < 1 or > Cursor.MostLimit)
        {
            read.Refuse<int>("limit", FormattableString.Invariant($"{limit}"), FormattableString.Invariant($"1 to {Cursor.MostLimit}"));
        }

        var question = new EntriesQuestion
        {
            Scope = scope, Category = category, Entity = entity, Facility = facility, Kind = kind,
            Status = read.Word("status", status, "calculated", "estimated"), Role = role, Basis = read.OneOf<Basis>("basis", basis), Activity = activity, Run = run,
            AsOf = read.Instant("as_of", asOf), Cursor = cursor, Limit = limit ?? Cursor.DefaultLimit,
        };
        return (await AskedMonths.Of(read, caller, queries, period, from, to, ct)).TryValue(out var months, out var problem)
            ? (await queries.Entries(caller, question with { From = months.From, To = months.To }, ct)).ToOk()
            : new ProblemResponse(problem);
    }

    private static Task<IResult> One(string id, Caller caller, LedgerQueries queries, [FromQuery(Name = "as_of")] string? asOf, CancellationToken ct) =>
        AsKnown(EntryView.Parse(id)?.Run, "entry", id, asOf, caller, queries, ct, async () => (await queries.Entry(caller, id, ct)).ToOk());

    private static Task<IResult> Explain(string id, Caller caller, LedgerQueries queries, [FromQuery(Name = "as_of")] string? asOf, CancellationToken ct) =>
        AsKnown(EntryView.Parse(id)?.Run, "entry", id, asOf, caller, queries, ct, async () => (await queries.Explain(caller, id, ct)).ToOk());

    private static Task<IResult> Proof(string id, Caller caller, LedgerQueries queries, Database database, [FromQuery(Name = "as_of")] string? asOf, CancellationToken ct) =>
        AsKnown(EntryView.Parse(id)?.Run, "entry", id, asOf, caller, queries, ct, async () => (await database.Read(caller, session => EntryProof.Of(session, id, ct), ct)).ToOk());

    /// <summary>Answers about a run or what is in it, unless it was posted after the instant: what is posted never changes, but once it was not there.</summary>
    internal static async Task<IResult> AsKnown(
        long? run, string noun, string id, string? asOf, Caller caller, LedgerQueries queries, CancellationToken ct, Func<Task<IResult>> answer)
    {
        var read = new Parameters();
        var instant = read.Instant("as_of", asOf);
        return read.Problem is { } problem ? new ProblemResponse(problem)
            : instant is not null && run > await queries.Head(caller, ct, instant) ? new ProblemResponse(Problem.NotFound(noun, id))
            : await answer();
    }
}
