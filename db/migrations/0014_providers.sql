-- Providers of OpenID Connect that a tenant trusts to say who its members are.

create table org.providers (
    tenant_id uuid not null,
    provider_id uuid not null,
    name text not null, -- on the button
    issuer text not null,
    client_id text not null,
    client_secret bytea, -- sealed; null: a public client
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

-- Who was vouched for by a tenant's provider works in that tenant and nowhere else: a tenant must not open what is another's.
alter table people.sessions add confined_to uuid;

-- The secret stays out of the trail.
create function org.audit_provider() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    insert into platform.audit (tenant_id, table_name, operation, old_values, new_values, actor, address, user_agent, request_id)
    values (
        current_setting('app.tenant_id')::uuid, 'org.providers', lower(tg_op), case when tg_op <> 'INSERT' then to_jsonb(old) - 'client_secret' end,
        to_jsonb(new) - 'client_secret', current_setting('app.actor'), nullif(current_setting('app.address', true), ''),
        nullif(current_setting('app.user_agent', true), ''), nullif(current_setting('app.request_id', true), ''));
    return null;
end
$$;
comment on function org.audit_provider() is 'Security definer as platform.write_audit is; it leaves the sealed secret out.';
create trigger audited after insert or update on org.providers for each row execute function org.audit_provider();
