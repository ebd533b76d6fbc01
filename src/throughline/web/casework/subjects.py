"""Lines and duties of places, plans and others that are no child (docs/adr/0034), in the write's own transaction.

They follow from two things: rows about them, and children's events that mention them. Whatever changes either calls
`keep_mentions` or `after_delivery`, then `recompute`; all of it as the engine.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

from django.db import connection

from throughline import duties, feeds, timeline
from throughline.feeds import Event, Statement
from throughline.feeds.people import authority_of
from throughline.feeds.subjects import subject_of
from throughline.web import bulk, clock
from throughline.web.audit.actions import keyed_hash
from throughline.web.casework import models, rows, rules_here
from throughline.web.intake.models import Coverage
from throughline.web.intake.models import Statement as Kept
from throughline.web.linkage.models import Subject

if TYPE_CHECKING:
    from throughline.web.casework.recomputing import Covered

_SUBJECT = {"public_id": "uuid", "kind": "text", "key": "text", "name": "text"}
_NAME = feeds.get("events").tables["events"].index("subject_id")
"""Where a statement's cells have what its subject is called."""
_MENTION = {
    "child_id": "bigint",
    "about_id": "bigint",
    "key": "text",
    "kind": "text",
    "happened_on": "date",
    "happened_at": "timestamptz",
    "received_on": "date",
    "said_by": "text[]",
    "marks": "text[]",
    "level": "text",
    "tags": "text[]",
}
_EVENT = {"about_id": "bigint"} | {
    name: type for name, type in rows.EVENT.items() if name in {f.attname for f in models.SubjectEvent._meta.fields}
}
_INSTANCE = {"about_id": "bigint"} | {name: type for name, type in rows.INSTANCE.items() if name != "child_id"}
_SEEN = {"about_id": "bigint", "kind": "text", "happened_on": "date", "level": "text", "tags": "text[]"}

# Statements about subjects whose records a delivery told, told again or no longer told.
_TOLD = """
select s.person, min(s.cells[%(place)s]) from intake_statement s
 where s.child_id is null and s.feed = 'events' and s.person <> '' and position('|' in s.person) = 0
   and (exists (select from intake_statement d where d.record_key = s.record_key and d.delivery_id = %(delivery)s)
        or exists (select from intake_telling t where t.statement_id = s.id and t.delivery_id = %(delivery)s))
 group by s.person
"""


class _Mentioned(NamedTuple):
    """A child's happening as the subject's line has it, and what that child brings with it."""

    mention: timeline.Mention
    received_on: date
    las: tuple[str, ...]


# --- what a write concerns -----------------------------------------------------------------------------------


def keep_mentions(children: Sequence[int], lines: Mapping[int, timeline.Line]) -> set[int]:
    """Store what these children's events mention; the subjects for which that has changed anything."""
    with connection.cursor() as cursor:  # plainly: nearly every write about a child asks this, and finds nothing
        cursor.execute(f"select {', '.join(_MENTION)} from casework_mention where child_id = any(%s)", [list(children)])
        stored = cursor.fetchall()
    held: set[tuple[Any, ...]] = {tuple(tuple(v) if isinstance(v, list) else v for v in row) for row in stored}
    told = [(child, *found) for child, line in lines.items() for found in timeline.mentions_in(line)]
    if not (held or told):
        return set()
    known = numbers_of({subject.key: name for _, subject, name, _ in told})
    new: set[tuple[Any, ...]] = {_mention(child, known[s.key], happening) for child, s, _, happening in told}
    if new != held:
        models.Mention.objects.filter(child_id__in=children).delete()
        bulk.insert("casework_mention", _MENTION, new)
    return {row[1] for row in new ^ held}


def after_delivery(delivery: int) -> set[int]:
    """Subjects that a delivery, loaded or taken back, tells of, or for which its cover may change what can be told."""
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, {"delivery": delivery, "place": _NAME + 1})
        names = dict(cursor.fetchall())
    kinds = frozenset().union(*Coverage.objects.filter(delivery_id=delivery).values_list("kinds", flat=True))
    book = rules_here.book()
    asked = [duty for duty in book if not kinds.isdisjoint(book.plan(duty).rests_on)]
    resting = models.SubjectInstance.objects.filter(met_on__isnull=True, duty_id__in=asked)
    return {*numbers_of(names).values(), *resting.values_list("about_id", flat=True)}


def every() -> set[int]:
    """Every subject there is: where a rule about them is switched on, or lines are worked out for the first time."""
    told = Kept.objects.filter(child_id__isnull=True, feed="events", live=True).exclude(person="")
    numbers_of({key: cells[_NAME] for key, cells in told.exclude(person__contains="|").values_list("person", "cells")})
    return set(Subject.objects.values_list("pk", flat=True))


def numbers_of(names: Mapping[str, str]) -> dict[str, int]:
    """Each subject's number by its key; those not met before get one, and keep the name they were first told by.

    `names`: what each is called, by its key. Runs as the engine."""
    rows_of = ((uuid4(), subject_of(key).kind, key, name) for key, name in sorted(names.items()))
    bulk.insert("linkage_subject", _SUBJECT, rows_of, skip_held=True)
    return dict(Subject.objects.filter(key__in=names).values_list("key", "pk"))


def _mention(child: int, subject: int, happening: timeline.Happening) -> tuple[Any, ...]:
    events = happening.events
    said_by = tuple(sorted({event.said_by for event in events}))
    received = min(event.received_on or date.max for event in events)
    return (
        child, subject, happening.key, happening.kind, happening.happened_on, happening.happened_at, received, said_by,
        tuple(sorted(happening.marks)), happening.level, tuple(sorted(happening.tags)),
    )  # fmt: skip


# --- worked out anew --------------------------------------------------------------------------------------------


def recompute(subjects: Iterable[int], coverage: Covered) -> None:
    """Work out lines and duties of these subjects and store them whole: there are few, and each is short."""
    numbers = sorted(set(subjects))
    if not numbers:
        return
    locked = Subject.objects.select_for_update().filter(pk__in=numbers).order_by("pk")
    keys = dict(locked.values_list("pk", "key"))
    held = _held(keys.values())
    mentioned = _mentioned(numbers)
    drawn = {number: _draw(key, held[key], mentioned[number], coverage) for number, key in keys.items()}
    for model in (models.SubjectEvent, models.SubjectInstance, models.SubjectMention):
        model.objects.filter(about_id__in=numbers).delete()
    ids = {id(s): kept.pk for mine in held.values() for kept, s in mine}
    bulk.insert("casework_subjectevent", _EVENT, _events(drawn, ids))
    learnt = {id(s): kept.first_received_on for mine in held.values() for kept, s in mine}
    bulk.insert("casework_subjectinstance", _INSTANCE, _instances(drawn, learnt, coverage))
    bulk.insert("casework_subjectmention", _SEEN, _seen(drawn))
    _settle(drawn, ids)


_Held = list[tuple[Kept, Statement]]
_Drawn = dict[int, tuple[timeline.Line, list[duties.Instance]]]


def _held(keys: Iterable[str]) -> dict[str, _Held]:
    """Standing statements about each subject, in the order feeds want them."""
    found: dict[str, _Held] = defaultdict(list)
    standing = Kept.objects.filter(person__in=list(keys), child_id__isnull=True, live=True).select_related("file")
    for kept in standing.order_by("feed", "table", "file__name", "row", "pk"):
        file = kept.file.name if kept.file else "typed here"
        written = kept.recorded_at or kept.recorded_on
        statement = Statement(
            kept.feed, kept.table, file, kept.row, kept.record_id, kept.person, tuple(kept.cells), kept.outcome,
            kept.said_by, written, (), kept.received_on,
        )  # fmt: skip
        found[kept.person].append((kept, statement))
    return found


def _mentioned(numbers: list[int]) -> dict[int, list[_Mentioned]]:
    """What children's events mention of each subject."""
    found: dict[int, list[_Mentioned]] = defaultdict(list)
    stored = models.Mention.objects.filter(about_id__in=numbers).select_related("child")
    for row in stored.order_by("happened_on", "pk"):
        mention = timeline.Mention(str(row.child_id), _happening(row))
        found[row.about_id].append(_Mentioned(mention, row.received_on, tuple(row.child.las)))
    return found


def _happening(row: models.Mention) -> timeline.Happening:
    """A mention as rules see it, one telling an agency. Its key leads to no child without this installation's own."""
    record = keyed_hash(f"{row.child_id}\x1f{row.key}")
    marks, tags = frozenset(row.marks), frozenset(row.tags)
    told = tuple(
        Event(
            row.kind, row.happened_on, row.happened_at, "time" if row.happened_at else "day", agency,
            Statement("mention", agency, "", 0, record, "", (), said_by=agency, received_on=row.received_on),
            marks, {}, "", row.level, tags,
        )
        for agency in row.said_by
    )  # fmt: skip
    return timeline.Happening(row.kind, row.happened_on, row.happened_at, told)


def _draw(
    key: str, held: _Held, mentioned: list[_Mentioned], coverage: Covered
) -> tuple[timeline.Line, list[duties.Instance]]:
    """One subject's line and duties as of today; who tells of it, and of whose children, says whose cover holds."""
    events: list[Event] = []
    for feed, mine in groupby((s for _, s in held), key=lambda s: s.feed):
        events += feeds.get(feed).events(list(mine), coverage.to.get(feed, {})).events
    las = frozenset(filter(None, (authority_of(event.said_by) for event in events)))
    today = clock.today()
    line = timeline.build(
        events,
        las=las.union(*(m.las for m in mentioned)),
        coverage=coverage.index,
        subject=subject_of(key),
        mentions=[m.mention for m in mentioned],
        as_of=today,
    )
    return line, [i for i in duties.evaluate(line, coverage.rules.book, today) if coverage.rules.counts(i)]


# --- as rows -------------------------------------------------------------------------------------------------------


def _events(drawn: _Drawn, ids: Mapping[int, int]) -> Iterator[tuple[object, ...]]:
    for number, (line, _) in drawn.items():
        for place, happening in rows.numbered(line.happenings):
            for event in happening.events:
                yield number, ids[id(event.statement)], place, *rows.event(event)


def _instances(drawn: _Drawn, learnt: Mapping[int, date], coverage: Covered) -> Iterator[tuple[object, ...]]:
    for number, (_, instances) in drawn.items():
        for instance in instances:
            told = [event.statement for event in instance.trigger.events]
            first = min(learnt.get(id(s)) or s.received_on or date.max for s in told)
            first = max(first, coverage.rules.since.get(instance.duty, first))
            looms_on = rows.looms_on(instance, coverage.rules.book[instance.duty], first)
            yield number, first, *rows.instance_row(instance), looms_on


def _seen(drawn: _Drawn) -> Iterator[tuple[object, ...]]:
    for number, (line, _) in drawn.items():
        for _, happening in line.mentions:
            yield number, happening.kind, happening.happened_on, happening.level, sorted(happening.tags)


def _settle(drawn: _Drawn, ids: Mapping[int, int]) -> None:
    """Write on each statement how closely it is to be held."""
    for line, _ in drawn.values():
        for event in line.events:
            Kept.objects.filter(pk=ids[id(event.statement)]).update(level=event.level, tags=sorted(event.tags))
