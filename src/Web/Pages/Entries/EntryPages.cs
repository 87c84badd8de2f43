using Microsoft.AspNetCore.Http.HttpResults;
using OffGridFlow.Organizations;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Reporting.Inventories;
using OffGridFlow.Web.Pages.Home;

namespace OffGridFlow.Web.Pages.Entries;

/// <summary>Entries behind a figure, and one entry explained.</summary>
internal static class EntryPages
{
    private const int Lines = 25;

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/entries", List);
        pages.MapGet("/entries/{id}", One);
    }

    // A select that is left at "All" sends an empty text, which narrows nothing down.
    private static async Task<IResult> List(
        HttpContext context, Caller caller, Database database, ReadEntries entries, ReferenceData data, string? period, string? scope, string? category, string? basis, string? month,
        string? tier, string? kind, Guid? import, string? cursor, string? table, CancellationToken ct)
    {
        var (tenant, calendar) = await database.Read(
            caller, async session => (await OrganizationQueries.Tenant(session), await OrganizationQueries.Periods(session)), ct);
        if (!InventoryYear.Choose(calendar, period).TryValue(out var chosen, out var problem) && problem is not null)
        {
            return PageAnswer.Of(context, problem, tenant.Name);
        }

        if (chosen is null)
        {
            return PageAnswer.IsPart(context) || period is not null
                ? PageAnswer.Of(context, Problem.NotFound("period", period ?? ""), tenant.Name)
                : new RazorComponentResult<LedgerPage>(new { Organization = tenant.Name, Periods = (IReadOnlyList<string>)[] });
        }

        var filter = new EntryFilter(
            chosen.Code, Number(scope, 3), Number(category, Words.CategoryCount), Named<Basis>(basis), Month(month), Named<Tier>(tier),
            string.IsNullOrWhiteSpace(kind) ? null : kind.Trim(), import) { KindTitle = string.IsNullOrWhiteSpace(kind) ? null : Words.Kind(data.Kinds, kind.Trim()) };
        var found = await entries.List(caller, chosen, filter, cursor, Lines, withSum: table is null && cursor is null, ct);
        if (!found.TryValue(out var list, out problem))
        {
            return PageAnswer.Of(context, problem, tenant.Name);
        }

        return (PageAnswer.IsPart(context), table) switch
        {
            (true, not null) => PageAnswer.Part<EntriesTable>(("List", list)),
            (true, null) => PageAnswer.Part<EntriesPanel>(("List", list)),
            _ => new RazorComponentResult<LedgerPage>(new
            {
                Organization = tenant.Name, List = list, Periods = ReadOverview.Periods(calendar, chosen), Kinds = await entries.Kinds(caller, chosen, ct), Months = Months(chosen),
            }),
        };
    }

    private static async Task<IResult> One(string id, HttpContext context, Caller caller, ExplainEntry explain, Database database, CancellationToken ct)
    {
        var organization = await database.Read(caller, async session => (await OrganizationQueries.Tenant(session)).Name, ct);
        return (await explain.Read(caller, id, ct)).TryValue(out var explained, out var problem)
            ? PageAnswer.Of<EntryPanel>(context, $"Entry {id}", organization, ("Entry", explained.Entry), ("Period", explained.Period))
            : PageAnswer.Of(context, problem, organization);
    }

    private static IReadOnlyList<DateOnly> Months(Period year)
    {
        var months = new List<DateOnly>();
        for (var month = year.StartsOn; month <= year.EndsOn; month = month.AddMonths(1))
        {
            months.Add(month);
        }

        return months;
    }

    private static int? Number(string? text, int most) =>
        int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most ? number : null;

    private static string? Named<T>(string? text)
        where T : struct, Enum => Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) ? value.ToString().ToLowerInvariant() : null;

    private static DateOnly? Month(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out var month) ? month : null;
}
