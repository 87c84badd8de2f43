using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace OffGridFlow.Ledger.Calculations;

/// <summary>A calculation ready to be named by entries: its id is the first 16 bytes of the SHA-256 of its text.</summary>
internal sealed class Calculation
{
    private Calculation(CalculationBody body, EntryFormula formula)
    {
        Text = JsonSerializer.Serialize(body, CalculationBody.Canonical);
        Id = IdOf(Text);
        Formula = formula;
        (Scope, Category, Role, Basis) = (body.Scope, body.Category, body.Role, body.Basis);
    }

    public Guid Id { get; }

    /// <summary>Canonical JSON.</summary>
    public string Text { get; }

    public EntryFormula Formula { get; }

    public int Scope { get; }

    public int? Category { get; }

    public string Role { get; }

    public Basis Basis { get; }

    /// <summary>What a text is called.</summary>
    public static Guid IdOf(string text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return new Guid(hash[..16], bigEndian: true);
    }

    internal static Calculation Of(CalculationBody body) => new(body, body.ToFormula());

    internal static Calculation Of(EntryPlan plan, string? activityKey, IReadOnlyList<Note> notes, EstimateOptions options, ReferenceData data)
    {
        var formula = plan.Formula;
        var weighted = formula.Factor;
        var key = plan.Key;
        return new Calculation(
            new CalculationBody(
                1,
                new AskedFor(key.Kind.Key, key.Unit.Symbol, key.Region, key.Quality),
                new CalculationPolicy(options.Gwp, options.AsOf, options.Policy, options.Preference.Count == 0 ? null : options.Preference),
                plan.Scope, plan.Category, plan.Role, plan.Basis, plan.QuantityUnit, plan.Method, plan.Tier,
                new CalculationFormula(
                    formula.UnitsPerQuantity, plan.UnitStep, weighted.Co2ePerUnit, weighted.Gases.Select(gas => new GasPerUnit(gas.Gas, gas.Kilograms)).ToList(),
                    weighted.UnsplitPerUnit, weighted.BiogenicPerUnit, weighted.Gwp, weighted.Basis, formula.LowRatio, formula.HighRatio),
                new CalculationUncertainty(plan.FactorHalfWidth, plan.ActivityHalfWidth, plan.CorrelationKey, activityKey, plan.Quality, plan.UncertaintyNote),
                FactorOf(plan, data),
                notes.Count == 0 ? null : notes),
            formula);
    }

    private static CalculationFactor FactorOf(EntryPlan plan, ReferenceData data) => plan.Factor is not { } row
        ? new CalculationFactor(plan.FactorId, plan.Citation)
        : new CalculationFactor(
            row.Id, plan.Citation, row.Factor.Name, row.Kind, row.Stage, row.Region, row.Unit, row.ValidFrom, row.ValidTo, row.Factor.PriceYear,
            row.Edition.Key, data.Library.TableHash(row.Edition), row.Edition.Published, row.Edition.Url, row.Edition.Licence, row.Edition.Attribution,
            plan.BiogenicFactor?.Id);
}

/// <summary>The calculations of one policy's plans, made when first asked for: a million plain rows share a few hundred.</summary>
internal sealed class CalculationCache(Estimator estimator, ReferenceData data)
{
    // Held as long as their plans are: the plan of a row that brings its own figure goes with the row.
    private readonly ConditionalWeakTable<Plan, Calculation[]> plain = [];
    private readonly ConditionalWeakTable<EntryPlan, Calculation> single = [];

    /// <summary>Of a plan of plain rows: what one quantity is multiplied with in all its entries errs as one.</summary>
    public Calculation[] Of(Plan plan) => plain.GetValue(plan, p => p.Entries
        .Select(entry => Calculation.Of(entry, p.Entries[0].CorrelationKey, p.Notes, estimator.Options, data)).ToArray());

    /// <summary>Of an entry whose quantity was worked out; what was assumed on the way is in its workings.</summary>
    public Calculation Of(EntryPlan plan) => single.GetValue(plan, p => Calculation.Of(p, null, [], estimator.Options, data));
}
