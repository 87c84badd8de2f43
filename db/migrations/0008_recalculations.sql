-- What a period's entries would become under another policy, worked out before anything is posted; then posted, once.
create table ledger.recalculations (
    tenant_id uuid not null,
    recalculation_id uuid not null,
    period_id uuid not null,
    period_version int not null, -- of the policy it was worked out against
    policy jsonb not null, -- the new one, whole
    result jsonb not null,
    status text not null default 'previewed' check (status in ('previewed', 'posting', 'posted')),
    reason text,
    created_at timestamptz not null default clock_timestamp(),
    created_by text not null,
    primary key (tenant_id, recalculation_id)
);
call platform.fence('ledger.recalculations', 'select, insert, update');
call platform.audited('ledger.recalculations');
