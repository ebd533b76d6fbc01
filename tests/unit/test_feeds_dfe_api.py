"""The department's children's social care API: JSON in its three shapes, what its records say, what is taken back."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from feeding import Told, tell
from throughline import feeds
from throughline.feeds.base import REFUSED, REPEATED, Derived
from throughline.feeds.dfe_api import FEED
from throughline.records import standing

RECEIVED = date(2026, 3, 31)
PLACEMENTS = [
    {
        "child_looked_after_placement_id": "P2",
        "start_date": "2025-06-01",
        "start_reason": "P",
        "placement_type": "K2",
        "postcode": "zw11aa",
        "end_date": "2025-09-01",
        "end_reason": "E4A",
    },
    {
        "child_looked_after_placement_id": "P1",
        "start_date": "2025-03-01",
        "start_reason": "S",
        "placement_type": "U6",
        "postcode": "ZH1 1AB",
        "end_date": "2025-06-01",
        "end_reason": "X1",
        "change_reason": "CARPL",
    },
]
EPISODE = {
    "social_care_episode_id": "E1",
    "referral_date": "2025-01-10",
    "referral_source": "1A",
    "closure_date": "2025-12-01",
    "closure_reason": "RC1",
    "referral_no_further_action_flag": False,
    "care_worker_details": [{"worker_id": "SW1", "start_date": "2025-01-10", "end_date": "2025-02-01"}],
    "child_and_family_assessments": [
        {
            "child_and_family_assessment_id": "A1",
            "start_date": "2025-01-11",
            "authorisation_date": "2025-02-20",
            "factors": ["10A", "24A"],
        }
    ],
    "child_in_need_plans": [{"child_in_need_plan_id": "N1", "start_date": "2025-02-21", "end_date": "2025-02-27"}],
    "section_47_assessments": [
        {"section_47_assessment_id": "S1", "start_date": "2025-02-03", "icpc_date": "2025-02-20", "end_date": None}
    ],
    "child_protection_plans": [{"child_protection_plan_id": "CP1", "start_date": "2025-02-20"}],
    "child_looked_after_placements": PLACEMENTS,
    "adoption": {"initial_decision_date": "2025-11-01"},
    "care_leavers": {"contact_date": "2026-01-05", "activity": "F1", "accommodation": "B"},
}
CHILD: dict[str, Any] = {
    "la_child_id": "C1",
    "purge": False,
    "child_details": {
        "first_name": "Ada",
        "surname": "Quill",
        "date_of_birth": "2009-06-15",
        "sex": "F",
        "disabilities": ["NONE"],
        "postcode": "ZH1 1AA",
    },
    "health_and_wellbeing": {"sdq_assessments": [{"date": "2025-10-01", "score": 14}]},
    "social_care_episodes": [EPISODE],
}


def read(tmp_path: Path, text: str, name: str = "children.json") -> Told:
    (tmp_path / name).write_text(text, encoding="utf-8")
    return tell(tmp_path / name, received=RECEIVED, sender="la:971", feeds=(FEED,))


def child(**other: Any) -> str:
    return json.dumps([CHILD | other])


def events(told: Told, person: str = "C1") -> Derived:
    mine = [s for s in told.statements if s.person.endswith(f"|{person}") and s.outcome != REPEATED]
    return FEED.events(standing(mine)[0])


def days(derived: Derived) -> list[tuple[str, str]]:
    return [(event.kind, event.happened_on.isoformat()) for event in derived.events]


@pytest.mark.parametrize(
    "shape",
    [
        lambda one: json.dumps([one, one | {"la_child_id": "C2"}]),
        lambda one: json.dumps(one) + "\n" + json.dumps(one | {"la_child_id": "C2"}) + "\n",
        lambda one: json.dumps(one, indent=2),
        lambda one: "\ufeff[\n" + json.dumps(one) + "\n]\n",
    ],
    ids=["array", "lines", "one", "with a mark before it"],
)
def test_any_of_its_shapes_is_read_alike(tmp_path: Path, shape: Callable[[dict[str, Any]], str]) -> None:
    told = read(tmp_path, shape(CHILD))
    mine = [s for s in told.statements if s.person == "la:971|dfe_api|C1"]
    assert [s.table for s in mine] == [
        "child", "episode", "worker", "assessment", "cin_plan", "section47", "cp_plan", "placement", "placement",
        "adoption", "care_leaver", "sdq",
    ]  # fmt: skip
    assert told.faults == []


def test_it_tells_what_the_census_and_the_yearly_return_tell(tmp_path: Path) -> None:
    found = events(read(tmp_path, child()))
    assert sorted(days(found), key=lambda pair: (pair[1], pair[0])) == [
        ("referral", "2025-01-10"),
        ("social_worker_started", "2025-01-10"),
        ("assessment_started", "2025-01-11"),
        ("social_worker_ended", "2025-02-01"),
        ("s47_started", "2025-02-03"),
        ("assessment_completed", "2025-02-20"),
        ("cp_plan_started", "2025-02-20"),
        ("initial_conference", "2025-02-20"),
        ("cin_plan_started", "2025-02-21"),
        ("cin_plan_ended", "2025-02-27"),
        ("care_started", "2025-03-01"),
        ("placement_started", "2025-03-01"),
        ("placement_ended", "2025-06-01"),
        ("placement_started", "2025-06-01"),
        ("care_ended", "2025-09-01"),
        ("placement_ended", "2025-09-01"),
        ("sdq_score", "2025-10-01"),
        ("adoption_decision", "2025-11-01"),
        ("case_closed", "2025-12-01"),
        ("care_leaver_in_touch", "2026-01-05"),
    ]
    by_kind = {event.kind: event for event in found.events}
    assert by_kind["assessment_completed"].marks == {"missing", "cce"}
    assert by_kind["placement_started"].details["postcode"] == "ZW1 1AA"
    assert by_kind["care_ended"].details == {"reason": "E4A"}


def test_who_the_child_is(tmp_path: Path) -> None:
    (person,) = read(tmp_path, child()).persons
    assert (person.la_id, person.la, person.surname, person.dob) == ("C1", "la:971", "Quill", date(2009, 6, 15))
    assert person.postcode == "ZH1 1AA"


def test_care_that_began_before_the_data_is_said_to_have(tmp_path: Path) -> None:
    episode = EPISODE | {"child_looked_after_placements": [PLACEMENTS[0]]}
    found = events(read(tmp_path, child(social_care_episodes=[episode])))
    assert ("in_care_at", "2025-06-01") in days(found)


def test_the_address_of_adopters_goes_no_further(tmp_path: Path) -> None:
    with_adopters = {"child_looked_after_placement_id": "P3", "start_date": "2025-10-01", "placement_type": "A3"}
    episode = EPISODE | {"child_looked_after_placements": [*PLACEMENTS, with_adopters | {"postcode": "ZC1 1AA"}]}
    told = read(tmp_path, child(social_care_episodes=[episode]))
    (person,) = told.persons
    assert person.postcode == ""
    assert "ZH1 1AA" not in str([s for s in told.statements if s.table == "child"])
    assert "postcode-of-adopters" in told.rules
    (home,) = [e for e in events(told).events if e.details.get("postcode") == "ZC1 1AA"]
    assert (home.level, "ADOPT" in home.tags) == ("SL4", True)


# -- what is taken back ---------------------------------------------------------------------------------


def later(tmp_path: Path, *files: Any) -> Told:
    """Files of one delivery, the later ones told after the earlier."""
    folder = tmp_path / "delivery"
    folder.mkdir()
    for number, content in enumerate(files):
        (folder / f"{number}.json").write_text(json.dumps(content))
    return tell(folder, received=RECEIVED, sender="la:971", feeds=(FEED,))


def test_a_child_that_is_purged_is_withdrawn_and_not_dropped(tmp_path: Path) -> None:
    told = later(tmp_path, [CHILD], [{"la_child_id": "C1", "purge": True}])
    found = events(told)
    assert found.events == []
    (fault,) = found.faults
    assert fault.rule == "record-withdrawn"
    assert set(found.outcomes.values()) == {"rightly without an event"}
    assert len([s for s in told.statements if s.outcome != REFUSED]) == 13, "everything said before is still there"


def test_sent_again_after_a_purge_it_stands_again(tmp_path: Path) -> None:
    told = later(tmp_path, [CHILD], [{"la_child_id": "C1", "purge": True}], [CHILD, []])
    assert ("referral", "2025-01-10") in days(events(told))


@pytest.mark.parametrize(
    ("taken_back", "gone"),
    [
        ({"social_care_episode_id": "E1", "purge": True}, {"referral", "cp_plan_started", "placement_started"}),
        (
            {
                "social_care_episode_id": "E1",
                "child_protection_plans": [{"child_protection_plan_id": "CP1", "purge": True}],
            },
            {"cp_plan_started"},
        ),
    ],
)
def test_what_a_record_held_goes_with_it_and_nothing_else(
    tmp_path: Path, taken_back: dict[str, Any], gone: set[str]
) -> None:
    told = later(tmp_path, [CHILD], [{"la_child_id": "C1", "social_care_episodes": [taken_back]}])
    before, after = ({kind for kind, _ in days(events(t))} for t in (read(tmp_path, child()), told))
    assert gone <= before
    assert not gone & after
    assert "sdq_score" in after
    if gone == {"cp_plan_started"}:
        assert before - after == gone


def test_a_change_to_one_record_leaves_the_others_as_they_are(tmp_path: Path) -> None:
    plan = {"child_protection_plan_id": "CP1", "start_date": "2025-02-20", "end_date": "2025-08-01"}
    partial = {
        "la_child_id": "C1",
        "social_care_episodes": [{"social_care_episode_id": "E1", "child_protection_plans": [plan]}],
    }
    found = days(events(later(tmp_path, [CHILD], [partial])))
    assert ("cp_plan_ended", "2025-08-01") in found
    assert ("referral", "2025-01-10") in found


# -- what is wrong --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "rule", "outcome"),
    [
        ({"la_child_id": None}, "child-missing", REFUSED),
        ({"child_details": {"date_of_birth": "2009-13-45"}}, "date-unreadable", "used with faults"),
        ({"child_details": {"surname": {"a": 1}}}, "type-wrong", "used with faults"),
        ({"child_details": {"surname": ["Quill"]}}, "type-wrong", "used with faults"),
        ({"eye_colour": "green"}, "name-unknown", "rightly without an event"),
    ],
)
def test_a_wrong_value_is_said_with_the_child_s_place_in_the_file(
    tmp_path: Path, change: dict[str, Any], rule: str, outcome: str
) -> None:
    told = read(tmp_path, json.dumps([{"la_child_id": "C9"} | change]))
    assert [fault.rule.startswith(rule) for fault in told.faults] == [True]
    assert [s.outcome for s in told.statements] == [outcome]


@pytest.mark.parametrize(
    ("plan", "rule", "outcome"),
    [
        ({"child_protection_plan_id": "CP9"}, "date-missing", REFUSED),
        ({"child_protection_plan_id": "CP9", "start_date": "2027-01-01"}, "date-future", REFUSED),
        ({"child_protection_plan_id": "CP9", "start_date": 20250101}, "date-unreadable", REFUSED),
        ({"start_date": "2025-02-20", "end_date": "2025-01-01"}, "end-before-start", "used with faults"),
        (5, "record-wrong", REFUSED),
        ([], "record-wrong", REFUSED),
        (
            {"child_protection_plan_id": 10**1000, "start_date": "2025-02-20", "end_date": 1e300},
            "date-unreadable",
            "used with faults",
        ),
    ],
)
def test_a_wrong_record_is_refused_or_loses_the_cell_and_nothing_beside_it(
    tmp_path: Path, plan: Any, rule: str, outcome: str
) -> None:
    told = read(tmp_path, child(social_care_episodes=[EPISODE | {"child_protection_plans": [plan]}]))
    assert rule in told.rules
    (statement,) = [s for s in told.statements if s.table == "cp_plan"]
    assert statement.outcome == outcome
    assert len(told.statements) == 12


@pytest.mark.parametrize(
    "broken",
    [
        json.dumps([CHILD, CHILD])[:-40],
        json.dumps([CHILD])[:-1] + ", oops]",
        json.dumps([CHILD])[:-1] + ",NaN]",
    ],
    ids=["cut short", "no JSON", "not a number"],
)
def test_a_broken_file_gives_what_stood_before_the_break(tmp_path: Path, broken: str) -> None:
    told = read(tmp_path, broken)
    assert ("referral", "2025-01-10") in days(events(told))
    assert "json-broken" in told.rules
    assert "reader-failed" not in told.rules


@pytest.mark.parametrize(
    "harm", ["[" * 100_000, '{"a":' * 100_000, '[1,"[]",' * 100_000, "1" + "0" * 10_000 + "}]", "1" * 1_000_000]
)
def test_what_would_bring_the_parser_down_stops_the_reading_where_it_begins(tmp_path: Path, harm: str) -> None:
    told = read(tmp_path, json.dumps([CHILD])[:-1] + ',{"la_child_id": "C2", "x": ' + harm)
    assert told.rules == ["json-harmful"]
    assert len(told.statements) == 12


def test_brackets_in_words_are_words(tmp_path: Path) -> None:
    told = read(tmp_path, child(child_details={"surname": 'Qu"' + "[" * 1000 + "ill\\"}))
    assert told.outcomes["used"] == 11


def test_a_child_that_never_ends_stops_the_reading(tmp_path: Path) -> None:
    told = read(tmp_path, json.dumps([CHILD])[:-1] + ',{"la_child_id": "C2", "x": "' + "a" * (17 << 20))
    assert told.rules == ["json-swollen"]
    assert len(told.statements) == 12


def test_control_characters_in_a_name_do_no_harm(tmp_path: Path) -> None:
    told = read(tmp_path, child(child_details={"surname": "Qu\x1f\x00ill", "first_name": "=1+1"}))
    assert told.persons[0].surname == "Qu  ill"
    assert "formula" in told.rules


@pytest.mark.parametrize("text", ["[]", "{}", '{"type": "FeatureCollection"}', '[{"id": 1}]', "a,b\n1,2\n"])
def test_other_json_is_not_taken_for_it(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)
    (file,) = tell(tmp_path / "x.json", feeds=feeds.registry()).files
    assert file.feed == ""
