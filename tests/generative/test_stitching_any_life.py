"""Whatever episodes returns hold, the line they make hangs together, and CSV and XML say the same."""

from datetime import date, timedelta
from itertools import pairwise
from xml.sax.saxutils import escape

from hypothesis import given
from hypothesis import strategies as st

from returns import EPISODES, children, days, episode, returned
from throughline.feeds.base import REPAIRED, REPEATED, Statement
from throughline.feeds.ssda903 import FEED
from throughline.feeds.ssda903.columns import Manner, cleaner, memos
from throughline.feeds.ssda903.stitching import Episode, stitch
from throughline.feeds.ssda903.tables import TABLES

FIRST = date(2015, 4, 1)
STARTS = {"care_started", "in_care_at"}


@st.composite
def rows(draw):
    """One episode row, sound or not: start, end if any, why, home, the year of its return."""
    start = draw(st.integers(0, 1095))
    end = draw(st.none() | st.integers(start, start + 400))
    return (
        start,
        end,
        draw(st.sampled_from("SLPTBU")),
        draw(st.sampled_from(["", "X1", "E4A", "E11"])),
        draw(st.sampled_from(["BT1 1AA", "BT2 2BB"])),
        draw(st.sampled_from([2016, 2017, 2018])),
    )


def _episode(n, row):
    start, end, rne, rec, postcode, year = row
    decom, dec = FIRST + timedelta(start), FIRST + timedelta(end) if end is not None else None
    values = ("C", decom.isoformat(), rne, "V2", "N1", "U6", "PR1", dec.isoformat() if dec else "", rec)
    rest = ("", "", postcode, "", str(year), "2018")
    said = Statement("ssda903", "episodes", "e.csv", n, f"C/{n}", "la|ssda903|C", (*values, *rest), said_by="la")
    return Episode(said, decom, dec, year)


@given(st.lists(rows(), min_size=1, max_size=8))
def test_stitched_episodes_follow_each_other(found):
    sent = [_episode(n, row) for n, row in enumerate(found, 2)]
    stands, repairs = stitch(list(sent), 2018)
    assert [e.decom for e in stands] == sorted(e.decom for e in stands)
    for before, after in pairwise(stands):
        assert before.decom <= before.dec <= after.decom
        assert before.leaves or before.dec == after.decom
    said = {id(repair.episode) for repair in repairs if repair.severity == REPAIRED}
    for e, (_, end, *_) in zip(sent, found, strict=True):
        changed = e.dec != (FIRST + timedelta(end) if end is not None else None)
        assert id(e) in said or (e in stands and not changed)


@given(st.lists(rows(), min_size=1, max_size=8))
def test_care_starts_and_ends_by_turns(found):
    derived = FEED.events([_episode(n, row).statement for n, row in enumerate(found, 2)])
    turns = [e for e in derived.events if e.kind in {*STARTS, "care_ended"}]
    for place, turn in enumerate(turns):
        assert (turn.kind in STARTS) == (place % 2 == 0)
    assert [e.happened_on for e in turns] == sorted(e.happened_on for e in turns)
    homes = [e.kind for e in derived.events if e.kind.startswith("placement_")]
    assert all(a != b for a, b in pairwise(homes))
    assert len({e.key for e in derived.events}) == len(derived.events)
    assert set(derived.outcomes.values()) <= {REPEATED, "used with faults"}


@given(st.lists(rows(), min_size=1, max_size=5))
def test_csv_and_xml_say_the_same(tmp_path_factory, found):
    lines = []
    for start, end, rne, rec, postcode, _ in found:
        ended = f"{FIRST + timedelta(end):%d/%m/%Y}" if end is not None else ""
        lines.append(episode("C", f"{FIRST + timedelta(start):%d/%m/%Y}", rne, ended, rec, PL_POST=postcode))
    names = ["PL" if name == "PLACE" else name for name in EPISODES.split(",")]
    cells = [dict(zip(names, line.split(","), strict=True)) for line in lines]
    xml = "".join(
        "<EPISODE>" + "".join(f"<{n}>{escape(c)}</{n}>" for n, c in row.items() if n != "CHILD") + "</EPISODE>\n"
        for row in cells
    )
    whole = f"<EXPSSDA903>\n<CHILD><HEADER><CHILDID>C</CHILDID></HEADER>\n{xml}</CHILD></EXPSSDA903>"
    received = date(2020, 1, 1)
    as_csv = returned(tmp_path_factory.mktemp("csv"), received=received, e=[EPISODES, *lines])
    as_xml = returned(tmp_path_factory.mktemp("xml"), received=received, e=whole)
    assert days(children(as_csv)["C"]) == days(children(as_xml)["C"])
    read = [[s.values[:13] for s in told.statements if s.table == "episodes"] for told in (as_csv, as_xml)]
    assert read[0] == read[1]


@given(st.lists(st.text(alphabet="ABCX12 /.-", max_size=10), min_size=15, max_size=15))
def test_the_written_out_way_of_cleaning_a_row_is_the_general_one(texts):
    for name in ("reviews", "episodes"):
        columns = memos(TABLES[name], Manner(FIRST, "day", None), [])
        cells = tuple(texts[: len(columns)])
        assert cleaner(columns)(cells) == tuple(column[cell] for column, cell in zip(columns, cells, strict=True))
