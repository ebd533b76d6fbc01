"""The whole line of one child: happenings, chapters, duties, and what nobody can answer for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Max, Min, Q

from throughline import words
from throughline.web.casework.models import Instance, Segment
from throughline.web.casework.reading import disputed, naming, owing, parted
from throughline.web.casework.reading.disputed import Objection
from throughline.web.casework.shapes import Chapter, FaultRow, Gap, Line, LineRow, PartedRow, Told
from throughline.web.intake.models import Coverage, Fault
from throughline.web.linkage.models import Child

_CHAPTERS = {
    "placement": "home",
    "education_status": "school",
    "in_care": "plan",
    "protection_plan": "plan",
    "child_in_need": "plan",
    "missing": "missing",
}
_TELLING_ATTRIBUTE = {
    "placement": "placement_type",
    "education_status": "status",
    "in_care": "legal_status",
    "protection_plan": "category",
}

_NOTHING: Mapping[int, Sequence[PartedRow]] = {}

_EVENTS = """
select e.happening, e.key, e.kind, e.happened_on, e.happened_at, e.precision, e.recorded_on, e.recorded_at,
       e.received_on, e.said_by, e.marks, e.details, e.in_question, e.statement_id, f.name, s.row_no,
       e.joined_why
  from casework_event e
  left join intake_statement s on s.id = e.statement_id
  left join intake_fileread f on f.id = s.file_id
 where e.child_id = %s
 order by e.happening, e.telling
"""


def line(child: Child, as_of: date, kept: Kept, duty: str | None = None) -> Line:
    """The line as everything known today tells it, up to a day. Row-level security decides what is in it.

    With `duty`, a duty's number as an address gives it, that one alone is worked out (blank: none).
    """
    disputes = disputed.objections(kept.events)
    told = [_telling(row, disputes.get(row.key, ())) for row in kept.events if row.happened_on <= as_of]
    apart = parted.standing(kept.events)
    rows = tuple(row_of([t for _, _, t in group], why, apart) for (_, why), group in groupby(told, key=lambda t: t[:2]))
    who = naming.who(child)
    return Line(
        who=who,
        as_of=as_of,
        lens="",
        rows=tuple(sorted(rows, key=lambda row: (row.happened_on, row.happening))),
        chapters=(*_chapters(kept.states), *_workers(kept.events)),
        duties=tuple(owing.from_rows(_instances(child, as_of, duty), {child.pk: who}, as_of)),
        gaps=gaps(child, as_of),
        later_learnt=0,
        faults=faults(child),
    )


def kept(child: Child) -> Kept:
    """All that is stored and whoever is looking may see: row-level security decides."""
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, [child.pk])
        events = tuple(Stored._make((*row[:11], json.loads(row[11]), *row[12:])) for row in cursor.fetchall())
    return Kept(events, tuple(Segment.objects.filter(child=child).order_by("start", "state", "pk")))


def _instances(child: Child, as_of: date, duty: str | None) -> Iterable[Instance]:
    found = Instance.objects.filter(child=child, opened_on__lte=as_of).order_by("opened_on", "duty_id", "pk")
    if duty is None:
        return found
    return found.filter(pk=int(duty)) if duty.isascii() and duty.isdecimal() else ()


class Stored(NamedTuple):
    """One event as it is stored, with where it was read."""

    happening: int
    key: str
    kind: str
    happened_on: date
    happened_at: datetime | None
    precision: str
    recorded_on: date | None
    recorded_at: datetime | None
    received_on: date
    said_by: str
    marks: list[str]
    details: dict[str, str]
    in_question: bool
    statement: int
    file: str | None
    row: int | None
    joined_why: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What is stored of one child's life: read once, for the page and for the line."""

    events: tuple[Stored, ...]
    """By happening, the best telling first."""
    states: tuple[Segment, ...]
    """The earliest first."""


Telling = tuple[int, Told, str, str, tuple[str, ...], bool, str]
"""Happening, telling, kind, precision, titles of marks, in question, the child's own words."""


def _telling(row: Stored, objections: tuple[Objection, ...]) -> tuple[int, str, Telling]:
    (happening, key, kind, on, at, precision, recorded_on, recorded_at, received_on, said_by, marks, details,
     in_question, statement, file, row_no, joined_why) = row  # fmt: skip
    return happening, joined_why, telling(
        happening, key, kind, on, at, precision, recorded_at or recorded_on, received_on, said_by, marks,
        details, in_question, statement, f"{file}, row {row_no}" if file else "typed here", objections,
    )  # fmt: skip


def telling(
    happening, key, kind, on, at, precision, recorded, received_on, said_by, marks, details, in_question, statement,
    source, objections: tuple[Objection, ...] = (),
) -> Telling:  # fmt: skip
    """One agency's telling, in words."""
    shown = tuple(naming.detail(kind, name, value) for name, value in details.items() if value and name != "words")
    told = Told(
        key,
        words.kinds()[kind].title,
        words.agency_title(said_by),
        on,
        at,
        recorded,
        received_on,
        source,
        shown,
        statement,
        tuple((named, details[field]) for field, named in words.naming().get(kind, ()) if details.get(field)),
        objections,
    )
    return happening, told, kind, precision, tuple(map(_mark, sorted(marks))), in_question, details.get("words", "")


def row_of(
    tellings: Sequence[Telling], joined_why: str, apart: Mapping[int, Sequence[PartedRow]] = _NOTHING
) -> LineRow:
    """One happening from its tellings, the best first; why they are one, and what is parted from them."""
    happening, best, kind, precision, marks, in_question, said = tellings[0]
    known = words.kinds()[kind]
    if len(tellings) > 1:
        marks = tuple(dict.fromkeys(mark for t in tellings for mark in t[4]))
        in_question = any(t[5] for t in tellings)
        said = next((t[6] for t in tellings if t[6]), "")
    told = tuple(t[1] for t in tellings)
    return LineRow(
        happening,
        best.key,
        kind,
        known.title,
        known.lane,
        known.shape,
        best.happened_on,
        best.happened_at,
        precision,
        max(t.happened_on for t in told),
        said,
        marks,
        min(t.received_on for t in told),
        in_question,
        told,
        joined_why if len(told) > 1 else "",
        tuple(row for t in told for row in apart.get(t.statement_id, ())),
    )


def _chapters(states: Iterable[Segment]) -> Iterable[Chapter]:
    for segment in states:
        if chapters_of(segment.state):
            yield chapter(segment.state, segment.attributes, segment.start, segment.end)


def chapter(state: str, attributes: dict[str, str], start: date | None, end: date | None) -> Chapter:
    """One bar of the chapters, from a state."""
    attribute = _TELLING_ATTRIBUTE.get(state, "")
    value = attributes.get(attribute, "") if attribute else ""
    title = naming.state_title(state, attribute, value)
    return Chapter(_CHAPTERS[state], title, start, end)


def chapters_of(state: str) -> bool:
    """Whether a state is drawn as a chapter."""
    return state in _CHAPTERS


def _workers(stored: Iterable[Stored]) -> Iterable[Chapter]:
    """Lead workers, one after another: the next one's first day ends the last one's."""
    told = [row for row in stored if row.kind in ("social_worker_started", "social_worker_ended")]
    name, start = "", None
    for row in sorted(told, key=lambda row: (row.happened_on, row.kind)):
        if start is not None:
            yield Chapter("worker", name, start, row.happened_on)
        begins = row.kind == "social_worker_started"
        name, start = (row.details.get("worker", ""), row.happened_on) if begins else ("", None)
    if start is not None:
        yield Chapter("worker", name, start, None)


def gaps(child: Child, as_of: date) -> tuple[Gap, ...]:
    """For each type of agency that tells of the child's area: from when to when its silence means something.

    Of several agencies of a type (two police forces) any may be the one to tell of the child, so silence means
    nothing only where none of them has sent anything.
    """
    covered = (
        Coverage.objects.filter(delivery__withdrawn_on__isnull=True, delivery__received_on__lte=as_of)
        .filter(Q(la="") | Q(la__in=child.las))
        .values("agency")
        .annotate(first=Min("start"), last=Max("end"))
    )
    types: dict[str, list[Any]] = {}
    for span in covered.order_by("agency"):
        types.setdefault(span["agency"].partition(":")[0], []).append(span)
    known = words.agencies()
    return tuple(
        Gap(
            words.agency_title(spans[0]["agency"] if len(spans) == 1 else type_id),
            known[type_id].lane if type_id in known else "",
            min(span["first"] for span in spans),
            max(span["last"] for span in spans),
        )
        for type_id, spans in types.items()
    )


def faults(child: Child) -> tuple[FaultRow, ...]:
    """What could not be read as sent about this child, in deliveries that stand."""
    found = Fault.objects.filter(child_id=child.pk).filter(
        Q(delivery__isnull=True) | Q(delivery__withdrawn_on__isnull=True)
    )
    return tuple(fault_row(fault) for fault in found.order_by("around", "file_name", "row", "pk"))


def fault_row(f: Fault) -> FaultRow:
    """A stored fault as pages and downloads show it."""
    return FaultRow(f.file_name, f.sheet, f.row, f.column, f.value, f.rule, f.severity, f.message, f.fix_by, f.around)


@lru_cache
def _mark(mark: str) -> str:
    known = words.marks().get(mark)
    return known.title if known else mark
