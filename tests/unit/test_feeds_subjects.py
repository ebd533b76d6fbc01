"""Rows about what is no child: a place, a plan, a recommendation. Each has its own line; wrong ones a clear fault."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from feeding import told
from throughline.feeds.layouts import layouts
from throughline.feeds.subjects import is_subject, subject, subject_of

NOBODY = dict.fromkeys(("source_person_id", "forename", "surname", "dob", "sex"), "")
PLACE = {**NOBODY, "subject_kind": "context", "subject_id": "The Interchange", "happened": "2026-02-12"}


def test_a_row_about_a_place_is_used_and_is_about_no_child(tmp_path: Path) -> None:
    read = told(tmp_path, "events", PLACE | {"kind": "context_screening"})
    (statement,) = read.statements
    assert statement.person == "context:the interchange"
    assert read.outcomes == {"used": 1}
    assert read.persons == []
    (event,) = read.events()
    assert (event.kind, event.happened_on) == ("context_screening", date(2026, 2, 12))


def test_capitals_and_spaces_do_not_tell_two_places_apart() -> None:
    assert subject("context", " The  Interchange ") == subject("context", "the interchange")
    assert subject_of("context:a: b").id == "a: b"
    assert is_subject("context:the interchange")
    assert not is_subject("police:castlereach|events|P1")
    assert not is_subject("")


def test_the_kind_of_subject_may_be_written_by_its_title_and_a_child_may_be_named_too(tmp_path: Path) -> None:
    by_title = PLACE | {"subject_kind": "Place or group", "kind": "context_review"}
    a_child = {"subject_kind": "child", "kind": "visit", "happened": "2026-02-12"}
    read = told(tmp_path, "events", by_title, a_child)
    assert [s.person for s in read.statements] == ["context:the interchange", "la:971|events|P1"]
    assert read.rules == []


@pytest.mark.parametrize(
    ("cells", "rule", "says"),
    [
        (
            {"source_person_id": "P1", "kind": "context_review"},
            "row-two-subjects",
            "names a child and a place or group",
        ),
        ({"subject_id": "", "kind": "context_review"}, "row-no-subject", "gives subject_kind but no subject_id"),
        ({"subject_kind": "", "kind": "context_review"}, "row-no-subject", "gives subject_id but no subject_kind"),
        ({"kind": "robbery"}, "kind-not-about", "'Robbed', which is about a child, not a place or group"),
        (
            {"subject_kind": "recommendation", "kind": "lcspr_start"},
            "kind-not-about",
            "which is about a child or a serious incident or a partnership, not a recommendation",
        ),
        (
            {"source_person_id": "P1", "subject_kind": "", "subject_id": "", "kind": "context_screening"},
            "kind-not-about",
            "which is about a place or group, not a child",
        ),
    ],
)
def test_what_a_row_cannot_be_about_is_refused_and_said(
    tmp_path: Path, cells: dict[str, str], rule: str, says: str
) -> None:
    read = told(tmp_path, "events", PLACE | cells)
    assert read.outcomes == {"refused": 1}
    assert says in read.fault(rule).message
    assert read.fault(rule).message.endswith("It was refused.")


def test_a_subject_nobody_knows_is_said_with_those_there_are(tmp_path: Path) -> None:
    read = told(tmp_path, "events", PLACE | {"subject_kind": "plcae", "kind": "context_review"})
    assert read.outcomes == {"refused": 1}
    assert "there are child, context," in read.fault("subject-unknown").message


def test_a_file_without_the_two_columns_is_as_good_as_ever(tmp_path: Path) -> None:
    columns = [name for name in layouts()["events"].columns if not name.startswith("subject_")]
    read = told(tmp_path, "events", {"kind": "visit", "happened": "2026-02-12"}, columns=columns)
    assert (read.outcomes, read.rules) == ({"used": 1}, [])


def test_told_twice_it_is_repeated_like_any_row(tmp_path: Path) -> None:
    row = PLACE | {"kind": "context_review"}
    read = told(tmp_path, "events", row, row)
    assert read.outcomes == {"used": 1, "repeated": 1}


def test_it_answers_for_the_days_it_tells_of(tmp_path: Path) -> None:
    rows = [PLACE | {"kind": "context_review", "source_record_id": f"{n}", "happened": f"2026-0{n}-01"} for n in (1, 2)]
    (covered,) = told(tmp_path, "events", *rows).coverage
    assert {"context_review", "context_screening"} <= covered.kinds
    assert (covered.start, covered.end) == (date(2026, 1, 1), date(2026, 3, 1))
