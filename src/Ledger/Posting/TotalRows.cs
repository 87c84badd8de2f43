using NpgsqlTypes;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Ledger.Posting;

/// <summary>A run's part of the totals, to the database.</summary>
internal static class TotalRows
{
    private const string Columns =
        "line, month, entity_id, facility_id, kind, status, calculation_id, spread, entry_count, quantity, co2e_kg, biogenic_co2_kg, squares";

    public static async Task Write(Session session, long runNo, IReadOnlyList<TotalLine> totals, CancellationToken ct)
    {
        await session.Execute("""
            create temporary table run_totals (
                line int, month date, entity_id uuid, facility_id uuid, kind text, status text, calculation_id uuid, spread boolean, entry_count int,
                quantity numeric, co2e_kg numeric, biogenic_co2_kg numeric, squares double precision) on commit drop
            """);
        await using (var copy = await session.Connection.BeginBinaryImportAsync($"copy run_totals ({Columns}) from stdin (format binary)", ct))
        {
            var line = 0;
            foreach (var total in totals)
            {
                copy.StartRow();
                copy.Write(++line, NpgsqlDbType.Integer);
                copy.Write(total.Key.Month, NpgsqlDbType.Date);
                Id(total.Key.EntityId);
                Id(total.Key.FacilityId);
                copy.Write(total.Key.Kind, NpgsqlDbType.Text);
                copy.Write(total.Key.IsEstimated ? "estimated" : "calculated", NpgsqlDbType.Text);
                copy.Write(total.Key.CalculationId, NpgsqlDbType.Uuid);
                copy.Write(total.Key.IsSpread, NpgsqlDbType.Boolean);
                copy.Write(total.Entries, NpgsqlDbType.Integer);
                copy.Write(total.Quantity, NpgsqlDbType.Numeric);
                copy.Write(total.Co2eKg, NpgsqlDbType.Numeric);
                copy.Write(total.BiogenicCo2Kg, NpgsqlDbType.Numeric);
                copy.Write(total.Squares, NpgsqlDbType.Double);
            }

            await copy.CompleteAsync(ct);

            void Id(Guid? id)
            {
                if (id is { } value)
                {
                    copy.Write(value, NpgsqlDbType.Uuid);
                }
                else
                {
                    copy.WriteNull();
                }
            }
        }

        await session.Execute(
            $"insert into ledger.run_totals (tenant_id, run_no, {Columns}) select @tenant, @runNo, {Columns} from run_totals",
            new { tenant = session.Tenant.Value, runNo });
    }
}
