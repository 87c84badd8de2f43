-- Entries are keyed as they are posted, run by run: appended at the index's end instead of at one place for each month. What was found by run
-- through a summary of blocks is found by the key.
alter table ledger.entries drop constraint entries_pkey;
alter table ledger.entries add primary key (tenant_id, run_no, line, month);
drop index ledger.entries_by_run;
