"""The duties set-wise, as the project works them out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb

from bench import clock
from throughline import words
from throughline.duties import Rulebook, bulk, load
from throughline.feeds.base import Coverage
from throughline.timeline import CoverageIndex

DAY = date.fromisoformat(clock.DAY)
AT_ONCE, OF_EVERY_RULE = 50_000, 10_000
"""Children of one pass: the queries' fixed cost is paid once for so many, and memory does not grow with the county.

All rules together open seven times as many duties in one query, which has to stay in memory with its steps."""
MEMORY = "700MB"
"""What DuckDB may hold; the rest of a gigabyte is the interpreter's."""


def five(facts: Path, out: Path) -> Iterator[float]:
    """The rules of the five duties."""
    rules = [rule for rule in load() if rule.id in clock.FIVE]
    return _run(Rulebook(rules), facts, out, AT_ONCE)


def everything(facts: Path, out: Path) -> Iterator[float]:
    """Every rule that is worked out set-wise."""
    return _run(Rulebook(load()), facts, out, OF_EVERY_RULE)


def _run(rules: Rulebook, facts: Path, out: Path, at_once: int) -> Iterator[float]:
    """First the seconds that saying the queries took, then each query run; what they find goes into one file."""
    covered = CoverageIndex([Coverage("la:301", frozenset(words.kinds()), date(2000, 1, 1), DAY)])
    with duckdb.connect() as store:
        store.execute(f"SET TimeZone = 'UTC'; SET threads = 2; SET memory_limit = '{MEMORY}'")
        store.execute(f"SET temp_directory = '{out.parent}'; SET preserve_insertion_order = false")
        # Said once, over nothing, as a process that lives does before its first day.
        before = clock.cpu()
        with duckdb.connect() as empty:
            empty.execute("SET TimeZone = 'UTC'")
            bulk.empty_tables(empty)
            for _ in bulk.evaluate(bulk.DuckDB(empty), rules, covered, DAY):
                pass
        yield clock.cpu() - before
        parts = []
        for first in range(0, _children(store, facts), at_once):
            for name in ("happening", "child", "stretch"):
                some = f"FROM '{facts}/{name}.parquet' WHERE subject >= {first} AND subject < {first + at_once}"
                store.execute(f"CREATE OR REPLACE VIEW {name} AS {some}")
            for name, query in bulk.evaluate(bulk.DuckDB(store), rules, covered, DAY):
                parts.append(out.with_suffix(f".{first}.{name.replace(' ', '-')}"))
                store.execute(f"COPY ({query}) TO '{parts[-1]}' (FORMAT parquet)")
                yield 0
        names = ", ".join(f"'{part}'" for part in parts)
        store.execute(f"COPY (FROM read_parquet([{names}])) TO '{out}' (FORMAT parquet)")
        for part in parts:
            part.unlink()


def _children(store: duckdb.DuckDBPyConnection, facts: Path) -> int:
    return int(store.execute(f"SELECT max(subject) + 1 FROM '{facts}/child.parquet'").fetchall()[0][0])
