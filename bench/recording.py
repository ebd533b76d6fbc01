"""In a process of the site, which `bench.one` starts: what one event more costs, and the engine alone."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from uuid import uuid4

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 - Django comes first

from throughline import duties, timeline, words  # noqa: E402
from throughline.feeds import Event  # noqa: E402
from throughline.web import clock  # noqa: E402
from throughline.web.accounts.models import User  # noqa: E402
from throughline.web.accounts.viewing import viewing  # noqa: E402
from throughline.web.casework import actions, recomputing, rules_here, typing_in  # noqa: E402
from throughline.web.casework.engine_role import as_engine  # noqa: E402
from throughline.web.linkage.models import Child, SourcePerson  # noqa: E402

TIMES = 200
LIKE = 36
"""Events of the children it is tried on, about: as many as a child has that is known to social care."""
LONG = 2_000
"""Events of a life as long as any."""
CHILDREN = 150
"""A third of them for each way of writing: what one leaves to be worked out must not fall to another."""
_NEAREST = """
select r.child_id, r.user_id from accounts_relation r
  join (select child_id, count(*) as n from casework_event group by 1) e using (child_id)
 where r.kind = 'allocated' and r."end" is null order by abs(e.n - %s), r.child_id limit %s
"""

Fields = dict[str, object]
Act = Callable[[Child, User, Fields], None]


def main() -> None:
    """Bare insert and commit, the same with duties current, the whole entry as a page makes it; the engine alone."""
    with transaction.atomic(), as_engine(), connection.cursor() as cursor:
        cursor.execute(_NEAREST, [LIKE, CHILDREN])
        pairs = [(Child.objects.get(pk=child), User.objects.get(pk=user)) for child, user in cursor.fetchall()]
    bare, current, whole = _timed(pairs, (partial(_keep, current=False), partial(_keep, current=True), _record))
    added = [kept - only for kept, only in zip(sorted(current), sorted(bare), strict=True)]
    print(f"  children of about {LIKE} events, {TIMES} entries: bare insert and commit {_said(bare)};")
    print(f"  with the child's duties current {_said(current)}: added {_said(added)}")
    print(f"  the whole entry, as a page makes it: {_said(whole)}")
    _engine(pairs[0][0].pk)


def _timed(pairs: list[tuple[Child, User]], acts: Sequence[Act]) -> list[list[float]]:
    """Milliseconds of each entry, for each way of writing: by turns, so that what else the machine does falls on all.

    A child gets one a day, and one to warm up.
    """
    taken: list[list[float]] = [[] for _ in acts]
    each = len(pairs) // len(acts)
    for n in range(each + TIMES):
        for place, act in enumerate(acts):
            child, user = pairs[n % each * len(acts) + place]
            fields = _fields(days_ago=1 + n // each)
            began = time.perf_counter()
            act(child, user, fields)
            taken[place].append((time.perf_counter() - began) * 1000)
    return [several[each:] for several in taken]


def _said(taken: list[float]) -> str:
    return f"p50 {statistics.median(taken):.1f} ms, p95 {sorted(taken)[int(len(taken) * 0.95)]:.1f} ms"


def _fields(days_ago: int) -> Fields:
    return {"happened_on": str(clock.today() - timedelta(days_ago)), "said_by": "la:971", "words": "I want to go home"}


def _keep(child: Child, user: User, fields: Fields, *, current: bool) -> None:
    kind = words.kinds()["direct_voice"]
    said = typing_in.statement(kind, fields, received_on=clock.today(), record=str(uuid4()))
    with transaction.atomic(), as_engine():
        person = SourcePerson.objects.filter(child=child).order_by("pk").values_list("key", flat=True)[0]
        typing_in.keep(said._replace(person=person), child=child.pk, by=user.pk)
        if current:
            recomputing.recompute([child.pk])


def _record(child: Child, user: User, fields: Fields) -> None:
    with viewing(user) as viewer:
        actions.record(kind="direct_voice", child=child.public_id, fields=fields, by=viewer, purpose="bench")


def _engine(child: int) -> None:
    """From a child's line to what is owed on it."""
    with transaction.atomic(), as_engine():
        line, book, day = recomputing.draw_today(child, clock.today()).line, rules_here.book(), clock.today()
    for events in (line.events[:LIKE], _long(line.events)):
        taken = []
        for _ in range(TIMES):
            anew = timeline.build(events, dob=line.dob, las=line.las, coverage=line.coverage, as_of=day)
            began = time.perf_counter()
            duties.evaluate(anew, book, day)
            taken.append((time.perf_counter() - began) * 1000)
        print(f"  the engine alone, {len(events):,} events and {len(book)} rules: {_said(taken)}")


def _long(events: list[Event]) -> list[Event]:
    """The same life over and over, each time three days later, until there are enough."""
    times = range(LONG // len(events) + 1)
    return [e._replace(happened_on=e.happened_on - timedelta(3 * n), n=n) for n in times for e in events][:LONG]


main()
