"""What came in as SSDA903 or SSD goes out in that shape, and read again says the same of the same people."""

import csv
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from going_out import goes_out_and_in
from throughline.feeds.ssd import FEED as SSD
from throughline.feeds.ssda903.tables import OURS, TABLES

# -- SSDA903 ------------------------------------------------------------------------------------------

FIRST = date(2016, 4, 1)
day = st.integers(-400, 3 * 365).map(lambda n: f"{FIRST + timedelta(n):%d/%m/%Y}")
maybe_day = st.one_of(st.just(""), day)
cells = {
    "child": st.sampled_from(["C1", "C2", "C3"]),
    "date": maybe_day,
    "sex": st.sampled_from(["1", "2", "M", "F", "", "x"]),
    "upn": st.sampled_from(["", "UN1", "Z971100111001", "A971100111001"]),
    "postcode": st.sampled_from(["", "ZC1 2AB", "zc12ab", "nope"]),
    "text": st.sampled_from(["", "SC001", "=1+1", 'a, "b"', "-5"]),
    "code": st.sampled_from(
        ["", "S", "P", "L", "X1", "E4A", "E11", "V2", "C2", "U6", "A3", "K1", "PN1", "M", "A", "1", "0", "N1"]
    ),
}


@st.composite
def rows_of(draw, table):
    """Some rows of one table of a return, with what its cells may hold, good and bad."""
    columns = [column for column in table.columns if column.name not in OURS]
    return columns, draw(st.lists(st.tuples(*(cells[column.type] for column in columns)), max_size=4))


@st.composite
def returns(draw):
    """Returns of up to three years, each of some tables."""
    names = st.lists(st.sampled_from(sorted(TABLES)), min_size=1, max_size=4, unique=True)
    return {
        f"{year}/{name}.csv": draw(rows_of(TABLES[name]))
        for year in range(draw(st.integers(1, 3)))
        for name in draw(names)
    }


def write(path, header, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


@given(returns())
@settings(max_examples=60)
def test_any_returns_go_out_and_come_in_the_same(tmp_path_factory, files):
    folder = tmp_path_factory.mktemp("903")
    for name, (columns, rows) in files.items():
        write(folder / "in" / name, [column.name for column in columns], rows)
    goes_out_and_in(folder / "in", folder / "out", "ssda903")


# -- the Standard Safeguarding Dataset ----------------------------------------------------------------

iso = st.integers(-2000, 1200).map(lambda n: f"{FIRST + timedelta(n):%Y-%m-%d}")
ssd_cells = {
    "id": st.sampled_from(["1", "2", "3", "", "SSD_PH"]),
    "text": st.sampled_from(["", "CW", 'a; "b"', "=1+1", "PLACEHOLDER_DATA", "line\nbreak"]),
    "day": st.one_of(
        st.sampled_from(["", "1900-01-01", "31/12/2017", "soon"]), iso, iso.map(lambda d: f"{d} 00:00:00")
    ),
    "yes_no": st.sampled_from(["", "Y", "n", "1", "true", "perhaps"]),
    "flag": st.sampled_from(["", "0", "Y", "1"]),
    "code": st.sampled_from(
        ["", "C2", "V3", "S", "P", "E4A", "X1", "U6", "A5", "PN1", "N1", "NEG", "M", "6", "home", "dentist"]
    ),
    "upn": st.sampled_from(["", "UN3", "Z971100111001", "hex-stub"]),
    "nhs_number": st.sampled_from(["", "943 476 5919", "123"]),
    "sex": st.sampled_from(["", "F", "b) Female", "?"]),
    "postcode": st.sampled_from(["", "zc12ab", "nope"]),
    "amount": st.sampled_from(["", "3.0", "12", "many"]),
    "distance": st.sampled_from(["", "999.9", "12.4"]),
    "json": st.sampled_from(["", '["24A"]', '{"NFA": "Y", "COUNT": 2}', "[broken", "SSD_PH"]),
}


@st.composite
def datasets(draw):
    """Some tables of a dataset, with what their cells may hold; always somebody in the person table."""
    names = draw(st.lists(st.sampled_from(sorted(SSD.layout.tables)), min_size=1, max_size=6, unique=True))
    found = {}
    for name in dict.fromkeys(["person", "cin_episodes", "cla_episodes", *names]):
        columns = SSD.layout.tables[name].columns
        row = st.tuples(*(ssd_cells[column.type] for column in columns))
        found[name] = [column.name for column in columns], draw(st.lists(row, max_size=5))
    return found


@given(datasets())
@settings(max_examples=40)
def test_any_dataset_goes_out_and_comes_in_the_same(tmp_path_factory, tables):
    folder = tmp_path_factory.mktemp("ssd")
    for name, (header, rows) in tables.items():
        write(folder / "in" / f"{name}.csv", header, rows)
    goes_out_and_in(folder / "in", folder / "out", "ssd")
