using OffGridFlow.Factors.Snapshots;

namespace OffGridFlow.Factors;

/// <summary>Works out what a kind emits per unit at a place and time: which entries, by which factors, under which set.</summary>
internal sealed class Planner(ReferenceData data, EstimateOptions options)
{
    private readonly Resolver resolver = new(data.Library, data.Units, Preferred(data, options), options.Policy, options.AsOf, options.Snapshot);

    /// <summary>One entry wanted of a plan.</summary>
    /// <param name="Stages">Stages that can serve it, best first.</param>
    /// <param name="Scope">Its scope.</param>
    /// <param name="Category">Its Scope 3 category.</param>
    /// <param name="Role">What part of the activity it is.</param>
    /// <param name="Basis">Which account.</param>
    /// <param name="Method">Method and paragraph.</param>
    /// <param name="Required">Whether the row is rejected without it.</param>
    internal sealed record Wanted(Stage[] Stages, int Scope, int? Category, string Role, Basis Basis, string Method, bool Required);

    /// <summary>Role of an entry that counts biogenic CO2 and nothing else.</summary>
    public const string BiogenicRole = "biogenic";

    /// <summary>Builds the plan of a plain row.</summary>
    public Plan Build(PlanKey key) => Build(key, MethodTable.Entries(key.Kind));

    /// <summary>Builds a plan of chosen entries.</summary>
    /// <param name="key">Kind, unit, place, month and quality.</param>
    /// <param name="wanted">The entries, the main one first.</param>
    /// <param name="priceYear">Year of the prices, for spend.</param>
    /// <param name="named">The factor the row names: it serves every entry that must be there.</param>
    public Plan Build(PlanKey key, IReadOnlyList<Wanted> wanted, int? priceYear = null, FactorRow? named = null)
    {
        var entries = new List<EntryPlan>(wanted.Count);
        var notes = new List<Note>();
        var estimated = false;
        var lifeCycle = false;
        var whole = false;
        foreach (var want in wanted)
        {
            // A figure that already holds what is upstream, or losses, or both: adding the part counts it twice.
            if (!want.Required && (lifeCycle || whole || data.Overlaps.Holds(entries, want.Stages[0])))
            {
                continue;
            }

            Problem? problem = null;
            var resolution = named is not null && want.Required ? Named(key, want, named, out problem) : Find(key, want, priceYear);
            if (resolution is null)
            {
                if (want.Required)
                {
                    return Plan.Reject(problem ?? MissingFactor.Of(key, data, options));
                }

                continue;
            }

            if (Weigh(resolution.Row.Factor, notes, out var missing) is not { } weighted)
            {
                return Plan.Reject(new Problem("gwp.missing", "kind", missing ?? "", $"a global warming potential of {missing} under {options.Gwp?.ToString() ?? "the publication's set"}", "Choose another GWP set."));
            }

            NoteUnreached(key, want, resolution, notes);
            var inexact = named is null && Explain(resolution, key, notes);
            estimated |= inexact && want.Required;
            lifeCycle |= resolution.Row.Stage == Stage.LifeCycle && want.Required;
            whole |= resolution.Row.Stage == Stage.UpstreamAndTransmissionLoss;
            entries.Add(want.Role == BiogenicRole
                ? Entry(want, key, resolution, new WeightedFactor(0m, [], 0m, weighted.BiogenicPerUnit, weighted.Gwp, weighted.Basis), null)
                : Entry(want, key, resolution, weighted, Biogenic(key, want, weighted, resolution)));
        }

        if (lifeCycle && wanted.Any(want => want is { Category: 3, Required: false }))
        {
            notes.Add(new Note("factor.life-cycle", "Only a life-cycle grid average exists for the place: it includes upstream and losses, so category 3 is not added."));
        }

        if (named is not null)
        {
            notes.Add(new Note("factor.named", $"The row names its factor, {named.Id}."));
        }
        else if (key.Month < 0)
        {
            notes.Add(new Note("date.none", "The row has no dates: the latest edition known was used."));
        }

        return new Plan(estimated ? Disposition.Estimated : Disposition.Calculated, entries, null, notes.DistinctBy(note => note.Text).ToList());
    }

    /// <summary>The factor for an entry: by stage, then by the keys that serve the kind; a place's own factor before a stand-in.</summary>
    public Resolution? Find(PlanKey key, Wanted want, int? priceYear = null, List<Rejected>? rejected = null)
    {
        // A tenant's own factor of whatever stage comes before the library's; but its grid average is no claim on the market.
        var own = want.Basis == Basis.Market ? null : want.Stages.Select(stage => Own(key, stage, priceYear)).FirstOrDefault(found => found is not null);
        foreach (var stage in want.Stages)
        {
            own ??= want.Basis == Basis.Market ? Own(key, stage, priceYear) : null;
            if (own is not null && rejected is null)
            {
                return own;
            }

            Resolution? standIn = null;
            foreach (var source in key.Kind.Sources)
            {
                var found = resolver.Resolve(new FactorQuestion(source, stage, key.Region, key.Day, key.Kind.Proxies, priceYear), key.Unit, rejected);
                if (found is null || (want.Role == BiogenicRole && found.Row.Factor.BiogenicCo2 is null))
                {
                    continue;
                }

                if (own is not null)
                {
                    rejected?.Add(new Rejected(found.Row, $"{own.Row.Id}, the tenant's own, comes first"));
                    continue;
                }

                if (!found.Proxy)
                {
                    return found;
                }

                standIn ??= found;
            }

            if (standIn is not null)
            {
                return standIn;
            }
        }

        return own;
    }

    private Resolution? Own(PlanKey key, Stage stage, int? priceYear)
    {
        if (options.Snapshot is null)
        {
            return null;
        }

        foreach (var source in key.Kind.Sources)
        {
            if (resolver.Own(new FactorQuestion(source, stage, key.Region, key.Day, [], priceYear), key.Unit) is { } own)
            {
                return own;
            }
        }

        return null;
    }

    /// <summary>Whether a tenant's own factor serves the main entry.</summary>
    public bool HasOwn(PlanKey key) => Array.Exists(MethodTable.Entries(key.Kind)[0].Stages, stage => Own(key, stage, null) is not null);

    // A tenant's own factor that is not used although it is meant: that must not pass unseen.
    private void NoteUnreached(PlanKey key, Wanted want, Resolution taken, List<Note> notes)
    {
        if (options.Snapshot is null || taken.Row.IsOverride)
        {
            return;
        }

        foreach (var source in key.Kind.Sources)
        {
            if (resolver.OwnInAnotherUnit(new FactorQuestion(source, taken.Row.Stage, key.Region, key.Day, [])) is { } own)
            {
                notes.Add(new Note("override.unit", $"{own.Id} is per {own.Unit}, which {key.Unit.Symbol} does not reach: {taken.Row.Id} was used for {want.Role}."));
            }
        }
    }

    private static IReadOnlyDictionary<string, string[]> Preferred(ReferenceData data, EstimateOptions options)
    {
        var preferred = data.Preference.ToDictionary(StringComparer.Ordinal);
        foreach (var (country, publishers) in options.Preference)
        {
            var usual = preferred.GetValueOrDefault(country) ?? preferred["*"];
            preferred[country] = [.. publishers, .. usual.Except(publishers, StringComparer.Ordinal)];
        }

        return preferred;
    }

    private Resolution? Named(PlanKey key, Wanted want, FactorRow row, out Problem? problem)
    {
        problem = null;
        if (Array.IndexOf(want.Stages, row.Stage) < 0)
        {
            problem = new Problem("factor.stage", "factor", $"{row.Id} ({FactorTable.StageName(row.Stage)})", $"a factor of stage {string.Join(" or ", want.Stages.Select(FactorTable.StageName))}", $"Name the factor of what {key.Kind.Key} itself emits; other stages are added beside it.");
            return null;
        }

        if (UnitPath.Find(key.Unit, row, data.Units) is not { } path)
        {
            problem = new Problem("unit.dimension", "unit", $"{key.Unit.Symbol} ({key.Unit.Dimension})", $"a unit that reaches {row.Unit} ({data.Units[row.Unit].Dimension})", "Give the quantity in another unit or name another factor.");
            return null;
        }

        return new Resolution(row, row.StatedTier ?? (row.Region.Length == 2 ? Tier.Country : row.Region == "world" ? Tier.World : Tier.Subnational), false, 0, path.UnitsPerQuantity, path.Step);
    }

    /// <summary>An entry from a figure that the row brings along, kg CO2e (or biogenic CO2) per unit of the row.</summary>
    public EntryPlan ByValue(PlanKey key, Wanted want, decimal kilograms, string id, string citation, bool biogenic = false)
    {
        var range = data.Uncertainty.Supplied(key.Quality);
        return new EntryPlan
        {
            Key = key,
            Scope = want.Scope,
            Category = want.Category,
            Role = want.Role,
            Basis = want.Basis,
            Formula = new EntryFormula(biogenic
                ? new WeightedFactor(0m, [], 0m, kilograms, null, Co2eBasis.PublishedTotal)
                : new WeightedFactor(kilograms, [], kilograms, 0m, null, Co2eBasis.PublishedTotal), 1m, range.LowRatio, range.HighRatio),
            FactorId = id,
            Edition = "",
            Citation = citation,
            Tier = Tier.Supplier,
            Method = want.Method,
            Quality = range.Quality,
            UncertaintyNote = range.Note,
            FactorHalfWidth = range.FactorHalfWidth,
            ActivityHalfWidth = range.ActivityHalfWidth,
        };
    }

    /// <summary>Every candidate that a plan's stages passed over, with the reason.</summary>
    public IEnumerable<(Wanted Want, List<Rejected> Rejected)> Candidates(PlanKey key)
    {
        foreach (var want in MethodTable.Entries(key.Kind))
        {
            var rejected = new List<Rejected>();
            Find(key, want, null, rejected);
            yield return (want, rejected);
        }
    }

    private EntryPlan Entry(Wanted want, PlanKey key, Resolution resolution, WeightedFactor weighted, (FactorRow Row, decimal PerUnit)? biogenic)
    {
        if (biogenic is { } extra)
        {
            weighted = weighted with { BiogenicPerUnit = weighted.BiogenicPerUnit + extra.PerUnit };
        }

        var row = resolution.Row;
        var range = data.Uncertainty.Of(resolution, key.Quality);
        return new EntryPlan
        {
            Key = key,
            Scope = want.Scope,
            Category = want.Category,
            Role = want.Role,
            Basis = want.Basis,
            Formula = new EntryFormula(weighted, resolution.UnitsPerQuantity, range.LowRatio, range.HighRatio),
            Factor = row,
            BiogenicFactor = biogenic?.Row,
            FactorId = row.Id,
            Edition = row.Edition.Key,
            Citation = Citation(row),
            Tier = resolution.Tier,
            Method = want.Basis == Basis.Market && row.Stage != Stage.ResidualMix ? want.Method + MethodTable.NoResidualMix : want.Method,
            Quality = range.Quality,
            UncertaintyNote = range.Note,
            UnitStep = resolution.UnitStep,
            FactorHalfWidth = range.FactorHalfWidth,
            ActivityHalfWidth = range.ActivityHalfWidth,
        };
    }

    /// <summary>Publication and place in it, as an auditor looks it up.</summary>
    /// <remarks>A share-alike licence asks to be named wherever its figures go.</remarks>
    internal static string Citation(FactorRow row) =>
        (row.IsOverride ? row.Factor.Locator : $"{row.Edition.Author}, {row.Edition.Title}, {row.Factor.Locator}")
        + (row.Edition.Licence.Contains("BY-SA", StringComparison.Ordinal) ? $". {row.Edition.Attribution} ({row.Edition.Licence})" : "");

    // Gases without a total, from a publication that names no set: something must be chosen, and is said to be.
    private const GwpSet Unstated = GwpSet.Ar5;

    private WeightedFactor? Weigh(Factor factor, List<Note> notes, out string? missing)
    {
        var weighted = Weigh(factor, options.Gwp, data, out var assumed, out missing);
        if (weighted is null || !assumed)
        {
            return weighted;
        }

        notes.Add(new Note("gwp.unstated", $"{factor.Id} prints gases and names no GWP set: weighed under {FactorTable.GwpName(Unstated)}."));
        return weighted;
    }

    /// <summary>A factor's figures under a set; null asks for its publication's own.</summary>
    /// <param name="assumed">It prints gases and names no set: one was chosen.</param>
    internal static WeightedFactor? Weigh(Factor factor, GwpSet? asked, ReferenceData data, out bool assumed, out string? missing)
    {
        assumed = false;
        var gases = factor.Gases.Count > 0 ? factor.Gases : data.Composition(factor);
        if (Weighting.Apply(factor.Co2e, factor.Gwp, gases, factor.BiogenicCo2, asked, data.Potential, out missing) is { } weighted)
        {
            return weighted;
        }

        assumed = asked is null && factor.Gwp is null;
        return assumed ? Weighting.Apply(factor.Co2e, null, gases, factor.BiogenicCo2, Unstated, data.Potential, out missing) : null;
    }

    // Biogenic CO2 that an edition prints in a table of its own ("outside of scopes") joins the entry it belongs to.
    private (FactorRow Row, decimal PerUnit)? Biogenic(PlanKey key, Wanted want, WeightedFactor weighted, Resolution main)
    {
        if (want.Role is not ("direct" or "generation") || weighted.BiogenicPerUnit != 0m)
        {
            return null;
        }

        var found = resolver.Resolve(new FactorQuestion(main.Row.Kind, Stage.Biogenic, main.Row.Region, key.Day, []), key.Unit);
        return found is { Row.Factor.BiogenicCo2: { } kilograms } && found.Row.Edition == main.Row.Edition
            ? (found.Row, kilograms * found.UnitsPerQuantity / main.UnitsPerQuantity)
            : null;
    }

    private static bool Explain(Resolution resolution, PlanKey key, List<Note> notes)
    {
        var row = resolution.Row;
        var estimated = false;
        if (resolution.Proxy)
        {
            notes.Add(new Note("factor.proxy", $"No factor for {key.Region ?? "an unnamed place"}: {row.Region} stands in ({row.Id})."));
            estimated = true;
        }

        if (row.Fallback)
        {
            notes.Add(new Note("factor.fallback", $"{row.Id} is a last resort: a life-cycle average of generation."));
            estimated = true;
        }

        // Burning a fuel sets free some CH4 and N2O as well; a process may emit CO2 alone.
        if (row is { Stage: Stage.Direct or Stage.Generation, Factor: { Co2e: null, Gases: [{ Gas: "co2" }] } }
            && (row.Kind.StartsWith("fuel.", StringComparison.Ordinal) || row.Kind.StartsWith("electricity.", StringComparison.Ordinal)))
        {
            notes.Add(new Note("factor.co2-only", $"{row.Id} is of CO2 alone: CH4 and N2O are not in it."));
        }

        if (resolution.YearsOff > 0 && row.Factor.PriceYear is null)
        {
            notes.Add(new Note("factor.other-year", $"No edition covers the row's date: {row.Edition.Key} ({row.ValidFrom:yyyy-MM-dd} to {row.ValidTo:yyyy-MM-dd}) is the nearest."));
            estimated = true;
        }

        return estimated;
    }
}
