-- Which of an organisation's providers vouched for a session: it ends when the organisation trusts the provider no longer.
alter table people.sessions add column vouched_by uuid;
