-- Connected sources: where a tenant's files are fetched from on a schedule, and what came of each fetch.

create table activities.sources (
    tenant_id uuid not null,
    source_id uuid not null,
    name text not null,
    type text not null check (type in ('https_file')),
    url text not null,
    header_name text, -- of a request header whose value is in activities.source_secrets
    template_id uuid,
    options jsonb not null default '{}', -- of the imports; they go before the template's
    cron text not null,
    time_zone text not null,
    enabled boolean not null default true,
    created_at timestamptz not null,
    created_by text not null,
    updated_at timestamptz not null,
    deleted_at timestamptz,
    version int not null default 1,
    -- What the last fetches left: these change without a new version.
    etag text,
    last_modified text,
    sha256 bytea, -- of the file that was imported last
    failures int not null default 0, -- in a row
    primary key (tenant_id, source_id),
    foreign key (tenant_id, template_id) references activities.import_templates (tenant_id, template_id)
);
create unique index sources_by_name on activities.sources (tenant_id, lower(name)) where deleted_at is null;
call platform.fence('activities.sources', 'select, insert, update');
call platform.audited('activities.sources', 'insert or update of name, url, header_name, template_id, options, cron, time_zone, enabled, deleted_at');

-- Apart, so that no audit row, no list and no export holds a secret.
create table activities.source_secrets (
    tenant_id uuid not null,
    source_id uuid not null,
    secret bytea not null,
    primary key (tenant_id, source_id),
    foreign key (tenant_id, source_id) references activities.sources (tenant_id, source_id)
);
call platform.fence('activities.source_secrets', 'select, insert, update, delete');

-- What an import was fetched by; null: somebody sent it.
alter table activities.imports add source_id uuid;
alter table activities.imports add foreign key (tenant_id, source_id) references activities.sources (tenant_id, source_id);

-- One attempt to fetch a source's file.
create table activities.source_fetches (
    tenant_id uuid not null,
    source_id uuid not null,
    fetch_id uuid not null, -- time-ordered
    job_id uuid not null,
    started_at timestamptz not null,
    finished_at timestamptz not null,
    outcome text not null check (outcome in ('imported', 'unchanged', 'failed')),
    http_status int, -- null: no answer
    size_bytes bigint, -- of the body, as far as it came
    sha256 bytea, -- of the body
    import_id uuid,
    problem jsonb,
    retry_at timestamptz, -- not before then the job tries again; null: it does not
    primary key (tenant_id, source_id, fetch_id),
    foreign key (tenant_id, source_id) references activities.sources (tenant_id, source_id),
    foreign key (tenant_id, import_id) references activities.imports (tenant_id, import_id),
    check ((outcome = 'imported') = (import_id is not null)),
    check ((outcome = 'failed') = (problem is not null))
);
create index source_fetches_by_age on activities.source_fetches (tenant_id, started_at);
call platform.fence('activities.source_fetches', 'select, insert, delete');

insert into platform.retention (place, name, holds, days, starts, ends, why, setting) values
    (15, 'fetches', 'Fetches of connected sources: when, what was answered, what came of it', 365, 'each fetch', 'deleted; imports keep the name of their source',
        'To find out since when a source has failed.', null);
