"""Functions of the database by which somebody enters the walls, and by which those inside learn a little more.

They run as the owner of the tables: each says in its own condition for whom.
"""

from __future__ import annotations

from throughline import sharing
from throughline.web import conditions as on
from throughline.words.calendars import LONDON

_QUOTED_POSTS = ", ".join(f"'{name}'" for name in sharing.POSTS)
_QUOTED_AGENCIES = ", ".join(f"'{name}'" for name in sharing.OF_AN_AGENCY)

_ENTER = f"""
drop function if exists app_enter(bigint, date);
create or replace function app_enter(viewer bigint, moment timestamptz) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  day date := (moment at time zone '{LONDON.key}')::date;
  seat record; rule record; through text; mine bigint[]; posts text[]; near bigint[];
begin
  select array_agg(x.child_id) into near from accounts_conflict x
   where x.user_id = viewer and (x.ended_at is null or x.ended_at > moment);
  if near is not null then  -- and whomever the child turned out to be
    near := near || array(select c.joined_into_id from linkage_child c
                             where c.id = any(near) and c.joined_into_id is not null);
    near := near || array(select c.id from linkage_child c where c.joined_into_id = any(near));
  end if;
  -- A child whose very presence here is sealed is there for nobody but whoever leads the work.
  near := near || array(select c.id from linkage_child c where {on.SEALED} and not exists (
    select from accounts_relation x where x.user_id = viewer and x.child_id = c.id
       and x.kind = '{sharing.ALLOCATED}' and x.start <= day and (x."end" is null or x."end" >= day)));
  -- Nobody without an agency whose terms are signed and in date: the last it signed are those that hold.
  select u.role, u.area, u.agency into seat from accounts_user u where u.id = viewer and u.is_active
     and (select t.signed_on <= day and t.until >= day from accounts_agencyterms t
           where t.agency = u.agency order by t.id desc limit 1);
  perform set_config('app.user', case when seat.role is null then '' else viewer::text end, true),
          set_config('app.role', coalesce(seat.role, ''), true),
          set_config('app.day', day::text, true),
          set_config('app.conflicts', coalesce(near::text, ''), true),
          set_config('app.post_kind', '', true);
  foreach through in array array[{", ".join(f"'{name}'" for name in (*on.ARMS, "searches", "desk", "intake"))}] loop
    select r.relation, r.level, r.tags, r.stub, r.stubs, r.kinds, r.needs into rule from accounts_sharingrule r
     where r.role = seat.role
       and (r.relation = through or through = 'post' and r.relation = any(array[{_QUOTED_POSTS}]));
    mine := null;
    if rule.relation is not null and through = any(array[{", ".join(f"'{name}'" for name in on.ARMS)}]) then
      select array_agg(distinct x.child_id) into mine from accounts_relation x
       where x.user_id = viewer and x.kind = rule.relation and x.start <= day and (x."end" is null or x."end" >= day)
         and {on.page("x.child_id", "day")} and (near is null or x.child_id <> all(near));
    end if;
    if rule.relation = '{sharing.GLASS}' then
      select array_agg(distinct g.child_id) into mine from accounts_breakglass g
       where g.user_id = viewer and g.opened_at <= moment and g.until > moment
         and {on.page("g.child_id", "day")} and (near is null or g.child_id <> all(near));
    end if;
    if rule.relation is not null and through = 'post' then
      posts := case when rule.relation = any(array[{_QUOTED_AGENCIES}]) then array[seat.agency]
                    when seat.area <> '' then array['', seat.area] end;  -- null: the whole partnership
      perform set_config('app.post_kind', rule.relation, true),
              set_config('app.posts', coalesce(posts::text, ''), true);
    end if;
    perform set_config('app.' || through || '_level', coalesce(rule.level, ''), true),
            set_config('app.' || through || '_tags', coalesce(rule.tags::text, ''), true),
            set_config('app.' || through || '_stub', coalesce(rule.stub, ''), true),
            set_config('app.' || through || '_stub_tags', coalesce(rule.stubs::text, ''), true),
            set_config('app.' || through || '_kinds', coalesce(jsonb_object(rule.kinds, rule.kinds)::text, ''), true),
            set_config('app.' || through || '_needs', coalesce(rule.needs::text, ''), true),
            set_config('app.' || through || '_children', coalesce(mine::text, ''), true);
  end loop;
end $$;
"""

# A row that was sent is read whole, so its wall asks of what all it tells; none where nothing was read from it.
_KINDS_TOLD = """
create or replace function app_kinds_told(statement bigint) returns text[]
language sql stable security definer set search_path = public, pg_temp as $$
  select array_agg(distinct e.kind)::text[] from casework_event e where e.statement_id = statement
$$;
"""

# Of a child of theirs somebody learns that an agency holds what is not shared with them, of which last day, where
# `sharing` says a stub: nothing of what it is.
_PRESENT = f"""
drop function if exists app_present(bigint);
create or replace function app_present(child bigint)
returns table (said_by text, items bigint, last_on date)
language sql stable security definer set search_path = public, pg_temp as $$
  select e.said_by::text, count(*), max(e.happened_on)
    from casework_event e
   where e.child_id = child and {on.hinted("e", "kind")} and {on.page("child")}
   group by 1
$$;
"""

# The same of a place, a plan or another subject that is no child, for roles that see such subjects at all.
_PRESENT_ABOUT = f"""
drop function if exists app_present_about(bigint);
create or replace function app_present_about(subject bigint)
returns table (said_by text, items bigint, last_on date)
language sql stable security definer set search_path = public, pg_temp as $$
  select e.said_by::text, count(*), max(e.happened_on)
    from casework_subjectevent e
   where e.about_id = subject and {on.hinted_about("e")}
   group by 1
$$;
"""

# Whether an array holds something is no question the walls let an index answer: asked behind them, by whoever the
# looks at a child are for; each row then passes the walls like any other.
_LOOKS_AT = f"""
create or replace function app_looks_at(child bigint, most int) returns setof bigint
language sql stable security definer set search_path = public, pg_temp as $$
  select l.id from audit_look l
   where l.child_ids @> array[child]
     and (l.user_id = {on.USER} or {on.related("child", ("allocated",))}
          or {on.answers_for("select m.agency from accounts_user m where m.id = l.user_id")})
   order by l.at desc limit most
$$;
"""

# Whom to ring about one child, for a role that may ask so and look around in nothing: every word of the name and the
# date of birth must be that child's, and what is answered is the locator (SL1).
_LOCATED = f"""
create or replace function app_located(words text[], born date)
returns table (child bigint, public_id uuid, name text, area text, lead text, reach jsonb)
language sql stable security definer set search_path = public, pg_temp as $$
  select c.id, c.public_id, concat_ws(' ', coalesce(nullif(c.used_name, ''), c.forename), c.surname), c.la::text,
         concat_ws(', ', lead.name, nullif(lead.phone, '')), reach.details
    from linkage_searchkey dob join linkage_child c on c.id = dob.child_id
    left join lateral (
      select u.name, u.phone from accounts_relation x join accounts_user u on u.id = x.user_id
       where x.child_id = c.id and x.kind = '{sharing.ALLOCATED}' and x.start <= {on.TODAY}
         and (x."end" is null or x."end" >= {on.TODAY}) and u.is_active
       order by x.start desc, x.id desc limit 1) lead on true
    left join lateral (
      select e.details from casework_event e
       where e.child_id = c.id and e.kind = 'safe_contact' and e.level <= 'SL1' and e.tags = '{{}}'
       order by e.happened_on desc, e.id desc limit 1) reach on true
   where exists (select from accounts_user u join accounts_sharingrule r on r.role = u.role and r.relation = 'locates'
                  where u.id = {on.USER} and u.is_active)
     and dob.key = 'd:' || born and array_length(words, 1) >= 2
     and not exists (select from unnest(words) w where not exists (
           select from linkage_searchkey k where k.child_id = c.id and k.key = 'w:' || w))
     and c.joined_into_id is null and c.level <= 'SL1' and c.tags = '{{}}'
     and {on.not_too_close("c.id")} and {on.page("c.id")}
   order by c.id limit 3
$$;
"""
# What was wrong with a cell says what stood in it, so it is held as closely as the row that the cell was part of. Of a
# row nobody could read there is no statement, and whoever brings extracts in has to see it mended.
_ROW_SEEN = f"""
create or replace function app_row_seen(whose text, in_file bigint, line int) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
  select not exists (
    select from intake_statement s
     where s.person = whose and s.file_id = in_file and s.row_no = line and not coalesce({on.seen("s", "")}
       or s.level <= (select {on.setting("intake_level")}) and s.tags::text[] <@ {on.listed("intake_tags", "text")},
       false))
$$;
"""

FUNCTIONS = (_ENTER, _KINDS_TOLD, _PRESENT, _PRESENT_ABOUT, _LOOKS_AT, _LOCATED, _ROW_SEEN)
