"""Which children have a page, and why: kept in the transaction of every write (DESIGN §2.11).

When a page opens, what was kept apart about the child is linked and stored like anything else; when its last
reason ends it closes for everyone, and what it rested on stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.backends.utils import CursorWrapper

from throughline import duties, timeline
from throughline.web import bulk, clock
from throughline.web.intake import set_apart as rows
from throughline.web.intake import storing
from throughline.web.linkage import set_apart as people

Life = tuple[timeline.Line, Iterable[duties.Instance]]
"""A child's line, and what is owed on it."""

_KEEP = """
update linkage_child c set reasons = n.reasons::text[], closed_on = n.closed_on
  from unnest(%s::bigint[], %s::text[], %s::date[]) as n (id, reasons, closed_on)
 where c.id = n.id and (c.reasons::text[], c.closed_on) is distinct from (n.reasons::text[], n.closed_on)
"""


def keep(cursor: CursorWrapper, children: list[int], lives: Mapping[int, Life], today: date) -> set[int]:
    """Work out again which of these children have a page; those whose page has opened by it.

    `lives` lacks children of whom nothing is known: they have a page only if a person opened one.
    """
    cursor.execute("select id from linkage_child where typed and joined_into_id is null and id = any(%s)", [children])
    opened = {id for (id,) in cursor.fetchall()}
    pages = {child: _page(lives.get(child), today, opened=child in opened) for child in children}
    cursor.execute(
        "delete from linkage_page where child_id = any(%s)"
        " returning child_id, since <= %s and (until is null or until >= %s)",
        [children, today, today],
    )
    before = {child for child, open_before in cursor.fetchall() if open_before}
    said = [(child, bulk.array_text(page.reasons), page.closed_on) for child, page in pages.items()]
    cursor.execute(_KEEP, [list(column) for column in zip(*said, strict=True)])
    bulk.insert(
        "linkage_page",
        {"child_id": "bigint", "since": "date", "until": "date"},
        ((child, page.since, page.until) for child, page in pages.items() if page.reasons),
    )
    cursor.execute("delete from accounts_concern where child_id = any(%s) and not (child_id = any(%s))",
                   [children, [child for child, page in pages.items() if page.reasons]])  # fmt: skip
    cursor.execute(
        'update accounts_concern c set "end" = p.until from linkage_page p'
        ' where p.child_id = c.child_id and c.child_id = any(%s) and (c."end" is null or c."end" > p.until)'
        " and c.start <= p.until",
        [children],
    )
    return {child for child, page in pages.items() if page.reasons} - before


def _page(life: Life | None, today: date, *, opened: bool) -> timeline.Page:
    if life is None:
        return timeline.page(timeline.build((), as_of=today), today, opened=opened)
    line, instances = life
    due: list[Any] = [i.due for i in instances if i.due is not None and i.met_at is None and not i.ended_why]
    days = [day.astimezone(clock.LONDON).date() if hasattr(day, "astimezone") else day for day in due]
    return timeline.page(line, today, owed=max(days, default=None), opened=opened)


def join(children: Iterable[int]) -> set[int]:
    """Link and store what was kept apart and belongs to these children, whose pages have opened; children touched."""
    found = people.belonging(clock.today(), children)
    return say_again(found) if found else set()


def say_again(keys: set[str]) -> set[int]:
    """Link these people, kept apart until now, and store what was kept of them; children touched."""
    today = clock.today()
    touched = people.join(keys, today)
    records, deliveries = rows.join(keys, today)
    for delivery in deliveries:
        storing.name_faults(delivery)
    return touched | storing.restand(records)
