using System.Data;
using Npgsql;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Ledger.Totals;

/// <summary>What entries are told apart by in totals, but for their month and their facility.</summary>
internal readonly record struct SumLabel(Guid Calculation, Guid? Entity, string Kind, bool IsEstimated);

/// <summary>Sums of the entries of some runs, as the database holds them: the cells stand at the same places of all arrays.</summary>
/// <param name="Label">From 1.</param>
internal sealed record StoredSums(
    SumLabel[] Labels, int[] Label, DateOnly[] Month, long[] Entries, decimal[] Quantity, decimal[] Co2eKg, decimal[] BiogenicCo2Kg, double[] Squares)
{
    private const string Columns =
        "calculation_ids, entity_ids, kinds, estimated, labels, months, entries, quantities, co2e_kg, biogenic_co2_kg, squares";

    public int Cells => Label.Length;

    /// <summary>Adds up the entries of the runs after one up to another: from sums where there are any, from the entries between them.</summary>
    public static async Task<RunSums> Read(Session session, long after, long through, CancellationToken ct)
    {
        var pieces = await Pieces(session, after, through, ct);
        var sums = new RunSums();
        await using (var command = new NpgsqlCommand(
            $"select {Columns} from unnest($1, $2) as piece (after_run, run_no) join ledger.run_sums using (after_run, run_no)", session.Connection, session.Transaction))
        {
            var stored = pieces.Where(piece => piece.IsStored).ToArray();
            command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = Array.ConvertAll(stored, piece => piece.After) });
            command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = Array.ConvertAll(stored, piece => piece.Run) });
            await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, ct);
            while (await reader.ReadAsync(ct))
            {
                sums.Add(Current(reader));
            }
        }

        foreach (var piece in pieces.Where(piece => !piece.IsStored))
        {
            foreach (var (key, figures) in await EntrySums.Read(session, piece.After, piece.Run, facilities: false, ct))
            {
                sums.Add(new SumLabel(key.Calculation, key.Entity, key.Kind, key.IsEstimated), key.Month, figures);
            }
        }

        return sums;
    }

    // From each run the widest row that does not go too far, each found by the primary key; where none begins, the entries up to the next that does.
    private static async Task<List<(long After, long Run, bool IsStored)>> Pieces(Session session, long after, long through, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            with recursive piece (after_run, run_no, is_stored) as (
                select $1, $1, false
                union all
                select piece.run_no, coalesce(stored.run_no, least(next.after_run, $2)), stored.run_no is not null from piece
                left join lateral (
                    select s.run_no from ledger.run_sums s
                    where s.tenant_id = (select current_setting('app.tenant_id')::uuid) and s.after_run = piece.run_no and s.run_no <= $2
                    order by s.run_no desc limit 1) stored on true
                left join lateral (
                    select s.after_run from ledger.run_sums s
                    where s.tenant_id = (select current_setting('app.tenant_id')::uuid) and stored.run_no is null and s.after_run > piece.run_no
                    order by s.after_run limit 1) next on true
                where piece.run_no < $2)
            select after_run, run_no, is_stored from piece where run_no > after_run order by after_run
            """, session.Connection, session.Transaction);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = through });
        var pieces = new List<(long, long, bool)>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            pieces.Add((reader.GetInt64(0), reader.GetInt64(1), reader.GetBoolean(2)));
        }

        return pieces;
    }

    private static StoredSums Current(NpgsqlDataReader reader)
    {
        var calculations = reader.GetFieldValue<Guid[]>(0);
        var entities = reader.GetFieldValue<Guid?[]>(1);
        var kinds = reader.GetFieldValue<string[]>(2);
        var estimated = reader.GetFieldValue<bool[]>(3);
        var labels = new SumLabel[calculations.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = new SumLabel(calculations[i], entities[i], kinds[i], estimated[i]);
        }

        return new StoredSums(
            labels, reader.GetFieldValue<int[]>(4), reader.GetFieldValue<DateOnly[]>(5), reader.GetFieldValue<long[]>(6), reader.GetFieldValue<decimal[]>(7),
            reader.GetFieldValue<decimal[]>(8), reader.GetFieldValue<decimal[]>(9), reader.GetFieldValue<double[]>(10));
    }

    /// <summary>Writes them as those of the runs after one up to another.</summary>
    public async Task Insert(Session session, long after, long run, short level)
    {
        await using var command = new NpgsqlCommand(
            $"insert into ledger.run_sums (tenant_id, after_run, run_no, level, cells, {Columns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
            session.Connection, session.Transaction);
        Give(session.Tenant.Value);
        Give(after);
        Give(run);
        Give(level);
        Give(Cells);
        Give(Array.ConvertAll(Labels, label => label.Calculation));
        Give(Array.ConvertAll(Labels, label => label.Entity));
        Give(Array.ConvertAll(Labels, label => label.Kind));
        Give(Array.ConvertAll(Labels, label => label.IsEstimated));
        Give(Label);
        Give(Month);
        Give(Entries);
        Give(Quantity);
        Give(Co2eKg);
        Give(BiogenicCo2Kg);
        Give(Squares);
        await command.ExecuteNonQueryAsync(session.Cancelled);

        void Give<T>(T value) => command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
    }
}
