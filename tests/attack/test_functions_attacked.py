"""Functions that the database runs as the tables' owner: asked about what is not theirs, they give nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import psycopg
from django.db import ProgrammingError, connection, transaction
from planted import CLOSED, FAR, FORMER, SEALED
from stronghold import Seat, Stronghold

from attempts import Attack
from throughline.web.accounts.viewing import viewing

Who = Callable[[Seat], bool]
STRANGE = (FAR, FORMER, SEALED, CLOSED)


def nobody(seat: Seat) -> bool:
    return False


def audits(seat: Seat) -> bool:
    return seat.policy.audits


ASKED: Mapping[str, tuple[str, Who]] = {
    "app_present": ("select * from app_present({child})", nobody),
    "app_looks_at": (
        "select n from app_looks_at({child}, 10) n left join audit_look l on l.id = n"
        " where l.user_id is distinct from {user}",
        audits,
    ),
    "app_asked_for": ("select * from app_asked_for()", audits),
    "app_located": (
        "select * from app_located(array['zqvzq{name}first', 'zqvzq{name}family'], date '2010-01-01')", nobody
    ),
    "app_apart": ("select * from app_apart()", lambda seat: seat.policy.counts or seat.policy.intake is not None),
    "app_grouped": (
        "select * from app_grouped(now(), array['sex', 'altogether'])", lambda seat: bool(seat.policy.measures)
    ),
    "app_counted": (
        """select * from app_counted(now(), '{{"strengths": {{}}}}')""", lambda seat: seat.policy.counts
    ),
    "app_present_about": ("select * from app_present_about({subject})", lambda seat: bool(seat.policy.subjects)),
    "app_destroy": ("select app_destroy({destruction}, now())", nobody),
}  # fmt: skip
"""What is asked of a function, of a child who is nothing to them, and who may have an answer."""
HARMLESS: Mapping[str, str] = {
    "app_enter": "sets down who looks; whoever runs any SQL as the site may be anybody (SECURITY.md)",
    "app_row_seen": "whether a row is one's own to see, yes or no",
    "app_kinds_told": "asked by the wall of rows as sent: kinds of a row by its number, no content and nobody",
    "app_files_of": "hashes of files, no content",
    "app_let_go": "ends what somebody shut out was to children, and nothing of whoever may sign in",
    "app_stage_looked_over": "has the planner look over an empty table",
    "app_audit_settled": "the last numbers of two tables",
    "app_measured": "numbers, as app_grouped: one opening decides for both (web/measured.py)",
    "app_waited": "numbers, as app_grouped",
    "app_happened": "numbers, as app_grouped",
}
"""Functions that are run as the owner and not asked here, and why."""


def as_the_owner() -> set[str]:
    """Functions that the site may run as the tables' owner."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select proname from pg_proc where prosecdef and pronamespace = 'public'::regnamespace"
            " and has_function_privilege(current_user, oid, 'execute')"
        )
        return {name for (name,) in cursor.fetchall()}


def answered(query: str) -> list[tuple[object, ...]]:
    """What a function gives; nothing where it refuses. One that is not there, or is asked otherwise, is an error."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(query)
            return [row for row in cursor.fetchall() if any(row)]
    except ProgrammingError as error:
        if isinstance(error.__cause__, psycopg.errors.InsufficientPrivilege):
            return []
        raise


def test_every_function_is_known(stronghold: Stronghold) -> None:
    new = as_the_owner() - set(ASKED) - set(HARMLESS)
    assert not new, f"{', '.join(sorted(new))}: say in {__file__} what an attacker asks of it, or why it is harmless"


def test_every_function_as_every_role(stronghold: Stronghold, attack: Attack) -> None:
    """Functions run as the tables' owner, asked by each role"""
    given = {"subject": 1, "destruction": stronghold.pieces["destruction"][0]}
    for seat in stronghold.seats:
        with viewing(seat.user):
            for statement, may in ASKED.values():
                for child in STRANGE if "{child}" in statement or "{name}" in statement else STRANGE[:1]:
                    query = statement.format(child=stronghold.ids[child], name=child, user=seat.user.pk, **given)
                    rows = answered(query) if not may(seat) else []
                    attack.attempt(f"{seat.name}: {query}", rows)
            transaction.set_rollback(True)
