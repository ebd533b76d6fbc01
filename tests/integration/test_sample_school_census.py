"""The published school census goes in whole: one autumn term, about 9,000 pupils (liia-tools-pipeline, MIT)."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from feeding import Told
from throughline import feeds
from throughline.feeds.base import NO_EVENT, USED, USED_WITH_FAULTS, Context
from throughline.feeds.school_census import FEED

SAMPLE = Path(__file__).parents[3] / "shared" / "samples" / "school_census_2024_autumn"

pytestmark = pytest.mark.skipif(
    not SAMPLE.is_dir(), reason="THE PUBLISHED SAMPLES ARE NOT THERE: ../shared/samples beside the project"
)


@pytest.fixture(scope="module")
def told():
    return Told(feeds.read(feeds.open_sources(SAMPLE), Context(date(2026, 11, 22))))


@pytest.fixture(scope="module")
def events(told):
    by_person = {}
    for statement in told.statements:
        by_person.setdefault(statement.person, []).append(statement)
    return [event for rows in by_person.values() for event in FEED.events(rows).events]


def test_every_row_is_counted_once(told):
    assert Counter((s.table, s.outcome) for s in told.statements) == {
        ("pupilonroll", USED): 8_919,
        ("pupilonroll", USED_WITH_FAULTS): 169,  # on the roll before birth
        ("pupilnolongeronroll", USED): 306,
        ("pupilnolongeronroll", USED_WITH_FAULTS): 2,
        ("termlyexclusionsonroll", USED): 10_373,
        ("termlyexclusionsoffroll", USED): 318,
        ("termlysessiondetailsonroll", USED): 39_588,
        ("termlysessiondetailsonroll", NO_EVENT): 365,  # no number of sessions
        ("termlysessiondetailsoffroll", USED): 1_314,
        ("termlysessiondetailsoffroll", NO_EVENT): 14,
    }
    assert {(f.table, f.rows) for f in told.files} == {
        ("pupilonroll", 9_088),
        ("pupilnolongeronroll", 308),
        ("termlyexclusionsonroll", 10_373),
        ("termlyexclusionsoffroll", 318),
        ("termlysessiondetailsonroll", 39_953),
        ("termlysessiondetailsoffroll", 1_328),
    }


def test_what_is_wrong_with_the_files_is_said_once_a_file(told):
    assert Counter(fault.rule for fault in told.faults if not fault.rule.startswith("end-before")) == {
        "columns-unknown": 6,
        "upn-shape": 2,
        "code-older": 2,
        "code-out-of-era": 5,
        "permanent-with-sessions": 2,
    }


def test_nobody_is_linked_by_a_number_of_the_wrong_shape(told):
    assert len({person.key for person in told.persons}) == 9_395  # one child left a school and came back to it
    stubs = [fault for fault in told.faults if fault.rule == "upn-shape"]
    assert [fault.row for fault in stubs] == [2, 2]
    assert "9,088 rows" in stubs[0].message


def test_what_the_term_tells(events):
    assert Counter(event.kind for event in events) == {
        "school_joined": 9_396,
        "school_left": 308,
        "suspension": 4_252,
        "permanent_exclusion": 4_241,
        "lunchtime_exclusion": 2_198,
        "attendance_total": 40_902,
    }
