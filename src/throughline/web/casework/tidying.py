"""Letting go of what was kept its time: rows kept apart, and such rows of children whose page has closed.

What gave a page its reason stays when the page closes. Rows of feeds that never give a reason (census,
attendance, A&E, police) go twelve months after they were received (DESIGN §2.11), and so do the files they
came in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from throughline import timeline
from throughline.web.audit.actions import changed
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.recomputing import recompute
from throughline.web.intake import set_apart
from throughline.web.linkage.models import SourcePerson
from throughline.words.calendars import add_months

PURPOSE = "Letting go of what was kept its time"

# Of children without a page on the day. What somebody has asked about or moved is for a person to settle first.
_OLD = """
select s.id, s.child_id, s.person, s.rows from intake_statement s
 where s.feed = any(%(feeds)s) and s.received_on <= %(before)s
   and not exists (select from linkage_page p where p.child_id = s.child_id and (p.until is null or p.until >= %(day)s))
   and not exists (select from linkage_question q where q.statement_id = s.id)
   and not exists (select from linkage_moved m where m.record_key = s.record_key)
"""


@dataclass(frozen=True, slots=True)
class Gone:
    """What was let go, in rows of files and in files."""

    apart: int
    closed: int
    files: int


@transaction.atomic
def tidy(*, day: date) -> Gone:
    """Let go of everything whose time is over on `day`. Safe to repeat; says in the audit what went."""
    with as_engine():
        before = add_months(day, -timeline.reasons().window_months)
        apart = set_apart.let_go(day)
        closed = _of_closed(day, before)
        gone = Gone(apart, closed, set_apart.remove_files(day, before))
    changed(
        user_id=None,
        purpose=PURPOSE,
        action="intake.tidy",
        subject_kind="rows kept apart",
        subject_id=f"{day}: {gone.apart} apart, {gone.closed} of closed pages, {gone.files} files",
    )
    return gone


def _of_closed(day: date, before: date) -> int:
    """Remove such rows of children whose page is closed, and who it was where nothing else is left of them."""
    feeds = sorted(timeline.reasons().apart)
    with connection.cursor() as cursor:
        cursor.execute(_OLD, {"feeds": feeds, "before": before, "day": day})
        found = cursor.fetchall()
        ids, children = [id for id, *_ in found], {child for _, child, *_ in found}
        cursor.execute("delete from casework_event where statement_id = any(%s)", [ids])
        cursor.execute("delete from intake_telling where statement_id = any(%s)", [ids])
        cursor.execute("delete from intake_statement where id = any(%s)", [ids])
        cursor.execute(
            "select key from unnest(%s::text[]) as n (key)"
            " where not exists (select from intake_statement s where s.person = n.key)",
            [sorted({person for _, _, person, _ in found})],
        )
        alone = [key for (key,) in cursor.fetchall()]
    SourcePerson.objects.filter(key__in=alone).delete()
    recompute(children)
    return sum(rows for *_, rows in found)
