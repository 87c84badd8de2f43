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
    public static Estimate Apply(Activity a, Driver driver, PlanKey key, Plan plan, Planner planner)
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
        if (rank is InstrumentRank.ResidualMix or InstrumentRank.GridAverage)
        {
            return new Estimate(plan.Disposition, plan.Entries.Select(entry => new PlannedEntry(entry, driver.Quantity)).ToList(), null, plan.Notes, []);
        }

        if ((a.FactorValue ?? (renewable ? 0m : null)) is not { } rate)
        {
            return Estimate.Reject(new Problem(
                "instrument.rate-missing", "factor_value", "(blank)", $"kg CO2e per {a.Unit} that the {written} conveys",
                "Give factor_value; 0 when the instrument is of zero-emission generation."));
        }

        // A credit note mirrors the debit: both consumption and claim are negative there.
        var sign = driver.Quantity < 0m ? -1m : 1m;
        var claimed = a.Number("instrument_quantity", ref problem) ?? driver.Quantity;
        if (problem is null && claimed * sign < 0m)
        {
            problem = OverClaimed(claimed, driver);
        }

        if (problem is not null)
        {
            return Estimate.Reject(problem);
        }

        // The slices come from the engine; what they are multiplied with stays in the plan, so the rates given here are unused.
        var allocated = Scope2.AllocateMarket(driver.Quantity * sign, [new Instrument(name, rank, claimed * sign, rate)], null, new GridRate(0m, "country"));
        if (allocated.IsOverclaimed)
        {
            return Estimate.Reject(OverClaimed(claimed, driver));
        }

        var entries = new List<PlannedEntry>();
        foreach (var entry in plan.Entries)
        {
            if (entry.Basis != Basis.Market)
            {
                entries.Add(new PlannedEntry(entry, driver.Quantity));
                continue;
            }

            var claim = planner.ByValue(
                key,
                new Planner.Wanted([], 2, null, "generation", Basis.Market, $"market-based: {Describe(rank)} (GHG Protocol Scope 2 Guidance table 6.3)", true),
                rate,
                renewable && a.FactorValue is null ? "scheme:renewable" : "row:factor_value",
                $"{written}{(a.Columns.TryGetValue("supplier", out var supplier) ? " of " + supplier : "")}, as the row states");
            entries.AddRange(allocated.Slices.Select(slice => new PlannedEntry(slice.Source is null ? entry : claim, slice.KilowattHours * sign)));
        }

        var notes = renewable && a.FactorValue is null
            ? plan.Notes.Append(new Note("instrument.renewable", $"{written} certifies renewable generation by its scheme's rules: 0 kg CO2e per {a.Unit}.")).ToList()
            : plan.Notes;
        var step = string.Create(CultureInfo.InvariantCulture, $"market-based: {claimed} of {driver.Quantity} {driver.Unit} by {written} at {rate} kg CO2e/{driver.Unit}");
        return new Estimate(plan.Disposition, entries, null, notes, [new Step(step, "Scope 2 Guidance table 6.3")]);
    }

    private static Problem OverClaimed(decimal claimed, Driver driver) => new(
        "instrument.over-claimed", "instrument_quantity", claimed.ToString(CultureInfo.InvariantCulture),
        $"at most the row's {driver.Quantity.ToString(CultureInfo.InvariantCulture)} {driver.Unit}", "Claim no more than was consumed; move the excess to another row.");

    private static string Describe(InstrumentRank rank) => rank switch
    {
        InstrumentRank.Certificate => "energy attribute certificate",
        InstrumentRank.Contract => "contract",
        InstrumentRank.SupplierRate => "supplier's rate",
        InstrumentRank.ResidualMix => "residual mix",
        InstrumentRank.GridAverage => "grid average",
    };
}
