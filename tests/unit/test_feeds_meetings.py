"""Meetings and who was asked to them: two tables of one feed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from feeding import Told, table, tell
from throughline.feeds.base import NO_EVENT, Event


def one(told: Told, kind: str) -> Event:
    (found,) = [event for event in told.events() if event.kind == kind]
    return found


class TestMeetings:
    """Meetings and who was asked to them are two tables of one feed."""

    def told(self, tmp_path: Path, meetings: list[dict[str, str]], invites: list[dict[str, str]]) -> Told:
        for name, rows in (("meetings", meetings), ("meeting_invites", invites)):
            rows = [{"source_record_id": f"{name}{n}", "meeting_id": "M1", **row} for n, row in enumerate(rows)]
            (tmp_path / f"{name}.csv").write_text(table(name, *rows))
        return tell(tmp_path)

    @pytest.mark.parametrize(
        ("type", "held", "booked"),
        [
            ("STRAT", "strategy_discussion", "meeting_booked"),
            ("ICPC", "initial_conference", "conference_booked"),
            ("RCPC", "review_conference", "conference_booked"),
            ("CLAR", "care_review_held", "care_review_booked"),
            ("EHCPAR", "ehcp_review_meeting", "ehcp_review_booked"),
            ("MACE", "meeting_held", "meeting_booked"),
            ("TAF", "family_meeting", "meeting_booked"),
            ("OTHER", "meeting_held", "meeting_booked"),
        ],
    )
    def test_each_type_is_its_own_kind_held_or_booked(self, tmp_path: Path, type: str, held: str, booked: str) -> None:
        t = self.told(tmp_path, [{"type": type, "held_at": "2026-02-12"}], [])
        assert [e.kind for e in t.events()] == [held]
        t = self.told(tmp_path, [{"type": type, "due": "2026-05-12"}], [])
        (event,) = t.events()
        assert (event.kind, event.happened_on, event.details["due"]) == (booked, date(2026, 3, 1), "2026-05-12")
        assert event.details["basis"] == "as listed"

    def test_who_came_counts_for_the_day_of_the_meeting(self, tmp_path: Path) -> None:
        t = self.told(
            tmp_path,
            [{"type": "RCPC", "held_at": "2026-02-12T10:00"}],
            [
                {"role": "SENCo", "agency": "school:900101", "attended": "N"},
                {"role": "nurse", "agency": "Torrin community health", "attended": "REPORT"},
                {"role": "head teacher", "invited_at": "2026-02-01"},
            ],
        )
        meeting, *others = sorted(t.events(), key=lambda e: e.kind != "review_conference")
        assert {e.ref for e in t.events()} == {"meeting:M1"}
        assert [(e.kind, e.happened_on.day, e.details["seat"]) for e in others] == [
            ("meeting_attendance", 12, "senco"),
            ("meeting_attendance", 12, "nurse"),
            ("meeting_invitation", 1, "head teacher"),
        ]
        assert others[0].details["attended"] == "N"
        assert "senco_invited" not in meeting.marks, "the SENCo was not invited"
        assert meeting.marks == {"social_care_missing"}, "a report is something from health"

    def test_health_did_not_come(self, tmp_path: Path) -> None:
        meeting = {"type": "EHCPAR", "held_at": "2026-02-12"}
        school = {"role": "senco", "invited_at": "2026-01-20", "attended": "Y"}
        nurse = {"role": "school nurse", "invited_at": "2026-01-20", "attended": "N"}
        social_worker = {"role": "social worker", "attended": "Y"}
        t = self.told(tmp_path, [meeting], [school, nurse, social_worker])
        assert one(t, "ehcp_review_meeting").marks == {"senco_invited", "health_missing"}

    def test_before_it_is_written_down_who_came_nobody_is_said_to_be_missing(self, tmp_path: Path) -> None:
        meeting = {"type": "ICPC", "held_at": "2026-02-12"}
        t = self.told(tmp_path, [meeting], [{"role": "senco", "invited_at": "2026-02-01"}])
        assert one(t, "initial_conference").marks == {"senco_invited"}
        t = self.told(
            tmp_path, [meeting], [{"role": "dsl", "attended": "Y"}, {"role": "gp", "invited_at": "2026-02-01"}]
        )
        assert "health_missing" not in one(t, "initial_conference").marks, "of the GP it is not yet known"

    def test_an_invitation_to_a_meeting_nobody_sent_has_no_day_and_says_so(self, tmp_path: Path) -> None:
        t = self.told(tmp_path, [], [{"role": "senco", "attended": "N"}])
        (derived,) = t.derived()
        (statement,) = t.statements
        assert derived.events == []
        assert set(derived.outcomes.values()) == {NO_EVENT}
        (fault,) = derived.faults
        assert (fault.rule, fault.severity, fault.row, fault.person) == ("date-missing", "query", 2, statement.person)

    def test_another_sender_s_meeting_of_that_number_is_another_meeting(self, tmp_path: Path) -> None:
        t = self.told(
            tmp_path,
            [{"type": "ICPC", "held_at": "2026-02-12", "source_system": "la:972"}],
            [{"role": "senco", "attended": "N"}],
        )
        assert [e.kind for e in t.events()] == ["initial_conference"]

    def test_a_file_answers_only_for_the_types_of_meeting_it_has(self, tmp_path: Path) -> None:
        t = self.told(tmp_path, [{"type": "ICPC", "held_at": "2026-02-12"}], [])
        (cover,) = t.coverage
        assert cover.kinds == {"initial_conference"}
