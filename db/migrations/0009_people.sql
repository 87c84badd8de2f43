-- Who works in the tenants. A person is one, in however many tenants: what is theirs is fenced by their own id, as a tenant's rows are by
-- the tenant's. What a tenant knows of them is their membership.

-- The trail tells events too, that change no row: a sign-in, a refusal, an export.
alter table platform.audit drop constraint audit_operation_check, alter column table_name drop not null,
    add constraint audit_event_check check ((table_name is null) = (operation not in ('insert', 'update', 'delete')));

create function platform.record_event(event text, details jsonb) returns void language sql security definer set search_path = '' as $$
    insert into platform.audit (tenant_id, operation, new_values, actor, address, user_agent, request_id)
    values (
        current_setting('app.tenant_id')::uuid, event, details, current_setting('app.actor'), nullif(current_setting('app.address', true), ''),
        nullif(current_setting('app.user_agent', true), ''), nullif(current_setting('app.request_id', true), ''))
$$;
comment on function platform.record_event(text, jsonb) is
    'Security definer so that the application can add to the trail of the bound tenant, and change nothing of it.';
revoke execute on function platform.record_event(text, jsonb) from public;
grant execute on function platform.record_event(text, jsonb) to offgridflow_app;

create schema people;
grant usage on schema people to offgridflow_app, offgridflow_ops;

-- The fence around a person: like platform.fence, on app.user_id. An unbound person is an error, never everybody.
create procedure platform.fence_person(target regclass, privileges text) language plpgsql as $$
begin
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format(
        'create policy person on %s to offgridflow_app using (user_id = (select current_setting(''app.user_id'')::uuid)) '
        'with check (user_id = (select current_setting(''app.user_id'')::uuid))', target);
    execute format('grant %s on %s to offgridflow_app', privileges, target);
end
$$;

create table people.users (
    user_id uuid primary key,
    email text not null, -- as written
    email_key text not null unique, -- NFKC, trimmed, lower case: one person
    name text not null,
    status text not null default 'active' check (status in ('active', 'disabled', 'erased')),
    email_confirmed_at timestamptz,
    failed_sign_ins int not null default 0, -- in a row
    locked_until timestamptz,
    stamp uuid not null default gen_random_uuid(), -- new whenever what they sign in with changes: older sessions end
    last_sign_in_at timestamptz,
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    version int not null default 1
);
call platform.fence_person('people.users', 'select, insert, update');
create policy directory on people.users for select to offgridflow_owner using (true);

-- Each thing a person signs in with is apart, so that no list, audit row or export of persons holds a secret.
create table people.passwords (
    user_id uuid primary key references people.users (user_id),
    hash text not null, -- ASP.NET Core Identity version 3: PBKDF2 with HMAC-SHA512, its iterations and salt within
    changed_at timestamptz not null
);
call platform.fence_person('people.passwords', 'select, insert, update, delete');

create table people.authenticators (
    user_id uuid primary key references people.users (user_id),
    secret bytea not null, -- TOTP, RFC 6238; sealed by the key ring
    confirmed_at timestamptz, -- null: being set up
    last_step bigint not null default 0 -- the last 30 seconds a code was taken for: no code twice
);
call platform.fence_person('people.authenticators', 'select, insert, update, delete');

create table people.recovery_codes (
    user_id uuid not null references people.users (user_id),
    hash bytea not null, -- SHA-256
    used_at timestamptz,
    primary key (user_id, hash)
);
call platform.fence_person('people.recovery_codes', 'select, insert, update, delete');

-- WebAuthn level 2, 4: a public key credential. The authenticator hands back the user's id, so that it is found within their fence.
create table people.passkeys (
    user_id uuid not null references people.users (user_id),
    credential_id bytea not null,
    public_key bytea not null, -- COSE
    name text not null,
    sign_count bigint not null,
    transports text[] not null,
    is_user_verified boolean not null,
    is_backup_eligible boolean not null,
    is_backed_up boolean not null,
    attestation bytea not null,
    client_data bytea not null,
    created_at timestamptz not null,
    last_used_at timestamptz,
    primary key (user_id, credential_id)
);
call platform.fence_person('people.passkeys', 'select, insert, update, delete');

-- A sign-in, of a browser or of a program. Its secret names its person, so that it is found within their fence.
create table people.sessions (
    user_id uuid not null references people.users (user_id),
    session_id uuid not null,
    hash bytea not null, -- SHA-256 of the secret in force: it changes at sign-in and when privileges do
    working_in uuid, -- the tenant; null: none chosen yet
    carrier text not null check (carrier in ('cookie', 'token')),
    factors text[] not null, -- what was shown: password, totp, recovery_code, passkey, oidc
    stamp uuid not null, -- of the user, when it began
    address text,
    user_agent text,
    created_at timestamptz not null,
    authenticated_at timestamptz not null,
    last_seen_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz,
    ended_because text check (ended_because in ('signed_out', 'revoked', 'reused', 'password_changed', 'expired', 'disabled')),
    primary key (user_id, session_id)
);
call platform.fence_person('people.sessions', 'select, insert, update');

-- RFC 6749, 10.4: each is used once; one that comes twice ends its session.
create table people.refresh_tokens (
    user_id uuid not null,
    session_id uuid not null,
    hash bytea not null, -- SHA-256
    issued_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    primary key (user_id, session_id, hash),
    foreign key (user_id, session_id) references people.sessions (user_id, session_id)
);
call platform.fence_person('people.refresh_tokens', 'select, insert, update, delete');

-- Sent by mail, or held between two steps of a sign-in; used once.
create table people.one_time_tokens (
    user_id uuid not null references people.users (user_id),
    hash bytea not null, -- SHA-256
    purpose text not null check (purpose in ('confirm_email', 'reset_password', 'second_factor', 'change_email', 'passkey')),
    details jsonb not null default '{}',
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    primary key (user_id, hash)
);
call platform.fence_person('people.one_time_tokens', 'select, insert, update, delete');

-- Who a person is at a provider of OpenID Connect.
create table people.external_logins (
    user_id uuid not null references people.users (user_id),
    issuer text not null,
    subject text not null,
    created_at timestamptz not null default clock_timestamp(),
    last_used_at timestamptz,
    primary key (user_id, issuer, subject),
    unique (issuer, subject)
);
call platform.fence_person('people.external_logins', 'select, insert, update, delete');
create policy directory on people.external_logins for select to offgridflow_owner using (true);

-- A tenant's own roles, of the same permissions as the product's.
create table org.roles (
    tenant_id uuid not null,
    role_id uuid not null,
    name text not null check (name ~ '^[a-z][a-z0-9_]{0,62}$'),
    title text not null,
    permissions text[] not null,
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    deleted_at timestamptz,
    version int not null default 1,
    primary key (tenant_id, role_id),
    unique (tenant_id, name)
);
call platform.fence('org.roles', 'select, insert, update');

create table org.memberships (
    tenant_id uuid not null,
    user_id uuid not null references people.users (user_id),
    status text not null default 'active' check (status in ('active', 'suspended', 'removed')),
    joined_at timestamptz not null default clock_timestamp(),
    invited_by text,
    source text not null default 'invitation' check (source in ('operator', 'invitation', 'oidc', 'scim')),
    updated_at timestamptz not null default clock_timestamp(),
    version int not null default 1,
    primary key (tenant_id, user_id)
);
call platform.fence('org.memberships', 'select, insert, update');
create policy directory on org.memberships for select to offgridflow_owner using (true);

-- What a member is, in all of the tenant, in a part of the program, or for a facility.
create table org.assignments (
    tenant_id uuid not null,
    assignment_id uuid not null,
    user_id uuid not null,
    role text not null, -- of the product or of org.roles
    scope text not null default 'tenant' check (scope in ('tenant', 'module', 'facility')),
    module text check ((scope = 'module') = (module is not null)), -- the first word of permissions: ledger
    facility_id uuid check ((scope = 'facility') = (facility_id is not null)),
    expires_at timestamptz,
    created_at timestamptz not null default clock_timestamp(),
    created_by text not null,
    ended_at timestamptz,
    primary key (tenant_id, assignment_id),
    foreign key (tenant_id, user_id) references org.memberships (tenant_id, user_id),
    foreign key (tenant_id, facility_id) references org.facilities (tenant_id, facility_id)
);
create index on org.assignments (tenant_id, user_id) where ended_at is null;
call platform.fence('org.assignments', 'select, insert, update');

create table org.invitations (
    tenant_id uuid not null,
    invitation_id uuid not null,
    email text not null,
    email_key text not null,
    role text not null,
    role_expires_at timestamptz, -- of the assignment it becomes
    hash bytea not null, -- SHA-256 of the token in the mail
    created_at timestamptz not null,
    created_by text not null,
    expires_at timestamptz not null,
    accepted_at timestamptz,
    accepted_by uuid,
    revoked_at timestamptz,
    primary key (tenant_id, invitation_id)
);
call platform.fence('org.invitations', 'select, insert, update');

-- What a key may do: never more than who made it. An address in none of its networks is refused.
alter table org.api_keys
    add role text not null default 'owner', -- those there were could do anything
    add permissions text[], -- fewer than the role's, or null for all of them
    add networks cidr[] not null default '{}', -- empty: from anywhere
    add created_by text,
    add replaces uuid; -- the key it was rotated from
alter table org.api_keys alter column role set default 'api_client';

call platform.audited('people.users', 'insert or update of email, name, status, email_confirmed_at, locked_until');
call platform.audited('org.roles');
call platform.audited('org.memberships');
call platform.audited('org.assignments');
call platform.audited('org.invitations', 'insert or update of accepted_at, revoked_at');

-- Before anybody is bound: by what people write into a sign-in form.
create function people.user_by_email(wanted text) returns uuid language sql stable security definer set search_path = '' as
    $$ select user_id from people.users where email_key = wanted $$;
comment on function people.user_by_email(text) is 'Crosses persons: a sign-in names an address before any person is bound.';
create function people.user_by_login(wanted_issuer text, wanted_subject text) returns uuid language sql stable security definer set search_path = '' as
    $$ select user_id from people.external_logins where issuer = wanted_issuer and subject = wanted_subject $$;
comment on function people.user_by_login(text, text) is 'Crosses persons: a provider names its subject before any person is bound.';

-- What the bound tenant may know of its members, and the bound person of their tenants.
create function people.of_tenant() returns table (user_id uuid, email text, name text, user_status text, email_confirmed_at timestamptz, last_sign_in_at timestamptz)
    language sql stable security definer set search_path = '' as $$
    select u.user_id, u.email, u.name, u.status, u.email_confirmed_at, u.last_sign_in_at
    from org.memberships m join people.users u on u.user_id = m.user_id
    where m.tenant_id = (select current_setting('app.tenant_id')::uuid) and m.status <> 'removed'
$$;
comment on function people.of_tenant() is 'Crosses persons: shows a tenant its own members, and no more of them than it lists.';
create function people.tenants_of() returns table (tenant_id uuid, slug text, name text, tenant_status text, membership_status text)
    language sql stable security definer set search_path = '' as $$
    select m.tenant_id, t.slug, t.name, t.status, m.status
    from org.memberships m join org.tenants t on t.id = m.tenant_id
    where m.user_id = (select current_setting('app.user_id')::uuid) and m.status <> 'removed' order by t.name, t.slug
$$;
comment on function people.tenants_of() is 'Crosses tenants: shows a person the tenants they belong to, to choose one.';
-- What a person does to their own account concerns every tenant they belong to.
create function people.record_event(event text, details jsonb) returns void language sql security definer set search_path = '' as $$
    insert into platform.audit (tenant_id, operation, new_values, actor, address, user_agent, request_id)
    select coalesce(m.tenant_id, '00000000-0000-0000-0000-000000000000'), event, details, current_setting('app.actor'), nullif(current_setting('app.address', true), ''),
        nullif(current_setting('app.user_agent', true), ''), nullif(current_setting('app.request_id', true), '')
    from (select current_setting('app.user_id')::uuid as user_id) who
    left join org.memberships m on m.user_id = who.user_id and m.status = 'active'
$$;
comment on function people.record_event(text, jsonb) is 'Crosses tenants: writes into the trail of every tenant the bound person belongs to; of none: into the installation''s.';
revoke execute on function people.record_event(text, jsonb) from public;
grant execute on function people.record_event(text, jsonb) to offgridflow_app;
revoke execute on function people.user_by_email(text), people.user_by_login(text, text), people.of_tenant(), people.tenants_of() from public;
grant execute on function people.user_by_email(text), people.user_by_login(text, text), people.of_tenant(), people.tenants_of() to offgridflow_app;

-- What decides who may do what is remembered by servers; each hears of a change.
create function platform.tell_access() returns trigger language plpgsql set search_path = '' as $$
begin
    perform pg_notify('platform_access', '');
    return null;
end
$$;
create trigger tells after insert or update on org.assignments for each statement execute function platform.tell_access();
create trigger tells after update on org.memberships for each statement execute function platform.tell_access();
create trigger tells after update on org.roles for each statement execute function platform.tell_access();
create trigger tells after update of status on org.tenants for each statement execute function platform.tell_access();
create trigger tells after update of revoked_at, expires_at, role, permissions, networks on org.api_keys for each statement execute function platform.tell_access();
create trigger tells after update of status, stamp on people.users for each statement execute function platform.tell_access();
create trigger tells after update of hash, ended_at, working_in on people.sessions for each statement execute function platform.tell_access();
