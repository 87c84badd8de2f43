using System.Data;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.App.Tests.Faults;

/// <summary>What the other tests here rest on: damage of every sort is seen.</summary>
public sealed class IntactTests(IntactTests.WholeInstallation whole) : IClassFixture<IntactTests.WholeInstallation>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task an_installation_that_nobody_disturbed_is_intact() => Assert.Equal([], await whole.Installation.Wrong(whole.Installation.Acme));

    [Theory]
    [InlineData("row without a disposition", "delete from activities.rows_not_taken where row_no = (select min(row_no) from activities.rows_not_taken)")]
    [InlineData("row without a disposition", "delete from activities.activities where row_no = (select max(row_no) from activities.activities)")]
    [InlineData("row with two dispositions", "insert into activities.rows_not_taken (tenant_id, import_id, row_no, disposition, code) select tenant_id, import_id, row_no, 'rejected', 'x' from activities.activities limit 1")]
    [InlineData("row that the file does not have", "update activities.rows_not_taken set row_no = row_no + 100000")]
    [InlineData("import that is not read", "update activities.imports set status = 'reading'")]
    [InlineData("sheet whose rows do not sum", "update activities.imports set rows_total = rows_total + 1")]
    [InlineData("disposition that the sheet counts wrongly", "update activities.imports set calculated = calculated - 1, rejected = rejected + 1")]
    [InlineData("quantity that does not tie", "update activities.activities set quantity = quantity + 0.01 where row_no = (select min(row_no) from activities.activities)")]
    [InlineData("activity without an entry", "delete from ledger.entries where activity_id = (select activity_id from ledger.entries limit 1)")]
    [InlineData("entry without an activity", "update ledger.entries set activity_version = 2 where activity_id = (select activity_id from ledger.entries limit 1)")]
    [InlineData("entry without a run", "delete from ledger.runs where run_no = 2")]
    [InlineData("months do not sum", "delete from ledger.entries where whole_quantity is not null and month = '2024-12-01'")]
    [InlineData("stands where run 2 should", "delete from ledger.runs where run_no = 2")]
    [InlineData("has not its", "delete from ledger.entries where run_no = 1 and line = 1")]
    [InlineData("has not its", "update ledger.entries set line = 100000 where run_no = 2 and line = 1")]
    [InlineData("has another root", "update ledger.entries set role = role || '!' where run_no = 1 and line = 1")]
    [InlineData("has another root", "update ledger.runs set root = previous_hash where run_no = 2")]
    [InlineData("does not follow", "update ledger.runs set previous_hash = root where run_no = 2")]
    [InlineData("has another hash", "update ledger.runs set posted_at = posted_at + interval '1 us' where run_no = 1")]
    [InlineData("calculation does not give", "update ledger.entries set co2e_kg = co2e_kg + 0.0000001 where run_no = 1 and line = 1")]
    [InlineData("sums with run", "update ledger.run_sums set co2e_kg[1] = co2e_kg[1] + 0.0000001")]
    [InlineData("job that did not succeed", "update platform.jobs set status = 'dead' where name = 'post-import'")]
    [InlineData("event that was not handed on", "update platform.outbox set sent_at = null")]
    [InlineData("event that was heard by nobody", "delete from platform.heard")]
    public async Task damage_is_seen(string complaint, string damage)
    {
        var installation = whole.Installation;
        await using var connection = await installation.Admin.OpenConnectionAsync(Cancelled);
        await using var session = new Session(connection, await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, Cancelled), installation.Acme, Cancelled);
        Assert.Equal([], await Intact.Check(session, installation.Imports[installation.Acme], Cancelled));

        // Without triggers and foreign keys, as somebody who has the disk; undone at the end.
        await session.Execute("set local session_replication_role = replica");
        Assert.True(await session.Execute(damage) > 0);

        Assert.Contains(await Intact.Check(session, installation.Imports[installation.Acme], Cancelled), wrong => wrong.Contains(complaint, StringComparison.Ordinal));
    }

    public sealed class WholeInstallation(TestPostgres postgres) : IAsyncLifetime
    {
        private readonly TestDatabase test = new(postgres);

        internal Installation Installation { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            await test.InitializeAsync();
            Installation = Installation.On(test);
            await Installation.Import(200);
            Installation.Work(50);
            await Installation.Settled();
        }

        public async ValueTask DisposeAsync()
        {
            await Installation.DisposeAsync();
            await test.DisposeAsync();
        }
    }
}
