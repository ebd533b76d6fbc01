"""From rows as read to statements kept: staged, sorted against what is already held, then stored.

Everything happens in the transaction of the load, so a load that dies leaves nothing. Rows wait in
`intake_stage` (COPY goes there, it cannot go where row-level security is) and `intake_told` says of each
whether it is new or told again; SQL does the rest for the whole delivery at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.db import connection

from throughline import feeds
from throughline.feeds.base import Coverage, Fault, Statement
from throughline.feeds.relational import RelationalFeed
from throughline.records.tellings import full_extracts, whole_tables

_BATCH = 20_000
_CELL = "\x1f"  # never in a cell: sources refuse control characters
_LONDON = ZoneInfo("Europe/London")

_STAGE = (
    "seq, extract, file, feed, table_name, row_no, record_id, person, cells, same, extract_place, given, outcome,"
    " said_by, recorded_on, recorded_at, rows"
)

# The word on each record that held when this delivery came: the last telling received by its day.
_HELD = """
select distinct on (t.record_key) t.record_key, t.statement_id, t.holds
  from (select s.record_key, s.id as statement_id, s.id as ord, s.received_on, true as holds, s.delivery_id
          from intake_statement s where s.record_key in (select record_key from wanted)
         union all
        select s.record_key, s.id, t.id, t.received_on, t.what = 'again', t.delivery_id
          from intake_telling t join intake_statement s on s.id = t.statement_id
         where s.record_key in (select record_key from wanted)) t
  left join intake_delivery d on d.id = t.delivery_id
 where d.withdrawn_on is null and t.received_on <= %(day)s
 order by t.record_key, t.received_on desc, t.ord desc
"""

_SORT = f"""
insert into intake_told (seq, record_key, again, part, parts, standing, statement_id)
with wanted as (
  select seq, extract, same, extract_place,
         said_by || '|' || feed || '|' || table_name || '|' || record_id as record_key
    from intake_stage
), held as ({_HELD}
), compared as (
  select w.seq, w.extract, w.record_key, h.statement_id as standing,
         case when row_number() over chain > 1
              then w.same = lag(w.same) over chain
              else coalesce(h.holds, false) and w.same = array_to_string(
                     case when w.extract_place is null then s.cells
                          else s.cells[:w.extract_place - 1] || s.cells[w.extract_place + 1:] end, chr(31)) end as again
    from wanted w left join held h using (record_key) left join intake_statement s on s.id = h.statement_id
  window chain as (partition by w.record_key order by w.extract, w.seq)
), parted as (
  select *, count(*) filter (where not again) over (partition by record_key order by extract, seq) as part,
         count(*) filter (where not again) over (partition by record_key) as parts
    from compared order by extract, seq
)
select seq, record_key, again, part, parts, standing,
       case when not again then nextval('intake_order_of_telling') end
  from parted
"""

# The telling that stands is the last one of its record; earlier ones in the same delivery were told again.
_STORE = """
insert into intake_statement
      (id, delivery_id, file_id, feed, table_name, row_no, rows, record_id, record_key, person, child_id, cells, given,
       outcome, final_outcome, said_by, recorded_on, recorded_at, received_on,
       first_received_on, level, tags, live)
select t.statement_id, %(delivery)s, s.file, s.feed, s.table_name, s.row_no, s.rows, s.record_id, t.record_key,
       s.person,
       coalesce(m.child_id, s.child_id), string_to_array(s.cells, chr(31)), string_to_array(s.given, chr(31)),
       s.outcome, case when t.part < t.parts then 'repeated' else s.outcome end, s.said_by,
       s.recorded_on, s.recorded_at, %(day)s, least(h.first_received_on, %(day)s), 'SL2', '{}', t.part = t.parts
  from intake_told t join intake_stage s using (seq)
  left join intake_statement h on h.id = t.standing
  left join linkage_moved m on m.record_key = t.record_key and m.reversed_at is null
 where not t.again
"""

_TELL_AGAIN = """
insert into intake_telling (id, statement_id, delivery_id, received_on, what, file_id, row_no)
select nextval('intake_order_of_telling'), coalesce(n.statement_id, t.standing), %(delivery)s, %(day)s, 'again',
       s.file, s.row_no
  from intake_told t join intake_stage s using (seq)
  left join intake_told n on n.record_key = t.record_key and n.part = t.part and not n.again
 where t.again
"""

# A delivery of a full extract no longer tells a record that an earlier one, wholly within its days, told. Whether
# there is an earlier one is asked first: a first load need not go through every statement for each of its years.
_GONE = """
insert into intake_telling (id, statement_id, delivery_id, received_on, what, row_no)
select nextval('intake_order_of_telling'), s.id, %(delivery)s, %(day)s, 'gone', 0
  from intake_statement s
 where s.live and s.feed = %(feed)s and s.said_by = %(agency)s and s.delivery_id <> %(delivery)s
   and s.received_on <= %(day)s
   and exists (select from intake_coverage c where c.feed = %(feed)s and c.agency = %(agency)s
                  and c.start >= %(start)s and c."end" <= %(end)s and c.delivery_id <> %(delivery)s)
   and not exists (select from intake_told t where t.record_key = s.record_key)
   and exists (
     select from intake_coverage c
      where c.feed = %(feed)s and c.agency = %(agency)s and c.start >= %(start)s and c."end" <= %(end)s
        and (c.delivery_id = s.delivery_id or c.delivery_id in (
              select a.delivery_id from intake_telling a where a.statement_id = s.id and a.what = 'again')))
returning (select record_key from intake_statement x where x.id = statement_id)
"""

# The same where each file is a whole table: of tables that are in this delivery, rows of days it covers.
_GONE_FROM_TABLE = """
insert into intake_telling (id, statement_id, delivery_id, received_on, what, row_no)
select nextval('intake_order_of_telling'), s.id, %(delivery)s, %(day)s, 'gone', 0
  from intake_statement s
 where s.live and s.feed = %(feed)s and s.table_name = %(table)s and s.said_by = %(agency)s
   and s.delivery_id <> %(delivery)s and s.received_on <= %(day)s
   and exists (select from intake_fileread r where r.feed = %(feed)s and r.delivery_id <> %(delivery)s)
   and s.cells[%(place)s] between %(start)s and %(end)s
   and exists (select from intake_stage t
                where t.feed = %(feed)s and t.table_name = %(table)s and t.said_by = %(agency)s)
   and not exists (select from intake_told t where t.record_key = s.record_key)
returning (select record_key from intake_statement x where x.id = statement_id)
"""

_STANDING = """
with wanted as (select unnest(%(keys)s::text[]) as record_key), held as ({held})
update intake_statement s set live = (h.holds and h.statement_id = s.id) is true
  from wanted w left join held h using (record_key)
 where s.record_key = w.record_key and s.live is distinct from ((h.holds and h.statement_id = s.id) is true)
returning s.child_id
"""


class Stage:
    """Rows on their way in. `add` each, `close`, then `sort` and `store`."""

    def __init__(self) -> None:
        self._rows: list[tuple[object, ...]] = []
        self._seq = 0
        self._extract: dict[tuple[str, str], int | None] = {}

    def add(self, statement: Statement, file: int) -> None:
        """Set one statement down; `file` is its `FileRead`."""
        s = statement
        place = self._extract_place(s)
        self._seq += 1
        cells = _CELL.join(s.values)
        given = _CELL.join(s.given)
        day, moment = day_and_moment(s.recorded_at)
        self._rows.append(
            (
                self._seq,
                s.values[place] if place is not None else "",
                file,
                s.feed,
                s.table,
                s.row,
                s.record_id,
                s.person,
                cells,
                cells if place is None else _CELL.join((*s.values[:place], *s.values[place + 1 :])),
                None if place is None else place + 1,
                given if given and given != cells else None,
                s.outcome,
                s.said_by,
                day,
                moment,
                s.rows,
            )
        )
        if len(self._rows) >= _BATCH:
            self.close()

    def _extract_place(self, s: Statement) -> int | None:
        """Where the layout says when the extract was made: it tells tellings of one day apart, and is itself no
        news (a list sent again next month says the same with another date)."""
        key = (s.feed, s.table)
        if key not in self._extract:
            columns = feeds.get(s.feed).tables[s.table]
            self._extract[key] = columns.index("extract_date") if "extract_date" in columns else None
        return self._extract[key]

    def close(self) -> None:
        """Write what is still in hand."""
        with connection.cursor() as cursor, cursor.copy(f"copy intake_stage ({_STAGE}) from stdin") as copy:
            for row in self._rows:
                copy.write_row(row)
        self._rows.clear()

    def persons(self) -> list[str]:
        """Keys of everyone the rows are about; a row about a place or a plan is about nobody."""
        with connection.cursor() as cursor:
            cursor.execute("select distinct person from intake_stage where position('|' in person) > 0")
            return [key for (key,) in cursor.fetchall()]

    def name_children(self) -> None:
        """Write on each row whose it is, from `linkage_sourceperson`."""
        with connection.cursor() as cursor:
            cursor.execute(
                "update intake_stage s set child_id = p.child_id from linkage_sourceperson p where p.key = s.person"
            )

    def sort(self, day: date) -> None:
        """Say of every row whether it is told again, and give each new statement its number."""
        with connection.cursor() as cursor:
            cursor.execute("select app_stage_looked_over()")
            cursor.execute(_SORT, {"day": day})
            cursor.execute("select app_stage_looked_over()")

    def store(self, delivery: int, day: date) -> set[int]:
        """Store what is new, note what was told again; children for whom anything that stands has changed."""
        with connection.cursor() as cursor:
            place: dict[str, Any] = {"delivery": delivery, "day": day}
            cursor.execute(_STORE, place)
            cursor.execute(_TELL_AGAIN, place)
            cursor.execute(
                "select distinct s.child_id from intake_told t join intake_statement s on s.id = t.statement_id"
            )
            touched = {child for (child,) in cursor.fetchall() if child is not None}
            cursor.execute(
                "select distinct t.record_key from intake_told t join intake_statement s using (record_key)"
                " where s.delivery_id is distinct from %s",
                [delivery],
            )
            keys = [key for (key,) in cursor.fetchall()]
        return touched | restand(keys)

    def clear(self) -> None:
        """Leave the place as it was found. (Not by TRUNCATE, which costs two files a time.)"""
        with connection.cursor() as cursor:
            cursor.execute("delete from intake_stage")
            cursor.execute("delete from intake_told")


def gone(delivery: int, day: date, coverage: Sequence[tuple[str, Coverage]]) -> set[int]:
    """Note records a full extract no longer tells; children touched. `coverage` comes with its feed."""
    keys: list[str] = []
    whole = full_extracts()
    spans = {(feed, c.agency, c.start, c.end) for feed, c in coverage if feed in whole}
    with connection.cursor() as cursor:
        for feed, agency, start, end in sorted(spans):
            cursor.execute(
                _GONE,
                {"delivery": delivery, "day": day, "feed": feed, "agency": agency, "start": start, "end": end},
            )
            keys += [key for (key,) in cursor.fetchall()]
        for feed, agency, start, end in _spans_of_tables(coverage):
            for table, place in cast(RelationalFeed, feeds.get(feed)).day_places().items():
                cursor.execute(
                    _GONE_FROM_TABLE,
                    {
                        "delivery": delivery,
                        "day": day,
                        "feed": feed,
                        "agency": agency,
                        "table": table,
                        "place": place + 1,
                        "start": start.isoformat(),
                        "end": end.isoformat(),
                    },
                )
                keys += [key for (key,) in cursor.fetchall()]
    return restand(keys)


def _spans_of_tables(coverage: Iterable[tuple[str, Coverage]]) -> list[tuple[str, str, date, date]]:
    """Of feeds whose files are whole tables: feed, agency, first and last day that the delivery covers."""
    return sorted({(feed, c.agency, c.start, c.end) for feed, c in coverage if feed in whole_tables()})


def restand(keys: list[str], day: date = date.max) -> set[int]:
    """Work out again which telling of these records stands; children for whom that changed."""
    if not keys:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_STANDING.format(held=_HELD), {"keys": keys, "day": day})
        return {child for (child,) in cursor.fetchall() if child is not None}


def day_and_moment(at: date | datetime | None) -> tuple[date | None, datetime | None]:
    """When an agency wrote something down: the London day, and the moment where it says one."""
    if at is None:
        return None, None
    if isinstance(at, datetime):
        local = at.replace(tzinfo=_LONDON) if at.tzinfo is None else at.astimezone(_LONDON)
        return local.date(), local
    return at, None


FAULT_COLUMNS = {
    "delivery_id": "bigint",
    "file_id": "bigint",
    "file_name": "text",
    "sheet": "text",
    "row_no": "integer",
    "column_name": "text",
    "value": "text",
    "rule": "text",
    "severity": "text",
    "message": "text",
    "fix_by": "text",
    "person": "text",
    "child_id": "bigint",
    "around": "date",
    "derived": "boolean",
}
FAULT_KEY = ("child_id", "file_id", "row_no", "column_name", "rule", "message")


def fault_row(
    fault: Fault, *, delivery: int | None, file: int | None, child: int | None = None, derived: bool = False
) -> tuple[object, ...]:
    """A fault as a row of `intake_fault`, in the order of `FAULT_COLUMNS`."""
    return (
        delivery,
        file,
        fault.file[:500],
        fault.sheet[:200],
        fault.row,
        fault.column[:200],
        fault.value[:2_000],
        fault.rule,
        fault.severity,
        fault.message,
        fault.fix_by,
        fault.person,
        child,
        fault.around,
        derived,
    )


def name_faults(delivery: int) -> None:
    """Write on each fault of a delivery whose it is, where that is known."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update intake_fault f set child_id = p.child_id from linkage_sourceperson p"
            " where f.delivery_id = %s and not f.derived and f.person <> '' and p.key = f.person",
            [delivery],
        )


def outcomes(delivery: int) -> dict[int, dict[str, int]]:
    """File -> outcome -> rows, of what a delivery told and told again."""
    found: dict[int, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select file_id, final_outcome, sum(rows) from intake_statement where delivery_id = %s group by 1, 2"
            " union all"
            " select t.file_id, 'repeated', sum(s.rows) from intake_telling t join intake_statement s"
            " on s.id = t.statement_id where t.delivery_id = %s and t.what = 'again' group by 1",
            [delivery, delivery],
        )
        for file, outcome, rows in cursor.fetchall():
            counts = found.setdefault(file, {})
            counts[outcome] = counts.get(outcome, 0) + rows
    return found
