"""As known on a day, through one of two lenses: worked out anew from what was known then, never remembered.

*Received*: what the partnership had got by then: statements, corrections, withdrawals and links of that day.
*Recorded*: what each agency says it had written down by then. The two are never mixed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection

from throughline import sharing, timeline
from throughline.feeds.base import Event
from throughline.records.tellings import Telling, standing_on
from throughline.web.accounts.viewing import Viewer
from throughline.web.casework import apart, recomputing, rows, rules_here, shares_holding
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.reading import line as lines
from throughline.web.casework.reading import naming, owing
from throughline.web.casework.recomputing import About, Drawn, Held
from throughline.web.casework.shapes import Line
from throughline.web.linkage.models import Child, Judgement, SourcePerson

RECEIVED, RECORDED = "received", "recorded"

_TELLINGS = """
select s.record_key, s.id, s.id, s.received_on, 'told', d.withdrawn_on
  from intake_statement s left join intake_delivery d on d.id = s.delivery_id where s.id = any(%(ids)s)
 union all
select s.record_key, s.id, t.id, t.received_on, t.what, d.withdrawn_on
  from intake_telling t join intake_statement s on s.id = t.statement_id
  join intake_delivery d on d.id = t.delivery_id where s.id = any(%(ids)s)
"""


def line_as_known(viewer: Viewer, child: Child, on: date, lens: str) -> Line:
    """The child's line as known at the end of `on`. Every item passes `sharing` for this viewer."""
    with as_engine():
        then = _draw(child, on, lens)
        today = recomputing.draw_today(child.pk, on)
    relations = viewer.relations_to(child.pk)[child.pk]

    def shared(item: sharing.Item) -> bool:
        return sharing.decide(viewer.role, relations, item).sight == sharing.FULL

    def seen(level: str, tags: Iterable[str], kind: str) -> bool:
        return shared(sharing.Item(level, frozenset(tags), kind))

    drawn, source = then
    shown = [[e for e in happening.events if seen(e.level, e.tags, e.kind)] for happening in drawn.line.happenings]
    known_then = {e.key for happening in drawn.line.happenings for e in happening.events}
    later = sum(
        any(seen(e.level, e.tags, e.kind) for e in happening.events)
        and not any(e.key in known_then for e in happening.events)
        for happening in today.line.happenings
    )
    who = naming.who(child)
    at = owing.moment(on)
    book = rules_here.book()
    return Line(
        who=who,
        as_of=on,
        lens=lens,
        rows=tuple(
            lines.row_of([_telling(number, event, source) for event in events], rows.joined_why(happening))
            for number, (happening, events) in enumerate(zip(drawn.line.happenings, shown, strict=True), start=1)
            if events
        ),
        chapters=tuple(
            lines.chapter(row[0], row[5], row[1], row[2])
            for row in rows.segments(drawn.line)
            if lines.chapters_of(row[0]) and seen(row[6], row[7], row[0])
        ),
        duties=tuple(
            owing.build(i, book[i.duty], who, at, 0, tuple(h.key for h in i.evidence))
            for i in drawn.instances
            if shared(rows.closeness(i))
        ),
        gaps=lines.gaps(child, on),
        later_learnt=later,
        faults=(),
    )


def _draw(child: Child, on: date, lens: str) -> tuple[Drawn, dict[int, Held]]:
    if lens == RECORDED:
        held = [h for _, mine in recomputing.held_by([child.pk]) for h in mine]
    else:
        held = _received(child, on)
    about = About(child.dob, frozenset(child.las))
    coverage = recomputing.covered(received_by=on if lens == RECEIVED else None)

    def by_then(events: list[Event]) -> list[Event]:
        return timeline.recorded_by(events, on).events if lens == RECORDED else events

    partings = apart.in_force([child.pk], on).get(child.pk, ())
    holding = shares_holding.stored(child.pk)  # what was open then is not opened again by asking for that day
    drawn = recomputing.draw(held, about, coverage, on, partings, by_then, holding)
    return drawn, {id(h.statement): h for h in held}


def _received(child: Child, on: date) -> list[Held]:
    """The statements that stood that day, of the people who were taken to be this child that day."""
    apart = _people_apart(child, on)
    held = [h for h in recomputing.ever_held_by(child.pk) if h.statement.person not in apart]
    by_id = {h.id: h for h in held}
    with connection.cursor() as cursor:
        cursor.execute(_TELLINGS, {"ids": list(by_id)})
        stood = standing_on((Telling(*row) for row in cursor.fetchall()), on)
    return [h for h in held if h.id in stood]


def _people_apart(child: Child, on: date) -> set[str]:
    """Sources' people of this child today whom no judgement standing that day connected with its first one."""
    keys = list(SourcePerson.objects.filter(child=child).order_by("pk").values_list("key", flat=True))
    same = Judgement.objects.filter(left__in=keys, right__in=keys, verdict=Judgement.Verdict.SAME, made_on__lte=on)
    near: dict[str, set[str]] = {}
    for left, right, reversed_at in same.values_list("left", "right", "reversed_at"):
        if reversed_at is None or reversed_at.date() > on:
            near.setdefault(left, set()).add(right)
            near.setdefault(right, set()).add(left)
    reached, waiting = set(keys[:1]), keys[:1]
    while waiting:
        new = near.get(waiting.pop(), set()) - reached
        reached |= new
        waiting += new
    return set(keys) - reached


def _telling(number: int, event: Event, source: dict[int, Held]) -> lines.Telling:
    held = source[id(event.statement)]
    s = held.statement
    return lines.telling(
        number, event.key, event.kind, event.happened_on, event.happened_at, event.precision, event.recorded_at,
        s.received_on, event.said_by, event.marks, event.details, False, held.id,
        f"{s.file}, row {s.row}" if held.delivery else "typed here",
    )  # fmt: skip
