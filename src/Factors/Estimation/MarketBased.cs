using System.Globalization;
using OffGridFlow.Engine.Methods;

namespace OffGridFlow.Factors;

/// <summary>Market-based Scope 2 of a row with an instrument (GHG Protocol Scope 2 Guidance, table 6.3).</summary>
internal static class MarketBasedRows
{
    // Schemes that by their own rules certify renewable generation only; guarantees of origin may be of any source.
    private static readonly string[] RenewableSchemes = ["rec", "recs", "rego", "regos", "i-rec", "irec", "i-recs", "lgc", "renewable", "renewable-certificate"];

    private static readonly Dictionary<string, InstrumentRank> Ranks = new(StringComparer.Ordinal)
    {
        ["certificate"] = InstrumentRank.Certificate, ["certificates"] = InstrumentRank.Certificate, ["go"] = InstrumentRank.Certificate,
        ["gos"] = InstrumentRank.Certificate, ["guarantee-of-origin"] = InstrumentRank.Certificate, ["eac"] = InstrumentRank.Certificate,
        ["ppa"] = InstrumentRank.Contract, ["contract"] = InstrumentRank.Contract, ["vppa"] = InstrumentRank.Contract,
        ["supplier"] = InstrumentRank.SupplierRate, ["supplier-tariff"] = InstrumentRank.SupplierRate, ["supplier-rate"] = InstrumentRank.SupplierRate,
        ["tariff"] = InstrumentRank.SupplierRate, ["green-tariff"] = InstrumentRank.SupplierRate, ["utility"] = InstrumentRank.SupplierRate,
        ["residual"] = InstrumentRank.ResidualMix, ["residual-mix"] = InstrumentRank.ResidualMix, ["none"] = InstrumentRank.GridAverage,
    };

    /// <summary>Replaces the plan's market-based entry by slices: what the instrument covers at its rate, the rest as it was.</summary>
    public static Estimate Apply(Activity a, PlanKey key, Plan plan, Planner planner)
    {
        Problem? problem = null;
        var written = a.Columns.GetValueOrDefault("instrument") ?? "supplier";
        var name = KindRules.Slug(written);
        var renewable = RenewableSchemes.Contains(name, StringComparer.Ordinal);
        if (!renewable && !Ranks.ContainsKey(name))
        {
            return Estimate.Reject(new Problem("instrument.unknown", "instrument", written, "certificate, go, rec, i-rec, rego, ppa, supplier, residual-mix or none", "Correct instrument, or leave it blank."));
        }

        var rank = renewable ? InstrumentRank.Certificate : Ranks[name];
        if (rank == InstrumentRank.GridAverage && a.FactorValue is { } idle)
        {
            return Estimate.Reject(new Problem(
                "instrument.rate-unused", "factor_value", idle.ToString(CultureInfo.InvariantCulture), $"no rate, as instrument is {written}",
                "Name the instrument that conveys the rate (supplier, certificate, ppa, residual-mix), or remove factor_value."));
        }

        // A residual mix that the row brings is taken before the library's.
        if (rank == InstrumentRank.GridAverage || (rank == InstrumentRank.ResidualMix && a.FactorValue is null))
        {
            return new Estimate(plan.Disposition, plan.Entries.Select(entry => new PlannedEntry(entry, a.Quantity)).ToList(), null, plan.Notes, []);
        }

        if ((a.FactorValue ?? (renewable ? 0m : null)) is not { } rate)
        {
            return Estimate.Reject(new Problem(
                "instrument.rate-missing", "factor_value", "(blank)", $"kg CO2e per {a.Unit} that the {written} conveys",
                "Give factor_value; 0 when the instrument is of zero-emission generation."));
        }

        var covered = a.Number("instrument_quantity", ref problem) ?? a.Quantity;
        if (problem is null && (covered < 0m != a.Quantity < 0m && covered != 0m || Math.Abs(covered) > Math.Abs(a.Quantity)))
        {
            problem = new Problem(
                "instrument.over-claimed", "instrument_quantity", covered.ToString(CultureInfo.InvariantCulture),
                $"at most the row's {a.Quantity.ToString(CultureInfo.InvariantCulture)} {a.Unit}", "Claim no more than was consumed; move the excess to another row.");
        }

        if (problem is not null)
        {
            return Estimate.Reject(problem);
        }

        var entries = new List<PlannedEntry>();
        foreach (var entry in plan.Entries)
        {
            if (entry.Basis != Basis.Market)
            {
                entries.Add(new PlannedEntry(entry, a.Quantity));
                continue;
            }

            var claim = planner.ByValue(
                key,
                new Planner.Wanted([], 2, null, "generation", Basis.Market, $"market-based: {Describe(rank)} (GHG Protocol Scope 2 Guidance table 6.3)", true),
                rate,
                renewable && a.FactorValue is null ? "scheme:renewable" : "row:factor_value",
                $"{written}{(a.Columns.TryGetValue("supplier", out var supplier) ? " of " + supplier : "")}, as the row states");
            entries.Add(new PlannedEntry(claim, covered));
            if (covered != a.Quantity)
            {
                entries.Add(new PlannedEntry(entry, a.Quantity - covered));
            }
        }

        var notes = renewable && a.FactorValue is null
            ? plan.Notes.Append(new Note("instrument.renewable", $"{written} certifies renewable generation by its scheme's rules: 0 kg CO2e per {a.Unit}.")).ToList()
            : plan.Notes;
        var step = string.Create(CultureInfo.InvariantCulture, $"market-based: {covered} of {a.Quantity} {a.Unit} by {written} at {rate} kg CO2e/{a.Unit}");
        return new Estimate(plan.Disposition, entries, null, notes, [new Step(step, "Scope 2 Guidance table 6.3")]);
    }

    private static string Describe(InstrumentRank rank) => rank switch
    {
        InstrumentRank.Certificate => "energy attribute certificate",
        InstrumentRank.Contract => "contract",
        InstrumentRank.SupplierRate => "supplier's rate",
        InstrumentRank.ResidualMix => "residual mix",
        InstrumentRank.GridAverage => "grid average",
    };
}
