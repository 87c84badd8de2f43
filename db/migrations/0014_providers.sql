-- Providers of OpenID Connect that a tenant trusts to say who its members are.

create table org.providers (
    tenant_id uuid not null,
    provider_id uuid not null,
    name text not null, -- on the button
    issuer text not null,
    client_id text not null,
    secret bytea, -- the client's, sealed; null: a public client
    groups_claim text not null default 'groups',
    group_roles jsonb not null default '{}', -- role by group
    default_role text, -- of members in none of the groups; null: they are not let in
    joins boolean not null default false, -- whether who is no member yet becomes one
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    deleted_at timestamptz,
    version int not null default 1,
    primary key (tenant_id, provider_id)
);
call platform.fence('org.providers', 'select, insert, update');
call platform.audited('org.providers');

-- Who was vouched for by a tenant's provider works in that tenant and nowhere else: a tenant must not open what is another's.
alter table people.sessions add confined_to uuid;
