using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OffGridFlow.Activities.Intake;

namespace OffGridFlow.Web.Estimates;

/// <summary>What a file came to, tied to its bytes: for people on standard error, and as JSON.</summary>
internal sealed record Summary(ActivityTable Table, Totals Totals, Estimator Estimator, ReferenceData Data)
{
    private FactorLibrary Library => Data.Library;

    /// <summary>The summary as text.</summary>
    public string Text()
    {
        var text = new StringBuilder();
        var invariant = CultureInfo.InvariantCulture;
        text.Append(invariant, $"\nSHA-256  {Table.Sha256}\n");
        text.Append(invariant, $"File     {Table.Format.Kind}{(Table.Format.Encoding.Length > 0 ? $", {Table.Format.Encoding}" : "")}{(Table.Format.Sheet is { } sheet ? $", sheet '{sheet}'" : "")}, header in row {Table.Format.HeaderRow}, {Table.BlankRows} blank rows\n");
        text.Append(invariant, $"Factors  {Library.Rows.Count} in {Library.Editions.Count} editions: {(Data.Release is { } release ? $"release {release.Number} of {release.Date:yyyy-MM-dd}" : "tables changed since the last release")}, content {Library.ContentHash[..16]}{string.Concat(Library.Packs.Select(pack => $"; pack {pack.Name}, content {pack.ContentHash[..16]}"))}\n");
        text.Append(invariant, $"Policy   GWP {(Estimator.Options.Gwp is null ? "as published by each edition" : FactorTable.GwpName(Estimator.Options.Gwp))}, {Estimator.Options.Policy.ToString().ToLowerInvariant()} date, known on {Estimator.Options.AsOf:yyyy-MM-dd}\n");
        foreach (var note in Table.Format.Notes)
        {
            text.Append(invariant, $"Note     {note}\n");
        }

        text.Append(invariant, $"\nRows     {Totals.RowCount}");
        foreach (var disposition in Enum.GetValues<Disposition>())
        {
            text.Append(invariant, $"{(disposition == Disposition.Calculated ? " = " : " + ")}{Totals.Rows[(int)disposition]} {disposition.ToString().ToLowerInvariant()}");
        }

        text.Append('\n');
        foreach (var (unit, disposition, quantity, rows) in Totals.Quantities())
        {
            text.Append(invariant, $"         {Trim(quantity),20} {unit,-12} in {rows} rows {disposition.ToString().ToLowerInvariant()}\n");
        }

        foreach (var (code, count) in Totals.Problems.OrderByDescending(problem => problem.Value).ThenBy(problem => problem.Key, StringComparer.Ordinal))
        {
            text.Append(invariant, $"         {count,6} x {code}\n");
        }

        text.Append("\nTotals                                    t CO2e    biogenic t CO2 (outside the scopes)\n");
        foreach (var sum in Totals.ByScope())
        {
            text.Append(invariant, $"  {Label(sum),-34} {Figures.Tonnes(sum.Co2eKg),13}    {(sum.BiogenicCo2Kg == 0m ? "" : Figures.Tonnes(sum.BiogenicCo2Kg))}\n");
        }

        foreach (var market in (ReadOnlySpan<bool>)[false, true])
        {
            var (total, simulated) = Totals.Total(market);
            text.Append(invariant, $"  {(market ? "All, Scope 2 market-based" : "All, Scope 2 location-based"),-34} {Figures.Tonnes(total.Value),13}    95 % range {Figures.Tonnes(total.Low)} to {Figures.Tonnes(total.High)} (simulated {Figures.Tonnes((decimal)simulated.Low)} to {Figures.Tonnes((decimal)simulated.High)})\n");
        }

        var tiers = Totals.ByTier();
        var all = tiers.Sum(tier => Math.Abs(tier.Co2eKg));
        text.Append("\nShare of CO2e by tier: ").AppendJoin(", ", tiers.Select(tier => $"{tier.Tier.ToString().ToLowerInvariant()} {Figures.Percent(Math.Abs(tier.Co2eKg), all)}")).Append('\n');
        text.Append("\nLargest rows\n");
        foreach (var row in Totals.LargestRows)
        {
            text.Append(invariant, $"  row {row.Row,-8} {row.Id ?? "",-16} {Figures.Tonnes(row.Co2eKg),13} t  {row.What}\n");
        }

        text.Append("\nSources\n");
        foreach (var edition in Totals.Editions())
        {
            text.Append(invariant, $"  {edition.Key}: {edition.Attribution} ({edition.Licence})\n");
        }

        return text.ToString();
    }

    /// <summary>The summary as JSON; figures are strings, so that no digit is lost.</summary>
    public JsonObject Json()
    {
        var (location, simulatedLocation) = Totals.Total(market: false);
        var (market, simulatedMarket) = Totals.Total(market: true);
        return new JsonObject
        {
            ["sha256"] = Table.Sha256,
            ["format"] = Table.Format.Kind,
            ["library_release"] = Data.Release?.Number,
            ["library_content"] = Library.ContentHash,
            ["packs"] = new JsonObject(Library.Packs.Select(pack => KeyValuePair.Create(pack.Name, (JsonNode?)pack.ContentHash))),
            ["gwp"] = FactorTable.GwpName(Estimator.Options.Gwp) is { Length: > 0 } gwp ? gwp : "published",
            ["as_of"] = Estimator.Options.AsOf.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["policy"] = Estimator.Options.Policy.ToString().ToLowerInvariant(),
            ["rows"] = new JsonObject(Enum.GetValues<Disposition>().Select(d => KeyValuePair.Create(d.ToString().ToLowerInvariant(), (JsonNode?)Totals.Rows[(int)d]))),
            ["blank_rows"] = Table.BlankRows,
            ["quantities"] = Array(Totals.Quantities().Select(q => new JsonObject
            {
                ["unit"] = q.Unit, ["disposition"] = q.Disposition.ToString().ToLowerInvariant(), ["quantity"] = Trim(q.Quantity), ["rows"] = q.Rows,
            })),
            ["problems"] = new JsonObject(Totals.Problems.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value))),
            ["totals"] = Array(Totals.ByScope().Select(sum => new JsonObject
            {
                ["scope"] = sum.Scope, ["category"] = sum.Category, ["basis"] = RowJson.BasisName(sum.Basis),
                ["co2e_kg"] = Trim(sum.Co2eKg), ["biogenic_co2_kg"] = Trim(sum.BiogenicCo2Kg), ["entries"] = sum.Entries,
            })),
            ["total_location"] = Total(location, simulatedLocation),
            ["total_market"] = Total(market, simulatedMarket),
            ["tiers"] = new JsonObject(Totals.ByTier().Select(tier => KeyValuePair.Create(tier.Tier.ToString().ToLowerInvariant(), (JsonNode?)Trim(tier.Co2eKg)))),
            ["largest"] = Array(Totals.LargestRows.Select(row => new JsonObject { ["row"] = row.Row, ["id"] = row.Id, ["co2e_kg"] = Trim(row.Co2eKg), ["kind"] = row.What })),
            ["attributions"] = Array(Totals.Editions().Select(e => new JsonObject { ["edition"] = e.Key, ["attribution"] = e.Attribution, ["licence"] = e.Licence })),
        };

        static JsonObject Total(Engine.Uncertainty.Interval total, Engine.Uncertainty.Simulation simulated) => new()
        {
            ["co2e_kg"] = Trim(total.Value), ["low_kg"] = Trim(total.Low), ["high_kg"] = Trim(total.High),
            ["simulated_low_kg"] = simulated.Low.ToString("R", CultureInfo.InvariantCulture), ["simulated_high_kg"] = simulated.High.ToString("R", CultureInfo.InvariantCulture),
        };

        static JsonArray Array(IEnumerable<JsonNode?> nodes) => new([.. nodes]);
    }

    /// <summary>JSON with indents, for people who read it.</summary>
    public static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string Trim(decimal value)
    {
        var output = new Utf8Output();
        output.Write(value);
        return Encoding.UTF8.GetString(output.Written);
    }

    private static string Label(Totals.Sum sum) => sum switch
    {
        { Scope: 2 } => $"Scope 2, {RowJson.BasisName(sum.Basis)}-based",
        { Category: { } category } => string.Create(CultureInfo.InvariantCulture, $"Scope {sum.Scope}, category {category} {Categories[category]}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"Scope {sum.Scope}"),
    };

    // GHG Protocol Scope 3 Standard table 5.3, shortened.
    private static readonly string[] Categories =
    [
        "", "goods, services", "capital goods", "fuel, energy", "transport in", "waste", "travel", "commuting", "leased",
        "transport out", "processing", "use", "end of life", "leased out", "franchises", "investments",
    ];
}
