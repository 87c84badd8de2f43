using System.Globalization;
using Npgsql;
using OffGridFlow.Ledger.Calculations;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Ledger.Entries;

/// <summary>An entry as people read it. Amounts are kg.</summary>
/// <param name="Id">Run and line: <c>17-204</c>.</param>
/// <param name="Reverses">The entry it takes back, or null.</param>
/// <param name="Quantity">In <paramref name="Unit"/>; negative for a credit or a reversal.</param>
/// <param name="GasesKg">kg by gas.</param>
/// <param name="Restates">Posted into a period that was closed.</param>
public sealed record EntryView(
    string Id, string Month, EntryType Type, string? Reverses, string? Reason, Guid ActivityId, int ActivityVersion, Guid? EntityId, Guid? FacilityId,
    string Kind, int Scope, int? Category, Basis Basis, string Role, string Status, decimal Quantity, string Unit, decimal Co2eKg, decimal LowKg, decimal HighKg,
    decimal BiogenicCo2Kg, IReadOnlyDictionary<string, decimal> GasesKg, Tier Tier, string Factor, string? Edition, string Citation, Guid CalculationId,
    bool Restates)
{
    /// <summary>Rows of entries with their calculations.</summary>
    internal static async Task<IReadOnlyList<EntryView>> Read(Session session, NpgsqlCommand command, CancellationToken ct)
    {
        var rows = new List<(long Run, Entry Entry, bool Restates)>();
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
            {
                rows.Add((reader.GetInt64(0), EntryRows.Current(reader), reader.GetBoolean(reader.GetOrdinal("restates"))));
            }
        }

        var bodies = await Bodies(session, rows.Select(row => row.Entry.CalculationId).Distinct().ToArray());
        return rows.ConvertAll(row => Of(row.Run, row.Entry, row.Restates, bodies[row.Entry.CalculationId]));
    }

    internal static async Task<Dictionary<Guid, CalculationBody>> Bodies(Session session, Guid[] ids) =>
        (await session.Query<(Guid Id, string Body)>("select calculation_id, body from ledger.calculations where calculation_id = any(@ids)", new { ids }))
        .ToDictionary(row => row.Id, row => CalculationBody.Read(row.Body));

    internal static EntryView Of(long run, Entry entry, bool restates, CalculationBody body) => new(
        IdOf(run, entry.Line), entry.Month.ToString("yyyy-MM", CultureInfo.InvariantCulture), entry.Type,
        entry.ReversesRun == 0 ? null : IdOf(entry.ReversesRun, entry.ReversesLine), entry.Reason, entry.ActivityId, entry.ActivityVersion, entry.EntityId,
        entry.FacilityId, entry.Kind, entry.Scope, entry.Category, entry.Basis, entry.Role, entry.IsEstimated ? "estimated" : "calculated", entry.Quantity,
        body.QuantityUnit, entry.Co2eKg, entry.LowKg, entry.HighKg, entry.BiogenicCo2Kg,
        body.Formula.GasesPerUnit.Zip(entry.GasesKg).ToDictionary(pair => pair.First.Gas, pair => pair.Second, StringComparer.Ordinal),
        body.Tier, body.Factor.Id, body.Factor.Edition, body.Factor.Citation, entry.CalculationId, restates);

    internal static string IdOf(long run, int line) => string.Create(CultureInfo.InvariantCulture, $"{run}-{line}");

    /// <summary>Run and line of an id, or null when it is none.</summary>
    internal static (long Run, int Line)? Parse(string id) =>
        id.Split('-') is [var run, var line] && long.TryParse(run, NumberStyles.None, CultureInfo.InvariantCulture, out var runNo)
        && int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var lineNo)
            ? (runNo, lineNo)
            : null;

    /// <summary>One entry with its calculation, or null.</summary>
    internal static async Task<(long Run, Entry Entry, bool Restates)?> Find(Session session, string id, CancellationToken ct)
    {
        if (Parse(id) is not { } wanted)
        {
            return null;
        }

        await using var command = new NpgsqlCommand(
            $"select {EntryRows.Columns}, e.restates from ledger.entries e where e.run_no = $1 and e.line = $2", session.Connection, session.Transaction);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = wanted.Run });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = wanted.Line });
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? (reader.GetInt64(0), EntryRows.Current(reader), reader.GetBoolean(reader.GetOrdinal("restates"))) : null;
    }
}
