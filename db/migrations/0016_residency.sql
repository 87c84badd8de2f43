-- A database is of one region, and so is every tenant in it (docs/decisions/0021). No region named: 'local'.
create table platform.installation (
    is_one boolean primary key default true check (is_one), -- one row, written by the first migration's program
    region text not null check (region ~ '^[a-z][a-z0-9-]{0,30}$'),
    named_at timestamptz not null default clock_timestamp()
);
grant select on platform.installation to offgridflow_app;

create function platform.region() returns text language sql stable set search_path = '' as
    $$ select coalesce((select i.region from platform.installation i), 'local') $$;

create function org.own_region() returns text language sql stable set search_path = '' as $$ select platform.region() $$;

alter table org.tenants add region text not null default platform.region();
alter table org.tenants drop constraint tenants_status_check;
alter table org.tenants add constraint tenants_status_check check (status in ('active', 'suspended', 'closed', 'moved'));

-- Nobody puts a tenant of another region in here. One that has moved stays, closed to everybody, until it is erased.
create function org.keep_in_region() returns trigger language plpgsql set search_path = '' as $$
begin
    if tg_op = 'INSERT' and current_user = 'offgridflow_owner' then -- Brought in from where it was.
        new.region := platform.region();
        new.status := case new.status when 'moved' then 'active' else new.status end;
    end if;
    if (new.region = platform.region()) = (new.status = 'moved') then
        raise exception 'this database is of region %: no place for a tenant of region % with status %', platform.region(), new.region, new.status using errcode = 'check_violation';
    end if;
    return new;
end
$$;
create trigger residency before insert or update of region, status on org.tenants for each row execute function org.keep_in_region();

-- Slugs of other regions' tenants: where to send whoever asks for them here. Nothing else is known of them.
create table org.elsewhere (
    slug text primary key check (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
    id uuid unique, -- of a tenant that moved away from here: its keys name it
    region text not null check (region ~ '^[a-z][a-z0-9-]{0,30}$'),
    noted_at timestamptz not null default clock_timestamp()
);
grant select, insert, update, delete on org.elsewhere to offgridflow_app;
create trigger tells after insert or update or delete on org.elsewhere for each statement execute function platform.tell_access();

-- Names a region where none was named before.
create policy naming on org.tenants for update to offgridflow_owner using (region = 'local') with check (region = platform.region());
create procedure platform.name_region(named text) language plpgsql set search_path = '' as $$
declare
    tenant uuid;
begin
    insert into platform.installation (region) values (named) on conflict (is_one) do update set region = excluded.region, named_at = clock_timestamp()
        where installation.region = 'local';
    if platform.region() <> named then
        raise exception 'the database is of region % already', platform.region() using errcode = 'restrict_violation';
    end if;
    perform set_config('app.actor', 'cli:migrate', true);
    for tenant in select t.id from org.tenants t where t.region = 'local' and named <> 'local' loop
        perform set_config('app.tenant_id', tenant::text, true);
        update org.tenants t set region = named where t.id = tenant;
    end loop;
end
$$;
revoke execute on procedure platform.name_region(text) from public;

drop function org.tenant_directory();
create function org.tenant_directory() returns table (id uuid, slug text, name text, status text, region text)
    language sql stable security definer set search_path = '' as $$ select id, slug, name, status, region from org.tenants order by slug $$;
comment on function org.tenant_directory() is 'Crosses tenants: the operator''s list of tenants (tenant list).';
revoke execute on function org.tenant_directory() from public;
grant execute on function org.tenant_directory() to offgridflow_app, offgridflow_ops;
