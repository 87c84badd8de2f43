-- What was known of periods, their policies and the shares in entities at an instant: totals as of then count by what was held to be true then.

alter table org.periods add recorded_at timestamptz not null default '-infinity'; -- of what is there already, nobody wrote down since when
alter table org.periods alter recorded_at set default clock_timestamp();
alter table org.entity_shares add recorded_at timestamptz not null default '-infinity';
alter table org.entity_shares alter recorded_at set default clock_timestamp();

-- A row as it was from one instant, up to another.
create table org.former_rows (
    tenant_id uuid not null,
    relation text not null check (relation in ('periods', 'entity_shares')),
    known_until timestamptz not null,
    former_id uuid not null default gen_random_uuid(),
    known_from timestamptz not null,
    body jsonb not null,
    primary key (tenant_id, relation, known_until, former_id),
    check (known_from <= known_until)
);
call platform.fence('org.former_rows', 'select, insert');
call platform.append_only('org.former_rows');

create function org.keep_former() returns trigger language plpgsql set search_path = '' as $$
declare
    at constant timestamptz := greatest(clock_timestamp(), old.recorded_at);
begin
    insert into org.former_rows (tenant_id, relation, known_from, known_until, body) values (old.tenant_id, tg_table_name, old.recorded_at, at, to_jsonb(old));
    if tg_op = 'DELETE' then
        return old;
    end if;
    new.recorded_at := at;
    return new;
end
$$;

-- Whoever erases a tenant for good keeps nothing of it.
create trigger former_changed before update on org.periods for each row
    when (current_user = 'offgridflow_app' and old.* is distinct from new.*) execute function org.keep_former();
create trigger former_changed before update on org.entity_shares for each row
    when (current_user = 'offgridflow_app' and old.* is distinct from new.*) execute function org.keep_former();
create trigger former_gone before delete on org.entity_shares for each row when (current_user = 'offgridflow_app') execute function org.keep_former();
