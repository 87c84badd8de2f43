using OffGridFlow.Engine.Methods;
using static OffGridFlow.Factors.NamedColumns;

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

    /// <summary>Whether the row says anything about its market.</summary>
    public static bool Concerns(Activity a) =>
        a.FactorValue is not null || a.Columns.ContainsKey("instrument") || a.Columns.ContainsKey("residual_factor");

    /// <summary>Replaces the plan's market-based entry by slices: what the instrument covers at its rate, the rest at the residual mix.</summary>
    public static Estimate Apply(Activity a, Driver driver, PlanKey key, Plan plan, Planner planner)
    {
        Problem? problem = null;
        var written = a.Columns.GetValueOrDefault("instrument") ?? (a.FactorValue is null ? "none" : "supplier");
        var name = KindRules.Slug(written);
        var renewable = RenewableSchemes.Contains(name, StringComparer.Ordinal);
        if (!renewable && !Ranks.ContainsKey(name))
        {
            return Estimate.Reject(new Problem("instrument.unknown", "instrument", written, "certificate, go, rec, i-rec, rego, ppa, supplier, residual-mix or none", "Correct instrument, or leave it blank."));
        }

        var rank = renewable ? InstrumentRank.Certificate : Ranks[name];
        var residual = a.Number("residual_factor", ref problem);
        if (rank is InstrumentRank.GridAverage && a.FactorValue is not null)
        {
            problem ??= new Problem(
                "instrument.rate-unused", "factor_value", Text(a.FactorValue.Value), $"no rate, as instrument is {written}",
                "Name the instrument that conveys the rate (supplier, certificate, ppa, residual-mix), or remove factor_value.");
        }

        // A residual mix covers all that nothing else does, so its rate is no claim.
        residual = rank is InstrumentRank.ResidualMix ? a.FactorValue ?? residual : residual;
        decimal? rate = rank is InstrumentRank.ResidualMix or InstrumentRank.GridAverage ? 0m : a.FactorValue ?? (renewable ? 0m : null);
        if (rate is null)
        {
            problem ??= new Problem(
                "instrument.rate-missing", "factor_value", "(blank)", $"kg CO2e per {a.Unit} that the {written} conveys",
                "Give factor_value; 0 when the instrument is of zero-emission generation.");
        }

        // A credit note mirrors the debit: both consumption and claim are negative there.
        var sign = driver.Quantity < 0m ? -1m : 1m;
        var claims = rank is not (InstrumentRank.ResidualMix or InstrumentRank.GridAverage);
        var claimed = claims ? a.Number("instrument_quantity", ref problem) ?? driver.Quantity : 0m;
        if (problem is null && claimed * sign < 0m)
        {
            problem = OverClaimed(claimed, driver);
        }

        if (problem is not null)
        {
            return Estimate.Reject(problem);
        }

        // The slices come from the engine; what they are multiplied with stays in the plan, so the grid rate given here is unused.
        var instruments = claims ? new[] { new Instrument(name, rank, claimed * sign, rate!.Value) } : [];
        var allocated = Scope2.AllocateMarket(driver.Quantity * sign, instruments, null, new GridRate(0m, "country"));
        if (allocated.IsOverclaimed)
        {
            return Estimate.Reject(OverClaimed(claimed, driver));
        }

        var source = written + (a.Columns.TryGetValue("supplier", out var supplier) ? " of " + supplier : "") + ", as the row states";
        EntryPlan Entry(EntryPlan usual, bool claim) =>
            claim ? planner.ByValue(key, Wanted(Describe(rank)), rate!.Value, renewable && a.FactorValue is null ? "scheme:renewable" : "row:factor_value", source)
            : residual is { } mix ? planner.ByValue(key, Wanted("residual mix as the row states"), mix, "row:residual_factor", "residual mix, as the row states")
            : usual;
        var entries = plan.Entries.SelectMany(entry => entry.Basis != Basis.Market
            ? [new PlannedEntry(entry, driver.Quantity)]
            : allocated.Slices.Select(slice => new PlannedEntry(Entry(entry, slice.Source is not null), slice.KilowattHours * sign))).ToList();
        if (driver.Quantity == 0m)
        {
            entries.AddRange(plan.Entries.Where(entry => entry.Basis == Basis.Market).Select(entry => new PlannedEntry(entry, 0m)));
        }

        var notes = renewable && a.FactorValue is null
            ? plan.Notes.Append(new Note("instrument.renewable", $"{written} certifies renewable generation by its scheme's rules: 0 kg CO2e per {a.Unit}.")).ToList()
            : plan.Notes;
        List<Step> steps = [];
        if (claims)
        {
            steps.Add(new Step(Step($"market-based: {claimed} of {driver.Quantity} {driver.Unit} by {written} at {rate!.Value} kg CO2e/{driver.Unit}"), "Scope 2 Guidance table 6.3"));
        }

        if (residual is { } left && claimed != driver.Quantity)
        {
            steps.Add(new Step(Step($"market-based: {driver.Quantity - claimed} {driver.Unit} at the residual mix, {left} kg CO2e/{driver.Unit}"), "Scope 2 Guidance table 6.3"));
        }

        return new Estimate(plan.Disposition, entries, null, notes, steps);
    }

    private static Planner.Wanted Wanted(string how) =>
        new([], 2, null, "generation", Basis.Market, $"market-based: {how} (GHG Protocol Scope 2 Guidance table 6.3)", true);

    private static Problem OverClaimed(decimal claimed, Driver driver) => new(
        "instrument.over-claimed", "instrument_quantity", Text(claimed), $"at most the row's {Text(driver.Quantity)} {driver.Unit}", "Claim no more than was consumed; move the excess to another row.");

    private static string Describe(InstrumentRank rank) => rank switch
    {
        InstrumentRank.Certificate => "energy attribute certificate",
        InstrumentRank.Contract => "contract",
        InstrumentRank.SupplierRate => "supplier's rate",
        InstrumentRank.ResidualMix => "residual mix",
        InstrumentRank.GridAverage => "grid average",
    };
}
