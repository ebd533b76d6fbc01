"""total, pattern, series, relay, stages: what several happenings open together, and what one duty hands on.

What others get wrong: the term by the school's own dates; one pattern raised again with every further episode; one
visit answering every point of a watch; a declined interview that ends there.
"""

from spec.line_tables import check, instances, said

# --- total --------------------------------------------------------------------------------------------------

CAP = "suspension-45-cap"
TERM = "r11-suspensions"


def test_more_than_forty_five_school_days_in_a_school_year():
    given = """
        kind       | when       | details
        suspension | 2025-09-15 | sessions=60
        suspension | 2026-01-12 | sessions={spring}
        """
    check(CAP, given.format(spring=30), "due", as_of="2026-03-01")
    found = check(CAP, given.format(spring=31), "due | state\n2026-01-12 | overdue", as_of="2026-03-01")
    assert "come to 45.5 school days, and no more than 45 are allowed" in said(found[0])
    check(
        CAP,
        given.format(spring=31),
        "state | why | late\nnot owed | the school year was over on 1 Aug 2026 | 201 days",
        as_of="2026-09-01",
    )


def test_a_new_school_year_begins_at_nothing():
    check(
        CAP,
        """
        kind       | when       | details
        suspension | 2026-06-15 | sessions=60
        suspension | 2026-09-15 | sessions=60
        """,
        "due",
        as_of="2026-10-01",
    )


def test_one_whose_length_nobody_knows_may_be_the_one():
    check(
        CAP,
        """
        kind       | when       | details
        suspension | 2025-09-15 | sessions=60
        suspension | 2026-01-12 |
        """,
        "due | state | missing\n | cannot tell | how many sessions each lasts",
        as_of="2026-03-01",
    )


def test_five_days_in_a_statutory_term_for_a_child_who_has_help():
    given = """
        kind             | when       | details
        {help}
        suspension       | 2026-01-12 | sessions=4
        suspension       | 2026-03-09 | sessions=6
        suspension       | 2026-04-14 | sessions=8
        """
    check(
        TERM,
        given.format(help="care_started | 2025-01-06 |"),
        "opened | due\n2026-03-09 | 2026-03-16",
        as_of="2026-03-10",
    )
    check(TERM, given.format(help="visit | 2025-01-06 |"), "opened", as_of="2026-03-10")


def test_a_cancelled_suspension_does_not_count():
    check(
        CAP,
        """
        kind                | when       | details     | ref
        suspension          | 2025-09-15 | sessions=60 | exclusion:1
        exclusion_cancelled | 2025-09-20 |             | exclusion:1
        suspension          | 2026-01-12 | sessions=40 | exclusion:2
        """,
        "due",
        as_of="2026-03-01",
    )


# --- pattern ------------------------------------------------------------------------------------------------

MISSING = "r04-missing-pattern"
SIGNS = "r01-exploitation-signs"
MOVES = "r10-placement-moves"


def test_three_episodes_in_ninety_days_raise_it_once_and_again_only_after_it_had_ceased():
    check(
        MISSING,
        """
        kind          | when             | by     | ref
        missing_start | 2026-01-02 20:00 | police | missing:E1
        missing_end   | 2026-01-02 23:00 | police | missing:E1
        missing_start | 2026-02-02 20:00 | police | missing:E2
        missing_end   | 2026-02-02 23:00 | police | missing:E2
        missing_start | 2026-03-02 20:00 | police | missing:E3
        missing_end   | 2026-03-02 23:00 | police | missing:E3
        missing_start | 2026-03-09 20:00 | police | missing:E4
        missing_end   | 2026-03-09 23:00 | police | missing:E4
        """,
        "opened     | due        | state\n2026-03-02 | 2026-03-04 | overdue",
        as_of="2026-04-01",
    )


def test_one_long_episode_is_enough_and_where_the_times_leave_it_open_nobody_can_tell():
    given = """
        kind          | when    | by     | ref
        missing_start | {start} | police | missing:E1
        missing_end   | {end}   | police | missing:E1
        """
    for start, end, state in [
        ("2026-03-02 20:00", "2026-03-03 20:00", "overdue"),
        ("2026-03-02", "2026-03-03", "cannot tell"),
        ("2026-03-02", "2026-03-05", "overdue"),
    ]:
        check(MISSING, given.format(start=start, end=end), f"state\n{state}", as_of="2026-04-01")
    assert instances(MISSING, given.format(start="2026-03-02 20:00", end="2026-03-03 19:00"), as_of="2026-04-01") == []


def test_still_missing_becomes_long_by_time_alone():
    given = "kind | when | by\nmissing_start | 2026-03-02 20:00 | police"
    check(MISSING, given, "opened | due | state\n2026-03-03 | 2026-03-05 | upcoming", as_of="2026-03-02")


def test_found_outside_the_area_is_enough():
    check(
        MISSING,
        """
        kind          | when             | by     | marks
        missing_start | 2026-03-02 20:00 | police |
        missing_end   | 2026-03-02 23:00 | police | out_of_area
        missing_meeting | 2026-03-04     | la:301 |
        """,
        "opened | state\n2026-03-02 | met",
        as_of="2026-04-01",
    )


def test_one_starred_sign_or_two_types_from_two_agencies():
    star = "kind | when | by | marks\nworry | 2026-03-02 | school:1 | drug_debt"
    check(
        SIGNS,
        star,
        """
        stage      | due        | state
        screening  | 2026-03-05 | upcoming
        assessment | 2026-03-16 | upcoming
        """,
        as_of="2026-03-02",
    )
    two = "kind | when | by | marks\nworry | 2026-01-05 | school:1 | late_back\nworry | {when} | {by} | debt_free"
    two = two.replace("debt_free", "unexplained_phone")
    assert len(instances(SIGNS, two.format(when="2026-03-02", by="police"), as_of="2026-03-03")) == 2
    assert instances(SIGNS, two.format(when="2026-03-02", by="school:1"), as_of="2026-03-03") == []
    assert instances(SIGNS, two.format(when="2026-04-06", by="police"), as_of="2026-04-07") == []


def test_a_first_look_meets_its_step_and_the_assessment_stays_owed():
    check(
        SIGNS,
        """
        kind                   | when       | marks
        worry                  | 2026-03-02 | drug_debt
        exploitation_screening | 2026-03-04 |
        """,
        "stage | state\nscreening | met\nassessment | overdue",
        as_of="2026-03-20",
    )


def test_an_assessment_shortly_before_means_that_somebody_has_looked():
    check(
        SIGNS,
        """
        kind                    | when       | marks
        exploitation_assessment | 2026-01-10 |
        worry                   | 2026-03-02 | drug_debt
        """,
        "stage",
        as_of="2026-03-20",
    )


def test_three_homes_in_twelve_months_or_two_moves_without_a_plan_in_ninety_days():
    given = """
        kind              | when       | marks
        care_started      | 2026-01-05 |
        placement_started | 2026-01-05 |
        placement_started | 2026-03-02 | {marks}
        placement_started | 2026-05-04 | {marks}
        """
    check(MOVES, given.format(marks=""), "opened | due\n2026-05-04 | 2026-05-11", as_of="2026-05-05")
    check(MOVES, given.format(marks="unplanned"), "opened | due\n2026-05-04 | 2026-05-11", as_of="2026-05-05")


# --- series -------------------------------------------------------------------------------------------------

WATCH = "r16-watch-after-plan"


def test_four_points_from_one_anchor_and_each_look_meets_one():
    check(
        WATCH,
        """
        kind          | when       | marks
        cp_plan_ended | 2026-01-05 | outcomes_outstanding
        watch_review  | 2026-01-20 |
        watch_review  | 2026-01-25 |
        watch_review  | 2026-03-05 |
        """,
        """
        stage  | due        | state    | met
        first  | 2026-02-02 | met      | 2026-01-20
        second | 2026-03-02 | met late | 2026-03-05
        third  | 2026-03-30 | overdue  |
        fourth | 2026-07-06 | upcoming |
        """,
        as_of="2026-04-15",
    )


def test_a_plan_that_begins_again_ends_the_watch():
    check(
        WATCH,
        """
        kind            | when       | marks
        cp_plan_ended   | 2026-01-05 | outcomes_outstanding
        cp_plan_started | 2026-01-30 |
        """,
        "stage | state\nfirst | not owed\nsecond | not owed\nthird | not owed\nfourth | not owed",
        as_of="2026-04-15",
    )


# --- relay --------------------------------------------------------------------------------------------------

OTHER = "r05-declined-other-route"


def test_a_declined_interview_opens_another_way_to_the_child():
    given = """
        kind         | when             | by          | ref
        missing_end  | 2026-01-19 06:40 | police      | missing:E1
        rhi_declined | 2026-01-20 10:00 | missing_hub | missing:E1
        {then}
        """
    check(OTHER, given.format(then=""), "opened | due\n2026-01-20 | 2026-01-27", as_of="2026-01-21")
    heard = "direct_voice | 2026-01-23 | school:1 |"
    check(
        OTHER, given.format(then=heard), "state | route\nmet by another route | heard another way", as_of="2026-02-01"
    )


def test_an_interview_held_after_all_in_time_hands_nothing_on():
    check(
        OTHER,
        """
        kind         | when             | by          | ref
        missing_end  | 2026-01-19 06:40 | police      | missing:E1
        rhi_declined | 2026-01-20 10:00 | missing_hub | missing:E1
        rhi_held     | 2026-01-21 10:00 | missing_hub | missing:E1
        """,
        "opened",
        as_of="2026-02-01",
    )


# --- steps of one duty, and what brings a date forward --------------------------------------------------------


def test_three_steps_of_one_record_each_with_its_own_date():
    check(
        "lac-review-record",
        """
        kind               | when
        care_review_held   | 2026-03-02
        review_record_sent | 2026-03-12
        """,
        """
        stage        | due        | state
        decisions    | 2026-03-09 | met late
        record       | 2026-03-23 | met
        distribution | 2026-03-30 | met
        """,
        as_of="2026-05-01",
    )


def test_a_first_review_that_comes_early_brings_the_health_assessment_forward():
    given = "kind | when\ncare_started | 2026-11-02\n{review}\nhealth_assessment | {done}"
    duty = "lac-health-initial"
    early = "care_review_held | 2026-11-16"
    check(duty, given.format(review="", done="2026-11-20"), "due | state\n2026-11-30 | met", as_of="2026-12-20")
    late = "due | state\n2026-11-16 | met late"
    found = check(duty, given.format(review=early, done="2026-11-20"), late, as_of="2026-12-20")
    assert "First review held 16 Nov 2026. Due by then, Mon 16 Nov 2026." in said(found[0])


def test_an_assessment_of_the_three_months_before_counts():
    given = "kind | when\nhealth_assessment | {done}\ncare_started | 2026-11-02"
    for done, state in [("2026-08-02", "met"), ("2026-08-01", "overdue")]:
        check("lac-health-initial", given.format(done=done), f"state\n{state}", as_of="2026-12-20")
