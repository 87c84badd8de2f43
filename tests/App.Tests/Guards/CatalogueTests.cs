using Npgsql;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Guards;

/// <summary>The migrated database keeps every rule, and every rule is seen to catch what breaks it.</summary>
public sealed class CatalogueTests(TestDatabase test) : IClassFixture<TestDatabase>
{
    private static readonly string Approved = Path.Combine(Repository.Root, "tests", "App.Tests", "Guards", "security-definer.txt");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private const string Fence = "call platform.fence('org.planted', 'select'); ";

    public static TheoryData<string> Rules { get; } = [.. CatalogueRules.Violations.Keys];

    /// <summary>What breaks a rule, by words of the rule's name, and the violation's name.</summary>
    public static TheoryData<string, string, string> Plants { get; } = new()
    {
        { "enabled and forced", "create table org.planted (tenant_id uuid primary key)", "org.planted" },
        { "enabled and forced", "alter table org.entities no force row level security", "org.entities" },
        { "enabled and forced", "alter table ledger.entries_2026 disable row level security", "ledger.entries_2026" },
        { "enabled and forced", "alter table ledger.entries detach partition ledger.entries_from_2036; create table ledger.late partition of ledger.entries for values from ('2036-01-01') to ('2036-01-02')", "ledger.late" },
        { "fenced on its id", "create table org.planted (id uuid primary key)", "org.planted" },
        { "fenced on its id", "create table people.planted (user_id uuid primary key)", "people.planted" },
        { "fenced on its id", "alter table people.sessions no force row level security", "people.sessions" },
        { "opens a person", "create policy open on people.users for select to offgridflow_app using (true)", "people.users: open" },
        { "opens a person", "alter policy person on people.passwords using (true)", "people.passwords: person" },
        { "fenced on its id", "drop policy tenant on org.tenants", "org.tenants" },
        { "through a policy on", "drop policy tenant on org.entities", "org.entities" },
        { "through a policy on", "alter policy tenant on org.entities using (tenant_id = current_setting('app.tenant_id')::uuid)", "org.entities" },
        { "through a policy on", "alter policy tenant on org.entities to offgridflow_ops", "org.entities" },
        { "opens a tenant", "create policy open on org.entities for select using (true)", "org.entities: open" },
        { "opens a tenant", "create policy open on org.entities for insert to offgridflow_app with check (true)", "org.entities: open" },
        { "unique and primary", "create table org.planted (tenant_id uuid, planted_id uuid primary key); " + Fence, "org.planted: org.planted_pkey" },
        { "unique and primary", "create unique index planted on org.entities (lower(code), tenant_id)", "org.entities: org.planted" },
        { "foreign key", "create unique index one on org.entities (entity_id); create table org.planted (tenant_id uuid, entity_id uuid references org.entities (entity_id)); " + Fence, "org.planted: planted_entity_id_fkey" },
        { "no view", "create view org.planted as select * from org.entities", "org.planted" },
        { "no view", "create materialized view org.planted as select 1 as one", "org.planted" },
        { "truncate", "grant truncate on org.entities to offgridflow_app", "org.entities by offgridflow_app" },
        { "truncate", "grant truncate on org.entities to offgridflow_ops", "org.entities by offgridflow_ops" },
        { "truncate", "grant all on ledger.entries_2026 to public", "ledger.entries_2026 by public" },
        { "belongs to the owner", "alter table org.entities owner to offgridflow_ops", "org.entities belongs to offgridflow_ops" },
        { "owns nothing", "grant create on schema org to offgridflow_app; alter table org.entities owner to offgridflow_app", "table org.entities" },
        { "power over the fence", "alter role offgridflow_app bypassrls", "offgridflow_app is more than it should be" },
        { "power over the fence", "grant offgridflow_owner to offgridflow_app", "offgridflow_app is a member of offgridflow_owner" },
        { "cannot change or delete", "grant update (kind) on ledger.entries to offgridflow_app", "ledger.entries: update" },
        { "cannot change or delete", "grant delete on ledger.entries_2026 to offgridflow_app", "ledger.entries_2026: delete" },
        { "cannot change or delete", "grant update on platform.audit to public", "platform.audit: update" },
        { "stops even the owner", "drop trigger append_only on ledger.entries", "ledger.entries_2026: delete" },
        { "stops even the owner", "drop trigger append_only_truncate on ledger.entries_2026", "ledger.entries_2026: truncate" },
        { "stops even the owner", "alter table ledger.runs disable trigger append_only", "ledger.runs: update" },
        { "says why", "create function org.planted() returns int language sql security definer as 'select 1'; comment on function org.planted() is 'Because.'", "org.planted()" },
        { "says why", "create function org.planted() returns int language sql security definer set search_path = '' as 'select 1'", "org.planted()" },
        { "not for everybody", "create function org.planted() returns int language sql security definer set search_path = '' as 'select 1'", "org.planted()" },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task the_data_model_keeps_the_rule(string rule)
    {
        await using var connection = await test.Admin.OpenConnectionAsync(Ct);

        Assert.Empty(await Names(connection, CatalogueRules.Violations[rule]));
    }

    [Theory]
    [MemberData(nameof(Plants))]
    public async Task a_planted_violation_is_caught(string words, string plant, string violation)
    {
        var rule = Assert.Single(CatalogueRules.Violations.Keys, name => name.Contains(words, StringComparison.Ordinal));
        await using var connection = await test.Admin.OpenConnectionAsync(Ct);
        await using var undone = await connection.BeginTransactionAsync(Ct);
        await using var command = new NpgsqlCommand(plant, connection, undone);
        await command.ExecuteNonQueryAsync(Ct);

        Assert.Contains(violation, await Names(connection, CatalogueRules.Violations[rule]));
    }

    [Fact]
    public void every_rule_has_a_plant()
    {
        var planted = Plants.Select(plant => plant.Data.Item1).ToList();

        Assert.All(CatalogueRules.Violations.Keys, rule => Assert.Contains(planted, words => rule.Contains(words, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task the_functions_that_cross_the_fence_are_those_of_the_list()
    {
        await using var connection = await test.Admin.OpenConnectionAsync(Ct);

        Assert.Equal((await File.ReadAllLinesAsync(Approved, Ct)).Order(StringComparer.Ordinal), (await Names(connection, CatalogueRules.SecurityDefiners)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task a_function_that_crosses_the_fence_unlisted_is_caught()
    {
        await using var connection = await test.Admin.OpenConnectionAsync(Ct);
        await using var undone = await connection.BeginTransactionAsync(Ct);
        var before = await Names(connection, CatalogueRules.SecurityDefiners);
        await using var command = new NpgsqlCommand("create function org.planted() returns int language sql security definer as 'select 1'", connection, undone);
        await command.ExecuteNonQueryAsync(Ct);

        Assert.Equal(["org.planted()"], (await Names(connection, CatalogueRules.SecurityDefiners)).Except(before, StringComparer.Ordinal));
        Assert.DoesNotContain("org.planted()", await File.ReadAllLinesAsync(Approved, Ct));
    }

    private static async Task<List<string>> Names(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var rows = await command.ExecuteReaderAsync(Ct);
        var names = new List<string>();
        while (await rows.ReadAsync(Ct))
        {
            names.Add(rows.GetString(0));
        }

        return names;
    }
}
