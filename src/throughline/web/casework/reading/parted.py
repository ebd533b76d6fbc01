"""What people have parted on a child's line, beside the tellings it concerns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from django.db import connection

from throughline import words
from throughline.web.casework.shapes import PartedRow
from throughline.web.linkage.models import Child
from throughline.words.calendars import london_date

_STANDING = """
select p.id, p.why, p.at, u.name, a.statement_id, a.said_by, b.statement_id, b.said_by
  from casework_parting p
  join casework_event a on a.key = p.key_a and a.child_id = %(child)s
  join casework_event b on b.key = p.key_b and b.child_id = %(child)s
  join accounts_user u on u.id = p.by_id
 where p.reversed_at is null
 order by p.id
"""


def standing(child: Child) -> Mapping[int, list[PartedRow]]:
    """Statement -> from what it has been parted, as far as the viewer sees both."""
    found: dict[int, list[PartedRow]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"child": child.pk})
        for number, why, at, name, a, a_said_by, b, b_said_by in cursor.fetchall():
            found[a].append(PartedRow(number, words.agency_title(b_said_by), name, london_date(at), why))
            found[b].append(PartedRow(number, words.agency_title(a_said_by), name, london_date(at), why))
    return found
