-- Whether a provider's sign-in counts as two factors because the provider says so of each (amr, acr), or because the organisation vouches for it in any case.
-- Those that were trusted before stay as they were.
alter table org.providers add column second_factor text not null default 'vouched' check (second_factor in ('stated', 'vouched'));
alter table org.providers alter column second_factor set default 'stated';
alter table org.providers add column acr text check (length(acr) between 1 and 200); -- asked for, and two factors when it is answered
