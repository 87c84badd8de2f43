-- What became of the last file of a source is looked up for every source that is shown and with every fetch.
create index imports_by_source on activities.imports (tenant_id, source_id, import_id) where source_id is not null;

-- A row of the trail is never changed: what it says of a person can never be taken back. So it names them by their id, and of a name or an address it tells the beginning.
create function platform.unnamed(told jsonb) returns jsonb language sql immutable set search_path = '' as $$
    select jsonb_object_agg(key, case when jsonb_typeof(value) <> 'string' then value
            when key in ('email', 'user_name') then to_jsonb(regexp_replace(value #>> '{}', '^(.).*?(@[^@]*)?$', '\1…\2'))
            when key in ('name', 'external_id') then to_jsonb(regexp_replace(value #>> '{}', '^(.).*$', '\1…')) else value end)
    from jsonb_each(told) where key not in ('email_key', 'user_name_key', 'attributes')
$$;
revoke execute on function platform.unnamed(jsonb) from public;

create or replace function platform.write_audit() returns trigger language plpgsql security definer set search_path = '' as $$
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
$$;
