using OffGridFlow.Ledger.Calculations;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Ledger.Totals;

/// <summary>What a calculation contributes to totals.</summary>
internal sealed class CalculationFacts(CalculationBody body)
{
    private readonly EntryFormula formula = body.ToFormula();

    public CalculationBody Body => body;

    public string FactorKey => body.Uncertainty.FactorKey;

    public string? ActivityKey => body.Uncertainty.ActivityKey;

    public decimal FactorHalfWidth => body.Uncertainty.FactorHalfWidth;

    public decimal ActivityHalfWidth => body.Uncertainty.ActivityHalfWidth;

    /// <summary>kg of each gas in a quantity, and what no gas accounts for.</summary>
    public IEnumerable<(string Gas, decimal Kg)> Gases(decimal quantity)
    {
        var masses = new decimal[formula.GasCount];
        formula.Gases(quantity, masses);
        for (var i = 0; i < masses.Length; i++)
        {
            yield return (formula.GasNames[i], masses[i]);
        }

        yield return ("unsplit", formula.Amounts(quantity).UnsplitKg);
    }
}

/// <summary>What entries are told apart by in totals.</summary>
internal readonly record struct CubeKey(DateOnly Month, Guid? Entity, Guid? Facility, string Kind, bool IsEstimated, Guid Calculation);

/// <summary>Sums of the entries under one key.</summary>
internal sealed record CubeCell(CubeKey Key, CalculationFacts Facts, FigureSums Sums);

/// <summary>A tenant's ledger summed by all that totals are asked by, as of a run: read once, then kept up with what each run adds.</summary>
/// <param name="Run">The last run that is in it.</param>
internal sealed record LedgerCube(long Run, IReadOnlyDictionary<CubeKey, CubeCell> Cells)
{
    public static LedgerCube Empty { get; } = new(0, new Dictionary<CubeKey, CubeCell>());

    /// <summary>The cube with the runs up to another added.</summary>
    /// <param name="facilities">Whether facilities are told apart: then entries are read, otherwise the sums that each run was posted with.</param>
    public async Task<LedgerCube> Through(Session session, long run, bool facilities, IDictionary<Guid, CalculationFacts> calculations, CancellationToken ct)
    {
        if (run <= Run)
        {
            return this;
        }

        var added = facilities ? await EntrySums.Read(session, Run, run, facilities, ct) : await OfRuns(session, Run, run, ct);
        await Learn(session, added, calculations);
        var cells = new Dictionary<CubeKey, CubeCell>(Cells);
        foreach (var (key, more) in added)
        {
            // The old cube is still being read by others.
            var sums = more;
            if (cells.TryGetValue(key, out var known))
            {
                sums.Add(known.Sums);
            }

            cells[key] = new CubeCell(key, calculations[key.Calculation], sums);
        }

        return new LedgerCube(run, cells);
    }

    private static async Task<List<(CubeKey Key, FigureSums Sums)>> OfRuns(Session session, long after, long through, CancellationToken ct) =>
        [.. (await StoredSums.Read(session, after, through, ct)).All().Select(cell => (
            new CubeKey(cell.Month, cell.Label.Entity, null, cell.Label.Kind, cell.Label.IsEstimated, cell.Label.Calculation), cell.Sums))];

    private static async Task Learn(Session session, List<(CubeKey Key, FigureSums Sums)> added, IDictionary<Guid, CalculationFacts> calculations)
    {
        var unknown = added.Select(cell => cell.Key.Calculation).Distinct().Where(id => !calculations.ContainsKey(id)).ToArray();
        if (unknown.Length == 0)
        {
            return;
        }

        foreach (var (id, body) in await session.Query<(Guid Id, string Body)>(
            "select calculation_id, body from ledger.calculations where calculation_id = any(@unknown)", new { unknown }))
        {
            calculations[id] = new CalculationFacts(CalculationBody.Read(body));
        }
    }
}
