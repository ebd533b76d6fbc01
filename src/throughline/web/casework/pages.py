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

_HELD = """
select c.id, c.typed and c.joined_into_id is null, c.reasons, c.closed_on, p.since, p.until
  from linkage_child c left join linkage_page p on p.child_id = c.id where c.id = any(%s)
"""

_KEEP = """
update linkage_child c set reasons = n.reasons::text[], closed_on = n.closed_on
  from unnest(%s::bigint[], %s::text[], %s::date[]) as n (id, reasons, closed_on) where c.id = n.id
"""

_OPEN = """
insert into linkage_page (child_id, since, until) select * from unnest(%s::bigint[], %s::date[], %s::date[])
    on conflict (child_id) do update set since = excluded.since, until = excluded.until
"""


def keep(
    cursor: CursorWrapper, children: list[int], lives: Mapping[int, Life], today: date
) -> tuple[set[int], dict[int, timeline.Page]]:
    """Work out again which of these children have a page: those whose page has opened by it, and every page.

    `lives` lacks children of whom nothing is known: they have a page only if a person opened one.
    """
    cursor.execute(_HELD, [children])
    stored = cursor.fetchall()
    pages = {child: _page(lives.get(child), today, opened=opened) for child, opened, *_ in stored}
    said = {child: (list(page.reasons), page.closed_on) for child, page in pages.items()}
    if other := [child for child, _, reasons, closed_on, *_ in stored if said[child] != (reasons, closed_on)]:
        texts = [bulk.array_text(pages[child].reasons) for child in other]
        cursor.execute(_KEEP, [other, texts, [pages[child].closed_on for child in other]])
    standing = {child: page for child, page in pages.items() if page.reasons}
    held = {child: (since, until) for child, *_, since, until in stored if since is not None}
    if gone := [child for child in held if child not in standing]:
        cursor.execute("delete from linkage_page where child_id = any(%s)", [gone])
    new = [(c, p.since, p.until) for c, p in standing.items() if held.get(c) != (p.since, p.until)]
    if new:
        cursor.execute(_OPEN, [list(column) for column in zip(*new, strict=True)])
    before = {c for c, (since, until) in held.items() if since <= today and (until is None or until >= today)}
    return set(standing) - before, standing


def _page(life: Life | None, today: date, *, opened: bool) -> timeline.Page:
    if life is None:
        return timeline.page(timeline.build((), as_of=today), today, opened=opened)
    line, instances = life
    due: list[Any] = [i.due for i in instances if i.due is not None and i.met_at is None and not i.ended_why]
    days = [day.astimezone(clock.LONDON).date() if hasattr(day, "astimezone") else day for day in due]
    return timeline.page(line, today, owed=max(days, default=None), opened=opened)


def awaiting(children: Iterable[int]) -> set[int]:
    """Those of these children, whose pages have opened, to whom something belongs that was kept apart."""
    return set().union(*people.belonging(clock.today(), children).values())


def join(children: Iterable[int]) -> set[int]:
    """Link and store what was kept apart and belongs to these children, whose pages have opened; all it concerns."""
    found = people.belonging(clock.today(), children)
    return say_again(set(found)).union(*found.values()) if found else set()


def say_again(keys: set[str]) -> set[int]:
    """Link these people, kept apart until now, and store what was kept of them; children touched."""
    today = clock.today()
    touched = people.join(keys, today)
    records, deliveries = rows.join(keys, today)
    for delivery in deliveries:
        storing.name_faults(delivery)
    return touched | storing.restand(records)
