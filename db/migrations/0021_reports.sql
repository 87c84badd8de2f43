-- Reports: a period's figures as they were at one run, kept word for word, and what people decided about them.
create schema reporting;
grant usage on schema reporting to offgridflow_app, offgridflow_ops;

create table reporting.reports (
    tenant_id uuid not null,
    report_id uuid not null,
    kind text not null check (kind in ('ghg_inventory')),
    period_id uuid not null,
    period text not null, -- its code when the report was made
    run_no bigint not null check (run_no > 0), -- last run of the ledger that is in it
    sha256 bytea not null check (length(sha256) = 32), -- of the content
    status text not null default 'draft' check (status in ('draft', 'submitted', 'approved', 'rejected')),
    made_at timestamptz not null,
    made_by text not null,
    submitted_at timestamptz,
    submitted_by text,
    decided_at timestamptz,
    decided_by text,
    reason text, -- of the decision
    version int not null default 1,
    primary key (tenant_id, report_id),
    check ((status = 'draft') = (submitted_at is null)),
    check ((submitted_at is null) = (submitted_by is null)),
    check ((status in ('approved', 'rejected')) = (decided_at is not null)),
    check ((decided_at is null) = (decided_by is null))
);
call platform.fence('reporting.reports', 'select, insert, update');
call platform.audited('reporting.reports');

-- What was said stays as it was said: of a report only its status moves, and no decision is taken back.
create function reporting.refuse_rewriting() returns trigger language plpgsql set search_path = '' as $$
begin
    if (old.tenant_id, old.report_id, old.kind, old.period_id, old.period, old.run_no, old.sha256, old.made_at, old.made_by)
        is distinct from (new.tenant_id, new.report_id, new.kind, new.period_id, new.period, new.run_no, new.sha256, new.made_at, new.made_by)
        or old.status in ('approved', 'rejected') then
        raise exception 'a report is not rewritten' using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;
create trigger keeps before update on reporting.reports for each row execute function reporting.refuse_rewriting();

create table reporting.contents (
    tenant_id uuid not null,
    report_id uuid not null,
    body text not null, -- JSON, as it is handed out
    primary key (tenant_id, report_id),
    foreign key (tenant_id, report_id) references reporting.reports (tenant_id, report_id)
);
call platform.fence('reporting.contents', 'select, insert');
call platform.append_only('reporting.contents');

-- Whether a second person approves what one has submitted.
alter table org.security_policies add four_eyes boolean not null default false;

-- As it was, with the new room.
create or replace function org.deletion_order(key_column text) returns setof regclass language plpgsql stable set search_path = '' as $$
declare
    remaining oid[] := array(
        select c.oid from pg_catalog.pg_class c join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = key_column and not a.attisdropped
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and not c.relispartition and n.nspname in ('platform', 'org', 'people', 'factors', 'activities', 'ledger', 'reporting') order by c.oid);
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
