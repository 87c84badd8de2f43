using OffGridFlow.Ledger;
using OffGridFlow.Ledger.Entries;
using OffGridFlow.Ledger.Totals;
using OffGridFlow.Organizations;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Reporting.Inventories;
using OffGridFlow.Web.Pages.Home;

namespace OffGridFlow.Web.Pages.Entries;

/// <summary>Lines of the ledger for the table and for opened figures: the same questions that the API answers.</summary>
internal sealed class ReadEntries(LedgerQueries ledger, Database database, ReferenceData data)
{
    /// <param name="withSum">Whether to say what all lines of the filter come to.</param>
    public async Task<Result<EntryList>> List(
        Caller caller, Period period, EntryFilter filter, string? cursor, int count, bool withSum, CancellationToken ct)
    {
        var all = InventoryYear.Question(period);
        Basis? basis = filter.Basis is { } named ? Enum.Parse<Basis>(named, ignoreCase: true) : null;
        Tier? tier = filter.Tier is { } known ? Enum.Parse<Tier>(known, ignoreCase: true) : null;
        var page = await ledger.Entries(
            caller,
            new EntriesQuestion
            {
                From = filter.Month ?? all.From, To = filter.Month ?? all.To, Scope = filter.Scope, Category = filter.Category, Basis = basis, Tier = tier,
                Kind = string.IsNullOrEmpty(filter.Kind) ? null : filter.Kind, Posting = filter.Import, Cursor = cursor, Limit = count,
            },
            ct);
        if (!page.TryValue(out var found, out var problem))
        {
            return problem;
        }

        var facilities = await database.Read(caller, OrganizationQueries.Facilities, ct);
        var names = facilities.All.ToDictionary(facility => facility.FacilityId, facility => facility.Name);
        var sum = withSum && filter.Import is null ? await Sum(caller, all, filter, basis, tier, ct) : null;
        var whole = sum is null ? null : await Sum(caller, all with { Consolidate = false }, filter, basis, tier, ct);
        return new EntryList(
            filter, [.. found.Items.Select(entry => Line(entry, names, data))], found.Next, sum is null ? null : InventoryYear.Amount(sum), whole?.Entries)
        {
            WholeKg = whole is null || whole.Co2eKg == sum!.Co2eKg ? null : whole.Co2eKg,
        };
    }

    /// <summary>Kinds that have entries in a period, by their titles.</summary>
    public async Task<IReadOnlyList<(string Key, string Title)>> Kinds(Caller caller, Period period, CancellationToken ct) =>
    [
        .. (await ledger.Totals(caller, InventoryYear.Question(period) with { GroupBy = [Dimension.Kind] }, ct)).Groups
            .Select(group => (Key: group.Kind!, Title: Words.Kind(data.Kinds, group.Kind!))).OrderBy(kind => kind.Title, StringComparer.OrdinalIgnoreCase).ThenBy(kind => kind.Key, StringComparer.Ordinal),
    ];

    public static EntryLine Line(EntryView entry, IReadOnlyDictionary<Guid, string> facilities, ReferenceData data) => new(
        entry.Id, Month(entry.Month), entry.Type.ToString().ToLowerInvariant(), entry.Kind, Words.Kind(data.Kinds, entry.Kind), entry.Scope, entry.Category, InventoryYear.Name(entry.Basis), entry.Role,
        entry.Status, entry.FacilityId is { } id ? facilities.GetValueOrDefault(id) : null, entry.Quantity, entry.Unit, entry.Co2eKg);

    public static DateOnly Month(string text) => DateOnly.ParseExact(text, "yyyy-MM", System.Globalization.CultureInfo.InvariantCulture);

    // Consolidated like the figure it opens from; the lines beneath are whole.
    private async Task<Total?> Sum(Caller caller, TotalsQuestion all, EntryFilter filter, Basis? basis, Tier? tier, CancellationToken ct)
    {
        var answer = await ledger.Totals(
            caller,
            all with
            {
                From = filter.Month ?? all.From, To = filter.Month ?? all.To, Scope = filter.Scope, Category = filter.Category, Tier = tier,
                Kind = string.IsNullOrEmpty(filter.Kind) ? null : filter.Kind, Basis = basis == Basis.Market ? Basis.Market : Basis.Location,
            },
            ct);
        return answer.Total;
    }
}
