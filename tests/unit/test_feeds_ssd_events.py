"""What the rows of the Standard Safeguarding Dataset say of a child, singly and together."""

from datetime import date

import pytest

from datasets import child, days, lives, read, write
from returns import EPISODES, MISSING, REVIEWS, children, episode, returned
from throughline.feeds.base import NO_EVENT


def life(folder, **tables):
    """What one child comes to, from these tables."""
    write(folder, "person", [child()])
    for name, rows in tables.items():
        write(folder, name, [{"person_id": "1"} | row for row in rows])
    return lives(read(folder))["1"]


def details(derived, kind):
    (found,) = [event for event in derived.events if event.kind == kind]
    return dict(found.details)


def marks(derived, kind):
    (found,) = [event for event in derived.events if event.kind == kind]
    return set(found.marks)


def test_a_referral_an_assessment_with_its_factors_and_the_closing(tmp_path):
    found = life(
        tmp_path,
        cin_episodes=[
            {
                "referral_id": "R",
                "referral_date": "2025-01-02 00:00:00",
                "cin_primary_need_code": "N1",
                "referral_source_code": "6",
                "close_date": "2025-06-01",
                "close_reason": "RC7",
            }
        ],
        cin_assessments=[
            {
                "assessment_id": "A",
                "referral_id": "R",
                "assessment_start_date": "2025-01-03",
                "assessment_auth_date": "2025-02-20",
                "assessment_child_seen": "1",
            }
        ],
        assessment_factors=[{"table_id": "f", "assessment_id": "A", "assessment_factors_json": '["24A", "10A"]'}],
    )
    assert days(found) == [
        ("referral", "2025-01-02"),
        ("assessment_started", "2025-01-03"),
        ("assessment_completed", "2025-02-20"),
        ("case_closed", "2025-06-01"),
    ]
    assert details(found, "referral") == {"source": "6", "need": "N1"}
    assert details(found, "assessment_completed") == {"factors": "24A;10A"}
    assert marks(found, "assessment_completed") == {"cce", "missing", "seen"}


def test_an_enquiry_its_conference_and_the_plan(tmp_path):
    found = life(
        tmp_path,
        s47_enquiry=[
            {"s47_enquiry_id": "S", "s47_start_date": "2025-03-03", "s47_end_date": "2025-03-12", "s47_nfa": "N"}
        ],
        initial_cp_conference=[
            {
                "icpc_id": "I",
                "s47_enquiry_id": "S",
                "icpc_target_date": "2025-03-24",
                "icpc_date": "2025-03-20",
                "icpc_outcome_cp_flag": "Y",
            }
        ],
        cp_plans=[{"cp_plan_id": "P", "cp_plan_start_date": "2025-03-20", "cp_plan_initial_category": "NEG"}],
        cp_reviews=[
            {
                "cp_review_id": "1",
                "cp_plan_id": "P",
                "cp_review_due": "2025-06-19",
                "cp_review_date": "2025-06-10",
                "cp_review_quorate": "N",
                "cp_review_participation": "PN6",
            },
            {"cp_review_id": "2", "cp_plan_id": "P", "cp_review_due": "2026-12-10"},
        ],
    )
    assert details(found, "s47_started") == {"target": "2025-03-24"}
    assert marks(found, "initial_conference") == {"plan_made"}
    assert details(found, "cp_plan_started") == {"category": "NEG"}
    assert details(found, "review_conference") == {"due": "2025-06-19", "participation": "PN6"}
    assert marks(found, "review_conference") == {"not_quorate"}
    assert days(found, "conference_booked") == [("conference_booked", "2026-12-10")]


def test_a_time_in_care_with_its_homes_legal_statuses_and_reviews(tmp_path):
    found = life(
        tmp_path,
        legal_status=[
            {
                "legal_status_id": "1",
                "legal_status": "V2",
                "legal_status_start_date": "2024-01-10",
                "legal_status_end_date": "2024-05-01",
            },
            {"legal_status_id": "2", "legal_status": "C2", "legal_status_start_date": "2024-05-01"},
        ],
        cla_episodes=[
            {
                "cla_episode_id": "1",
                "cla_id": "L",
                "cla_placement_id": "H1",
                "cla_episode_start_date": "2024-01-10",
                "cla_episode_start_reason": "S",
                "cla_episode_ceased_date": "2024-08-01",
                "cla_episode_ceased_reason": "X1",
                "cla_primary_need_code": "N1",
                "cla_last_iro_contact_date": "2024-07-01",
            },
            {
                "cla_episode_id": "2",
                "cla_id": "L",
                "cla_placement_id": "H2",
                "cla_episode_start_date": "2024-08-01",
                "cla_episode_start_reason": "P",
                "cla_episode_ceased_date": "2025-02-01",
                "cla_episode_ceased_reason": "E4A",
            },
        ],
        cla_placement=[
            {
                "cla_placement_id": "H1",
                "cla_id": "L",
                "cla_placement_start_date": "2024-01-10",
                "cla_placement_type": "U6",
                "cla_placement_distance": "999.9",
                "cla_placement_provider": "PR1",
                "cla_placement_postcode": "zc1 2ab",
                "cla_placement_end_date": "2024-08-01",
                "cla_placement_change_reason": "CARPL",
            },
            {
                "cla_placement_id": "H2",
                "cla_id": "L",
                "cla_placement_start_date": "2024-08-01",
                "cla_placement_type": "K1",
                "cla_placement_end_date": "2025-02-01",
            },
        ],
        cla_reviews=[
            {
                "cla_review_id": "1",
                "cla_id": "L",
                "cla_review_due_date": "2024-02-06",
                "cla_review_date": "2024-02-05",
                "cla_review_cancelled": "N",
                "cla_review_participation": "PN1",
            },
            {"cla_review_id": "2", "cla_id": "L", "cla_review_due_date": "2024-05-05", "cla_review_cancelled": "Y"},
        ],
    )
    assert days(found, "care_started", "care_ended") == [("care_started", "2024-01-10"), ("care_ended", "2025-02-01")]
    assert details(found, "care_started") == {"legal_status": "V2", "need": "N1"}
    assert days(found, "legal_status_started") == [("legal_status_started", "2024-05-01")]
    homes = [e for e in found.events if e.kind == "placement_started"]
    assert dict(homes[0].details) == {
        "placement_type": "U6",
        "provider": "PR1",
        "postcode": "ZC1 2AB",
        "new_episode_reason": "S",
    }
    assert homes[1].marks == {"secure"}
    ends = [dict(e.details) for e in found.events if e.kind == "placement_ended"]
    assert ends == [{"reason": "CARPL"}, {}]  # the reason stands on the row that ends
    assert details(found, "care_review_held") == {"participation": "PN1", "due": "2024-02-06"}
    assert marks(found, "care_review_not_held") == {"cancelled"}
    assert days(found, "iro_spoke_with_child") == [("iro_spoke_with_child", "2024-07-01")]


@pytest.mark.parametrize(
    ("entered", "told"), [("2017-05-04", ("care_started", "2017-05-04")), ("", ("in_care_at", "2021-01-10"))]
)
def test_care_that_began_before_the_extract_reaches_back_is_no_start_on_its_first_row(tmp_path, entered, told):
    episode = {
        "cla_episode_id": "1",
        "cla_id": "L",
        "cla_episode_start_date": "2021-01-10",
        "cla_episode_start_reason": "P",
    }
    found = life(tmp_path, cla_episodes=[episode | {"entered_care_date": entered}])
    assert days(found) == [told]


def test_an_adoptive_home_is_kept_closer(tmp_path):
    home = {
        "cla_placement_id": "1",
        "cla_id": "L",
        "cla_placement_start_date": "2025-01-10",
        "cla_placement_type": "A6",
    }
    found = life(tmp_path, cla_placement=[home])
    (started,) = found.events
    assert (started.level, "ADOPT" in started.tags) == ("SL4", True)


def test_missing_and_an_offer_that_has_no_date(tmp_path):
    rows = [
        {
            "table_id": "m1",
            "missing_episode_start_date": "2026-01-02",
            "missing_episode_end_date": "2026-01-03",
            "missing_episode_type": "A",
            "missing_rhi_offered": "Y",
            "missing_rhi_accepted": "N",
        }
    ]
    found = life(tmp_path, missing=rows)
    assert days(found) == [("missing_start", "2026-01-02"), ("missing_end", "2026-01-03")]
    assert {e.ref for e in found.events} == {"missing:m1"}
    assert marks(found, "missing_start") == {"away_without_authorisation"}
    assert details(found, "missing_end") == {"category": "A", "offered": "Y", "accepted": "N"}
    assert "1 rows say miss_missing_rhi_offered Y" in read(tmp_path).fault("undated").message
    (covered,) = read(tmp_path).coverage
    assert not covered.kinds & {"rhi_offer", "rhi_held", "rhi_declined"}


def test_visits_say_whether_the_child_was_seen_and_seen_alone(tmp_path):
    visits = [
        {"cla_visit_id": "1", "cla_visit_date": "2026-01-02", "cla_visit_seen": "true", "cla_visit_seen_alone": "Y"},
        {"cla_visit_id": "2", "cla_visit_date": "2026-01-09", "cla_visit_seen": "0"},
    ]
    found = life(tmp_path, cla_visits=visits)
    assert [set(e.marks) for e in found.events] == [{"seen", "seen_alone"}, {"not_seen"}]


def test_who_works_with_the_child_by_name_where_the_look_up_has_it(tmp_path):
    write(tmp_path, "professionals", [{"professional_id": "W1", "professional_name": "Sam Hart"}])
    write(tmp_path, "department", [{"team_id": "T1", "team_name": "Assessment team"}])
    found = life(
        tmp_path,
        involvements=[
            {
                "involvements_id": "1",
                "professional_id": "W1",
                "professional_role_id": "CW",
                "involvement_start_date": "2025-01-02",
                "involvement_end_date": "2025-03-02",
                "worker_change_reason": "LEFT",
            },
            {
                "involvements_id": "2",
                "professional_id": "W9",
                "professional_role_id": "Personal adviser",
                "professional_team": "T1",
                "involvement_start_date": "2025-04-02",
            },
        ],
    )
    assert details(found, "social_worker_started") == {"worker": "Sam Hart"}
    assert details(found, "social_worker_ended") == {"worker": "Sam Hart", "reason": "LEFT"}
    assert details(found, "team_role_started") == {
        "seat": "Personal adviser",
        "person": "W9",
        "organisation": "Assessment team",
    }


def test_look_ups_are_rows_of_no_child_and_rightly_without_an_event(tmp_path):
    write(tmp_path, "professionals", [{"professional_id": "W1", "professional_name": "Sam Hart"}])
    (statement,) = read(tmp_path).statements
    assert (statement.person, statement.outcome) == ("", NO_EVENT)


def test_what_json_says_is_told_in_words_and_kept_as_json(tmp_path):
    outcome = '{"OUTCOME_NFA_FLAG": "N", "OUTCOME_STRATEGY_DISCUSSION_FLAG": "Y", "COMMENTS": "rang back"}'
    found = life(
        tmp_path, contacts=[{"contact_id": "1", "contact_date": "2026-01-02", "contact_outcome_json": outcome}]
    )
    assert details(found, "front_door_message") == {"decision": "OUTCOME_STRATEGY_DISCUSSION_FLAG;COMMENTS=rang back"}


def test_one_life_told_by_the_dataset_and_by_the_903_is_the_same_kinds_on_the_same_days(tmp_path):
    """Happenings join tellings of one kind, so both must call things alike."""
    dataset = life(
        tmp_path / "ssd",
        legal_status=[
            {"legal_status_id": "1", "legal_status": "V2", "legal_status_start_date": "2024-01-10"},
        ],
        cla_episodes=[
            {
                "cla_episode_id": "1",
                "cla_id": "L",
                "cla_placement_id": "1",
                "cla_episode_start_date": "2024-01-10",
                "cla_episode_start_reason": "S",
                "cla_primary_need_code": "N1",
                "cla_episode_ceased_date": "2024-03-01",
                "cla_episode_ceased_reason": "X1",
            },
            {
                "cla_episode_id": "2",
                "cla_id": "L",
                "cla_placement_id": "2",
                "cla_episode_start_date": "2024-03-01",
                "cla_episode_start_reason": "P",
                "cla_primary_need_code": "N1",
                "cla_episode_ceased_date": "2024-09-02",
                "cla_episode_ceased_reason": "E4A",
            },
        ],
        cla_placement=[
            {
                "cla_placement_id": "1",
                "cla_id": "L",
                "cla_placement_start_date": "2024-01-10",
                "cla_placement_type": "U6",
                "cla_placement_end_date": "2024-03-01",
                "cla_placement_change_reason": "CARPL",
            },
            {
                "cla_placement_id": "2",
                "cla_id": "L",
                "cla_placement_start_date": "2024-03-01",
                "cla_placement_type": "K2",
                "cla_placement_end_date": "2024-09-02",
            },
        ],
        cla_reviews=[{"cla_review_id": "1", "cla_id": "L", "cla_review_date": "2024-02-05"}],
        missing=[
            {"table_id": "m", "missing_episode_start_date": "2024-06-01", "missing_episode_end_date": "2024-06-02"}
        ],
    )
    first = episode("1", "10/01/2024", "S", "01/03/2024", "X1", REASON_PLACE_CHANGE="CARPL")
    second = episode("1", "01/03/2024", "P", "02/09/2024", "E4A", PLACE="K2")
    told = returned(
        tmp_path / "903",
        episodes=[EPISODES, first, second],
        reviews=[REVIEWS, "1,15/06/2011,05/02/2024,PN1"],
        missing=[MISSING, "1,15/06/2011,M,01/06/2024,02/06/2024"],
        received=date(2026, 3, 31),
    )
    assert sorted(days(dataset)) == sorted(days(children(told)["1"]))
    reasons = [
        [dict(e.details).get("reason", "") for e in one.events if e.kind == "placement_ended"]
        for one in (dataset, children(told)["1"])
    ]
    assert reasons == [["CARPL", ""]] * 2


def test_what_happened_before_birth_or_after_death_is_asked_about(tmp_path):
    write(tmp_path, "person", [child("1"), child("2", death_date="2024-01-01")])
    write(
        tmp_path,
        "missing",
        [
            {"table_id": "1", "person_id": "1", "missing_episode_start_date": "2009-01-02"},
            {"table_id": "2", "person_id": "2", "missing_episode_start_date": "2025-01-02"},
        ],
    )
    found = lives(read(tmp_path))
    assert [f.rule for f in found["1"].faults] == ["before-birth"]
    assert [f.rule for f in found["2"].faults] == ["after-death"]
