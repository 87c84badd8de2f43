-- The keys that access tokens are signed with (ES256, RFC 7518): the private half sealed, and destroyed once it signs no more; the public half
-- stays published until the last token of its own has expired.
create table org.signing_keys (
    tenant_id uuid not null, -- 00000000-…: of the installation
    key_id text not null, -- RFC 7638: the SHA-256 of the public key
    public_key bytea not null, -- SubjectPublicKeyInfo, P-256
    private_key bytea, -- PKCS #8, sealed
    created_at timestamptz not null,
    retired_at timestamptz, -- null: it signs
    primary key (tenant_id, key_id),
    check ((private_key is null) = (retired_at is not null))
);
call platform.fence('org.signing_keys', 'select, insert, update');
create unique index signing_key_in_use on org.signing_keys (tenant_id) where retired_at is null;
create trigger tells after insert or update on org.signing_keys for each statement execute function platform.tell_access();

-- Whose pages may call the API for a tenant (CORS).
create table org.allowed_origins (
    tenant_id uuid not null,
    origin_id uuid not null,
    origin text not null, -- as browsers send it
    created_at timestamptz not null,
    created_by text not null,
    primary key (tenant_id, origin_id),
    unique (tenant_id, origin)
);
call platform.fence('org.allowed_origins', 'select, insert, delete');
call platform.audited('org.allowed_origins');
create trigger tells after insert or delete on org.allowed_origins for each statement execute function platform.tell_access();
create policy directory on org.allowed_origins for select to offgridflow_owner using (true);
create function org.origin_is_allowed(asking text) returns boolean language sql stable security definer set search_path = '' as
    $$ select exists (select from org.allowed_origins where origin = asking) $$;
comment on function org.origin_is_allowed(text) is 'Crosses tenants: a browser asks before it sends what names the tenant; it learns that some tenant allows the origin.';
revoke execute on function org.origin_is_allowed(text) from public;
grant execute on function org.origin_is_allowed(text) to offgridflow_app;
