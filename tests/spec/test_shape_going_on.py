"""limit, window, lasting, silence, seat, open: what may not go on, what has gone on, who is missing.

What others get wrong: 72 hours as three days; a bail period from the day of arrest; a window that has closed shown as
late; four months as 120 days; a silence where no source would have told; a figure where the law gives none.
"""

from spec.line_tables import check, instances, said
from throughline.duties import because, rulebook

# --- limit --------------------------------------------------------------------------------------------------

POLICE = "police-protection-72h"
BAIL = "bail-initial-3m"


def test_seventy_two_hours_as_hours():
    given = "kind | when\npolice_protection | 2026-10-24 23:30"
    for as_of, state in [("2026-10-25 12:00", "upcoming"), ("2026-10-27 12:00", "due"), ("2026-10-28", "overdue")]:
        found = check(POLICE, given, f"due | state\n2026-10-27 22:30 | {state}", as_of=as_of)
    assert "The clocks change in between" in said(found[0])


def test_what_ends_it_meets_it_and_an_order_is_another_route():
    given = "kind | when\npolice_protection | 2026-11-02 10:00\n{ended}"
    for ended, state in [
        ("police_protection_ended | 2026-11-04 09:00", "met"),
        ("police_protection_ended | 2026-11-05 11:00", "met late"),
        ("emergency_protection_order | 2026-11-04 15:00", "met by another route"),
    ]:
        check(POLICE, given.format(ended=ended), f"state\n{state}", as_of="2026-12-01")


def test_bail_counts_from_the_day_after_arrest_by_the_corresponding_date():
    for arrested, due in [("2026-01-15", "2026-04-15"), ("2026-11-29", "2027-02-28"), ("2022-10-20", "2022-11-17")]:
        check(
            BAIL,
            f"kind | when | details\narrest | {arrested} |\nreleased_pending | {arrested} | status=bail",
            f"due\n{due}",
            as_of=arrested,
        )


def test_the_version_is_that_of_the_arrest_although_bail_counts_from_the_day_after():
    for arrested, version in [("2022-10-27", "2017"), ("2022-10-28", "2022")]:
        check(
            BAIL,
            f"kind | when | details\narrest | {arrested} |\nreleased_pending | {arrested} | status=bail",
            f"version\n{version}",
            as_of=arrested,
        )


def test_an_extension_moves_the_limit_and_one_that_came_too_late_does_not():
    given = """
        kind             | when       | details
        arrest           | 2026-01-15 |
        released_pending | 2026-01-15 | status=bail
        bail_extended    | {when}     | status=inspector
        bail_extended    | 2026-07-01 | status=superintendent
        """
    check(BAIL, given.format(when="2026-04-10"), "due\n2026-10-15", as_of="2026-08-01")
    found = check(BAIL, given.format(when="2026-04-20"), "due | state\n2026-04-15 | overdue", as_of="2026-08-01")
    assert "inspector" not in said(found[0])
    found = check(BAIL, given.format(when="2026-04-10"), "due\n2026-07-15", as_of="2026-06-01")
    assert "6 months beginning with 16 Jan 2026 end on Wed 15 Jul 2026." in said(found[0])


def test_released_under_investigation_is_no_bail():
    check(BAIL, "kind | when | details\nreleased_pending | 2026-01-15 | status=rui", "due", as_of="2026-02-01")


# --- window -------------------------------------------------------------------------------------------------

RECOVERY = "nrm-recovery-30d"
APPLY = "irp-apply-15sd"


def test_a_period_left_to_run_is_over_and_not_late():
    given = "kind | when | marks\nnrm_reasonable_grounds | 2026-11-02 | positive"
    for as_of, state in [("2026-11-05", "upcoming"), ("2026-12-01", "due"), ("2026-12-02", "not owed")]:
        found = check(RECOVERY, given, f"due | state | late\n2026-12-01 | {state} |", as_of=as_of)
    assert "The recovery period has been left to run." in said(found[0], "2026-12-02")


def test_forty_five_days_before_the_thirteenth_of_december_2022():
    for when, due in [("2022-12-12", "2023-01-25"), ("2022-12-13", "2023-01-11")]:
        check(
            RECOVERY,
            f"kind | when | marks\nnrm_reasonable_grounds | {when} | positive",
            f"due\n{due}",
            as_of="2022-12-20",
        )


def test_a_final_decision_inside_the_period_ends_it_and_says_so():
    check(
        RECOVERY,
        """
        kind                   | when       | marks
        nrm_reasonable_grounds | 2026-11-02 | positive
        nrm_conclusive_grounds | 2026-11-20 | negative
        """,
        "state | why\nnot owed | the final decision was taken before the recovery period was over on 20 Nov 2026",
        as_of="2026-12-20",
    )


def test_a_time_to_apply_closes_without_anybody_being_late():
    given = """
        kind                | when
        permanent_exclusion | 2026-09-14
        governors_met       | 2026-10-01
        """
    found = check(APPLY, given, "state | late\nnot owed |", as_of="2026-11-20")
    assert "The time to ask for an independent review is over." in said(found[0], "2026-11-20")
    check(APPLY, given + "        independent_review | 2026-10-09\n", "state\nmet", as_of="2026-11-20")


def test_where_applications_are_not_covered_nobody_can_tell_whether_one_was_made():
    check(
        APPLY,
        "kind | when\npermanent_exclusion | 2026-09-14\ngovernors_met | 2026-10-01",
        "state\ncannot tell",
        cover="governors_met 2020-01-01..2026-12-31",
        as_of="2026-11-20",
    )


# --- lasting ------------------------------------------------------------------------------------------------

OUT = "kind | when | marks\neducation_status_started | {when} | no_school_place\n{then}"


def test_four_months_by_the_corresponding_date_and_only_while_it_lasts():
    duty = "out-of-school-4m"
    found = check(
        duty,
        OUT.format(when="2026-09-07", then=""),
        "opened | due | warn | state\n2026-09-07 | 2027-01-07 | 2026-12-07 | upcoming",
        as_of="2026-10-01",
    )
    assert "4 months end on Thu 7 Jan 2027." in said(found[0])
    check(duty, OUT.format(when="2026-09-07", then="education_status_ended | 2027-01-07 |"), "due", as_of="2027-02-01")
    check(
        duty,
        OUT.format(when="2026-09-07", then="education_status_ended | 2027-01-20 |"),
        "state | why | late\nnot owed | it was over on 20 Jan 2027 | 13 days",
        as_of="2027-02-01",
    )


def test_whether_it_still_lasts_must_be_known():
    check(
        "out-of-school-4m",
        OUT.format(when="2026-09-07", then=""),
        "state | missing\ncannot tell | no source for whether still out of full-time education since 31 Dec 2026",
        cover="education_review 2020-01-01..2027-12-31;"
        " education_status_ended education_provided exclusion_cancelled 2020-01-01..2026-12-31",
        as_of="2027-02-01",
    )


def test_fifteen_school_days_and_forty_two_days_after_the_first():
    both = "stage | due\nvoice | 2026-09-28\nlead | 2026-09-28"
    found = check("r12-out-of-school-15sd", OUT.format(when="2026-09-07", then=""), both, as_of="2026-09-10")
    assert "15 school days end on Mon 28 Sep 2026" in said(found[0])
    check("r12-out-of-school-42d", OUT.format(when="2026-09-07", then=""), "due\n2026-10-19", as_of="2026-09-10")


def test_sixty_school_days_add_up_over_a_year_and_not_beyond_it():
    given = """
        kind                     | when       | marks
        education_status_started | 2025-09-08 | no_school_place
        education_status_ended   | 2025-11-10 |
        education_status_started | {again}    | no_school_place
        education_status_ended   | {until}    |
        """
    duty = "r12-out-of-school-60sd"
    # 40 school days in the autumn, then 20 more in January.
    near = given.format(again="2026-01-05", until="2026-03-02")
    assert len(instances(duty, near, as_of="2026-03-10")) == 1
    far = given.format(again="2026-11-09", until="2026-12-18")
    assert instances(duty, far, as_of="2027-01-10") == []


def test_four_months_out_of_school_then_ten_working_days_to_act():
    found = check(
        "r12-out-of-school-4m",
        OUT.format(when="2026-02-09", then=""),
        "opened | due | state\n2026-06-09 | 2026-06-23 | overdue",
        as_of="2026-07-01",
    )
    assert "4 months end on Tue 9 Jun 2026. Day 1 is Wed 10 Jun;" in said(found[0])
    check("r12-out-of-school-4m", OUT.format(when="2026-02-09", then=""), "state\nupcoming", as_of="2026-03-01")


# --- silence ------------------------------------------------------------------------------------------------

VOICE = "r23-voice-30d"


def test_thirty_days_without_the_childs_own_words_then_five_working_days():
    found = check(
        VOICE,
        """
        kind            | when       | marks
        cp_plan_started | 2026-01-05 |
        direct_voice    | 2026-01-20 | own_voice
        """,
        """
        opened     | due        | state
        2026-02-19 | 2026-02-26 | upcoming
        """,
        as_of="2026-02-01",
    )
    assert "On a protection plan from 5 Jan 2026. Last heard 20 Jan 2026. 30 days end on Thu 19 Feb 2026." in said(
        found[0]
    )


def test_a_parents_words_do_not_break_it_and_the_childs_do():
    given = """
        kind            | when       | marks
        cp_plan_started | 2026-01-05 |
        direct_voice    | 2026-01-20 | {marks}
        direct_voice    | 2026-02-10 | own_voice
        cp_plan_ended   | 2026-02-20 |
        """
    check(VOICE, given.format(marks="own_voice"), "opened", as_of="2026-03-01")
    check(VOICE, given.format(marks="via_parent"), "opened | met\n2026-02-04 | 2026-02-10", as_of="2026-03-01")


def test_an_advocate_offered_answers_it_and_each_silence_is_its_own():
    check(
        VOICE,
        """
        kind             | when       | marks
        cp_plan_started  | 2026-01-05 |
        advocate_offered | 2026-02-06 |
        direct_voice     | 2026-02-25 | own_voice
        """,
        """
        opened     | due        | state | by
        2026-02-04 | 2026-02-11 | met   | advocate_offered
        2026-03-27 | 2026-04-07 | overdue |
        """.replace("met   ", "met"),
        as_of="2026-04-10",
    )


def test_silence_is_evidence_only_where_somebody_would_have_told():
    given = "kind | when\ncp_plan_started | 2026-01-05"
    check(
        VOICE,
        given,
        "state | missing\ncannot tell | no source for children's own words since 20 Jan 2026",
        cover="direct_voice 2020-01-01..2026-01-20; advocate_offered 2020-01-01..2026-12-31",
        as_of="2026-03-01",
    )


def test_the_rule_sleeps_until_its_feed_has_arrived():
    check(
        VOICE,
        "kind | when\ncp_plan_started | 2026-01-05",
        "state",
        cover="advocate_offered 2020-01-01..2026-12-31",
        as_of="2026-03-01",
    )


def test_sixty_days_where_no_stricter_rule_speaks():
    given = """
        kind            | when       | marks
        referral        | 2026-01-05 |
        {more}
        """
    check("r23-voice-60d", given.format(more=""), "opened\n2026-03-06", as_of="2026-02-01")
    check("r23-voice-60d", given.format(more="cp_plan_started | 2026-02-01 |"), "opened", as_of="2026-02-20")


# --- seat ---------------------------------------------------------------------------------------------------

IRO = "lac-iro-appointed-5wd"


def test_a_reviewing_officer_within_five_working_days():
    given = "kind | when | details\ncare_started | 2026-12-17 |\n{named}"
    check(IRO, given.format(named=""), "due | state\n2026-12-24 | overdue", as_of="2026-12-29")
    for named in ("iro_appointed | 2026-12-21 |", "team_role_started | 2026-12-21 | seat=iro"):
        check(IRO, given.format(named=named), "due | state\n2026-12-24 | met", as_of="2026-12-29")
    other = "team_role_started | 2026-12-21 | seat=gp"
    check(IRO, given.format(named=other), "state\noverdue", as_of="2026-12-29")


def test_a_seat_taken_before_owes_nothing_and_one_that_falls_empty_is_owed_from_then():
    given = """
        kind                  | when       | details
        social_worker_started | 2026-01-02 |
        cin_plan_started      | 2026-01-05 |
        social_worker_ended   | 2026-03-02 |
        {then}
        """
    duty = "r35-lead-worker-gone"
    check(
        duty,
        given.format(then=""),
        "trigger | opened | due\nsocial_worker_ended | 2026-03-02 | 2026-03-09",
        as_of="2026-03-05",
    )
    check(duty, given.format(then="social_worker_started | 2026-03-02 |"), "opened", as_of="2026-03-05")


# --- open ---------------------------------------------------------------------------------------------------

STRATEGY = "strategy-discussion"


def test_no_figure_in_law_shows_the_time_that_has_passed_and_is_never_overdue():
    given = "kind | when | marks\nreferral | 2026-01-05 | safeguarding_concern"
    found = check(STRATEGY, given, "due | state | late\n | due |", as_of="2026-01-19")
    text = because(found[0], rulebook()[STRATEGY], found[0].covered_to)
    assert "No source gives a figure: as soon as can be. 14 days have passed." in text
    check(STRATEGY, given + "\nstrategy_discussion | 2026-02-20 |", "state | late\nmet |", as_of="2026-03-01")


def test_an_open_duty_that_nobody_could_answer_for_cannot_be_told():
    check(
        STRATEGY,
        "kind | when | marks\nreferral | 2026-01-05 | safeguarding_concern",
        "state\ncannot tell",
        cover="strategy_discussion 2020-01-01..2025-12-31",
        as_of="2026-02-01",
    )


def test_a_referral_without_a_concern_or_without_further_work_opens_none():
    check(STRATEGY, "kind | when\nreferral | 2026-01-05", "state", as_of="2026-02-01")
    check(
        STRATEGY,
        "kind | when | marks\nreferral | 2026-01-05 | safeguarding_concern nfa",
        "state\nnot owed",
        as_of="2026-02-01",
    )


def test_a_decision_with_reasons_is_another_route_to_the_nrm():
    given = "kind | when | marks\nexploitation_assessment | 2026-01-05 | trafficking\n{then}"
    for then, state in [
        ("", "due"),
        ("nrm_referral | 2026-01-09 |", "met"),
        ("nrm_decision_made | 2026-01-09 |", "met by another route"),
    ]:
        check("nrm-refer-prompt", given.format(then=then), f"state\n{state}", as_of="2026-02-01")
