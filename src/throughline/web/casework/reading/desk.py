"""What the data desk sees: the item in question and the locators, never a child's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from throughline import feeds, words
from throughline.web.accounts.viewing import Viewer
from throughline.web.casework.reading import naming
from throughline.web.casework.shapes import Who
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
class Side:
    """What one source says of its person."""

    agency: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PairRow:
    """Two sources' people a rule was not sure of."""

    id: int
    why: str
    made_on: date
    sides: tuple[Side, ...]


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
    return PairRow(pair.id, pair.why, pair.made_on, tuple(_side(claims) for claims in (pair.left, pair.right)))


def _side(claims: tuple[Claim, ...]) -> Side:
    agency = words.agency_title(claims[0].person.agency) if claims else "a source that says nothing more"
    facts = []
    for name in _IDENTITY:
        values = dict.fromkeys(str(getattr(claim, name) or "") for claim in claims)
        said = " / ".join(filter(None, values))
        if said:
            facts.append((_CALLED[name], said))
    return Side(agency, tuple(facts))
