"""The entries a request for the whole record covers, as whoever is looking sees them, and what was decided on each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from throughline import feeds, sharing, words
from throughline.web.audit.actions import keyed_hash
from throughline.web.casework.reading import disputed, naming
from throughline.web.casework.reading import line as lines
from throughline.web.casework.reading.disputed import Objection
from throughline.web.casework.reading.line import Stored
from throughline.web.child.models import AccessItem, AccessRequest, Verdict
from throughline.web.design import formats
from throughline.web.intake.models import Statement

OWN = frozenset({AccessRequest.Asker.CHILD, AccessRequest.Asker.ADULT, AccessRequest.Asker.OTHER})
"""Who asks for what is the child's own to see, themselves or through somebody they chose."""
_QUOTES = "quotes"
"""The field in which a fact names others by their keys."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the record with what was decided on it."""

    id: int
    """Number of the item."""
    key: str
    on: date
    title: str
    said_by: str
    said: tuple[str, ...]
    """Its content, a line each."""
    fitting: tuple[sharing.Reason, ...]
    """Why it is proposed to stay out; none: it is proposed to be given."""
    what: str
    """`Verdict.What`; blank: nobody has decided yet, or it has changed since."""
    reason: sharing.Reason | None
    """Why all or part of it stays out, as decided."""
    part: tuple[str, ...]
    asked: str
    changed: bool
    """It was decided on, and is not what it was then."""
    objections: tuple[Objection, ...] = ()
    """What somebody said is not right about it."""

    @property
    def seen(self) -> str:
        """Tells whether it is still what somebody read."""
        return content_hash(self.title, self.said)

    @property
    def unsaid(self) -> bool:
        """A copy may not even say that something stands here."""
        return any(reason.unsaid for reason in (*self.fitting, *((self.reason,) if self.reason else ())))

    @property
    def never(self) -> bool:
        """It may not be given, whoever was asked."""
        return any(not reason.asked for reason in self.fitting)

    @property
    def prompts(self) -> tuple[str, ...]:
        """What has to be written down before it is given."""
        return tuple(reason.asked for reason in self.fitting if reason.asked)

    @property
    def given(self) -> tuple[str, ...]:
        """What of its content goes into the copy."""
        if self.what == Verdict.What.GIVE:
            return self.said
        return self.part if self.what == Verdict.What.QUOTE else ()


def asked_by(request: AccessRequest) -> str:
    """Whose right it is that is used: `sharing.SELF` or `sharing.PARENT`."""
    return sharing.SELF if request.asker in OWN else sharing.PARENT


def entries(request: AccessRequest) -> list[Entry]:
    """Every entry that whoever is looking sees, the oldest first; row-level security decides."""
    found = {item.key: item for item in AccessItem.objects.filter(request=request)}
    verdicts = {v.item_id: v for v in Verdict.objects.filter(item__request=request).order_by("pk")}
    whose = asked_by(request)
    stored = lines.kept(request.child).events
    disputes = disputed.objections(stored)
    read = [
        _entry(item, _title(event), event.happened_on, _said(event), whose, verdicts.get(item.pk),
               disputes.get(event.key, ()))
        for event in stored
        if (item := found.get(event.key))
    ]  # fmt: skip
    rows = {item.statement_id: item for item in found.values() if item.statement_id}
    for row in Statement.objects.filter(pk__in=rows, live=True):
        item, title = rows[row.pk], f"Also sent ({row.table.replace('_', ' ')})"
        read.append(_entry(item, title, row.received_on, _cells(row), whose, verdicts.get(item.pk), ()))
    return sorted(read, key=lambda entry: (entry.on, entry.id))


def content_hash(title: str, said: Iterable[str]) -> str:
    """Tells whether an entry is still what somebody decided on."""
    return keyed_hash("\n".join((title, *said)))


def _entry(
    item: AccessItem, title: str, on: date, lines_said: Iterable[str], whose: str, verdict: Verdict | None,
    objections: tuple[Objection, ...],
) -> Entry:  # fmt: skip
    whole, said = sharing.whole_record(), tuple(lines_said)
    holds = verdict is not None and verdict.seen_hash == content_hash(title, said)
    return Entry(
        id=item.pk,
        key=item.key,
        on=on,
        title=title,
        said_by=words.agency_title(item.said_by),
        said=said,
        fitting=whole.fitting(sharing.Item(item.level, frozenset(item.tags)), whose),
        what=verdict.what if verdict and holds else "",
        reason=whole.reasons.get(verdict.reason) if verdict and holds else None,
        part=tuple(verdict.part.splitlines()) if verdict and holds else (),
        asked=verdict.asked if verdict else "",
        changed=verdict is not None and not holds,
        objections=objections,
    )


def _title(event: Stored) -> str:
    return words.kinds()[event.kind].title


def _said(event: Stored) -> Iterator[str]:
    """The content of one event besides its day: time, the child's words, marks, details, when it was written down."""
    if event.happened_at:
        yield f"At {formats.clock(event.happened_at)}"
    if event.details.get("words"):
        yield f"“{event.details['words']}”"
    known = words.marks()
    for mark in sorted(event.marks):
        yield known[mark].title if mark in known else mark
    for name, value in event.details.items():
        if value and name not in ("words", _QUOTES):
            yield ": ".join(naming.detail(event.kind, name, value))
    recorded = event.recorded_at or event.recorded_on
    if recorded:
        yield f"Written down: {formats.when(recorded)}"
    yield f"Received: {formats.day(event.received_on)}"


def _cells(statement: Statement) -> Iterator[str]:
    """The cells of a row that gave no entry on the line, under the column names of its file."""
    columns = feeds.get(statement.feed).tables[statement.table]
    for column, cell in zip(columns, statement.cells, strict=False):
        if cell:
            yield f"{column}: {cell}"
