-- A tenant's directory says who may come in (SCIM 2.0, RFC 7643 and 7644). What it says of people is the tenant's own: it makes and changes
-- nobody's account.
create table org.scim_users (
    tenant_id uuid not null,
    scim_user_id uuid not null,
    user_id uuid, -- the member; null: they have not come yet, or have left
    by_directory boolean not null, -- made by the directory; else a member it found here
    user_name text not null,
    user_name_key text not null, -- userName is compared without case (RFC 7643, 4.1.1)
    email text not null,
    email_key text not null, -- NFKC, trimmed, lower case: who comes in with it is meant
    external_id text,
    is_active boolean not null,
    attributes jsonb not null, -- the rest of the resource
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version int not null default 1,
    primary key (tenant_id, scim_user_id),
    foreign key (tenant_id, user_id) references org.memberships (tenant_id, user_id),
    unique (tenant_id, user_name_key),
    unique (tenant_id, email_key),
    unique (tenant_id, user_id)
);
create index on org.scim_users (tenant_id, external_id);
call platform.fence('org.scim_users', 'select, insert, update, delete');
call platform.audited('org.scim_users');

create table org.scim_groups (
    tenant_id uuid not null,
    scim_group_id uuid not null,
    display_name text not null,
    display_name_key text not null,
    external_id text,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version int not null default 1,
    primary key (tenant_id, scim_group_id),
    unique (tenant_id, display_name_key)
);
call platform.fence('org.scim_groups', 'select, insert, update, delete');
call platform.audited('org.scim_groups');

create table org.scim_group_members (
    tenant_id uuid not null,
    scim_group_id uuid not null,
    scim_user_id uuid not null,
    primary key (tenant_id, scim_group_id, scim_user_id),
    foreign key (tenant_id, scim_group_id) references org.scim_groups (tenant_id, scim_group_id),
    foreign key (tenant_id, scim_user_id) references org.scim_users (tenant_id, scim_user_id)
);
create index on org.scim_group_members (tenant_id, scim_user_id);
call platform.fence('org.scim_group_members', 'select, insert, delete');
call platform.audited('org.scim_group_members');

-- Role by group, as a provider of OpenID Connect has it.
create table org.scim_settings (
    tenant_id uuid primary key,
    group_roles jsonb not null default '{}',
    default_role text, -- of those the directory made who are in none of the groups; null: none
    updated_at timestamptz not null default clock_timestamp(),
    version int not null default 1
);
call platform.fence('org.scim_settings', 'select, insert, update');
call platform.audited('org.scim_settings');

-- A key whose maker is no member any more opens nothing, until an administrator answers for it.
alter table org.api_keys add adopted_by text, add adopted_at timestamptz;
drop trigger audited on org.api_keys;
call platform.audited('org.api_keys', 'insert or update of expires_at, revoked_at, name, adopted_by or delete');
create trigger tells_adopted after update of adopted_by on org.api_keys for each statement execute function platform.tell_access();

-- Who agreed to something did so from somewhere.
alter table people.consents add address text;

-- Invitations nobody accepted are not kept for ever.
grant delete on org.invitations to offgridflow_app;

-- An installation that is older than a schedule gets it when the product starts.
create function platform.tenants_without_schedule(wanted text) returns setof uuid language sql stable security definer set search_path = '' as $$
    select t.id from (select id from org.tenants where status = 'active' union all select '00000000-0000-0000-0000-000000000000') t
    where not exists (select from platform.job_schedules s where s.tenant_id = t.id and s.name = wanted) order by 1
$$;
comment on function platform.tenants_without_schedule(text) is 'Crosses tenants: the program finds, when it starts, which of them lack a schedule, and then works as each of them.';
revoke execute on function platform.tenants_without_schedule(text) from public;
grant execute on function platform.tenants_without_schedule(text) to offgridflow_app;

-- Who is erased is gone from what directories said of them, too.
create policy directory on org.scim_users for select to offgridflow_owner using (true);
create function people.directories_of() returns table (tenant text, user_name text, email text, external_id text, is_active boolean, attributes jsonb, created_at timestamptz)
    language sql stable security definer set search_path = '' as $$
    select t.name, s.user_name, s.email, s.external_id, s.is_active, s.attributes, s.created_at from org.scim_users s join org.tenants t on t.id = s.tenant_id
    where s.user_id = (select current_setting('app.user_id')::uuid) order by s.created_at
$$;
comment on function people.directories_of() is 'Crosses tenants: a person takes out what directories say of them.';
revoke execute on function people.directories_of() from public;
grant execute on function people.directories_of() to offgridflow_app;
create policy leaving on org.scim_users for update to offgridflow_owner using (true);
create or replace function people.leave_all(at timestamptz) returns void language sql security definer set search_path = '' as $$
    update org.assignments set ended_at = at where user_id = (select current_setting('app.user_id')::uuid) and ended_at is null;
    update org.memberships set status = 'removed', updated_at = at, version = version + 1
    where user_id = (select current_setting('app.user_id')::uuid) and status <> 'removed';
    -- Invitations hold addresses, too: of those the person accepted, and of those that still wait for them.
    update org.invitations set email = 'erased', email_key = 'erased ' || invitation_id, revoked_at = coalesce(revoked_at, case when accepted_at is null then at end)
    where accepted_by = (select current_setting('app.user_id')::uuid)
        or email_key = (select u.email_key from people.users u where u.user_id = (select current_setting('app.user_id')::uuid));
    update org.scim_users set user_id = null, is_active = false, user_name = 'erased ' || scim_user_id, user_name_key = 'erased ' || scim_user_id, email = 'erased',
        email_key = 'erased ' || scim_user_id, external_id = null, attributes = '{}', updated_at = at, version = version + 1
    where user_id = (select current_setting('app.user_id')::uuid)
        or email_key = (select u.email_key from people.users u where u.user_id = (select current_setting('app.user_id')::uuid));
$$;
