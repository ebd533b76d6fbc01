"""The JSON and emergency care readers on anything: every record is told once, and nothing stops them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from throughline.feeds.base import OUTCOMES, REFUSED, REPEATED, Context, Fault, Person, Statement, Unreadable
from throughline.feeds.dfe_api import FEED as DFE_API
from throughline.feeds.dfe_api.tables import TABLES
from throughline.feeds.ecds import FEED as ECDS
from throughline.feeds.ecds.rows import ITEMS
from throughline.feeds.files import FileSource
from throughline.feeds.json_stream import objects
from throughline.records import standing

RECEIVED = date(2026, 3, 31)
texts = st.text(max_size=12) | st.sampled_from(["2025-03-01", "2027-01-01", "S", "E4A", "P1", "Y", "true", "U6", "10A"])
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
wrong = st.recursive(scalars, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2))


def record(name: str) -> st.SearchStrategy[Any]:
    """A record of a table, with records inside; now and then something else altogether."""
    table = TABLES[name]
    fields: dict[str, Any] = {column.name: scalars | wrong for column in table.columns}
    for key, inner in table.holds.items():
        fields[key] = st.lists(record(inner), max_size=2) | wrong
    for key in table.inside | table.through:
        fields[key] = st.dictionaries(st.sampled_from(list(table.places)), scalars, max_size=3) | wrong
    return st.fixed_dictionaries({}, optional=fields) | wrong


class Given:
    """Bytes as a source, in chunks of a given size."""

    def __init__(self, content: bytes, size: int = 1 << 16) -> None:
        self.name, self.size, self._content, self._chunk = "given", len(content), content, size

    def head(self, n: int = 65536) -> bytes:
        return self._content[:n]

    def stream(self) -> Iterator[bytes]:
        for start in range(0, len(self._content), self._chunk):
            yield self._content[start : start + self._chunk]


@given(st.lists(record("child"), max_size=3))
def test_every_child_of_a_file_is_told_or_refused(children: list[Any]) -> None:
    # Given any children at all, when they are read, then each has its statement, with one of the five outcomes,
    source = Given(json.dumps(children).encode())
    read = list(DFE_API.reader(Context(RECEIVED, "la:971")).read(source, "json"))  # type: ignore[arg-type]
    statements = [item for item in read if isinstance(item, Statement)]
    assert len([s for s in statements if s.table == "child"]) == len(children)
    assert {s.outcome for s in statements} <= set(OUTCOMES)
    # a refused one says why, one that is not is somebody's, and no two of a table have one place in the file;
    assert {s.table for s in statements if s.outcome == REFUSED} <= {f.sheet for f in read if isinstance(f, Fault)}
    people = {item.key for item in read if isinstance(item, Person)}
    assert all(s.person in people for s in statements if s.outcome != REFUSED)
    assert len({(s.table, s.row) for s in statements}) == len(statements)
    # and what the records of each child come to is derived without a hitch, from a record of its own.
    for person in people:
        mine = [s for s in statements if s.person == person and s.outcome not in (REFUSED, REPEATED)]
        derived = DFE_API.events(standing(mine)[0])
        assert all(event.statement in mine for event in derived.events)


@given(st.lists(st.dictionaries(texts, wrong, max_size=3), max_size=4), st.integers(1, 7))
def test_in_however_small_chunks_a_file_comes_it_says_the_same(things: list[Any], size: int) -> None:
    text = json.dumps(things)
    found = list(objects(Given(text.encode(), size)))  # type: ignore[arg-type]
    assert json.loads(json.dumps(found, default=float)) == json.loads(text)


@given(st.lists(wrong, max_size=3), st.integers(0, 60), st.binary(max_size=3))
def test_broken_anywhere_it_stops_with_a_fault_and_nothing_else(things: list[Any], at: int, odd: bytes) -> None:
    text = json.dumps(things).encode()
    stopped: list[str] = []
    try:
        list(objects(Given(text[:at] + odd + text[at + 1 :], 5)))  # type: ignore[arg-type]
    except Unreadable as stop:
        stopped.append(stop.fault.rule)
    assert all(rule.startswith("json-") for rule in stopped)


cells = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=10) | st.sampled_from(
    ["2026-03-01", "01", "07", "23:50", "9434765919", "1", "ZH1 1AA", "2027-01-01"]
)


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(ITEMS, cells)), max_size=4))
def test_every_attendance_is_told_once(rows: list[dict[str, str]]) -> None:
    out = io.StringIO()
    names = {item: item for item in ITEMS} | {
        "attendance": "AttendanceIdentifier",
        "arrival_date": "ArrivalDate",
        "arrival_time": "ArrivalTime",
        "site": "SiteCode",
    }
    writer = csv.DictWriter(out, [names[item] for item in ITEMS])
    writer.writeheader()
    writer.writerows({names[item]: text for item, text in row.items()} for row in rows)
    content = out.getvalue().encode()
    source = FileSource("ed.csv", len(content), lambda: io.BytesIO(content))
    read = list(ECDS.reader(Context(RECEIVED)).read(source, "attendance"))
    statements = [item for item in read if isinstance(item, Statement)]
    filled = [row for row in rows if any(row.values())]
    assert len(statements) == len(filled)
    assert {s.outcome for s in statements} <= set(OUTCOMES)
    people = {item.key for item in read if isinstance(item, Person)}
    assert all(s.person in people for s in statements if s.outcome != REFUSED)
    for statement in statements:
        if statement.outcome not in (REFUSED, REPEATED):
            assert len(ECDS.events([statement]).events) == (0 if statement.values[-1] else 1)
