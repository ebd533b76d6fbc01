"""What each layout's rows come to, and what is said of a row that is not quite right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from feeding import Told, told
from sound_rows import ROWS
from throughline.feeds import cells
from throughline.feeds.base import NO_EVENT, REFUSED, USED, USED_WITH_FAULTS, Event
from throughline.feeds.layouts import identity, layouts


def one(told: Told, kind: str) -> Event:
    (found,) = [event for event in told.events() if event.kind == kind]
    return found


@pytest.mark.parametrize("layout", ROWS)
def test_a_sound_row_comes_to_its_events_with_their_marks(tmp_path: Path, layout: str) -> None:
    t = told(tmp_path, layout, ROWS[layout].cells)
    assert t.faults == []
    assert t.outcomes == {USED: 1}
    assert {event.kind: event.marks for event in t.events()} == ROWS[layout].events


@pytest.mark.parametrize("layout", ROWS)
def test_every_cell_of_a_sound_row_is_in_an_event_or_said_to_come_to_nothing(tmp_path: Path, layout: str) -> None:
    """A column may give a date, a detail, marks, a kind or a reference; else its note says why it is kept."""
    row = ROWS[layout]
    assert set(row.cells) == set(layouts()[layout].own), "the row fills every column of the layout"
    whole = told(tmp_path, layout, row.cells)
    for column in row.cells:
        without = told(tmp_path, layout, {**row.cells, column: "" if row.cells[column] else "VICTIM"})
        said = [(e.kind, e.happened_on, e.happened_at, e.marks, e.details, e.ref) for e in whole.events()]
        left = [(e.kind, e.happened_on, e.happened_at, e.marks, e.details, e.ref) for e in without.events()]
        known_to_tell_nothing = {("ae_attendance", "alcohol_drug")}  # "none" in this row
        assert said != left or (layout, column) in known_to_tell_nothing, column


@pytest.mark.parametrize("layout", ROWS)
def test_a_cell_that_cannot_be_read_is_left_out_and_the_row_stands(tmp_path: Path, layout: str) -> None:
    column, text = ROWS[layout].bad
    t = told(tmp_path, layout, {**ROWS[layout].cells, column: text})
    fault = t.fault(ROWS[layout].said)
    assert (fault.column, fault.value, fault.row) == (column, text, 2)
    assert t.outcomes == {USED_WITH_FAULTS: 1}
    assert t.events()


@pytest.mark.parametrize("layout", [name for name, row in ROWS.items() if row.slip])
def test_dates_the_wrong_way_round_are_said(tmp_path: Path, layout: str) -> None:
    t = told(tmp_path, layout, {**ROWS[layout].cells, **ROWS[layout].slip})
    assert "dates-out-of-order" in t.rules
    assert t.outcomes == {USED_WITH_FAULTS: 1}


@pytest.mark.parametrize("layout", [name for name, row in ROWS.items() if row.undated])
def test_what_happened_without_a_day_is_asked_about(tmp_path: Path, layout: str) -> None:
    t = told(tmp_path, layout, {**ROWS[layout].cells, **ROWS[layout].undated})
    assert "date-missing" in t.rules
    assert set(t.outcomes) <= {USED_WITH_FAULTS, REFUSED, NO_EVENT}


@pytest.mark.parametrize("layout", sorted(set(layouts()) - {"istv"}))
def test_a_row_of_no_child_is_refused_whatever_else_it_says(tmp_path: Path, layout: str) -> None:
    nobody = dict.fromkeys(identity()[2:11], "")
    cells = ROWS[layout].cells if layout in ROWS else {}
    t = told(tmp_path, layout, {**cells, **nobody, "extract_date": "2026-03-01"})
    assert t.outcomes == {REFUSED: 1}
    assert "row-no-child" in t.rules


@pytest.mark.parametrize(
    ("read", "text", "expected"),
    [
        (cells.some_of(["CCE", "CSE"]), "cse; CCE ;cse", ("CSE;CCE", "")),
        (cells.some_of(["CCE"]), "CCE;UFO", ("CCE", "code-unknown")),
        (cells.some_of(["CCE"], {"criminal": "CCE"}), "criminal", ("CCE", "code-older")),
        (cells.some_of(["CCE"]), " ", ("", "")),
        (cells.known(["senco"], {"SENCo (needs lead)": "senco"}), "senco (Needs Lead)", ("senco", "")),
        (cells.known(["senco"]), "Head of year", ("Head of year", "")),
        (cells.known(["senco"]), "=1+1", ("=1+1", "formula")),
        (cells.known(["senco"]), "-", ("", "")),
        (cells.remark, "None.", ("", "")),
        (cells.remark, "no", ("", "")),
        (cells.remark, "no phone, a knife", ("no phone, a knife", "")),
    ],
)
def test_what_a_cell_of_codes_says(
    read: Callable[[str], tuple[str, str]], text: str, expected: tuple[str, str]
) -> None:
    assert read(text) == expected


def test_a_corrected_row_is_the_same_record_told_anew(tmp_path: Path) -> None:
    row = ROWS["risk_list_decisions"].cells
    t = told(tmp_path, "risk_list_decisions", row, {**row, "decision": "KEEP"})
    assert [s.outcome for s in t.statements] == [USED, USED]
    assert len({(s.feed, s.table, s.record_id, s.said_by) for s in t.statements}) == 1


class TestVoice:
    """Whose words they are decides what they count for."""

    def test_a_parent_s_account_is_the_family_s(self, tmp_path: Path) -> None:
        row = {"gathered_at": "2026-01-28", "method": "parent", "child_words": "he is fine"}
        (event,) = told(tmp_path, "voice", row).events()
        assert event.kind == "views_of_family"
        assert event.marks == {"via_parent"}

    @pytest.mark.parametrize("method", ["PN0", "PN4", "PN7"])
    def test_nothing_said_is_no_voice(self, tmp_path: Path, method: str) -> None:
        t = told(tmp_path, "voice", {"gathered_at": "2026-01-28", "method": method})
        assert t.outcomes == {NO_EVENT: 1}
        words = told(tmp_path, "voice", {"gathered_at": "2026-01-28", "method": method, "child_words": "I want a dog"})
        assert [e.marks for e in words.events()] == [{"own_voice"}], "words that were said are kept"


class TestCoverage:
    """A sender of many says nothing about another's children (ADR 13)."""

    def test_one_school_s_roll_answers_for_no_other_school(self, tmp_path: Path) -> None:
        row = ROWS["school_roll"].cells
        assert told(tmp_path, "school_roll", {**row, "source_system": "school:900101"}).coverage == []

    def test_the_authority_s_roll_answers_for_its_children(self, tmp_path: Path) -> None:
        t = told(tmp_path, "school_roll", {**ROWS["school_roll"].cells, "source_system": "la_education:971"})
        (cover,) = t.coverage
        assert cover.la == "la:971"
        assert cover.kinds == {"school_joined", "school_left"}

    def test_a_service_named_by_its_authority_answers_for_that_authority(self, tmp_path: Path) -> None:
        t = told(
            tmp_path,
            "risk_list_decisions",
            {**ROWS["risk_list_decisions"].cells, "source_system": "exploitation_panel:973"},
        )
        assert {cover.la for cover in t.coverage} == {"la:973"}

    def test_a_hospital_answers_for_no_other_hospital(self, tmp_path: Path) -> None:
        t = told(tmp_path, "ae_attendance", {**ROWS["ae_attendance"].cells, "source_system": "hospital:st_brannocs"})
        assert t.coverage == []

    def test_a_school_answers_for_what_follows_its_own_suspensions(self, tmp_path: Path) -> None:
        row = {"category": "SUSP", "start_date": "2026-01-19", "source_system": "school:900101"}
        assert len(told(tmp_path, "suspensions", row).coverage) == 1


def test_levels_and_tags_are_those_the_practice_asks_for(tmp_path: Path) -> None:
    """Practice §5.1: health and confided words SL3, police information tagged, mental health tagged."""

    def carried(layout: str, kind: str) -> tuple[str, set[str]]:
        event = one(told(tmp_path, layout, ROWS[layout].cells), kind)
        return event.level, set(event.tags)

    assert carried("ae_attendance", "ed_attendance") == ("SL3", {"HLTH"})
    assert carried("camhs_referral", "camhs_decision") == ("SL3", {"HLTH", "MH"})
    assert carried("camhs_contact", "was_not_brought") == ("SL3", {"HLTH", "MH"})
    assert carried("police_occurrence", "robbery") == ("SL3", {"POL-P"})
    assert carried("police_investigation", "released_pending") == ("SL3", {"POL-P"})
    assert carried("voice", "direct_voice")[0] == "SL3"
    assert carried("nrm", "nrm_reasonable_grounds")[0] == "SL3"
    assert carried("school_roll", "school_joined") == ("SL2", set())
