"""What people have parted on a child's line, beside the tellings it concerns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import product
from typing import TYPE_CHECKING

from django.db import connection

from throughline import words
from throughline.web.casework.shapes import PartedRow
from throughline.words.calendars import london_date

if TYPE_CHECKING:
    from throughline.web.casework.reading.line import Stored

_STANDING = """
select p.id, p.why, p.at, u.name, p.key_a, p.key_b
  from casework_parting p join accounts_user u on u.id = p.by_id
 where p.reversed_at is null and p.key_a = any(%(keys)s) and p.key_b = any(%(keys)s)
 order by p.id
"""


def standing(events: Iterable[Stored]) -> Mapping[int, list[PartedRow]]:
    """Statement -> from what it has been parted, of the events of one line that the viewer sees."""
    told: dict[str, list[Stored]] = defaultdict(list)
    for event in events:
        told[event.key].append(event)
    found: dict[int, list[PartedRow]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"keys": list(told)})
        for number, why, at, name, key_a, key_b in cursor.fetchall():
            for this, other in (*product(told[key_a], told[key_b]), *product(told[key_b], told[key_a])):
                apart = PartedRow(number, words.agency_title(other.said_by), name, london_date(at), why)
                found[this.statement].append(apart)
    return found
