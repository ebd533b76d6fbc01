"""The walls: who the database itself lets see which rows, written from `sharing`'s policy.

`migrate` puts them up after every run, whole, so that tables, policy file and database cannot drift apart:
a table that is neither walled nor named open here is refused to the site altogether.

A request is *entered* once (`app_enter`, a transaction-local matter): the viewer's relations and what their
role sees through each are set down as settings of the transaction, and the policies compare rows with them.
Nothing entered, nothing seen. The engine's role reads everything and can only be taken on by
`casework/engine_role.py`.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from throughline import sharing

# Tables that hold no child: the site may read and write them.
OPEN = (
    "accounts_user",
    "accounts_installation",
    "django_session",
    "intake_delivery",
    "intake_progress",
    "intake_storedfile",
    "intake_deliveredfile",
    "intake_fileread",
    "intake_coverage",
    "procrastinate_jobs",
    "procrastinate_events",
    "procrastinate_periodic_defers",
    "procrastinate_workers",
)
READ_ONLY = ("accounts_sharingrule", "django_content_type", "django_migrations")
UNUSED = ("auth_group", "auth_group_permissions", "auth_permission")
"""Made by Django's own sign-in, used by nothing here: nobody gets in."""
ENGINE_ONLY = ("intake_stage", "intake_told")
"""Where a delivery stands while it is sorted, for the length of one transaction."""
ADDED_TO_ONLY = ("audit_look", "audit_change")
"""Rows may be added and read, by the engine too, and never changed or removed."""

RELATIONS = ("allocated", "reviewer", "team", "hub")


def _setting(name: str) -> str:
    return f"nullif(current_setting('app.{name}', true), '')"


def _list(name: str, kind: str) -> str:
    """A list among the transaction's settings; the inner select makes it worked out once a query, not a row."""
    return f"(select {_setting(name)}::{kind}[])::{kind}[]"


_USER = f"(select {_setting('user')}::bigint)"
_SEARCHES = f"(select {_setting('searches_level')} is not null)"
_DESK = f"(select {_setting('desk_level')} is not null)"
_BRINGS_IN = f"(select {_setting('intake_level')} is not null)"


def _any_of(relations: tuple[str, ...], child: str = "child_id") -> str:
    return "(" + " or ".join(f"{child} = any({_list(f'{name}_children', 'bigint')})" for name in relations) + ")"


def _seen(kind: str) -> str:
    """`sharing.decide` says full: by level, tags and kind, through any one relation."""
    return "(" + " or ".join(_through(relation, kind) for relation in RELATIONS) + ")"


def _through(relation: str, kind: str) -> str:
    limited = f" or {kind} = any({_list(f'{relation}_kinds', 'text')})" if kind else ""
    return (
        f"(child_id = any({_list(f'{relation}_children', 'bigint')})"
        f" and level <= (select {_setting(f'{relation}_level')})"
        f" and tags::text[] <@ {_list(f'{relation}_tags', 'text')}"
        f" and ((select {_setting(f'{relation}_kinds')}) is null{limited}))"
    )


_RELATED = _any_of(RELATIONS)
_DELIVERED = (
    f"(delivery_id is not null and level <= (select {_setting('intake_level')})"
    f" and tags::text[] <@ {_list('intake_tags', 'text')})"
)
_IN_QUESTION = (
    f"({_DESK} and exists (select from linkage_question q"
    " where q.statement_id = intake_statement.id and q.judged_at is null))"
)
_BEHIND_AN_EVENT = f"({_RELATED} and exists (select from casework_event e where e.statement_id = intake_statement.id))"
_LOCATOR = f"(level <= 'SL1' and tags = '{{}}' and ({_SEARCHES} or {_DESK}))"
_BOTH_TELLINGS_SEEN = " and ".join(
    f"exists (select from casework_event e where e.key = casework_parting.{key} and e.child_id in"
    " (casework_parting.child_id,"
    " (select c.joined_into_id from linkage_child c where c.id = casework_parting.child_id)))"
    for key in ("key_a", "key_b")
)
_OWN = f"(user_id = {_USER})"
_OWN_OR_LEADS = f"({_OWN} or child_ids && {_list('allocated_children', 'bigint')})"

WALLED: dict[str, dict[str, str]] = {
    "accounts_relation": {"select": f"({_OWN} or {_SEARCHES})"},
    "audit_look": {"select": _OWN_OR_LEADS, "insert": _OWN},
    "audit_change": {"select": _OWN_OR_LEADS, "insert": f"(user_id is null or {_OWN})"},
    "intake_statement": {"select": f"({_seen('')} or {_DELIVERED} or {_BEHIND_AN_EVENT} or {_IN_QUESTION})"},
    "intake_telling": {"select": _BRINGS_IN},
    "intake_fault": {"select": f"({_BRINGS_IN} or {_any_of(('allocated', 'reviewer'))})"},
    "linkage_child": {"select": f"({_LOCATOR} or {_any_of(RELATIONS, 'id')})"},
    "linkage_searchkey": {"select": "exists (select from linkage_child c where c.id = child_id)"},
    "linkage_sourceperson": {"select": f"({_RELATED} or {_DESK})"},
    "linkage_claim": {"select": "exists (select from linkage_sourceperson p where p.id = person_id)"},
    "linkage_lookupkey": {},
    "linkage_judgement": {
        "select": f'({_DESK} or exists (select from linkage_sourceperson p where p.key in ("left", "right")))'
    },
    "linkage_question": {"select": f"({_RELATED} or {_DESK})"},
    "linkage_moved": {"select": _DESK},
    "casework_event": {"select": _seen("kind")},
    "casework_segment": {"select": _seen("state")},
    "casework_instance": {"select": _seen("trigger_kind")},
    "casework_parting": {"select": _BOTH_TELLINGS_SEEN},
    "casework_draft": {"select": _OWN, "insert": _OWN, "update": _OWN, "delete": _OWN},
    "casework_notice": {"select": _OWN, "update": _OWN},
}
"""Table -> what the site's own role may do there, and to which rows. All else is done as the engine."""

_ENTER = f"""
create or replace function app_enter(viewer bigint, day date) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare seat text; what text; rule record; mine bigint[];
begin
  select u.role into seat from accounts_user u where u.id = viewer and u.is_active;
  perform set_config('app.user', case when seat is null then '' else viewer::text end, true);
  foreach what in array array[{", ".join(f"'{name}'" for name in (*RELATIONS, "searches", "desk", "intake"))}] loop
    select r.level, r.tags, r.kinds into rule from accounts_sharingrule r where r.role = seat and r.relation = what;
    mine := null;
    if found and what in ({", ".join(f"'{name}'" for name in RELATIONS)}) then
      select array_agg(distinct x.child_id) into mine from accounts_relation x
       where x.user_id = viewer and x.kind = what and x.start <= day and (x."end" is null or x."end" >= day);
    end if;
    perform set_config('app.' || what || '_level', coalesce(rule.level, ''), true),
            set_config('app.' || what || '_tags', coalesce(rule.tags::text, ''), true),
            set_config('app.' || what || '_kinds', coalesce(rule.kinds::text, ''), true),
            set_config('app.' || what || '_children', coalesce(mine::text, ''), true);
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
     and {_any_of(RELATIONS, "child")}
   group by 1, 2, 3, 4
$$;
"""


class NoWall(Exception):
    """A table nobody decided about: it must be named in this module before the site may run."""


def put_up(connection: BaseDatabaseWrapper) -> None:
    """Write every wall, grant and sharing rule, whole; `connection` signs in as the owner of the tables."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'public' order by 1")
        tables = [name for (name,) in cursor.fetchall()]
        decided = {*OPEN, *READ_ONLY, *UNUSED, *ENGINE_ONLY, *WALLED}
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
        elif table in READ_ONLY:
            yield f"grant select on {table} to {web}, {engine};"
        elif table in ENGINE_ONLY:
            yield f"grant select, insert, update, delete on {table} to {engine};"
        elif table in WALLED:
            yield from _wall(table, WALLED[table])
    yield _ENTER
    yield _PRESENT


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
    for rule in (*policy.relations.values(), *([policy.intake] if policy.intake else [])):
        kinds = None if rule.kinds is None else sorted(rule.kinds)
        yield role, rule.relation, rule.level, sorted(rule.full), kinds
