"""For tests of the measures: duties met and not met, and what the pages say of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from areas import ask, owe, signed_in
from stores import NOW, TODAY, person
from throughline.measures import defining
from throughline.measures.showing import Tally
from throughline.web.accounts.viewing import viewing
from throughline.web.casework.reading import measure_counts, measures
from throughline.web.casework.reading.area_shapes import Table
from throughline.web.casework.reading.measure_counts import OUTCOME
from throughline.web.casework.reading.measure_shapes import DutyPage
from throughline.web.linkage.models import Child

DUTY, FLAG = "rhi-72h", "r04-missing-pattern"
YEAR = defining.year_of(TODAY)
DUE = date(2026, 4, 10)
"""A day of this year on which what is asked about fell due."""


def counted(duty: str = DUTY, side: str = "", what: str = OUTCOME) -> Mapping[tuple[str, str], Tally]:
    """(Part, slot) -> how often, noughts left out."""
    with viewing(person("business_manager")):
        told = measure_counts.tallies(NOW, [duty], YEAR, [side]).by(side, what).get(duty, {})
    return {(part, slot): tally for part, slots in told.items() for slot, tally in slots.items() if tally.n}


def page_of(role: str = "business_manager", duty: str = DUTY, **asked: str) -> DutyPage:
    """The page of one duty, for somebody in this role."""
    with viewing(person(role)) as viewer:
        return measures.measure(viewer, duty, asked)


def said(table: Table | None) -> dict[str, dict[str, str]]:
    """Row -> column -> what stands there."""
    assert table is not None
    heads = [column.title for column in table.columns]
    return {row.title: dict(zip(heads, [c.text for c in row.cells], strict=True)) for row in table.rows}


def met(who: Iterable[Child], due: date = DUE, *, late: bool = False, **given: object) -> None:
    """The duty met for each of them: on the day it was due, or two days late."""
    on = due + timedelta(days=2 if late else 0)
    owe(who, DUTY, due, met_on=on, in_time=not late, **given)


def say(who: Iterable[Child], verdict: str, day: date = TODAY, trigger: str = "t") -> None:
    """Somebody says what came of a flag."""
    details = {"duty": FLAG, "trigger": trigger, "verdict": verdict}
    ask(who, "flag_feedback", day, said_by="la:971", details=details)


def read(address: str, role: str = "business_manager") -> str:
    """What a page says to somebody in this role."""
    answer = signed_in(role).get(address)
    assert answer.status_code == 200, f"{address}: {answer.status_code}"
    return answer.content.decode()
