"""Register marks become runs: what follows on, what ends one, and that every row is counted."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeding import ADA, Told, tell
from throughline import words
from throughline.feeds.attendance import FEED
from throughline.feeds.attendance.columns import CODE, FIRST_DAY, GIVEN, LAST_DAY, SESSIONS
from throughline.feeds.attendance.register import register
from throughline.feeds.base import NO_EVENT, REFUSED, REPEATED, USED, USED_WITH_FAULTS, Event

Mark = dict[str, str]
MON, TUE, WED, THU, FRI, MON2 = ("2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06", "2026-03-09")
FINN = {"source_person_id": "P2", "forename": "Finn", "surname": "Marsh", "dob": "2012-01-09"}


def mark(day: str, session: str = "AM", code: str = "O", **cells: str) -> Mark:
    return {"session_date": day, "session": session, "code": code, "school_urn": "900001", **cells}


def days(code: str, *of: str, **cells: str) -> list[Mark]:
    """Whole days of one code."""
    return [mark(day, session, code, **cells) for day in of for session in ("AM", "PM")]


def read(tmp_path: Path, marks: Sequence[Mark], name: str = "marks.csv", extract: str = "2026-03-20") -> Told:
    out = io.StringIO()
    writer = csv.DictWriter(out, GIVEN, restval="", lineterminator="\n")
    writer.writeheader()
    for number, cells in enumerate(marks):
        own = {"source_record_id": f"M{number}", "extract_date": extract, "source_system": "school:900001"}
        writer.writerow({**ADA, **own, **cells})
    path = tmp_path / name
    path.write_text(out.getvalue(), encoding="utf-8")
    return tell(path, feeds=[FEED])


def runs(told: Told) -> list[tuple[str, str, str, str]]:
    """(first day, last day, code, sessions) of every run that is an absence."""
    return [
        (s.values[FIRST_DAY], s.values[LAST_DAY], s.values[CODE], s.values[SESSIONS])
        for s in told.statements
        if s.outcome == USED
    ]


def absences(*told: Told) -> list[tuple[str, str, str]]:
    """(start, until, code) of one child's events from everything told."""
    live = [s for t in told for s in t.statements if s.outcome not in (REFUSED, REPEATED)]
    return sorted((str(e.happened_on), e.details["until"], e.details["code"]) for e in FEED.events(live).events)


def event(told: Told) -> Event:
    (found,) = FEED.events(told.statements).events
    return found


def rows_add_up(told: Told, marks: int) -> None:
    assert sum(s.rows for s in told.statements) == marks == told.files[0].rows


# --- what a run is ----------------------------------------------------------------------------------------


def test_a_weekend_between_two_days_away_does_not_part_them(tmp_path) -> None:
    told = read(tmp_path, days("O", FRI, MON2))
    assert runs(told) == [(FRI, MON2, "O", "4")]
    rows_add_up(told, 4)
    (absence,) = FEED.events(told.statements).events
    assert absence.kind == "absence_run"
    assert absence.details == {"school_urn": "900001", "code": "O", "until": MON2, "sessions": "4"}
    assert absence.marks == {"school_absence"}


def test_a_day_in_school_ends_the_run_and_is_rightly_without_an_event(tmp_path) -> None:
    marks = [*days("I", MON), mark(TUE, "AM", "/"), mark(TUE, "PM", "\\"), *days("I", WED)]
    told = read(tmp_path, marks)
    assert runs(told) == [(MON, MON, "I", "2"), (WED, WED, "I", "2")]
    (there,) = [s for s in told.statements if s.outcome == NO_EVENT]
    assert there.rows == 2, "morning and afternoon of being there are one run"


def test_another_code_is_another_run(tmp_path) -> None:
    assert runs(read(tmp_path, [*days("I", MON), *days("M", TUE)])) == [(MON, MON, "I", "2"), (TUE, TUE, "M", "2")]


def test_the_school_s_own_days_say_what_follows(tmp_path) -> None:
    """Wednesday is no day of Ada's run: her school was open, Finn was there, and nobody marked her."""
    told = read(tmp_path, [*days("O", TUE, THU), *days("/", TUE, WED, THU, **FINN)])
    assert runs(told) == [(TUE, TUE, "O", "2"), (THU, THU, "O", "2")]
    without_finn = read(tmp_path, days("O", TUE, THU), "alone.csv")
    assert runs(without_finn) == [(TUE, THU, "O", "4")], "no mark of anyone: the school was shut that day"


def test_a_planned_closure_is_no_session_and_parts_nothing(tmp_path) -> None:
    told = read(tmp_path, [*days("O", MON), *days("#", TUE), *days("O", WED)])
    assert runs(told) == [(MON, WED, "O", "4")]
    rows_add_up(told, 6)


def test_two_schools_are_two_runs(tmp_path) -> None:
    marks = [*days("O", MON), *days("O", TUE, school_urn="900002")]
    assert len(runs(read(tmp_path, marks))) == 2


@pytest.mark.parametrize(
    ("code", "mark_of_it"),
    [("C2", "reduced_timetable"), ("E", "excluded_or_suspended"), ("Y5", "in_custody"), ("U", "school_absence")],
)
def test_what_a_code_says_besides_is_a_mark(tmp_path, code: str, mark_of_it: str) -> None:
    assert event(read(tmp_path, days(code, MON))).marks == {mark_of_it}


def test_a_holiday_the_school_did_not_allow_is_no_sign_of_harm(tmp_path) -> None:
    assert not event(read(tmp_path, days("G", MON))).marks


def test_every_code_of_the_register_counts_as_one_thing() -> None:
    assert register().away < set(words.codes("attendance"))


def test_it_covers_its_school_s_days_for_its_own_pupils(tmp_path) -> None:
    (covered,) = read(tmp_path, days("/", MON, FRI)).coverage
    assert (covered.start, covered.end) == (date(2026, 3, 2), date(2026, 3, 6))
    assert covered.la == "school:900001"


# --- what is odd ------------------------------------------------------------------------------------------


def test_a_day_that_cannot_be_read_is_refused_by_its_row(tmp_path) -> None:
    told = read(tmp_path, [*days("O", MON), mark("3rd of March"), *days("O", WED)])
    assert told.fault("row-no-date").row == 4
    assert [s.rows for s in told.statements if s.outcome == REFUSED] == [1]
    rows_add_up(told, 5)


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"code": "QQ"}, "code-unknown"),
        ({"session": "noon"}, "code-unknown"),
        ({"session": ""}, "cell-missing"),
        ({"session_date": "2027-01-04"}, "date-in-future"),
        ({"session_date": "2009-01-05"}, "date-before-birth"),
    ],
)
def test_a_cell_that_cannot_be_so_is_said_by_row_and_the_row_is_kept(tmp_path, wrong: Mark, rule: str) -> None:
    told = read(tmp_path, [*days("O", MON), {**mark(TUE), **wrong}])
    assert told.fault(rule).row == 4
    assert [s.outcome for s in told.statements if s.row == 4] == [USED_WITH_FAULTS]
    rows_add_up(told, 3)


def test_a_row_with_a_cell_too_many_still_counts_within_the_absence(tmp_path) -> None:
    path = tmp_path / "marks.csv"
    read(tmp_path, days("O", MON, TUE, WED))
    lines = path.read_text().splitlines()
    lines[3] += ",surplus"
    path.write_text("\n".join(lines))
    told = tell(path, feeds=[FEED])
    assert told.fault("row-uneven").row == 4
    assert absences(told) == [(MON, WED, "O")]
    rows_add_up(told, 6)


def test_two_codes_for_one_session_are_both_kept_and_neither_is_believed(tmp_path) -> None:
    told = read(tmp_path, [*days("O", MON), mark(TUE, "AM", "O"), mark(TUE, "AM", "/"), *days("O", WED)])
    assert [fault.row for fault in told.faults if fault.rule == "session-two-codes"] == [4, 5]
    assert absences(told) == [(MON, MON, "O"), (WED, WED, "O")]
    rows_add_up(told, 6)


def test_the_same_mark_twice_counts_once(tmp_path) -> None:
    told = read(tmp_path, [*days("O", MON), mark(TUE), mark(TUE)])
    assert told.outcomes == {USED: 2, REPEATED: 1}
    assert absences(told) == [(MON, TUE, "O")]


def test_a_row_that_names_no_child_is_refused(tmp_path) -> None:
    nobody = dict.fromkeys(("source_person_id", "forename", "surname", "dob", "upn"), "")
    told = read(tmp_path, [mark(MON, **nobody)])
    assert told.fault("row-no-child").row == 2
    rows_add_up(told, 1)


def test_blank_marks_and_marks_of_sessions_not_owed_are_counted_and_said_nothing_of(tmp_path) -> None:
    told = read(tmp_path, [mark(MON, "AM", ""), mark(MON, "PM", "-"), mark(TUE, "AM", "X")])
    assert {s.outcome for s in told.statements} == {NO_EVENT}
    assert not told.faults
    rows_add_up(told, 3)


# --- told again, corrected -----------------------------------------------------------------------------------


def test_a_corrected_day_stands_once(tmp_path) -> None:
    before = read(tmp_path, days("N", MON, TUE, WED, THU, FRI), "a.csv", "2026-03-06")
    after = read(tmp_path, [*days("/", MON), *days("N", TUE, WED), *days("M", THU), *days("N", FRI)], "b.csv")
    assert absences(before, after) == [(TUE, WED, "N"), (THU, THU, "M"), (FRI, FRI, "N")]
    assert absences(after, before) == absences(before, after)


def test_a_later_file_that_begins_within_a_run_carries_it_on(tmp_path) -> None:
    before = read(tmp_path, days("O", MON, TUE, WED), "a.csv", "2026-03-06")
    after = read(tmp_path, days("O", WED, THU), "b.csv", "2026-03-13")
    assert absences(before, after) == [(MON, THU, "O")]


def test_next_week_s_file_carries_on_where_only_a_weekend_lies_between(tmp_path) -> None:
    week = read(tmp_path, days("O", FRI), "a.csv", "2026-03-06")
    assert absences(week, read(tmp_path, days("O", MON2), "b.csv", "2026-03-13")) == [(FRI, MON2, "O")]
    gap = read(tmp_path, days("O", "2026-03-11"), "c.csv", "2026-03-13")
    assert absences(week, gap) == [(FRI, FRI, "O"), ("2026-03-11", "2026-03-11", "O")]


SCHOOL_WEEK = [date(2026, 3, 2) + timedelta(n) for n in range(12) if n % 7 < 5]


@settings(max_examples=15)
@given(st.lists(st.sampled_from("/OI#"), min_size=20, max_size=20), st.integers(1, 9))
def test_one_file_or_two_the_absences_are_the_same(tmp_path_factory, codes: list[str], cut: int) -> None:
    """Marks sent week by week come to what they come to when sent at once, and both to what a child would count."""
    folder = tmp_path_factory.mktemp("marks")
    slots = [(day.isoformat(), half) for day in SCHOOL_WEEK for half in ("AM", "PM")]
    marks = [mark(day, half, code) for (day, half), code in zip(slots, codes, strict=True)]
    others = [mark(day, half, "/", **FINN) for day, half in slots]
    both = list(pairwise((0, 2 * cut, len(marks))))
    parts = [read(folder, [*marks[a:b], *others[a:b]], f"{a}.csv", f"2026-03-1{a % 10}") for a, b in both]
    whole = read(folder, [*marks, *others], "whole.csv")
    only_hers = [Told([s for s in told.statements if s.person.endswith("P1")]) for told in (*parts, whole)]
    assert absences(*only_hers[:-1]) == absences(only_hers[-1]) == by_hand(slots, codes)


def by_hand(slots: list[tuple[str, str]], codes: list[str]) -> list[tuple[str, str, str]]:
    found: list[list[str]] = []
    before = ""
    for (day, _), code in zip(slots, codes, strict=True):
        if code in "OI" and code == before:
            found[-1][1] = day
        elif code in "OI":
            found.append([day, day, code])
        before = code
    return sorted((a, b, c) for a, b, c in found)
