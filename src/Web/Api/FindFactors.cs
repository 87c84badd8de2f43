using OffGridFlow.Factors.Search;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Web.Cli;
using OffGridFlow.Web.Host;

namespace OffGridFlow.Web.Api;

/// <summary>The verbs <c>factors search</c> and <c>kinds search</c> over HTTP.</summary>
internal static class FindFactors
{
    private const int MostHits = 100;
    private const int LongestText = 200;

    /// <param name="Match">exact, all_words, fuzzy or some_words.</param>
    internal sealed record FactorHit(
        MatchKind Match, string Id, string Kind, string Name, string Region, string Unit, string Stage, decimal? Co2eKg, string? GwpSet,
        string Edition, DateOnly ValidFrom, DateOnly? ValidTo, string Citation, string Licence, int Factors, int Editions);

    internal sealed record KindView(
        string Kind, string Title, int Scope, int? Category, string Method, IReadOnlyList<string> Dimensions, IReadOnlyList<string> Columns, IReadOnlyList<string> Synonyms, string? Example);

    internal sealed record Found<T>(IReadOnlyList<T> Items);

    internal static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/factors/search", Factors).WithName("SearchFactors").Needing(Permission.FactorsRead).WithTags("Factors").Produces<Found<FactorHit>>()
            .WithSummary("Find factors by words, kind, synonym or code; slips of spelling are forgiven. Each hit is a kind in a region with its latest edition.");
        api.MapGet("/kinds", Kinds).WithName("ListKinds").Needing(Permission.FactorsRead).WithTags("Factors").Produces<Found<KindView>>()
            .WithSummary("List what activities can be of, or find kinds by words.");
    }

    private static async Task<IResult> Factors(string text, string? region, int? limit, Product product)
    {
        if (Wrong(text, limit) is { } problem)
        {
            return new ProblemResponse(problem);
        }

        var found = (await product.Search()).Find(text, region, limit ?? 20);
        return ((Result<Found<FactorHit>>)new Found<FactorHit>([.. found.Select(Hit)])).ToOk();
    }

    private static async Task<IResult> Kinds(string? text, int? limit, Product product)
    {
        if (text is not null && Wrong(text, limit) is { } problem)
        {
            return new ProblemResponse(problem);
        }

        var data = await product.Load();
        var kinds = text is null ? data.Kinds.Listed : KindSearch.Find(data.Kinds, data.Library, text, limit ?? 20);
        return ((Result<Found<KindView>>)new Found<KindView>([.. kinds.Select(kind => new KindView(
            kind.Key, kind.Title, kind.Scope, kind.Category, kind.Method, kind.Dimensions, kind.Columns, kind.Synonyms, kind.Example))])).ToOk();
    }

    private static Problem? Wrong(string text, int? limit) =>
        text.Length is 0 or > LongestText ? new Problem("search.text", "text", text.Length == 0 ? "" : $"{text.Length} characters", $"1 to {LongestText} characters", "Send some words.")
        : limit is < 1 or > MostHits ? new Problem("page.limit", "limit", $"{limit}", $"1 to {MostHits}", "Correct limit.")
        : null;

    private static FactorHit Hit(SearchHit hit)
    {
        var row = hit.Latest;
        return new FactorHit(
            hit.Match, row.Id, row.Kind, row.Factor.Name, row.Region, row.Unit, FactorTable.StageName(row.Stage), row.Factor.Co2e,
            row.Factor.Gwp is { } set ? FactorTable.GwpName(set) : null, row.Edition.Key, row.ValidFrom, row.ValidTo, FactorText.Citation(row), row.Edition.Licence, hit.Factors, hit.Editions);
    }
}
