"""Return interview: offered and carried out within 72 hours of the return (missing guidance, Jan 2014).

What others get wrong: three days instead of 72 hours; pausing at weekends; adding the clock change; taking
an offer, or a child's "not now", for an interview; one interview answering every episode of the week.
"""

from spec.line_tables import check, said

DUTY = "rhi-72h"


def test_the_weekend_counts():
    found = check(
        DUTY,
        """
        kind        | when              | by
        missing_end | 2026-11-20T23:30Z | police
        """,
        """
        opened     | due              | warn             | precision | state
        2026-11-20 | 2026-11-23 23:30 | 2026-11-21 23:30 | exact     | upcoming
        """,
        as_of="2026-11-21 12:00",
    )
    assert said(found[0]).startswith(
        "Safely back 20 Nov 2026 23:30. 72 hours, nights and weekends counted, end on Mon 23 Nov 2026 23:30."
    )


def test_hours_are_elapsed_hours_across_easter_and_the_clock_change():
    found = check(
        DUTY,
        """
        kind        | when              | by
        missing_end | 2027-03-26T22:00Z | police
        """,
        """
        due              | precision
        2027-03-29 23:00 | exact
        """,
        as_of="2027-03-27",
    )
    assert found[0].due.isoformat() == "2027-03-29T22:00:00+00:00"
    assert "The clocks change in between" in said(found[0])


def test_states_as_the_hours_pass():
    given = """
        kind        | when             | by
        missing_end | 2026-11-20 23:30 | police
        """
    for as_of, state, late in [
        ("2026-11-21 23:29", "upcoming", ""),
        ("2026-11-21 23:30", "due soon", ""),
        ("2026-11-22 23:29", "due soon", ""),
        ("2026-11-22 23:30", "due", ""),
        ("2026-11-23 23:30", "due", ""),
        ("2026-11-23 23:31", "overdue", "1 hours"),
        ("2026-11-24 01:31", "overdue", "3 hours"),
        ("2026-11-23", "due", ""),  # a whole day: what ends on it is due, not late (ADR 13)
        ("2026-11-24", "overdue", "1 hours"),
    ]:
        check(DUTY, given, f"state | late\n{state} | {late}", as_of=as_of)


def test_held_in_time_and_held_late():
    given = """
        kind        | when             | by          | ref
        missing_end | 2026-01-19 06:40 | police      | missing:E1
        rhi_held    | {when}           | missing_hub | missing:E1
        """
    check(
        DUTY,
        given.format(when="2026-01-22 06:40"),
        "state | met\nmet | 2026-01-22 06:40",
        as_of="2026-02-01",
    )
    check(
        DUTY,
        given.format(when="2026-01-22 09:00"),
        "state | met | late\nmet late | 2026-01-22 09:00 | 3 hours",
        as_of="2026-02-01",
    )


def test_an_offer_meets_nothing_and_is_kept_as_evidence():
    found = check(
        DUTY,
        """
        kind        | when             | by          | ref
        missing_end | 2026-01-19 06:40 | police      | missing:E1
        rhi_offer   | 2026-01-20 10:00 | missing_hub | missing:E1
        """,
        """
        state   | met | evidence
        overdue |     | missing_end rhi_offer
        """,
        as_of="2026-01-23",
    )
    assert "Offered 20 Jan 2026 10:00." in said(found[0])


def test_declined_is_an_answer_to_the_offer_and_another_route_stays_owed():
    """SC01: offered on 23 January, after the 72 hours had passed; "not today" is not the end."""
    found = check(
        DUTY,
        """
        kind         | when             | by          | ref
        missing_end  | 2026-01-19 06:40 | police      | missing:E1
        rhi_offer    | 2026-01-23       | missing_hub | missing:E1
        rhi_declined | 2026-01-23       | missing_hub | missing:E1
        """,
        """
        due              | state                | route                     | late
        2026-01-22 06:40 | met by another route | declined after an offer   | 18 hours
        """,
        as_of="2026-01-24",
    )
    assert "Next: reach the child by another route within 5 working days (practice R05)." in said(found[0])


def test_declined_in_time_is_not_late_and_a_later_interview_does_not_make_it_so():
    check(
        DUTY,
        """
        kind         | when             | by          | ref
        missing_end  | 2026-01-19 06:40 | police      | missing:E1
        rhi_offer    | 2026-01-20 10:00 | missing_hub | missing:E1
        rhi_declined | 2026-01-20 10:00 | missing_hub | missing:E1
        rhi_held     | 2026-01-28 16:00 | missing_hub | missing:E1
        """,
        """
        state                | met              | late | evidence
        met by another route | 2026-01-20 10:00 |      | missing_end rhi_offer rhi_declined rhi_held
        """,
        as_of="2026-02-01",
    )


def test_declined_first_and_held_in_time_after_all_is_met():
    check(
        DUTY,
        """
        kind         | when             | by          | ref
        missing_end  | 2026-01-19 06:40 | police      | missing:E1
        rhi_declined | 2026-01-20 10:00 | missing_hub | missing:E1
        rhi_held     | 2026-01-21 16:00 | missing_hub | missing:E1
        """,
        "state | by | route\nmet | rhi_held |",
        as_of="2026-02-01",
    )


def test_each_episode_keeps_its_own_clock_and_an_interview_answers_only_the_one_it_names():
    check(
        DUTY,
        """
        kind          | when             | by          | ref
        missing_start | 2026-03-01 20:00 | police      | missing:E1
        missing_end   | 2026-03-02 08:00 | police      | missing:E1
        missing_start | 2026-03-03 20:00 | police      | missing:E2
        missing_end   | 2026-03-04 08:00 | police      | missing:E2
        rhi_held      | 2026-03-04 18:00 | missing_hub | missing:E1
        """,
        """
        opened     | due              | state   | met
        2026-03-02 | 2026-03-05 08:00 | met     | 2026-03-04 18:00
        2026-03-04 | 2026-03-07 08:00 | overdue |
        """,
        as_of="2026-03-10",
    )


def test_one_interview_answers_two_episodes_if_it_names_both():
    check(
        DUTY,
        """
        kind        | when             | by          | ref
        missing_end | 2026-03-02 08:00 | police      | missing:E1
        missing_end | 2026-03-04 08:00 | police      | missing:E2
        rhi_held    | 2026-03-04 18:00 | missing_hub | missing:E1;E2
        """,
        """
        opened     | state
        2026-03-02 | met
        2026-03-04 | met
        """,
        as_of="2026-03-10",
    )


def test_an_interview_that_names_no_episode_answers_the_nearest_return_before_it_only():
    check(
        DUTY,
        """
        kind        | when             | by
        missing_end | 2026-03-02 08:00 | police
        missing_end | 2026-03-04 08:00 | police
        rhi_held    | 2026-03-04 18:00 | missing_hub
        missing_end | 2026-03-05 08:00 | police
        """,
        """
        opened     | state
        2026-03-02 | overdue
        2026-03-04 | met
        2026-03-05 | overdue
        """,
        as_of="2026-03-10",
    )


def test_an_interview_about_an_episode_still_open_answers_no_other():
    check(
        DUTY,
        """
        kind          | when             | by          | ref
        missing_start | 2026-03-01 20:00 | police      | missing:E1
        missing_end   | 2026-03-02 08:00 | police      | missing:E1
        missing_start | 2026-03-03 20:00 | police      | missing:E2
        rhi_held      | 2026-03-04 18:00 | missing_hub | missing:E2
        """,
        "opened | state\n2026-03-02 | overdue",
        as_of="2026-03-10",
    )


def test_a_reference_that_nobody_else_uses_says_nothing_about_which_return():
    """The service numbers its own records: then the nearest return before it is meant."""
    check(
        DUTY,
        """
        kind        | when             | by          | ref
        missing_end | 2026-03-02 08:00 | police      | missing:E1
        missing_end | 2026-03-04 08:00 | police      | missing:E2
        rhi_held    | 2026-03-04 18:00 | missing_hub | missing:RHI-77
        """,
        "opened | state\n2026-03-02 | overdue\n2026-03-04 | met",
        as_of="2026-03-10",
    )


def test_one_return_told_by_police_hub_and_903_owes_one_interview():
    check(
        DUTY,
        """
        kind          | when             | by          | feed             | ref
        missing_start | 2026-03-01 20:00 | police      | missing_police   | missing:E1
        missing_end   | 2026-03-02 08:00 | police      | missing_police   | missing:E1
        missing_end   | 2026-03-02 08:30 | missing_hub | return_interview | missing:E1
        missing_start | 2026-03-01       | la:301      | ssda903          |
        missing_end   | 2026-03-02       | la:301      | ssda903          |
        """,
        """
        due              | precision | state
        2026-03-05 08:00 | exact     | overdue
        """,
        as_of="2026-03-10",
    )


def test_an_unknown_time_counts_from_midnight_and_is_shown_as_an_estimate():
    given = """
        kind        | when       | by
        missing_end | 2026-11-20 | police
        """
    found = check(
        DUTY,
        given,
        """
        due              | latest           | precision | state
        2026-11-23 00:00 | 2026-11-23 23:59 | estimated | due
        """,
        as_of="2026-11-22",
    )
    assert "counted from 00:00, the earliest it can be" in said(found[0])
    # Between the two bounds nobody can say; after both everybody can.
    check(DUTY, given, "state\ncannot tell", as_of="2026-11-23 12:00")
    check(DUTY, given, "state | late\noverdue | 24 hours", as_of="2026-11-24")


def test_of_two_returns_on_one_day_the_time_of_one_says_nothing_about_the_other():
    for when in ("2026-11-20 | police", "2026-11-20 22:00 | police", "2026-11-20 | police"):
        due = "2026-11-23 22:00" if "22:00" in when else "2026-11-23 00:00"
        check(DUTY, f"kind | when | by\nmissing_end | {when}", f"due\n{due}", as_of="2026-11-21")


def test_two_bounds_sure_where_both_agree_else_cannot_tell():
    given = """
        kind        | when       | by
        missing_end | 2026-11-20 | police
        rhi_held    | {when}     | missing_hub
        """
    for when, state in [
        ("2026-11-22", "met"),  # the whole of the 22nd is before 00:00 on the 23rd
        ("2026-11-23", "cannot tell"),
        ("2026-11-23 14:00", "cannot tell"),
        ("2026-11-24", "met late"),
    ]:
        check(DUTY, given.format(when=when), f"state\n{state}", as_of="2026-12-01")


def test_found_is_not_returned_and_the_page_says_which():
    found = check(
        DUTY,
        """
        kind        | when             | by     | marks
        missing_end | 2026-01-19 06:40 | police | found_not_returned
        """,
        "due\n2026-01-22 06:40",
        as_of="2026-01-20",
    )
    assert said(found[0]).startswith("Found 19 Jan 2026 06:40; the safe return is not recorded, so the hours run")


def test_the_hours_run_from_the_return_where_both_are_known_and_from_finding_where_it_is_all_there_is():
    check(
        DUTY,
        """
        kind          | when             | by     | ref
        missing_found | 2026-01-19 06:40 | police | missing:E1
        missing_end   | 2026-01-19 11:00 | police | missing:E1
        """,
        "trigger | due\nmissing_end | 2026-01-22 11:00",
        as_of="2026-01-20",
    )
    check(
        DUTY,
        """
        kind          | when             | by     | ref
        missing_found | 2026-01-19 06:40 | police | missing:E1
        """,
        "trigger | due\nmissing_found | 2026-01-22 06:40",
        as_of="2026-01-20",
    )


def test_away_without_authorisation_owes_none_if_all_who_tell_say_so():
    check(
        DUTY,
        """
        kind        | when       | by     | marks
        missing_end | 2026-01-19 | la:301 | away_without_authorisation
        """,
        """
        state    | why
        not owed | recorded by all as away without authorisation, not as missing
        """,
        as_of="2026-03-01",
    )
    check(
        DUTY,
        """
        kind        | when             | by     | feed           | marks
        missing_end | 2026-01-19       | la:301 | ssda903        | away_without_authorisation
        missing_end | 2026-01-19 06:40 | police | missing_police |
        """,
        "state\noverdue",
        as_of="2026-03-01",
    )


def test_under_18_at_the_return_and_the_clock_goes_on_past_the_birthday():
    given = """
        kind        | when             | by
        missing_end | 2026-01-19 06:40 | police
        """
    check(DUTY, given, "state\noverdue", dob="2008-01-20", as_of="2026-02-01")
    check(DUTY, given, "state", dob="2008-01-19", as_of="2026-02-01")


def test_no_source_of_interviews_is_cannot_tell():
    check(
        DUTY,
        """
        kind        | when             | by
        missing_end | 2026-01-19 06:40 | police
        """,
        "state | missing\ncannot tell | not yet receiving return interviews",
        cover="missing_start missing_end 2020-01-01..2026-12-31",
        as_of="2026-02-01",
    )
