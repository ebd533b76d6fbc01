"""Counting children without seeing one: the database function behind the pages of an area.

It runs as the owner of the tables, reads every child and gives numbers, never a row; whoever's policy does not
say `counts` gets none. Small numbers are held back by `measures.hold_back`, for everyone alike, before anything
is shown. A child whose presence here is sealed (SL5, protected person) is in no number.

What a duty's state is on a day is `duties.status`; `STATE` says the same of a stored row, so that a county
need not be read into the site to be counted. A test compares the two.
"""

from __future__ import annotations

from throughline.duties.instance import STALE
from throughline.words.calendars import LONDON

METRES_IN_A_MILE = 1609.344

SEALED = "({0}.level >= 'SL5' or 'PROT-PERSON' = any({0}.tags))"
"""Condition on a table of this name: the child's very presence here, or the fact's, is sealed."""

STATE = f"""case
  when i.met_on is not null then
    case when i.in_time is null then 'cannot tell' when i.met_route <> '' then 'met by another route'
         when i.in_time then 'met' else 'met late' end
  when i.ended_why <> '' and i.ended_on is null then 'not owed'
  when i.unit = 'none' and i.due_on is null and i.cannot_tell = '' then
    case when i.ended <= day or i.freezes_on <= day then 'not owed'
         when i.covered_to is null or day - i.covered_to > {STALE.days} then 'cannot tell' else 'due' end
  when case when i.unit = 'elapsed_hours' then i.due_at is null else i.due_on is null end then 'cannot tell'
  when i.ended <= i.due_on then 'not owed'
  when i.unit = 'elapsed_hours' and at <= i.due_at then
    case when at >= i.due_at - interval '24 hours' then 'due' when at < i.warn_at then 'upcoming' else 'due soon' end
  when i.unit <> 'elapsed_hours' and day <= i.due_on then
    case when day = i.due_on then 'due' when day < i.warn_on then 'upcoming' else 'due soon' end
  when i.cannot_tell <> '' or i.covered_to is null or i.covered_to < i.last_due
    or i.unit = 'elapsed_hours' and at <= i.due_latest_at
    or i.ended is null and day - i.covered_to > {STALE.days} then 'cannot tell'
  when i.ended is null then 'overdue'
  else 'not owed' end"""

"""State of a row `i` that has `ENDED_AND_DUE`, at the moment `at`, on the London day `day`."""

ENDED_AND_DUE = f"""x.*, coalesce(x.ended_on, case when x.freezes_on <= day then x.freezes_on end) as ended,
  case when x.unit = 'elapsed_hours'
       then (x.due_latest_at at time zone '{LONDON.key}')::date else x.due_on end as last_due"""

FUNCTION = f"""
create or replace function app_counted(at timestamptz, rules jsonb)
returns table (subject text, area text, slot text, part text, n bigint)
language plpgsql stable security definer set search_path = public, pg_temp set work_mem = '128MB' as $$
declare
  day date := (at at time zone '{LONDON.key}')::date;
  a_year date := date_trunc('month', day - interval '11 months')::date;
begin
  if not exists (select from accounts_user u join accounts_sharingrule r on r.role = u.role and r.relation = 'counts'
                  where u.id = nullif(current_setting('app.user', true), '')::bigint and u.is_active) then
    return;
  end if;
  return query
  with child as materialized (
    select c.id, c.la::text as la from linkage_child c where c.joined_into_id is null and not {SEALED.format("c")}
  ), held as materialized (
    select s.*, c.la from casework_segment s join child c on c.id = s.child_id
     where s.state in ('missing', 'out_of_school', 'placement') and (s.start is null or s.start <= day)
       and (s."end" is null or s.state = 'missing') and not {SEALED.format("s")}
  ), lasting as materialized (
    select distinct on (h.state, h.child_id) h.* from held h where h."end" is null and h.state <> 'placement'
     order by h.state, h.child_id, h.start nulls last, h.started_at nulls last
  ), owed as materialized (
    select i.duty_id::text as duty, c.la, i.due_on, i.opened_on, {STATE} as state,
           rules->'lasting' ? i.duty_id or i.due_on is null or i.due_on >= i.learnt_on - (rules->>'past')::int as bites
      from (select {ENDED_AND_DUE} from casework_instance x
             where x.told_to = '{{}}' and rules->'strengths' ? x.duty_id
               and (x.due_on >= a_year - interval '4 months' or x.due_on is null
                   or x.met_on is null and x.ended_why = '') and not {SEALED.format("x")}) i
      join child c on c.id = i.child_id
  ), placed as materialized (
    -- Northern Ireland has a grid of its own; a protected address is on no map.
    select h.la, there.authority, 'PROT-ADDR' = any(h.tags) as protected,
           case when not 'PROT-ADDR' = any(h.tags)
                 and left(home.authority, 1) <> 'N' and left(there.authority, 1) <> 'N'
           then sqrt(power(home.easting - there.easting, 2) + power(home.northing - there.northing, 2)) end as metres
      from held h
      left join intake_postcode home on home.postcode = upper(replace(h.attributes->>'home_postcode', ' ', ''))
      left join intake_postcode there on there.postcode = upper(replace(h.attributes->>'postcode', ' ', ''))
     where h.state = 'placement'
  ), waits as (
    select w.id, c.la, e.child_id, e.happening, min(e.happened_on) as since
      from jsonb_to_recordset(rules->'waits') w(id text, ask text, mark text, answers text[])
      join casework_event e on e.kind = w.ask and e.happened_on <= day and (w.mark = '' or w.mark = any(e.marks))
      join child c on c.id = e.child_id
     where not {SEALED.format("e")} and not exists (
       select from casework_event a
        where a.child_id = e.child_id and a.kind = any(w.answers) and a.happened_on between e.happened_on and day
          and (a.ref = e.ref or a.ref = '' or e.ref = ''))
     group by 1, 2, 3, 4
  )
  select 'missing', h.la,
         case when h.started_at is not null then
                case when at - h.started_at < interval '24 hours' then 'under_24h'
                     when at - h.started_at <= interval '72 hours' then 'under_72h' else 'over_72h' end
              when day - h.start > 3 then 'over_72h' else 'not_known' end, '', count(*)
    from lasting h where h.state = 'missing' group by 1, 2, 3
  union all
  select 'missing_months', h.la, to_char(h.start, 'YYYY-MM'), '', count(*)
    from held h where h.state = 'missing' and h.start >= a_year group by 1, 2, 3
  union all
  select 'out_of_school', h.la,
         case when h.start is null then 'not_known' when day - h.start < 42 then 'under_6w'
              when h.start + interval '4 months' > day then 'under_4m' else 'over_4m' end, '', count(*)
    from lasting h where h.state = 'out_of_school' group by 1, 2, 3
  union all
  select 'distance', p.la,
         case when p.metres is null then 'cannot_tell' when p.metres < 5 * {METRES_IN_A_MILE} then 'under_5'
              when p.metres < 10 * {METRES_IN_A_MILE} then 'under_10'
              when p.metres <= 20 * {METRES_IN_A_MILE} then 'under_20' else 'over_20' end, '', count(*)
    from placed p group by 1, 2, 3
  union all
  select 'hosts', p.la, case when p.protected then '' else coalesce(p.authority, '') end, '', count(*)
    from placed p group by 1, 2, 3
  union all
  select w.id, w.la, case when day - w.since < 42 then 'under_6w'
                          when day - w.since <= 126 then 'under_18w' else 'over_18w' end, '', count(*)
    from waits w group by 1, 2, 3
  union all
  select 'interviews_quarters', o.la, to_char(o.due_on, 'YYYY-"Q"Q'), o.state, count(*)
    from owed o where o.duty = rules->>'interview' and o.due_on >= date_trunc('quarter', day - interval '12 months')
     and o.state not in ('upcoming', 'due', 'due soon', 'not owed') group by 1, 2, 3, 4
  union all
  select g.id, o.la, o.state, '', count(*)
    from jsonb_to_recordset(rules->'late') g(id text, duties text[])
    join owed o on o.duty = any(g.duties) and o.bites and o.state in ('overdue', 'cannot tell') group by 1, 2, 3
  union all
  select 'duties', o.la, o.state, rules->'strengths'->>o.duty, count(*)
    from owed o where coalesce(o.due_on, o.opened_on) between a_year and day group by 1, 2, 3, 4;
end $$;
"""
"""`app_counted(moment, rules)`: how many, by subject, area (an agency id; blank: not known), slot and part."""
