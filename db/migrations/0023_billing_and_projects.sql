-- Who is billed for a tenant. Its plan stands with the tenant itself.
create table org.billing_details (
    tenant_id uuid primary key,
    legal_name text not null,
    address_lines text[] not null check (cardinality(address_lines) between 1 and 4),
    postcode text,
    city text not null,
    country text not null check (country ~ '^[A-Z]{2}$'), -- ISO 3166-1
    tax_number text,
    purchase_order text,
    invoice_email text, -- null: whose it was is erased
    invoice_email_key text,
    currency text not null check (currency ~ '^[A-Z]{3}$'), -- ISO 4217
    updated_at timestamptz not null,
    version int not null default 1,
    check ((invoice_email is null) = (invoice_email_key is null))
);
call platform.fence('org.billing_details', 'select, insert, update');
call platform.audited('org.billing_details');

-- An invoice may go to a person: they take it out with the rest, and it goes with them.
create policy directory on org.billing_details for select to offgridflow_owner using (true);
create policy leaving on org.billing_details for update to offgridflow_owner using (true);
create function people.invoices_of() returns table (tenant text, invoice_email text, updated_at timestamptz)
    language sql stable security definer set search_path = '' as $$
    select t.name, b.invoice_email, b.updated_at from org.billing_details b join org.tenants t on t.id = b.tenant_id
    where b.invoice_email_key = (select u.email_key from people.users u where u.user_id = (select current_setting('app.user_id')::uuid)) order by t.name, t.id
$$;
comment on function people.invoices_of() is 'Crosses tenants: shows a person which tenants have invoices sent to their address.';
revoke execute on function people.invoices_of() from public;
grant execute on function people.invoices_of() to offgridflow_app;
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
    update org.billing_details set invoice_email = null, invoice_email_key = null, updated_at = at, version = version + 1
    where invoice_email_key = (select u.email_key from people.users u where u.user_id = (select current_setting('app.user_id')::uuid));
$$;

-- A project: facilities of a tenant, whichever entities they belong to, that people work on together.
create table org.projects (
    tenant_id uuid not null,
    project_id uuid not null,
    code text not null,
    name text not null,
    starts_on date, -- null: it has always been
    ends_on date check (ends_on >= starts_on), -- its last day; null: it goes on
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    deleted_at timestamptz,
    version int not null default 1,
    primary key (tenant_id, project_id),
    unique (tenant_id, code)
);
call platform.fence('org.projects', 'select, insert, update');
call platform.audited('org.projects');

create table org.project_facilities (
    tenant_id uuid not null,
    project_id uuid not null,
    facility_id uuid not null,
    primary key (tenant_id, project_id, facility_id),
    foreign key (tenant_id, project_id) references org.projects (tenant_id, project_id),
    foreign key (tenant_id, facility_id) references org.facilities (tenant_id, facility_id)
);
create index on org.project_facilities (tenant_id, facility_id);
call platform.fence('org.project_facilities', 'select, insert, delete');
call platform.audited('org.project_facilities');

-- A role for a project counts for its facilities, as long as it runs.
alter table org.assignments
    drop constraint assignments_scope_check,
    add constraint assignments_scope_check check (scope in ('tenant', 'project', 'module', 'facility')),
    add project_id uuid,
    add constraint assignments_project_check check ((scope = 'project') = (project_id is not null)),
    add foreign key (tenant_id, project_id) references org.projects (tenant_id, project_id);
alter table org.invitations
    drop constraint invitations_scope_check,
    add constraint invitations_scope_check check (scope in ('tenant', 'project', 'module', 'facility')),
    add project_id uuid,
    add constraint invitations_project_check check ((scope = 'project') = (project_id is not null)),
    add foreign key (tenant_id, project_id) references org.projects (tenant_id, project_id);
create trigger tells after update on org.projects for each statement execute function platform.tell_access();
create trigger tells after insert or delete on org.project_facilities for each statement execute function platform.tell_access();
