-- A tenant's choice of factors: which editions of the library count, as known on a day, and factors of its own that come before
-- them. A draft until it is locked; from then on nothing of it can change, because ledger entries rest on it.
create table factors.snapshots (
    tenant_id uuid not null,
    snapshot_id uuid not null,
    name text not null,
    library_release int, -- null: tables that no release has
    library_sha256 text not null,
    as_of date not null, -- editions published later do not count
    pinned jsonb not null default '{}', -- publisher -> editions; of publishers not named, all
    editions jsonb, -- edition -> SHA-256 of its table, as they were when it was locked
    locked_at timestamptz,
    locked_by text,
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    version int not null default 1,
    primary key (tenant_id, snapshot_id),
    unique (tenant_id, name),
    check ((locked_at is null) = (editions is null) and (locked_at is null) = (locked_by is null))
);
call platform.fence('factors.snapshots', 'select, insert, update, delete');

-- A factor of the tenant's own: known in entries as override:<snapshot_id>/<override_no>.
create table factors.overrides (
    tenant_id uuid not null,
    snapshot_id uuid not null,
    override_no int not null check (override_no > 0),
    name text not null,
    kind text not null,
    stage text not null,
    region text not null,
    unit text not null,
    co2e numeric check (co2e >= 0), -- kg CO2e per unit
    gases text not null default '', -- co2=2.5 ch4=0.0001: kg of each per unit
    biogenic_co2 numeric check (biogenic_co2 >= 0), -- kg per unit, outside the scopes
    gwp_set text check (gwp_set in ('AR4', 'AR5', 'AR6')), -- of co2e
    valid_from date not null, -- first of a month
    valid_to date check (valid_to >= valid_from), -- last of a month
    citation text not null,
    half_width numeric check (half_width between 0 and 10), -- of the 95 % range, as a share of the value
    tier text not null check (tier in ('supplier', 'facility', 'subnational', 'country', 'region', 'world')),
    created_at timestamptz not null default clock_timestamp(),
    primary key (tenant_id, snapshot_id, override_no),
    foreign key (tenant_id, snapshot_id) references factors.snapshots (tenant_id, snapshot_id) on delete cascade,
    check (co2e is not null or gases <> '' or biogenic_co2 is not null)
);
call platform.fence('factors.overrides', 'select, insert, update, delete');

create function factors.refuse_locked() returns trigger language plpgsql as $$
begin
    if old.locked_at is not null then
        raise exception 'snapshot % is locked: make a new one instead', old.snapshot_id using errcode = 'restrict_violation';
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end
$$;
create trigger locked before update or delete on factors.snapshots for each row execute function factors.refuse_locked();

-- Holds the snapshot's row, so that it cannot be locked while one of its factors changes.
create function factors.refuse_override_of_locked() returns trigger language plpgsql as $$
declare
    touched uuid := case when tg_op = 'DELETE' then old.snapshot_id else new.snapshot_id end;
    locked timestamptz;
begin
    select locked_at into locked from factors.snapshots where snapshot_id = touched for share;
    if locked is not null then
        raise exception 'snapshot % is locked: make a new one instead', touched using errcode = 'restrict_violation';
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end
$$;
create trigger locked before insert or update or delete on factors.overrides for each row execute function factors.refuse_override_of_locked();

call platform.audited('factors.snapshots');
call platform.audited('factors.overrides');
