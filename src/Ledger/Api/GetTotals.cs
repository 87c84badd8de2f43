using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Ledger.Totals;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Ledger.Api;

/// <summary>Totals of the ledger, grouped and filtered, with 95 % ranges, as of now or of an instant.</summary>
internal static class GetTotals
{
    // Answers are kept as long as their run is the last, and asked for again and again: so is their text.
    private static readonly ConditionalWeakTable<TotalsAnswer, byte[]> Written = [];

    public static void Map(IEndpointRouteBuilder ledger) => ledger.MapGet("/totals", Get).WithName("GetTotals")
        .WithSummary("Totals of the ledger with their 95 % ranges").Produces<TotalsAnswer>();

    private static async Task<IResult> Get(
        Caller caller, HttpRequest request, LedgerQueries queries, CancellationToken ct,
        string? period, string? from, string? to, [FromQuery(Name = "group_by")] string? groupBy, string? basis, bool? consolidate,
        [FromQuery(Name = "as_of")] string? asOf, int? scope, int? category, Guid? entity, Guid? facility, string? kind, string? status, string? role, string? tier)
    {
        var read = new Parameters();
        var question = new TotalsQuestion
        {
            GroupBy = read.Several<Dimension>("group_by", groupBy),
            Basis = read.Word("basis", basis, "location", "market") == "market" ? Basis.Market : Basis.Location,
            Consolidate = consolidate ?? false, AsOf = read.Instant("as_of", asOf), Scope = scope, Category = category, Entity = entity, Facility = facility,
            Kind = kind, Status = read.Word("status", status, "calculated", "estimated"), Role = role, Tier = read.OneOf<Tier>("tier", tier),
        };
        if (!(await AskedMonths.Of(read, caller, queries, period, from, to, ct)).TryValue(out var months, out var problem))
        {
            return new ProblemResponse(problem);
        }

        question = question with { From = months.From, To = months.To };
        var answer = await queries.Totals(caller, question, ct);
        return request.Query.ContainsKey("fields")
            ? ((Result<TotalsAnswer>)answer).ToOk()
            : TypedResults.Bytes(Written.GetValue(answer, known => JsonSerializer.SerializeToUtf8Bytes(known, Json.Options)), "application/json; charset=utf-8");
    }
}
