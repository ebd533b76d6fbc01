"""Statements told again, corrected and taken up child by child."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from throughline.feeds.base import REFUSED, REPEATED, USED, Statement
from throughline.records import standing
from throughline.records.store import Store


def said(record_id: str, *values: str, row: int = 2, **more: object) -> Statement:
    return Statement("missing_police", "missing_police", "a.csv", row, record_id, "police|m|1", values, **more)  # type: ignore[arg-type]


def test_the_latest_telling_of_a_record_stands() -> None:
    first, corrected = said("e1", "10:00"), said("e1", "11:30", row=3)

    stands, again = standing([first, corrected])

    assert stands == [corrected]
    assert again == [first]


def test_two_agencies_may_use_one_id_for_two_things() -> None:
    ours, theirs = said("7", said_by="police:north"), said("7", said_by="police:south")

    assert standing([ours, theirs]) == ([ours, theirs], [])


def test_a_refused_row_stands_nowhere() -> None:
    assert standing([said("e1", outcome=REFUSED), said("e2", outcome=REPEATED)]) == (
        [],
        [said("e2", outcome=REPEATED)],
    )


cells = st.text(st.characters(exclude_characters="\x1f", exclude_categories=["Cs"]), max_size=8)
statements = st.lists(
    st.builds(
        lambda child, row, values, recorded: Statement(
            "f", "t", "file.csv", row, f"r{row}", f"a|f|{child}", tuple(values), recorded_at=recorded
        ),
        st.integers(0, 5),
        st.integers(2, 10**6),
        st.lists(cells, min_size=1, max_size=4),
        st.none() | st.dates(date(2000, 1, 1), date(2030, 1, 1)),
    ),
    max_size=30,
)


def test_what_is_refused_or_of_nobody_is_counted_and_not_given_back() -> None:
    rows = [said("e1"), said("e2", outcome=REFUSED), said("e3", rows=4)._replace(person="police|m|2")]
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder)) as store:
        for row in rows:
            store.add(row)
        people, counted = store.added()
        store.finish({"police|m|1": 0})
        taken = list(store.children())

    assert people == ["police|m|1", "police|m|2"]
    assert {outcome: n for (_, _, _, outcome), n in counted.items()} == {USED: 5, REFUSED: 1}
    assert taken == [(0, rows[:1])]


@given(statements)
@settings(deadline=None, max_examples=50)
def test_statements_come_back_whole_and_child_by_child(rows: list[Statement]) -> None:
    children = {row.person: i for i, row in enumerate({r.person: r for r in rows}.values())}
    small = {"_BATCH": 3, "_TAKEN_UP": 2, "_NEXT_TO_EACH_OTHER": 1, "_IN_HAND": 5}
    with (
        mock.patch.multiple("throughline.records.store", **small),
        tempfile.TemporaryDirectory() as folder,
        Store(Path(folder)) as store,
    ):
        other = store.part()
        for row in rows:
            (other if row.row % 2 else store).add(row)
        store.take(other.close())
        assert sorted(store.added()[0]) == sorted(children)
        store.finish(children)
        taken = list(store.children())

    assert [child for child, _ in taken] == sorted(set(children.values()))
    assert all(children[row.person] == child for child, held in taken for row in held)
    assert sorted(map(repr, (row for _, held in taken for row in held))) == sorted(map(repr, rows))
