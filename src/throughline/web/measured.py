"""Counting every duty and flag without seeing a child: the database functions behind the measures.

They run as the owner of the tables, read every child and give numbers, never a row, and nothing to whom the policy
gives no measures; by who a child is (sex, ethnicity, needs, care) only to whom it gives groups. A child whose
presence here is sealed is in no number. What a state is, is said in `counted.STATE`; what a measure means, plainly,
in `measures.counting`: tests compare.
"""

from __future__ import annotations

import json

from throughline.measures import defining
from throughline.web.counted import ENDED_AND_DUE, SEALED, STATE
from throughline.words.calendars import LONDON

_GROUPS = ", ".join(f"'{each.id}'" for each in defining.breakdowns().values() if each.group)

# What measures.yaml says, written into the functions: whoever calls them cannot ask for anything else.
_SAID = json.dumps(
    {
        "outcomes": dict(defining.outcome_of()),
        "verdicts": list(defining.verdicts())[:-1],
        "proved": defining.listed("proved"),
        "done": defining.listed("done"),
        "waiting": defining.listed("waiting"),
        "ethnic_group": dict(defining.ethnic_group()),
        "ethnicity_told": [told._asdict() for told in defining.ethnicity_told()],
    }
).replace("'", "''")

_MAY = f"""exists (
    select from accounts_user u join accounts_sharingrule r on r.role = u.role
     where u.id = nullif(current_setting('app.user', true), '')::bigint and u.is_active
       and r.relation = case when sides && array[{_GROUPS}] then 'groups' else 'measures' end)"""

# What is owed about a place, a plan or a recommendation is no child's: it is counted under its number, below nought.
_CHILD = f"""child as materialized (
    select c.id, c.la::text as la, c.sex::text as sex from linkage_child c
     where c.joined_into_id is null and not {SEALED.format("c")}
     union all select -s.id, '', '' from linkage_subject s
  )"""

# The latest delivery that says it in a way that is known decides.
_ETHNICITY = """ethnicity as materialized (
    select distinct on (s.child_id) s.child_id, said->'ethnic_group'->>(s.cells[t.cell + 1]) as slot
      from jsonb_to_recordset(said->'ethnicity_told') t(feed text, "table" text, cell int)
      join intake_statement s on s.feed = t.feed and s.table_name = t."table"
     where 'ethnicity' = any(sides) and s.live and s.child_id is not null
       and said->'ethnic_group' ? (s.cells[t.cell + 1])
     order by s.child_id, s.received_on desc, s.id desc
  )"""

_HELD = """s.child_id = o.child_id and (s.start is null or s.start <= o.opened_on)
      and (s."end" is null or s."end" > o.opened_on)"""

# A slot that nothing is known of is blank. A protected address is in no placement area.
_SLOT = f"""coalesce(case w.side
  when '' then ''
  when 'month' then to_char(o.fell_on, 'YYYY-MM')
  when 'area' then case when o.la like '%:%' then o.la end  -- "la": an authority, and nobody says which
  when 'sex' then o.sex
  when 'ethnicity' then g.slot
  when 'team' then (
    select e.details->>'organisation' from casework_event e
     where e.child_id = o.child_id and e.kind = 'team_role_started' and e.happened_on <= o.opened_on
       and e.details->>'seat' = 'lead_social_worker' and e.details->>'organisation' <> ''
     order by e.happened_on desc, e.id desc limit 1)
  when 'host' then coalesce((
    select case when 'PROT-ADDR' = any(s.tags) then '' else coalesce(s.attributes->>'host_la', '') end
      from casework_segment s where s.state = 'placement' and {_HELD} order by s.start desc nulls last limit 1), 'none')
  when 'send' then case
    when exists (select from casework_segment s where s.state = 'ehc_plan' and {_HELD}) then 'plan'
    when exists (select from casework_event e where e.child_id = o.child_id and e.kind = 'sen_support_started'
                  and e.happened_on <= o.opened_on) then 'support' else 'none' end
  when 'care' then case
    when exists (select from casework_segment s where s.state = 'in_care' and {_HELD}) then 'in_care' else 'none' end
end, '')"""

_COLUMNS = """duty_id, level, tags, trigger_key, opened_on, opened_at, due_on, due_at, due_latest_at, warn_on, warn_at,
  unit, calendar, met_on, met_at, in_time, met_route, ended_on, ended_why, freezes_on, cannot_tell, covered_to"""

_OWED = f"""owed as materialized (
    select i.duty_id::text as duty, i.who as child_id, c.la, c.sex, i.opened_on, i.opened_at, i.met_on, i.met_at,
           i.unit, i.calendar, i.trigger_key, coalesce(i.due_on, i.opened_on) as fell_on,
           said->'outcomes'->>({STATE}) as outcome
      from (select {ENDED_AND_DUE} from (
              select child_id as who, {_COLUMNS} from casework_instance where told_to = '{{}}'
               union all select -about_id, {_COLUMNS} from casework_subjectinstance) x
             where x.duty_id = any(duties) and coalesce(x.due_on, x.opened_on) between first and least(last, day)
               and not {SEALED.format("x")}) i
      join child c on c.id = i.who
  )"""

# What it proved to be in the end counts before what was done about it.
_VERDICT = """judged as materialized (
    select e.child_id, e.details->>'duty' as duty, e.details->>'trigger' as trigger_key,
           (array_agg(e.details->>'verdict' order by (said->'proved' ? (e.details->>'verdict')) desc,
                      e.happened_on desc, e.id desc))[1] as verdict
      from casework_event e
     where e.kind = 'flag_feedback' and e.happened_on <= day and e.details->>'duty' = any(flags)
       and said->'verdicts' ? (e.details->>'verdict')
     group by 1, 2, 3
  )"""

_OPENING = f"""
language plpgsql stable security definer set search_path = public, pg_temp set work_mem = '128MB' set jit = off as $$
declare
  day date := (at at time zone '{LONDON.key}')::date;
  said jsonb := '{_SAID}';
begin
  if not {_MAY} then
    return;
  end if;
  return query"""

_MEASURED = f"""
create or replace function app_measured(
  at timestamptz, duties text[], flags text[], first date, last date, sides text[]
) returns table (side text, duty text, what text, slot text, part text, n bigint, children bigint) {_OPENING}
  with {_CHILD}, {_ETHNICITY}, {_OWED}, {_VERDICT}, placed as materialized (
    select w.side, o.duty, o.child_id, o.outcome, coalesce(s.verdict, 'none') as verdict, {_SLOT} as slot
      from owed o cross join unnest(sides) w(side)
      left join judged s using (child_id, duty, trigger_key)
      left join ethnicity g on g.child_id = o.child_id
  )
  select p.side, p.duty, 'outcome', p.slot, p.outcome, count(*), count(distinct p.child_id) from placed p
   group by 1, 2, 4, 5
  union all
  select p.side, p.duty, 'verdict', p.slot, p.verdict, count(*), count(distinct p.child_id) from placed p
   where p.duty = any(flags) group by 1, 2, 4, 5;
end $$;
"""

_WAITED = f"""
create or replace function app_waited(
  at timestamptz, duties text[], first date, last date, sides text[], calendars jsonb
) returns table (side text, slot text, what text, children bigint, middle bigint, longest bigint) {_OPENING}
  with {_CHILD}, {_ETHNICITY}, {_OWED}, sofar as materialized (
    select c.name, (c.first + (d.nth - 1)::int) as day, d.n::int as n
      from jsonb_to_recordset(calendars) c(name text, first date, sofar jsonb),
           jsonb_array_elements_text(c.sofar) with ordinality d(n, nth)
  ), waiting as materialized (
    select o.*, case when said->'done' ? o.outcome then 'done' else 'waiting' end as what,
           case when said->'done' ? o.outcome then o.met_on else day end as until_on,
           case when said->'done' ? o.outcome then o.met_at else at end as until_at,
           case o.unit when 'working_days' then 'working' when 'school_days' then o.calendar end as name
      from owed o where said->'done' ? o.outcome or said->'waiting' ? o.outcome
  ), lasted as (
    select w.side, o.child_id, {_SLOT} as slot, o.what,
           case when o.unit = 'elapsed_hours' then floor(extract(epoch from o.until_at - o.opened_at) / 3600)::bigint
                when o.name is not null then (b.n - a.n)::bigint else (o.until_on - o.opened_on)::bigint end as wait
      from waiting o cross join unnest(sides) w(side)
      left join sofar a on a.name = o.name and a.day = o.opened_on
      left join sofar b on b.name = o.name and b.day = o.until_on
      left join ethnicity g on g.child_id = o.child_id
  )
  select l.side, l.slot, l.what, count(distinct l.child_id), percentile_disc(0.5) within group (order by l.wait),
         max(l.wait)
    from lasted l where l.wait is not null group by 1, 2, 3;
end $$;
"""

_GROUPED = f"""
create or replace function app_grouped(at timestamptz, sides text[])
returns table (slot text, n bigint) {_OPENING}
  with {_CHILD}, {_ETHNICITY}, o as (
    select c.id as child_id, c.la, c.sex, day as opened_on, day as fell_on from child c
      join linkage_page p on p.child_id = c.id and p.since <= day and (p.until is null or p.until >= day)
  )
  select {_SLOT}, count(*) from o cross join unnest(sides) w(side)
    left join ethnicity g on g.child_id = o.child_id group by 1;
end $$;
"""

_HAPPENED = f"""
create or replace function app_happened(
  at timestamptz, kinds text[], first date, last date, sides text[]
) returns table (side text, kind text, slot text, n bigint, children bigint) {_OPENING}
  with {_CHILD}, {_ETHNICITY}, o as (
    select e.kind, e.child_id, c.la, c.sex, min(e.happened_on) as opened_on, min(e.happened_on) as fell_on
      from casework_event e join child c on c.id = e.child_id
     where e.kind = any(kinds) and e.happened_on between first and least(last, day) and not {SEALED.format("e")}
     group by e.kind, e.child_id, e.happening, c.la, c.sex
  )
  select w.side, o.kind::text, {_SLOT}, count(*), count(distinct o.child_id)
    from o cross join unnest(sides) w(side) left join ethnicity g on g.child_id = o.child_id group by 1, 2, 3;
end $$;
"""

FUNCTIONS = (_MEASURED, _WAITED, _GROUPED, _HAPPENED)
"""`app_measured(moment, duties, flags, first, last, sides)`: duties that fell due in a year up to now, by each of the
sides (blank: altogether), as their outcome and, of flags, as what was said of them. `app_waited(moment, duties, first,
last, sides, calendars)`: how long until they were met, and how long the others have waited, over all of them.
`app_grouped(moment, sides)`: children with a page. `app_happened(moment, kinds, first, last, sides)`: happenings."""
