using System.Globalization;
using Npgsql;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.App.Tests.Platform;

/// <summary>Rows written in PostgreSQL's binary form come back as they were.</summary>
public sealed class BinaryRowsTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly decimal[] Edges =
    [
        0m, 0.00m, 1m, -1m, 10m, 9999m, 10000m, 10001m, 99990000m, 0.1m, 0.0001m, 0.00001m, 12.3400m, -0.00000000000000000000000012345m,
        decimal.MaxValue, decimal.MinValue, decimal.MaxValue / 1e28m, 7.9228162514264337593543950335m, 18446744073709551615m, 18446744073709551616m, 1.8446744073709551616m, 0.0000000000000000000000000001m,
    ];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task decimals_keep_every_digit_and_place()
    {
        var random = new Random(7);
        var values = Edges.Concat(Enumerable.Range(0, 2_000).Select(_ => new decimal(
            random.Next(), random.Next(3) == 0 ? random.Next() : 0, random.Next(4) == 0 ? random.Next() : 0, random.Next(2) == 0, (byte)random.Next(29)))).ToArray();

        var back = await Through("numeric", values, (rows, value) => rows.Number(value), "value::text");

        Assert.Equal(values.Select(value => value.ToString(CultureInfo.InvariantCulture)), back);
    }

    [Fact]
    public async Task arrays_of_decimals_come_back_the_empty_one_too()
    {
        decimal[][] values = [[], [0m], [1.50m, -2m, 0.001m]];

        var back = await Through("numeric[]", values, (rows, value) => rows.Numbers(value), "array_to_string(value, ' ') || ' of ' || cardinality(value)");

        Assert.Equal([" of 0", "0 of 1", "1.50 -2 0.001 of 3"], back);
    }

    [Fact]
    public async Task other_values_come_back_as_they_were()
    {
        var id = Guid.Parse("01938c2e-7a4b-7c31-9d5e-2f60a1b3c4d5");
        await using var session = await database.Database.Open(database.Acme, System.Data.IsolationLevel.ReadCommitted, Cancelled);
        await session.Execute("create temporary table t (a int, b bigint, c smallint, d bool, e uuid, f date, g timestamptz, h text, i bytea, j jsonb, k uuid, l text) on commit drop");
        using (var rows = new BinaryRows(1))
        {
            rows.Row(12);
            rows.Int(-5);
            rows.Long(1L << 40);
            rows.Short((short)7);
            rows.Bool(true);
            rows.Id(id);
            rows.Day(new DateOnly(1999, 12, 31));
            rows.Instant(new DateTimeOffset(2025, 1, 31, 9, 30, 0, TimeSpan.FromHours(2)).AddMicroseconds(1));
            rows.Text("Öl – 油");
            rows.Bytes([1, 255]);
            rows.Jsonb("""{"id":"Ö"}""");
            rows.Id((Guid?)null);
            rows.Text(null);
            await rows.Copy(session, "copy t from stdin (format binary)");
        }

        Assert.Equal(
            $"(-5,1099511627776,7,t,{id},1999-12-31,\"2025-01-31 07:30:00.000001+00\",\"Öl – 油\",\"\\\\x01ff\",\"{{\"\"id\"\": \"\"Ö\"\"}}\",,)",
            await session.First<string>("select t::text from t"));
    }

    private async Task<IReadOnlyList<string>> Through<T>(string type, IReadOnlyList<T> values, Action<BinaryRows, T> write, string read)
    {
        await using var session = await database.Database.Open(database.Acme, System.Data.IsolationLevel.ReadCommitted, Cancelled);
        await session.Execute($"create temporary table t (place int, value {type}) on commit drop");
        using (var rows = new BinaryRows(1))
        {
            for (var place = 0; place < values.Count; place++)
            {
                rows.Row(2);
                rows.Int(place);
                write(rows, values[place]);
            }

            await rows.Copy(session, "copy t from stdin (format binary)");
        }

        return await session.Query<string>($"select {read} from t order by place");
    }
}
