"""Rules whose shape says all: what opens each, when it is due, what meets it. Their shapes have specs of their own.

A happening is ``kind day`` with ``+mark`` and ``detail=value``; several are parted by commas.
"""

from __future__ import annotations

import pytest

from spec.line_tables import check, rows

TABLE = """
    duty                       | before                       | opens                                                  | due        | answer
    lac-placement-plan-5wd     |                              | placement_started 2026-12-24                           | 2027-01-05 | placement_plan_agreed
    lac-care-plan-10wd         |                              | care_started 2026-11-02                                | 2026-11-16 | care_plan_recorded
    lac-pep-initial-10wd       |                              | care_started 2026-11-02                                | 2026-11-16 | pep_held
    lac-notify-health-5wd      |                              | placement_started 2026-11-02                           | 2026-11-09 | placement_notice_given
    lac-ooa-area-notify        |                              | placement_started 2026-11-02 +out_of_area              | 2026-11-09 | placement_notice_given +out_of_area
    lac-visit-1w               |                              | placement_started 2026-11-02                           | 2026-11-09 | visit
    lac-visit-6w-year1         | placement_started 2026-11-16 | visit 2026-11-20                                       | 2027-01-01 | visit
    lac-sdq-annual             | care_started 2026-01-05      | sdq_score 2026-11-02                                   | 2027-11-02 | sdq_score
    referral-decision-1wd      |                              | referral 2026-11-27                                    | 2026-11-30 | referral_decision
    core-group-10wd            |                              | initial_conference 2026-11-02 +plan_made               | 2026-11-16 | core_group
    core-group-repeat          | cp_plan_started 2026-10-05   | core_group 2026-11-02                                  | 2026-12-14 | core_group
    cp-visit-local             | cp_plan_started 2026-10-05   | visit 2026-11-02                                       | 2026-11-16 | visit
    cp-transfer-in-15wd        |                              | cp_plan_started 2026-11-02 +transfer_in                | 2026-11-23 | initial_conference +transfer_in
    cin-plan-review            |                              | cin_plan_started 2026-11-02                            | 2027-02-02 | cin_review_held
    ehc-decide-assess-6w       |                              | ehcp_requested 2026-11-23                              | 2027-01-04 | ehcp_request_decided
    ehc-no-plan-16w            |                              | ehcp_requested 2026-11-02                              | 2027-02-22 | ehcp_not_issued
    ehc-final-20w              |                              | ehcp_requested 2026-11-23                              | 2027-04-12 | ehcp_issued
    ehc-review-report-2w       |                              | ehcp_review_meeting 2026-11-02                         | 2026-11-16 | ehcp_report_sent
    ehc-review-decision-4w     |                              | ehcp_review_meeting 2026-12-02                         | 2026-12-30 | ehcp_review_decided
    ehc-annual-review-12m      |                              | ehcp_issued 2026-11-02                                 | 2027-11-02 | ehcp_review_decided
    part-time-timetable-review |                              | education_status_started 2026-11-02 +reduced_timetable | 2026-12-14 | education_review
    nrm-rg-5wd                 |                              | nrm_referral 2026-12-22                                | 2026-12-31 | nrm_reasonable_grounds
    camhs-4w                   |                              | camhs_referral 2026-11-02                              | 2026-11-30 | camhs_seen
    ae-violence-youthworker    |                              | ed_attendance 2026-11-02 +assault_intent               | 2026-11-03 | hospital_youth_worker_offered
    op-encompass               |                              | domestic_abuse_incident 2026-11-02                     | 2026-11-03 | school_told_of_incident
    sin-notify-5wd             |                              | serious_incident 2026-11-21                            | 2026-11-27 | panel_notification
    rapid-review-15wd          |                              | panel_notification 2026-11-27                          | 2026-12-18 | rapid_review
    lcspr-publish-6m           |                              | lcspr_start 2026-11-02                                 | 2027-05-02 | lcspr_published
    r02-events-not-on-list     | assault 2026-03-02           | robbery 2026-11-02                                     | 2026-11-16 | list_not_added
    r05-themes-to-plan         |                              | rhi_held 2026-11-02                                    | 2026-11-04 | rhi_shared
    r07-bring-forward          | care_started 2026-01-05      | placement_started 2026-11-02 +unplanned                | 2026-11-09 | bring_forward_decision
    r13-barrier-review         |                              | ehcp_review_meeting 2026-11-02 +barrier                | 2026-11-16 | barrier_safeguarding_review
    r14-senco-invited          | ehcp_issued 2025-01-06       | conference_booked 2026-11-02                           | 2026-11-02 | meeting_invitation +senco_invited
    r15-two-systems            | list_added 2026-01-05        | list_removal_proposed 2026-11-02                       | 2026-11-16 | two_system_discussion
    r18-missed-visits          | no_access 2026-10-05         | was_not_brought 2026-11-02                             | 2026-11-16 | what_would_help
    r19-nrm-decision           |                              | exploitation_assessment 2026-11-02 +trafficking        | 2026-11-04 | nrm_referral
    r21-parallel-look          |                              | arrest 2026-11-02 +role_alleged +serious               | 2026-11-03 | harm_consideration
    r26-request-unanswered     |                              | information_requested 2026-11-02                       | 2026-11-09 | information_answered
    r29-police-plan-shared     |                              | disruption_plan 2026-11-02                             | 2026-11-04 | disruption_plan_shared
    r36-worry-answered         |                              | worry 2026-11-02                                       | 2026-11-03 | worry_answered
"""  # noqa: E501
OPEN = """
    duty                         | before                  | opens                                       | answer
    missing-prevention-interview |                         | missing_end 2026-11-02                      | prevention_interview
    missing-rhi-share            | care_started 2026-01-05 | rhi_held 2026-11-02                         | rhi_shared
    excl-notify-parent           |                         | suspension 2026-11-02                       | exclusion_parent_told
    excl-notify-la               |                         | permanent_exclusion 2026-11-02              | exclusion_la_told
    nrm-cg                       |                         | nrm_reasonable_grounds 2026-11-02 +positive | nrm_conclusive_grounds
"""  # noqa: E501


def told(*happenings: str) -> str:
    """The happenings as an event table."""
    lines = ["kind | when | marks | details"]
    for happening in filter(None, (h.strip() for given in happenings for h in given.split(","))):
        kind, day, *rest = happening.split()
        marks = " ".join(part[1:] for part in rest if part.startswith("+"))
        lines.append(f"{kind} | {day} | {marks} | {' '.join(part for part in rest if '=' in part)}")
    return "\n".join(lines)


@pytest.mark.parametrize("row", rows(TABLE), ids=lambda row: row["duty"])
def test_due_and_met(row: dict[str, str]):
    due, (kind, *marks) = row["due"], row["answer"].split()
    opened = row["opens"].split()[1]
    check(row["duty"], told(row["before"], row["opens"]), f"opened | due\n{opened} | {due}", as_of=opened)
    answer = " ".join((kind, due, *marks))
    found = check(row["duty"], told(row["before"], row["opens"]), f"due\n{due}", as_of=due)
    assert found[0].met_at is None
    last = kind == row["opens"].split()[0]  # what answers a point of a state begins the next
    met = f"due | state | met\n{due} | met | {due}"
    if not last and row["duty"] not in ANSWER_BEGINS_THE_NEXT:
        check(row["duty"], told(row["before"], row["opens"], answer), met, as_of=due)


ANSWER_BEGINS_THE_NEXT = {"cin-plan-review", "ehc-annual-review-12m", "part-time-timetable-review"}


@pytest.mark.parametrize("row", rows(OPEN), ids=lambda row: row["duty"])
def test_open_until_it_is_done(row: dict[str, str]):
    given = told(row["before"], row["opens"])
    check(row["duty"], given, "due | state | late\n | due |", as_of="2026-11-20")
    done = told(row["before"], row["opens"], f"{row['answer']} 2026-11-19")
    check(row["duty"], done, "state\nmet", as_of="2026-11-20")


def test_three_months_after_the_sixteenth_birthday():
    check(
        "pathway-needs-3m",
        "kind | when\ncare_started | 2024-01-08",
        "opened | due\n2026-11-28 | 2027-02-28",
        dob="2010-11-30",
        as_of="2026-12-01",
    )


def test_twenty_four_hours_to_reach_a_child_in_hospital():
    check(
        "r03-hospital-24h",
        "kind | when | by | marks\ned_attendance | 2026-11-02 10:00 | hospital | safeguarding_concern",
        "due | state\n2026-11-03 10:00 | due",
        as_of="2026-11-02 11:00",
    )


def test_a_move_to_another_authority_owes_three_steps():
    check(
        "r34-moved-authority",
        "kind | when\nlist_added | 2026-01-05\nauthority_changed | 2026-11-02\ntransfer_sent | 2026-11-03",
        """
        stage        | due        | state
        pack         | 2026-11-04 | met
        acknowledged | 2026-11-09 | upcoming
        panel        | 2026-11-30 | upcoming
        """,
        as_of="2026-11-03",
    )


def test_an_investigation_is_looked_at_three_times_until_it_ends():
    check(
        "r20-investigation-reviews",
        "kind | when\ninvestigation_opened | 2026-11-02\ninvestigation_ended | 2026-12-21",
        """
        stage  | due        | state
        first  | 2026-11-30 | not owed
        second | 2026-12-28 | not owed
        third  | 2027-01-31 | not owed
        """,
        as_of="2027-03-01",
    )
