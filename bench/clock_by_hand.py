"""The five duties as somebody would write them by hand for these facts alone: in SQL and in plain Python.

Each yields once when it is ready to be measured, then writes its rows. None of them knows another rule, a gap in
coverage, a fact withdrawn, or a child without a date of birth: that is what makes them short.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from bench import clock
from throughline.words.calendars import add_months, birthday, working_days

DAY = date.fromisoformat(clock.DAY)
FIRST, LAST = date(2021, 6, 1), date(2028, 12, 31)
_SERIES = {
    "care_review_held": ("in_care", "left care"),
    "review_conference": ("protection_plan", "the protection plan ended"),
    "ehcp_review_decided": ("ehc_plan", "the plan ended"),
}
"""Answer -> the state it is counted in, and why what is owed ends with it."""
STATES = {state: (kind, why) for kind, (state, why) in _SERIES.items()}


def working() -> list[tuple[date, date, date, date, date]]:
    """Each day with the 15th and 20th working day after it, and the 5th and 10th before."""
    c, day, found = working_days(), FIRST, []
    while day <= LAST:
        found.append((day, c.add(day, 15), c.add(day, 20), c.add(day, -5), c.add(day, -10)))
        day += timedelta(days=1)
    return found


# --- SQL ----------------------------------------------------------------------------------------------------

_SQL = (Path(__file__).parent / "clock_by_hand.sql").read_text(encoding="utf-8")


def sql(facts: Path, out: Path) -> Iterator[float]:
    """One statement on DuckDB."""
    with duckdb.connect() as store:
        store.execute(
            f"SET TimeZone = 'UTC'; SET threads = 2; SET memory_limit = '700MB'; SET temp_directory = '{out.parent}'"
        )
        days = pa.Table.from_arrays(
            [pa.array(c) for c in zip(*working(), strict=True)], names=["day", "p15", "p20", "m5", "m10"]
        )
        store.register("days", days)
        store.execute("CREATE TABLE w AS FROM days")
        yield 0
        store.execute(f"COPY ({_SQL.format(facts=facts, day=DAY)}) TO '{out}' (FORMAT parquet)")


# --- a loop over children ------------------------------------------------------------------------------------

_MOMENT = pa.timestamp("us", "UTC")
_TYPES = {
    "i": pa.int64(),
    "s": pa.string(),
    "d": pa.date32(),
    "m": _MOMENT,
    "b": pa.bool_(),
    "ss": pa.list_(pa.string()),
}
WRITTEN = pa.schema(
    [
        (name.strip(","), _TYPES[type])
        for name, type in zip(clock.COLUMNS.split(), "i s s s d d m d m d m s b d s d ss".split(), strict=True)
    ]
)


def loop(facts: Path, out: Path) -> Iterator[float]:
    """Child by child, with dictionaries."""
    work = {row[0]: row[1:] for row in working()}
    yield 0
    born = dict(
        zip(
            *(pq.read_table(facts / "child.parquet").column(n).to_pylist() for n in ("subject", "born_on")), strict=True
        )
    )
    spells: dict[int, list[dict[str, Any]]] = {}
    for spell in pq.read_table(facts / "stretch.parquet", columns=["subject", "state", "start", "end"]).to_pylist():
        spells.setdefault(spell["subject"], []).append(spell)
    columns = ["subject", "kind", "happened_on", "earliest", "latest", "key", "refs"]
    with pq.ParquetWriter(out, WRITTEN) as writer:
        child, told, found = -1, {}, []
        for batch in pq.ParquetFile(facts / "happening.parquet").iter_batches(batch_size=100_000, columns=columns):
            for subject, *happening in zip(*(batch.column(n).to_pylist() for n in columns), strict=True):
                if subject != child:
                    if child >= 0:
                        found += _owed(child, told, spells.get(child, []), born[child], work)
                    child, told = subject, {}
                told.setdefault(happening[0], []).append(happening[1:])
            if len(found) > 50_000:
                writer.write_table(_table(found))
                found = []
        writer.write_table(_table(found + _owed(child, told, spells.get(child, []), born[child], work)))


def _table(found: list[tuple[Any, ...]]) -> pa.Table:
    columns = list(zip(*found, strict=True)) or [()] * len(WRITTEN)
    return pa.Table.from_arrays([pa.array(c, f.type) for c, f in zip(columns, WRITTEN, strict=True)], schema=WRITTEN)


def _owed(
    child: int, told: dict[str, Any], spells: list[dict[str, Any]], dob: date, work: dict[date, Any]
) -> list[tuple[Any, ...]]:
    eighteen = birthday(dob, 18)
    return [
        *_interviews(child, told, eighteen),
        *_conferences(child, told, eighteen, work),
        *(row for spell in spells for row in _series(child, told, spell, eighteen, work)),
    ]


def _interviews(child: int, told: dict[str, Any], eighteen: date) -> Iterator[tuple[Any, ...]]:
    hours = timedelta(hours=72)
    for day, early, late, key, refs in told.get("missing_end", ()):
        if day < eighteen:
            met = next((r for r in told.get("rhi_held", ()) if r[4] == refs and r[2] >= early), None)
            in_time = None
            if met is not None and (met[2] <= early + hours or met[1] > late + hours):
                in_time = met[2] <= early + hours
            dates = None, early + hours, None, early + timedelta(hours=24)
            told_ = (None, met[1], met[3], in_time) if met else (None, None, "", None)
            rests = [key, met[3]] if met else [key]
            yield (child, "rhi-72h", "2014", key, day, *dates, *told_, None, "", None, rests)


def _conferences(child: int, told: dict[str, Any], eighteen: date, work: dict[date, Any]) -> Iterator[tuple[Any, ...]]:
    five = timedelta(days=5)
    talks, enquiries = told.get("strategy_discussion", ()), told.get("s47_started", ())
    opened = []
    for day, _, _, key, _ in enquiries:
        near = [t for t in talks if day - five <= t[0] <= day]
        opened.append((near[-1][0], key, [key, near[-1][3]]) if near else (day, key, [key]))
    opened += [(d, k, [k]) for d, _, _, k, _ in talks if not any(d <= e[0] <= d + five for e in enquiries)]
    over = eighteen if eighteen <= DAY else None
    for day, key, rests in opened:
        if day < eighteen:
            due = work[day][0]
            met = next(
                (c for c in told.get("initial_conference", ()) if c[0] >= day and (over is None or c[0] <= over)), None
            )
            dates = due, max(work[due][2], day)
            yield _row(child, ("icpc-15wd", "WT2013"), key, day, dates, met, (over, "turned 18"), eighteen, rests)


def _series(
    child: int, told: dict[str, Any], spell: dict[str, Any], eighteen: date, work: dict[date, Any]
) -> Iterator[tuple[Any, ...]]:
    state, start, end = spell["state"], spell["start"], spell["end"]
    kind, why = STATES[state]
    held = [h for h in told.get(kind, ()) if start <= h[0] and (end is None or h[0] <= end)]
    opener = {"in_care": "care_started", "protection_plan": "cp_plan_started", "ehc_plan": "ehcp_issued"}[state]
    key = told[opener][0][3]
    opened, rests = start, [key]
    if state == "protection_plan":
        near = [c for c in told.get("initial_conference", ()) if start - timedelta(days=30) <= c[0] <= start]
        if near:
            opened, rests = near[-1][0], [key, near[-1][3]]
    until = end
    if state != "ehc_plan" and eighteen <= DAY and (end is None or eighteen < end):
        until, why = eighteen, "turned 18"
    points = [(opened, key, rests), *((h[0], h[3], [h[3]]) for h in held if end is None or h[0] < end)]
    for place, (day, point, own) in enumerate(points):
        if state != "ehc_plan" and day >= eighteen:
            continue
        met = held[place] if place < len(held) and (until is None or held[place][0] <= until) else None
        if state == "in_care":
            duty, version = _CARE[min(place, 2)], "2011"
            due = work[day][1] if place == 0 else add_months(day, 3 if place == 1 else 6)
        elif state == "protection_plan":
            duty, version = ("cp-review-6m" if place else "cp-review-first-3m"), "WT2013"
            due = add_months(day, 6 if place else 3)
        else:
            duty, version, due = "ehc-annual-review-12m", "2014", add_months(day, 12)
        warn = due - timedelta(days=30) if state == "ehc_plan" else work[due][3]
        freezes = None if state == "ehc_plan" else eighteen
        yield _row(child, (duty, version), point, day, (due, max(warn, day)), met, (until, why), freezes, own)


def _row(
    child: int,
    rule: tuple[str, str],
    key: str,
    day: date,
    due: tuple[date, date],
    met: Any,
    until: tuple[date | None, str],
    freezes: date | None,
    rests: list[str],
) -> tuple[Any, ...]:
    last, warn = due
    ended = None if met else until[0]
    why = f"{until[1]} on {ended.day} {ended:%b %Y}" if ended else ""
    told = (met[0], None, met[3], met[0] <= last) if met else (None, None, "", None)
    return (
        child,
        *rule,
        key,
        day,
        last,
        None,
        warn,
        None,
        *told,
        ended,
        why,
        freezes,
        [*rests, met[3]] if met else rests,
    )


_CARE = ("lac-review-first-20wd", "lac-review-second-3m", "lac-review-subsequent-6m")
