"""What a row of each layout means, as events."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from feeding import Told, told
from throughline import words


def kinds(told: Told) -> list[str]:
    return [event.kind for event in told.events()]


def test_a_missing_episode_is_gone_found_and_back(tmp_path: Path) -> None:
    t = told(
        tmp_path,
        "missing_police",
        {
            "episode_ref": "E7",
            "missing_since": "2026-01-17T22:10",
            "found_at": "2026-01-19T05:00",
            "safe_return_at": "2026-01-19T06:40",
            "missing_from_type": "care",
            "category": "M",
            "initial_risk": "medium",
            "flags": "found_far_away;CCE",
            "prevention_interview_at": "2026-01-19",
        },
    )
    start, found, end, checked = t.events()
    assert [e.kind for e in (start, found, end, checked)] == [
        "missing_start",
        "missing_found",
        "missing_end",
        "prevention_interview",
    ]
    assert {e.ref for e in t.events()} == {"missing:E7"}
    assert (start.happened_on, start.happened_at) == (
        date(2026, 1, 17),
        datetime(2026, 1, 17, 22, 10, tzinfo=UTC),
    )
    assert start.marks == {"medium_risk", "found_far_away"}
    assert start.details["flags"] == "found_far_away;CCE"
    assert start.details["from"] == "care"
    assert (end.details["basis"], end.marks) == ("safe return", frozenset())
    assert (checked.happened_at, checked.precision) == (None, "day")
    assert start.key == "missing_police/missing_police/R1/missing_start"


def test_a_return_is_by_safe_return_else_returned_else_found_and_says_which(tmp_path: Path) -> None:
    def ends(**cells: str) -> tuple[str, str, frozenset[str]]:
        t = told(tmp_path, "missing_police", {"missing_since": "2026-01-01", **cells})
        (end,) = [event for event in t.events() if event.kind == "missing_end"]
        return end.details["basis"], end.happened_on.isoformat(), end.marks

    found, back, safe = "2026-01-02", "2026-01-03", "2026-01-04"
    assert ends(found_at=found, returned_at=back, safe_return_at=safe) == ("safe return", safe, frozenset())
    assert ends(found_at=found, returned_at=back) == ("returned", back, frozenset())
    assert ends(found_at=found, category="A") == (
        "found",
        found,
        {"found_not_returned", "away_without_authorisation"},
    )


def test_an_offer_turned_down_is_an_answer_to_that_offer(tmp_path: Path) -> None:
    t = told(
        tmp_path,
        "return_interview",
        {
            "episode_ref": "E7",
            "returned_at": "2026-01-19T06:40",
            "allocated_at": "2026-01-20",
            "offered_at": "2026-01-23",
            "accepted": "N",
            "reason_not_held": "not today",
        },
    )
    assert kinds(t) == ["missing_end", "rhi_allocated", "rhi_offer", "rhi_declined"]
    declined = t.events()[-1]
    assert (declined.happened_on, declined.details) == (date(2026, 1, 23), {"reason": "not today"})
    assert t.events()[0].details["basis"] == "returned"


def test_declining_has_its_own_day_where_it_is_said(tmp_path: Path) -> None:
    t = told(
        tmp_path,
        "return_interview",
        {"offered_at": "2026-01-23", "declined_at": "2026-01-24", "accepted": "N"},
    )
    assert [(e.kind, e.happened_on.day) for e in t.events()] == [("rhi_offer", 23), ("rhi_declined", 24)]


def test_an_interview_held_carries_the_childs_own_words(tmp_path: Path) -> None:
    t = told(
        tmp_path,
        "return_interview",
        {
            "held_at": "2026-01-21T16:00",
            "interviewer_role": "charity worker",
            "parent_present": "Yes",
            "risks": "debt;county lines",
            "child_words": "I owe people",
            "shared_with": "police;school",
            "shared_at": "2026-01-22",
        },
    )
    held, shared, voice = t.events()
    assert (held.kind, shared.kind, voice.kind) == ("rhi_held", "rhi_shared", "direct_voice")
    assert held.marks == {"debt", "parent_present"}
    assert held.level == "SL3"
    assert voice.marks == {"own_voice", "parent_present"}
    assert voice.details["words"] == "I owe people"
    assert shared.details == {"with": "police;school"}


def test_a_suspension_with_all_that_follows(tmp_path: Path) -> None:
    t = told(
        tmp_path,
        "suspensions",
        {
            "category": "SUSP",
            "start_date": "2026-01-19",
            "sessions": "12",
            "reason1": "DB",
            "school_urn": "900101",
            "la_notified_at": "2026-01-19",
            "sw_notified_at": "2026-01-20",
            "day6_from": "2026-01-26",
            "governors_at": "2026-02-10",
            "outcome": "upheld",
        },
    )
    assert kinds(t) == [
        "suspension",
        "exclusion_la_told",
        "exclusion_sw_told",
        "education_provided",
        "governors_met",
    ]
    assert t.events()[0].details == {"sessions": "12", "reason1": "DB", "school_urn": "900101"}
    assert t.events()[-1].details["outcome"] == "upheld"
    assert {event.ref for event in t.events()} == {"exclusion:R1"}


def test_each_category_of_exclusion_is_its_own_kind(tmp_path: Path) -> None:
    for category, kind in (
        ("SUSP", "suspension"),
        ("PERM", "permanent_exclusion"),
        ("LNCH", "lunchtime_exclusion"),
    ):
        t = told(tmp_path, "suspensions", {"category": category, "start_date": "2026-01-19"})
        assert kinds(t) == [kind]


def test_an_education_arrangement_starts_is_reviewed_and_ends(tmp_path: Path) -> None:
    t = told(
        tmp_path,
        "education_status",
        {
            "status": "PTT",
            "start_date": "2026-01-05",
            "end_date": "2026-02-28",
            "hours_offered": "9.5",
            "last_review": "2026-02-02",
            "child_view_at": "2026-02-01",
        },
    )
    started, ended, view, review = t.events()
    assert (started.kind, started.details) == (
        "education_status_started",
        {"status": "PTT", "hours_offered": "9.5"},
    )
    assert (ended.kind, ended.details) == ("education_status_ended", {"status": "PTT"})
    assert (view.kind, view.marks) == ("education_view", {"own_voice"})
    assert review.kind == "education_review"


def test_any_event_carries_kind_marks_details_level_and_tags(tmp_path: Path) -> None:
    t = told(
        tmp_path,
        "events",
        {
            "kind": "placement move unplanned",
            "happened": "2026-01-12",
            "recorded": "2026-01-13T10:00",
            "marks": "out of area; at_a_distance",
            "details": "reason=emergency; postcode=ZW1 1AA",
            "tags": "prot-addr",
            "ref": "placement:3",
        },
    )
    (event,) = t.events()
    assert event.kind == "placement_started"
    assert event.marks == {"unplanned", "out_of_area", "at_a_distance"}
    assert event.details == {"reason": "emergency", "postcode": "ZW1 1AA"}
    assert (event.level, event.tags) == (words.kinds()["placement_started"].level, {"PROT-ADDR"})
    assert event.ref == "placement:3"
    assert event.recorded_at == datetime(2026, 1, 13, 10, 0, tzinfo=UTC)
    assert event.said_by == "la:971"


def test_details_may_be_json_and_plain_text_is_kept_whole(tmp_path: Path) -> None:
    def details(text: str) -> tuple[dict[str, str], list[str]]:
        t = told(tmp_path, "events", {"kind": "worry", "happened": "2026-01-12", "details": text})
        return dict(t.events()[0].details), t.rules

    assert details('{"what": "a=b; c", "n": 3}') == ({"what": "a=b; c", "n": "3"}, [])
    assert details("seen at the station") == ({"what": "seen at the station"}, ["details-unreadable"])
    assert details('{"what": ') == ({"what": '{"what":'}, ["details-unreadable"])
    assert details("") == ({}, [])
    assert details(r'{"what": "a\u0000b\ud800"}') == ({"what": "ab?"}, [])  # nothing no database can hold


def test_the_level_a_sender_sets_stands_and_tags_add_to_the_kinds_own(tmp_path: Path) -> None:
    row = {"kind": "health_assessment", "happened": "2026-01-12", "level": "sl4", "tags": "MH"}
    (event,) = told(tmp_path, "events", row).events()
    assert (event.level, event.tags) == ("SL4", words.kinds()["health_assessment"].tags | {"MH"})


def test_an_unknown_kind_is_refused_with_the_nearest_ones(tmp_path: Path) -> None:
    t = told(tmp_path, "events", {"kind": "missing_strat", "happened": "2026-01-12"}, {"happened": "2026-01-13"})
    assert t.outcomes == {"refused": 2}
    assert "missing_start" in t.fault("kind-unknown").message
    assert t.fault("cell-missing").row == 3


def test_marks_levels_and_tags_that_are_none_are_left_out_and_said(tmp_path: Path) -> None:
    row = {"kind": "worry", "happened": "2026-01-12", "marks": "debt;spooky", "level": "SL9", "tags": "X"}
    t = told(tmp_path, "events", row)
    (event,) = t.events()
    assert sorted(t.rules) == ["level-unknown", "mark-unknown", "tag-unknown"]
    assert (event.marks, event.level) == ({"debt"}, words.kinds()["worry"].level)


def test_a_row_may_name_another_agency_than_its_sender(tmp_path: Path) -> None:
    row = {"kind": "arrest", "happened": "2026-02-18T02:15", "agency": "Castlereach police"}
    t = told(tmp_path, "events", row)
    assert t.events()[0].said_by == "police:castlereach"
    assert t.coverage[0].agency == "police:castlereach"


def test_any_events_cover_the_kinds_they_have_and_their_like(tmp_path: Path) -> None:
    t = told(
        tmp_path,
        "events",
        {"kind": "care_review_held", "happened": "2026-01-12"},
        {"source_record_id": "R2", "kind": "unborn", "happened": "2026-01-12"},
    )
    (cover,) = t.coverage
    la_care = {k.id for k in words.kinds().values() if k.area == "care" and "la" in k.said_by}
    assert cover.kinds == la_care
    assert (cover.start, cover.end, cover.la) == (date(2026, 1, 12), date(2026, 3, 1), "la:971")


def test_an_event_before_birth_is_no_fault_where_children_may_be_unborn(tmp_path: Path) -> None:
    t = told(tmp_path, "events", {"kind": "referral", "happened": "2011-02-01"})
    assert t.faults == []
