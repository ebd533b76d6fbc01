"""However a file is mangled, reading it ends, and the five outcomes add up to the rows in it."""

from __future__ import annotations

import csv
import io
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from feeding import Told, tell
from throughline.feeds.base import OUTCOMES, Event
from throughline.feeds.faults import PROBLEMS
from throughline.feeds.layouts import layouts
from throughline.feeds.subjects import is_subject

ODD = ["", " ", "-", "#N/A", "SSD_PH", "1900-01-01", "\xa0", "=1+1", "x;y", "46085", "0", "Y", "n", "\x00", '"', "é"]
DATES = ["2026-01-17", "2026-01-17T22:10", "17/01/2026", "01/17/2026", "03/04/2026", "2026-03-29T01:30", "2062-01-01"]
CODES = ["M", "A", "SUSP", "PERM", "CME", "high", "missing_start", "missing_start ", "out_of_school", "nope"]
CODES += ["context", "agency", "partnership", "context_screening", "disruption_plan"]
CODES += ["ICPC", "mace", "REPORT", "senco", "PN7", "parent", "CCE;CSE", "REMOVE", "debt", "positive", "WNB", "none"]
cell = st.one_of(st.sampled_from(ODD + DATES + CODES), st.text(max_size=8))


@st.composite
def files(draw: st.DrawFn) -> tuple[bytes, int]:
    """A CSV file of some layout, in some encoding, with any cells; and how many rows with text it has."""
    layout = layouts()[draw(st.sampled_from(sorted(layouts())))]
    columns = draw(st.permutations(layout.columns))
    rows = draw(st.lists(st.lists(cell, min_size=len(columns), max_size=len(columns)), max_size=6))
    if draw(st.booleans()):
        rows += rows[:2]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=draw(st.sampled_from(["\n", "\r\n"])), quoting=csv.QUOTE_ALL)
    writer.writerow(columns)
    writer.writerows(rows)
    text = out.getvalue()
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
    filled = sum(any(one.replace("\0", "") for one in row) for row in rows)
    return text.encode(encoding, "replace"), filled


def read(content: bytes) -> Told:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "f.csv")
        path.write_bytes(content)
        return tell(path)


@given(files())
def test_every_row_is_exactly_one_of_five(file: tuple[bytes, int]) -> None:
    content, rows = file
    told = read(content)
    assert len(told.files) == 1
    assert set(told.outcomes) <= set(OUTCOMES)
    assert sum(told.outcomes.values()) == rows == told.files[0].rows
    assert "reader-failed" not in told.rules


@given(files())
def test_statements_rest_on_persons_and_faults_on_rules(file: tuple[bytes, int]) -> None:
    told = read(file[0])
    known = {person.key for person in told.persons}
    for statement in told.statements:
        layout = layouts()[statement.table]
        assert len(statement.values) == len(statement.given) == len(layout.columns)
        tied_to_nobody = ("refused", "rightly without an event", "repeated") if layout.of_places else ("refused",)
        tied = statement.person in known or is_subject(statement.person)
        assert tied or (statement.person == "" and statement.outcome in tied_to_nobody)
        assert not (layout.of_places and statement.person)
        assert statement.record_id
    faulty = {fault.row for fault in told.faults}
    for statement in told.statements:
        if statement.outcome in ("refused", "used with faults"):
            assert statement.row in faulty
    for fault in told.faults:
        assert fault.rule in PROBLEMS or fault.message


@given(files())
def test_events_are_dated_of_known_kinds_and_have_their_own_keys(file: tuple[bytes, int]) -> None:
    told = read(file[0])
    events: list[Event] = told.events()
    keys = Counter((event.key, event.statement.row, event.said_by) for event in events)
    assert set(keys.values()) <= {1}
    turned = {key[-1] for derived in told.derived() for key in derived.outcomes}
    used = {s.row for s in told.statements if s.outcome == "used"} - turned
    assert used <= {event.statement.row for event in events}


@given(st.binary(max_size=400), st.sampled_from(sorted(layouts())))
def test_any_bytes_under_a_header_of_ours_are_read_to_an_end(body: bytes, table: str) -> None:
    told = read(",".join(layouts()[table].columns).encode() + b"\n" + body)
    assert len(told.files) == 1
    assert told.files[0].rows == len(told.statements)
    assert "reader-failed" not in told.rules
