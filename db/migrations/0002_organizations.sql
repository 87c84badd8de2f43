-- The tenant itself. Its key is id, not tenant_id: slugs are unique over all tenants.
create table org.tenants (
    id uuid primary key,
    slug text not null unique check (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
    name text not null,
    plan text not null default 'standard',
    status text not null default 'active' check (status in ('active', 'suspended', 'closed')),
    fiscal_year_start smallint not null default 1 check (fiscal_year_start between 1 and 12), -- month
    settings jsonb not null default '{}',
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    version int not null default 1
);
alter table org.tenants enable row level security;
alter table org.tenants force row level security;
create policy tenant on org.tenants to offgridflow_app
    using (id = (select current_setting('app.tenant_id')::uuid)) with check (id = (select current_setting('app.tenant_id')::uuid));
create policy directory on org.tenants for select to offgridflow_owner using (true);
grant select, insert, update on org.tenants to offgridflow_app;

create function org.tenant_by_slug(wanted text) returns uuid language sql stable security definer set search_path = '' as
    $$ select id from org.tenants where slug = wanted $$;
comment on function org.tenant_by_slug(text) is 'Crosses tenants: a host name or --tenant names a slug before any tenant is bound.';
create function org.tenant_directory() returns table (id uuid, slug text, name text, status text)
    language sql stable security definer set search_path = '' as $$ select id, slug, name, status from org.tenants order by slug $$;
comment on function org.tenant_directory() is 'Crosses tenants: the operator''s list of tenants (tenant list).';
revoke execute on function org.tenant_by_slug(text), org.tenant_directory() from public;
grant execute on function org.tenant_by_slug(text), org.tenant_directory() to offgridflow_app, offgridflow_ops;

-- A key carries its tenant's id, so that it is looked up within the fence.
create table org.api_keys (
    tenant_id uuid not null,
    api_key_id uuid not null,
    name text not null,
    hash bytea not null, -- SHA-256 of the whole key
    ending text not null, -- its last four characters, to tell keys apart
    created_at timestamptz not null default clock_timestamp(),
    expires_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz,
    primary key (tenant_id, api_key_id),
    unique (tenant_id, hash)
);
call platform.fence('org.api_keys', 'select, insert, update');

create table org.entities (
    tenant_id uuid not null,
    entity_id uuid not null,
    code text not null,
    name text not null,
    country text, -- ISO 3166-1 alpha-2
    parent_entity_id uuid,
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    deleted_at timestamptz,
    version int not null default 1,
    primary key (tenant_id, entity_id),
    unique (tenant_id, code),
    foreign key (tenant_id, parent_entity_id) references org.entities (tenant_id, entity_id)
);
call platform.fence('org.entities', 'select, insert, update');

-- What the tenant holds of an entity, from a day on (GHG Protocol Corporate Standard ch. 3). Before the first day: nothing.
create table org.entity_shares (
    tenant_id uuid not null,
    entity_id uuid not null,
    valid_from date not null,
    equity_share numeric not null check (equity_share between 0 and 1),
    financial_control text not null check (financial_control in ('sole', 'joint', 'none')), -- joint: counted by equity share
    operational_control boolean not null,
    primary key (tenant_id, entity_id, valid_from),
    foreign key (tenant_id, entity_id) references org.entities (tenant_id, entity_id)
);
call platform.fence('org.entity_shares', 'select, insert, update, delete');

create table org.facilities (
    tenant_id uuid not null,
    facility_id uuid not null,
    entity_id uuid not null,
    code text not null,
    name text not null,
    address text,
    region text, -- ISO 3166-1 or -2; activities of the facility that name no place take grid_region, else this
    grid_region text, -- eGRID or NGA subregion
    floor_area_m2 numeric check (floor_area_m2 >= 0),
    headcount numeric check (headcount >= 0),
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    deleted_at timestamptz,
    version int not null default 1,
    primary key (tenant_id, facility_id),
    unique (tenant_id, code),
    foreign key (tenant_id, entity_id) references org.entities (tenant_id, entity_id)
);
call platform.fence('org.facilities', 'select, insert, update');

-- A reporting cycle with the policy its inventory is calculated under: whole calendar months, because entries count by month.
-- Quarters and months carry the policy of their year.
create table org.periods (
    tenant_id uuid not null,
    period_id uuid not null,
    code text not null, -- 2025, 2025-Q1, 2025-03
    granularity text not null check (granularity in ('year', 'quarter', 'month')),
    starts_on date not null,
    ends_on date not null check (ends_on > starts_on),
    status text not null default 'open' check (status in ('open', 'closed')),
    gwp_set text check (gwp_set in ('AR4', 'AR5', 'AR6')), -- null: each publication's own
    factor_date date not null, -- editions published later are not used
    factor_dates text not null default 'effective' check (factor_dates in ('effective', 'published')),
    boundary text not null default 'operational_control' check (boundary in ('operational_control', 'financial_control', 'equity_share')),
    source_preference jsonb not null default '{}', -- country -> publishers, first wins
    significance_threshold numeric not null default 0.05 check (significance_threshold between 0 and 1),
    snapshot_id uuid, -- of schema factors
    is_base_year boolean not null default false,
    has_entries boolean not null default false, -- set by the first posting: from then on the policy changes by recalculation only
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    deleted_at timestamptz,
    version int not null default 1,
    primary key (tenant_id, period_id),
    unique (tenant_id, code)
);
call platform.fence('org.periods', 'select, insert, update');

call platform.audited('org.api_keys', 'insert or update of expires_at, revoked_at, name or delete');
call platform.audited('org.entities');
call platform.audited('org.entity_shares');
call platform.audited('org.facilities');
call platform.audited('org.periods');
call platform.audited('org.tenants');
