"""The five duties by hand once more, as whole columns in pandas: no loop over rows.

Pandas is locked already, as what links records needs it; the project itself works nothing out with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench import clock
from bench.clock_by_hand import STATES, WRITTEN, working

DAY = pd.Timestamp(clock.DAY)
_OPENERS = {"in_care": "care_started", "protection_plan": "cp_plan_started", "ehc_plan": "ehcp_issued"}
_KINDS = [
    "missing_end", "rhi_held", "s47_started", "strategy_discussion", "initial_conference",
    *_OPENERS.values(), *(kind for kind, _ in STATES.values()),
]  # fmt: skip
_SERIES = pd.DataFrame(
    [
        ("in_care", 0, "lac-review-first-20wd", "2011", 0),
        ("in_care", 1, "lac-review-second-3m", "2011", 3),
        ("in_care", 2, "lac-review-subsequent-6m", "2011", 6),
        ("protection_plan", 0, "cp-review-first-3m", "WT2013", 3),
        ("protection_plan", 1, "cp-review-6m", "WT2013", 6),
        ("ehc_plan", 0, "ehc-annual-review-12m", "2014", 12),
    ],
    columns=["state", "step", "duty_id", "version", "months"],
)
Frame = pd.DataFrame
Keys = tuple[str, ...]


def columns(facts: Path, out: Path) -> Iterator[float]:
    """Frames of facts, merged and filtered; each duty's rows are written when they are ready."""
    work = pd.DataFrame(working(), columns=["day", "p15", "p20", "m5", "m10"]).astype("datetime64[s]")
    yield 0
    told = _told(facts)
    ages = pq.read_table(facts / "child.parquet", columns=["subject", "born_on"]).to_pandas(date_as_object=False)
    ages["eighteen"] = _eighteen(ages["born_on"])
    ages = ages[["subject", "eighteen"]]
    spells = pq.read_table(facts / "stretch.parquet", columns=["subject", "state", "start", "end", "opened_by"])
    with pq.ParquetWriter(out, WRITTEN) as writer:
        _write(writer, _interviews(told, ages), ("key", "met_key"))
        _write(writer, _conferences(told, ages, work), ("key", "anchor", "met_key"))
        _write(writer, _series(told, ages, spells.to_pandas(date_as_object=False), work), ("key", "anchor", "met_key"))


def _told(facts: Path) -> dict[str, Frame]:
    names = ["subject", "happening", "kind", "happened_on", "earliest", "latest", "key", "refs"]
    table = pq.read_table(facts / "happening.parquet", columns=names, filters=[("kind", "in", _KINDS)])
    found = {}
    for kind in _KINDS:
        some = table.filter(pc.equal(table["kind"], kind)).drop_columns("kind")
        if kind in ("missing_end", "rhi_held"):
            some = some.append_column("ref", pc.list_element(some["refs"], 0))
        found[kind] = some.drop_columns("refs").to_pandas(date_as_object=False).rename(columns={"happened_on": "day"})
    return found


def _eighteen(born: Any) -> Any:
    day = born + pd.DateOffset(years=18)
    return day.where(~((born.dt.month == 2) & (born.dt.day == 29) & (day.dt.day == 28)), day + pd.Timedelta(days=1))


def _interviews(told: dict[str, Frame], ages: Frame) -> Frame:
    held = told["rhi_held"][["subject", "ref", "earliest", "latest", "key"]]
    held = held.rename(columns={"earliest": "met_at", "latest": "met_late", "key": "met_key"})
    f = told["missing_end"].merge(ages, on="subject").merge(held, on=["subject", "ref"], how="left")
    f = f[f["day"] < f["eighteen"]].copy()
    hours = pd.Timedelta(hours=72)
    f.loc[~(f["met_late"] >= f["earliest"]), ["met_at", "met_late", "met_key"]] = None
    f["due_at"], f["warn_at"] = f["earliest"] + hours, f["earliest"] + pd.Timedelta(hours=24)
    sure, late = f["met_late"] <= f["due_at"], f["met_at"] > f["latest"] + hours
    f["in_time"] = sure.astype(object).where(sure | late, None)
    return f.assign(duty_id="rhi-72h", version="2014", opened_on=f["day"], ended_why="")


def _conferences(told: dict[str, Frame], ages: Frame, work: Frame) -> Frame:
    five = pd.Timedelta(days=5)
    talks, enquiries = told["strategy_discussion"], told["s47_started"]
    near = enquiries[["subject", "key", "day"]].merge(talks, on="subject", suffixes=("", "_t"))
    near = near[(near["day_t"] <= near["day"]) & (near["day_t"] >= near["day"] - five)]
    near = near.sort_values("happening").drop_duplicates(["subject", "key"], keep="last")
    near = near[["subject", "key", "key_t", "day_t"]].rename(columns={"key_t": "anchor"})
    asked = enquiries.merge(near, on=["subject", "key"], how="left")
    asked["opened_on"] = asked["day_t"].fillna(asked["day"])
    alone = talks.merge(enquiries[["subject", "day"]], on="subject", suffixes=("", "_e"))
    alone = alone[(alone["day_e"] >= alone["day"]) & (alone["day_e"] <= alone["day"] + five)]
    talks = talks[~talks["key"].isin(alone["key"])].assign(opened_on=lambda t: t["day"], anchor=None)
    f = pd.concat([asked, talks])[["subject", "key", "anchor", "opened_on"]].merge(ages, on="subject")
    f = f[f["opened_on"] < f["eighteen"]].copy()
    over = f["eighteen"].where(f["eighteen"] <= DAY)
    held = f.assign(over=over).merge(told["initial_conference"], on="subject", suffixes=("", "_c"))
    held = held[(held["day"] >= held["opened_on"]) & ~(held["day"] > held["over"])]
    held = held.sort_values("happening").drop_duplicates(["subject", "key"])[["subject", "key", "key_c", "day"]]
    f = f.assign(over=over).merge(held, on=["subject", "key"], how="left")
    f = f.rename(columns={"key_c": "met_key", "day": "met_on", "eighteen": "freezes_on"})
    f["due_on"] = _in_work(work, f["opened_on"], "p15")
    f["warn_on"] = np.maximum(_in_work(work, f["due_on"], "m5"), f["opened_on"])
    f["ended_on"] = f["over"].where(f["met_key"].isna())
    return _closed(f.assign(duty_id="icpc-15wd", version="WT2013", why="turned 18"))


def _in_work(work: Frame, days: Any, column: str) -> Any:
    """Of each day, the working day of this column."""
    return days.map(work.set_index("day")[column])


def _closed(f: Frame) -> Frame:
    """With whether it was in time, and in words why it ended."""
    f["in_time"] = (f["met_on"] <= f["due_on"]).astype(object).where(f["met_on"].notna(), None)
    said = f["why"] + " on " + f["ended_on"].dt.day.astype("Int64").astype("string")
    f["ended_why"] = (said + f["ended_on"].dt.strftime(" %b %Y")).where(f["ended_on"].notna(), "")
    return f


def _series(told: dict[str, Frame], ages: Frame, spells: Frame, work: Frame) -> Frame:
    f = pd.concat([_points(told, state, spells[spells["state"] == state]) for state in STATES])
    f["step"] = np.minimum(f["place"], f["state"].map({"in_care": 2, "protection_plan": 1, "ehc_plan": 0}))
    f = f.merge(_SERIES, on=["state", "step"]).merge(ages, on="subject")
    plan = f["state"] == "ehc_plan"
    f = f[plan | (f["opened_on"] < f["eighteen"])].reset_index(drop=True)
    plan = f["state"] == "ehc_plan"
    months = [f["opened_on"] + pd.DateOffset(months=n) for n in (3, 6, 12)]
    f["due_on"] = np.select([f["months"] == n for n in (3, 6, 12)], months, _in_work(work, f["opened_on"], "p20"))
    warn = _in_work(work, f["due_on"], "m10").where(~plan, f["due_on"] - pd.Timedelta(days=30))
    f["warn_on"] = np.maximum(warn, f["opened_on"])
    f["freezes_on"] = f["eighteen"].where(~plan)
    grown = ~plan & (f["eighteen"] <= DAY) & ~(f["end"] <= f["eighteen"])
    until = f["end"].where(~grown, f["eighteen"])
    f["why"] = f["state"].map({state: why for state, (_, why) in STATES.items()}).where(~grown, "turned 18")
    met = f["met_on"].notna() & ~(f["met_on"] > until)
    f["met_on"], f["met_key"] = f["met_on"].where(met), f["met_key"].where(met)
    return _closed(f.assign(ended_on=until.where(~met)))


def _points(told: dict[str, Frame], state: str, spells: Frame) -> Frame:
    """The opening of each state and the answers in it, each with the answer after it."""
    h = spells.merge(told[STATES[state][0]][["subject", "day", "key"]], on="subject")
    h = h[(h["day"] >= h["start"]) & ~(h["day"] > h["end"])].sort_values(["subject", "day"])
    h["place"] = h.groupby("subject").cumcount() + 1
    opener = told[_OPENERS[state]][["subject", "happening", "key"]].rename(columns={"happening": "opened_by"})
    o = spells.merge(opener, on=["subject", "opened_by"]).assign(place=0, anchor=None)
    o["day"] = o["start"]
    if state == "protection_plan":
        near = spells[["subject", "start"]].merge(told["initial_conference"], on="subject")
        near = near[(near["day"] <= near["start"]) & (near["day"] >= near["start"] - pd.Timedelta(days=30))]
        near = near.sort_values("happening").drop_duplicates("subject", keep="last").set_index("subject")
        o["anchor"] = o["subject"].map(near["key"])
        o["day"] = o["subject"].map(near["day"]).fillna(o["day"])
    after = h[["subject", "place", "day", "key"]].rename(columns={"day": "met_on", "key": "met_key"})
    points = pd.concat([o, h[~(h["day"] >= h["end"])]]).rename(columns={"day": "opened_on"})
    return points.merge(after.assign(place=after["place"] - 1), on=["subject", "place"], how="left")


# --- writing ---------------------------------------------------------------------------------------------------


def _write(writer: pq.ParquetWriter, f: Frame, keys: Keys) -> None:
    own = f.assign(trigger_key=f["key"], evidence=None)
    arrays = []
    for field in WRITTEN:
        if field.name == "evidence":
            arrays.append(_lists(f, keys))
        elif field.name in own:
            arrays.append(pa.array(own[field.name], from_pandas=True).cast(field.type))
        else:
            arrays.append(pa.nulls(len(f), field.type))
    table = pa.Table.from_arrays(arrays, schema=WRITTEN)
    met_key = WRITTEN.get_field_index("met_key")
    writer.write_table(table.set_column(met_key, "met_key", pc.fill_null(table["met_key"], "")))


def _lists(f: Frame, keys: Keys) -> pa.Array:
    """Of each row, those of its keys that it has."""
    each = np.column_stack([f[key].astype(object).to_numpy() for key in keys])
    has = ~pd.isna(each)
    offsets = np.concatenate([[0], has.sum(axis=1).cumsum()])
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.array(each[has], pa.string()))
