using Npgsql;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Audit;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.App.Tests.Audit;

/// <summary>Whatever is done to the trail behind the program's back, by a superuser too, is found, and the first bad row named.</summary>
public sealed class ChainTests(TestDatabase test) : IClassFixture<TestDatabase>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_trail_that_nobody_touched_is_whole()
    {
        var tenant = await Tenant(rows: 20);

        var found = await Verify(tenant);
        var again = await Verify(tenant, found.Head);

        Assert.Equal((true, 21L, 1L, 21L), (found.IsWhole, found.Rows, found.FirstNo, found.Head.No));
        Assert.True(again.IsWhole);
    }

    [Theory]
    [InlineData("update platform.audit set new_values = jsonb_set(new_values, '{name}', '\"Forged\"') where tenant_id = @tenant and audit_id = @seventh", "changed", 7)]
    [InlineData("update platform.audit set actor = 'user:somebody-else' where tenant_id = @tenant and audit_id = @seventh", "changed", 7)]
    [InlineData("update platform.audit set at = at - interval '1 microsecond' where tenant_id = @tenant and audit_id = @seventh", "removed", 7)]
    [InlineData("delete from platform.audit where tenant_id = @tenant and audit_id = @seventh", "removed", 7)]
    [InlineData("delete from platform.audit where tenant_id = @tenant and audit_id = @seventh; delete from platform.audit_chain where tenant_id = @tenant and audit_id = @seventh", "chain_broken", 8)]
    [InlineData("update platform.audit_chain set hash = sha256('x') where tenant_id = @tenant and audit_id = @seventh", "changed", 7)]
    public async Task Tampering_is_found_and_the_first_bad_row_named(string tampering, string what, long no)
    {
        var tenant = await Tenant(rows: 12);
        Assert.True((await Verify(tenant)).IsWhole);
        var seventh = await Scalar<Guid>("select audit_id from platform.audit_chain where tenant_id = @tenant and chain_no = 7", tenant);

        await Behind(tampering, tenant, seventh);
        var found = await Verify(tenant);

        Assert.Equal((false, what, (long?)no), (found.IsWhole, found.Fault!.What, found.Fault.No));
        Assert.Equal(no == 7, found.Fault.AuditId == seventh);
        Assert.True((await Verify(test.Globex)).IsWhole);
    }

    [Fact]
    public async Task A_row_that_was_slipped_in_is_found()
    {
        var tenant = await Tenant(rows: 3);
        var id = Guid.CreateVersion7();

        await Behind("insert into platform.audit (tenant_id, audit_id, operation, actor) values (@tenant, @seventh, 'sign_in', 'user:nobody')", tenant, id);
        var found = await Verify(tenant);

        Assert.Equal(("slipped_in", (Guid?)id), (found.Fault!.What, found.Fault.AuditId));
    }

    [Fact]
    public async Task A_trail_that_was_cut_short_or_written_anew_is_found_by_a_head_seen_before()
    {
        var tenant = await Tenant(rows: 9);
        var seen = (await Verify(tenant)).Head;

        await Behind("delete from platform.audit a using platform.audit_chain c where c.tenant_id = @tenant and a.tenant_id = @tenant and a.audit_id = c.audit_id and c.chain_no > 5; delete from platform.audit_chain where tenant_id = @tenant and chain_no > 5", tenant, default);
        Assert.True((await Verify(tenant)).IsWhole);
        Assert.Equal("cut_short", (await Verify(tenant, seen)).Fault!.What);

        await Behind("delete from platform.audit_chain where tenant_id = @tenant; insert into platform.audit_unchained select tenant_id, at, audit_id from platform.audit where tenant_id = @tenant", tenant, default);
        await Add(tenant, 6);
        Assert.True((await Verify(tenant)).IsWhole);
        Assert.Equal("chain_broken", (await Verify(tenant, seen)).Fault!.What);
    }

    [Fact]
    public async Task Writers_of_a_tenant_do_not_wait_for_one_another_nor_for_the_chain()
    {
        var tenant = await Tenant(rows: 1);
        await using var first = await test.Database.Open(tenant, System.Data.IsolationLevel.ReadCommitted, Ct);
        await Trail.Record(first, "first", new { });
        await using var second = await test.Database.Open(tenant, System.Data.IsolationLevel.ReadCommitted, Ct);
        await Trail.Record(second, "second", new { });
        await second.Commit();

        // The first is still open: what it has written is not there yet, and holds nobody up.
        var before = await Verify(tenant);
        await first.Commit();
        var after = await Verify(tenant, before.Head);

        Assert.Equal((true, 3L, true, 4L), (before.IsWhole, before.Rows, after.IsWhole, after.Rows));
    }

    [Fact]
    public async Task Chainers_at_once_make_one_chain()
    {
        var tenant = await Tenant(rows: 200);

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => AuditChain.CatchUp(tenant.Tenant, test.Database, Ct)));

        Assert.Equal((true, 201L), ((await Verify(tenant)).IsWhole, (await Verify(tenant)).Rows));
    }

    [Fact]
    public async Task The_oldest_rows_go_after_seven_years_and_the_rest_still_verifies()
    {
        var tenant = await Tenant(rows: 0);
        foreach (var years in new[] { 9, 8, 6 })
        {
            await Behind($"insert into platform.audit (tenant_id, at, operation, actor) values (@tenant, clock_timestamp() - interval '{years} years', 'sign_in', 'user:{years}')", tenant, default, asItself: true);
        }

        var whole = await Verify(tenant);
        var gone = await test.Database.Write<long>(tenant, async session => await session.First<long>("select platform.prune_audit(@Value, 1000)", new { tenant.Tenant.Value }), Ct);
        var found = await Verify(tenant, whole.Head);

        Assert.Equal((4L, 2L, true, 2L, 3L), (whole.Rows, gone.Value, found.IsWhole, found.Rows, found.FirstNo));
        Assert.Equal("user:6", await Scalar<string>("select min(actor) from platform.audit where tenant_id = @tenant and operation = 'sign_in'", tenant));
    }

    [Fact]
    public async Task Nobody_deletes_younger_rows_not_even_the_owner_of_the_tables()
    {
        var tenant = await Tenant(rows: 2);
        await Verify(tenant);
        foreach (var table in new[] { "platform.audit", "platform.audit_chain" })
        {
            await using var owner = await test.Admin.OpenConnectionAsync(Ct);
            await using var command = new NpgsqlCommand($"set role offgridflow_owner; delete from {table}", owner);
            Assert.Equal("23001", (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Ct))).SqlState);
        }

        var gone = await test.Database.Write<long>(tenant, async session => await session.First<long>("select platform.prune_audit(@Value, 1000)", new { tenant.Tenant.Value }), Ct);
        Assert.Equal((0L, true), (gone.Value, (await Verify(tenant)).IsWhole));
    }

    private async Task<VerifyTrail.Response> Verify(Caller tenant, VerifyTrail.Link? seen = null) => (await VerifyTrail.Handle(seen, tenant, test.Database, Ct)).Value;

    private async Task<Caller> Tenant(int rows)
    {
        var caller = Caller.System(TenantId.New(), "test:chain");
        await test.Database.Write<int>(
            caller,
            async session => await session.Execute("insert into org.tenants (id, slug, name) values (@Id, @slug, 'Chained')", new { Id = caller.Tenant.Value, slug = $"c{caller.Tenant.Value:N}" }),
            Ct);
        await Add(caller, rows);
        return caller;
    }

    private async Task Add(Caller tenant, int rows)
    {
        for (var i = 0; i < rows; i++)
        {
            await test.Database.Write<int>(tenant, async session => { await Trail.Record(session, "noted", new { name = $"row {i}", i }); return 1; }, Ct);
        }
    }

    // As a superuser who has switched the guards off.
    private async Task Behind(string sql, Caller tenant, Guid seventh, bool asItself = false)
    {
        await using var connection = await test.Admin.OpenConnectionAsync(Ct);
        await using var command = new NpgsqlCommand($"set session_replication_role = {(asItself ? "origin" : "replica")}; " + sql + "; reset session_replication_role", connection);
        command.Parameters.AddWithValue("tenant", tenant.Tenant.Value);
        command.Parameters.AddWithValue("seventh", seventh);
        await command.ExecuteNonQueryAsync(Ct);
    }

    private async Task<T> Scalar<T>(string sql, Caller tenant)
    {
        await using var command = test.Admin.CreateCommand(sql);
        command.Parameters.AddWithValue("tenant", tenant.Tenant.Value);
        return (T)(await command.ExecuteScalarAsync(Ct))!;
    }
}
