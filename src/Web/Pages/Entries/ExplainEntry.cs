using System.Globalization;
using OffGridFlow.Activities;
using OffGridFlow.Ledger;
using OffGridFlow.Ledger.Entries;
using OffGridFlow.Ledger.Runs;
using OffGridFlow.Organizations;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Web.Pages.Entries;

/// <summary>The ledger's explanation of an entry, in the words of a page.</summary>
internal sealed class ExplainEntry(LedgerQueries ledger, Database database, ReferenceData data)
{
    // Enough to see why the neighbours lost; the rest are counted.
    private const int MostPassedOver = 12;

    public async Task<Result<(ExplainedEntry Entry, string? Period)>> Read(Caller caller, string id, CancellationToken ct)
    {
        if (!(await ledger.Explain(caller, id, ct)).TryValue(out var explained, out var problem))
        {
            return problem;
        }

        var runNo = long.Parse(id.AsSpan(0, id.IndexOf('-', StringComparison.Ordinal)), CultureInfo.InvariantCulture);
        var (run, calendar, facilities) = await database.Read(
            caller, async session => ((await RunView.Find(session, runNo))!, await OrganizationQueries.Periods(session), await OrganizationQueries.Facilities(session)), ct);
        var entry = explained.Entry;
        var month = ReadEntries.Month(entry.Month);
        var passed = PassedOver(explained.Rejected);
        return (new ExplainedEntry(
            ReadEntries.Line(entry, facilities.All.ToDictionary(facility => facility.FacilityId, facility => facility.Name), data), entry.LowKg, entry.HighKg,
            entry.BiogenicCo2Kg, [.. entry.GasesKg.Where(gas => gas.Value != 0m).Select(gas => (gas.Key, gas.Value))],
            [.. explained.Steps.Select(step => (step.Text, step.Source))], Of(explained.Expression, "="), explained.Range, Factor(explained), explained.Factor.Url,
            [.. passed.Take(MostPassedOver)], passed.Count, [.. explained.Notes.Select(note => note.Text).Distinct(StringComparer.Ordinal)],
            explained.Activity?.ImportId, explained.Row?.RowNo, explained.Row?.FileName, run.RunNo, run.PostedAt, entry.Reason ?? run.Reason,
            entry.Reverses is { } reversed ? [("Takes back", reversed)] : []), calendar.YearOf(month)?.Code);
    }

    private static Term Of(ExpressionNode node, string operation) => new(
        operation, node.What, node.Value, node.Unit, node.Source,
        [.. node.Parts.Select((part, i) => Of(part, i == 0 ? "" : node.Operation == "x" ? "×" : "+"))]);

    private static List<(string, string)> Factor(Explanation explained)
    {
        var factor = explained.Factor;
        (string Name, string? Value)[] facts =
        [
            ("Factor", factor.Name is null ? factor.Id : $"{factor.Name} ({factor.Id})"),
            ("Place", factor.Region),
            ("Valid", factor.ValidFrom is { } from ? $"from {Print.Day(from)}{(factor.ValidTo is { } to ? $" to {Print.Day(to)}" : "")}" : null),
            ("Specificity", $"{Words.Tier(explained.Entry.Tier.ToString().ToLowerInvariant())}; data quality {Print.Plain(explained.Quality)}, where 1 is best and 5 worst"),
            ("Method", explained.Method),
            ("Warming potentials", explained.Gwp),
            ("Citation", factor.Citation),
            ("Attribution", factor.Attribution == factor.Citation ? null : factor.Attribution),
            ("Licence", factor.Licence),
        ];
        return [.. facts.Where(fact => fact.Value is not null).Select(fact => (fact.Name, fact.Value!))];
    }

    // The nearest first: those of another unit never could have won.
    private static List<(string, string)> PassedOver(IReadOnlyList<RejectedCandidate> rejected) => [.. rejected
        .OrderBy(one => one.Reason.EndsWith("does not reach", StringComparison.Ordinal) ? 2 : one.Reason.StartsWith("is for", StringComparison.Ordinal) ? 1 : 0)
        .Select(one => (one.Factor, one.Reason))];
}
