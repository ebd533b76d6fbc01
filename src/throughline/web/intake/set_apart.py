"""Rows about children without a page: set apart as they come, said again when a page opens, gone in time.

Seen by no one (DESIGN §2.11): only the engine reads `intake_apart`, and `web/counted_apart.py` counts it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection

from throughline import feeds
from throughline.feeds.base import REPEATED
from throughline.web.intake.files import forget
from throughline.web.intake.models import StoredFile

_SAME = """array_to_string(case when w.extract_place is null then a.cells
               else a.cells[:w.extract_place - 1] || a.cells[w.extract_place + 1:] end, chr(31))"""

# A row told again the same stays as it is and longer; one that says something else stands beside the earlier.
_AGAIN = f"""
with told as (
  select distinct on (w.seq) w.seq, a.id
    from intake_stage w join intake_apart a
      on a.record_key = w.said_by || '|' || w.feed || '|' || w.table_name || '|' || w.record_id and {_SAME} = w.same
   where w.person = any(%(keys)s) order by w.seq, a.id
), longer as (
  update intake_apart a set goes_on = greatest(a.goes_on, %(goes_on)s) from told where a.id = told.id
), gone as (
  delete from intake_stage w using told where w.seq = told.seq returning w.file, w.rows
)
select file, %(repeated)s, sum(rows) from gone group by 1
"""
_SET = """
with gone as (
  delete from intake_stage w where w.person = any(%(keys)s) returning w.*
), kept as (
  insert into intake_apart (delivery_id, file_id, feed, table_name, row_no, rows, record_id, record_key, person, cells,
         given, outcome, said_by, recorded_on, recorded_at, received_on, goes_on)
  select %(delivery)s, file, feed, table_name, row_no, rows, record_id,
         said_by || '|' || feed || '|' || table_name || '|' || record_id, person, string_to_array(cells, chr(31)),
         string_to_array(given, chr(31)), outcome, said_by, recorded_on, recorded_at, %(day)s, %(goes_on)s
    from gone order by seq
)
select file, outcome, sum(rows) from gone group by 1, 2
"""
_JOIN = """
with joined as (
  delete from intake_apart a where a.person = any(%(keys)s) and a.goes_on > %(day)s returning a.*
)
insert into intake_statement
      (id, delivery_id, file_id, feed, table_name, row_no, rows, record_id, record_key, person, child_id, cells, given,
       outcome, final_outcome, said_by, recorded_on, recorded_at, received_on, first_received_on, level, tags, live)
select nextval('intake_order_of_telling'), a.delivery_id, a.file_id, a.feed, a.table_name, a.row_no, a.rows,
       a.record_id, a.record_key, a.person, coalesce(m.child_id, p.child_id), a.cells, a.given, a.outcome, a.outcome,
       a.said_by, a.recorded_on, a.recorded_at, a.received_on,
       min(a.received_on) over (partition by a.record_key), 'SL2', '{}', false
  from (select * from joined order by received_on, id) a join linkage_sourceperson p on p.key = a.person
  left join linkage_moved m on m.record_key = a.record_key and m.reversed_at is null
returning record_key, delivery_id
"""


def set_apart(keys: Iterable[str], *, delivery: int, day: date, goes_on: date) -> dict[int, dict[str, int]]:
    """Take the staged rows about these people out of the delivery; file -> outcome -> rows.

    Call before the rest is sorted. A row told before the same counts as repeated, and is kept longer.
    """
    place: dict[str, Any] = {
        "keys": sorted(keys),
        "delivery": delivery,
        "day": day,
        "goes_on": goes_on,
        "repeated": REPEATED,
    }
    counts: dict[int, dict[str, int]] = {}
    with connection.cursor() as cursor:
        for statement in (_AGAIN, _SET):
            cursor.execute(statement, place)
            for file, outcome, rows in cursor.fetchall():
                of_file = counts.setdefault(file, {})
                of_file[outcome] = of_file.get(outcome, 0) + rows
    return counts


def unname(feed: str, column: str, delivery: int) -> None:
    """Leave out who the child is in rows of a feed that comes by name only where `column` is filled."""
    for columns in feeds.get(feed).tables.values():
        named = [columns.index(name) + 1 for name in ("forename", "surname", "dob", "postcode") if name in columns]
        if named and column in columns:
            blanks = ", ".join(f"cells[{place}] = ''" for place in named)
            with connection.cursor() as cursor:
                cursor.execute(
                    f"update intake_apart set {blanks}, given = null"
                    " where feed = %s and delivery_id = %s and cells[%s] = ''",
                    [feed, delivery, columns.index(column) + 1],
                )


def said_of_it(feed: str, column: str) -> set[str]:
    """People of whom a staged row of `feed` fills `column`."""
    found: set[str] = set()
    with connection.cursor() as cursor:
        for table, columns in feeds.get(feed).tables.items():
            if column in columns:
                cursor.execute(
                    "select distinct person from intake_stage where feed = %s and table_name = %s"
                    " and split_part(cells, chr(31), %s) <> ''",
                    [feed, table, columns.index(column) + 1],
                )
                found |= {key for (key,) in cursor.fetchall()}
    return found


def join(keys: Iterable[str], day: date) -> tuple[list[str], set[int]]:
    """Store what was kept of these people, who have been linked, as statements; their records and deliveries."""
    with connection.cursor() as cursor:
        cursor.execute(_JOIN, {"keys": sorted(keys), "day": day})
        found = cursor.fetchall()
    return [key for key, _ in found], {delivery for _, delivery in found}


def take_back(delivery: int) -> None:
    """Remove what a delivery had set apart: its agency has taken it back."""
    with connection.cursor() as cursor:
        cursor.execute("delete from intake_apart where delivery_id = %s", [delivery])


def let_go(day: date) -> int:
    """Remove what has been kept its time, and people of whom nothing is kept; how many rows of files it was."""
    with connection.cursor() as cursor:
        cursor.execute(
            "with gone as (delete from intake_apart where goes_on <= %s returning rows)"
            " select coalesce(sum(rows), 0) from gone",
            [day],
        )
        (rows,) = cursor.fetchone()
        cursor.execute(
            "with alone as (select id, key from linkage_apartperson p"
            " where not exists (select from intake_apart a where a.person = p.key)),"
            " faults as (delete from intake_fault f using alone where f.person = alone.key and f.child_id is null),"
            " keys as (delete from linkage_apartkey k using alone where k.person_id = alone.id)"
            " delete from linkage_apartperson p using alone where p.id = alone.id"
        )
    return int(rows)


def remove_files(day: date, received_before: date) -> int:
    """Remove the bytes of files with rows that were kept apart, all received before then; how many files.

    What was used of them is kept as statements.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select f.stored_id from intake_deliveredfile f join intake_storedfile s on s.sha256 = f.stored_id"
            " join intake_delivery d on d.id = f.delivery_id where s.removed_on is null group by f.stored_id"
            " having max(d.received_on) <= %s and bool_or(exists ("
            " select from intake_fileread r where r.delivery_id = d.id and r.apart > 0"
            " and (r.sha256 = f.stored_id or r.name like f.name || '/%%')))",
            [received_before],
        )
        old = [sha256 for (sha256,) in cursor.fetchall()]
    StoredFile.objects.filter(sha256__in=old).update(removed_on=day)
    forget(old)
    return len(old)
