-- The trail can be checked, everything of a tenant can be taken out, brought in and erased for good, and what has served its time goes.

-- The audit trail as a chain: each row's hash covers its content and the hash before it. Rows are written as they happen and chained soon
-- after, in one place at a time, so that writers do not wait for one another (docs/decisions/0019).
create table platform.audit_unchained (
    tenant_id uuid not null,
    at timestamptz not null,
    audit_id uuid not null,
    primary key (tenant_id, at, audit_id)
);
call platform.fence('platform.audit_unchained', 'select');
create policy chain on platform.audit_unchained to offgridflow_owner using (true) with check (true);

create table platform.audit_chain (
    tenant_id uuid not null,
    chain_no bigint not null check (chain_no > 0), -- 1, 2, 3 … without gaps
    at timestamptz not null,
    audit_id uuid not null,
    hash bytea not null, -- SHA-256 over the hash before and the row as a JSON array
    primary key (tenant_id, chain_no),
    unique (tenant_id, at, audit_id)
);
call platform.fence('platform.audit_chain', 'select');
create policy chain on platform.audit_chain to offgridflow_owner using (true) with check (true);

-- Where the chain begins once its oldest rows have served their time.
create table platform.audit_starts (
    tenant_id uuid primary key,
    chain_no bigint not null, -- the last that is gone
    hash bytea not null
);
call platform.fence('platform.audit_starts', 'select');
create policy chain on platform.audit_starts to offgridflow_owner using (true) with check (true);
create policy chain on platform.audit for select to offgridflow_owner using (true);
create policy retention on platform.audit for delete to offgridflow_owner using (true);

-- The row as it is hashed. An instant in microseconds: its text depends on the session.
create function platform.audit_text(r platform.audit) returns text language sql stable set search_path = '' as $$
    select jsonb_build_array(r.tenant_id, (extract(epoch from r.at) * 1000000)::bigint, r.audit_id, r.table_name, r.operation, r.old_values, r.new_values,
        r.actor, r.address, r.user_agent, r.request_id)::text
$$;

create function platform.chain_audit(chained uuid, most int) returns bigint language plpgsql security definer set search_path = '' as $$
declare
    head record;
    row record;
    done bigint := 0;
begin
    perform pg_advisory_xact_lock(hashtextextended('platform.audit_chain ' || chained, 0));
    select c.chain_no, c.hash into head from platform.audit_chain c where c.tenant_id = chained order by c.chain_no desc limit 1;
    if not found then
        select s.chain_no, s.hash into head from platform.audit_starts s where s.tenant_id = chained;
    end if;
    if not found then
        select 0::bigint as chain_no, decode(repeat('00', 32), 'hex') as hash into head;
    end if;
    for row in
        select u.at, u.audit_id, platform.audit_text(a) as content
        from platform.audit_unchained u join platform.audit a on a.tenant_id = u.tenant_id and a.at = u.at and a.audit_id = u.audit_id
        where u.tenant_id = chained order by u.at, u.audit_id limit most
    loop
        head.chain_no := head.chain_no + 1;
        head.hash := sha256(head.hash || convert_to(row.content, 'UTF8'));
        insert into platform.audit_chain (tenant_id, chain_no, at, audit_id, hash) values (chained, head.chain_no, row.at, row.audit_id, head.hash);
        delete from platform.audit_unchained u where u.tenant_id = chained and u.at = row.at and u.audit_id = row.audit_id;
        done := done + 1;
    end loop;
    return done;
end
$$;
comment on function platform.chain_audit(uuid, int) is 'Crosses tenants: chains what any tenant''s transactions have added to its trail; the application can do no more to the chain than this.';

create function platform.tenants_to_chain() returns setof uuid
    language sql stable security definer set search_path = '' set enable_seqscan = off as $$
    with recursive waiting as (
        (select u.tenant_id from platform.audit_unchained u order by u.tenant_id limit 1)
        union all
        select (select u.tenant_id from platform.audit_unchained u where u.tenant_id > w.tenant_id order by u.tenant_id limit 1)
        from waiting w where w.tenant_id is not null)
    select w.tenant_id from waiting w where w.tenant_id is not null
$$;
comment on function platform.tenants_to_chain() is 'Crosses tenants: finds whose trail has rows that are not chained yet.';

-- A tenant that asked to be erased, and when that happens. It may think again until then.
create table org.erasures (
    tenant_id uuid not null,
    erasure_id uuid not null,
    reason text not null,
    requested_at timestamptz not null,
    requested_by text not null,
    due_at timestamptz not null check (due_at >= requested_at + interval '30 days'),
    cancelled_at timestamptz,
    cancelled_by text,
    primary key (tenant_id, erasure_id)
);
create unique index erasures_standing on org.erasures (tenant_id) where cancelled_at is null;
call platform.fence('org.erasures', 'select, insert');
grant update (cancelled_at, cancelled_by) on org.erasures to offgridflow_app;
create policy erasure on org.erasures to offgridflow_owner using (true) with check (true);
call platform.audited('org.erasures', 'insert or update');
-- Nobody makes the window shorter, by whatever they write.
create function org.set_erasure_window() returns trigger language plpgsql set search_path = '' as $$
begin
    if current_user <> 'offgridflow_owner' then -- Who brings a tenant in brings its dates.
        new.requested_at := clock_timestamp();
        new.due_at := new.requested_at + interval '30 days';
    end if;
    return new;
end
$$;
create trigger dates before insert on org.erasures for each row execute function org.set_erasure_window();

-- What remains of a tenant that was erased.
create table org.erasure_certificates (
    tenant_id uuid primary key,
    erased_at timestamptz not null,
    body jsonb not null,
    hash bytea not null -- SHA-256 over body as text
);
call platform.fence('org.erasure_certificates', 'select');
create policy erasure on org.erasure_certificates to offgridflow_owner using (true) with check (true);
call platform.append_only('org.erasure_certificates');

-- A tenant that is being brought in from another installation.
create table org.tenant_imports (
    tenant_id uuid primary key,
    began_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz
);
call platform.fence('org.tenant_imports', 'select');
create policy import on org.tenant_imports to offgridflow_owner using (true) with check (true);

-- Exports that a job makes.
create table org.exports (
    tenant_id uuid not null,
    export_id uuid not null,
    requested_at timestamptz not null,
    requested_by text not null,
    job_id uuid,
    sha256 bytea, -- of the zip, in the file store
    size_bytes bigint,
    finished_at timestamptz,
    expires_at timestamptz,
    primary key (tenant_id, export_id)
);
call platform.fence('org.exports', 'select, insert, update, delete');
call platform.audited('org.exports', 'insert');

alter table org.tenants add closed_at timestamptz; -- the subscription's end; what it starts: the retention of activities, ledger and trail
create function org.set_closed_at() returns trigger language plpgsql set search_path = '' as $$
begin
    new.closed_at := case when new.status <> 'closed' then null when old.status = 'closed' then old.closed_at else clock_timestamp() end;
    return new;
end
$$;
create trigger closing before update of status, closed_at on org.tenants for each row execute function org.set_closed_at();

-- The bound tenant, when its rows in a schema may go for good; else null. Facts, not settings: the trail's owner cannot pretend.
create function org.erasable(of_schema text) returns uuid language sql stable set search_path = '' as $$
    select e.tenant_id from org.erasures e
    where e.tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid and e.cancelled_at is null and e.due_at <= clock_timestamp()
    union all
    select t.id from org.tenants t
    where t.id = nullif(current_setting('app.tenant_id', true), '')::uuid and of_schema = 'activities' and t.closed_at < clock_timestamp() - interval '90 days'
    limit 1
$$;
revoke execute on function org.erasable(text) from public;

-- The bound tenant, while it is being brought in; else null.
create function org.importing() returns uuid language sql stable set search_path = '' as $$
    select i.tenant_id from org.tenant_imports i
    where i.tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid and i.finished_at is null
$$;
revoke execute on function org.importing() from public;

-- Lets the owner's functions erase a tenant's rows once that is due, and bring them in, and do nothing else to them.
create procedure platform.governed(target regclass) language plpgsql as $$
declare
    of_schema text := (select n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = target);
begin
    execute format('create policy erasing on %s for delete to offgridflow_owner using (tenant_id = (select org.erasable(%L)))', target, of_schema);
    execute format('create policy erasing_sees on %s for select to offgridflow_owner using (tenant_id = (select org.erasable(%L)))', target, of_schema);
    execute format('create policy importing on %s for insert to offgridflow_owner with check (tenant_id = (select org.importing()))', target);
end
$$;

do $$
declare
    target regclass;
begin
    for target in
        select c.oid from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
        where c.relkind in ('r', 'p') and not c.relispartition
            and c.oid not in ('org.erasures'::regclass, 'org.erasure_certificates'::regclass, 'org.tenant_imports'::regclass)
    loop
        call platform.governed(target);
    end loop;
    for target in select c.oid from pg_class c where c.relkind = 'r' and c.relnamespace = 'people'::regnamespace loop
        execute format('create policy erasing on %s for delete to offgridflow_owner using (true)', target);
        execute format('create policy erasing_sees on %s for select to offgridflow_owner using (true)', target);
    end loop;
end
$$;
create policy erasing on org.tenants for delete to offgridflow_owner using (id = (select org.erasable('org')));
create policy importing on org.tenants for insert to offgridflow_owner with check (id = (select org.importing()));
create policy importing on people.users for insert to offgridflow_owner with check ((select org.importing()) is not null);

-- As before, and governed: for the tables to come.
create or replace procedure platform.fence(target regclass, privileges text) language plpgsql as $$
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
    call platform.governed(target);
end
$$;

create or replace procedure platform.fence_person(target regclass, privileges text) language plpgsql as $$
begin
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format(
        'create policy person on %s to offgridflow_app using (user_id = (select current_setting(''app.user_id'')::uuid)) '
        'with check (user_id = (select current_setting(''app.user_id'')::uuid))', target);
    execute format('grant %s on %s to offgridflow_app', privileges, target);
    execute format('create policy erasing on %s for delete to offgridflow_owner using (true)', target);
    execute format('create policy erasing_sees on %s for select to offgridflow_owner using (true)', target);
end
$$;

-- Append-only gives way in two cases, which it checks itself: a tenant whose erasure is due, and a trail's rows after seven years.
create or replace function platform.refuse_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        if org.erasable(tg_table_schema) = old.tenant_id then
            return old;
        end if;
    end if;
    if tg_op = 'DELETE' and tg_table_schema = 'platform' and tg_table_name like 'audit%' then
        if old.at < clock_timestamp() - interval '7 years' then
            return old;
        end if;
    end if;
    raise exception '% is append-only: write a reversal, an adjustment or a new version instead', tg_table_name
        using errcode = 'restrict_violation';
end
$$;
call platform.append_only('platform.audit_chain');

-- Of these only the owner's functions are asked about: the application may not even ask.
create or replace function factors.refuse_locked() returns trigger language plpgsql as $$
begin
    if current_user = 'offgridflow_owner' and tg_op = 'DELETE' then
        if org.erasable('factors') = old.tenant_id then
            return old;
        end if;
    end if;
    if old.locked_at is not null then
        raise exception 'snapshot % is locked: make a new one instead', old.snapshot_id using errcode = 'restrict_violation';
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end
$$;
create or replace function factors.refuse_override_of_locked() returns trigger language plpgsql as $$
declare
    touched uuid := case when tg_op = 'DELETE' then old.snapshot_id else new.snapshot_id end;
    locked timestamptz;
begin
    if current_user = 'offgridflow_owner' then
        if (tg_op = 'DELETE' and org.erasable('factors') is not null) or (tg_op = 'INSERT' and org.importing() is not null) then
            return case when tg_op = 'DELETE' then old else new end;
        end if;
    end if;
    select locked_at into locked from factors.snapshots where snapshot_id = touched for share;
    if locked is not null then
        raise exception 'snapshot % is locked: make a new one instead', touched using errcode = 'restrict_violation';
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end
$$;

-- The trail tells that a row changed and how, and no secret: what is kept of one, a hash or sealed, stays out too, whatever table it stands in. What
-- is brought in has its trail with it: the import writes none of its own into it.
create or replace function platform.write_audit() returns trigger language plpgsql security definer set search_path = '' as $$
declare
    secret constant text[] := array['hash', 'secret', 'private_key', 'wrapped', 'token', 'stamp'];
begin
    if current_setting('app.importing', true) = 'on' and org.importing() is not null then
        return null;
    end if;
    insert into platform.audit (tenant_id, table_name, operation, old_values, new_values, actor, address, user_agent, request_id)
    values (
        current_setting('app.tenant_id')::uuid, format('%I.%I', tg_table_schema, tg_table_name), lower(tg_op),
        case when tg_op <> 'INSERT' then to_jsonb(old) - secret end, case when tg_op <> 'DELETE' then to_jsonb(new) - secret end,
        current_setting('app.actor'), nullif(current_setting('app.address', true), ''),
        nullif(current_setting('app.user_agent', true), ''), nullif(current_setting('app.request_id', true), ''));
    return null;
end
$$;
create function platform.queue_audit() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    if current_setting('app.importing', true) = 'on' and org.importing() is not null then
        return null;
    end if;
    insert into platform.audit_unchained (tenant_id, at, audit_id) values (new.tenant_id, new.at, new.audit_id);
    return null;
end
$$;
comment on function platform.queue_audit() is 'Security definer so that a row of the trail is queued for its chain by being written, and in no other way.';
create trigger chained after insert on platform.audit for each row execute function platform.queue_audit();
-- What is in the trail already.
insert into platform.audit_unchained (tenant_id, at, audit_id) select tenant_id, at, audit_id from platform.audit;

-- Rows of the trail and the chain that have served their seven years: a whole beginning, never a gap.
create function platform.prune_audit(pruned uuid, most int) returns bigint language plpgsql security definer set search_path = '' as $$
declare
    last_gone record;
    gone bigint;
begin
    perform pg_advisory_xact_lock(hashtextextended('platform.audit_chain ' || pruned, 0));
    select c.chain_no, c.hash into last_gone from platform.audit_chain c
    where c.tenant_id = pruned and c.chain_no in (select o.chain_no from platform.audit_chain o where o.tenant_id = pruned order by o.chain_no limit most)
        and c.chain_no < coalesce((select min(y.chain_no) from platform.audit_chain y where y.tenant_id = pruned and y.at >= clock_timestamp() - interval '7 years'), 9223372036854775807)
    order by c.chain_no desc limit 1;
    if not found then
        return 0;
    end if;
    insert into platform.audit_starts (tenant_id, chain_no, hash) values (pruned, last_gone.chain_no, last_gone.hash)
    on conflict (tenant_id) do update set chain_no = excluded.chain_no, hash = excluded.hash;
    delete from platform.audit a using platform.audit_chain c
    where c.tenant_id = pruned and c.chain_no <= last_gone.chain_no and a.tenant_id = pruned and a.at = c.at and a.audit_id = c.audit_id;
    delete from platform.audit_chain c where c.tenant_id = pruned and c.chain_no <= last_gone.chain_no;
    get diagnostics gone = row_count;
    return gone;
end
$$;
comment on function platform.prune_audit(uuid, int) is 'Crosses tenants: ends the keeping of rows older than seven years, whoever''s they are, the installation''s too.';

-- Sessions and tokens are persons'; whoever prunes prunes everybody's.
create function people.prune(sessions_before timestamptz, tokens_before timestamptz, most int) returns bigint language plpgsql security definer set search_path = '' as $$
declare
    gone bigint;
    tokens bigint;
begin
    delete from people.one_time_tokens t where (t.user_id, t.hash) in
        (select o.user_id, o.hash from people.one_time_tokens o where o.expires_at < least(tokens_before, clock_timestamp()) limit most);
    get diagnostics tokens = row_count;
    with ended as (
        select s.user_id, s.session_id from people.sessions s
        where s.expires_at < least(sessions_before, clock_timestamp()) or s.ended_at < least(sessions_before, clock_timestamp()) limit most),
    refreshing as (delete from people.refresh_tokens r using ended where r.user_id = ended.user_id and r.session_id = ended.session_id)
    delete from people.sessions s using ended where s.user_id = ended.user_id and s.session_id = ended.session_id;
    get diagnostics gone = row_count;
    return greatest(gone, tokens);
end
$$;
comment on function people.prune(timestamptz, timestamptz, int) is 'Crosses persons: sessions and tokens that ended long ago go, whoever''s they were.';

-- Tables with a column, those that refer before those that are referred to.
create function org.deletion_order(key_column text) returns setof regclass language plpgsql stable set search_path = '' as $$
declare
    remaining oid[] := array(
        select c.oid from pg_catalog.pg_class c join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = key_column and not a.attisdropped
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and not c.relispartition and n.nspname in ('platform', 'org', 'people', 'factors', 'activities', 'ledger') order by c.oid);
    next oid;
begin
    while cardinality(remaining) > 0 loop
        select t into next from unnest(remaining) t
        where not exists (select from pg_catalog.pg_constraint k where k.contype = 'f' and k.confrelid = t and k.conrelid <> t and k.conrelid = any (remaining)) limit 1;
        if next is null then
            raise exception 'tables refer to each other in a circle: %', remaining;
        end if;
        remaining := array_remove(remaining, next);
        return next next;
        next := null;
    end loop;
end
$$;

-- Erases the bound tenant, when that is due: every row of every table, and whoever belonged to it alone. What remains is the certificate.
create function org.erase_tenant(files_erased bigint) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
    tenant uuid := org.erasable('org');
    asked record;
    named record;
    target regclass;
    persons uuid[];
    counts jsonb := '{}';
    gone bigint;
    body jsonb;
begin
    if tenant is null then
        raise exception 'no erasure of this tenant is due' using errcode = 'restrict_violation';
    end if;
    select e.* into asked from org.erasures e where e.tenant_id = tenant and e.cancelled_at is null;
    select t.name, t.slug into named from org.tenants t where t.id = tenant;
    select array_agg(m.user_id) into persons from org.memberships m
    where m.tenant_id = tenant and not exists (select from org.memberships o where o.user_id = m.user_id and o.tenant_id <> tenant);
    for target in
        select o from org.deletion_order('tenant_id') o
        where o not in ('org.erasures'::regclass, 'org.erasure_certificates'::regclass, 'platform.audit'::regclass, 'platform.audit_chain'::regclass,
            'platform.audit_unchained'::regclass, 'platform.audit_starts'::regclass)
    loop
        execute format('delete from %s where tenant_id = $1', target) using tenant;
        get diagnostics gone = row_count;
        counts := counts || jsonb_build_object(target::text, gone);
    end loop;
    for target in select o from org.deletion_order('user_id') o where o::text like 'people.%' loop
        execute format('delete from %s where user_id = any ($1)', target) using persons;
        get diagnostics gone = row_count;
        counts := counts || jsonb_build_object(target::text, gone);
    end loop;
    delete from org.tenants where id = tenant;
    -- Last, because what went before was audited too.
    foreach target in array array['platform.audit_unchained', 'platform.audit_chain', 'platform.audit_starts', 'platform.audit', 'org.erasures']::regclass[] loop
        execute format('delete from %s where tenant_id = $1', target) using tenant;
        get diagnostics gone = row_count;
        counts := counts || jsonb_build_object(target::text, gone);
    end loop;
    body := jsonb_build_object(
        'tenant_id', tenant, 'name_sha256', encode(sha256(convert_to(named.name, 'UTF8')), 'hex'), 'slug_sha256', encode(sha256(convert_to(named.slug, 'UTF8')), 'hex'),
        'reason', asked.reason, 'requested_by', asked.requested_by, 'requested_at', to_jsonb(asked.requested_at at time zone 'UTC'),
        'due_at', to_jsonb(asked.due_at at time zone 'UTC'), 'erased_at', to_jsonb(clock_timestamp() at time zone 'UTC'), 'rows', counts, 'files', files_erased);
    insert into org.erasure_certificates (tenant_id, erased_at, body, hash) values (tenant, clock_timestamp(), body, sha256(convert_to(body::text, 'UTF8')));
    return body;
end
$$;
comment on function org.erase_tenant(bigint) is 'Deletes what is append-only, of the bound tenant alone and only once its window of 30 days is over.';

-- 90 days after the subscription's end: what was measured goes, the ledger stays.
create function org.erase_activities() returns bigint language plpgsql security definer set search_path = '' as $$
declare
    tenant uuid := org.erasable('activities');
    target regclass;
    gone bigint;
    done bigint := 0;
begin
    if tenant is null then
        return 0;
    end if;
    for target in select o from org.deletion_order('tenant_id') o where o::text like 'activities.%' loop
        execute format('delete from %s where tenant_id = $1', target) using tenant;
        get diagnostics gone = row_count;
        done := done + gone;
    end loop;
    return done;
end
$$;
comment on function org.erase_activities() is 'Deletes what is append-only: the activities of the bound tenant, and only 90 days after its subscription ended.';

create function org.certificates() returns table (tenant_id uuid, erased_at timestamptz, body text, hash bytea)
    language sql stable security definer set search_path = '' as $$ select c.tenant_id, c.erased_at, c.body::text, c.hash from org.erasure_certificates c order by c.erased_at $$;
comment on function org.certificates() is 'Crosses tenants: the operator''s list of the tenants that are no more (tenant certificates).';

-- Who the rows of an export refer to. Of somebody who is no member any more, no more than that there was one.
create function people.for_export() returns table (user_id uuid, email text, name text, status text, email_confirmed_at timestamptz)
    language sql stable security definer set search_path = '' as $$
    select u.user_id, case when m.status = 'removed' then u.user_id || '@removed.invalid' else u.email end, case when m.status = 'removed' then 'Former member' else u.name end,
        case when m.status = 'removed' then 'disabled' else u.status end, case when m.status <> 'removed' then u.email_confirmed_at end
    from org.memberships m join people.users u on u.user_id = m.user_id
    where m.tenant_id = (select current_setting('app.tenant_id')::uuid)
$$;
comment on function people.for_export() is 'Crosses persons: shows a tenant its own members, for its export.';

revoke execute on function people.for_export(), platform.chain_audit(uuid, int), platform.tenants_to_chain(), platform.prune_audit(uuid, int), people.prune(timestamptz, timestamptz, int),
    org.erase_tenant(bigint), org.erase_activities(), org.certificates() from public;
grant execute on function people.for_export(), platform.chain_audit(uuid, int), platform.tenants_to_chain(), platform.prune_audit(uuid, int), people.prune(timestamptz, timestamptz, int),
    org.erase_tenant(bigint), org.erase_activities(), org.certificates() to offgridflow_app;

-- A key of a tenant that is no more opens nothing from that moment on.
create trigger tells_gone after delete on org.tenants for each statement execute function platform.tell_access();

-- Mutations that had no row in the trail yet.
call platform.audited('activities.imports', 'insert or update of undone_reason');
call platform.audited('activities.uploads', 'insert');
call platform.audited('ledger.runs', 'insert');
call platform.audited('ledger.closings', 'insert');
