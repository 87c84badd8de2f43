-- A raw file, by the SHA-256 of its bytes. The bytes are in the file store.
create table activities.files (
    tenant_id uuid not null,
    sha256 bytea not null,
    size_bytes bigint not null,
    name text not null,
    content_type text not null,
    stored_at timestamptz not null default clock_timestamp(),
    primary key (tenant_id, sha256)
);
call platform.fence('activities.files', 'select, insert');

-- A file on its way, in pieces. Its bytes so far are in the file store's staging folder, whose length is the offset.
create table activities.uploads (
    tenant_id uuid not null,
    upload_id uuid not null,
    name text not null,
    size_bytes bigint not null check (size_bytes > 0),
    sha256 bytea, -- once complete
    created_at timestamptz not null default clock_timestamp(),
    primary key (tenant_id, upload_id)
);
call platform.fence('activities.uploads', 'select, insert, update, delete');

-- A stream of lines that its client gave a name: how many of them are committed, to go on behind them after a broken connection.
create table activities.streams (
    tenant_id uuid not null,
    stream text not null,
    lines bigint not null check (lines > 0),
    updated_at timestamptz not null default clock_timestamp(),
    primary key (tenant_id, stream)
);
call platform.fence('activities.streams', 'select, insert, update');

-- How a tenant's files of one make are read: which column is which field, fixed values, order of decimals and dates.
create table activities.import_templates (
    tenant_id uuid not null,
    template_id uuid not null,
    name text not null,
    options jsonb not null,
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    deleted_at timestamptz,
    version int not null default 1,
    primary key (tenant_id, template_id),
    unique (tenant_id, name)
);
call platform.fence('activities.import_templates', 'select, insert, update');
call platform.audited('activities.import_templates');

-- What a tenant calls a kind; asked before the library's own names.
create table activities.kind_synonyms (
    tenant_id uuid not null,
    name text not null, -- lower case
    kind text not null,
    origin text not null check (origin in ('stated', 'learned')),
    created_at timestamptz not null default clock_timestamp(),
    created_by text not null,
    primary key (tenant_id, name)
);
call platform.fence('activities.kind_synonyms', 'select, insert, update, delete');
call platform.audited('activities.kind_synonyms');

-- What a tenant may call a kind, going by rejected rows that came again with another kind and nothing else changed.
create table activities.synonym_proposals (
    tenant_id uuid not null,
    proposal_id uuid not null,
    name text not null, -- lower case
    kind text not null,
    import_id uuid not null, -- that corrects
    rows bigint not null,
    status text not null default 'open' check (status in ('open', 'accepted', 'dismissed')),
    proposed_at timestamptz not null default clock_timestamp(),
    primary key (tenant_id, proposal_id),
    unique (tenant_id, name, kind)
);
call platform.fence('activities.synonym_proposals', 'select, insert, update');
call platform.audited('activities.synonym_proposals', 'update');

-- What names in files stood for when rows were read: the tenant's names of kinds, its sites and entities. Whoever reads a file again years
-- later reads it with the same. vocabulary_id is the first 16 bytes of the SHA-256 of body: imports that were read with the same share one.
create table activities.vocabularies (
    tenant_id uuid not null,
    vocabulary_id uuid not null,
    body text not null, -- canonical JSON
    recorded_at timestamptz not null default clock_timestamp(),
    primary key (tenant_id, vocabulary_id)
);
call platform.fence('activities.vocabularies', 'select, insert');
call platform.append_only('activities.vocabularies');

-- One delivery of rows: a file, a request with activities, a stream. Every activity belongs to one.
create table activities.imports (
    tenant_id uuid not null,
    import_id uuid not null,
    source text not null check (source in ('file', 'api', 'stream', 'connector', 'correction')),
    sha256 bytea,
    file_name text,
    template_id uuid,
    corrects uuid, -- the import whose rejected rows these are, corrected; or whose rows a correction gives the places they name
    options jsonb not null default '{}', -- decimal and date order, sheet, column mapping, defaults
    vocabulary_id uuid, -- of a file, from its first row on
    status text not null default 'queued' check (status in ('queued', 'reading', 'read', 'failed', 'undoing', 'undone', 'cancelled')),
    rows_read bigint not null default 0, -- the sum of the dispositions
    last_row bigint not null default 0, -- the cursor: rows up to this one are written
    rows_total bigint, -- null until the last row was seen
    calculated bigint not null default 0,
    estimated bigint not null default 0,
    excluded bigint not null default 0,
    duplicate bigint not null default 0,
    rejected bigint not null default 0,
    quantities jsonb not null default '{}', -- unit -> disposition -> [sum as text, rows]
    notes jsonb not null default '[]', -- what its owner should know, in words
    unknown_places jsonb not null default '[]', -- facilities and entities that rows name and the tenant does not have, with what was taken without them
    problem jsonb,
    created_by text not null,
    created_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    checked_at timestamptz, -- when it was looked through for meters and invoices that are there twice
    undone_at timestamptz,
    undone_reason text,
    version int not null default 1,
    primary key (tenant_id, import_id),
    foreign key (tenant_id, sha256) references activities.files (tenant_id, sha256),
    foreign key (tenant_id, vocabulary_id) references activities.vocabularies (tenant_id, vocabulary_id)
);
create index on activities.imports (tenant_id, sha256);
call platform.fence('activities.imports', 'select, insert, update');

-- Rows that became no activity. The others are in activities.activities: every row is in exactly one of the two.
create table activities.rows_not_taken (
    tenant_id uuid not null,
    import_id uuid not null,
    row_no bigint not null,
    disposition text not null check (disposition in ('excluded', 'duplicate', 'rejected')),
    code text not null, -- problem's code, or the reason
    problem jsonb,
    duplicate_of uuid, -- activity
    cells json, -- as found, by column name, in the order of the columns
    quantity numeric,
    unit text,
    start_on date, -- as far as the row names days that can be read
    end_on date,
    primary key (tenant_id, import_id, row_no),
    foreign key (tenant_id, import_id) references activities.imports (tenant_id, import_id)
);
call platform.fence('activities.rows_not_taken', 'select, insert');

-- One measured quantity. Append-only: a correction is a new version, a withdrawal a version that is withdrawn.
create table activities.activities (
    tenant_id uuid not null,
    activity_id uuid not null,
    version int not null default 1,
    import_id uuid not null,
    row_no bigint not null, -- row of the file as its owner counts, or place in the request
    source_key bytea not null, -- 16 bytes: what makes a repeat recognisable
    kind text not null,
    quantity numeric not null,
    unit text not null,
    region text,
    start_on date not null,
    end_on date not null,
    quality smallint check (quality between 1 and 5),
    entity_id uuid,
    facility_id uuid,
    meter text,
    invoice text, -- of columns, as it is looked for: in lower case
    factor_id text,
    factor_value numeric,
    columns jsonb, -- named columns the kind reads, and what describes the row: id, supplier, note
    disposition text not null check (disposition in ('calculated', 'estimated')),
    withdrawn boolean not null default false,
    recorded_at timestamptz not null default clock_timestamp(),
    recorded_by text not null,
    primary key (tenant_id, activity_id, version),
    unique (tenant_id, source_key, version),
    unique (tenant_id, import_id, row_no, version),
    check (end_on >= start_on)
);
create index activities_superseding on activities.activities (tenant_id, activity_id, version) where version > 1;
create index activities_by_meter on activities.activities (tenant_id, meter, kind, start_on) where meter is not null;
create index activities_by_invoice on activities.activities (tenant_id, invoice) where invoice is not null;
call platform.fence('activities.activities', 'select, insert');
call platform.append_only('activities.activities');

-- Two activities that may be the same one twice. Both count until a person has decided.
create table activities.flags (
    tenant_id uuid not null,
    flag_id uuid not null,
    reason text not null check (reason in ('meter-overlap', 'spend-and-usage')),
    import_id uuid not null, -- that brought the later of the two
    activity_id uuid not null, -- the later of the two
    other_activity_id uuid not null,
    overlap_days int, -- that a meter has in both
    co2e_kg numeric, -- at stake: of the smaller of the two, by the days that overlap; null when it cannot be calculated
    status text not null default 'open' check (status in ('open', 'kept', 'withdrawn', 'settled')), -- settled: what was flagged is no more
    raised_at timestamptz not null default clock_timestamp(),
    resolved_at timestamptz,
    resolved_by text,
    resolved_reason text,
    version int not null default 1,
    primary key (tenant_id, flag_id),
    unique (tenant_id, activity_id, other_activity_id, reason),
    foreign key (tenant_id, import_id) references activities.imports (tenant_id, import_id)
);
create index on activities.flags (tenant_id, other_activity_id);
create index on activities.flags (tenant_id, import_id);
call platform.fence('activities.flags', 'select, insert, update');
call platform.audited('activities.flags', 'update');

-- What an activity rests on: a bill, a meter reading. The bytes are in the file store.
create table activities.evidence (
    tenant_id uuid not null,
    evidence_id uuid not null,
    activity_id uuid not null,
    sha256 bytea not null,
    name text not null,
    content_type text not null, -- by content, not by name
    attached_at timestamptz not null default clock_timestamp(),
    attached_by text not null,
    primary key (tenant_id, evidence_id),
    unique (tenant_id, activity_id, sha256),
    foreign key (tenant_id, sha256) references activities.files (tenant_id, sha256)
);
call platform.fence('activities.evidence', 'select, insert');
call platform.audited('activities.evidence', 'insert');
