"""How cells of the inspections' workbooks are written."""

from __future__ import annotations

from datetime import date

from throughline.invent.model import Life
from throughline.invent.workbooks import Cell

_LETTERED = {
    "need": {"N1": "a) N1 Abuse or neglect", "N2": "b) N2 Child's disability", "N4": "d) N4 Family in acute stress"},
    "abuse": {"NEG": "a) Neglect", "PHY": "b) Physical abuse", "SAB": "c) Sexual abuse", "EMO": "d) Emotional abuse"},
}


def day(of: int | None, last: int) -> Cell:
    """A true Excel date, if the day had come."""
    return date.fromordinal(of) if of is not None and of <= last else None


def yes(truth: bool) -> Cell:
    """As the form letters it."""
    return "a) Yes" if truth else "b) No"


def half_coded(code: str, what: str) -> Cell:
    """The code with the form's letter and words, or as the case system has it."""
    return _LETTERED[what].get(code, code)


def start(life: Life, la_id: str, last: int) -> list[Cell]:
    """The columns every list begins with."""
    child = life.child
    sex = {"M": "a) Male", "F": "b) Female"}[child.sex]
    unborn = child.born > last
    return [la_id, sex, child.ethnicity, day(child.born, last), None if unborn else int(child.age(last))]
