"""How far an empty list may be trusted: what came from whom and when, and who has gone silent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection

from throughline import words
from throughline.web import clock
from throughline.web.accounts.viewing import Viewer
from throughline.web.design import formats

_SILENT_AFTER = 2
"""An agency is silent when it has sent nothing for this many times as long as it usually takes between two."""
_LEAST = timedelta(days=2)
_STANDING = """
select c.kind, v.agency, v.la, d.received_on, max(d.received_at) as at, max(v."end") as upto
  from intake_coverage v join intake_delivery d on d.id = v.delivery_id, unnest(v.kinds) c (kind)
 where d.withdrawn_on is null and c.kind = any(%s)
 group by 1, 2, 3, 4
"""


class Sent(NamedTuple):
    """What one agency's deliveries answer for, about one kind."""

    agency: str
    las: frozenset[str]
    days: tuple[date, ...]
    """On which something came, in order."""
    last_at: datetime
    upto: date


_kept: dict[tuple[object, frozenset[str]], dict[str, tuple[Sent, ...]]] = {}
_MOST_KEPT = 64


def sent(kinds: Iterable[str]) -> dict[str, tuple[Sent, ...]]:
    """Kind -> what each agency sent of it. Read once for each state of the deliveries."""
    wanted = frozenset(kinds)
    with connection.cursor() as cursor:
        cursor.execute("select max(id), max(loaded_at), count(withdrawn_on), current_database() from intake_delivery")
        key = (cursor.fetchone(), wanted)
        if key not in _kept:
            if len(_kept) >= _MOST_KEPT:
                _kept.clear()
            cursor.execute(_STANDING, [sorted(wanted)])
            _kept[key] = _by_kind(cursor.fetchall())
    return _kept[key]


def _by_kind(rows: list[tuple[str, str, str, date, datetime, date]]) -> dict[str, tuple[Sent, ...]]:
    found: dict[str, dict[str, list[tuple[str, str, str, date, datetime, date]]]] = {}
    for row in rows:
        found.setdefault(row[0], {}).setdefault(row[1], []).append(row)
    return {
        kind: tuple(
            Sent(
                agency,
                frozenset(row[2] for row in several),
                tuple(sorted({row[3] for row in several})),
                max(row[4] for row in several),
                max(row[5] for row in several),
            )
            for agency, several in sorted(agencies.items())
        )
        for kind, agencies in found.items()
    }


def sentences(viewer: Viewer, kinds: Iterable[str]) -> tuple[str, ...]:
    """What came and who is silent, of agencies that answer for the viewer's area; the silent ones last.

    For example: ``Castlereach police: received 06:10.``, ``Torrin police: nothing since Tue 3 Mar 2026, so we
    cannot tell there.``
    """
    came, silent = came_and_silent(viewer, kinds)
    return (*came, *silent)


def came_and_silent(viewer: Viewer, kinds: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The same sentences: of those who sent theirs, and of those who have gone silent."""
    wanted = tuple(kinds)
    of = sent(wanted)
    said: dict[str, tuple[bool, str]] = {}
    for kind in wanted:
        for one in of.get(kind, ()):
            if _concerns(viewer, one):
                silent = _is_silent(one, viewer.today)
                said.setdefault(one.agency, (silent, _sentence(one, silent, viewer.today)))
        if not of.get(kind):
            title = words.kinds()[kind].title.lower()
            said.setdefault(kind, (True, f"Nobody has sent us anything of this kind yet: {title}."))
    return (
        tuple(sentence for silent, sentence in said.values() if not silent),
        tuple(sentence for silent, sentence in said.values() if silent),
    )


def _concerns(viewer: Viewer, one: Sent) -> bool:
    area = viewer.user.area
    return not area or bool(one.las & {"", "la", f"la:{area}"})


def _is_silent(one: Sent, today: date) -> bool:
    gaps = sorted((later - earlier for earlier, later in zip(one.days, one.days[1:], strict=False)))
    usual = gaps[len(gaps) // 2] if gaps else timedelta(0)
    return today - one.days[-1] > max(usual * _SILENT_AFTER, _LEAST)


def _sentence(one: Sent, silent: bool, today: date) -> str:
    title, last = words.agency_title(one.agency), one.days[-1]
    if silent:
        return f"{title}: nothing since {formats.weekday(last)}, so we cannot tell there."
    if last == today:
        return f"{title}: received {formats.clock(one.last_at.astimezone(clock.LONDON))}."
    return f"{title}: received {formats.weekday(last)}, up to {formats.day(one.upto)}."
