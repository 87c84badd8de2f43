using Npgsql;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Organizations.Governance;

/// <summary>A table as it is taken out and brought in.</summary>
internal sealed class TenantTable
{
    /// <summary>With its schema.</summary>
    public string Name { get; init; } = "";

    /// <summary>Columns of its key: the order of its rows.</summary>
    public string[] Key { get; init; } = [];

    /// <summary>Columns that are taken out.</summary>
    public string[] Columns { get; init; } = [];

    /// <summary>Those of them that hold free text.</summary>
    public string[] Texts { get; init; } = [];

    /// <summary>Columns that stay, and must hold something.</summary>
    public string[] Secrets { get; init; } = [];
}

/// <summary>
/// All tables with rows of a tenant, as the database's own catalogue has them: a table of tomorrow is in tomorrow's export without anybody thinking of it.
/// What stays behind is named here, with its reason.
/// </summary>
internal static class TenantTables
{
    /// <summary>Tables that are not taken out.</summary>
    public static readonly IReadOnlyDictionary<string, string> Left = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["platform.data_keys"] = "keys of this installation",
        ["platform.webhook_secrets"] = "secrets",
        ["activities.source_secrets"] = "secrets",
        ["platform.idempotency"] = "answers to requests of the last day",
        ["activities.uploads"] = "files on their way",
        ["org.exports"] = "exports themselves",
        ["org.tenant_imports"] = "of the installation",
        ["org.erasure_certificates"] = "of the installation",
    };

    // Secrets of other names belong into a table of their own, named above.
    private const string IsSecret = "(a.attname ~ 'secret|sealed|wrapped|private_key' or (n.nspname = 'org' and a.attname = 'hash'))";

    private const string Catalogue = $"""
        select format('%I.%I', n.nspname, c.relname) as name,
            (select array_agg(a.attname::text order by array_position(i.indkey::int2[], a.attnum)) from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
                where i.indrelid = c.oid and i.indisprimary) as key,
            array_agg(a.attname::text order by a.attnum) filter (where not {IsSecret}) as columns,
            coalesce(array_agg(a.attname::text order by a.attnum) filter (where not {IsSecret} and a.atttypid in ('text'::regtype, 'varchar'::regtype)), array[]::text[]) as texts,
            coalesce(array_agg(a.attname::text order by a.attnum) filter (where {IsSecret} and a.attnotnull and a.atttypid = 'bytea'::regtype), array[]::text[]) as secrets
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
        where c.relkind in ('r', 'p') and not c.relispartition and n.nspname in ('platform', 'org', 'factors', 'activities', 'ledger', 'reporting')
            and (exists (select from pg_attribute t where t.attrelid = c.oid and t.attname = 'tenant_id' and not t.attisdropped) or format('%I.%I', n.nspname, c.relname) = @Tenants)
        group by c.oid, n.nspname, c.relname order by 1
        """;

    private static readonly NpgsqlCommandBuilder Quoting = new();

    /// <summary>The table of the tenants themselves: its key is its id.</summary>
    public const string Tenants = "org.tenants";

    public static async Task<IReadOnlyList<TenantTable>> All(Session session) =>
        [.. (await session.Query<TenantTable>(Catalogue, new { Tenants })).Where(table => !Left.ContainsKey(table.Name))];

    /// <summary>The same, for whoever has no session.</summary>
    public static string Sql => Catalogue;

    public static string Quoted(string column) => Quoting.QuoteIdentifier(column);

    /// <summary>As lines of JSON. Raw line breaks stand between tokens only, so that a blank says the same.</summary>
    public static string ToJson(TenantTable table) =>
        $"copy (select translate(row_to_json(t)::text, E'\\n\\r', '  ') from (select {string.Join(", ", table.Columns.Select(Quoted))} from {table.Name} order by {string.Join(", ", table.Key.Select(Quoted))}) t) to stdout {Lines}";

    /// <summary>For people, with a header. Text that a spreadsheet would run as a formula is led by an apostrophe.</summary>
    public static string ToCsv(TenantTable table) =>
        $"copy (select {string.Join(", ", table.Columns.Select(column => table.Texts.Contains(column, StringComparer.Ordinal) ? Plain(Quoted(column)) : Quoted(column)))} from {table.Name} order by {string.Join(", ", table.Key.Select(Quoted))}) to stdout (format csv, header)";

    /// <summary>One JSON document a line, nothing escaped: characters that no JSON holds stand for delimiter and quote.</summary>
    public const string Lines = "(format csv, delimiter E'\\x01', quote E'\\x02')";

    // As CsvText.Harmless has it.
    private static string Plain(string column) =>
        $@"case when {column} ~ '^[ \u00A0\uFEFF]*([=@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]|[+-](?![0-9., '']*$))' then '''' || {column} else {column} end as {column}";
}
