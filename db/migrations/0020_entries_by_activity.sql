-- Of an entry's key the activity stands before the month: ids of activities increase with time, so that entries are appended at the
-- index's end instead of at one place for each month, and what was posted of an activity is found without naming its months.
do $$
declare
    was name;
begin
    select conname into strict was from pg_constraint where conrelid = 'ledger.entries'::regclass and contype = 'u';
    execute format('alter table ledger.entries drop constraint %I', was);
end
$$;
alter table ledger.entries add constraint entries_by_activity unique (tenant_id, activity_id, month, activity_version, slot, revision, entry_type);
