"""What the data desk sees: the item in question and the locators, never a child's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from throughline import feeds, words
from throughline.web.accounts.viewing import Viewer
from throughline.web.casework.reading import naming
from throughline.web.casework.shapes import Who
from throughline.web.design import formats
from throughline.web.linkage import selectors as linkage
from throughline.web.linkage.models import Claim
from throughline.web.linkage.selectors import Asked, Pair

_IDENTITY = ("forename", "surname", "dob", "sex", "la_id", "upn", "nhs_number", "postcode")
_CALLED = {
    "forename": "First name",
    "surname": "Family name",
    "dob": "Born",
    "sex": "Sex",
    "la_id": "Authority's number",
    "upn": "UPN",
    "nhs_number": "NHS number",
    "postcode": "Postcode",
}


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """An item in question."""

    id: int
    child: Who
    said_by: str
    where: str
    """File and row, or ``typed here``."""
    why: str
    asked_at: datetime
    due_on: date
    cells: tuple[tuple[str, str], ...]
    """Column and value, as cleaned, of the whole row."""


@dataclass(frozen=True, slots=True)
class PairLine:
    """One thing that tells people apart, as each of the two sources gives it."""

    what: str
    said: tuple[str, str]
    """Empty: that source does not say."""

    @property
    def differ(self) -> bool:
        """Both say it, and not the same."""
        left, right = (value.casefold() for value in self.said)
        return bool(left and right and left != right)


@dataclass(frozen=True, slots=True)
class PairRow:
    """Two sources' people a rule was not sure of."""

    id: int
    why: str
    made_on: date
    agencies: tuple[str, str]
    lines: tuple[PairLine, ...]
    """What neither says is left out."""


@dataclass(frozen=True, slots=True)
class Queue:
    """Everything that waits for the desk."""

    questions: tuple[QuestionRow, ...]
    pairs: tuple[PairRow, ...]


def queue(viewer: Viewer) -> Queue:
    """What waits, the soonest due first."""
    return Queue(
        tuple(_question(asked) for asked in linkage.open_questions(viewer)),
        tuple(_pair(pair) for pair in linkage.unsure_pairs(viewer)),
    )


def question(viewer: Viewer, number: int) -> QuestionRow | None:
    """One item in question; None if somebody has judged it."""
    asked = linkage.open_question(viewer, number)
    return _question(asked) if asked else None


def _question(asked: Asked) -> QuestionRow:
    said = asked.statement
    columns = feeds.get(said.feed).tables[said.table]
    return QuestionRow(
        asked.id,
        naming.who(asked.child),
        words.agency_title(said.said_by),
        asked.file or "typed here",
        asked.why,
        asked.asked_at,
        asked.due_on,
        tuple((name, cell) for name, cell in zip(columns, said.cells, strict=False) if cell),
    )


def _pair(pair: Pair) -> PairRow:
    lines = (PairLine(_CALLED[name], (_said(pair.left, name), _said(pair.right, name))) for name in _IDENTITY)
    return PairRow(
        pair.id,
        pair.why,
        pair.made_on,
        (_agency(pair.left), _agency(pair.right)),
        tuple(line for line in lines if any(line.said)),
    )


def _agency(claims: tuple[Claim, ...]) -> str:
    return words.agency_title(claims[0].person.agency) if claims else "a source that says nothing more"


def _said(claims: tuple[Claim, ...], name: str) -> str:
    values = (getattr(claim, name) for claim in claims)
    shown = (formats.day(value) if isinstance(value, date) else str(value or "") for value in values)
    return " / ".join(filter(None, dict.fromkeys(shown)))
