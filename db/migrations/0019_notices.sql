-- Who is told of a breach and has seen it; how long everything is kept, in one table; whose an upload in pieces is.

-- A notice of a breach to a tenant's administrators (GDPR Art. 33): what the operator wrote, under a reference that is told once.
create table org.notices (
    tenant_id uuid not null,
    notice_id uuid not null,
    reference text not null,
    title text not null,
    body text not null, -- Markdown
    published_at timestamptz not null,
    acknowledged_at timestamptz,
    acknowledged_by text,
    primary key (tenant_id, notice_id),
    unique (tenant_id, reference),
    check ((acknowledged_at is null) = (acknowledged_by is null))
);
call platform.fence('org.notices', 'select, insert');
grant update (acknowledged_at, acknowledged_by) on org.notices to offgridflow_app;
call platform.audited('org.notices', 'insert or update');
create trigger tells after insert or update on org.notices for each statement execute function platform.tell_access();

create table org.notice_letters (
    tenant_id uuid not null,
    notice_id uuid not null,
    user_id uuid not null,
    job_id uuid not null, -- that sends it
    written_at timestamptz not null,
    primary key (tenant_id, notice_id, user_id),
    foreign key (tenant_id, notice_id) references org.notices (tenant_id, notice_id)
);
call platform.fence('org.notice_letters', 'select, insert');
call platform.audited('org.notice_letters', 'insert');

-- How long what is kept: what the nightly job works by, the database insists on, and people are shown. An operator's setting may say otherwise where one is named.
create table platform.retention (
    name text primary key,
    place int not null unique,
    holds text not null,
    days int check (days > 0), -- null: until the organisation is erased
    starts text not null,
    ends text not null,
    why text not null,
    setting text
);
grant select on platform.retention to offgridflow_app;
insert into platform.retention (place, name, holds, days, starts, ends, why, setting) values
    (1, 'ledger', 'Ledger: entries, runs, calculations, closings', 2557, 'the subscription''s end', 'erased with the organisation',
        'Figures that were reported can be proven for as long as they can be questioned: retention duties of commercial and tax law (GDPR Art. 6(1)(c)).', null),
    (2, 'audit', 'Audit trail: changes, sign-ins, refusals, exports', 2557, 'each row''s instant', 'the oldest rows go; the chain goes on from there',
        'Who did what to those figures: the same duties, and the security of processing (GDPR Art. 32).', null),
    (3, 'activities', 'Activities, imports, raw files and evidence', 90, 'the subscription''s end', 'deleted, with the files',
        'Needed for the contract (GDPR Art. 6(1)(b)); time to take everything out after it.', null),
    (4, 'organization', 'Entities, facilities, periods, factors of one''s own, members, notices, settings', 2557, 'the subscription''s end', 'erased with the organisation',
        'Without them the ledger cannot be read.', null),
    (5, 'erasure', 'Everything, once deletion was asked for', 30, 'the request', 'erased for good; a certificate remains',
        'The right to erasure (GDPR Art. 17), with time to think again.', null),
    (6, 'certificates', 'Certificates of erasure: ids, hashes, dates and counts', null, 'the erasure', 'kept',
        'Proof that it was done (GDPR Art. 5(2)); they name nobody.', null),
    (7, 'jobs', 'Jobs that ended, events that were handed on, deliveries of webhooks', 30, 'their end', 'deleted', 'To find out what went wrong.', 'OFFGRIDFLOW_KEEP_DAYS'),
    (8, 'dead_letters', 'Jobs that failed for good', 365, 'their end', 'deleted', 'Somebody may still requeue them.', 'OFFGRIDFLOW_KEEP_DEAD_DAYS'),
    (9, 'uploads', 'Uploads in pieces that were given up', 7, 'their beginning', 'deleted, with what had arrived', 'A broken connection can be taken up again.', 'OFFGRIDFLOW_KEEP_UPLOADS_DAYS'),
    (10, 'answers', 'Answers kept for requests that are repeated', 1, 'the request', 'deleted', 'A repeated request does nothing twice.', null),
    (11, 'exports', 'Exports made by a job', 1, 'their end', 'deleted, with the file', 'Time to fetch them.', null),
    (12, 'sessions', 'Sessions with their addresses and devices', 30, 'their end', 'deleted', 'To look into a misuse (GDPR Art. 32).', null),
    (13, 'invitations', 'Invitations that nobody accepted', 30, 'their expiry or revocation', 'deleted', 'They hold an address; time to ask why one was not taken up.', null),
    (14, 'tokens', 'Links of mails and steps of a sign-in', 1, 'their expiry', 'deleted', 'Of no use once they have expired.', null);

create function platform.kept_for(class text) returns interval language sql stable set search_path = '' as
    $$ select make_interval(days => r.days) from platform.retention r where r.name = class $$;

-- When the nightly job last saw to a class, and what it removed.
create table platform.retention_runs (
    tenant_id uuid not null,
    name text not null,
    ran_at timestamptz not null,
    removed bigint not null, -- that night
    removed_in_all bigint not null,
    primary key (tenant_id, name)
);
call platform.fence('platform.retention_runs', 'select, insert, update');

-- As before, by the table.
create or replace function org.erasable(of_schema text) returns uuid language sql stable set search_path = '' as $$
    select e.tenant_id from org.erasures e
    where e.tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid and e.cancelled_at is null and e.due_at <= clock_timestamp()
    union all
    select t.id from org.tenants t
    where t.id = nullif(current_setting('app.tenant_id', true), '')::uuid and of_schema = 'activities' and t.closed_at < clock_timestamp() - platform.kept_for('activities')
    limit 1
$$;

alter table org.erasures drop constraint erasures_check; -- 30 days, as the trigger has it from the table
create or replace function org.set_erasure_window() returns trigger language plpgsql set search_path = '' as $$
begin
    if current_user <> 'offgridflow_owner' then
        new.requested_at := clock_timestamp();
        new.due_at := new.requested_at + platform.kept_for('erasure');
    elsif new.due_at < new.requested_at + platform.kept_for('erasure') then -- Who brings a tenant in brings its dates, and no shorter window.
        raise exception 'the window of an erasure is % at least', platform.kept_for('erasure') using errcode = 'check_violation';
    end if;
    return new;
end
$$;

create or replace function platform.refuse_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        if org.erasable(tg_table_schema) = old.tenant_id then
            return old;
        end if;
    end if;
    if tg_op = 'DELETE' and tg_table_schema = 'platform' and tg_table_name like 'audit%' then
        if old.at < clock_timestamp() - platform.kept_for('audit') then
            return old;
        end if;
    end if;
    raise exception '% is append-only: write a reversal, an adjustment or a new version instead', tg_table_name
        using errcode = 'restrict_violation';
end
$$;

create or replace function platform.prune_audit(pruned uuid, most int) returns bigint language plpgsql security definer set search_path = '' as $$
declare
    oldest timestamptz := clock_timestamp() - platform.kept_for('audit');
    last_gone record;
    gone bigint;
begin
    perform pg_advisory_xact_lock(hashtextextended('platform.audit_chain ' || pruned, 0));
    select c.chain_no, c.hash into last_gone from platform.audit_chain c
    where c.tenant_id = pruned and c.chain_no in (select o.chain_no from platform.audit_chain o where o.tenant_id = pruned order by o.chain_no limit most)
        and c.chain_no < coalesce((select min(y.chain_no) from platform.audit_chain y where y.tenant_id = pruned and y.at >= oldest), 9223372036854775807)
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

-- Who began an upload in pieces: who delivers for some facilities goes on with their own alone.
alter table activities.uploads add created_by text not null default '';
