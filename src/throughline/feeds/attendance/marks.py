"""One file's marks while they are put together: in a temporary DuckDB file, as numbers, so that memory stays flat.

A mark is a row with the numbers of what its cells say. Whoever fills it in keeps the cells and, when the file
has been read, says what each number means (`settle`); then marks come back as runs.
"""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, NamedTuple

from throughline.feeds.attendance.columns import Slot

COLUMNS = ("row", "who", "school", "day", "half", "code", "uneven")
_MEMORY_MB = 256
_SET_DOWN = 200_000
"""Marks written at once."""
_AT_ONCE = 1_000_000
"""Marks put together at once: what is sorted in memory."""
_FETCHED = 10_000
_FLAGS = frozenset({"faulty", "opens", "open"})
NOBODY = -1
"""Number of the child where a row names none."""

_SOUND = """
CREATE TABLE sound AS
SELECT m.row, w.person, w.extract, m.school, d.ordinal * 2 + h.half_day AS slot, c.means AS code,
       m.row = w.first_row AND w.faulty AS faulty
  FROM mark m JOIN who_is w USING (who)
  JOIN day_is d USING (day) JOIN half_is h USING (half) JOIN code_is c USING (code)
 WHERE {sound}
"""
_IS_SOUND = """
m.uneven = 0 AND w.person >= 0 AND d.ordinal IS NOT NULL AND h.half_day IS NOT NULL AND c.means IS NOT NULL
   AND d.ordinal <= {received} AND d.ordinal >= w.born
"""
_ODD = """
SELECT m.row, m.who, m.school, m.day, m.half, m.code, m.uneven
  FROM mark m JOIN who_is w USING (who)
  JOIN day_is d USING (day) JOIN half_is h USING (half) JOIN code_is c USING (code)
 WHERE NOT ({sound})
 ORDER BY m.row
"""
# Sessions of each school: those in which anyone has a mark that is neither blank nor "closed" are open.
_SESSIONS = """
SELECT m.school, d.ordinal * 2 + h.half_day AS slot, bool_or(c.opens) AS open
  FROM mark m JOIN day_is d USING (day) JOIN half_is h USING (half) JOIN code_is c USING (code)
 WHERE d.ordinal IS NOT NULL AND h.half_day IS NOT NULL
 GROUP BY 1, 2 ORDER BY 1, 2
"""
_TAKEN = """
CREATE OR REPLACE TEMP TABLE taken AS
SELECT s.*, i.n, i.open, (lag(slot) OVER told = slot OR lead(slot) OVER told = slot) IS TRUE AS doubled
  FROM sound s JOIN session_is i USING (school, slot)
 WHERE s.person BETWEEN $first AND $last
WINDOW told AS (PARTITION BY s.person, s.school ORDER BY slot)
"""
_RUNS = """
SELECT person, school, extract, code, open, min(row), count(*), min(slot), max(slot), min(n), max(n),
       bool_or(faulty)
  FROM (SELECT *, n - row_number() OVER (PARTITION BY person, school, extract, code, open ORDER BY n) AS island
          FROM taken WHERE NOT doubled)
 GROUP BY person, school, extract, code, open, island
 ORDER BY person, school, 8, 6
"""
_DOUBLED = """
SELECT person, school, slot, extract, code, row, n, open, faulty FROM taken WHERE doubled
 ORDER BY person, school, slot, row
"""


class Odd(NamedTuple):
    """A row there is something to say about: the numbers of its cells."""

    row: int
    who: int
    school: int
    day: int
    half: int
    code: int
    uneven: int


class Run(NamedTuple):
    """Consecutive sessions of one child, school and code."""

    person: int
    school: int
    extract: int
    code: int
    open: bool
    """False: the school had no session (closed, or nothing marked)."""
    first_row: int
    rows: int
    first: Slot
    last: Slot
    first_n: int
    """Number of its first session among the school's open ones (or among the others)."""
    last_n: int
    faulty: bool
    """Something was said of who the child is on one of its rows."""


class Doubled(NamedTuple):
    """One of several marks for one session of one child."""

    person: int
    school: int
    slot: Slot
    extract: int
    code: int
    row: int
    n: int
    open: bool
    faulty: bool


class Marks:
    """Use as a context manager: the file goes with it. `add` all, `settle` once, then read."""

    def __init__(self) -> None:
        import duckdb  # here and below: most deliveries hold no register, and need not wait for it

        self._folder = tempfile.TemporaryDirectory(prefix="throughline-")
        self._db: Any = duckdb.connect(f"{self._folder.name}/marks.duckdb")
        self._db.execute(f"SET memory_limit = '{_MEMORY_MB}MB'; SET preserve_insertion_order = false")
        self._db.execute(f"SET temp_directory = '{self._folder.name}/spill'")
        self._held = _empty()
        self._db.execute("CREATE TABLE mark (" + ", ".join(f"{name} INT" for name in COLUMNS) + ")")

    def __enter__(self) -> Marks:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()
        self._folder.cleanup()

    def add(self, *columns: Iterable[int]) -> None:
        """Take marks, column by column in the order of `COLUMNS`."""
        for held, column in zip(self._held, columns, strict=True):
            held.extend(column)
        if len(self._held[0]) >= _SET_DOWN:
            self.set_down()

    def set_down(self) -> None:
        """Write what is still in hand; call it when all have been added."""
        self._register("block", dict(zip(COLUMNS, self._held, strict=True)))
        self._db.execute("INSERT INTO mark SELECT * FROM block")
        self._db.unregister("block")
        self._held = _empty()

    def first_rows(self) -> list[tuple[int, int]]:
        """(who, row they are first met on), in the order of the rows."""
        return list(self._db.execute("SELECT who, min(row) FROM mark GROUP BY who ORDER BY 2").fetchall())

    def first_row_of(self, column: str, number: int) -> int:
        """The first row with this number in a column."""
        (row,) = self._db.execute(f"SELECT min(row) FROM mark WHERE {column} = $1", [number]).fetchone()
        return int(row)

    def settle(
        self,
        *,
        who: Sequence[tuple[int, int, int, int, int, bool]],
        days: Sequence[int | None],
        halves: Sequence[int | None],
        codes: Sequence[tuple[int | None, bool]],
        received: int,
    ) -> None:
        """Say what the numbers mean, each list in their order; a None makes every row with it odd.

        `who`: (number, child or `NOBODY`, extract, ordinal of birth or 0, first row, whether something was said
        of it). `codes`: what it is taken as, and whether it shows the school was open. `received`: ordinal of
        the last day a mark may be of.
        """
        names = ("who", "person", "extract", "born", "first_row", "faulty")
        self._register("who_is", dict(zip(names, zip(*who, strict=True), strict=True)))
        self._register("day_is", {"day": range(len(days)), "ordinal": days})
        self._register("half_is", {"half": range(len(halves)), "half_day": halves})
        means, opens = zip(*codes, strict=True)
        self._register("code_is", {"code": range(len(codes)), "means": means, "opens": opens})
        self._sound = _IS_SOUND.format(received=received)

    def odd(self) -> Iterator[Odd]:
        """Rows there is something to say about, in order."""
        return map(Odd._make, self._fetched(_ODD.format(sound=self._sound)))

    def sessions(self) -> list[tuple[int, Slot, bool]]:
        """(school, session, whether the school was open), in order."""
        return list(self._db.execute(_SESSIONS).fetchall())

    def put_together(
        self, numbered: Sequence[tuple[int, Slot, int, bool]]
    ) -> Iterator[tuple[Iterator[Run], Iterator[Doubled]]]:
        """All sound marks, some children at a time: as runs, and those of sessions marked more than once.

        `numbered`: each of `sessions` with its number among the school's open ones, or among the others. Take
        the runs to their end before the others.
        """
        school, slot, n, is_open = zip(*numbered, strict=True) if numbered else ((), (), (), ())
        self._register("session_is", {"school": school, "slot": slot, "n": n, "open": is_open})
        self._db.execute(_SOUND.format(sound=self._sound))
        self._db.execute("DROP TABLE mark")
        for first, last in self._stretches():
            self._db.execute(_TAKEN, {"first": first, "last": last})
            yield map(Run._make, self._fetched(_RUNS)), map(Doubled._make, self._fetched(_DOUBLED))

    def _stretches(self) -> Iterator[tuple[int, int]]:
        """First and last number of children whose marks are put together at once."""
        first, held, person = 0, 0, -1
        counted = self._db.execute("SELECT person, count(*) FROM sound GROUP BY 1 ORDER BY 1").fetchall()
        for person, marks in counted:
            held += marks
            if held >= _AT_ONCE:
                yield first, person
                first, held = person + 1, 0
        if held:
            yield first, person

    def _fetched(self, query: str) -> Iterator[Any]:
        found = self._db.execute(query)
        while batch := found.fetchmany(_FETCHED):
            yield from batch

    def _register(self, name: str, columns: Mapping[str, Iterable[Any]]) -> None:
        """Have DuckDB see these columns as a table: whole numbers, or flags."""
        import pyarrow as pa

        types = {column: pa.bool_() if column in _FLAGS else pa.int32() for column in columns}
        plain = {name: given if isinstance(given, array) else list(given) for name, given in columns.items()}
        self._db.register(name, pa.table({name: pa.array(plain[name], type=type) for name, type in types.items()}))


def _empty() -> tuple[array[int], ...]:
    return tuple(array("i") for _ in COLUMNS)
