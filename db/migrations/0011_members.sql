-- What members need besides: invitations to a part of the tenant, how a tenant has its members sign in, what a person agreed to, and leaving for good.

-- An invitation gives its role where an assignment can.
alter table org.invitations
    add scope text not null default 'tenant' check (scope in ('tenant', 'module', 'facility')),
    add module text,
    add facility_id uuid,
    add sent_at timestamptz, -- last: a newer mail has a newer token
    add constraint invitations_module_check check ((scope = 'module') = (module is not null)),
    add constraint invitations_facility_check check ((scope = 'facility') = (facility_id is not null)),
    add foreign key (tenant_id, facility_id) references org.facilities (tenant_id, facility_id);

-- A person whose permission holds for some facilities sends a file in: a row of another facility is not taken.
alter table activities.imports add within_facilities uuid[]; -- null: all

-- How a tenant has its members sign in. No row: as the product has it.
create table org.security_policies (
    tenant_id uuid primary key,
    two_factors_required boolean not null default false,
    updated_at timestamptz not null default clock_timestamp(),
    version int not null default 1
);
call platform.fence('org.security_policies', 'select, insert, update');
call platform.audited('org.security_policies');
create trigger tells after insert or update on org.security_policies for each statement execute function platform.tell_access();

-- A second factor that was shown, or is gone, counts at once.
create trigger tells_factors after update of factors on people.sessions for each statement execute function platform.tell_access();

-- What a person agreed to, and when.
create table people.consents (
    user_id uuid not null references people.users (user_id),
    consent_id uuid not null,
    document text not null, -- terms, privacy
    edition text not null, -- of the document
    given_at timestamptz not null,
    withdrawn_at timestamptz,
    primary key (user_id, consent_id)
);
call platform.fence_person('people.consents', 'select, insert, update');
call platform.audited('people.consents');

-- For the functions below, which run as the owner and keep to the bound tenant or person themselves.
create policy directory on people.authenticators for select to offgridflow_owner using (true);
create policy directory on people.passkeys for select to offgridflow_owner using (true);
create policy directory on org.assignments for select to offgridflow_owner using (true);
create policy directory on org.invitations for select to offgridflow_owner using (true);
create policy leaving on org.assignments for update to offgridflow_owner using (true);
create policy leaving on org.memberships for update to offgridflow_owner using (true);
create policy leaving on org.invitations for update to offgridflow_owner using (true);

create function people.with_second_factor() returns setof uuid language sql stable security definer set search_path = '' as $$
    select m.user_id from org.memberships m
    where m.tenant_id = (select current_setting('app.tenant_id')::uuid) and m.status <> 'removed'
        and (exists (select from people.authenticators a where a.user_id = m.user_id and a.confirmed_at is not null)
            or exists (select from people.passkeys p where p.user_id = m.user_id))
$$;
comment on function people.with_second_factor() is 'Crosses persons: shows a tenant which of its members have a second factor, and nothing of it.';

-- Owners who stay: a role that ends by itself leaves a tenant to nobody.
create function people.only_owner_of() returns table (slug text, name text) language sql stable security definer set search_path = '' as $$
    select t.slug, t.name from org.tenants t
    where t.status = 'active' and exists (
            select from org.assignments a where a.tenant_id = t.id and a.user_id = (select current_setting('app.user_id')::uuid) and a.role = 'owner' and a.ended_at is null)
        and not exists (
            select from org.assignments a
            join org.memberships m on m.tenant_id = a.tenant_id and m.user_id = a.user_id and m.status = 'active'
            join people.users u on u.user_id = a.user_id and u.status = 'active'
            where a.tenant_id = t.id and a.user_id <> (select current_setting('app.user_id')::uuid) and a.role = 'owner' and a.scope = 'tenant'
                and a.ended_at is null and a.expires_at is null)
    order by t.slug
$$;
comment on function people.only_owner_of() is 'Crosses tenants: tells a person which tenants they would leave without an owner.';

create function people.leave_all(at timestamptz) returns void language sql security definer set search_path = '' as $$
    update org.assignments set ended_at = at where user_id = (select current_setting('app.user_id')::uuid) and ended_at is null;
    update org.memberships set status = 'removed', updated_at = at, version = version + 1
    where user_id = (select current_setting('app.user_id')::uuid) and status <> 'removed';
    -- Invitations hold addresses, too: of those the person accepted, and of those that still wait for them.
    update org.invitations set email = 'erased', email_key = 'erased ' || invitation_id, revoked_at = coalesce(revoked_at, case when accepted_at is null then at end)
    where accepted_by = (select current_setting('app.user_id')::uuid)
        or email_key = (select u.email_key from people.users u where u.user_id = (select current_setting('app.user_id')::uuid));
$$;
comment on function people.leave_all(timestamptz) is 'Crosses tenants: the bound person leaves every tenant they belong to.';

create function people.memberships_of() returns table (
        tenant text, status text, joined_at timestamptz, source text, role text, scope text, module text, role_expires_at timestamptz, role_ended_at timestamptz)
    language sql stable security definer set search_path = '' as $$
    select t.name, m.status, m.joined_at, m.source, a.role, a.scope, a.module, a.expires_at, a.ended_at
    from org.memberships m join org.tenants t on t.id = m.tenant_id
    left join org.assignments a on a.tenant_id = m.tenant_id and a.user_id = m.user_id
    where m.user_id = (select current_setting('app.user_id')::uuid) order by m.joined_at, a.created_at
$$;
comment on function people.memberships_of() is 'Crosses tenants: a person takes out what is held of them.';

revoke execute on function people.with_second_factor(), people.only_owner_of(), people.leave_all(timestamptz), people.memberships_of() from public;
grant execute on function people.with_second_factor(), people.only_owner_of(), people.leave_all(timestamptz), people.memberships_of() to offgridflow_app;
