using System.Globalization;
using System.Text;
using OffGridFlow.Web.Pages;
using OffGridFlow.Web.Pages.Imports;

namespace OffGridFlow.Web.Cli;

/// <summary>The conservation sheet of an import as text: rows in are the sum of what became of them, and what of them the ledger has.</summary>
internal static class ImportSheet
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    /// <param name="view">The import, read and posted.</param>
    /// <param name="sums">kg CO2e in the ledger, by scope and basis.</param>
    public static string Of(ImportView view, IReadOnlyList<(int Scope, string Basis, decimal Co2eKg)> sums)
    {
        var (text, import) = (new StringBuilder(), view.Import);
        text.Append(Invariant, $"\nImport   {import.ImportId}, {import.Status}\nSHA-256  {import.Sha256}\n");
        foreach (var message in import.Messages)
        {
            text.Append(Invariant, $"Note     {message}\n");
        }

        text.Append(Invariant, $"\nRows     {import.RowsRead} = {string.Join(" + ", import.Rows.Select(row => string.Create(Invariant, $"{row.Value} {row.Key}")))}\n");
        foreach (var part in import.Quantities)
        {
            text.Append(Invariant, $"         {part.Quantity,20} {part.Unit,-12} in {part.Rows} rows {part.Disposition}\n");
        }

        Unknown(text, import);
        if (import.Flags is { Open: > 0 } flags)
        {
            text.Append(Invariant, $"\nTwice?   {flags.Open} pairs of activities may be the same one twice: {Print.Plain(decimal.Round(flags.Co2eTAtStake, 4))} t CO2e at stake. Both count until somebody decides.\n");
        }

        Posted(text, view, sums);
        return text.ToString();
    }

    private static void Unknown(StringBuilder text, OffGridFlow.Activities.ImportSummary import)
    {
        var first = "Unknown";
        foreach (var place in import.UnknownPlaces)
        {
            var what = place.Name is null ? $"further names of {place.Field}" : $"{place.Field} {place.Name}";
            var amount = string.Join(", ", place.Quantities.Take(3).Select(part => string.Create(Invariant, $"{part.Quantity} {part.Unit}")));
            text.Append(Invariant, $"{(first.Length > 0 ? "\n" : "")}{first,-8} {what}: {place.Rows} rows ({amount}) are taken without it. {(place.PlaceId is null ? place.Fix : "It is made now.")}\n");
            first = "";
        }

        if (import.UnknownPlaces.Any(place => place.PlaceId is null))
        {
            text.Append("         Make them on the page of the import, by POST /api/v1/imports/{id}/places, or with --unknown-places create.\n");
        }
    }

    private static void Posted(StringBuilder text, ImportView view, IReadOnlyList<(int Scope, string Basis, decimal Co2eKg)> sums)
    {
        text.Append(Invariant, $"\nLedger   {view.Entries} entries\n");
        if (sums.Count == 0)
        {
            return;
        }

        var location = sums.Where(sum => sum.Basis != "market").ToList();
        var places = Print.Places(location.Sum(sum => sum.Co2eKg));
        foreach (var (sum, printed) in location.Zip(Print.Parts([.. location.Select(sum => sum.Co2eKg)], places)))
        {
            text.Append(Invariant, $"         {printed,20} t CO2e       Scope {sum.Scope}{(sum.Basis == "location" ? ", location-based" : "")}\n");
        }

        text.Append(Invariant, $"         {Print.Tonnes(location.Sum(sum => sum.Co2eKg), places),20} t CO2e       in all\n");
        foreach (var sum in sums.Where(sum => sum.Basis == "market"))
        {
            text.Append(Invariant, $"         {Print.Tonnes(sum.Co2eKg, places),20} t CO2e       Scope 2, market-based instead\n");
        }
    }
}
