using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Faults;

public sealed class DroppedConnectionTests(TestDatabase test) : IClassFixture<TestDatabase>
{
    private const int Drops = 16;

    // In the server, because a copy is over in milliseconds: waits for one, then as long as the draw says, and cuts it off.
    private const string Drop = """
        do $$
        declare
            victim int;
            cut boolean := false;
        begin
            for tries in 1..200000 loop
                perform pg_stat_clear_snapshot();
                select pid into victim from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid() and state = 'active' and query like 'WHAT%';
                if found then
                    perform pg_sleep(WAIT);
                    cut := pg_terminate_backend(victim);
                    exit;
                end if;
            end loop;
            if not cut then
                raise exception 'nothing to cut off was seen';
            end if;
        end
        $$
        """;

    [Fact]
    public async Task connections_dropped_while_copying_lose_nothing_and_count_nothing_twice()
    {
        await using var installation = Installation.On(test);
        var draw = new Random(1838);
        var worker = installation.Work(100);

        for (var drops = 0; drops < Drops;)
        {
            if (await installation.InHand() < 2)
            {
                await installation.Import(2000);
            }

            // Activities go in by arrays, entries by COPY.
            var what = drops % 3 == 0 ? "insert into activities.activities" : "copy run_entries";
            var wait = (draw.Next(20) / 10_000m).ToString(System.Globalization.CultureInfo.InvariantCulture);
            await using var command = installation.Admin.CreateCommand(Drop.Replace("WHAT", what, StringComparison.Ordinal).Replace("WAIT", wait, StringComparison.Ordinal));
            try
            {
                await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
                drops++;
            }
            catch (Npgsql.PostgresException none) when (none.SqlState == "P0001")
            {
                // The job waits until it is tried again.
            }
        }

        await installation.Settled();
        Assert.False(worker.HasExited, worker.Said);
        Assert.Contains("57P01", worker.Said, StringComparison.Ordinal);
        await installation.AssertIntact();
    }
}
