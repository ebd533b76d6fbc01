"""Every table and every function of the database, asked as the site's own role for each person: their rows alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from django.db import Error, connection, transaction
from planted import NEAR
from stronghold import Seat, Stronghold

from attempts import Attack
from throughline import sharing
from throughline.web.accounts.viewing import viewing
from throughline.web.casework.engine_role import as_engine

OF_A_CHILD = ("child_id", "child_ids")
"""Columns that say which child a row is about."""
WHAT_IT_IS = ("kind", "state", "trigger_kind")
"""Columns that say what kind of thing a row is, for `sharing`."""

Who = Callable[[Seat], bool]


def _finds(seat: Seat) -> bool:
    return seat.policy.searches or seat.policy.desk


BESIDES: Mapping[str, Who] = {
    "linkage_page": lambda seat: True,  # on which days there is a page: no child, the walls of every table look there
    "linkage_child": _finds,
    "linkage_searchkey": lambda seat: _finds(seat) or seat.policy.keeps,
    "accounts_relation": _finds,  # whom to ring about a child that was found
    "linkage_sourceperson": lambda seat: seat.policy.desk,
    "linkage_question": lambda seat: seat.policy.desk,
    "intake_statement": lambda seat: seat.policy.intake is not None,
    "intake_fault": lambda seat: seat.policy.intake is not None,
    **dict.fromkeys(
        ("accounts_breakglass", "accounts_conflict", "audit_look", "audit_finding"), lambda seat: seat.policy.audits
    ),
    **dict.fromkeys(("casework_hold", "casework_destruction"), lambda seat: seat.policy.keeps),
}
"""Tables with rows about children whom somebody is not related to, and who sees those: the planted texts among them
are looked for all the same."""
READ_BEFORE_SIGN_IN = {"accounts_agencyterms": "whether one's agency has signed is asked before one is let in"}
"""Walled tables, so that nobody changes them, with nobody's secret in them."""
ENDED_BY: Mapping[str, Who] = {"casework_hold": lambda seat: seat.policy.keeps}
"""Tables whose rows somebody may end, though another made them."""
NOTHING_STANDS_IN = {
    "audit_seal": "sealed by the worker",
    "linkage_moved": "moved by the data desk",
}
"""Walled tables in which the partnership has no row to steal."""


class Table(NamedTuple):
    name: str
    columns: frozenset[str]
    walled: bool


def tables() -> list[Table]:
    """Every table, view and materialised view there is, from the database's catalogue."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname, array_agg(a.attname::text), c.relrowsecurity from pg_class c"
            " join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped"
            " where c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relnamespace = 'public'::regnamespace"
            " group by 1, 3 order by 1"
        )
        return [Table(name, frozenset(columns), walled) for name, columns, walled in cursor.fetchall()]


def asked(statement: str) -> list[tuple[object, ...]] | None:
    """What the database answers; None: it refuses."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    except Error:
        return None


def got_out(seat: Seat, table: Table, held: Stronghold) -> Iterator[str]:
    """What this person gets of a table and should not."""
    rows = asked(f"select t::text from {table.name} t where true or t is null") or []
    yield from seat.leaked("\n".join(str(row) for (row,) in rows))
    yield from _of_others(seat, table, held)
    yield from _not_as_decided(seat, table, held)


def _of_others(seat: Seat, table: Table, held: Stronghold) -> Iterator[str]:
    """Rows about a child that this person has nothing to do with."""
    allowed = {held.ids[NEAR]} if seat.opens(NEAR) else set()
    if BESIDES.get(table.name, lambda seat: False)(seat):
        allowed |= set(held.ids.values())
    for column in table.columns & set(OF_A_CHILD):
        array = column if column.endswith("s") else f"array[{column}]"
        own = f" and user_id <> {seat.user.pk}" if "user_id" in table.columns else ""
        rows = asked(f"select {array} from {table.name} where {column} is not null{own}") or []
        # One look at several children is one row, and whoever leads the work with one of them reads of it.
        theirs = [set(children) & set(held.ids.values()) for (children,) in rows]
        others = {child for children in theirs if not children & allowed for child in children}
        yield from (f"a row about {_called(child, held)}" for child in sorted(others))


def _called(child: int, held: Stronghold) -> str:
    name = next((name for name, number in held.ids.items() if number == child), str(child))
    return f"the {name} child, who is nothing to them (if that is right: BESIDES, in {__file__})"


def _not_as_decided(seat: Seat, table: Table, held: Stronghold) -> Iterator[str]:
    """Rows with a level and tags that `sharing` hides and the database gives, or the other way round."""
    what = next((column for column in WHAT_IT_IS if column in table.columns), None)
    if what is None or not {"child_id", "level", "tags"} <= table.columns or "id" not in table.columns:
        return
    kinds, told = ("kinds" if "kinds" in table.columns else "'{}'"), "told_to" if "told_to" in table.columns else "'{}'"
    query = f"select id, child_id, level, tags::text[], {what}, {kinds}::text[], {told}::text[] from {table.name}"
    with as_engine():
        every = asked(query) or []
    shown = {row[0] for row in every if _decided(seat, held, *row[1:])}
    given = {row[0] for row in asked(query) or []}
    if more := given - shown:
        yield f"{len(more)} rows of {table.name} that the policy hides, {sorted(more)[0]} the first"
    assert given >= shown, f"{seat.name} is not shown {len(shown - given)} rows of {table.name} that are theirs"


def _decided(
    seat: Seat, held: Stronghold, child: int, level: str, tags: list[str], kind: str, kinds: list[str], told: list[str]
) -> bool:
    """Whether the policy shows a row: by all it rests on, or, where nothing is left of that, as one it is told to."""
    related = seat.relations if child == held.ids[NEAR] else frozenset()
    if told:
        ways = {"post" if relation in sharing.POSTS else relation for relation in related - {sharing.CONFLICT}}
        return sharing.CONFLICT not in related and not {f"{seat.role}:{way}" for way in ways}.isdisjoint(told)
    item = sharing.Item(level, frozenset(tags), kind, rests_on=frozenset(kinds))
    return sharing.decide(seat.role, related, item).sight == sharing.FULL


def test_every_table_as_every_role(stronghold: Stronghold, attack: Attack) -> None:
    """Rows of every table by SQL, as each role"""
    for seat in stronghold.seats:
        with viewing(seat.user):
            for table in tables():
                attack.attempt(f"{seat.name} {table.name}", got_out(seat, table, stronghold))


def test_every_walled_table_has_something_to_steal(stronghold: Stronghold) -> None:
    with transaction.atomic(), as_engine():
        empty = [t.name for t in tables() if t.walled and not asked(f"select 1 from {t.name} limit 1")]
    missing = sorted(set(empty) - set(NOTHING_STANDS_IN))
    assert not missing, (
        f"tests/attack plants no row in {', '.join(missing)}: plant one in tests/attack/pieces.py, with a text of its "
        "own in tests/attack/planted.py if it holds words, or say in NOTHING_STANDS_IN why there is none"
    )


def test_nobody_and_those_who_left(own_stronghold: Stronghold, attack: Attack) -> None:
    """Rows by SQL, as nobody and as those shut out"""
    for table in tables():
        attack.attempt(f"nobody {table.name}", _rows_of_people(table))
    for seat in own_stronghold.seats:
        seat.user.is_active = False
        seat.user.save()
        with viewing(seat.user):
            for table in tables():
                attack.attempt(f"{seat.name}, shut out, {table.name}", _rows_of_people(table))


def _rows_of_people(table: Table) -> str:
    hidden = table.walled and table.name not in READ_BEFORE_SIGN_IN
    return f"{table.name} gives rows" if hidden and asked(f"select 1 from {table.name} limit 1") else ""


def test_every_row_is_beyond_changing(stronghold: Stronghold, attack: Attack) -> None:
    """Rows changed or removed by SQL, as each role"""
    for seat in stronghold.seats:
        with viewing(seat.user):
            for table in (each for each in tables() if each.walled):
                column = sorted(table.columns)[0]
                own = f" where user_id <> {seat.user.pk}" if "user_id" in table.columns else ""
                if table.name in ENDED_BY and ENDED_BY[table.name](seat):
                    continue
                for statement in (
                    f"update {table.name} set {column} = {column}{own}",
                    f"delete from {table.name}{own}",
                ):
                    attack.attempt(f"{seat.name}: {statement}", asked(f"{statement} returning 1"))
            transaction.set_rollback(True)


def test_the_site_cannot_take_the_walls_down(stronghold: Stronghold, attack: Attack) -> None:
    """Walls taken down, tables emptied, by SQL"""
    with transaction.atomic():
        for table in tables():
            for statement in (
                f"alter table {table.name} disable row level security",
                f"alter table {table.name} disable trigger all",
                f"create policy open on {table.name} using (true)",
                f"truncate {table.name} cascade",
                f"drop table {table.name} cascade",
            ):
                attack.attempt(statement, "it was done" if asked(statement) is not None else "")
        transaction.set_rollback(True)
