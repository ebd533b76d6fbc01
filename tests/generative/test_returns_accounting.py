"""However a return is mangled, reading it ends, its rows add up, and what stands of it can be told."""

import csv
import io
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from returns import CIN_CENSUS, children, returned
from throughline import words
from throughline.feeds.base import OUTCOMES
from throughline.feeds.cin_census.tables import TABLES as ELEMENTS
from throughline.feeds.ssda903.tables import TABLES

ODD = ["", " ", "-", "#N/A", "NULL", "1900-01-01", "\xa0", "=1+1", "C1", "C2", "C1.0", "1.0", "é"]
DATES = ["17/01/2018", "01/17/2018", "03/04/2017", "2017-05-06", "31/02/2018", "1/1/18", "43115", "02/03/2062"]
CODES = ["S", "p", "X1", "E4A", "V2", "U6", "PN1", "M", "A", "BT1 1AA", "2TR", "1", "0", "Z9"]
cell = st.one_of(st.sampled_from(ODD + DATES + CODES), st.text(max_size=5))


@st.composite
def tables(draw):
    """A CSV file of some table of the 903, with any cells, in any order of columns, perhaps ragged."""
    table = TABLES[draw(st.sampled_from(sorted(TABLES)))]
    columns = draw(st.permutations([name for name in table.names if name not in ("RETURN", "LATEST")]))
    extra = draw(st.sampled_from([[], ["LA"], ["YEAR"], ["", "TEST_COLUMN"]]))
    names = [*columns, *extra]
    rows = draw(st.lists(st.lists(cell, min_size=len(names) - 1, max_size=len(names) + 1), max_size=6))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=draw(st.sampled_from(["\n", "\r\n"])), quoting=csv.QUOTE_ALL)
    writer.writerow(names)
    writer.writerows([[text.replace("\0", "") for text in row] for row in rows + rows[:1]])
    return out.getvalue(), len(rows + rows[:1])


def check(told, lives, rows=None):
    """Everything that must hold of any reading."""
    (file,) = told.files
    assert "reader-failed" not in told.rules
    assert set(told.outcomes) <= set(OUTCOMES)
    assert sum(told.outcomes.values()) == file.rows == (file.rows if rows is None else rows)
    ids = Counter((s.table, s.record_id) for s in told.statements)
    assert max(ids.values(), default=1) == 1
    known = {(s.table, s.file, s.row) for s in told.statements}
    for derived in lives.values():
        assert set(derived.outcomes) <= known
        for event in derived.events:
            kind = words.kinds()[event.kind]
            assert event.marks <= kind.marks
            assert event.details.keys() <= {field.id for field in kind.fields}


@given(tables())
def test_every_row_of_a_903_table_is_exactly_one_of_five(tmp_path_factory, file):
    text, rows = file
    told = returned(tmp_path_factory.mktemp("any"), any=text)
    check(told, children(told), rows)


@st.composite
def censuses(draw):
    """A census of any elements under any other that may hold them, with any text."""

    def element(name, depth):
        table = next((t for t in ELEMENTS.values() if t.element == name), None)
        names = [*table.places, *table.holds, *table.inside, "Hat"] if table else []
        inside = draw(st.lists(st.sampled_from(names), max_size=6)) if names and depth < 4 else []
        text = "" if inside else draw(st.sampled_from([c for c in ODD + DATES if c != "\xa0"] + ["10A", "true", "N1"]))
        return f"<{name}>{text}{''.join(element(n, depth + 1) for n in inside)}</{name}>"

    found = "\n".join(element("Child", 0) for _ in range(draw(st.integers(0, 4))))
    header = draw(st.sampled_from(["", "<Header><LEA>971</LEA></Header>", "<Header><Year>x</Year></Header>"]))
    return f"<Message>{header}<!-- <Collection>CIN< --><Children>{found}</Children></Message>"


@given(censuses())
def test_every_row_of_a_census_is_exactly_one_of_five(tmp_path_factory, text):
    told = returned(tmp_path_factory.mktemp("any"), any=text)
    check(told, children(told, CIN_CENSUS))
