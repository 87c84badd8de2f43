-- Roles (made before the first migration): offgridflow_owner runs the migrations and owns everything; offgridflow_app is what the
-- program connects as: it owns nothing, and row-level security binds it; offgridflow_ops is for people.

create schema platform;
create schema org;
create schema factors;
create schema activities;
create schema ledger;
grant usage on schema platform, org, factors, activities, ledger to offgridflow_app, offgridflow_ops;

-- The tenant fence: row-level security, enabled and forced, with one policy on the bound tenant. The setting has no default, so
-- that a forgotten binding is an error and not an empty answer.
create procedure platform.fence(target regclass, privileges text) language plpgsql as $$
declare
    part regclass;
begin
    for part in select target union all select relid from pg_partition_tree(target) where relid <> target loop
        execute format('alter table %s enable row level security', part);
        execute format('alter table %s force row level security', part);
        execute format(
            'create policy tenant on %s to offgridflow_app using (tenant_id = (select current_setting(''app.tenant_id'')::uuid)) '
            'with check (tenant_id = (select current_setting(''app.tenant_id'')::uuid))', part);
    end loop;
    execute format('grant %s on %s to offgridflow_app', privileges, target);
end
$$;

-- Who changed what, written by triggers only. The owner writes it from within the trigger; nobody may change it.
create table platform.audit (
    tenant_id uuid not null,
    at timestamptz not null default clock_timestamp(),
    audit_id uuid not null default gen_random_uuid(),
    table_name text not null,
    operation text not null check (operation in ('insert', 'update', 'delete')),
    old_values jsonb,
    new_values jsonb,
    actor text not null,
    address text,
    user_agent text,
    request_id text,
    primary key (tenant_id, at, audit_id)
) partition by range (at);

do $$
begin
    execute 'create table platform.audit_before_2026 partition of platform.audit for values from (minvalue) to (''2026-01-01Z'')';
    for year in 2026..2035 loop
        execute format('create table platform.audit_%s partition of platform.audit for values from (%L) to (%L)',
            year, format('%s-01-01Z', year), format('%s-01-01Z', year + 1));
    end loop;
    execute 'create table platform.audit_from_2036 partition of platform.audit for values from (''2036-01-01Z'') to (maxvalue)';
end
$$;

call platform.fence('platform.audit', 'select');
create policy trail on platform.audit for insert to offgridflow_owner with check (true);

create function platform.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: write a reversal, an adjustment or a new version instead', tg_table_name
        using errcode = 'restrict_violation';
end
$$;

-- Stops UPDATE, DELETE and TRUNCATE for everyone, the owner too.
create procedure platform.append_only(target regclass) language plpgsql as $$
declare
    part regclass;
begin
    execute format('create trigger append_only before update or delete on %s for each row execute function platform.refuse_change()', target);
    for part in select target union all select relid from pg_partition_tree(target) where relid <> target loop
        execute format('create trigger append_only_truncate before truncate on %s for each statement execute function platform.refuse_change()', part);
    end loop;
end
$$;

call platform.append_only('platform.audit');

create function platform.write_audit() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    insert into platform.audit (tenant_id, table_name, operation, old_values, new_values, actor, address, user_agent, request_id)
    values (
        current_setting('app.tenant_id')::uuid, format('%I.%I', tg_table_schema, tg_table_name), lower(tg_op),
        case when tg_op <> 'INSERT' then to_jsonb(old) end, case when tg_op <> 'DELETE' then to_jsonb(new) end,
        current_setting('app.actor'), nullif(current_setting('app.address', true), ''),
        nullif(current_setting('app.user_agent', true), ''), nullif(current_setting('app.request_id', true), ''));
    return null;
end
$$;
comment on function platform.write_audit() is
    'Security definer so that the application can cause audit rows by changing something, and in no other way.';

create procedure platform.audited(target regclass, operations text default 'insert or update or delete') language plpgsql as $$
begin
    execute format('create trigger audited after %s on %s for each row execute function platform.write_audit()', operations, target);
end
$$;
