-- An organisation ends the sessions of one of its members: a device is lost, or a member was suspended. The sessions are the person's; those that were
-- opened before do nothing here any more, and end when they try.
alter table org.memberships add column signed_out_at timestamptz;

alter table people.sessions drop constraint sessions_ended_because_check;
alter table people.sessions add constraint sessions_ended_because_check
    check (ended_because in ('signed_out', 'revoked', 'reused', 'password_changed', 'expired', 'disabled', 'organization'));
