"""Counting what is kept apart without seeing it: the database function behind "What is kept apart".

It runs as the owner of the tables and gives numbers, never a row, to whoever brings information in or sees
counts. Children are counted as each source knows them: what is kept apart is joined with nothing.
"""

from __future__ import annotations

FEWEST = 5
"""Numbers of fewer children are held back (practice §5.1, SL0)."""

FUNCTION = f"""
create or replace function app_apart()
returns table (agency text, feed text, n bigint, people bigint, goes date)
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
  if not exists (
    select from accounts_user u join accounts_sharingrule r on r.role = u.role and r.relation in ('counts', 'intake')
     where u.id = nullif(current_setting('app.user', true), '')::bigint and u.is_active) then
    return;
  end if;
  return query
  select a.said_by::text, a.feed::text,
         case when count(distinct a.person) >= {FEWEST} then sum(a.rows)::bigint end,
         case when count(distinct a.person) >= {FEWEST} then count(distinct a.person) end, max(a.goes_on)
    from intake_apart a group by 1, 2;
end $$;
"""
"""`app_apart()`: rows and children by agency and feed, blank where they are too few, and the last day any is kept."""
