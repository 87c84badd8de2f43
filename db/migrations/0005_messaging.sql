-- Work to be done later. A worker leases a job, and every run of it is a new attempt: what it writes names the attempt, so that a
-- worker that lost its lease changes nothing more.
create table platform.jobs (
    tenant_id uuid not null,
    job_id uuid not null, -- time-ordered: its age
    type text not null check (type in ('calculation', 'ingestion', 'report_generation', 'export', 'notification', 'maintenance')),
    name text not null, -- of the handler
    key text,
    arguments jsonb not null,
    priority int not null default 0,
    status text not null default 'queued' check (status in ('queued', 'running', 'succeeded', 'dead', 'cancelled')),
    not_before timestamptz not null default clock_timestamp(),
    attempt int not null default 0, -- one more with each claim
    failures int not null default 0, -- in a row, since work was last saved
    worker text,
    leased_until timestamptz,
    cursor jsonb,
    done bigint not null default 0,
    total bigint,
    problem jsonb, -- of the last failure
    created_at timestamptz not null default clock_timestamp(),
    created_by text not null,
    claimed_at timestamptz, -- last
    finished_at timestamptz,
    primary key (tenant_id, job_id),
    check ((status = 'running') = (worker is not null)),
    check ((status = 'running') = (leased_until is not null)),
    check ((status in ('succeeded', 'dead', 'cancelled')) = (finished_at is not null))
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
create unique index jobs_by_key on platform.jobs (tenant_id, key) where key is not null and status in ('queued', 'running');
create index jobs_waiting on platform.jobs (tenant_id, priority desc, job_id) where status = 'queued';
create index jobs_running on platform.jobs (tenant_id, leased_until) where status = 'running';
create index jobs_by_claim on platform.jobs (tenant_id, claimed_at);
call platform.fence('platform.jobs', 'select, insert, update, delete');
-- What people do to jobs; what workers do to them is in the job itself.
create trigger audited after update of status on platform.jobs for each row
    when ((new.status = 'cancelled' and old.status <> 'cancelled') or (new.status = 'queued' and old.status in ('dead', 'cancelled'))) execute function platform.write_audit();
create policy queue on platform.jobs to offgridflow_owner using (true) with check (true);

-- Wakes idle workers, and tells the worker of a cancelled job. PostgreSQL sends it when the transaction commits, once per payload.
create function platform.ring_workers() returns trigger language plpgsql as $$
begin
    if new.status = 'queued' then
        perform pg_notify('platform_jobs', '');
    else
        perform pg_notify('platform_job_cancelled', new.job_id::text);
    end if;
    return null;
end
$$;
create trigger ring_queued after insert or update of status on platform.jobs for each row
    when (new.status = 'queued') execute function platform.ring_workers();
create trigger ring_cancelled after update of status on platform.jobs for each row
    when (old.status = 'running' and new.status = 'cancelled') execute function platform.ring_workers();

-- Fair between tenants: the one with the fewest jobs running goes first, then the one served longest ago; within a tenant the
-- higher priority, then age. Tenants with waiting jobs are found by skipping along the index, so that a long queue of one costs the
-- others nothing. A claim that a crash forgets is a job that waits again: it need not be flushed, and the work's own commit flushes it.
create function platform.claim_job(claiming text, names text[], lease interval)
    returns table (tenant_id uuid, job_id uuid, name text, arguments jsonb, cursor jsonb, attempt int, failures int)
    language plpgsql security definer set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off as $$
declare
    turn uuid;
    chosen uuid;
begin
    perform set_config('synchronous_commit', 'off', true);
    for turn in
        with recursive waiting as (
            (select j.tenant_id from platform.jobs j where j.status = 'queued' order by j.tenant_id limit 1)
            union all
            select (select j.tenant_id from platform.jobs j where j.status = 'queued' and j.tenant_id > w.tenant_id order by j.tenant_id limit 1)
            from waiting w where w.tenant_id is not null)
        select w.tenant_id from waiting w where w.tenant_id is not null
        order by
            (select count(*) from platform.jobs j where j.tenant_id = w.tenant_id and j.status = 'running'),
            (select max(j.claimed_at) from platform.jobs j where j.tenant_id = w.tenant_id) nulls first
    loop
        select j.job_id into chosen from platform.jobs j
        where j.tenant_id = turn and j.status = 'queued' and j.not_before <= clock_timestamp() and j.name = any (names)
        order by j.priority desc, j.job_id limit 1 for update skip locked;
        if found then
            return query
                update platform.jobs as j
                set status = 'running', worker = claiming, attempt = j.attempt + 1, claimed_at = clock_timestamp(), leased_until = clock_timestamp() + lease
                where j.tenant_id = turn and j.job_id = chosen
                returning j.tenant_id, j.job_id, j.name, j.arguments, j.cursor, j.attempt, j.failures;
            return;
        end if;
    end loop;
end
$$;
comment on function platform.claim_job(text, text[], interval) is 'Crosses tenants: a worker takes the next job of any tenant, and then works as that tenant.';

-- Prolongs the leases a worker holds and returns the jobs it holds no longer. A job that is locked is being saved or cancelled at
-- this moment: neither prolonged nor lost.
create function platform.keep_leases(keeping text, tenants uuid[], jobs uuid[], attempts int[], lease interval)
    returns setof uuid language plpgsql security definer set search_path = '' as $$
begin
    perform set_config('synchronous_commit', 'off', true);
    with held as (
        select j.tenant_id, j.job_id
        from unnest(tenants, jobs, attempts) as mine (tenant_id, job_id, attempt)
        join platform.jobs j on j.tenant_id = mine.tenant_id and j.job_id = mine.job_id and j.attempt = mine.attempt
        where j.status = 'running' and j.worker = keeping
        for update of j skip locked)
    update platform.jobs j set leased_until = clock_timestamp() + lease
    from held where j.tenant_id = held.tenant_id and j.job_id = held.job_id;
    return query
        select mine.job_id from unnest(tenants, jobs, attempts) as mine (tenant_id, job_id, attempt)
        where not exists (
            select from platform.jobs j
            where j.tenant_id = mine.tenant_id and j.job_id = mine.job_id and j.attempt = mine.attempt and j.status = 'running' and j.worker = keeping);
end
$$;
comment on function platform.keep_leases(text, uuid[], uuid[], int[], interval) is 'Crosses tenants: one heartbeat for all jobs of a worker.';

-- A worker that was killed prolongs nothing: its jobs wait again. It counts as a failure, so that a job that kills its workers ends.
create function platform.return_expired_jobs() returns bigint
    language sql security definer set search_path = '' set enable_seqscan = off as $$
    with expired as (
        select j.tenant_id, j.job_id from platform.jobs j
        where j.status = 'running' and j.leased_until < clock_timestamp() for update skip locked),
    returned as (
        update platform.jobs j set status = 'queued', worker = null, leased_until = null, failures = j.failures + 1
        from expired where j.tenant_id = expired.tenant_id and j.job_id = expired.job_id returning 1)
    select count(*) from returned
$$;
comment on function platform.return_expired_jobs() is 'Crosses tenants: any worker returns the jobs of one that was killed.';

-- One statement, so that short jobs cost little; it names the attempt, as every word of a worker does.
create function platform.finish_job(finishing text, tenant uuid, job uuid, finished_attempt int) returns boolean
    language sql security definer set search_path = '' as $$
    with finished as (
        update platform.jobs j set status = 'succeeded', finished_at = clock_timestamp(), problem = null, worker = null, leased_until = null
        where j.tenant_id = tenant and j.job_id = job and j.attempt = finished_attempt and j.worker = finishing and j.status = 'running'
        returning 1)
    select exists (select from finished)
$$;
comment on function platform.finish_job(text, uuid, uuid, int) is 'Crosses tenants: a worker ends a job it holds, without binding a tenant first.';

-- Jobs made by the clock.
create table platform.job_schedules (
    tenant_id uuid not null,
    schedule_id uuid not null,
    name text not null,
    type text not null check (type in ('calculation', 'ingestion', 'report_generation', 'export', 'notification', 'maintenance')),
    job_name text not null,
    arguments jsonb not null,
    cron text not null, -- minute, hour, day of month, month, day of week
    time_zone text not null, -- IANA
    next_at timestamptz not null,
    last_at timestamptz,
    primary key (tenant_id, schedule_id),
    unique (tenant_id, name)
);
create index job_schedules_due on platform.job_schedules (next_at);
call platform.fence('platform.job_schedules', 'select, insert, update, delete');
call platform.audited('platform.job_schedules', 'insert or update of cron, time_zone, arguments or delete');
create policy clock on platform.job_schedules for select to offgridflow_owner using (true);
create function platform.due_schedules(at timestamptz) returns table (tenant_id uuid, schedule_id uuid)
    language sql stable security definer set search_path = '' as $$
    select s.tenant_id, s.schedule_id from platform.job_schedules s where s.next_at <= at order by s.next_at limit 100
$$;
comment on function platform.due_schedules(timestamptz) is 'Crosses tenants: the scheduler finds what is due, and then works as that tenant.';

-- What has happened, told in the transaction in which it happened.
create table platform.outbox (
    tenant_id uuid not null,
    event_id uuid not null, -- time-ordered
    type text not null,
    body jsonb not null,
    at timestamptz not null,
    sent_at timestamptz, -- handed on to all who hear it
    primary key (tenant_id, event_id)
);
create index outbox_waiting on platform.outbox (tenant_id, event_id) where sent_at is null;
call platform.fence('platform.outbox', 'select, insert, update, delete');
create policy dispatch on platform.outbox for select to offgridflow_owner using (true);
create function platform.ring_dispatchers() returns trigger language plpgsql as $$
begin
    perform pg_notify('platform_outbox', '');
    return null;
end
$$;
create trigger ring_waiting after insert on platform.outbox for each row
    when (new.sent_at is null) execute function platform.ring_dispatchers();
create function platform.tenants_with_events() returns setof uuid
    language sql stable security definer set search_path = '' set enable_seqscan = off as $$
    with recursive waiting as (
        (select o.tenant_id from platform.outbox o where o.sent_at is null order by o.tenant_id limit 1)
        union all
        select (select o.tenant_id from platform.outbox o where o.sent_at is null and o.tenant_id > w.tenant_id order by o.tenant_id limit 1)
        from waiting w where w.tenant_id is not null)
    select w.tenant_id from waiting w where w.tenant_id is not null
$$;
comment on function platform.tenants_with_events() is 'Crosses tenants: the dispatcher finds who has told something, and then works as that tenant.';

-- What a subscriber has heard, written in the transaction of what it did about it.
create table platform.heard (
    tenant_id uuid not null,
    subscriber text not null,
    event_id uuid not null,
    at timestamptz not null default clock_timestamp(),
    primary key (tenant_id, subscriber, event_id),
    foreign key (tenant_id, event_id) references platform.outbox (tenant_id, event_id)
);
create index heard_by_event on platform.heard (tenant_id, event_id);
call platform.fence('platform.heard', 'select, insert, delete');

-- Where a tenant wants its events sent.
create table platform.webhooks (
    tenant_id uuid not null,
    webhook_id uuid not null,
    url text not null,
    event_types text[] not null, -- empty: all
    description text,
    status text not null default 'active' check (status in ('active', 'disabled')),
    disabled_reason text,
    failing_since timestamptz, -- null: the last delivery arrived
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    deleted_at timestamptz,
    version int not null default 1,
    primary key (tenant_id, webhook_id)
);
call platform.fence('platform.webhooks', 'select, insert, update');
call platform.audited('platform.webhooks', 'insert or update of url, event_types, description, status, deleted_at');

-- Apart, so that no audit row and no list holds a secret.
create table platform.webhook_secrets (
    tenant_id uuid not null,
    webhook_id uuid not null,
    secret bytea not null,
    primary key (tenant_id, webhook_id),
    foreign key (tenant_id, webhook_id) references platform.webhooks (tenant_id, webhook_id)
);
call platform.fence('platform.webhook_secrets', 'select, insert, delete');

-- One attempt to send one event to one webhook.
create table platform.deliveries (
    tenant_id uuid not null,
    webhook_id uuid not null,
    delivery_id uuid not null, -- time-ordered
    event_id uuid not null,
    job_id uuid not null,
    at timestamptz not null,
    duration_ms int not null,
    status_code int, -- null: no answer
    error text,
    answer text, -- its beginning
    primary key (tenant_id, webhook_id, delivery_id),
    foreign key (tenant_id, webhook_id) references platform.webhooks (tenant_id, webhook_id)
);
call platform.fence('platform.deliveries', 'select, insert, delete');

revoke execute on function
    platform.claim_job(text, text[], interval), platform.keep_leases(text, uuid[], uuid[], int[], interval), platform.return_expired_jobs(),
    platform.finish_job(text, uuid, uuid, int), platform.due_schedules(timestamptz), platform.tenants_with_events() from public;
grant execute on function
    platform.claim_job(text, text[], interval), platform.keep_leases(text, uuid[], uuid[], int[], interval), platform.return_expired_jobs(),
    platform.finish_job(text, uuid, uuid, int), platform.due_schedules(timestamptz), platform.tenants_with_events() to offgridflow_app;
