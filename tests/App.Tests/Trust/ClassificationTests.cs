using Dapper;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations.Governance;
using OffGridFlow.Web.Trust;

namespace OffGridFlow.App.Tests.Trust;

/// <summary>The classes of data against the database's own catalogue.</summary>
public sealed class ClassificationTests(TestDatabase test) : IClassFixture<TestDatabase>
{
    private const string Columns = """
        select format('%I.%I', n.nspname, c.relname) as table_name, a.attname::text as column_name
        from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relkind in ('r', 'p') and not c.relispartition and n.nspname not like 'pg\_%' and n.nspname <> 'information_schema'
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task every_column_of_the_database_has_a_class()
    {
        var columns = await Catalogue();
        var wrong = new List<string>(columns.Where(one => Classification.Of(one.Table, one.Column) is null).Select(one => $"{one.Table}.{one.Column} has no class"));
        foreach (var table in Classification.Tables)
        {
            var there = columns.Where(one => one.Table == table.Name).Select(one => one.Column).ToHashSet(StringComparer.Ordinal);
            string[] named = [.. table.Secret, .. table.Personal, .. table.Confidential];
            wrong.AddRange(there.Count == 0 ? [$"{table.Name} is not there"] : named.Where(column => !there.Contains(column)).Select(column => $"{table.Name}.{column} is not there"));
            wrong.AddRange(named.GroupBy(column => column, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => $"{table.Name}.{group.Key} is named twice"));
        }

        Assert.Empty(wrong);
        Assert.True(columns.Count > 300);
        Assert.Equal(Classification.Tables.Count, Classification.Tables.Select(table => table.Name).Distinct(StringComparer.Ordinal).Count());
    }

    // A table's class covers a new column too; what its name gives away must be said all the same.
    [Fact]
    public async Task what_sounds_like_a_person_s_or_a_secret_is_said_to_be_one()
    {
        string[] hashes = ["org.erasure_certificates", "ledger.closings", "ledger.runs", "platform.audit_chain", "platform.audit_starts"]; // Of data, not of secrets.
        var columns = await Catalogue();
        var secret = columns.Where(one => one.Column is "secret" or "hash" or "stamp" or "private_key" or "wrapped" && !hashes.Contains(one.Table, StringComparer.Ordinal)).ToList();
        var personal = columns.Where(one => one.Column.EndsWith("_by", StringComparison.Ordinal) || one.Column is "email" or "email_key" or "user_agent" or "actor" or "user_id" or "by_actor"
            || (one.Column == "address" && one.Table != "org.facilities")).ToList();

        Assert.True(secret.Count >= 12 && personal.Count >= 30);
        Assert.All(secret, one => Assert.Equal(DataLevel.Secret, Classification.Of(one.Table, one.Column)));
        Assert.All(personal, one => Assert.Contains(Classification.Of(one.Table, one.Column), new DataLevel?[] { DataLevel.Personal, DataLevel.Secret }));
        Assert.All(columns.Where(one => one.Table.StartsWith("people.", StringComparison.Ordinal)), one => Assert.Contains(Classification.Of(one.Table, one.Column), new DataLevel?[] { DataLevel.Personal, DataLevel.Secret }));
    }

    [Fact]
    public async Task no_secret_is_among_what_an_organisation_s_export_takes_out()
    {
        await using var admin = await test.Admin.OpenConnectionAsync(Ct);
        var taken = (await admin.QueryAsync<TenantTable>(TenantTables.Sql, new { TenantTables.Tenants })).Where(table => !TenantTables.Left.ContainsKey(table.Name)).ToList();

        Assert.True(taken.Count > 20);
        Assert.Empty(taken.SelectMany(table => table.Columns.Where(column => Classification.Of(table.Name, column) == DataLevel.Secret).Select(column => $"{table.Name}.{column}")));
    }

    private async Task<IReadOnlyList<(string Table, string Column)>> Catalogue()
    {
        await using var admin = await test.Admin.OpenConnectionAsync(Ct);
        return (await admin.QueryAsync<(string, string)>(Columns)).AsList();
    }
}
