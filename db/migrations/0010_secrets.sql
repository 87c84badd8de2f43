-- The keys that seal what a tenant entrusts to us: each is itself sealed by a master key, which is not in the database.
create table platform.data_keys (
    tenant_id uuid not null, -- 00000000-…: of the installation and of persons
    key_no int not null check (key_no > 0),
    master text not null, -- which master key sealed it
    wrapped bytea not null,
    created_at timestamptz not null,
    primary key (tenant_id, key_no)
);
call platform.fence('platform.data_keys', 'select, insert, update');
