using System.Globalization;
using System.Text;
using Npgsql;
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
internal sealed class CubeCell
{
    public required CubeKey Key { get; init; }

    public required CalculationFacts Facts { get; init; }

    public ExactSum Co2eKg;
    public ExactSum BiogenicCo2Kg;
    public ExactSum Quantity;

    public long Entries { get; set; }

    /// <summary>
    /// Sum of squared kg CO2e, a reversal's taken away; of an activity that spans months each month's part times the whole, so that the
    /// months together hold the square of the whole: it is one measurement.
    /// </summary>
    public double Squares { get; set; }

    public void Add(CubeCell other)
    {
        Co2eKg.Add(other.Co2eKg);
        BiogenicCo2Kg.Add(other.BiogenicCo2Kg);
        Quantity.Add(other.Quantity);
        Entries += other.Entries;
        Squares += other.Squares;
    }
}

/// <summary>A tenant's ledger summed by all that totals are asked by, as of a run: read once, then kept up with what each run adds.</summary>
/// <param name="Run">The last run that is in it.</param>
internal sealed record LedgerCube(long Run, IReadOnlyDictionary<CubeKey, CubeCell> Cells)
{
    public static LedgerCube Empty { get; } = new(0, new Dictionary<CubeKey, CubeCell>());

    /// <summary>The cube with the runs up to another added.</summary>
    public async Task<LedgerCube> Through(Session session, long run, bool facilities, IDictionary<Guid, CalculationFacts> calculations, CancellationToken ct)
    {
        if (run <= Run)
        {
            return this;
        }

        var added = await Read(session, Run, run, facilities, ct);
        await Learn(session, added, calculations);
        var cells = new Dictionary<CubeKey, CubeCell>(Cells);
        foreach (var line in added)
        {
            var cell = new CubeCell { Key = line.Key, Facts = calculations[line.Key.Calculation], Entries = line.Entries, Squares = line.Squares };
            Add(ref cell.Co2eKg, line.Co2e);
            Add(ref cell.BiogenicCo2Kg, line.Biogenic);
            Add(ref cell.Quantity, line.Quantity);
            if (cells.TryGetValue(line.Key, out var known))
            {
                // The old cube is still being read by others.
                cell.Add(known);
            }

            cells[line.Key] = cell;
        }

        return new LedgerCube(run, cells);
    }

    private readonly record struct Line(CubeKey Key, long Entries, string Quantity, string Co2e, string Biogenic, double Squares);

    private static async Task<List<Line>> Read(Session session, long after, long through, bool facilities, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select month, entity_id, {(facilities ? "facility_id" : "null::uuid")}, kind, status = 'estimated', calculation_id,
                sum(case entry_type when 'reversal' then -1 else 1 end), sum(quantity)::text, sum(co2e_kg)::text, sum(biogenic_co2_kg)::text,
                sum(case entry_type when 'reversal' then -1 else 1 end * co2e_kg::float8 * co2e_kg::float8
                    * case when whole_quantity is null or quantity = 0 then 1 else whole_quantity::float8 / quantity::float8 end)
            from ledger.entries where run_no > $1 and run_no <= $2
            group by 1, 2, 3, 4, 5, 6
            """, session.Connection, session.Transaction) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = through });
        var lines = new List<Line>();
        var kinds = new Dictionary<string, string>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var kind = reader.GetString(3);
            kind = kinds.TryGetValue(kind, out var known) ? known : kinds[kind] = kind;
            lines.Add(new Line(
                new CubeKey(
                    reader.GetFieldValue<DateOnly>(0), reader.IsDBNull(1) ? null : reader.GetGuid(1), reader.IsDBNull(2) ? null : reader.GetGuid(2), kind,
                    reader.GetBoolean(4), reader.GetGuid(5)),
                reader.GetInt64(6), reader.GetString(7), reader.GetString(8), reader.GetString(9), reader.GetDouble(10)));
        }

        return lines;
    }

    private static async Task Learn(Session session, List<Line> lines, IDictionary<Guid, CalculationFacts> calculations)
    {
        var unknown = lines.Select(line => line.Key.Calculation).Distinct().Where(id => !calculations.ContainsKey(id)).ToArray();
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

    // The database sums without losing a digit; a decimal has 28: what lies below a hundred-millionth goes in by itself.
    private static void Add(ref ExactSum sum, string number)
    {
        const int Places = 8;
        var point = number.IndexOf('.', StringComparison.Ordinal);
        if (number.Length <= 28 || point < 0 || number.Length - point - 1 <= Places)
        {
            sum.Add(decimal.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture));
            return;
        }

        var fine = new StringBuilder(number[0] == '-' ? "-0." : "0.").Append('0', Places).Append(number, point + 1 + Places, number.Length - point - 1 - Places);
        sum.Add(decimal.Parse(number[..(point + 1 + Places)], NumberStyles.Float, CultureInfo.InvariantCulture));
        sum.Add(decimal.Parse(fine.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture));
    }
}
