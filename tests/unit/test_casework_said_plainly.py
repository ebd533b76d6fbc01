"""Sentences and names that pages show where a source left something out."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from throughline import duties
from throughline.web.casework.models import Event
from throughline.web.casework.reading import desk, meeting, naming
from throughline.web.casework.views.child import OWED_PARTS, owed_parts
from throughline.web.linkage.models import Child

DAY = date(2026, 4, 13)


def told(kind: str, **details: str) -> Event:
    return Event(kind=kind, happened_on=DAY, details=details, marks=[])


def test_a_seat_of_whom_nobody_has_said_whether_they_came_is_not_followed_by_empty_brackets():
    said = meeting.sentence(
        told("meeting_booked", meeting_id="M1"),
        [
            told("meeting_invitation", meeting_id="M1", seat="dsl"),
            told("meeting_attendance", meeting_id="M1", seat="dsl"),
        ],
    )
    assert "()" not in said
    assert "nobody has said whether they came" in said


@pytest.mark.parametrize(
    ("la", "las", "shown"),
    [
        ("la:971", ["la:971"], "Port Halden council"),
        ("la", ["la", "la:971"], "Port Halden council"),  # one source names the authority, another only its kind
        ("la", ["la"], ""),
        ("la", ["la", "la:971", "la:972"], ""),  # two are named: neither is guessed
        ("", [], ""),
    ],
)
def test_an_authority_is_named_or_nothing_is(la: str, las: list[str], shown: str):
    assert naming.area(Child(la=la, las=las)) == shown


def test_two_records_stand_line_by_line_with_what_differs():
    def claim(**said: object) -> SimpleNamespace:
        empty: dict[str, object] = dict.fromkeys(
            ("dob", "forename", "surname", "sex", "la_id", "upn", "nhs_number", "postcode"), ""
        )
        return SimpleNamespace(person=SimpleNamespace(agency="la:971"), **{**empty, **said})

    left = (claim(forename="Rowan", dob=date(2008, 10, 20), nhs_number="1"),)
    right = (claim(forename="ROWAN", dob=date(2008, 10, 20), nhs_number="2", postcode="ZZ1 1ZZ"),)
    row = desk._pair(SimpleNamespace(id=1, why="w", made_on=DAY, left=left, right=right))
    lines = {line.what: line for line in row.lines}
    assert list(lines) == ["First name", "Born", "NHS number", "Postcode"], "what neither says is left out"
    assert {what for what, line in lines.items() if line.differ} == {"NHS number"}
    assert lines["Born"].said[0].replace("\N{NO-BREAK SPACE}", " ") == "20 Oct 2008"
    assert row.agencies == ("Port Halden council", "Port Halden council")


def test_what_is_owed_stands_by_what_it_means_today():
    def owed(state: str, day: int | None) -> SimpleNamespace:
        return SimpleNamespace(state=state, due_on=date(2026, 4, day) if day else None)

    later, late, past, long_past = owed("upcoming", 20), owed("overdue", 1), owed("met", 2), owed("not owed", None)
    unknown, before = owed("cannot tell", 9), owed("met late", 1)
    parts = owed_parts([later, past, unknown, late, before, long_past])
    assert [those for _, those in parts] == [(late, later), (unknown,), (long_past, past, before)]
    assert owed_parts([late]) == ((OWED_PARTS[0][0], (late,)),), "a part with nothing in it is not there"


def test_every_state_of_a_duty_has_its_part():
    assert sorted(state for _, states in OWED_PARTS for state in states) == sorted(duties.STATES)
