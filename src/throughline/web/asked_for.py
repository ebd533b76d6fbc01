"""Which requests for a whole record wait, without saying whose: the database function behind the page Rights.

It runs as the owner of the tables and gives days, seats and numbers, never a name, to whoever answers for how records
are opened and shared (`audits` of `sharing`'s policy): the month the law gives is theirs to watch.
"""

from __future__ import annotations

FUNCTION = """
create or replace function app_asked_for()
returns table (number bigint, asker text, asked_on date, due_on date, taken_by bigint, entries bigint, decided bigint,
               copies bigint)
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
  if not exists (
    select from accounts_user u join accounts_sharingrule r on r.role = u.role and r.relation = 'audits'
     where u.id = nullif(current_setting('app.user', true), '')::bigint and u.is_active) then
    return;
  end if;
  return query
  select q.id, q.asker::text, q.asked_on,
         (select max(i.due_on) from casework_instance i
           where i.child_id = q.child_id and i.subject_id = 'request:' || q.id and i.ended_why = ''),
         q.taken_by_id, (select count(*) from child_accessitem m where m.request_id = q.id),
         (select count(distinct v.item_id) from child_verdict v join child_accessitem m on m.id = v.item_id
           where m.request_id = q.id),
         (select count(*) from child_accesscopy c where c.request_id = q.id)
    from child_accessrequest q where q.closed_at is null order by q.asked_on, q.id;
end $$;
"""
"""`app_asked_for()`: open requests, the oldest first."""
