namespace OffGridFlow.App.Tests.Guards;

/// <summary>What must hold of the data model, each as a query on the catalogue that names every violation. Nothing here lists tables by hand but the few exceptions, each with its reason.</summary>
internal static class CatalogueRules
{
    private const string Tables = """
        with tables as (
            select c.oid, c.oid::regclass::text as name, c.relrowsecurity and c.relforcerowsecurity as fenced, c.relacl, c.relowner, c.relkind,
                (select a.attnum from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped) as tenant_column
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p') and n.nspname not like 'pg\_%' and n.nspname <> 'information_schema')
        """;

    private const string Bound = "(select current_setting('app.tenant_id')::uuid)";

    // The same as PostgreSQL prints it.
    private const string Printed = "( SELECT (current_setting(''app.tenant_id''::text))::uuid AS current_setting)";

    // What a person may see of their own, as PostgreSQL prints it.
    private const string Person = "(user_id = ( SELECT (current_setting(''app.user_id''::text))::uuid AS current_setting))";

    // A row of these is nobody's: which migrations were applied, the region of all of it, how long everything is kept, and which region has the tenants that are not here.
    private const string OfNoTenant = "'platform.migrations', 'platform.installation', 'platform.retention', 'org.elsewhere'";

    private const string AppendOnly = "'ledger.entries'::regclass, 'ledger.runs'::regclass, 'ledger.run_sums'::regclass, 'platform.audit'::regclass";

    public static readonly IReadOnlyDictionary<string, string> Violations = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["a table with tenant_id, a partition too, has row-level security enabled and forced"] =
            $"{Tables} select name from tables where tenant_column is not null and not fenced",

        ["a table without tenant_id is fenced on its id or its person, or is of no tenant"] =
            $"""
            {Tables} select name from tables where tenant_column is null and name not in ({OfNoTenant}) and not (fenced and exists (
                select from pg_policy p where p.polrelid = tables.oid and 'offgridflow_app'::regrole = any (p.polroles) and pg_get_expr(p.polqual, p.polrelid) in ('(id = {Printed})', '{Person}')))
            """,

        ["no other policy opens a person's rows to the application"] =
            $"""
            {Tables} select name || ': ' || p.polname from tables join pg_policy p on p.polrelid = tables.oid
            where name like 'people.%' and p.polpermissive and ('offgridflow_app'::regrole = any (p.polroles) or 0 = any (p.polroles))
                and (coalesce(pg_get_expr(p.polqual, p.polrelid), '{Person}') <> '{Person}' or coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '{Person}') <> '{Person}')
            """,

        [$"the application reaches a tenant's rows through a policy on {Bound}"] =
            $"""
            {Tables} select name from tables where tenant_column is not null and not exists (
                select from pg_policy p where p.polrelid = tables.oid and p.polpermissive and 'offgridflow_app'::regrole = any (p.polroles)
                    and pg_get_expr(p.polqual, p.polrelid) = '(tenant_id = {Printed})')
            """,

        ["no other policy opens a tenant's rows to the application"] =
            $"""
            {Tables} select name || ': ' || p.polname from tables join pg_policy p on p.polrelid = tables.oid
            where tenant_column is not null and p.polpermissive and ('offgridflow_app'::regrole = any (p.polroles) or 0 = any (p.polroles))
                and (coalesce(pg_get_expr(p.polqual, p.polrelid), '(tenant_id = {Printed})') <> '(tenant_id = {Printed})'
                    or coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '(tenant_id = {Printed})') <> '(tenant_id = {Printed})')
            """,

        ["every unique and primary key begins with tenant_id"] =
            $"""
            {Tables} select name || ': ' || i.indexrelid::regclass from tables join pg_index i on i.indrelid = tables.oid
            where tenant_column is not null and (i.indisunique or i.indisprimary) and i.indkey[0] <> tenant_column
            """,

        ["every foreign key begins with tenant_id, on both sides"] =
            $"""
            {Tables} select tables.name || ': ' || k.conname from tables join pg_constraint k on k.conrelid = tables.oid and k.contype = 'f' join pg_attribute f on f.attrelid = k.confrelid and f.attnum = k.confkey[1]
            where tenant_column is not null and ((k.conkey[1] <> tenant_column and k.confrelid <> 'people.users'::regclass) or (f.attname <> 'tenant_id' and k.confrelid not in ('org.tenants'::regclass, 'people.users'::regclass)))
            """,

        ["there is no view, plain or materialized: it would read with its owner's eyes"] =
            """
            select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('v', 'm') and n.nspname not like 'pg\_%' and n.nspname <> 'information_schema'
            """,

        ["nobody but the owner may truncate"] =
            $"""
            {Tables} select name || ' by ' || case a.grantee when 0 then 'public' else a.grantee::regrole::text end from tables, aclexplode(relacl) a
            where a.privilege_type = 'TRUNCATE' and a.grantee <> relowner
            union all select name || ' by offgridflow_app' from tables where has_table_privilege('offgridflow_app', oid, 'truncate')
            """,

        ["everything belongs to the owner role"] =
            $"""
            {Tables} select name || ' belongs to ' || relowner::regrole from tables where relowner <> 'offgridflow_owner'::regrole
            union all select p.oid::regprocedure || ' belongs to ' || p.proowner::regrole from pg_proc p join pg_namespace n on n.oid = p.pronamespace
                where n.nspname not like 'pg\_%' and n.nspname not in ('information_schema', 'public') and p.proowner <> 'offgridflow_owner'::regrole
            """,

        ["the application role owns nothing"] =
            """
            select pg_describe_object(classid, objid, objsubid) from pg_shdepend
            where refclassid = 'pg_authid'::regclass and refobjid = 'offgridflow_app'::regrole and deptype = 'o' and dbid in (0, (select oid from pg_database where datname = current_database()))
            """,

        ["the application role has no power over the fence, nor any role that has"] =
            """
            select rolname || ' is more than it should be' from pg_roles where rolname = 'offgridflow_app' and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)
            union all select 'offgridflow_app is a member of ' || roleid::regrole from pg_auth_members where member = 'offgridflow_app'::regrole
            """,

        ["the application cannot change or delete entries, runs and audit rows"] =
            $"""
            {Tables} select name || ': ' || privilege from tables, unnest(array['update', 'delete']) privilege
            where (tables.oid in ({AppendOnly}) or exists (select from pg_partition_ancestors(tables.oid) a where a in ({AppendOnly})))
                and (has_table_privilege('offgridflow_app', tables.oid, privilege) or (privilege = 'update' and has_any_column_privilege('offgridflow_app', tables.oid, privilege)))
            """,

        ["a trigger stops even the owner from changing, deleting and truncating them"] =
            $"""
            {Tables} select name || ': ' || stopped.what from tables, (values ('update', 16), ('delete', 8), ('truncate', 32)) stopped (what, bit)
            where (tables.oid in ({AppendOnly}) or exists (select from pg_partition_ancestors(tables.oid) a where a in ({AppendOnly})))
                and not exists (select from pg_trigger t where t.tgrelid = tables.oid and t.tgfoid = 'platform.refuse_change'::regproc and t.tgenabled in ('O', 'A') and t.tgtype & stopped.bit <> 0 and t.tgtype & 2 <> 0)
            """,

        ["a function that is security definer says why, and sets search_path"] =
            """
            select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
            where p.prosecdef and n.nspname not like 'pg\_%'
                and (obj_description(p.oid, 'pg_proc') is null or not exists (select from unnest(p.proconfig) setting where setting like 'search\_path=%'))
            """,

        ["a function that is security definer is not for everybody, unless only a trigger can call it"] =
            """
            select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
            where p.prosecdef and n.nspname not like 'pg\_%' and p.prorettype <> 'trigger'::regtype
                and exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee = 0)
            """,
    };

    public const string SecurityDefiners = """
        select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where p.prosecdef and n.nspname not like 'pg\_%' order by 1
        """;
}
