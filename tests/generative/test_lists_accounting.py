"""However a list or a return on plans is mangled, reading it ends, its rows add up, and what stands can be told."""

import csv
import io
from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from books import book
from feeding import tell
from throughline import words
from throughline.feeds import ilacs_annex_a, sen2, send_annex_a
from throughline.feeds.base import OUTCOMES, REFUSED
from throughline.feeds.sources import open_sources
from throughline.records import standing

ODD = ["", " ", "-", "#N/A", "1900-01-01", "\xa0", "=1+1", "é", "a) Yes", "N", "q) 6: Police", "U) x", "1010", "77"]
DATES = ["17/01/2026", "01/17/2026", "03/04/2025", "2026-05-06", "31/02/2026", "1/1/26", "45000", "2062-01-01"]
CODES = ["C2", "b) C2: Full care order", "NEG", "K2", "PR4", "E4A", "100", "-3", "0.5", "Out", "nope", "Y"]
cell = st.one_of(st.sampled_from(ODD + DATES + CODES), st.text(st.characters(codec="utf-8"), max_size=5))
EXTRACTS = [ilacs_annex_a.FEED, send_annex_a.FEED, sen2.FEED]


def check(told, feed, rows=None):
    """Everything that must hold of any reading."""
    (file,) = told.files
    assert "reader-failed" not in told.rules
    assert set(told.outcomes) <= set(OUTCOMES)
    assert sum(told.outcomes.values()) == file.rows == (file.rows if rows is None else rows)
    counted = [(s.table, s.file, s.row) for s in told.statements if s.rows]
    assert len(set(counted)) == len(counted)
    for statement in told.statements:
        assert len(statement.values) == len(feed.tables[statement.table])
        assert statement.person or statement.outcome == REFUSED or statement.table == "list_11"
    for person in {s.person for s in told.statements if s.person}:
        live, _ = standing([s for s in told.statements if s.person == person])
        derived = feed.events(live)
        assert max(Counter(event.key for event in derived.events).values(), default=1) == 1
        for event in derived.events:
            kind = words.kinds()[event.kind]
            assert event.marks <= kind.marks
            assert event.details.keys() <= {field.id for field in kind.fields}
    for covered in told.coverage:
        assert covered.start <= covered.end


@st.composite
def lists(draw, feed):
    """A list of some extract, with any cells, in any order of columns, perhaps ragged."""
    table = feed.extract.tables[draw(st.sampled_from(sorted(feed.extract.tables)))]
    names = draw(st.permutations(list(table.titles.values())))
    names += draw(st.sampled_from([[], ["Ethnicity"], ["", "Spare"]]))
    rows = draw(st.lists(st.lists(cell, min_size=len(names) - 1, max_size=len(names) + 1), max_size=6))
    return table.name, names, [[text.replace("\0", "") for text in row] for row in rows + rows[:1]]


@pytest.mark.parametrize("feed", EXTRACTS, ids=lambda feed: feed.id)
@given(data=st.data())
def test_every_row_of_a_list_is_exactly_one_of_five(tmp_path_factory, feed, data):
    name, names, rows = data.draw(lists(feed))
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([names, *rows])
    path = tmp_path_factory.mktemp("any") / "any.csv"
    path.write_text(out.getvalue(), encoding="utf-8", newline="")
    told = tell(path, feeds=(feed,))
    assert told.files[0].table == name
    empty = [row for row in rows if not any(row)]
    check(told, feed, len(rows) - len(empty))


WRITTEN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**9), 10**15),
    st.floats(-1e300, 1e300),
    st.dates(date(1901, 1, 1), date(2199, 1, 1)),
    st.text(st.characters(categories=("L", "N", "P", "Zs")), max_size=6),
)


@given(rows=st.lists(st.lists(WRITTEN, min_size=3, max_size=3), min_size=1, max_size=5))
def test_a_sheet_gives_the_rows_that_were_written(tmp_path_factory, rows):
    path = book(tmp_path_factory.mktemp("any") / "b.xlsx", {"S": [["a", "b", "c"], *rows]})
    (source,) = open_sources(path)
    given_rows = dict(list(source.rows())[1:])
    for number, row in enumerate(rows, 2):
        for written, text in zip(row, given_rows.get(number, [""] * 3), strict=True):
            if isinstance(written, bool):
                assert text == ("Y" if written else "N")
            elif isinstance(written, int | float):
                assert float(text) == pytest.approx(written)
            elif isinstance(written, date):
                assert text == written.isoformat()
            elif not str(written or "").startswith("="):
                assert text == (written or "")


@st.composite
def returns(draw):
    """SEN2 of any elements within any other, with any text."""
    names = sorted({title for table in sen2.FEED.extract.tables.values() for title in table.titles.values()} | {"Hat"})
    names = [name for name in names if name.isalpha()]
    boxes = ["Requests", "Assessment", "NamedPlan", "ActivePlans", "PlanDetail"]
    texts = st.sampled_from([c for c in ODD + DATES + CODES if c != "\xa0"])

    def element(name, depth):
        held = draw(st.lists(st.sampled_from(names + boxes), max_size=5)) if name in boxes and depth < 4 else []
        inside = "".join(element(n, depth + 1) for n in held) if held else draw(texts)
        return f"<{name}>{inside}</{name}>"

    people = [
        f"<Person>{''.join(element(n, 0) for n in draw(st.lists(st.sampled_from(names + boxes), max_size=6)))}</Person>"
        for _ in range(draw(st.integers(1, 4)))
    ]
    return "<Persons><!-- <Requests> -->" + "\n".join(people) + "</Persons>"


@given(returns())
def test_every_row_of_a_return_on_plans_is_exactly_one_of_five(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("any") / "any.xml"
    path.write_text(text, encoding="utf-8")
    check(tell(path, feeds=(sen2.FEED,)), sen2.FEED)
