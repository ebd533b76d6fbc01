"""The walls: who the database itself lets see which rows, written from `sharing`'s policy.

`migrate` puts them up after every run, whole, so that tables, policy file and database cannot drift apart:
a table that is neither walled nor named open here is refused to the site altogether.

A request is *entered* once (`app_enter`, a transaction-local matter): the viewer's own relations, the post they
stand at and what their role sees through each are set down as settings of the transaction, and the policies
compare rows with them. A post's children are not listed there, a duty team may have tens of thousands: each
row's child is looked up in `accounts_concern`. Nothing entered, nothing seen. The engine's role reads everything
and can only be taken on by `casework/engine_role.py`.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from throughline import sharing
from throughline.web import counted, counted_apart, measured

# Tables that hold no child: the site may read and write them.
OPEN = (
    "accounts_user",
    "accounts_installation",
    "accounts_calendarkey",
    "django_session",
    "intake_delivery",
    "intake_progress",
    "intake_storedfile",
    "intake_deliveredfile",
    "intake_fileread",
    "intake_coverage",
    "intake_savedmapping",
    "casework_rulework",
    "procrastinate_jobs",
    "procrastinate_events",
    "procrastinate_periodic_defers",
    "procrastinate_workers",
)
DECIDED = ("casework_ruletext", "casework_ruledecision")
"""What the partnership decided about rules, no child in it: read by everyone, added to, never changed or removed."""
READ_ONLY = ("accounts_sharingrule", "django_content_type", "django_migrations")
REFERENCE = ("intake_postcode", "intake_postcodeedition")
"""Where postcodes lie, with no person in it: read by everyone, written only as the engine."""
UNUSED = ("auth_group", "auth_group_permissions", "auth_permission")
"""Made by Django's own sign-in, used by nothing here: nobody gets in."""
ENGINE_ONLY = (
    "intake_stage",
    "intake_told",
    "intake_postcodestage",
    "intake_apart",
    "linkage_apartperson",
    "linkage_apartkey",
)
"""Where a delivery or a directory stands while it is sorted, for the length of one transaction; and rows of children
without a page, which no one sees (DESIGN §2.11)."""
ADDED_TO_ONLY = ("audit_look", "audit_change", "audit_seal")
"""Rows may be added and read, by the engine too, and never changed or removed."""

ARMS = (*sharing.PERSONAL, "post")
"""Ways through the walls: a person's own relations, each by its kind, and the one their post gives them."""


def _setting(name: str) -> str:
    return f"nullif(current_setting('app.{name}', true), '')"


def _list(name: str, kind: str) -> str:
    """A list among the transaction's settings; the inner select makes it worked out once a query, not a row."""
    return f"(select {_setting(name)}::{kind}[])::{kind}[]"


_USER = f"(select {_setting('user')}::bigint)"
_SEARCHES = f"(select {_setting('searches_level')} is not null)"
_DESK = f"(select {_setting('desk_level')} is not null)"
_BRINGS_IN = f"(select {_setting('intake_level')} is not null)"


def _page(child: str, day: str = f"(select {_setting('day')}::date)") -> str:
    """A reason holds for a page of the child on this day."""
    return (
        f"exists (select from linkage_page p where p.child_id = {child} and p.since <= {day}"
        f" and (p.until is null or p.until >= {day}))"
    )


def _related(child: str, arms: tuple[str, ...] = ARMS) -> str:
    """`child`, a column with its table's name, is related to the viewer in one of these ways."""
    ways = [f"{child} = any({_list(f'{arm}_children', 'bigint')})" for arm in arms]
    if "post" in arms:
        ways.append(_at_post(child))
    return "(" + " or ".join(ways) + ")"


def _at_post(child: str) -> str:
    """Something about the child concerns the viewer's post on the day they entered."""
    return (
        f"((select {_setting('post_kind')}) is not null and exists (select from accounts_concern c"
        f" where c.child_id = {child} and {_my_post('c')}"
        f" and c.start <= (select {_setting('day')}::date)"
        f' and (c."end" is null or c."end" >= (select {_setting("day")}::date))))'
    )


def _my_post(concern: str) -> str:
    return (
        f"{concern}.kind = (select {_setting('post_kind')})"
        f" and ((select {_setting('posts')}) is null or {concern}.post = any({_list('posts', 'text')}))"
    )


def _seen(table: str, kind: str) -> str:
    """`sharing.decide` says full: by level, tags and kind, through any one relation."""
    return "(" + " or ".join(_through(arm, table, kind) for arm in ARMS) + ")"


def _through(arm: str, table: str, kind: str) -> str:
    # What costs least stands first: PostgreSQL keeps the order it is given, and asks this of every row. A way one does
    # not have ends at its level, no tags need no comparing, a kind is looked up among hundreds.
    kinds = f"(select {_setting(f'{arm}_kinds')}::jsonb)"
    limited = f" or {kinds} ? {table}.{kind}" if kind else ""
    return (
        f"({table}.level <= (select coalesce({_setting(f'{arm}_level')}, ''))"
        f" and ({table}.tags = '{{}}' or {table}.tags::text[] <@ {_list(f'{arm}_tags', 'text')})"
        f" and ({kinds} is null{limited})"
        f" and {_related(f'{table}.child_id', (arm,))})"
    )


def _about(table: str) -> str:
    """`sharing.decide_about` says full: by level, tags and kind, as the role sees subjects of this kind."""
    kind = "trigger_kind" if table == "casework_subjectinstance" else "kind"
    return (
        "exists (select from linkage_subject s join accounts_sharingrule r on r.relation = 'about_' || s.kind"
        f" join accounts_user u on u.role = r.role where s.id = {table}.about_id and u.id = {_USER} and u.is_active"
        f" and {table}.level <= r.level and {table}.tags::text[] <@ r.tags::text[]"
        f" and (r.kinds is null or {table}.{kind} = any(r.kinds)))"
    )


_SUBJECT = (
    "exists (select from accounts_sharingrule r join accounts_user u on u.role = r.role"
    f" where r.relation = 'about_' || linkage_subject.kind and u.id = {_USER} and u.is_active)"
)
_DELIVERED = (
    f"(delivery_id is not null and level <= (select {_setting('intake_level')})"
    f" and tags::text[] <@ {_list('intake_tags', 'text')})"
)
_IN_QUESTION = (
    f"({_DESK} and exists (select from linkage_question q"
    " where q.statement_id = intake_statement.id and q.judged_at is null))"
)
_BEHIND_AN_EVENT = (
    f"({_related('intake_statement.child_id')}"
    " and exists (select from casework_event e where e.statement_id = intake_statement.id))"
)
# Each looked up by itself: a plan that reads all pages to show eight children is slow.
_ITS_PAGE = _page("coalesce(linkage_child.joined_into_id, linkage_child.id)").removesuffix(")") + " limit 1)"
_LOCATOR = f"(level <= 'SL1' and tags = '{{}}' and ({_DESK} or {_SEARCHES} and {_ITS_PAGE}))"
# Whoever has still to read that an item was doubted or moved reads about whom, though the page may have closed by it.
_TOLD_OF = (
    f"(level <= 'SL1' and exists (select from casework_notice n where n.child_id = linkage_child.id"
    f" and n.user_id = {_USER} and n.read_at is null))"
)
_TOLD_HOW = (
    "exists (select from casework_notice n where n.question_id = linkage_question.id"
    f" and n.user_id = {_USER} and n.read_at is null)"
)
_BOTH_TELLINGS_SEEN = " and ".join(
    f"exists (select from casework_event e where e.key = casework_parting.{key} and e.child_id in"
    " (casework_parting.child_id,"
    " (select c.joined_into_id from linkage_child c where c.id = casework_parting.child_id)))"
    for key in ("key_a", "key_b")
)
# Why somebody put a line off is read by those who may see the line.
_LINE_SEEN = (
    "exists (select from casework_instance i where i.child_id = casework_putoff.child_id"
    " and i.duty_id = casework_putoff.duty_id and i.trigger_key = casework_putoff.trigger_key)"
)
_OWN = f"(user_id = {_USER})"
_OWN_OR_LEADS = f"({_OWN} or child_ids && {_list('allocated_children', 'bigint')})"

WALLED: dict[str, dict[str, str]] = {
    "accounts_relation": {"select": f"(({_OWN} or {_SEARCHES}) and {_page('accounts_relation.child_id')})"},
    "accounts_concern": {"select": _my_post("accounts_concern")},
    "audit_look": {"select": _OWN_OR_LEADS, "insert": _OWN},
    "audit_seal": {},
    "audit_change": {"select": _OWN_OR_LEADS, "insert": f"(user_id is null or {_OWN})"},
    "intake_statement": {
        "select": f"({_seen('intake_statement', '')} or {_DELIVERED} or {_BEHIND_AN_EVENT} or {_IN_QUESTION})"
    },
    "intake_telling": {"select": _BRINGS_IN},
    "intake_fault": {"select": f"({_BRINGS_IN} or {_related('intake_fault.child_id', ('allocated', 'reviewer'))})"},
    "linkage_child": {"select": f"({_related('linkage_child.id')} or {_LOCATOR} or {_TOLD_OF})"},
    "linkage_page": {"select": f"({_USER} is not null)"},
    "linkage_searchkey": {"select": "exists (select from linkage_child c where c.id = child_id)"},
    "linkage_sourceperson": {"select": f"({_related('linkage_sourceperson.child_id')} or {_DESK})"},
    "linkage_claim": {"select": "exists (select from linkage_sourceperson p where p.id = person_id)"},
    "linkage_lookupkey": {},
    "linkage_judgement": {
        "select": f'({_DESK} or exists (select from linkage_sourceperson p where p.key in ("left", "right")))'
    },
    "linkage_question": {"select": f"({_related('linkage_question.child_id')} or {_DESK} or {_TOLD_HOW})"},
    "linkage_moved": {"select": _DESK},
    "casework_event": {"select": _seen("casework_event", "kind")},
    "casework_segment": {"select": _seen("casework_segment", "state")},
    "casework_instance": {"select": _seen("casework_instance", "trigger_kind")},
    "casework_mention": {"select": _seen("casework_mention", "kind")},
    "linkage_subject": {"select": _SUBJECT},
    "casework_subjectevent": {"select": _about("casework_subjectevent")},
    "casework_subjectinstance": {"select": _about("casework_subjectinstance")},
    "casework_subjectmention": {"select": _about("casework_subjectmention")},
    "casework_parting": {"select": _BOTH_TELLINGS_SEEN},
    "casework_putoff": {"select": _LINE_SEEN, "insert": f"(by_id = {_USER} and {_LINE_SEEN})"},
    "casework_message": {"select": _OWN, "update": _OWN},
    "casework_draft": {"select": _OWN, "insert": _OWN, "update": _OWN, "delete": _OWN},
    "casework_notice": {"select": _OWN, "update": _OWN},
}
"""Table -> what the site's own role may do there, and to which rows. All else is done as the engine."""

_QUOTED_POSTS = ", ".join(f"'{name}'" for name in sharing.POSTS)
_QUOTED_AGENCIES = ", ".join(f"'{name}'" for name in sharing.OF_AN_AGENCY)

_ENTER = f"""
create or replace function app_enter(viewer bigint, day date) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare seat record; what text; rule record; through text; mine bigint[]; posts text[];
begin
  select u.role, u.area, u.agency into seat from accounts_user u where u.id = viewer and u.is_active;
  perform set_config('app.user', case when seat.role is null then '' else viewer::text end, true),
          set_config('app.day', day::text, true),
          set_config('app.post_kind', '', true);
  foreach through in array array[{", ".join(f"'{name}'" for name in (*ARMS, "searches", "desk", "intake"))}] loop
    select r.relation, r.level, r.tags, r.kinds into rule from accounts_sharingrule r
     where r.role = seat.role
       and (r.relation = through or through = 'post' and r.relation = any(array[{_QUOTED_POSTS}]));
    mine := null;
    if rule.relation is not null and through = any(array[{", ".join(f"'{name}'" for name in ARMS)}]) then
      select array_agg(distinct x.child_id) into mine from accounts_relation x
       where x.user_id = viewer and x.kind = rule.relation and x.start <= day and (x."end" is null or x."end" >= day)
         and {_page("x.child_id", "day")};
    end if;
    if rule.relation is not null and through = 'post' then
      posts := case when rule.relation = any(array[{_QUOTED_AGENCIES}]) then array[seat.agency]
                    when seat.area <> '' then array['', seat.area] end;  -- null: the whole partnership
      perform set_config('app.post_kind', rule.relation, true),
              set_config('app.posts', coalesce(posts::text, ''), true);
    end if;
    perform set_config('app.' || through || '_level', coalesce(rule.level, ''), true),
            set_config('app.' || through || '_tags', coalesce(rule.tags::text, ''), true),
            set_config('app.' || through || '_kinds', coalesce(jsonb_object(rule.kinds, rule.kinds)::text, ''), true),
            set_config('app.' || through || '_children', coalesce(mine::text, ''), true);
  end loop;
end $$;
"""

# Level, tags, kind and source of a related child's items, with how many there are: enough for `sharing.decide`
# to say that something is there, and nothing of what it is.
_PRESENT = f"""
create or replace function app_present(child bigint)
returns table (said_by text, level text, tags text[], kind text, items bigint)
language sql stable security definer set search_path = public, pg_temp as $$
  select e.said_by::text, e.level::text, e.tags::text[], e.kind::text, count(*)
    from casework_event e
   where e.child_id = child and (e.level > 'SL1' or e.tags <> '{{}}')
     and {_related("child")} and {_page("child")}
   group by 1, 2, 3, 4
$$;
"""

# The same of a place, a plan or another subject that is no child, for roles that see such subjects at all.
_PRESENT_ABOUT = f"""
create or replace function app_present_about(subject bigint)
returns table (said_by text, level text, tags text[], kind text, items bigint)
language sql stable security definer set search_path = public, pg_temp as $$
  select e.said_by::text, e.level::text, e.tags::text[], e.kind::text, count(*)
    from casework_subjectevent e join linkage_subject on linkage_subject.id = e.about_id
   where e.about_id = subject and {_SUBJECT}
   group by 1, 2, 3, 4
$$;
"""

# How much stands in the stage changes from nothing to millions within one transaction, where autovacuum does not
# see it: a plan made for an empty table then runs for hours. Only their owner may look tables over.
_STAGE_LOOKED_OVER = """
create or replace function app_stage_looked_over() returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  analyze intake_stage;
  analyze intake_told;
end $$;
"""

# Rows get their numbers before they commit. Held still for a moment, there is none that somebody may yet add
# below the highest; nobody but the tables' owner may hold them.
_AUDIT_SETTLED = """
create or replace function app_audit_settled() returns table (looks bigint, changes bigint)
language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '200ms' as $$
begin
  lock table audit_look, audit_change in share mode;
  return query select coalesce((select max(id) from audit_look), 0), coalesce((select max(id) from audit_change), 0);
exception when lock_not_available then
  return;
end $$;
"""


class NoWall(Exception):
    """A table nobody decided about: it must be named in this module before the site may run."""


def put_up(connection: BaseDatabaseWrapper) -> None:
    """Write every wall, grant and sharing rule, whole; `connection` signs in as the owner of the tables."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'public' order by 1")
        tables = [name for (name,) in cursor.fetchall()]
        decided = {*OPEN, *DECIDED, *READ_ONLY, *REFERENCE, *UNUSED, *ENGINE_ONLY, *WALLED}
        if missing := [name for name in tables if name not in decided]:
            raise NoWall(f"web/walls.py does not say who may see {', '.join(missing)}")
        cursor.execute("\n".join(_statements(connection, tables)))
        _write_rules(cursor)


def _statements(connection: BaseDatabaseWrapper, tables: list[str]) -> Iterator[str]:
    web, engine = settings.WEB_ROLE, settings.ENGINE_ROLE
    yield f"grant usage on schema public to {web}, {engine};"
    yield f"revoke all on all tables in schema public from {web}, {engine};"
    yield f"grant usage, select on all sequences in schema public to {web}, {engine};"
    for table in tables:
        if table in OPEN:
            yield f"grant select, insert, update, delete on {table} to {web}, {engine};"
        elif table in DECIDED:
            yield f"grant select, insert on {table} to {web}, {engine};"
        elif table in READ_ONLY:
            yield f"grant select on {table} to {web}, {engine};"
        elif table in REFERENCE:
            yield f"grant select on {table} to {web};"
            yield f"grant select, insert, delete on {table} to {engine};"
        elif table in ENGINE_ONLY:
            yield f"grant select, insert, update, delete on {table} to {engine};"
        elif table in WALLED:
            yield from _wall(table, WALLED[table])
    yield _ENTER
    yield _PRESENT
    yield _PRESENT_ABOUT
    yield _STAGE_LOOKED_OVER
    yield _AUDIT_SETTLED
    yield counted.FUNCTION
    yield counted_apart.FUNCTION
    yield from measured.FUNCTIONS


def _wall(table: str, allowed: dict[str, str]) -> Iterator[str]:
    web, engine = settings.WEB_ROLE, settings.ENGINE_ROLE
    yield f"alter table {table} enable row level security;"
    yield f"alter table {table} force row level security;"
    everything = "select, insert" if table in ADDED_TO_ONLY else "select, insert, update, delete"
    yield f"grant {everything} on {table} to {engine};"
    # The owner migrates rows and stands behind the two functions below; it never serves a page.
    yield f"drop policy if exists wall_engine on {table};"
    yield f"create policy wall_engine on {table} to {engine}, current_user using (true) with check (true);"
    for verb in ("select", "insert", "update", "delete"):
        yield f"drop policy if exists wall_{verb} on {table};"
        if rule := allowed.get(verb):
            yield f"grant {verb} on {table} to {web};"
            clause = "with check" if verb == "insert" else "using"
            yield f"create policy wall_{verb} on {table} for {verb} to {web} {clause} ({rule});"


def _write_rules(cursor: CursorWrapper) -> None:
    cursor.execute("delete from accounts_sharingrule")
    cursor.executemany(
        "insert into accounts_sharingrule (role, relation, level, tags, kinds) values (%s, %s, %s, %s, %s)",
        [row for role, policy in sharing.policy().items() for row in _rules(role, policy)],
    )


def _rules(role: str, policy: sharing.RolePolicy) -> Iterator[tuple[str, str, str, list[str], list[str] | None]]:
    if policy.searches:
        yield role, "searches", "SL1", [], None
    if policy.desk:
        yield role, "desk", "SL1", [], None
    if policy.counts:
        yield role, "counts", "SL0", [], None
    if sharing.DUTIES in policy.measures:
        yield role, "measures", "SL0", [], None
    if sharing.GROUPS in policy.measures:
        yield role, "groups", "SL0", [], None
    for rule in (*policy.relations.values(), *policy.subjects.values(), *([policy.intake] if policy.intake else [])):
        kinds = None if rule.kinds is None else sorted(rule.kinds)
        yield role, rule.relation, rule.level, sorted(rule.full), kinds
