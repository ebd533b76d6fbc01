"""Five duties over a county's children and ten times as many, set-wise: against SQL, pandas and Python by hand.

Each runs in a process of its own over the same Parquet files and writes rows that must be the same to the last one.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import duckdb

CHILDREN = 50_000
DAY = "2026-06-30"
"""All is read at the end of this day, and covered to it."""
FIVE = (
    "rhi-72h", "icpc-15wd", "lac-review-first-20wd", "lac-review-second-3m", "lac-review-subsequent-6m",
    "cp-review-first-3m", "cp-review-6m", "ehc-annual-review-12m",
)  # fmt: skip
"""Interviews after going missing, conferences, care reviews, protection reviews, plan reviews: five duties in the
source's count, eight rules."""
WAYS = ("ours", "sql", "pandas", "loop")
COLUMNS = (
    "subject, duty_id, version, trigger_key, opened_on, due_on, due_at, warn_on, warn_at, met_on, met_at, met_key,"
    " in_time, ended_on, ended_why, freezes_on, evidence"
)
"""What the rows are compared by: every column of an instance that these rules fill."""


def clock(folder: Path) -> None:
    """The five duties at two sizes; every rule at the first, as each further pass over children is like the last."""
    for times in (1, 10):
        facts = folder / f"facts-{times}"
        events = write_facts(facts, CHILDREN * times)
        size = sum(path.stat().st_size for path in facts.iterdir()) / 1e6
        print(f"  {CHILDREN * times:,} children, {events:,} events, {size:,.0f} MB of Parquet")
        taken = {way: _run(way, facts, folder / f"{way}-{times}.parquet") for way in WAYS}
        rows = _same(folder, times)
        ours = taken["ours"][0]
        for way, (cpu, said, peak) in taken.items():
            ratio = "" if way == "ours" else f", ours takes {ours / cpu:.2f} of it"
            more = f" and {said:.1f} s once to say the queries" if said else ""
            print(f"    {way:7} {cpu:6.1f} s of processor{more}, peak {peak:,.0f} MB{ratio}")
        print(f"    {rows:,} rows, the same in all")
        if times == 1:
            cpu, said, peak = _run("all", facts, folder / "all.parquet")
            print(
                f"    every rule: {cpu:.1f} s of processor and {said:.1f} s once, peak {peak:,.0f} MB,"
                f" {cpu / ours:.1f} times the five"
            )
        for path in facts.iterdir():
            path.unlink()


def _run(way: str, facts: Path, out: Path) -> tuple[float, float, float]:
    """Processor seconds to work it out, to say it (ours), and most memory held, in MB."""
    command = [sys.executable, "-m", "bench.clock", way, str(facts), str(out)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    cpu, said, peak = map(float, done.stdout.split())
    return cpu, said, peak


def _same(folder: Path, times: int) -> int:
    """How many rows there are; ends the bench where one way has others."""
    with duckdb.connect() as store:
        store.execute(f"SET temp_directory = '{folder}'; SET memory_limit = '4GB'")
        of = {way: f"SELECT {COLUMNS} FROM '{folder}/{way}-{times}.parquet'" for way in WAYS}
        for way in WAYS[1:]:
            for a, b in ((WAYS[0], way), (way, WAYS[0])):
                other = store.execute(f"({of[a]}) EXCEPT ALL ({of[b]}) LIMIT 3").fetchall()
                if other:
                    sys.exit(f"{a} has rows that {b} has not: {other}")
        return int(store.execute(f"SELECT count(*) FROM ({of['ours']})").fetchall()[0][0])


def _sql(name: str) -> str:
    return (Path(__file__).parent / f"clock_{name}.sql").read_text(encoding="utf-8")


# --- facts of invented children ------------------------------------------------------------------------------

_EVENTS = _sql("events")
_HAPPENINGS = _sql("happenings")

_STRETCHES = _sql("stretches")


def write_facts(folder: Path, children: int) -> int:
    """Facts of so many invented children as Parquet, twenty events each; how many there are."""
    folder.mkdir()
    with duckdb.connect() as store:
        store.execute(f"SET TimeZone = 'UTC'; SET memory_limit = '6GB'; SET temp_directory = '{folder.parent}'")
        store.execute("CREATE TABLE event AS " + _EVENTS.format(children=children, day=DAY))
        store.execute(f"COPY ({_HAPPENINGS}) TO '{folder}/happening.parquet'")
        store.execute(f"COPY ({_STRETCHES.format(folder=folder)}) TO '{folder}/stretch.parquet'")
        child = f"""SELECT range AS subject, DATE '2004-06-01' + (hash(range * 3) % 5000)::INTEGER AS born_on,
            ['la:301'] AS authorities FROM range({children})"""
        store.execute(f"COPY ({child}) TO '{folder}/child.parquet'")
        return int(store.execute("SELECT count(*) FROM event").fetchall()[0][0])


# --- one way, in a process of its own -------------------------------------------------------------------------


def cpu() -> float:
    """Processor seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main(way: str, facts: str, out: str) -> None:
    """Work it out one way; print processor seconds, seconds of saying it, and MB held at most."""
    from bench import clock_by_hand, clock_by_pandas, clock_ours

    ways = {
        "ours": clock_ours.five, "all": clock_ours.everything, "sql": clock_by_hand.sql,
        "pandas": clock_by_pandas.columns, "loop": clock_by_hand.loop,
    }  # fmt: skip
    prepared = ways[way](Path(facts), Path(out))
    said = next(prepared)
    began = cpu()
    for _ in prepared:
        pass
    used = cpu() - began
    print(used, said, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    main(*sys.argv[1:])
