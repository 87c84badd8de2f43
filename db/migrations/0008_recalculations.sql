-- What a period's entries would become under another policy, worked out before anything is posted; then posted, once.
create table ledger.recalculations (
    tenant_id uuid not null,
    recalculation_id uuid not null,
    period_id uuid not null,
    period_version int not null, -- of the policy it was worked out against
    head_run bigint not null, -- the last run it was worked out from
    policy_before jsonb not null, -- whole
    policy jsonb not null, -- the new one, whole
    mapping jsonb, -- kinds that activities get, or null
    done bigint not null default 0, -- activities looked at
    total bigint not null default 0, -- activities to look at
    result jsonb, -- null until all are
    status text not null default 'previewed' check (status in ('previewing', 'previewed', 'posting', 'posted', 'failed')),
    problem jsonb, -- why it failed
    reason text,
    created_at timestamptz not null default clock_timestamp(),
    created_by text not null,
    primary key (tenant_id, recalculation_id),
    check ((status = 'failed') = (problem is not null)),
    check (result is not null or status in ('previewing', 'failed'))
);
call platform.fence('ledger.recalculations', 'select, insert, update');
call platform.audited('ledger.recalculations');

-- The activities that change, in the order of their places: what changes of each is worked out again when it is asked for or posted.
create table ledger.recalculation_parts (
    tenant_id uuid not null,
    recalculation_id uuid not null,
    part_no int not null,
    activity_ids uuid[] not null,
    activity_versions int[] not null,
    primary key (tenant_id, recalculation_id, part_no),
    foreign key (tenant_id, recalculation_id) references ledger.recalculations (tenant_id, recalculation_id)
);
call platform.fence('ledger.recalculation_parts', 'select, insert, delete');
