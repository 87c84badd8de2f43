-- How an amount is worked out, once for all entries alike: factor, citation, gases per unit, GWP set, unit step, range, method.
-- calculation_id is the first 16 bytes of the SHA-256 of body, so that an entry that names it cannot mean another.
create table ledger.calculations (
    tenant_id uuid not null,
    calculation_id uuid not null,
    body text not null, -- canonical JSON
    recorded_at timestamptz not null default clock_timestamp(),
    primary key (tenant_id, calculation_id)
);
call platform.fence('ledger.calculations', 'select, insert');
call platform.append_only('ledger.calculations');

-- How the quantities of one activity's entries came from its own, where they did not simply equal it: steps, with what they rest on.
-- Apart from the calculation, so that a million flights of different lengths share the calculations of a few classes. Named by the
-- hash of its body like a calculation.
create table ledger.workings (
    tenant_id uuid not null,
    workings_id uuid not null,
    body text not null, -- canonical JSON
    recorded_at timestamptz not null default clock_timestamp(),
    primary key (tenant_id, workings_id)
);
call platform.fence('ledger.workings', 'select, insert');
call platform.append_only('ledger.workings');

-- One posting of entries, in one transaction, with the Merkle root over them, chained to the run before.
create table ledger.runs (
    tenant_id uuid not null,
    run_no bigint not null check (run_no > 0), -- 1, 2, 3 … without gaps
    posting_id uuid not null, -- what was asked for; a long posting makes several runs
    through_row bigint not null default 0, -- the import's rows up to here are in it and the runs before: a repeat goes on from there
    cause text not null check (cause in ('posting', 'correction', 'recalculation', 'undo', 'adjustment')),
    reason text,
    entry_count int not null check (entry_count > 0),
    root bytea not null, -- Merkle root over the entries in the order of line
    previous_hash bytea not null, -- of the run before; 32 zero bytes for the first
    hash bytea not null, -- SHA-256 over run_no, previous_hash, root, entry_count, posted_at, cause
    posted_at timestamptz not null, -- increases with run_no
    posted_by text not null,
    primary key (tenant_id, run_no)
);
create index on ledger.runs (tenant_id, posting_id, through_row);
call platform.fence('ledger.runs', 'select, insert');
call platform.append_only('ledger.runs');

create table ledger.entries (
    tenant_id uuid not null,
    run_no bigint not null,
    line int not null, -- 1, 2, 3 … within the run; an entry is called run_no-line
    month date not null, -- first day of the calendar month it counts for
    entry_type text not null check (entry_type in ('posting', 'reversal', 'adjustment')),
    reverses_run bigint,
    reverses_line int,
    reason text,
    activity_id uuid not null,
    activity_version int not null,
    slot smallint not null, -- which of the activity's entries
    revision smallint not null, -- 0, and one more with each recalculation
    entity_id uuid,
    facility_id uuid,
    kind text not null,
    scope smallint not null check (scope between 1 and 3),
    category smallint check (category between 1 and 15),
    basis text not null check (basis in ('single', 'location', 'market')),
    role text not null,
    status text not null check (status in ('calculated', 'estimated')),
    calculation_id uuid not null,
    workings_id uuid,
    whole_quantity numeric, -- of an activity that spans months: what it measured in all, of which quantity is this month's share
    quantity numeric not null, -- in the calculation's unit; negative for a credit or a reversal
    co2e_kg numeric not null,
    low_kg numeric not null, -- ends of the 95 % range
    high_kg numeric not null,
    biogenic_co2_kg numeric not null, -- outside the scopes
    gases_kg numeric[] not null, -- kg of each gas, in the order of the calculation's gases
    restates boolean not null, -- posted into a closed period
    primary key (tenant_id, month, run_no, line),
    unique (tenant_id, month, activity_id, activity_version, slot, revision, entry_type),
    check ((entry_type = 'reversal') = (reverses_run is not null))
) partition by range (month);
-- Runs are appended in their order, so that what a run added is in few places: this index costs next to nothing.
create index entries_by_run on ledger.entries using brin (run_no) with (pages_per_range = 16);
create index entries_restating on ledger.entries (tenant_id, run_no) where restates;
create index entries_by_calculation on ledger.entries (tenant_id, calculation_id);

do $$
begin
    execute 'create table ledger.entries_before_2018 partition of ledger.entries for values from (minvalue) to (''2018-01-01'')';
    for year in 2018..2035 loop
        execute format('create table ledger.entries_%s partition of ledger.entries for values from (%L) to (%L)',
            year, format('%s-01-01', year), format('%s-01-01', year + 1));
    end loop;
    execute 'create table ledger.entries_from_2036 partition of ledger.entries for values from (''2036-01-01'') to (maxvalue)';
end
$$;
call platform.fence('ledger.entries', 'select, insert');
call platform.append_only('ledger.entries');

-- Sums of the entries of consecutive runs: what totals are read from instead of the entries. Written in the transaction of the last of
-- them, from what was posted; eight rows of a level make one of the next. Where a row would be hardly shorter than the entries there is
-- none, and totals read the entries. A cell stands in several arrays at one place. Cells of one label and month may stand twice: a sum
-- of more digits than a decimal holds is two.
create table ledger.run_sums (
    tenant_id uuid not null,
    after_run bigint not null,
    run_no bigint not null check (run_no > after_run), -- the last run that is in it; the first is the one after after_run
    level smallint not null check (level > 0),
    cells int not null,
    -- Labels: how an amount was worked out, of whose activities.
    calculation_ids uuid[] not null,
    entity_ids uuid[] not null,
    kinds text[] not null,
    estimated boolean[] not null,
    -- Cells.
    labels int[] not null, -- from 1
    months date[] not null,
    entries bigint[] not null, -- a reversal takes one away
    quantities numeric[] not null,
    co2e_kg numeric[] not null,
    biogenic_co2_kg numeric[] not null,
    squares float8[] not null, -- of kg CO2e, a reversal's taken away; of an activity that spans months each part times the whole
    primary key (tenant_id, after_run, run_no)
);
create unique index on ledger.run_sums (tenant_id, level, run_no);
-- Figures do not compress, and are read whole.
alter table ledger.run_sums alter column labels set storage external, alter column months set storage external, alter column entries set storage external,
    alter column quantities set storage external, alter column co2e_kg set storage external, alter column biogenic_co2_kg set storage external,
    alter column squares set storage external;
call platform.fence('ledger.run_sums', 'select, insert');
call platform.append_only('ledger.run_sums');

-- Activities that no entry could be made of, although the import could read them: the policy or the library changed in between.
-- An activity that has entries all the same was posted later.
create table ledger.unposted (
    tenant_id uuid not null,
    activity_id uuid not null,
    activity_version int not null,
    posting_id uuid not null,
    row_no bigint not null,
    start_on date not null,
    end_on date not null,
    kind text not null,
    problem jsonb not null,
    recorded_at timestamptz not null default clock_timestamp(),
    primary key (tenant_id, activity_id, activity_version)
);
call platform.fence('ledger.unposted', 'select, insert');
call platform.append_only('ledger.unposted');

-- A period closed at a run. Reopening is a row too.
create table ledger.closings (
    tenant_id uuid not null,
    closing_id uuid not null,
    period_id uuid not null,
    action text not null check (action in ('close', 'reopen')),
    run_no bigint not null, -- last run counted
    hash bytea not null, -- its hash
    reason text,
    at timestamptz not null default clock_timestamp(),
    by_actor text not null,
    primary key (tenant_id, closing_id)
);
create index on ledger.closings (tenant_id, period_id, at);
call platform.fence('ledger.closings', 'select, insert');
call platform.append_only('ledger.closings');
