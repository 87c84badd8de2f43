-- What a request with an Idempotency-Key was answered, so that its repeat is answered the same and does nothing twice.
create table platform.idempotency (
    tenant_id uuid not null,
    key text not null check (length(key) between 1 and 200),
    request_hash bytea, -- SHA-256 over method, path, query and body; null while the body is being read
    status smallint, -- HTTP; null while the request is being done
    content_type text,
    location text,
    etag text,
    body bytea, -- null: the answer held a secret and is not kept
    created_at timestamptz not null default clock_timestamp(),
    primary key (tenant_id, key)
);
create index on platform.idempotency (tenant_id, created_at);
call platform.fence('platform.idempotency', 'select, insert, update, delete');
