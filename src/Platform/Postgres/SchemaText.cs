using System.Text;
using Npgsql;

namespace OffGridFlow.Platform.Postgres;

/// <summary>A database's data model as one text to read: db/schema.sql. The same from every supported version of PostgreSQL.</summary>
public static class SchemaText
{
    // What is PostgreSQL's own.
    private const string Ours = "n.nspname not like 'pg\\_%' and n.nspname not in ('information_schema', 'public')";

    private const string Schemas = $"""
        select format(E'create schema %I;\n', n.nspname) from pg_namespace n where {Ours} order by n.nspname collate "C"
        """;

    private const string Types = $"""
        select format(E'create type %I.%I as enum (%s);\n', n.nspname, t.typname, string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder))
        from pg_type t join pg_namespace n on n.oid = t.typnamespace join pg_enum e on e.enumtypid = t.oid
        where {Ours} group by n.nspname, t.typname order by n.nspname collate "C", t.typname collate "C"
        """;

    private const string Functions = $"""
        select pg_get_functiondef(p.oid) || E';\n' || coalesce(format(
            E'comment on %s %I.%I(%s) is ', case p.prokind when 'p' then 'procedure' else 'function' end,
            n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) || quote_literal(obj_description(p.oid, 'pg_proc')) || E';\n', '')
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where {Ours} and p.prokind in ('f', 'p') and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
        order by n.nspname collate "C", p.proname collate "C", pg_get_function_identity_arguments(p.oid) collate "C"
        """;

    // Partitions take their columns, keys and indexes from the table they are of: one line each.
    private const string Tables = $"""
        select format(E'create table %I.%I (\n%s\n)%s;\n', n.nspname, c.relname,
            (select string_agg(format('    %I %s', a.attname, format_type(a.atttypid, a.atttypmod))
                    || case when a.attnotnull then ' not null' else '' end
                    || case when a.attidentity <> '' then ' generated ' || case a.attidentity when 'a' then 'always' else 'by default' end || ' as identity' else '' end
                    || case when a.attgenerated <> '' then format(' generated always as (%s) stored', pg_get_expr(d.adbin, d.adrelid))
                        when d.adbin is not null then ' default ' || pg_get_expr(d.adbin, d.adrelid) else '' end, E',\n' order by a.attnum)
                from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
                where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)
            || coalesce((select E',\n' || string_agg(format('    constraint %I %s', o.conname, pg_get_constraintdef(o.oid)), E',\n'
                    order by position(o.contype::text in 'pufxc'), o.conname collate "C")
                from pg_constraint o where o.conrelid = c.oid and o.contype in ('p', 'u', 'f', 'x', 'c')), ''),
            case c.relkind when 'p' then ' partition by ' || pg_get_partkeydef(c.oid) else '' end)
            || coalesce((select string_agg(format(E'create table %s partition of %I.%I %s;\n', p.oid::regclass, n.nspname, c.relname, pg_get_expr(p.relpartbound, p.oid)), ''
                    order by p.relname collate "C")
                from pg_inherits i join pg_class p on p.oid = i.inhrelid where i.inhparent = c.oid), '')
            || coalesce((select string_agg(pg_get_indexdef(x.indexrelid) || E';\n', '' order by pg_get_indexdef(x.indexrelid) collate "C")
                from pg_index x where x.indrelid = c.oid and not exists (select from pg_constraint o where o.conindid = x.indexrelid and o.conrelid = c.oid)), '')
            || case when c.relrowsecurity then format(E'alter table %I.%I enable row level security;\n', n.nspname, c.relname) else '' end
            || case when c.relforcerowsecurity then format(E'alter table %I.%I force row level security;\n', n.nspname, c.relname) else '' end
            || coalesce((select string_agg(format(E'create policy %I on %I.%I as %s for %s to %s%s%s;\n', p.polname, n.nspname, c.relname,
                    case when p.polpermissive then 'permissive' else 'restrictive' end,
                    case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
                    (select string_agg(case r.role when 0 then 'public' else pg_get_userbyid(r.role)::text end, ', ') from unnest(p.polroles) r (role)),
                    coalesce(E'\n    using (' || pg_get_expr(p.polqual, p.polrelid) || ')', ''),
                    coalesce(E'\n    with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '')), '' order by p.polname collate "C")
                from pg_policy p where p.polrelid = c.oid), '')
            || coalesce((select string_agg(pg_get_triggerdef(t.oid) || E';\n', '' order by t.tgname collate "C")
                from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal), '')
            || coalesce(format(E'comment on table %I.%I is ', n.nspname, c.relname) || quote_literal(obj_description(c.oid, 'pg_class')) || E';\n', '')
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where {Ours} and c.relkind in ('r', 'p') and not c.relispartition
        order by n.nspname collate "C", c.relname collate "C"
        """;

    private const string Views = $"""
        select format(E'create %sview %I.%I as\n%s\n', case c.relkind when 'm' then 'materialized ' else '' end, n.nspname, c.relname, pg_get_viewdef(c.oid))
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where {Ours} and c.relkind in ('v', 'm') order by n.nspname collate "C", c.relname collate "C"
        """;

    // The owner's own rights are left out: they are what owning means, and grow with PostgreSQL's versions.
    private const string Grants = $"""
        with granted as (
            select 'schema ' || quote_ident(n.nspname) as target, n.nspowner as owner, n.nspacl as acl, 1 as rank
            from pg_namespace n where {Ours}
            union all
            select c.oid::regclass::text, c.relowner, c.relacl, 2 from pg_class c join pg_namespace n on n.oid = c.relnamespace where {Ours} and c.relkind in ('r', 'p', 'v', 'm', 'S')
            union all
            select format('%s (%I)', a.attrelid::regclass, a.attname), c.relowner, a.attacl, 3
            from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace where {Ours} and a.attacl is not null
            union all
            select case p.prokind when 'p' then 'procedure ' else 'function ' end || p.oid::regprocedure::text, p.proowner, p.proacl, 4
            from pg_proc p join pg_namespace n on n.oid = p.pronamespace where {Ours}
        )
        select format(E'grant %s on %s to %s;\n', string_agg(lower(a.privilege_type), ', ' order by a.privilege_type), target,
            case a.grantee when 0 then 'public' else pg_get_userbyid(a.grantee)::text end)
        from granted, aclexplode(acl) a where a.grantee <> owner
        group by rank, target, a.grantee
        order by rank, target collate "C", case a.grantee when 0 then '' else pg_get_userbyid(a.grantee)::text end collate "C"
        """;

    /// <summary>Reads the data model of the connected database.</summary>
    public static async Task<string> Of(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using (var settle = new NpgsqlCommand("set local timezone = 'UTC'; set local search_path = ''; set local quote_all_identifiers = off", connection, transaction))
        {
            await settle.ExecuteNonQueryAsync(ct);
        }

        var text = new StringBuilder("-- The data model, generated from the migrations by './offgridflow migrate --schema'. To read, not to run.\n");
        foreach (var (query, spaced) in new[] { (Schemas, false), (Types, false), (Tables, true), (Views, true), (Functions, true), (Grants, false) })
        {
            await using var command = new NpgsqlCommand(query, connection, transaction);
            await using var rows = await command.ExecuteReaderAsync(ct);
            var first = true;
            while (await rows.ReadAsync(ct))
            {
                text.Append(first || spaced ? "\n" : "").Append(rows.GetString(0));
                first = false;
            }
        }

        return text.ToString();
    }

    /// <summary>The data model the migrations make, read from a scratch database that is dropped again.</summary>
    /// <param name="admin">A role that may create databases.</param>
    /// <param name="migrations">db/migrations.</param>
    /// <param name="ct">Stops.</param>
    public static async Task<string> OfMigrations(NpgsqlConnectionStringBuilder admin, string migrations, CancellationToken ct)
    {
        var name = $"offgridflow_schema_{Guid.CreateVersion7():N}";
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(admin.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(ct);
        await using (var create = new NpgsqlCommand($"create database {name}", connection))
        {
            await create.ExecuteNonQueryAsync(ct);
        }

        try
        {
            var there = new NpgsqlConnectionStringBuilder(admin.ConnectionString) { Database = name, Pooling = false };
            await new Migrator(there, migrations).Apply(ct);
            await using var scratch = new NpgsqlConnection(there.ConnectionString);
            await scratch.OpenAsync(ct);
            return await Of(scratch, ct);
        }
        finally
        {
            await using var drop = new NpgsqlCommand($"drop database {name} with (force)", connection);
            await drop.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }
}
