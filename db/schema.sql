-- The data model, generated from the migrations by './offgridflow migrate --schema'. To read, not to run.

create schema activities;
create schema factors;
create schema ledger;
create schema org;
create schema people;
create schema platform;
create schema reporting;

create table activities.activities (
    tenant_id uuid not null,
    activity_id uuid not null,
    version integer not null default 1,
    import_id uuid not null,
    row_no bigint not null,
    source_key bytea not null,
    kind text not null,
    quantity numeric not null,
    unit text not null,
    region text,
    start_on date not null,
    end_on date not null,
    quality smallint,
    entity_id uuid,
    facility_id uuid,
    meter text,
    invoice text,
    factor_id text,
    factor_value numeric,
    columns jsonb,
    disposition text not null,
    withdrawn boolean not null default false,
    recorded_at timestamp with time zone not null default clock_timestamp(),
    recorded_by text not null,
    constraint activities_pkey PRIMARY KEY (tenant_id, activity_id, version),
    constraint activities_tenant_id_import_id_row_no_version_key UNIQUE (tenant_id, import_id, row_no, version),
    constraint activities_tenant_id_source_key_version_key UNIQUE (tenant_id, source_key, version),
    constraint activities_check CHECK ((end_on >= start_on)),
    constraint activities_disposition_check CHECK ((disposition = ANY (ARRAY['calculated'::text, 'estimated'::text]))),
    constraint activities_quality_check CHECK (((quality >= 1) AND (quality <= 5)))
);
CREATE INDEX activities_by_invoice ON activities.activities USING btree (tenant_id, invoice) WHERE (invoice IS NOT NULL);
CREATE INDEX activities_by_meter ON activities.activities USING btree (tenant_id, meter, kind, start_on) WHERE (meter IS NOT NULL);
CREATE INDEX activities_superseding ON activities.activities USING btree (tenant_id, activity_id, version) WHERE (version > 1);
alter table activities.activities enable row level security;
alter table activities.activities force row level security;
create policy erasing on activities.activities as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('activities'::text) AS erasable)));
create policy erasing_sees on activities.activities as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('activities'::text) AS erasable)));
create policy importing on activities.activities as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on activities.activities as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON activities.activities FOR EACH ROW EXECUTE FUNCTION platform.refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON activities.activities FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_change();

create table activities.evidence (
    tenant_id uuid not null,
    evidence_id uuid not null,
    activity_id uuid not null,
    sha256 bytea not null,
    name text not null,
    content_type text not null,
    attached_at timestamp with time zone not null default clock_timestamp(),
    attached_by text not null,
    constraint evidence_pkey PRIMARY KEY (tenant_id, evidence_id),
    constraint evidence_tenant_id_activity_id_sha256_key UNIQUE (tenant_id, activity_id, sha256),
    constraint evidence_tenant_id_sha256_fkey FOREIGN KEY (tenant_id, sha256) REFERENCES activities.files(tenant_id, sha256)
);
alter table activities.evidence enable row level security;
alter table activities.evidence force row level security;
create policy erasing on activities.evidence as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('activities'::text) AS erasable)));
create policy erasing_sees on activities.evidence as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('activities'::text) AS erasable)));
create policy importing on activities.evidence as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on activities.evidence as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT ON activities.evidence FOR EACH ROW EXECUTE FUNCTION platform.write_audit();

create table activities.files (
    tenant_id uuid not null,
    sha256 bytea not null,
    size_bytes bigint not null,
    name text not null,
    content_type text not null,
    stored_at timestamp with time zone not null default clock_timestamp(),
    constraint files_pkey PRIMARY KEY (tenant_id, sha256)
);
alter table activities.files enable row level security;
alter table activities.files force row level security;
create policy erasing on activities.files as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('activities'::text) AS erasable)));
create policy erasing_sees on activities.files as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('activities'::text) AS erasable)));
create policy importing on activities.files as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on activities.files as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));

create table activities.flags (
    tenant_id uuid not null,
    flag_id uuid not null,
    reason text not null,
    import_id uuid not null,
    activity_id uuid not null,
    other_activity_id uuid not null,
    overlap_days integer,
    co2e_kg numeric,
    status text not null default 'open'::text,
    raised_at timestamp with time zone not null default clock_timestamp(),
    resolved_at timestamp with time zone,
    resolved_by text,
    resolved_reason text,
    version integer not null default 1,
    constraint flags_pkey PRIMARY KEY (tenant_id, flag_id),
    constraint flags_tenant_id_activity_id_other_activity_id_reason_key UNIQUE (tenant_id, activity_id, other_activity_id, reason),
    constraint flags_tenant_id_import_id_fkey FOREIGN KEY (tenant_id, import_id) REFERENCES activities.imports(tenant_id, import_id),
    constraint flags_reason_check CHECK ((reason = ANY (ARRAY['meter-overlap'::text, 'spend-and-usage'::text]))),
    constraint flags_status_check CHECK ((status = ANY (ARRAY['open'::text, 'kept'::text, 'withdrawn'::text, 'settled'::text])))
);
CREATE INDEX flags_tenant_id_import_id_idx ON activities.flags USING btree (tenant_id, import_id);
CREATE INDEX flags_tenant_id_other_activity_id_idx ON activities.flags USING btree (tenant_id, other_activity_id);
alter table activities.flags enable row level security;
alter table activities.flags force row level security;
create policy erasing on activities.flags as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('activities'::text) AS erasable)));
create policy erasing_sees on activities.flags as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('activities'::text) AS erasable)));
create policy importing on activities.flags as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on activities.flags as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER UPDATE ON activities.flags FOR EACH ROW EXECUTE FUNCTION platform.write_audit();

create table activities.import_templates (
    tenant_id uuid not null,
    template_id uuid not null,
    name text not null,
    options jsonb not null,
    created_at timestamp with time zone not null default clock_timestamp(),
    updated_at timestamp with time zone not null default clock_timestamp(),
    deleted_at timestamp with time zone,
    version integer not null default 1,
    constraint import_templates_pkey PRIMARY KEY (tenant_id, template_id),
    constraint import_templates_tenant_id_name_key UNIQUE (tenant_id, name)
);
alter table activities.import_templates enable row level security;
alter table activities.import_templates force row level security;
create policy erasing on activities.import_templates as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('activities'::text) AS erasable)));
create policy erasing_sees on activities.import_templates as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('activities'::text) AS erasable)));
create policy importing on activities.import_templates as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on activities.import_templates as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE ON activities.import_templates FOR EACH ROW EXECUTE FUNCTION platform.write_audit();

create table activities.imports (
    tenant_id uuid not null,
    import_id uuid not null,
    source text not null,
    sha256 bytea,
    file_name text,
    template_id uuid,
    corrects uuid,
    options jsonb not null default '{}'::jsonb,
    vocabulary_id uuid,
    status text not null default 'queued'::text,
    rows_read bigint not null default 0,
    last_row bigint not null default 0,
    rows_total bigint,
    calculated bigint not null default 0,
    estimated bigint not null default 0,
    excluded bigint not null default 0,
    duplicate bigint not null default 0,
    rejected bigint not null default 0,
    quantities jsonb not null default '{}'::jsonb,
    notes jsonb not null default '[]'::jsonb,
    unknown_places jsonb not null default '[]'::jsonb,
    problem jsonb,
    created_by text not null,
    created_at timestamp with time zone not null default clock_timestamp(),
    finished_at timestamp with time zone,
    checked_at timestamp with time zone,
    undone_at timestamp with time zone,
    undone_reason text,
    version integer not null default 1,
    within_facilities uuid[],
    source_id uuid,
    constraint imports_pkey PRIMARY KEY (tenant_id, import_id),
    constraint imports_tenant_id_sha256_fkey FOREIGN KEY (tenant_id, sha256) REFERENCES activities.files(tenant_id, sha256),
    constraint imports_tenant_id_source_id_fkey FOREIGN KEY (tenant_id, source_id) REFERENCES activities.sources(tenant_id, source_id),
    constraint imports_tenant_id_vocabulary_id_fkey FOREIGN KEY (tenant_id, vocabulary_id) REFERENCES activities.vocabularies(tenant_id, vocabulary_id),
    constraint imports_source_check CHECK ((source = ANY (ARRAY['file'::text, 'api'::text, 'stream'::text, 'connector'::text, 'correction'::text]))),
    constraint imports_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'reading'::text, 'read'::text, 'failed'::text, 'undoing'::text, 'undone'::text, 'cancelled'::text])))
);
CREATE INDEX imports_by_source ON activities.imports USING btree (tenant_id, source_id, import_id) WHERE (source_id IS NOT NULL);
CREATE INDEX imports_tenant_id_sha256_idx ON activities.imports USING btree (tenant_id, sha256);
alter table activities.imports enable row level security;
alter table activities.imports force row level security;
create policy erasing on activities.imports as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('activities'::text) AS erasable)));
create policy erasing_sees on activities.imports as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('activities'::text) AS erasable)));
create policy importing on activities.imports as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on activities.imports as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT OR UPDATE OF undone_reason ON activities.imports FOR EACH ROW EXECUTE FUNCTION platform.write_audit();

create table activities.kind_synonyms (
    tenant_id uuid not null,
    name text not null,
    kind text not null,
    origin text not null,
    created_at timestamp with time zone not null default clock_timestamp(),
    created_by text not null,
    constraint kind_synonyms_pkey PRIMARY KEY (tenant_id, name),
    constraint kind_synonyms_origin_check CHECK ((origin = ANY (ARRAY['stated'::text, 'learned'::text])))
);
alter table activities.kind_synonyms enable row level security;
alter table activities.kind_synonyms force row level security;
create policy erasing on activities.kind_synonyms as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('activities'::text) AS erasable)));
create policy erasing_sees on activities.kind_synonyms as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('activities'::text) AS erasable)));
create policy importing on activities.kind_synonyms as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on activities.kind_synonyms as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE ON activities.kind_synonyms FOR EACH ROW EXECUTE FUNCTION platform.write_audit();

create table activities.rows_not_taken (
    tenant_id uuid not null,
    import_id uuid not null,
    row_no bigint not null,
    disposition text not null,
    code text not null,
    problem jsonb,
    duplicate_of uuid,
    cells json,
    quantity numeric,
    unit text,
    start_on date,
    end_on date,
    constraint rows_not_taken_pkey PRIMARY KEY (tenant_id, import_id, row_no),
    constraint rows_not_taken_tenant_id_import_id_fkey FOREIGN KEY (tenant_id, import_id) REFERENCES activities.imports(tenant_id, import_id),
    constraint rows_not_taken_disposition_check CHECK ((disposition = ANY (ARRAY['excluded'::text, 'duplicate'::text, 'rejected'::text])))
);
alter table activities.rows_not_taken enable row level security;
alter table activities.rows_not_taken force row level security;
create policy erasing on activities.rows_not_taken as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('activities'::text) AS erasable)));
create policy erasing_sees on activities.rows_not_taken as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('activities'::text) AS erasable)));
create policy importing on activities.rows_not_taken as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on activities.rows_not_taken as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));

create table activities.source_fetches (
    tenant_id uuid not null,
    source_id uuid not null,
    fetch_id uuid not null,
    job_id uuid not null,
    started_at timestamp with time zone not null,
    finished_at timestamp with time zone not null,
    outcome text not null,
    http_status integer,
    size_bytes bigint,
    sha256 bytea,
    import_id uuid,
    problem jsonb,
    retry_at timestamp with time zone,
    constraint source_fetches_pkey PRIMARY KEY (tenant_id, source_id, fetch_id),
    constraint source_fetches_tenant_id_import_id_fkey FOREIGN KEY (tenant_id, import_id) REFERENCES activities.imports(tenant_id, import_id),
    constraint source_fetches_tenant_id_source_id_fkey FOREIGN KEY (tenant_id, source_id) REFERENCES activities.sources(tenant_id, source_id),
    constraint source_fetches_check CHECK (((outcome = 'imported'::text) = (import_id IS NOT NULL))),
    constraint source_fetches_check1 CHECK (((outcome = 'failed'::text) = (problem IS NOT NULL))),
    constraint source_fetches_outcome_check CHECK ((outcome = ANY (ARRAY['imported'::text, 'unchanged'::text, 'failed'::text])))
);
CREATE INDEX source_fetches_by_age ON activities.source_fetches USING btree (tenant_id, started_at);
alter table activities.source_fetches enable row level security;
alter table activities.source_fetches force row level security;
create policy erasing on activities.source_fetches as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('activities'::text) AS erasable)));
create policy erasing_sees on activities.source_fetches as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('activities'::text) AS erasable)));
create policy importing on activities.source_fetches as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on activities.source_fetches as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));

create table activities.source_secrets (
    tenant_id uuid not null,
    source_id uuid not null,
    secret bytea not null,
    constraint source_secrets_pkey PRIMARY KEY (tenant_id, source_id),
    constraint source_secrets_tenant_id_source_id_fkey FOREIGN KEY (tenant_id, source_id) REFERENCES activities.sources(tenant_id, source_id)
);
alter table activities.source_secrets enable row level security;
alter table activities.source_secrets force row level security;
create policy erasing on activities.source_secrets as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('activities'::text) AS erasable)));
create policy erasing_sees on activities.source_secrets as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('activities'::text) AS erasable)));
create policy importing on activities.source_secrets as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on activities.source_secrets as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));

create table activities.sources (
    tenant_id uuid not null,
    source_id uuid not null,
    name text not null,
    type text not null,
    url text not null,
    header_name text,
    template_id uuid,
    options jsonb not null default '{}'::jsonb,
    cron text not null,
    time_zone text not null,
    enabled boolean not null default true,
    created_at timestamp with time zone not null,
    created_by text not null,
    updated_at timestamp with time zone not null,
    deleted_at timestamp with time zone,
    version integer not null default 1,
    etag text,
    last_modified text,
    sha256 bytea,
    failures integer not null default 0,
    constraint sources_pkey PRIMARY KEY (tenant_id, source_id),
    constraint sources_tenant_id_template_id_fkey FOREIGN KEY (tenant_id, template_id) REFERENCES activities.import_templates(tenant_id, template_id),
    constraint sources_type_check CHECK ((type = 'https_file'::text))
);
CREATE UNIQUE INDEX sources_by_name ON activities.sources USING btree (tenant_id, lower(name)) WHERE (deleted_at IS NULL);
alter table activities.sources enable row level security;
alter table activities.sources force row level security;
create policy erasing on activities.sources as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('activities'::text) AS erasable)));
create policy erasing_sees on activities.sources as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('activities'::text) AS erasable)));
create policy importing on activities.sources as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on activities.sources as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT OR UPDATE OF name, url, header_name, template_id, options, cron, time_zone, enabled, deleted_at ON activities.sources FOR EACH ROW EXECUTE FUNCTION platform.write_audit();

create table activities.streams (
    tenant_id uuid not null,
    stream text not null,
    lines bigint not null,
    updated_at timestamp with time zone not null default clock_timestamp(),
    constraint streams_pkey PRIMARY KEY (tenant_id, stream),
    constraint streams_lines_check CHECK ((lines > 0))
);
alter table activities.streams enable row level security;
alter table activities.streams force row level security;
create policy erasing on activities.streams as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('activities'::text) AS erasable)));
create policy erasing_sees on activities.streams as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('activities'::text) AS erasable)));
create policy importing on activities.streams as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on activities.streams as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));

create table activities.synonym_proposals (
    tenant_id uuid not null,
    proposal_id uuid not null,
    name text not null,
    kind text not null,
    import_id uuid not null,
    rows bigint not null,
    status text not null default 'open'::text,
    proposed_at timestamp with time zone not null default clock_timestamp(),
    constraint synonym_proposals_pkey PRIMARY KEY (tenant_id, proposal_id),
    constraint synonym_proposals_tenant_id_name_kind_key UNIQUE (tenant_id, name, kind),
    constraint synonym_proposals_status_check CHECK ((status = ANY (ARRAY['open'::text, 'accepted'::text, 'dismissed'::text])))
);
alter table activities.synonym_proposals enable row level security;
alter table activities.synonym_proposals force row level security;
create policy erasing on activities.synonym_proposals as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('activities'::text) AS erasable)));
create policy erasing_sees on activities.synonym_proposals as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('activities'::text) AS erasable)));
create policy importing on activities.synonym_proposals as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on activities.synonym_proposals as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER UPDATE ON activities.synonym_proposals FOR EACH ROW EXECUTE FUNCTION platform.write_audit();

create table activities.uploads (
    tenant_id uuid not null,
    upload_id uuid not null,
    name text not null,
    size_bytes bigint not null,
    sha256 bytea,
    created_at timestamp with time zone not null default clock_timestamp(),
    created_by text not null default ''::text,
    constraint uploads_pkey PRIMARY KEY (tenant_id, upload_id),
    constraint uploads_size_bytes_check CHECK ((size_bytes > 0))
);
alter table activities.uploads enable row level security;
alter table activities.uploads force row level security;
create policy erasing on activities.uploads as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('activities'::text) AS erasable)));
create policy erasing_sees on activities.uploads as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('activities'::text) AS erasable)));
create policy importing on activities.uploads as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on activities.uploads as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT ON activities.uploads FOR EACH ROW EXECUTE FUNCTION platform.write_audit();

create table activities.vocabularies (
    tenant_id uuid not null,
    vocabulary_id uuid not null,
    body text not null,
    recorded_at timestamp with time zone not null default clock_timestamp(),
    constraint vocabularies_pkey PRIMARY KEY (tenant_id, vocabulary_id)
);
alter table activities.vocabularies enable row level security;
alter table activities.vocabularies force row level security;
create policy erasing on activities.vocabularies as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('activities'::text) AS erasable)));
create policy erasing_sees on activities.vocabularies as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('activities'::text) AS erasable)));
create policy importing on activities.vocabularies as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on activities.vocabularies as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON activities.vocabularies FOR EACH ROW EXECUTE FUNCTION platform.refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON activities.vocabularies FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_change();

create table factors.overrides (
    tenant_id uuid not null,
    snapshot_id uuid not null,
    override_no integer not null,
    name text not null,
    kind text not null,
    stage text not null,
    region text not null,
    unit text not null,
    co2e numeric,
    gases text not null default ''::text,
    biogenic_co2 numeric,
    gwp_set text,
    valid_from date not null,
    valid_to date,
    citation text not null,
    half_width numeric,
    tier text not null,
    created_at timestamp with time zone not null default clock_timestamp(),
    constraint overrides_pkey PRIMARY KEY (tenant_id, snapshot_id, override_no),
    constraint overrides_tenant_id_snapshot_id_fkey FOREIGN KEY (tenant_id, snapshot_id) REFERENCES factors.snapshots(tenant_id, snapshot_id) ON DELETE CASCADE,
    constraint overrides_biogenic_co2_check CHECK ((biogenic_co2 >= (0)::numeric)),
    constraint overrides_check CHECK ((valid_to >= valid_from)),
    constraint overrides_check1 CHECK (((co2e IS NOT NULL) OR (gases <> ''::text) OR (biogenic_co2 IS NOT NULL))),
    constraint overrides_co2e_check CHECK ((co2e >= (0)::numeric)),
    constraint overrides_gwp_set_check CHECK ((gwp_set = ANY (ARRAY['AR4'::text, 'AR5'::text, 'AR6'::text]))),
    constraint overrides_half_width_check CHECK (((half_width >= (0)::numeric) AND (half_width <= (10)::numeric))),
    constraint overrides_override_no_check CHECK ((override_no > 0)),
    constraint overrides_tier_check CHECK ((tier = ANY (ARRAY['supplier'::text, 'facility'::text, 'subnational'::text, 'country'::text, 'region'::text, 'world'::text])))
);
alter table factors.overrides enable row level security;
alter table factors.overrides force row level security;
create policy erasing on factors.overrides as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('factors'::text) AS erasable)));
create policy erasing_sees on factors.overrides as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('factors'::text) AS erasable)));
create policy importing on factors.overrides as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on factors.overrides as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE ON factors.overrides FOR EACH ROW EXECUTE FUNCTION platform.write_audit();
CREATE TRIGGER locked BEFORE INSERT OR DELETE OR UPDATE ON factors.overrides FOR EACH ROW EXECUTE FUNCTION factors.refuse_override_of_locked();

create table factors.snapshots (
    tenant_id uuid not null,
    snapshot_id uuid not null,
    name text not null,
    library_release integer,
    library_sha256 text not null,
    as_of date not null,
    pinned jsonb not null default '{}'::jsonb,
    editions jsonb,
    locked_at timestamp with time zone,
    locked_by text,
    created_at timestamp with time zone not null default clock_timestamp(),
    updated_at timestamp with time zone not null default clock_timestamp(),
    version integer not null default 1,
    constraint snapshots_pkey PRIMARY KEY (tenant_id, snapshot_id),
    constraint snapshots_tenant_id_name_key UNIQUE (tenant_id, name),
    constraint snapshots_check CHECK ((((locked_at IS NULL) = (editions IS NULL)) AND ((locked_at IS NULL) = (locked_by IS NULL))))
);
alter table factors.snapshots enable row level security;
alter table factors.snapshots force row level security;
create policy erasing on factors.snapshots as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('factors'::text) AS erasable)));
create policy erasing_sees on factors.snapshots as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('factors'::text) AS erasable)));
create policy importing on factors.snapshots as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on factors.snapshots as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE ON factors.snapshots FOR EACH ROW EXECUTE FUNCTION platform.write_audit();
CREATE TRIGGER locked BEFORE DELETE OR UPDATE ON factors.snapshots FOR EACH ROW EXECUTE FUNCTION factors.refuse_locked();

create table ledger.calculations (
    tenant_id uuid not null,
    calculation_id uuid not null,
    body text not null,
    recorded_at timestamp with time zone not null default clock_timestamp(),
    constraint calculations_pkey PRIMARY KEY (tenant_id, calculation_id)
);
alter table ledger.calculations enable row level security;
alter table ledger.calculations force row level security;
create policy erasing on ledger.calculations as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('ledger'::text) AS erasable)));
create policy erasing_sees on ledger.calculations as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('ledger'::text) AS erasable)));
create policy importing on ledger.calculations as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on ledger.calculations as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON ledger.calculations FOR EACH ROW EXECUTE FUNCTION platform.refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON ledger.calculations FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_change();

create table ledger.closings (
    tenant_id uuid not null,
    closing_id uuid not null,
    period_id uuid not null,
    action text not null,
    run_no bigint not null,
    hash bytea not null,
    reason text,
    at timestamp with time zone not null default clock_timestamp(),
    by_actor text not null,
    constraint closings_pkey PRIMARY KEY (tenant_id, closing_id),
    constraint closings_action_check CHECK ((action = ANY (ARRAY['close'::text, 'reopen'::text])))
);
CREATE INDEX closings_tenant_id_period_id_at_idx ON ledger.closings USING btree (tenant_id, period_id, at);
alter table ledger.closings enable row level security;
alter table ledger.closings force row level security;
create policy erasing on ledger.closings as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('ledger'::text) AS erasable)));
create policy erasing_sees on ledger.closings as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('ledger'::text) AS erasable)));
create policy importing on ledger.closings as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on ledger.closings as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON ledger.closings FOR EACH ROW EXECUTE FUNCTION platform.refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON ledger.closings FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_change();
CREATE TRIGGER audited AFTER INSERT ON ledger.closings FOR EACH ROW EXECUTE FUNCTION platform.write_audit();

create table ledger.entries (
    tenant_id uuid not null,
    run_no bigint not null,
    line integer not null,
    month date not null,
    entry_type text not null,
    reverses_run bigint,
    reverses_line integer,
    reason text,
    activity_id uuid not null,
    activity_version integer not null,
    slot smallint not null,
    revision smallint not null,
    entity_id uuid,
    facility_id uuid,
    kind text not null,
    scope smallint not null,
    category smallint,
    basis text not null,
    role text not null,
    status text not null,
    calculation_id uuid not null,
    workings_id uuid,
    whole_quantity numeric,
    quantity numeric not null,
    co2e_kg numeric not null,
    low_kg numeric not null,
    high_kg numeric not null,
    biogenic_co2_kg numeric not null,
    gases_kg numeric[] not null,
    restates boolean not null,
    constraint entries_pkey PRIMARY KEY (tenant_id, run_no, line, month),
    constraint entries_by_activity UNIQUE (tenant_id, activity_id, month, activity_version, slot, revision, entry_type),
    constraint entries_basis_check CHECK ((basis = ANY (ARRAY['single'::text, 'location'::text, 'market'::text]))),
    constraint entries_category_check CHECK (((category >= 1) AND (category <= 15))),
    constraint entries_check CHECK (((entry_type = 'reversal'::text) = (reverses_run IS NOT NULL))),
    constraint entries_entry_type_check CHECK ((entry_type = ANY (ARRAY['posting'::text, 'reversal'::text, 'adjustment'::text]))),
    constraint entries_scope_check CHECK (((scope >= 1) AND (scope <= 3))),
    constraint entries_status_check CHECK ((status = ANY (ARRAY['calculated'::text, 'estimated'::text])))
) partition by RANGE (month);
create table ledger.entries_2018 partition of ledger.entries FOR VALUES FROM ('2018-01-01') TO ('2019-01-01');
create table ledger.entries_2019 partition of ledger.entries FOR VALUES FROM ('2019-01-01') TO ('2020-01-01');
create table ledger.entries_2020 partition of ledger.entries FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
create table ledger.entries_2021 partition of ledger.entries FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
create table ledger.entries_2022 partition of ledger.entries FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');
create table ledger.entries_2023 partition of ledger.entries FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
create table ledger.entries_2024 partition of ledger.entries FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
create table ledger.entries_2025 partition of ledger.entries FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
create table ledger.entries_2026 partition of ledger.entries FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
create table ledger.entries_2027 partition of ledger.entries FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
create table ledger.entries_2028 partition of ledger.entries FOR VALUES FROM ('2028-01-01') TO ('2029-01-01');
create table ledger.entries_2029 partition of ledger.entries FOR VALUES FROM ('2029-01-01') TO ('2030-01-01');
create table ledger.entries_2030 partition of ledger.entries FOR VALUES FROM ('2030-01-01') TO ('2031-01-01');
create table ledger.entries_2031 partition of ledger.entries FOR VALUES FROM ('2031-01-01') TO ('2032-01-01');
create table ledger.entries_2032 partition of ledger.entries FOR VALUES FROM ('2032-01-01') TO ('2033-01-01');
create table ledger.entries_2033 partition of ledger.entries FOR VALUES FROM ('2033-01-01') TO ('2034-01-01');
create table ledger.entries_2034 partition of ledger.entries FOR VALUES FROM ('2034-01-01') TO ('2035-01-01');
create table ledger.entries_2035 partition of ledger.entries FOR VALUES FROM ('2035-01-01') TO ('2036-01-01');
create table ledger.entries_before_2018 partition of ledger.entries FOR VALUES FROM (MINVALUE) TO ('2018-01-01');
create table ledger.entries_from_2036 partition of ledger.entries FOR VALUES FROM ('2036-01-01') TO (MAXVALUE);
CREATE INDEX entries_by_calculation ON ONLY ledger.entries USING btree (tenant_id, calculation_id);
CREATE INDEX entries_restating ON ONLY ledger.entries USING btree (tenant_id, run_no) WHERE restates;
alter table ledger.entries enable row level security;
alter table ledger.entries force row level security;
create policy erasing on ledger.entries as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('ledger'::text) AS erasable)));
create policy erasing_sees on ledger.entries as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('ledger'::text) AS erasable)));
create policy importing on ledger.entries as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on ledger.entries as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON ledger.entries FOR EACH ROW EXECUTE FUNCTION platform.refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON ledger.entries FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_change();

create table ledger.recalculation_parts (
    tenant_id uuid not null,
    recalculation_id uuid not null,
    part_no integer not null,
    activity_ids uuid[] not null,
    activity_versions integer[] not null,
    constraint recalculation_parts_pkey PRIMARY KEY (tenant_id, recalculation_id, part_no),
    constraint recalculation_parts_tenant_id_recalculation_id_fkey FOREIGN KEY (tenant_id, recalculation_id) REFERENCES ledger.recalculations(tenant_id, recalculation_id)
);
alter table ledger.recalculation_parts enable row level security;
alter table ledger.recalculation_parts force row level security;
create policy erasing on ledger.recalculation_parts as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('ledger'::text) AS erasable)));
create policy erasing_sees on ledger.recalculation_parts as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('ledger'::text) AS erasable)));
create policy importing on ledger.recalculation_parts as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on ledger.recalculation_parts as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));

create table ledger.recalculations (
    tenant_id uuid not null,
    recalculation_id uuid not null,
    period_id uuid not null,
    period_version integer not null,
    head_run bigint not null,
    policy_before jsonb not null,
    policy jsonb not null,
    mapping jsonb,
    done bigint not null default 0,
    total bigint not null default 0,
    result jsonb,
    status text not null default 'previewed'::text,
    problem jsonb,
    reason text,
    created_at timestamp with time zone not null default clock_timestamp(),
    created_by text not null,
    constraint recalculations_pkey PRIMARY KEY (tenant_id, recalculation_id),
    constraint recalculations_check CHECK (((status = 'failed'::text) = (problem IS NOT NULL))),
    constraint recalculations_check1 CHECK (((result IS NOT NULL) OR (status = ANY (ARRAY['previewing'::text, 'failed'::text])))),
    constraint recalculations_status_check CHECK ((status = ANY (ARRAY['previewing'::text, 'previewed'::text, 'posting'::text, 'posted'::text, 'failed'::text])))
);
alter table ledger.recalculations enable row level security;
alter table ledger.recalculations force row level security;
create policy erasing on ledger.recalculations as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('ledger'::text) AS erasable)));
create policy erasing_sees on ledger.recalculations as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('ledger'::text) AS erasable)));
create policy importing on ledger.recalculations as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on ledger.recalculations as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE ON ledger.recalculations FOR EACH ROW EXECUTE FUNCTION platform.write_audit();

create table ledger.run_sums (
    tenant_id uuid not null,
    after_run bigint not null,
    run_no bigint not null,
    level smallint not null,
    cells integer not null,
    calculation_ids uuid[] not null,
    entity_ids uuid[] not null,
    kinds text[] not null,
    estimated boolean[] not null,
    labels integer[] not null,
    months date[] not null,
    entries bigint[] not null,
    quantities numeric[] not null,
    co2e_kg numeric[] not null,
    biogenic_co2_kg numeric[] not null,
    squares double precision[] not null,
    constraint run_sums_pkey PRIMARY KEY (tenant_id, after_run, run_no),
    constraint run_sums_check CHECK ((run_no > after_run)),
    constraint run_sums_level_check CHECK ((level > 0))
);
CREATE UNIQUE INDEX run_sums_tenant_id_level_run_no_idx ON ledger.run_sums USING btree (tenant_id, level, run_no);
alter table ledger.run_sums enable row level security;
alter table ledger.run_sums force row level security;
create policy erasing on ledger.run_sums as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('ledger'::text) AS erasable)));
create policy erasing_sees on ledger.run_sums as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('ledger'::text) AS erasable)));
create policy importing on ledger.run_sums as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on ledger.run_sums as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON ledger.run_sums FOR EACH ROW EXECUTE FUNCTION platform.refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON ledger.run_sums FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_change();

create table ledger.runs (
    tenant_id uuid not null,
    run_no bigint not null,
    posting_id uuid not null,
    through_row bigint not null default 0,
    cause text not null,
    reason text,
    entry_count integer not null,
    root bytea not null,
    previous_hash bytea not null,
    hash bytea not null,
    posted_at timestamp with time zone not null,
    posted_by text not null,
    constraint runs_pkey PRIMARY KEY (tenant_id, run_no),
    constraint runs_cause_check CHECK ((cause = ANY (ARRAY['posting'::text, 'correction'::text, 'recalculation'::text, 'undo'::text, 'adjustment'::text]))),
    constraint runs_entry_count_check CHECK ((entry_count > 0)),
    constraint runs_run_no_check CHECK ((run_no > 0))
);
CREATE INDEX runs_tenant_id_posting_id_through_row_idx ON ledger.runs USING btree (tenant_id, posting_id, through_row);
alter table ledger.runs enable row level security;
alter table ledger.runs force row level security;
create policy erasing on ledger.runs as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('ledger'::text) AS erasable)));
create policy erasing_sees on ledger.runs as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('ledger'::text) AS erasable)));
create policy importing on ledger.runs as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on ledger.runs as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON ledger.runs FOR EACH ROW EXECUTE FUNCTION platform.refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON ledger.runs FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_change();
CREATE TRIGGER audited AFTER INSERT ON ledger.runs FOR EACH ROW EXECUTE FUNCTION platform.write_audit();

create table ledger.unposted (
    tenant_id uuid not null,
    activity_id uuid not null,
    activity_version integer not null,
    posting_id uuid not null,
    row_no bigint not null,
    start_on date not null,
    end_on date not null,
    kind text not null,
    problem jsonb not null,
    recorded_at timestamp with time zone not null default clock_timestamp(),
    constraint unposted_pkey PRIMARY KEY (tenant_id, activity_id, activity_version)
);
alter table ledger.unposted enable row level security;
alter table ledger.unposted force row level security;
create policy erasing on ledger.unposted as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('ledger'::text) AS erasable)));
create policy erasing_sees on ledger.unposted as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('ledger'::text) AS erasable)));
create policy importing on ledger.unposted as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on ledger.unposted as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON ledger.unposted FOR EACH ROW EXECUTE FUNCTION platform.refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON ledger.unposted FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_change();

create table ledger.workings (
    tenant_id uuid not null,
    workings_id uuid not null,
    body text not null,
    recorded_at timestamp with time zone not null default clock_timestamp(),
    constraint workings_pkey PRIMARY KEY (tenant_id, workings_id)
);
alter table ledger.workings enable row level security;
alter table ledger.workings force row level security;
create policy erasing on ledger.workings as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('ledger'::text) AS erasable)));
create policy erasing_sees on ledger.workings as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('ledger'::text) AS erasable)));
create policy importing on ledger.workings as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on ledger.workings as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON ledger.workings FOR EACH ROW EXECUTE FUNCTION platform.refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON ledger.workings FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_change();

create table org.allowed_origins (
    tenant_id uuid not null,
    origin_id uuid not null,
    origin text not null,
    created_at timestamp with time zone not null,
    created_by text not null,
    constraint allowed_origins_pkey PRIMARY KEY (tenant_id, origin_id),
    constraint allowed_origins_tenant_id_origin_key UNIQUE (tenant_id, origin)
);
alter table org.allowed_origins enable row level security;
alter table org.allowed_origins force row level security;
create policy directory on org.allowed_origins as permissive for select to offgridflow_owner
    using (true);
create policy erasing on org.allowed_origins as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy erasing_sees on org.allowed_origins as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy importing on org.allowed_origins as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on org.allowed_origins as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE ON org.allowed_origins FOR EACH ROW EXECUTE FUNCTION platform.write_audit();
CREATE TRIGGER tells AFTER INSERT OR DELETE ON org.allowed_origins FOR EACH STATEMENT EXECUTE FUNCTION platform.tell_access();

create table org.api_keys (
    tenant_id uuid not null,
    api_key_id uuid not null,
    name text not null,
    hash bytea not null,
    ending text not null,
    created_at timestamp with time zone not null default clock_timestamp(),
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    last_used_at timestamp with time zone,
    role text not null default 'api_client'::text,
    permissions text[],
    networks cidr[] not null default '{}'::cidr[],
    created_by text,
    replaces uuid,
    adopted_by text,
    adopted_at timestamp with time zone,
    constraint api_keys_pkey PRIMARY KEY (tenant_id, api_key_id),
    constraint api_keys_tenant_id_hash_key UNIQUE (tenant_id, hash)
);
alter table org.api_keys enable row level security;
alter table org.api_keys force row level security;
create policy erasing on org.api_keys as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy erasing_sees on org.api_keys as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy importing on org.api_keys as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on org.api_keys as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OF expires_at, revoked_at, name, adopted_by ON org.api_keys FOR EACH ROW EXECUTE FUNCTION platform.write_audit();
CREATE TRIGGER tells AFTER UPDATE OF revoked_at, expires_at, role, permissions, networks ON org.api_keys FOR EACH STATEMENT EXECUTE FUNCTION platform.tell_access();
CREATE TRIGGER tells_adopted AFTER UPDATE OF adopted_by ON org.api_keys FOR EACH STATEMENT EXECUTE FUNCTION platform.tell_access();

create table org.assignments (
    tenant_id uuid not null,
    assignment_id uuid not null,
    user_id uuid not null,
    role text not null,
    scope text not null default 'tenant'::text,
    module text,
    facility_id uuid,
    expires_at timestamp with time zone,
    created_at timestamp with time zone not null default clock_timestamp(),
    created_by text not null,
    ended_at timestamp with time zone,
    project_id uuid,
    constraint assignments_pkey PRIMARY KEY (tenant_id, assignment_id),
    constraint assignments_tenant_id_facility_id_fkey FOREIGN KEY (tenant_id, facility_id) REFERENCES org.facilities(tenant_id, facility_id),
    constraint assignments_tenant_id_project_id_fkey FOREIGN KEY (tenant_id, project_id) REFERENCES org.projects(tenant_id, project_id),
    constraint assignments_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES org.memberships(tenant_id, user_id),
    constraint assignments_check CHECK (((scope = 'module'::text) = (module IS NOT NULL))),
    constraint assignments_check1 CHECK (((scope = 'facility'::text) = (facility_id IS NOT NULL))),
    constraint assignments_project_check CHECK (((scope = 'project'::text) = (project_id IS NOT NULL))),
    constraint assignments_scope_check CHECK ((scope = ANY (ARRAY['tenant'::text, 'project'::text, 'module'::text, 'facility'::text])))
);
CREATE INDEX assignments_tenant_id_user_id_idx ON org.assignments USING btree (tenant_id, user_id) WHERE (ended_at IS NULL);
alter table org.assignments enable row level security;
alter table org.assignments force row level security;
create policy directory on org.assignments as permissive for select to offgridflow_owner
    using (true);
create policy erasing on org.assignments as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy erasing_sees on org.assignments as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy importing on org.assignments as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy leaving on org.assignments as permissive for update to offgridflow_owner
    using (true);
create policy tenant on org.assignments as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE ON org.assignments FOR EACH ROW EXECUTE FUNCTION platform.write_audit();
CREATE TRIGGER tells AFTER INSERT OR UPDATE ON org.assignments FOR EACH STATEMENT EXECUTE FUNCTION platform.tell_access();

create table org.billing_details (
    tenant_id uuid not null,
    legal_name text not null,
    address_lines text[] not null,
    postcode text,
    city text not null,
    country text not null,
    tax_number text,
    purchase_order text,
    invoice_email text,
    invoice_email_key text,
    currency text not null,
    updated_at timestamp with time zone not null,
    version integer not null default 1,
    constraint billing_details_pkey PRIMARY KEY (tenant_id),
    constraint billing_details_address_lines_check CHECK (((cardinality(address_lines) >= 1) AND (cardinality(address_lines) <= 4))),
    constraint billing_details_check CHECK (((invoice_email IS NULL) = (invoice_email_key IS NULL))),
    constraint billing_details_country_check CHECK ((country ~ '^[A-Z]{2}$'::text)),
    constraint billing_details_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text))
);
alter table org.billing_details enable row level security;
alter table org.billing_details force row level security;
create policy directory on org.billing_details as permissive for select to offgridflow_owner
    using (true);
create policy erasing on org.billing_details as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy erasing_sees on org.billing_details as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy importing on org.billing_details as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy leaving on org.billing_details as permissive for update to offgridflow_owner
    using (true);
create policy tenant on org.billing_details as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE ON org.billing_details FOR EACH ROW EXECUTE FUNCTION platform.write_audit();

create table org.elsewhere (
    slug text not null,
    id uuid,
    region text not null,
    noted_at timestamp with time zone not null default clock_timestamp(),
    constraint elsewhere_pkey PRIMARY KEY (slug),
    constraint elsewhere_id_key UNIQUE (id),
    constraint elsewhere_region_check CHECK ((region ~ '^[a-z][a-z0-9-]{0,30}$'::text)),
    constraint elsewhere_slug_check CHECK ((slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'::text))
);
CREATE TRIGGER tells AFTER INSERT OR DELETE OR UPDATE ON org.elsewhere FOR EACH STATEMENT EXECUTE FUNCTION platform.tell_access();

create table org.entities (
    tenant_id uuid not null,
    entity_id uuid not null,
    code text not null,
    name text not null,
    country text,
    parent_entity_id uuid,
    created_at timestamp with time zone not null default clock_timestamp(),
    updated_at timestamp with time zone not null default clock_timestamp(),
    deleted_at timestamp with time zone,
    version integer not null default 1,
    constraint entities_pkey PRIMARY KEY (tenant_id, entity_id),
    constraint entities_tenant_id_code_key UNIQUE (tenant_id, code),
    constraint entities_tenant_id_parent_entity_id_fkey FOREIGN KEY (tenant_id, parent_entity_id) REFERENCES org.entities(tenant_id, entity_id)
);
alter table org.entities enable row level security;
alter table org.entities force row level security;
create policy erasing on org.entities as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy erasing_sees on org.entities as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy importing on org.entities as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on org.entities as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE ON org.entities FOR EACH ROW EXECUTE FUNCTION platform.write_audit();

create table org.entity_shares (
    tenant_id uuid not null,
    entity_id uuid not null,
    valid_from date not null,
    equity_share numeric not null,
    financial_control text not null,
    operational_control boolean not null,
    recorded_at timestamp with time zone not null default clock_timestamp(),
    constraint entity_shares_pkey PRIMARY KEY (tenant_id, entity_id, valid_from),
    constraint entity_shares_tenant_id_entity_id_fkey FOREIGN KEY (tenant_id, entity_id) REFERENCES org.entities(tenant_id, entity_id),
    constraint entity_shares_equity_share_check CHECK (((equity_share >= (0)::numeric) AND (equity_share <= (1)::numeric))),
    constraint entity_shares_financial_control_check CHECK ((financial_control = ANY (ARRAY['sole'::text, 'joint'::text, 'none'::text])))
);
alter table org.entity_shares enable row level security;
alter table org.entity_shares force row level security;
create policy erasing on org.entity_shares as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy erasing_sees on org.entity_shares as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy importing on org.entity_shares as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on org.entity_shares as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE ON org.entity_shares FOR EACH ROW EXECUTE FUNCTION platform.write_audit();
CREATE TRIGGER former_changed BEFORE UPDATE ON org.entity_shares FOR EACH ROW WHEN (((CURRENT_USER = 'offgridflow_app'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION org.keep_former();
CREATE TRIGGER former_gone BEFORE DELETE ON org.entity_shares FOR EACH ROW WHEN ((CURRENT_USER = 'offgridflow_app'::name)) EXECUTE FUNCTION org.keep_former();

create table org.erasure_certificates (
    tenant_id uuid not null,
    erased_at timestamp with time zone not null,
    body jsonb not null,
    hash bytea not null,
    constraint erasure_certificates_pkey PRIMARY KEY (tenant_id)
);
alter table org.erasure_certificates enable row level security;
alter table org.erasure_certificates force row level security;
create policy erasure on org.erasure_certificates as permissive for all to offgridflow_owner
    using (true)
    with check (true);
create policy tenant on org.erasure_certificates as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON org.erasure_certificates FOR EACH ROW EXECUTE FUNCTION platform.refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON org.erasure_certificates FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_change();

create table org.erasures (
    tenant_id uuid not null,
    erasure_id uuid not null,
    reason text not null,
    requested_at timestamp with time zone not null,
    requested_by text not null,
    due_at timestamp with time zone not null,
    cancelled_at timestamp with time zone,
    cancelled_by text,
    constraint erasures_pkey PRIMARY KEY (tenant_id, erasure_id)
);
CREATE UNIQUE INDEX erasures_standing ON org.erasures USING btree (tenant_id) WHERE (cancelled_at IS NULL);
alter table org.erasures enable row level security;
alter table org.erasures force row level security;
create policy erasure on org.erasures as permissive for all to offgridflow_owner
    using (true)
    with check (true);
create policy tenant on org.erasures as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT OR UPDATE ON org.erasures FOR EACH ROW EXECUTE FUNCTION platform.write_audit();
CREATE TRIGGER dates BEFORE INSERT ON org.erasures FOR EACH ROW EXECUTE FUNCTION org.set_erasure_window();

create table org.exports (
    tenant_id uuid not null,
    export_id uuid not null,
    requested_at timestamp with time zone not null,
    requested_by text not null,
    job_id uuid,
    sha256 bytea,
    size_bytes bigint,
    finished_at timestamp with time zone,
    expires_at timestamp with time zone,
    constraint exports_pkey PRIMARY KEY (tenant_id, export_id)
);
alter table org.exports enable row level security;
alter table org.exports force row level security;
create policy erasing on org.exports as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy erasing_sees on org.exports as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy importing on org.exports as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on org.exports as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT ON org.exports FOR EACH ROW EXECUTE FUNCTION platform.write_audit();

create table org.facilities (
    tenant_id uuid not null,
    facility_id uuid not null,
    entity_id uuid not null,
    code text not null,
    name text not null,
    address text,
    region text,
    grid_region text,
    floor_area_m2 numeric,
    headcount numeric,
    created_at timestamp with time zone not null default clock_timestamp(),
    updated_at timestamp with time zone not null default clock_timestamp(),
    deleted_at timestamp with time zone,
    version integer not null default 1,
    constraint facilities_pkey PRIMARY KEY (tenant_id, facility_id),
    constraint facilities_tenant_id_code_key UNIQUE (tenant_id, code),
    constraint facilities_tenant_id_entity_id_fkey FOREIGN KEY (tenant_id, entity_id) REFERENCES org.entities(tenant_id, entity_id),
    constraint facilities_floor_area_m2_check CHECK ((floor_area_m2 >= (0)::numeric)),
    constraint facilities_headcount_check CHECK ((headcount >= (0)::numeric))
);
alter table org.facilities enable row level security;
alter table org.facilities force row level security;
create policy erasing on org.facilities as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy erasing_sees on org.facilities as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy importing on org.facilities as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on org.facilities as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE ON org.facilities FOR EACH ROW EXECUTE FUNCTION platform.write_audit();

create table org.former_rows (
    tenant_id uuid not null,
    relation text not null,
    known_until timestamp with time zone not null,
    former_id uuid not null default gen_random_uuid(),
    known_from timestamp with time zone not null,
    body jsonb not null,
    constraint former_rows_pkey PRIMARY KEY (tenant_id, relation, known_until, former_id),
    constraint former_rows_check CHECK ((known_from <= known_until)),
    constraint former_rows_relation_check CHECK ((relation = ANY (ARRAY['periods'::text, 'entity_shares'::text])))
);
alter table org.former_rows enable row level security;
alter table org.former_rows force row level security;
create policy erasing on org.former_rows as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy erasing_sees on org.former_rows as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy importing on org.former_rows as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on org.former_rows as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON org.former_rows FOR EACH ROW EXECUTE FUNCTION platform.refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON org.former_rows FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_change();

create table org.invitations (
    tenant_id uuid not null,
    invitation_id uuid not null,
    email text not null,
    email_key text not null,
    role text not null,
    role_expires_at timestamp with time zone,
    hash bytea not null,
    created_at timestamp with time zone not null,
    created_by text not null,
    expires_at timestamp with time zone not null,
    accepted_at timestamp with time zone,
    accepted_by uuid,
    revoked_at timestamp with time zone,
    scope text not null default 'tenant'::text,
    module text,
    facility_id uuid,
    sent_at timestamp with time zone,
    project_id uuid,
    constraint invitations_pkey PRIMARY KEY (tenant_id, invitation_id),
    constraint invitations_tenant_id_facility_id_fkey FOREIGN KEY (tenant_id, facility_id) REFERENCES org.facilities(tenant_id, facility_id),
    constraint invitations_tenant_id_project_id_fkey FOREIGN KEY (tenant_id, project_id) REFERENCES org.projects(tenant_id, project_id),
    constraint invitations_facility_check CHECK (((scope = 'facility'::text) = (facility_id IS NOT NULL))),
    constraint invitations_module_check CHECK (((scope = 'module'::text) = (module IS NOT NULL))),
    constraint invitations_project_check CHECK (((scope = 'project'::text) = (project_id IS NOT NULL))),
    constraint invitations_scope_check CHECK ((scope = ANY (ARRAY['tenant'::text, 'project'::text, 'module'::text, 'facility'::text])))
);
alter table org.invitations enable row level security;
alter table org.invitations force row level security;
create policy directory on org.invitations as permissive for select to offgridflow_owner
    using (true);
create policy erasing on org.invitations as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy erasing_sees on org.invitations as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy importing on org.invitations as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy leaving on org.invitations as permissive for update to offgridflow_owner
    using (true);
create policy tenant on org.invitations as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT OR UPDATE OF accepted_at, revoked_at ON org.invitations FOR EACH ROW EXECUTE FUNCTION platform.write_audit();

create table org.memberships (
    tenant_id uuid not null,
    user_id uuid not null,
    status text not null default 'active'::text,
    joined_at timestamp with time zone not null default clock_timestamp(),
    invited_by text,
    source text not null default 'invitation'::text,
    updated_at timestamp with time zone not null default clock_timestamp(),
    version integer not null default 1,
    signed_out_at timestamp with time zone,
    constraint memberships_pkey PRIMARY KEY (tenant_id, user_id),
    constraint memberships_user_id_fkey FOREIGN KEY (user_id) REFERENCES people.users(user_id),
    constraint memberships_source_check CHECK ((source = ANY (ARRAY['operator'::text, 'invitation'::text, 'oidc'::text, 'scim'::text]))),
    constraint memberships_status_check CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text, 'removed'::text])))
);
alter table org.memberships enable row level security;
alter table org.memberships force row level security;
create policy directory on org.memberships as permissive for select to offgridflow_owner
    using (true);
create policy erasing on org.memberships as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy erasing_sees on org.memberships as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy importing on org.memberships as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy leaving on org.memberships as permissive for update to offgridflow_owner
    using (true);
create policy tenant on org.memberships as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE ON org.memberships FOR EACH ROW EXECUTE FUNCTION platform.write_audit();
CREATE TRIGGER tells AFTER UPDATE ON org.memberships FOR EACH STATEMENT EXECUTE FUNCTION platform.tell_access();

create table org.notice_letters (
    tenant_id uuid not null,
    notice_id uuid not null,
    user_id uuid not null,
    job_id uuid not null,
    written_at timestamp with time zone not null,
    constraint notice_letters_pkey PRIMARY KEY (tenant_id, notice_id, user_id),
    constraint notice_letters_tenant_id_notice_id_fkey FOREIGN KEY (tenant_id, notice_id) REFERENCES org.notices(tenant_id, notice_id)
);
alter table org.notice_letters enable row level security;
alter table org.notice_letters force row level security;
create policy erasing on org.notice_letters as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy erasing_sees on org.notice_letters as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy importing on org.notice_letters as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on org.notice_letters as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT ON org.notice_letters FOR EACH ROW EXECUTE FUNCTION platform.write_audit();

create table org.notices (
    tenant_id uuid not null,
    notice_id uuid not null,
    reference text not null,
    title text not null,
    body text not null,
    published_at timestamp with time zone not null,
    acknowledged_at timestamp with time zone,
    acknowledged_by text,
    constraint notices_pkey PRIMARY KEY (tenant_id, notice_id),
    constraint notices_tenant_id_reference_key UNIQUE (tenant_id, reference),
    constraint notices_check CHECK (((acknowledged_at IS NULL) = (acknowledged_by IS NULL)))
);
alter table org.notices enable row level security;
alter table org.notices force row level security;
create policy erasing on org.notices as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy erasing_sees on org.notices as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy importing on org.notices as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on org.notices as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT OR UPDATE ON org.notices FOR EACH ROW EXECUTE FUNCTION platform.write_audit();
CREATE TRIGGER tells AFTER INSERT OR UPDATE ON org.notices FOR EACH STATEMENT EXECUTE FUNCTION platform.tell_access();

create table org.periods (
    tenant_id uuid not null,
    period_id uuid not null,
    code text not null,
    granularity text not null,
    starts_on date not null,
    ends_on date not null,
    status text not null default 'open'::text,
    gwp_set text,
    factor_date date not null,
    factor_dates text not null default 'effective'::text,
    boundary text not null default 'operational_control'::text,
    source_preference jsonb not null default '{}'::jsonb,
    significance_threshold numeric not null default 0.05,
    snapshot_id uuid,
    is_base_year boolean not null default false,
    has_entries boolean not null default false,
    created_at timestamp with time zone not null default clock_timestamp(),
    updated_at timestamp with time zone not null default clock_timestamp(),
    deleted_at timestamp with time zone,
    version integer not null default 1,
    recorded_at timestamp with time zone not null default clock_timestamp(),
    constraint periods_pkey PRIMARY KEY (tenant_id, period_id),
    constraint periods_tenant_id_code_key UNIQUE (tenant_id, code),
    constraint periods_boundary_check CHECK ((boundary = ANY (ARRAY['operational_control'::text, 'financial_control'::text, 'equity_share'::text]))),
    constraint periods_check CHECK ((ends_on > starts_on)),
    constraint periods_factor_dates_check CHECK ((factor_dates = ANY (ARRAY['effective'::text, 'published'::text]))),
    constraint periods_granularity_check CHECK ((granularity = ANY (ARRAY['year'::text, 'quarter'::text, 'month'::text]))),
    constraint periods_gwp_set_check CHECK ((gwp_set = ANY (ARRAY['AR4'::text, 'AR5'::text, 'AR6'::text]))),
    constraint periods_significance_threshold_check CHECK (((significance_threshold >= (0)::numeric) AND (significance_threshold <= (1)::numeric))),
    constraint periods_status_check CHECK ((status = ANY (ARRAY['open'::text, 'closed'::text])))
);
alter table org.periods enable row level security;
alter table org.periods force row level security;
create policy erasing on org.periods as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy erasing_sees on org.periods as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy importing on org.periods as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on org.periods as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE ON org.periods FOR EACH ROW EXECUTE FUNCTION platform.write_audit();
CREATE TRIGGER former_changed BEFORE UPDATE ON org.periods FOR EACH ROW WHEN (((CURRENT_USER = 'offgridflow_app'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION org.keep_former();

create table org.project_facilities (
    tenant_id uuid not null,
    project_id uuid not null,
    facility_id uuid not null,
    constraint project_facilities_pkey PRIMARY KEY (tenant_id, project_id, facility_id),
    constraint project_facilities_tenant_id_facility_id_fkey FOREIGN KEY (tenant_id, facility_id) REFERENCES org.facilities(tenant_id, facility_id),
    constraint project_facilities_tenant_id_project_id_fkey FOREIGN KEY (tenant_id, project_id) REFERENCES org.projects(tenant_id, project_id)
);
CREATE INDEX project_facilities_tenant_id_facility_id_idx ON org.project_facilities USING btree (tenant_id, facility_id);
alter table org.project_facilities enable row level security;
alter table org.project_facilities force row level security;
create policy erasing on org.project_facilities as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy erasing_sees on org.project_facilities as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy importing on org.project_facilities as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on org.project_facilities as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE ON org.project_facilities FOR EACH ROW EXECUTE FUNCTION platform.write_audit();
CREATE TRIGGER tells AFTER INSERT OR DELETE ON org.project_facilities FOR EACH STATEMENT EXECUTE FUNCTION platform.tell_access();

create table org.projects (
    tenant_id uuid not null,
    project_id uuid not null,
    code text not null,
    name text not null,
    starts_on date,
    ends_on date,
    created_at timestamp with time zone not null default clock_timestamp(),
    updated_at timestamp with time zone not null default clock_timestamp(),
    deleted_at timestamp with time zone,
    version integer not null default 1,
    constraint projects_pkey PRIMARY KEY (tenant_id, project_id),
    constraint projects_tenant_id_code_key UNIQUE (tenant_id, code),
    constraint projects_check CHECK ((ends_on >= starts_on))
);
alter table org.projects enable row level security;
alter table org.projects force row level security;
create policy erasing on org.projects as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy erasing_sees on org.projects as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy importing on org.projects as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on org.projects as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE ON org.projects FOR EACH ROW EXECUTE FUNCTION platform.write_audit();
CREATE TRIGGER tells AFTER UPDATE ON org.projects FOR EACH STATEMENT EXECUTE FUNCTION platform.tell_access();

create table org.providers (
    tenant_id uuid not null,
    provider_id uuid not null,
    name text not null,
    issuer text not null,
    client_id text not null,
    secret bytea,
    groups_claim text not null default 'groups'::text,
    group_roles jsonb not null default '{}'::jsonb,
    default_role text,
    joins boolean not null default false,
    created_at timestamp with time zone not null default clock_timestamp(),
    updated_at timestamp with time zone not null default clock_timestamp(),
    deleted_at timestamp with time zone,
    version integer not null default 1,
    second_factor text not null default 'stated'::text,
    acr text,
    constraint providers_pkey PRIMARY KEY (tenant_id, provider_id),
    constraint providers_acr_check CHECK (((length(acr) >= 1) AND (length(acr) <= 200))),
    constraint providers_second_factor_check CHECK ((second_factor = ANY (ARRAY['stated'::text, 'vouched'::text])))
);
alter table org.providers enable row level security;
alter table org.providers force row level security;
create policy erasing on org.providers as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy erasing_sees on org.providers as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy importing on org.providers as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on org.providers as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE ON org.providers FOR EACH ROW EXECUTE FUNCTION platform.write_audit();

create table org.roles (
    tenant_id uuid not null,
    role_id uuid not null,
    name text not null,
    title text not null,
    permissions text[] not null,
    created_at timestamp with time zone not null default clock_timestamp(),
    updated_at timestamp with time zone not null default clock_timestamp(),
    deleted_at timestamp with time zone,
    version integer not null default 1,
    constraint roles_pkey PRIMARY KEY (tenant_id, role_id),
    constraint roles_tenant_id_name_key UNIQUE (tenant_id, name),
    constraint roles_name_check CHECK ((name ~ '^[a-z][a-z0-9_]{0,62}$'::text))
);
alter table org.roles enable row level security;
alter table org.roles force row level security;
create policy erasing on org.roles as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy erasing_sees on org.roles as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy importing on org.roles as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on org.roles as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE ON org.roles FOR EACH ROW EXECUTE FUNCTION platform.write_audit();
CREATE TRIGGER tells AFTER UPDATE ON org.roles FOR EACH STATEMENT EXECUTE FUNCTION platform.tell_access();

create table org.scim_group_members (
    tenant_id uuid not null,
    scim_group_id uuid not null,
    scim_user_id uuid not null,
    constraint scim_group_members_pkey PRIMARY KEY (tenant_id, scim_group_id, scim_user_id),
    constraint scim_group_members_tenant_id_scim_group_id_fkey FOREIGN KEY (tenant_id, scim_group_id) REFERENCES org.scim_groups(tenant_id, scim_group_id),
    constraint scim_group_members_tenant_id_scim_user_id_fkey FOREIGN KEY (tenant_id, scim_user_id) REFERENCES org.scim_users(tenant_id, scim_user_id)
);
CREATE INDEX scim_group_members_tenant_id_scim_user_id_idx ON org.scim_group_members USING btree (tenant_id, scim_user_id);
alter table org.scim_group_members enable row level security;
alter table org.scim_group_members force row level security;
create policy erasing on org.scim_group_members as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy erasing_sees on org.scim_group_members as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy importing on org.scim_group_members as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on org.scim_group_members as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE ON org.scim_group_members FOR EACH ROW EXECUTE FUNCTION platform.write_audit();

create table org.scim_groups (
    tenant_id uuid not null,
    scim_group_id uuid not null,
    display_name text not null,
    display_name_key text not null,
    external_id text,
    created_at timestamp with time zone not null,
    updated_at timestamp with time zone not null,
    version integer not null default 1,
    constraint scim_groups_pkey PRIMARY KEY (tenant_id, scim_group_id),
    constraint scim_groups_tenant_id_display_name_key_key UNIQUE (tenant_id, display_name_key)
);
alter table org.scim_groups enable row level security;
alter table org.scim_groups force row level security;
create policy erasing on org.scim_groups as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy erasing_sees on org.scim_groups as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy importing on org.scim_groups as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on org.scim_groups as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE ON org.scim_groups FOR EACH ROW EXECUTE FUNCTION platform.write_audit();

create table org.scim_settings (
    tenant_id uuid not null,
    group_roles jsonb not null default '{}'::jsonb,
    default_role text,
    updated_at timestamp with time zone not null default clock_timestamp(),
    version integer not null default 1,
    constraint scim_settings_pkey PRIMARY KEY (tenant_id)
);
alter table org.scim_settings enable row level security;
alter table org.scim_settings force row level security;
create policy erasing on org.scim_settings as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy erasing_sees on org.scim_settings as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy importing on org.scim_settings as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on org.scim_settings as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE ON org.scim_settings FOR EACH ROW EXECUTE FUNCTION platform.write_audit();

create table org.scim_users (
    tenant_id uuid not null,
    scim_user_id uuid not null,
    user_id uuid,
    by_directory boolean not null,
    user_name text not null,
    user_name_key text not null,
    email text not null,
    email_key text not null,
    external_id text,
    is_active boolean not null,
    attributes jsonb not null,
    created_at timestamp with time zone not null,
    updated_at timestamp with time zone not null,
    version integer not null default 1,
    constraint scim_users_pkey PRIMARY KEY (tenant_id, scim_user_id),
    constraint scim_users_tenant_id_email_key_key UNIQUE (tenant_id, email_key),
    constraint scim_users_tenant_id_user_id_key UNIQUE (tenant_id, user_id),
    constraint scim_users_tenant_id_user_name_key_key UNIQUE (tenant_id, user_name_key),
    constraint scim_users_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES org.memberships(tenant_id, user_id)
);
CREATE INDEX scim_users_tenant_id_external_id_idx ON org.scim_users USING btree (tenant_id, external_id);
alter table org.scim_users enable row level security;
alter table org.scim_users force row level security;
create policy directory on org.scim_users as permissive for select to offgridflow_owner
    using (true);
create policy erasing on org.scim_users as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy erasing_sees on org.scim_users as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy importing on org.scim_users as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy leaving on org.scim_users as permissive for update to offgridflow_owner
    using (true);
create policy tenant on org.scim_users as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE ON org.scim_users FOR EACH ROW EXECUTE FUNCTION platform.write_audit();

create table org.security_policies (
    tenant_id uuid not null,
    two_factors_required boolean not null default false,
    updated_at timestamp with time zone not null default clock_timestamp(),
    version integer not null default 1,
    four_eyes boolean not null default false,
    constraint security_policies_pkey PRIMARY KEY (tenant_id)
);
alter table org.security_policies enable row level security;
alter table org.security_policies force row level security;
create policy erasing on org.security_policies as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy erasing_sees on org.security_policies as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy importing on org.security_policies as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on org.security_policies as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE ON org.security_policies FOR EACH ROW EXECUTE FUNCTION platform.write_audit();
CREATE TRIGGER tells AFTER INSERT OR UPDATE ON org.security_policies FOR EACH STATEMENT EXECUTE FUNCTION platform.tell_access();

create table org.signing_keys (
    tenant_id uuid not null,
    key_id text not null,
    public_key bytea not null,
    private_key bytea,
    created_at timestamp with time zone not null,
    retired_at timestamp with time zone,
    constraint signing_keys_pkey PRIMARY KEY (tenant_id, key_id),
    constraint signing_keys_check CHECK (((private_key IS NULL) = (retired_at IS NOT NULL)))
);
CREATE UNIQUE INDEX signing_key_in_use ON org.signing_keys USING btree (tenant_id) WHERE (retired_at IS NULL);
alter table org.signing_keys enable row level security;
alter table org.signing_keys force row level security;
create policy erasing on org.signing_keys as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy erasing_sees on org.signing_keys as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy importing on org.signing_keys as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on org.signing_keys as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER tells AFTER INSERT OR UPDATE ON org.signing_keys FOR EACH STATEMENT EXECUTE FUNCTION platform.tell_access();

create table org.tenant_imports (
    tenant_id uuid not null,
    began_at timestamp with time zone not null default clock_timestamp(),
    finished_at timestamp with time zone,
    constraint tenant_imports_pkey PRIMARY KEY (tenant_id)
);
alter table org.tenant_imports enable row level security;
alter table org.tenant_imports force row level security;
create policy import on org.tenant_imports as permissive for all to offgridflow_owner
    using (true)
    with check (true);
create policy tenant on org.tenant_imports as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));

create table org.tenants (
    id uuid not null,
    slug text not null,
    name text not null,
    plan text not null default 'standard'::text,
    status text not null default 'active'::text,
    fiscal_year_start smallint not null default 1,
    settings jsonb not null default '{}'::jsonb,
    created_at timestamp with time zone not null default clock_timestamp(),
    updated_at timestamp with time zone not null default clock_timestamp(),
    version integer not null default 1,
    closed_at timestamp with time zone,
    region text not null default platform.region(),
    constraint tenants_pkey PRIMARY KEY (id),
    constraint tenants_slug_key UNIQUE (slug),
    constraint tenants_fiscal_year_start_check CHECK (((fiscal_year_start >= 1) AND (fiscal_year_start <= 12))),
    constraint tenants_slug_check CHECK ((slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'::text)),
    constraint tenants_status_check CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text, 'closed'::text, 'moved'::text])))
);
alter table org.tenants enable row level security;
alter table org.tenants force row level security;
create policy directory on org.tenants as permissive for select to offgridflow_owner
    using (true);
create policy erasing on org.tenants as permissive for delete to offgridflow_owner
    using ((id = ( SELECT org.erasable('org'::text) AS erasable)));
create policy importing on org.tenants as permissive for insert to offgridflow_owner
    with check ((id = ( SELECT org.importing() AS importing)));
create policy naming on org.tenants as permissive for update to offgridflow_owner
    using ((region = 'local'::text))
    with check ((region = platform.region()));
create policy tenant on org.tenants as permissive for all to offgridflow_app
    using ((id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE ON org.tenants FOR EACH ROW EXECUTE FUNCTION platform.write_audit();
CREATE TRIGGER closing BEFORE UPDATE OF status, closed_at ON org.tenants FOR EACH ROW EXECUTE FUNCTION org.set_closed_at();
CREATE TRIGGER residency BEFORE INSERT OR UPDATE OF region, status ON org.tenants FOR EACH ROW EXECUTE FUNCTION org.keep_in_region();
CREATE TRIGGER tells AFTER UPDATE OF status ON org.tenants FOR EACH STATEMENT EXECUTE FUNCTION platform.tell_access();
CREATE TRIGGER tells_gone AFTER DELETE ON org.tenants FOR EACH STATEMENT EXECUTE FUNCTION platform.tell_access();

create table people.authenticators (
    user_id uuid not null,
    secret bytea not null,
    confirmed_at timestamp with time zone,
    last_step bigint not null default 0,
    constraint authenticators_pkey PRIMARY KEY (user_id),
    constraint authenticators_user_id_fkey FOREIGN KEY (user_id) REFERENCES people.users(user_id)
);
alter table people.authenticators enable row level security;
alter table people.authenticators force row level security;
create policy directory on people.authenticators as permissive for select to offgridflow_owner
    using (true);
create policy erasing on people.authenticators as permissive for delete to offgridflow_owner
    using (true);
create policy erasing_sees on people.authenticators as permissive for select to offgridflow_owner
    using (true);
create policy person on people.authenticators as permissive for all to offgridflow_app
    using ((user_id = ( SELECT (current_setting('app.user_id'::text))::uuid AS current_setting)))
    with check ((user_id = ( SELECT (current_setting('app.user_id'::text))::uuid AS current_setting)));

create table people.consents (
    user_id uuid not null,
    consent_id uuid not null,
    document text not null,
    edition text not null,
    given_at timestamp with time zone not null,
    withdrawn_at timestamp with time zone,
    address text,
    constraint consents_pkey PRIMARY KEY (user_id, consent_id),
    constraint consents_user_id_fkey FOREIGN KEY (user_id) REFERENCES people.users(user_id)
);
alter table people.consents enable row level security;
alter table people.consents force row level security;
create policy erasing on people.consents as permissive for delete to offgridflow_owner
    using (true);
create policy erasing_sees on people.consents as permissive for select to offgridflow_owner
    using (true);
create policy person on people.consents as permissive for all to offgridflow_app
    using ((user_id = ( SELECT (current_setting('app.user_id'::text))::uuid AS current_setting)))
    with check ((user_id = ( SELECT (current_setting('app.user_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE ON people.consents FOR EACH ROW EXECUTE FUNCTION platform.write_audit();

create table people.external_logins (
    user_id uuid not null,
    issuer text not null,
    subject text not null,
    created_at timestamp with time zone not null default clock_timestamp(),
    last_used_at timestamp with time zone,
    constraint external_logins_pkey PRIMARY KEY (user_id, issuer, subject),
    constraint external_logins_issuer_subject_key UNIQUE (issuer, subject),
    constraint external_logins_user_id_fkey FOREIGN KEY (user_id) REFERENCES people.users(user_id)
);
alter table people.external_logins enable row level security;
alter table people.external_logins force row level security;
create policy directory on people.external_logins as permissive for select to offgridflow_owner
    using (true);
create policy erasing on people.external_logins as permissive for delete to offgridflow_owner
    using (true);
create policy erasing_sees on people.external_logins as permissive for select to offgridflow_owner
    using (true);
create policy person on people.external_logins as permissive for all to offgridflow_app
    using ((user_id = ( SELECT (current_setting('app.user_id'::text))::uuid AS current_setting)))
    with check ((user_id = ( SELECT (current_setting('app.user_id'::text))::uuid AS current_setting)));

create table people.one_time_tokens (
    user_id uuid not null,
    hash bytea not null,
    purpose text not null,
    details jsonb not null default '{}'::jsonb,
    created_at timestamp with time zone not null,
    expires_at timestamp with time zone not null,
    used_at timestamp with time zone,
    constraint one_time_tokens_pkey PRIMARY KEY (user_id, hash),
    constraint one_time_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES people.users(user_id),
    constraint one_time_tokens_purpose_check CHECK ((purpose = ANY (ARRAY['confirm_email'::text, 'reset_password'::text, 'second_factor'::text, 'change_email'::text, 'passkey'::text])))
);
alter table people.one_time_tokens enable row level security;
alter table people.one_time_tokens force row level security;
create policy erasing on people.one_time_tokens as permissive for delete to offgridflow_owner
    using (true);
create policy erasing_sees on people.one_time_tokens as permissive for select to offgridflow_owner
    using (true);
create policy person on people.one_time_tokens as permissive for all to offgridflow_app
    using ((user_id = ( SELECT (current_setting('app.user_id'::text))::uuid AS current_setting)))
    with check ((user_id = ( SELECT (current_setting('app.user_id'::text))::uuid AS current_setting)));

create table people.passkeys (
    user_id uuid not null,
    credential_id bytea not null,
    public_key bytea not null,
    name text not null,
    sign_count bigint not null,
    transports text[] not null,
    is_user_verified boolean not null,
    is_backup_eligible boolean not null,
    is_backed_up boolean not null,
    attestation bytea not null,
    client_data bytea not null,
    created_at timestamp with time zone not null,
    last_used_at timestamp with time zone,
    constraint passkeys_pkey PRIMARY KEY (user_id, credential_id),
    constraint passkeys_user_id_fkey FOREIGN KEY (user_id) REFERENCES people.users(user_id)
);
alter table people.passkeys enable row level security;
alter table people.passkeys force row level security;
create policy directory on people.passkeys as permissive for select to offgridflow_owner
    using (true);
create policy erasing on people.passkeys as permissive for delete to offgridflow_owner
    using (true);
create policy erasing_sees on people.passkeys as permissive for select to offgridflow_owner
    using (true);
create policy person on people.passkeys as permissive for all to offgridflow_app
    using ((user_id = ( SELECT (current_setting('app.user_id'::text))::uuid AS current_setting)))
    with check ((user_id = ( SELECT (current_setting('app.user_id'::text))::uuid AS current_setting)));

create table people.passwords (
    user_id uuid not null,
    hash text not null,
    changed_at timestamp with time zone not null,
    constraint passwords_pkey PRIMARY KEY (user_id),
    constraint passwords_user_id_fkey FOREIGN KEY (user_id) REFERENCES people.users(user_id)
);
alter table people.passwords enable row level security;
alter table people.passwords force row level security;
create policy erasing on people.passwords as permissive for delete to offgridflow_owner
    using (true);
create policy erasing_sees on people.passwords as permissive for select to offgridflow_owner
    using (true);
create policy person on people.passwords as permissive for all to offgridflow_app
    using ((user_id = ( SELECT (current_setting('app.user_id'::text))::uuid AS current_setting)))
    with check ((user_id = ( SELECT (current_setting('app.user_id'::text))::uuid AS current_setting)));

create table people.recovery_codes (
    user_id uuid not null,
    hash bytea not null,
    used_at timestamp with time zone,
    constraint recovery_codes_pkey PRIMARY KEY (user_id, hash),
    constraint recovery_codes_user_id_fkey FOREIGN KEY (user_id) REFERENCES people.users(user_id)
);
alter table people.recovery_codes enable row level security;
alter table people.recovery_codes force row level security;
create policy erasing on people.recovery_codes as permissive for delete to offgridflow_owner
    using (true);
create policy erasing_sees on people.recovery_codes as permissive for select to offgridflow_owner
    using (true);
create policy person on people.recovery_codes as permissive for all to offgridflow_app
    using ((user_id = ( SELECT (current_setting('app.user_id'::text))::uuid AS current_setting)))
    with check ((user_id = ( SELECT (current_setting('app.user_id'::text))::uuid AS current_setting)));

create table people.refresh_tokens (
    user_id uuid not null,
    session_id uuid not null,
    hash bytea not null,
    issued_at timestamp with time zone not null,
    expires_at timestamp with time zone not null,
    used_at timestamp with time zone,
    constraint refresh_tokens_pkey PRIMARY KEY (user_id, session_id, hash),
    constraint refresh_tokens_user_id_session_id_fkey FOREIGN KEY (user_id, session_id) REFERENCES people.sessions(user_id, session_id)
);
alter table people.refresh_tokens enable row level security;
alter table people.refresh_tokens force row level security;
create policy erasing on people.refresh_tokens as permissive for delete to offgridflow_owner
    using (true);
create policy erasing_sees on people.refresh_tokens as permissive for select to offgridflow_owner
    using (true);
create policy person on people.refresh_tokens as permissive for all to offgridflow_app
    using ((user_id = ( SELECT (current_setting('app.user_id'::text))::uuid AS current_setting)))
    with check ((user_id = ( SELECT (current_setting('app.user_id'::text))::uuid AS current_setting)));

create table people.sessions (
    user_id uuid not null,
    session_id uuid not null,
    hash bytea not null,
    working_in uuid,
    carrier text not null,
    factors text[] not null,
    stamp uuid not null,
    address text,
    user_agent text,
    created_at timestamp with time zone not null,
    authenticated_at timestamp with time zone not null,
    last_seen_at timestamp with time zone not null,
    expires_at timestamp with time zone not null,
    ended_at timestamp with time zone,
    ended_because text,
    confined_to uuid,
    vouched_by uuid,
    constraint sessions_pkey PRIMARY KEY (user_id, session_id),
    constraint sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES people.users(user_id),
    constraint sessions_carrier_check CHECK ((carrier = ANY (ARRAY['cookie'::text, 'token'::text]))),
    constraint sessions_ended_because_check CHECK ((ended_because = ANY (ARRAY['signed_out'::text, 'revoked'::text, 'reused'::text, 'password_changed'::text, 'expired'::text, 'disabled'::text, 'organization'::text])))
);
alter table people.sessions enable row level security;
alter table people.sessions force row level security;
create policy erasing on people.sessions as permissive for delete to offgridflow_owner
    using (true);
create policy erasing_sees on people.sessions as permissive for select to offgridflow_owner
    using (true);
create policy person on people.sessions as permissive for all to offgridflow_app
    using ((user_id = ( SELECT (current_setting('app.user_id'::text))::uuid AS current_setting)))
    with check ((user_id = ( SELECT (current_setting('app.user_id'::text))::uuid AS current_setting)));
CREATE TRIGGER tells AFTER UPDATE OF hash, ended_at, working_in ON people.sessions FOR EACH STATEMENT EXECUTE FUNCTION platform.tell_access();
CREATE TRIGGER tells_factors AFTER UPDATE OF factors ON people.sessions FOR EACH STATEMENT EXECUTE FUNCTION platform.tell_access();

create table people.users (
    user_id uuid not null,
    email text not null,
    email_key text not null,
    name text not null,
    status text not null default 'active'::text,
    email_confirmed_at timestamp with time zone,
    failed_sign_ins integer not null default 0,
    locked_until timestamp with time zone,
    stamp uuid not null default gen_random_uuid(),
    last_sign_in_at timestamp with time zone,
    created_at timestamp with time zone not null default clock_timestamp(),
    updated_at timestamp with time zone not null default clock_timestamp(),
    version integer not null default 1,
    constraint users_pkey PRIMARY KEY (user_id),
    constraint users_email_key_key UNIQUE (email_key),
    constraint users_status_check CHECK ((status = ANY (ARRAY['active'::text, 'disabled'::text, 'erased'::text])))
);
alter table people.users enable row level security;
alter table people.users force row level security;
create policy directory on people.users as permissive for select to offgridflow_owner
    using (true);
create policy erasing on people.users as permissive for delete to offgridflow_owner
    using (true);
create policy erasing_sees on people.users as permissive for select to offgridflow_owner
    using (true);
create policy importing on people.users as permissive for insert to offgridflow_owner
    with check ((( SELECT org.importing() AS importing) IS NOT NULL));
create policy person on people.users as permissive for all to offgridflow_app
    using ((user_id = ( SELECT (current_setting('app.user_id'::text))::uuid AS current_setting)))
    with check ((user_id = ( SELECT (current_setting('app.user_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT OR UPDATE OF email, name, status, email_confirmed_at, locked_until ON people.users FOR EACH ROW EXECUTE FUNCTION platform.write_audit();
CREATE TRIGGER tells AFTER UPDATE OF status, stamp ON people.users FOR EACH STATEMENT EXECUTE FUNCTION platform.tell_access();

create table platform.audit (
    tenant_id uuid not null,
    at timestamp with time zone not null default clock_timestamp(),
    audit_id uuid not null default gen_random_uuid(),
    table_name text,
    operation text not null,
    old_values jsonb,
    new_values jsonb,
    actor text not null,
    address text,
    user_agent text,
    request_id text,
    constraint audit_pkey PRIMARY KEY (tenant_id, at, audit_id),
    constraint audit_event_check CHECK (((table_name IS NULL) = (operation <> ALL (ARRAY['insert'::text, 'update'::text, 'delete'::text]))))
) partition by RANGE (at);
create table platform.audit_2026 partition of platform.audit FOR VALUES FROM ('2026-01-01 00:00:00+00') TO ('2027-01-01 00:00:00+00');
create table platform.audit_2027 partition of platform.audit FOR VALUES FROM ('2027-01-01 00:00:00+00') TO ('2028-01-01 00:00:00+00');
create table platform.audit_2028 partition of platform.audit FOR VALUES FROM ('2028-01-01 00:00:00+00') TO ('2029-01-01 00:00:00+00');
create table platform.audit_2029 partition of platform.audit FOR VALUES FROM ('2029-01-01 00:00:00+00') TO ('2030-01-01 00:00:00+00');
create table platform.audit_2030 partition of platform.audit FOR VALUES FROM ('2030-01-01 00:00:00+00') TO ('2031-01-01 00:00:00+00');
create table platform.audit_2031 partition of platform.audit FOR VALUES FROM ('2031-01-01 00:00:00+00') TO ('2032-01-01 00:00:00+00');
create table platform.audit_2032 partition of platform.audit FOR VALUES FROM ('2032-01-01 00:00:00+00') TO ('2033-01-01 00:00:00+00');
create table platform.audit_2033 partition of platform.audit FOR VALUES FROM ('2033-01-01 00:00:00+00') TO ('2034-01-01 00:00:00+00');
create table platform.audit_2034 partition of platform.audit FOR VALUES FROM ('2034-01-01 00:00:00+00') TO ('2035-01-01 00:00:00+00');
create table platform.audit_2035 partition of platform.audit FOR VALUES FROM ('2035-01-01 00:00:00+00') TO ('2036-01-01 00:00:00+00');
create table platform.audit_before_2026 partition of platform.audit FOR VALUES FROM (MINVALUE) TO ('2026-01-01 00:00:00+00');
create table platform.audit_from_2036 partition of platform.audit FOR VALUES FROM ('2036-01-01 00:00:00+00') TO (MAXVALUE);
alter table platform.audit enable row level security;
alter table platform.audit force row level security;
create policy chain on platform.audit as permissive for select to offgridflow_owner
    using (true);
create policy erasing on platform.audit as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('platform'::text) AS erasable)));
create policy erasing_sees on platform.audit as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('platform'::text) AS erasable)));
create policy importing on platform.audit as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy retention on platform.audit as permissive for delete to offgridflow_owner
    using (true);
create policy tenant on platform.audit as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
create policy trail on platform.audit as permissive for insert to offgridflow_owner
    with check (true);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON platform.audit FOR EACH ROW EXECUTE FUNCTION platform.refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON platform.audit FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_change();
CREATE TRIGGER chained AFTER INSERT ON platform.audit FOR EACH ROW EXECUTE FUNCTION platform.queue_audit();

create table platform.audit_chain (
    tenant_id uuid not null,
    chain_no bigint not null,
    at timestamp with time zone not null,
    audit_id uuid not null,
    hash bytea not null,
    constraint audit_chain_pkey PRIMARY KEY (tenant_id, chain_no),
    constraint audit_chain_tenant_id_at_audit_id_key UNIQUE (tenant_id, at, audit_id),
    constraint audit_chain_chain_no_check CHECK ((chain_no > 0))
);
alter table platform.audit_chain enable row level security;
alter table platform.audit_chain force row level security;
create policy chain on platform.audit_chain as permissive for all to offgridflow_owner
    using (true)
    with check (true);
create policy erasing on platform.audit_chain as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('platform'::text) AS erasable)));
create policy erasing_sees on platform.audit_chain as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('platform'::text) AS erasable)));
create policy importing on platform.audit_chain as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on platform.audit_chain as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON platform.audit_chain FOR EACH ROW EXECUTE FUNCTION platform.refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON platform.audit_chain FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_change();

create table platform.audit_starts (
    tenant_id uuid not null,
    chain_no bigint not null,
    hash bytea not null,
    constraint audit_starts_pkey PRIMARY KEY (tenant_id)
);
alter table platform.audit_starts enable row level security;
alter table platform.audit_starts force row level security;
create policy chain on platform.audit_starts as permissive for all to offgridflow_owner
    using (true)
    with check (true);
create policy erasing on platform.audit_starts as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('platform'::text) AS erasable)));
create policy erasing_sees on platform.audit_starts as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('platform'::text) AS erasable)));
create policy importing on platform.audit_starts as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on platform.audit_starts as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));

create table platform.audit_unchained (
    tenant_id uuid not null,
    at timestamp with time zone not null,
    audit_id uuid not null,
    constraint audit_unchained_pkey PRIMARY KEY (tenant_id, at, audit_id)
);
alter table platform.audit_unchained enable row level security;
alter table platform.audit_unchained force row level security;
create policy chain on platform.audit_unchained as permissive for all to offgridflow_owner
    using (true)
    with check (true);
create policy erasing on platform.audit_unchained as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('platform'::text) AS erasable)));
create policy erasing_sees on platform.audit_unchained as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('platform'::text) AS erasable)));
create policy importing on platform.audit_unchained as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on platform.audit_unchained as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));

create table platform.data_keys (
    tenant_id uuid not null,
    key_no integer not null,
    master text not null,
    wrapped bytea not null,
    created_at timestamp with time zone not null,
    constraint data_keys_pkey PRIMARY KEY (tenant_id, key_no),
    constraint data_keys_key_no_check CHECK ((key_no > 0))
);
alter table platform.data_keys enable row level security;
alter table platform.data_keys force row level security;
create policy erasing on platform.data_keys as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('platform'::text) AS erasable)));
create policy erasing_sees on platform.data_keys as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('platform'::text) AS erasable)));
create policy importing on platform.data_keys as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on platform.data_keys as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));

create table platform.deliveries (
    tenant_id uuid not null,
    webhook_id uuid not null,
    delivery_id uuid not null,
    event_id uuid not null,
    job_id uuid not null,
    at timestamp with time zone not null,
    duration_ms integer not null,
    status_code integer,
    error text,
    answer text,
    constraint deliveries_pkey PRIMARY KEY (tenant_id, webhook_id, delivery_id),
    constraint deliveries_tenant_id_webhook_id_fkey FOREIGN KEY (tenant_id, webhook_id) REFERENCES platform.webhooks(tenant_id, webhook_id)
);
alter table platform.deliveries enable row level security;
alter table platform.deliveries force row level security;
create policy erasing on platform.deliveries as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('platform'::text) AS erasable)));
create policy erasing_sees on platform.deliveries as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('platform'::text) AS erasable)));
create policy importing on platform.deliveries as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on platform.deliveries as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));

create table platform.heard (
    tenant_id uuid not null,
    subscriber text not null,
    event_id uuid not null,
    at timestamp with time zone not null default clock_timestamp(),
    constraint heard_pkey PRIMARY KEY (tenant_id, subscriber, event_id),
    constraint heard_tenant_id_event_id_fkey FOREIGN KEY (tenant_id, event_id) REFERENCES platform.outbox(tenant_id, event_id)
);
CREATE INDEX heard_by_event ON platform.heard USING btree (tenant_id, event_id);
alter table platform.heard enable row level security;
alter table platform.heard force row level security;
create policy erasing on platform.heard as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('platform'::text) AS erasable)));
create policy erasing_sees on platform.heard as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('platform'::text) AS erasable)));
create policy importing on platform.heard as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on platform.heard as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));

create table platform.idempotency (
    tenant_id uuid not null,
    key text not null,
    request_hash bytea,
    status smallint,
    content_type text,
    location text,
    etag text,
    body bytea,
    created_at timestamp with time zone not null default clock_timestamp(),
    constraint idempotency_pkey PRIMARY KEY (tenant_id, key),
    constraint idempotency_key_check CHECK (((length(key) >= 1) AND (length(key) <= 200)))
);
CREATE INDEX idempotency_tenant_id_created_at_idx ON platform.idempotency USING btree (tenant_id, created_at);
alter table platform.idempotency enable row level security;
alter table platform.idempotency force row level security;
create policy erasing on platform.idempotency as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('platform'::text) AS erasable)));
create policy erasing_sees on platform.idempotency as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('platform'::text) AS erasable)));
create policy importing on platform.idempotency as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on platform.idempotency as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));

create table platform.installation (
    is_one boolean not null default true,
    region text not null,
    named_at timestamp with time zone not null default clock_timestamp(),
    constraint installation_pkey PRIMARY KEY (is_one),
    constraint installation_is_one_check CHECK (is_one),
    constraint installation_region_check CHECK ((region ~ '^[a-z][a-z0-9-]{0,30}$'::text))
);

create table platform.job_schedules (
    tenant_id uuid not null,
    schedule_id uuid not null,
    name text not null,
    type text not null,
    job_name text not null,
    arguments jsonb not null,
    cron text not null,
    time_zone text not null,
    next_at timestamp with time zone not null,
    last_at timestamp with time zone,
    constraint job_schedules_pkey PRIMARY KEY (tenant_id, schedule_id),
    constraint job_schedules_tenant_id_name_key UNIQUE (tenant_id, name),
    constraint job_schedules_type_check CHECK ((type = ANY (ARRAY['calculation'::text, 'ingestion'::text, 'report_generation'::text, 'export'::text, 'notification'::text, 'maintenance'::text])))
);
CREATE INDEX job_schedules_due ON platform.job_schedules USING btree (next_at);
alter table platform.job_schedules enable row level security;
alter table platform.job_schedules force row level security;
create policy clock on platform.job_schedules as permissive for select to offgridflow_owner
    using (true);
create policy erasing on platform.job_schedules as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('platform'::text) AS erasable)));
create policy erasing_sees on platform.job_schedules as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('platform'::text) AS erasable)));
create policy importing on platform.job_schedules as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on platform.job_schedules as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OF cron, time_zone, arguments ON platform.job_schedules FOR EACH ROW EXECUTE FUNCTION platform.write_audit();

create table platform.jobs (
    tenant_id uuid not null,
    job_id uuid not null,
    type text not null,
    name text not null,
    key text,
    arguments jsonb not null,
    priority integer not null default 0,
    status text not null default 'queued'::text,
    not_before timestamp with time zone not null default clock_timestamp(),
    attempt integer not null default 0,
    failures integer not null default 0,
    worker text,
    leased_until timestamp with time zone,
    cursor jsonb,
    done bigint not null default 0,
    total bigint,
    problem jsonb,
    created_at timestamp with time zone not null default clock_timestamp(),
    created_by text not null,
    claimed_at timestamp with time zone,
    finished_at timestamp with time zone,
    constraint jobs_pkey PRIMARY KEY (tenant_id, job_id),
    constraint jobs_check CHECK (((status = 'running'::text) = (worker IS NOT NULL))),
    constraint jobs_check1 CHECK (((status = 'running'::text) = (leased_until IS NOT NULL))),
    constraint jobs_check2 CHECK (((status = ANY (ARRAY['succeeded'::text, 'dead'::text, 'cancelled'::text])) = (finished_at IS NOT NULL))),
    constraint jobs_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'running'::text, 'succeeded'::text, 'dead'::text, 'cancelled'::text]))),
    constraint jobs_type_check CHECK ((type = ANY (ARRAY['calculation'::text, 'ingestion'::text, 'report_generation'::text, 'export'::text, 'notification'::text, 'maintenance'::text])))
);
CREATE INDEX jobs_by_claim ON platform.jobs USING btree (tenant_id, claimed_at);
CREATE INDEX jobs_running ON platform.jobs USING btree (tenant_id, leased_until) WHERE (status = 'running'::text);
CREATE INDEX jobs_waiting ON platform.jobs USING btree (tenant_id, priority DESC, job_id) WHERE (status = 'queued'::text);
CREATE UNIQUE INDEX jobs_by_key ON platform.jobs USING btree (tenant_id, key) WHERE ((key IS NOT NULL) AND (status = ANY (ARRAY['queued'::text, 'running'::text])));
alter table platform.jobs enable row level security;
alter table platform.jobs force row level security;
create policy erasing on platform.jobs as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('platform'::text) AS erasable)));
create policy erasing_sees on platform.jobs as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('platform'::text) AS erasable)));
create policy importing on platform.jobs as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy queue on platform.jobs as permissive for all to offgridflow_owner
    using (true)
    with check (true);
create policy tenant on platform.jobs as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER UPDATE OF status ON platform.jobs FOR EACH ROW WHEN ((((new.status = 'cancelled'::text) AND (old.status <> 'cancelled'::text)) OR ((new.status = 'queued'::text) AND (old.status = ANY (ARRAY['dead'::text, 'cancelled'::text]))))) EXECUTE FUNCTION platform.write_audit();
CREATE TRIGGER ring_cancelled AFTER UPDATE OF status ON platform.jobs FOR EACH ROW WHEN (((old.status = 'running'::text) AND (new.status = 'cancelled'::text))) EXECUTE FUNCTION platform.ring_workers();
CREATE TRIGGER ring_queued AFTER INSERT OR UPDATE OF status ON platform.jobs FOR EACH ROW WHEN ((new.status = 'queued'::text)) EXECUTE FUNCTION platform.ring_workers();

create table platform.migrations (
    name text not null,
    sha256 text not null,
    applied_at timestamp with time zone not null default now(),
    constraint migrations_pkey PRIMARY KEY (name)
);

create table platform.outbox (
    tenant_id uuid not null,
    event_id uuid not null,
    type text not null,
    body jsonb not null,
    at timestamp with time zone not null,
    sent_at timestamp with time zone,
    constraint outbox_pkey PRIMARY KEY (tenant_id, event_id)
);
CREATE INDEX outbox_waiting ON platform.outbox USING btree (tenant_id, event_id) WHERE (sent_at IS NULL);
alter table platform.outbox enable row level security;
alter table platform.outbox force row level security;
create policy dispatch on platform.outbox as permissive for select to offgridflow_owner
    using (true);
create policy erasing on platform.outbox as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('platform'::text) AS erasable)));
create policy erasing_sees on platform.outbox as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('platform'::text) AS erasable)));
create policy importing on platform.outbox as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on platform.outbox as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER ring_waiting AFTER INSERT ON platform.outbox FOR EACH ROW WHEN ((new.sent_at IS NULL)) EXECUTE FUNCTION platform.ring_dispatchers();

create table platform.retention (
    name text not null,
    place integer not null,
    holds text not null,
    days integer,
    starts text not null,
    ends text not null,
    why text not null,
    setting text,
    constraint retention_pkey PRIMARY KEY (name),
    constraint retention_place_key UNIQUE (place),
    constraint retention_days_check CHECK ((days > 0))
);

create table platform.retention_runs (
    tenant_id uuid not null,
    name text not null,
    ran_at timestamp with time zone not null,
    removed bigint not null,
    removed_in_all bigint not null,
    constraint retention_runs_pkey PRIMARY KEY (tenant_id, name)
);
alter table platform.retention_runs enable row level security;
alter table platform.retention_runs force row level security;
create policy erasing on platform.retention_runs as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('platform'::text) AS erasable)));
create policy erasing_sees on platform.retention_runs as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('platform'::text) AS erasable)));
create policy importing on platform.retention_runs as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on platform.retention_runs as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));

create table platform.webhook_secrets (
    tenant_id uuid not null,
    webhook_id uuid not null,
    secret bytea not null,
    constraint webhook_secrets_pkey PRIMARY KEY (tenant_id, webhook_id),
    constraint webhook_secrets_tenant_id_webhook_id_fkey FOREIGN KEY (tenant_id, webhook_id) REFERENCES platform.webhooks(tenant_id, webhook_id)
);
alter table platform.webhook_secrets enable row level security;
alter table platform.webhook_secrets force row level security;
create policy erasing on platform.webhook_secrets as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('platform'::text) AS erasable)));
create policy erasing_sees on platform.webhook_secrets as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('platform'::text) AS erasable)));
create policy importing on platform.webhook_secrets as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on platform.webhook_secrets as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));

create table platform.webhooks (
    tenant_id uuid not null,
    webhook_id uuid not null,
    url text not null,
    event_types text[] not null,
    description text,
    status text not null default 'active'::text,
    disabled_reason text,
    failing_since timestamp with time zone,
    created_at timestamp with time zone not null default clock_timestamp(),
    updated_at timestamp with time zone not null default clock_timestamp(),
    deleted_at timestamp with time zone,
    version integer not null default 1,
    constraint webhooks_pkey PRIMARY KEY (tenant_id, webhook_id),
    constraint webhooks_status_check CHECK ((status = ANY (ARRAY['active'::text, 'disabled'::text])))
);
alter table platform.webhooks enable row level security;
alter table platform.webhooks force row level security;
create policy erasing on platform.webhooks as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('platform'::text) AS erasable)));
create policy erasing_sees on platform.webhooks as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('platform'::text) AS erasable)));
create policy importing on platform.webhooks as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on platform.webhooks as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT OR UPDATE OF url, event_types, description, status, deleted_at ON platform.webhooks FOR EACH ROW EXECUTE FUNCTION platform.write_audit();

create table reporting.contents (
    tenant_id uuid not null,
    report_id uuid not null,
    body text not null,
    constraint contents_pkey PRIMARY KEY (tenant_id, report_id),
    constraint contents_tenant_id_report_id_fkey FOREIGN KEY (tenant_id, report_id) REFERENCES reporting.reports(tenant_id, report_id)
);
alter table reporting.contents enable row level security;
alter table reporting.contents force row level security;
create policy erasing on reporting.contents as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('reporting'::text) AS erasable)));
create policy erasing_sees on reporting.contents as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('reporting'::text) AS erasable)));
create policy importing on reporting.contents as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on reporting.contents as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON reporting.contents FOR EACH ROW EXECUTE FUNCTION platform.refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON reporting.contents FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_change();

create table reporting.reports (
    tenant_id uuid not null,
    report_id uuid not null,
    kind text not null,
    period_id uuid not null,
    period text not null,
    run_no bigint not null,
    sha256 bytea not null,
    status text not null default 'draft'::text,
    made_at timestamp with time zone not null,
    made_by text not null,
    submitted_at timestamp with time zone,
    submitted_by text,
    decided_at timestamp with time zone,
    decided_by text,
    reason text,
    version integer not null default 1,
    constraint reports_pkey PRIMARY KEY (tenant_id, report_id),
    constraint reports_check CHECK (((status = 'draft'::text) = (submitted_at IS NULL))),
    constraint reports_check1 CHECK (((submitted_at IS NULL) = (submitted_by IS NULL))),
    constraint reports_check2 CHECK (((status = ANY (ARRAY['approved'::text, 'rejected'::text])) = (decided_at IS NOT NULL))),
    constraint reports_check3 CHECK (((decided_at IS NULL) = (decided_by IS NULL))),
    constraint reports_kind_check CHECK ((kind = 'ghg_inventory'::text)),
    constraint reports_run_no_check CHECK ((run_no > 0)),
    constraint reports_sha256_check CHECK ((length(sha256) = 32)),
    constraint reports_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'submitted'::text, 'approved'::text, 'rejected'::text])))
);
alter table reporting.reports enable row level security;
alter table reporting.reports force row level security;
create policy erasing on reporting.reports as permissive for delete to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('reporting'::text) AS erasable)));
create policy erasing_sees on reporting.reports as permissive for select to offgridflow_owner
    using ((tenant_id = ( SELECT org.erasable('reporting'::text) AS erasable)));
create policy importing on reporting.reports as permissive for insert to offgridflow_owner
    with check ((tenant_id = ( SELECT org.importing() AS importing)));
create policy tenant on reporting.reports as permissive for all to offgridflow_app
    using ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)))
    with check ((tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting)));
CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE ON reporting.reports FOR EACH ROW EXECUTE FUNCTION platform.write_audit();
CREATE TRIGGER keeps BEFORE UPDATE ON reporting.reports FOR EACH ROW EXECUTE FUNCTION reporting.refuse_rewriting();

CREATE OR REPLACE FUNCTION factors.refuse_locked()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
    if current_user = 'offgridflow_owner' and tg_op = 'DELETE' then
        if org.erasable('factors') = old.tenant_id then
            return old;
        end if;
    end if;
    if old.locked_at is not null then
        raise exception 'snapshot % is locked: make a new one instead', old.snapshot_id using errcode = 'restrict_violation';
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end
$function$
;

CREATE OR REPLACE FUNCTION factors.refuse_override_of_locked()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
    touched uuid := case when tg_op = 'DELETE' then old.snapshot_id else new.snapshot_id end;
    locked timestamptz;
begin
    if current_user = 'offgridflow_owner' then
        if (tg_op = 'DELETE' and org.erasable('factors') is not null) or (tg_op = 'INSERT' and org.importing() is not null) then
            return case when tg_op = 'DELETE' then old else new end;
        end if;
    end if;
    select locked_at into locked from factors.snapshots where snapshot_id = touched for share;
    if locked is not null then
        raise exception 'snapshot % is locked: make a new one instead', touched using errcode = 'restrict_violation';
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end
$function$
;

CREATE OR REPLACE FUNCTION org.certificates()
 RETURNS TABLE(tenant_id uuid, erased_at timestamp with time zone, body text, hash bytea)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$ select c.tenant_id, c.erased_at, c.body::text, c.hash from org.erasure_certificates c order by c.erased_at $function$
;
comment on function org.certificates() is 'Crosses tenants: the operator''s list of the tenants that are no more (tenant certificates).';

CREATE OR REPLACE FUNCTION org.deletion_order(key_column text)
 RETURNS SETOF regclass
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
    remaining oid[] := array(
        select c.oid from pg_catalog.pg_class c join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = key_column and not a.attisdropped
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and not c.relispartition and n.nspname in ('platform', 'org', 'people', 'factors', 'activities', 'ledger', 'reporting') order by c.oid);
    next oid;
begin
    while cardinality(remaining) > 0 loop
        select t into next from unnest(remaining) t
        where not exists (select from pg_catalog.pg_constraint k where k.contype = 'f' and k.confrelid = t and k.conrelid <> t and k.conrelid = any (remaining)) limit 1;
        if next is null then
            raise exception 'tables refer to each other in a circle: %', remaining;
        end if;
        remaining := array_remove(remaining, next);
        return next next;
        next := null;
    end loop;
end
$function$
;

CREATE OR REPLACE FUNCTION org.erasable(of_schema text)
 RETURNS uuid
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
    select e.tenant_id from org.erasures e
    where e.tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid and e.cancelled_at is null and e.due_at <= clock_timestamp()
    union all
    select t.id from org.tenants t
    where t.id = nullif(current_setting('app.tenant_id', true), '')::uuid and of_schema = 'activities' and t.closed_at < clock_timestamp() - platform.kept_for('activities')
    limit 1
$function$
;

CREATE OR REPLACE FUNCTION org.erase_activities()
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    tenant uuid := org.erasable('activities');
    target regclass;
    gone bigint;
    done bigint := 0;
begin
    if tenant is null then
        return 0;
    end if;
    for target in select o from org.deletion_order('tenant_id') o where o::text like 'activities.%' loop
        execute format('delete from %s where tenant_id = $1', target) using tenant;
        get diagnostics gone = row_count;
        done := done + gone;
    end loop;
    return done;
end
$function$
;
comment on function org.erase_activities() is 'Deletes what is append-only: the activities of the bound tenant, and only 90 days after its subscription ended.';

CREATE OR REPLACE FUNCTION org.erase_tenant(files_erased bigint)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    tenant uuid := org.erasable('org');
    asked record;
    named record;
    target regclass;
    persons uuid[];
    counts jsonb := '{}';
    gone bigint;
    body jsonb;
begin
    if tenant is null then
        raise exception 'no erasure of this tenant is due' using errcode = 'restrict_violation';
    end if;
    select e.* into asked from org.erasures e where e.tenant_id = tenant and e.cancelled_at is null;
    select t.name, t.slug into named from org.tenants t where t.id = tenant;
    select array_agg(m.user_id) into persons from org.memberships m
    where m.tenant_id = tenant and not exists (select from org.memberships o where o.user_id = m.user_id and o.tenant_id <> tenant);
    for target in
        select o from org.deletion_order('tenant_id') o
        where o not in ('org.erasures'::regclass, 'org.erasure_certificates'::regclass, 'platform.audit'::regclass, 'platform.audit_chain'::regclass,
            'platform.audit_unchained'::regclass, 'platform.audit_starts'::regclass)
    loop
        execute format('delete from %s where tenant_id = $1', target) using tenant;
        get diagnostics gone = row_count;
        counts := counts || jsonb_build_object(target::text, gone);
    end loop;
    for target in select o from org.deletion_order('user_id') o where o::text like 'people.%' loop
        execute format('delete from %s where user_id = any ($1)', target) using persons;
        get diagnostics gone = row_count;
        counts := counts || jsonb_build_object(target::text, gone);
    end loop;
    delete from org.tenants where id = tenant;
    -- Last, because what went before was audited too.
    foreach target in array array['platform.audit_unchained', 'platform.audit_chain', 'platform.audit_starts', 'platform.audit', 'org.erasures']::regclass[] loop
        execute format('delete from %s where tenant_id = $1', target) using tenant;
        get diagnostics gone = row_count;
        counts := counts || jsonb_build_object(target::text, gone);
    end loop;
    body := jsonb_build_object(
        'tenant_id', tenant, 'name_sha256', encode(sha256(convert_to(named.name, 'UTF8')), 'hex'), 'slug_sha256', encode(sha256(convert_to(named.slug, 'UTF8')), 'hex'),
        'reason', asked.reason, 'requested_by', asked.requested_by, 'requested_at', to_jsonb(asked.requested_at at time zone 'UTC'),
        'due_at', to_jsonb(asked.due_at at time zone 'UTC'), 'erased_at', to_jsonb(clock_timestamp() at time zone 'UTC'), 'rows', counts, 'files', files_erased);
    insert into org.erasure_certificates (tenant_id, erased_at, body, hash) values (tenant, clock_timestamp(), body, sha256(convert_to(body::text, 'UTF8')));
    return body;
end
$function$
;
comment on function org.erase_tenant(files_erased bigint) is 'Deletes what is append-only, of the bound tenant alone and only once its window of 30 days is over.';

CREATE OR REPLACE FUNCTION org.importing()
 RETURNS uuid
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
    select i.tenant_id from org.tenant_imports i
    where i.tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid and i.finished_at is null
$function$
;

CREATE OR REPLACE FUNCTION org.keep_former()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
    at constant timestamptz := greatest(clock_timestamp(), old.recorded_at);
begin
    insert into org.former_rows (tenant_id, relation, known_from, known_until, body) values (old.tenant_id, tg_table_name, old.recorded_at, at, to_jsonb(old));
    if tg_op = 'DELETE' then
        return old;
    end if;
    new.recorded_at := at;
    return new;
end
$function$
;

CREATE OR REPLACE FUNCTION org.keep_in_region()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
    if tg_op = 'INSERT' and current_user = 'offgridflow_owner' then -- Brought in from where it was.
        new.region := platform.region();
        new.status := case new.status when 'moved' then 'active' else new.status end;
    end if;
    if (new.region = platform.region()) = (new.status = 'moved') then
        raise exception 'this database is of region %: no place for a tenant of region % with status %', platform.region(), new.region, new.status using errcode = 'check_violation';
    end if;
    return new;
end
$function$
;

CREATE OR REPLACE FUNCTION org.origin_is_allowed(asking text)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$ select exists (select from org.allowed_origins where origin = asking) $function$
;
comment on function org.origin_is_allowed(asking text) is 'Crosses tenants: a browser asks before it sends what names the tenant; it learns that some tenant allows the origin.';

CREATE OR REPLACE FUNCTION org.own_region()
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$ select platform.region() $function$
;

CREATE OR REPLACE FUNCTION org.set_closed_at()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
    new.closed_at := case when new.status <> 'closed' then null when old.status = 'closed' then old.closed_at else clock_timestamp() end;
    return new;
end
$function$
;

CREATE OR REPLACE FUNCTION org.set_erasure_window()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
    if current_user <> 'offgridflow_owner' then
        new.requested_at := clock_timestamp();
        new.due_at := new.requested_at + platform.kept_for('erasure');
    elsif new.due_at < new.requested_at + platform.kept_for('erasure') then -- Who brings a tenant in brings its dates, and no shorter window.
        raise exception 'the window of an erasure is % at least', platform.kept_for('erasure') using errcode = 'check_violation';
    end if;
    return new;
end
$function$
;

CREATE OR REPLACE FUNCTION org.tenant_by_slug(wanted text)
 RETURNS uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$ select id from org.tenants where slug = wanted $function$
;
comment on function org.tenant_by_slug(wanted text) is 'Crosses tenants: a host name or --tenant names a slug before any tenant is bound.';

CREATE OR REPLACE FUNCTION org.tenant_directory()
 RETURNS TABLE(id uuid, slug text, name text, status text, region text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$ select id, slug, name, status, region from org.tenants order by slug $function$
;
comment on function org.tenant_directory() is 'Crosses tenants: the operator''s list of tenants (tenant list).';

CREATE OR REPLACE FUNCTION people.directories_of()
 RETURNS TABLE(tenant text, user_name text, email text, external_id text, is_active boolean, attributes jsonb, created_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
    select t.name, s.user_name, s.email, s.external_id, s.is_active, s.attributes, s.created_at from org.scim_users s join org.tenants t on t.id = s.tenant_id
    where s.user_id = (select current_setting('app.user_id')::uuid) order by s.created_at
$function$
;
comment on function people.directories_of() is 'Crosses tenants: a person takes out what directories say of them.';

CREATE OR REPLACE FUNCTION people.for_export()
 RETURNS TABLE(user_id uuid, email text, name text, status text, email_confirmed_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
    select u.user_id, case when m.status = 'removed' then u.user_id || '@removed.invalid' else u.email end, case when m.status = 'removed' then 'Former member' else u.name end,
        case when m.status = 'removed' then 'disabled' else u.status end, case when m.status <> 'removed' then u.email_confirmed_at end
    from org.memberships m join people.users u on u.user_id = m.user_id
    where m.tenant_id = (select current_setting('app.tenant_id')::uuid)
$function$
;
comment on function people.for_export() is 'Crosses persons: shows a tenant its own members, for its export.';

CREATE OR REPLACE FUNCTION people.invoices_of()
 RETURNS TABLE(tenant text, invoice_email text, updated_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
    select t.name, b.invoice_email, b.updated_at from org.billing_details b join org.tenants t on t.id = b.tenant_id
    where b.invoice_email_key = (select u.email_key from people.users u where u.user_id = (select current_setting('app.user_id')::uuid)) order by t.name, t.id
$function$
;
comment on function people.invoices_of() is 'Crosses tenants: shows a person which tenants have invoices sent to their address.';

CREATE OR REPLACE FUNCTION people.leave_all(at timestamp with time zone)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
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
$function$
;
comment on function people.leave_all(at timestamp with time zone) is 'Crosses tenants: the bound person leaves every tenant they belong to.';

CREATE OR REPLACE FUNCTION people.memberships_of()
 RETURNS TABLE(tenant text, status text, joined_at timestamp with time zone, source text, role text, scope text, module text, role_expires_at timestamp with time zone, role_ended_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
    select t.name, m.status, m.joined_at, m.source, a.role, a.scope, a.module, a.expires_at, a.ended_at
    from org.memberships m join org.tenants t on t.id = m.tenant_id
    left join org.assignments a on a.tenant_id = m.tenant_id and a.user_id = m.user_id
    where m.user_id = (select current_setting('app.user_id')::uuid) order by m.joined_at, a.created_at
$function$
;
comment on function people.memberships_of() is 'Crosses tenants: a person takes out what is held of them.';

CREATE OR REPLACE FUNCTION people.of_tenant()
 RETURNS TABLE(user_id uuid, email text, name text, user_status text, email_confirmed_at timestamp with time zone, last_sign_in_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
    select u.user_id, u.email, u.name, u.status, u.email_confirmed_at, u.last_sign_in_at
    from org.memberships m join people.users u on u.user_id = m.user_id
    where m.tenant_id = (select current_setting('app.tenant_id')::uuid) and m.status <> 'removed'
$function$
;
comment on function people.of_tenant() is 'Crosses persons: shows a tenant its own members, and no more of them than it lists.';

CREATE OR REPLACE FUNCTION people.only_owner_of()
 RETURNS TABLE(slug text, name text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
    select t.slug, t.name from org.tenants t
    where t.status = 'active' and exists (
            select from org.assignments a where a.tenant_id = t.id and a.user_id = (select current_setting('app.user_id')::uuid) and a.role = 'owner' and a.ended_at is null)
        and not exists (
            select from org.assignments a
            join org.memberships m on m.tenant_id = a.tenant_id and m.user_id = a.user_id and m.status = 'active'
            join people.users u on u.user_id = a.user_id and u.status = 'active'
            where a.tenant_id = t.id and a.user_id <> (select current_setting('app.user_id')::uuid) and a.role = 'owner' and a.scope = 'tenant'
                and a.ended_at is null and a.expires_at is null)
    order by t.slug
$function$
;
comment on function people.only_owner_of() is 'Crosses tenants: tells a person which tenants they would leave without an owner.';

CREATE OR REPLACE FUNCTION people.prune(sessions_before timestamp with time zone, tokens_before timestamp with time zone, most integer)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    gone bigint;
    tokens bigint;
begin
    delete from people.one_time_tokens t where (t.user_id, t.hash) in
        (select o.user_id, o.hash from people.one_time_tokens o where o.expires_at < least(tokens_before, clock_timestamp()) limit most);
    get diagnostics tokens = row_count;
    with ended as (
        select s.user_id, s.session_id from people.sessions s
        where s.expires_at < least(sessions_before, clock_timestamp()) or s.ended_at < least(sessions_before, clock_timestamp()) limit most),
    refreshing as (delete from people.refresh_tokens r using ended where r.user_id = ended.user_id and r.session_id = ended.session_id)
    delete from people.sessions s using ended where s.user_id = ended.user_id and s.session_id = ended.session_id;
    get diagnostics gone = row_count;
    return greatest(gone, tokens);
end
$function$
;
comment on function people.prune(sessions_before timestamp with time zone, tokens_before timestamp with time zone, most integer) is 'Crosses persons: sessions and tokens that ended long ago go, whoever''s they were.';

CREATE OR REPLACE FUNCTION people.record_event(event text, details jsonb)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
    insert into platform.audit (tenant_id, operation, new_values, actor, address, user_agent, request_id)
    select coalesce(m.tenant_id, '00000000-0000-0000-0000-000000000000'), event, details, current_setting('app.actor'), nullif(current_setting('app.address', true), ''),
        nullif(current_setting('app.user_agent', true), ''), nullif(current_setting('app.request_id', true), '')
    from (select current_setting('app.user_id')::uuid as user_id) who
    left join org.memberships m on m.user_id = who.user_id and m.status = 'active'
$function$
;
comment on function people.record_event(event text, details jsonb) is 'Crosses tenants: writes into the trail of every tenant the bound person belongs to; of none: into the installation''s.';

CREATE OR REPLACE FUNCTION people.tenants_of()
 RETURNS TABLE(tenant_id uuid, slug text, name text, tenant_status text, membership_status text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
    select m.tenant_id, t.slug, t.name, t.status, m.status
    from org.memberships m join org.tenants t on t.id = m.tenant_id
    where m.user_id = (select current_setting('app.user_id')::uuid) and m.status <> 'removed' order by t.name, t.slug
$function$
;
comment on function people.tenants_of() is 'Crosses tenants: shows a person the tenants they belong to, to choose one.';

CREATE OR REPLACE FUNCTION people.user_by_email(wanted text)
 RETURNS uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$ select user_id from people.users where email_key = wanted $function$
;
comment on function people.user_by_email(wanted text) is 'Crosses persons: a sign-in names an address before any person is bound.';

CREATE OR REPLACE FUNCTION people.user_by_login(wanted_issuer text, wanted_subject text)
 RETURNS uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$ select user_id from people.external_logins where issuer = wanted_issuer and subject = wanted_subject $function$
;
comment on function people.user_by_login(wanted_issuer text, wanted_subject text) is 'Crosses persons: a provider names its subject before any person is bound.';

CREATE OR REPLACE FUNCTION people.with_second_factor()
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
    select m.user_id from org.memberships m
    where m.tenant_id = (select current_setting('app.tenant_id')::uuid) and m.status <> 'removed'
        and (exists (select from people.authenticators a where a.user_id = m.user_id and a.confirmed_at is not null)
            or exists (select from people.passkeys p where p.user_id = m.user_id))
$function$
;
comment on function people.with_second_factor() is 'Crosses persons: shows a tenant which of its members have a second factor, and nothing of it.';

CREATE OR REPLACE PROCEDURE platform.append_only(IN target regclass)
 LANGUAGE plpgsql
AS $procedure$
declare
    part regclass;
begin
    execute format('create trigger append_only before update or delete on %s for each row execute function platform.refuse_change()', target);
    for part in select target union all select relid from pg_partition_tree(target) where relid <> target loop
        execute format('create trigger append_only_truncate before truncate on %s for each statement execute function platform.refuse_change()', part);
    end loop;
end
$procedure$
;

CREATE OR REPLACE FUNCTION platform.audit_text(r platform.audit)
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
    select jsonb_build_array(r.tenant_id, (extract(epoch from r.at) * 1000000)::bigint, r.audit_id, r.table_name, r.operation, r.old_values, r.new_values,
        r.actor, r.address, r.user_agent, r.request_id)::text
$function$
;

CREATE OR REPLACE PROCEDURE platform.audited(IN target regclass, IN operations text DEFAULT 'insert or update or delete'::text)
 LANGUAGE plpgsql
AS $procedure$
begin
    execute format('create trigger audited after %s on %s for each row execute function platform.write_audit()', operations, target);
end
$procedure$
;

CREATE OR REPLACE FUNCTION platform.chain_audit(chained uuid, most integer)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    head record;
    row record;
    done bigint := 0;
begin
    perform pg_advisory_xact_lock(hashtextextended('platform.audit_chain ' || chained, 0));
    select c.chain_no, c.hash into head from platform.audit_chain c where c.tenant_id = chained order by c.chain_no desc limit 1;
    if not found then
        select s.chain_no, s.hash into head from platform.audit_starts s where s.tenant_id = chained;
    end if;
    if not found then
        select 0::bigint as chain_no, decode(repeat('00', 32), 'hex') as hash into head;
    end if;
    for row in
        select u.at, u.audit_id, platform.audit_text(a) as content
        from platform.audit_unchained u join platform.audit a on a.tenant_id = u.tenant_id and a.at = u.at and a.audit_id = u.audit_id
        where u.tenant_id = chained order by u.at, u.audit_id limit most
    loop
        head.chain_no := head.chain_no + 1;
        head.hash := sha256(head.hash || convert_to(row.content, 'UTF8'));
        insert into platform.audit_chain (tenant_id, chain_no, at, audit_id, hash) values (chained, head.chain_no, row.at, row.audit_id, head.hash);
        delete from platform.audit_unchained u where u.tenant_id = chained and u.at = row.at and u.audit_id = row.audit_id;
        done := done + 1;
    end loop;
    return done;
end
$function$
;
comment on function platform.chain_audit(chained uuid, most integer) is 'Crosses tenants: chains what any tenant''s transactions have added to its trail; the application can do no more to the chain than this.';

CREATE OR REPLACE FUNCTION platform.claim_job(claiming text, names text[], lease interval)
 RETURNS TABLE(tenant_id uuid, job_id uuid, name text, arguments jsonb, cursor jsonb, attempt integer, failures integer)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
 SET enable_seqscan TO 'off'
 SET enable_bitmapscan TO 'off'
 SET enable_sort TO 'off'
AS $function$
declare
    turn uuid;
    chosen uuid;
begin
    perform set_config('synchronous_commit', 'off', true);
    for turn in
        with recursive waiting as (
            (select j.tenant_id from platform.jobs j where j.status = 'queued' order by j.tenant_id limit 1)
            union all
            select (select j.tenant_id from platform.jobs j where j.status = 'queued' and j.tenant_id > w.tenant_id order by j.tenant_id limit 1)
            from waiting w where w.tenant_id is not null)
        select w.tenant_id from waiting w where w.tenant_id is not null
        order by
            (select count(*) from platform.jobs j where j.tenant_id = w.tenant_id and j.status = 'running'),
            (select max(j.claimed_at) from platform.jobs j where j.tenant_id = w.tenant_id) nulls first
    loop
        select j.job_id into chosen from platform.jobs j
        where j.tenant_id = turn and j.status = 'queued' and j.not_before <= clock_timestamp() and j.name = any (names)
        order by j.priority desc, j.job_id limit 1 for update skip locked;
        if found then
            return query
                update platform.jobs as j
                set status = 'running', worker = claiming, attempt = j.attempt + 1, claimed_at = clock_timestamp(), leased_until = clock_timestamp() + lease
                where j.tenant_id = turn and j.job_id = chosen
                returning j.tenant_id, j.job_id, j.name, j.arguments, j.cursor, j.attempt, j.failures;
            return;
        end if;
    end loop;
end
$function$
;
comment on function platform.claim_job(claiming text, names text[], lease interval) is 'Crosses tenants: a worker takes the next job of any tenant, and then works as that tenant.';

CREATE OR REPLACE FUNCTION platform.due_schedules(at timestamp with time zone)
 RETURNS TABLE(tenant_id uuid, schedule_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
    select s.tenant_id, s.schedule_id from platform.job_schedules s where s.next_at <= at order by s.next_at limit 100
$function$
;
comment on function platform.due_schedules(at timestamp with time zone) is 'Crosses tenants: the scheduler finds what is due, and then works as that tenant.';

CREATE OR REPLACE PROCEDURE platform.fence(IN target regclass, IN privileges text)
 LANGUAGE plpgsql
AS $procedure$
declare
    part regclass;
begin
    for part in select target union all select relid from pg_partition_tree(target) where relid <> target loop
        execute format('alter table %s enable row level security', part);
        execute format('alter table %s force row level security', part);
        execute format(
            'create policy tenant on %s to offgridflow_app using (tenant_id = (select current_setting(''app.tenant_id'')::uuid)) '
            'with check (tenant_id = (select current_setting(''app.tenant_id'')::uuid))', part);
    end loop;
    execute format('grant %s on %s to offgridflow_app', privileges, target);
    call platform.governed(target);
end
$procedure$
;

CREATE OR REPLACE PROCEDURE platform.fence_person(IN target regclass, IN privileges text)
 LANGUAGE plpgsql
AS $procedure$
begin
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format(
        'create policy person on %s to offgridflow_app using (user_id = (select current_setting(''app.user_id'')::uuid)) '
        'with check (user_id = (select current_setting(''app.user_id'')::uuid))', target);
    execute format('grant %s on %s to offgridflow_app', privileges, target);
    execute format('create policy erasing on %s for delete to offgridflow_owner using (true)', target);
    execute format('create policy erasing_sees on %s for select to offgridflow_owner using (true)', target);
end
$procedure$
;

CREATE OR REPLACE FUNCTION platform.finish_job(finishing text, tenant uuid, job uuid, finished_attempt integer)
 RETURNS boolean
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
    with finished as (
        update platform.jobs j set status = 'succeeded', finished_at = clock_timestamp(), problem = null, worker = null, leased_until = null
        where j.tenant_id = tenant and j.job_id = job and j.attempt = finished_attempt and j.worker = finishing and j.status = 'running'
        returning 1)
    select exists (select from finished)
$function$
;
comment on function platform.finish_job(finishing text, tenant uuid, job uuid, finished_attempt integer) is 'Crosses tenants: a worker ends a job it holds, without binding a tenant first.';

CREATE OR REPLACE PROCEDURE platform.governed(IN target regclass)
 LANGUAGE plpgsql
AS $procedure$
declare
    of_schema text := (select n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = target);
begin
    execute format('create policy erasing on %s for delete to offgridflow_owner using (tenant_id = (select org.erasable(%L)))', target, of_schema);
    execute format('create policy erasing_sees on %s for select to offgridflow_owner using (tenant_id = (select org.erasable(%L)))', target, of_schema);
    execute format('create policy importing on %s for insert to offgridflow_owner with check (tenant_id = (select org.importing()))', target);
end
$procedure$
;

CREATE OR REPLACE FUNCTION platform.keep_leases(keeping text, tenants uuid[], jobs uuid[], attempts integer[], lease interval)
 RETURNS SETOF uuid
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    perform set_config('synchronous_commit', 'off', true);
    with held as (
        select j.tenant_id, j.job_id
        from unnest(tenants, jobs, attempts) as mine (tenant_id, job_id, attempt)
        join platform.jobs j on j.tenant_id = mine.tenant_id and j.job_id = mine.job_id and j.attempt = mine.attempt
        where j.status = 'running' and j.worker = keeping
        for update of j skip locked)
    update platform.jobs j set leased_until = clock_timestamp() + lease
    from held where j.tenant_id = held.tenant_id and j.job_id = held.job_id;
    return query
        select mine.job_id from unnest(tenants, jobs, attempts) as mine (tenant_id, job_id, attempt)
        where not exists (
            select from platform.jobs j
            where j.tenant_id = mine.tenant_id and j.job_id = mine.job_id and j.attempt = mine.attempt and j.status = 'running' and j.worker = keeping);
end
$function$
;
comment on function platform.keep_leases(keeping text, tenants uuid[], jobs uuid[], attempts integer[], lease interval) is 'Crosses tenants: one heartbeat for all jobs of a worker.';

CREATE OR REPLACE FUNCTION platform.kept_for(class text)
 RETURNS interval
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$ select make_interval(days => r.days) from platform.retention r where r.name = class $function$
;

CREATE OR REPLACE PROCEDURE platform.name_region(IN named text)
 LANGUAGE plpgsql
 SET search_path TO ''
AS $procedure$
declare
    tenant uuid;
begin
    insert into platform.installation (region) values (named) on conflict (is_one) do update set region = excluded.region, named_at = clock_timestamp()
        where installation.region = 'local';
    if platform.region() <> named then
        raise exception 'the database is of region % already', platform.region() using errcode = 'restrict_violation';
    end if;
    perform set_config('app.actor', 'cli:migrate', true);
    for tenant in select t.id from org.tenants t where t.region = 'local' and named <> 'local' loop
        perform set_config('app.tenant_id', tenant::text, true);
        update org.tenants t set region = named where t.id = tenant;
    end loop;
end
$procedure$
;

CREATE OR REPLACE FUNCTION platform.prune_audit(pruned uuid, most integer)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    oldest timestamptz := clock_timestamp() - platform.kept_for('audit');
    last_gone record;
    gone bigint;
begin
    perform pg_advisory_xact_lock(hashtextextended('platform.audit_chain ' || pruned, 0));
    select c.chain_no, c.hash into last_gone from platform.audit_chain c
    where c.tenant_id = pruned and c.chain_no in (select o.chain_no from platform.audit_chain o where o.tenant_id = pruned order by o.chain_no limit most)
        and c.chain_no < coalesce((select min(y.chain_no) from platform.audit_chain y where y.tenant_id = pruned and y.at >= oldest), 9223372036854775807)
    order by c.chain_no desc limit 1;
    if not found then
        return 0;
    end if;
    insert into platform.audit_starts (tenant_id, chain_no, hash) values (pruned, last_gone.chain_no, last_gone.hash)
    on conflict (tenant_id) do update set chain_no = excluded.chain_no, hash = excluded.hash;
    delete from platform.audit a using platform.audit_chain c
    where c.tenant_id = pruned and c.chain_no <= last_gone.chain_no and a.tenant_id = pruned and a.at = c.at and a.audit_id = c.audit_id;
    delete from platform.audit_chain c where c.tenant_id = pruned and c.chain_no <= last_gone.chain_no;
    get diagnostics gone = row_count;
    return gone;
end
$function$
;
comment on function platform.prune_audit(pruned uuid, most integer) is 'Crosses tenants: ends the keeping of rows older than seven years, whoever''s they are, the installation''s too.';

CREATE OR REPLACE FUNCTION platform.queue_audit()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if current_setting('app.importing', true) = 'on' and org.importing() is not null then
        return null;
    end if;
    insert into platform.audit_unchained (tenant_id, at, audit_id) values (new.tenant_id, new.at, new.audit_id);
    return null;
end
$function$
;
comment on function platform.queue_audit() is 'Security definer so that a row of the trail is queued for its chain by being written, and in no other way.';

CREATE OR REPLACE FUNCTION platform.record_event(event text, details jsonb)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
    insert into platform.audit (tenant_id, operation, new_values, actor, address, user_agent, request_id)
    values (
        current_setting('app.tenant_id')::uuid, event, details, current_setting('app.actor'), nullif(current_setting('app.address', true), ''),
        nullif(current_setting('app.user_agent', true), ''), nullif(current_setting('app.request_id', true), ''))
$function$
;
comment on function platform.record_event(event text, details jsonb) is 'Security definer so that the application can add to the trail of the bound tenant, and change nothing of it.';

CREATE OR REPLACE FUNCTION platform.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
    if tg_op = 'DELETE' then
        if org.erasable(tg_table_schema) = old.tenant_id then
            return old;
        end if;
    end if;
    if tg_op = 'DELETE' and tg_table_schema = 'platform' and tg_table_name like 'audit%' then
        if old.at < clock_timestamp() - platform.kept_for('audit') then
            return old;
        end if;
    end if;
    raise exception '% is append-only: write a reversal, an adjustment or a new version instead', tg_table_name
        using errcode = 'restrict_violation';
end
$function$
;

CREATE OR REPLACE FUNCTION platform.region()
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$ select coalesce((select i.region from platform.installation i), 'local') $function$
;

CREATE OR REPLACE FUNCTION platform.return_expired_jobs()
 RETURNS bigint
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO ''
 SET enable_seqscan TO 'off'
AS $function$
    with expired as (
        select j.tenant_id, j.job_id from platform.jobs j
        where j.status = 'running' and j.leased_until < clock_timestamp() for update skip locked),
    returned as (
        update platform.jobs j set status = 'queued', worker = null, leased_until = null, failures = j.failures + 1
        from expired where j.tenant_id = expired.tenant_id and j.job_id = expired.job_id returning 1)
    select count(*) from returned
$function$
;
comment on function platform.return_expired_jobs() is 'Crosses tenants: any worker returns the jobs of one that was killed.';

CREATE OR REPLACE FUNCTION platform.ring_dispatchers()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
    perform pg_notify('platform_outbox', '');
    return null;
end
$function$
;

CREATE OR REPLACE FUNCTION platform.ring_workers()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
    if new.status = 'queued' then
        perform pg_notify('platform_jobs', '');
    else
        perform pg_notify('platform_job_cancelled', new.job_id::text);
    end if;
    return null;
end
$function$
;

CREATE OR REPLACE FUNCTION platform.tell_access()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
    perform pg_notify('platform_access', '');
    return null;
end
$function$
;

CREATE OR REPLACE FUNCTION platform.tenants_to_chain()
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
 SET enable_seqscan TO 'off'
AS $function$
    with recursive waiting as (
        (select u.tenant_id from platform.audit_unchained u order by u.tenant_id limit 1)
        union all
        select (select u.tenant_id from platform.audit_unchained u where u.tenant_id > w.tenant_id order by u.tenant_id limit 1)
        from waiting w where w.tenant_id is not null)
    select w.tenant_id from waiting w where w.tenant_id is not null
$function$
;
comment on function platform.tenants_to_chain() is 'Crosses tenants: finds whose trail has rows that are not chained yet.';

CREATE OR REPLACE FUNCTION platform.tenants_with_events()
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
 SET enable_seqscan TO 'off'
AS $function$
    with recursive waiting as (
        (select o.tenant_id from platform.outbox o where o.sent_at is null order by o.tenant_id limit 1)
        union all
        select (select o.tenant_id from platform.outbox o where o.sent_at is null and o.tenant_id > w.tenant_id order by o.tenant_id limit 1)
        from waiting w where w.tenant_id is not null)
    select w.tenant_id from waiting w where w.tenant_id is not null
$function$
;
comment on function platform.tenants_with_events() is 'Crosses tenants: the dispatcher finds who has told something, and then works as that tenant.';

CREATE OR REPLACE FUNCTION platform.tenants_without_schedule(wanted text)
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
    select t.id from (select id from org.tenants where status = 'active' union all select '00000000-0000-0000-0000-000000000000') t
    where not exists (select from platform.job_schedules s where s.tenant_id = t.id and s.name = wanted) order by 1
$function$
;
comment on function platform.tenants_without_schedule(wanted text) is 'Crosses tenants: the program finds, when it starts, which of them lack a schedule, and then works as each of them.';

CREATE OR REPLACE FUNCTION platform.unnamed(told jsonb)
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
    select jsonb_object_agg(key, case when jsonb_typeof(value) <> 'string' then value
            when key in ('email', 'user_name') then to_jsonb(regexp_replace(value #>> '{}', '^(.).*?(@[^@]*)?$', '\1…\2'))
            when key in ('name', 'external_id') then to_jsonb(regexp_replace(value #>> '{}', '^(.).*$', '\1…')) else value end)
    from jsonb_each(told) where key not in ('email_key', 'user_name_key', 'attributes')
$function$
;

CREATE OR REPLACE FUNCTION platform.write_audit()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    secret constant text[] := array['hash', 'secret', 'private_key', 'wrapped', 'token', 'stamp'];
    persons constant text[] := array['people.users', 'org.invitations', 'org.scim_users'];
    changed constant text := format('%I.%I', tg_table_schema, tg_table_name);
    before jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) - secret end;
    after jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) - secret end;
begin
    if current_setting('app.importing', true) = 'on' and org.importing() is not null then
        return null;
    end if;
    if changed = any (persons) then
        before := platform.unnamed(before);
        after := platform.unnamed(after);
    end if;
    insert into platform.audit (tenant_id, table_name, operation, old_values, new_values, actor, address, user_agent, request_id)
    values (
        current_setting('app.tenant_id')::uuid, changed, lower(tg_op), before, after,
        current_setting('app.actor'), nullif(current_setting('app.address', true), ''),
        nullif(current_setting('app.user_agent', true), ''), nullif(current_setting('app.request_id', true), ''));
    return null;
end
$function$
;
comment on function platform.write_audit() is 'Security definer so that the application can cause audit rows by changing something, and in no other way.';

CREATE OR REPLACE FUNCTION reporting.refuse_rewriting()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
    if (old.tenant_id, old.report_id, old.kind, old.period_id, old.period, old.run_no, old.sha256, old.made_at, old.made_by)
        is distinct from (new.tenant_id, new.report_id, new.kind, new.period_id, new.period, new.run_no, new.sha256, new.made_at, new.made_by)
        or old.status in ('approved', 'rejected') then
        raise exception 'a report is not rewritten' using errcode = 'restrict_violation';
    end if;
    return new;
end
$function$
;

grant usage on schema activities to offgridflow_app;
grant usage on schema activities to offgridflow_ops;
grant usage on schema factors to offgridflow_app;
grant usage on schema factors to offgridflow_ops;
grant usage on schema ledger to offgridflow_app;
grant usage on schema ledger to offgridflow_ops;
grant usage on schema org to offgridflow_app;
grant usage on schema org to offgridflow_ops;
grant usage on schema people to offgridflow_app;
grant usage on schema people to offgridflow_ops;
grant usage on schema platform to offgridflow_app;
grant usage on schema platform to offgridflow_ops;
grant usage on schema reporting to offgridflow_app;
grant usage on schema reporting to offgridflow_ops;
grant insert, select on activities.activities to offgridflow_app;
grant insert, select on activities.evidence to offgridflow_app;
grant insert, select on activities.files to offgridflow_app;
grant insert, select, update on activities.flags to offgridflow_app;
grant insert, select, update on activities.import_templates to offgridflow_app;
grant insert, select, update on activities.imports to offgridflow_app;
grant delete, insert, select, update on activities.kind_synonyms to offgridflow_app;
grant insert, select on activities.rows_not_taken to offgridflow_app;
grant delete, insert, select on activities.source_fetches to offgridflow_app;
grant delete, insert, select, update on activities.source_secrets to offgridflow_app;
grant insert, select, update on activities.sources to offgridflow_app;
grant insert, select, update on activities.streams to offgridflow_app;
grant insert, select, update on activities.synonym_proposals to offgridflow_app;
grant delete, insert, select, update on activities.uploads to offgridflow_app;
grant insert, select on activities.vocabularies to offgridflow_app;
grant delete, insert, select, update on factors.overrides to offgridflow_app;
grant delete, insert, select, update on factors.snapshots to offgridflow_app;
grant insert, select on ledger.calculations to offgridflow_app;
grant insert, select on ledger.closings to offgridflow_app;
grant insert, select on ledger.entries to offgridflow_app;
grant delete, insert, select on ledger.recalculation_parts to offgridflow_app;
grant insert, select, update on ledger.recalculations to offgridflow_app;
grant insert, select on ledger.run_sums to offgridflow_app;
grant insert, select on ledger.runs to offgridflow_app;
grant insert, select on ledger.unposted to offgridflow_app;
grant insert, select on ledger.workings to offgridflow_app;
grant delete, insert, select on org.allowed_origins to offgridflow_app;
grant insert, select, update on org.api_keys to offgridflow_app;
grant insert, select, update on org.assignments to offgridflow_app;
grant insert, select, update on org.billing_details to offgridflow_app;
grant delete, insert, select, update on org.elsewhere to offgridflow_app;
grant insert, select, update on org.entities to offgridflow_app;
grant delete, insert, select, update on org.entity_shares to offgridflow_app;
grant select on org.erasure_certificates to offgridflow_app;
grant insert, select on org.erasures to offgridflow_app;
grant delete, insert, select, update on org.exports to offgridflow_app;
grant insert, select, update on org.facilities to offgridflow_app;
grant insert, select on org.former_rows to offgridflow_app;
grant delete, insert, select, update on org.invitations to offgridflow_app;
grant insert, select, update on org.memberships to offgridflow_app;
grant insert, select on org.notice_letters to offgridflow_app;
grant insert, select on org.notices to offgridflow_app;
grant insert, select, update on org.periods to offgridflow_app;
grant delete, insert, select on org.project_facilities to offgridflow_app;
grant insert, select, update on org.projects to offgridflow_app;
grant insert, select, update on org.providers to offgridflow_app;
grant insert, select, update on org.roles to offgridflow_app;
grant delete, insert, select on org.scim_group_members to offgridflow_app;
grant delete, insert, select, update on org.scim_groups to offgridflow_app;
grant insert, select, update on org.scim_settings to offgridflow_app;
grant delete, insert, select, update on org.scim_users to offgridflow_app;
grant insert, select, update on org.security_policies to offgridflow_app;
grant insert, select, update on org.signing_keys to offgridflow_app;
grant select on org.tenant_imports to offgridflow_app;
grant insert, select, update on org.tenants to offgridflow_app;
grant delete, insert, select, update on people.authenticators to offgridflow_app;
grant insert, select, update on people.consents to offgridflow_app;
grant delete, insert, select, update on people.external_logins to offgridflow_app;
grant delete, insert, select, update on people.one_time_tokens to offgridflow_app;
grant delete, insert, select, update on people.passkeys to offgridflow_app;
grant delete, insert, select, update on people.passwords to offgridflow_app;
grant delete, insert, select, update on people.recovery_codes to offgridflow_app;
grant delete, insert, select, update on people.refresh_tokens to offgridflow_app;
grant insert, select, update on people.sessions to offgridflow_app;
grant insert, select, update on people.users to offgridflow_app;
grant select on platform.audit to offgridflow_app;
grant select on platform.audit_chain to offgridflow_app;
grant select on platform.audit_starts to offgridflow_app;
grant select on platform.audit_unchained to offgridflow_app;
grant insert, select, update on platform.data_keys to offgridflow_app;
grant delete, insert, select on platform.deliveries to offgridflow_app;
grant delete, insert, select on platform.heard to offgridflow_app;
grant delete, insert, select, update on platform.idempotency to offgridflow_app;
grant select on platform.installation to offgridflow_app;
grant delete, insert, select, update on platform.job_schedules to offgridflow_app;
grant delete, insert, select, update on platform.jobs to offgridflow_app;
grant select on platform.migrations to offgridflow_app;
grant delete, insert, select, update on platform.outbox to offgridflow_app;
grant select on platform.retention to offgridflow_app;
grant insert, select, update on platform.retention_runs to offgridflow_app;
grant delete, insert, select on platform.webhook_secrets to offgridflow_app;
grant insert, select, update on platform.webhooks to offgridflow_app;
grant insert, select on reporting.contents to offgridflow_app;
grant insert, select, update on reporting.reports to offgridflow_app;
grant update on org.erasures (cancelled_at) to offgridflow_app;
grant update on org.erasures (cancelled_by) to offgridflow_app;
grant update on org.notices (acknowledged_at) to offgridflow_app;
grant update on org.notices (acknowledged_by) to offgridflow_app;
grant execute on function org.certificates() to offgridflow_app;
grant execute on function org.erase_activities() to offgridflow_app;
grant execute on function org.erase_tenant(bigint) to offgridflow_app;
grant execute on function org.origin_is_allowed(text) to offgridflow_app;
grant execute on function org.tenant_by_slug(text) to offgridflow_app;
grant execute on function org.tenant_by_slug(text) to offgridflow_ops;
grant execute on function org.tenant_directory() to offgridflow_app;
grant execute on function org.tenant_directory() to offgridflow_ops;
grant execute on function people.directories_of() to offgridflow_app;
grant execute on function people.for_export() to offgridflow_app;
grant execute on function people.invoices_of() to offgridflow_app;
grant execute on function people.leave_all(timestamp with time zone) to offgridflow_app;
grant execute on function people.memberships_of() to offgridflow_app;
grant execute on function people.of_tenant() to offgridflow_app;
grant execute on function people.only_owner_of() to offgridflow_app;
grant execute on function people.prune(timestamp with time zone,timestamp with time zone,integer) to offgridflow_app;
grant execute on function people.record_event(text,jsonb) to offgridflow_app;
grant execute on function people.tenants_of() to offgridflow_app;
grant execute on function people.user_by_email(text) to offgridflow_app;
grant execute on function people.user_by_login(text,text) to offgridflow_app;
grant execute on function people.with_second_factor() to offgridflow_app;
grant execute on function platform.chain_audit(uuid,integer) to offgridflow_app;
grant execute on function platform.claim_job(text,text[],interval) to offgridflow_app;
grant execute on function platform.due_schedules(timestamp with time zone) to offgridflow_app;
grant execute on function platform.finish_job(text,uuid,uuid,integer) to offgridflow_app;
grant execute on function platform.keep_leases(text,uuid[],uuid[],integer[],interval) to offgridflow_app;
grant execute on function platform.prune_audit(uuid,integer) to offgridflow_app;
grant execute on function platform.record_event(text,jsonb) to offgridflow_app;
grant execute on function platform.return_expired_jobs() to offgridflow_app;
grant execute on function platform.tenants_to_chain() to offgridflow_app;
grant execute on function platform.tenants_with_events() to offgridflow_app;
grant execute on function platform.tenants_without_schedule(text) to offgridflow_app;
