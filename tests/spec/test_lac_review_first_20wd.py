"""First looked after review: within 20 working days of becoming looked after (SI 2010/959 reg 33(1)).

What others get wrong: counting 28 calendar days; counting the day itself; forgetting the substitute for
Boxing Day; starting again at a placement move.
"""

import pytest

from spec.line_tables import check, said

DUTY = "lac-review-first-20wd"


def test_christmas_the_boxing_day_substitute_and_new_year_do_not_count():
    found = check(
        DUTY,
        """
        kind         | when
        care_started | 2026-12-17
        """,
        """
        version | opened     | due        | warn       | precision | state
        2011    | 2026-12-17 | 2027-01-19 | 2027-01-05 | day       | upcoming
        """,
        as_of="2026-12-18",
    )
    assert said(found[0]) == (
        "Looked after from 17 Dec 2026. Day 1 is Fri 18 Dec; 20 working days, skipping 25, 28 Dec and 1 Jan,"
        " end on Tue 19 Jan 2027. SI 2010/959 reg 33(1)."
    )


def test_day_one_is_monday_when_care_begins_on_a_sunday():
    check(
        DUTY,
        """
        kind         | when
        care_started | 2026-11-22
        """,
        """
        due        | state
        2026-12-18 | due soon
        """,
        as_of="2026-12-10",
    )


def test_each_state_on_the_days_around_the_due_date():
    given = """
        kind         | when
        care_started | 2026-12-17
        """
    for as_of, state, late in [
        ("2027-01-04", "upcoming", ""),
        ("2027-01-05", "due soon", ""),
        ("2027-01-18", "due soon", ""),
        ("2027-01-19", "due", ""),
        ("2027-01-20", "overdue", "1 working days"),
        ("2027-01-25", "overdue", "4 working days"),
    ]:
        check(DUTY, given, f"state | late\n{state} | {late}", as_of=as_of)


def test_a_late_review_is_met_late_and_its_lateness_stays_on_record():
    check(
        DUTY,
        """
        kind             | when
        care_started     | 2026-12-17
        care_review_held | 2027-01-22
        """,
        """
        due        | state    | met        | late
        2027-01-19 | met late | 2027-01-22 | 3 working days
        """,
        as_of="2027-06-01",
    )


def test_a_placement_move_does_not_start_it_again():
    check(
        DUTY,
        """
        kind              | when
        care_started      | 2026-09-01
        placement_started | 2026-09-01
        placement_ended   | 2026-09-14
        placement_started | 2026-09-14
        """,
        """
        opened     | due
        2026-09-01 | 2026-09-29
        """,
        as_of="2026-09-20",
    )


def test_leaving_care_and_coming_back_starts_it_again():
    check(
        DUTY,
        """
        kind             | when
        care_started     | 2026-01-05
        care_review_held | 2026-01-26
        care_ended       | 2026-03-02
        care_started     | 2026-06-01
        """,
        """
        opened     | due        | state   | met
        2026-01-05 | 2026-02-02 | met     | 2026-01-26
        2026-06-01 | 2026-06-29 | overdue |
        """,
        as_of="2026-07-01",
    )


def test_leaving_and_coming_back_on_one_day_is_two_times_in_care():
    check(
        DUTY,
        """
        kind         | when
        care_started | 2026-01-05
        care_ended   | 2026-01-12
        care_started | 2026-01-12
        """,
        """
        opened     | state    | why
        2026-01-05 | not owed | left care on 12 Jan 2026
        2026-01-12 | due soon |
        """,
        as_of="2026-02-02",
    )


def test_care_that_ends_before_it_is_due_leaves_nothing_owed():
    check(
        DUTY,
        """
        kind         | when
        care_started | 2026-01-05
        care_ended   | 2026-01-20
        """,
        """
        due        | state    | why
        2026-02-02 | not owed | left care on 20 Jan 2026
        """,
        as_of="2026-07-01",
    )


def test_care_that_ends_after_it_was_due_leaves_it_unmet_and_stops_the_count():
    check(
        DUTY,
        """
        kind         | when
        care_started | 2026-01-05
        care_ended   | 2026-02-09
        """,
        """
        due        | state    | late           | why
        2026-02-02 | not owed | 5 working days | left care on 9 Feb 2026
        """,
        as_of="2026-07-01",
    )


def test_turning_18_never_counts_as_met_and_freezes_the_clock():
    check(
        DUTY,
        """
        kind         | when
        care_started | 2026-01-05
        """,
        """
        due        | state    | late           | why
        2026-02-02 | not owed | 4 working days | turned 18 on 6 Feb 2026
        """,
        dob="2008-02-06",
        as_of="2026-07-01",
    )
    check(
        DUTY,
        """
        kind         | when
        care_started | 2026-01-05
        """,
        """
        due        | state    | why
        2026-02-02 | not owed | turned 18 on 2 Feb 2026
        """,
        dob="2008-02-02",
        as_of="2026-07-01",
    )


def test_a_review_on_the_day_care_ends_counts():
    check(
        DUTY,
        """
        kind             | when
        care_started     | 2026-01-05
        care_ended       | 2026-01-20
        care_review_held | 2026-01-20
        """,
        """
        state | met
        met   | 2026-01-20
        """,
        as_of="2026-07-01",
    )


def test_already_in_care_when_records_begin_is_said_once_and_not_guessed():
    (found,) = check(
        DUTY,
        """
        kind             | when
        in_care_at       | 2025-04-01
        care_review_held | 2025-05-06
        """,
        """
        trigger    | due | state
        in_care_at |     | cannot tell
        """,
        as_of="2026-07-01",
    )
    assert said(found) == (
        "Already in care when the records begin, 1 Apr 2025. Cannot tell: the day of coming into care,"
        " so the first and second reviews cannot be worked out; reviews seen count as later ones."
        " SI 2010/959 reg 33(1)."
    )


def test_and_it_stays_unknown_when_care_has_ended_since():
    check(
        DUTY,
        """
        kind       | when
        in_care_at | 2025-04-01
        care_ended | 2025-04-20
        """,
        """
        state       | missing
        cannot tell | the day of coming into care, so the first and second reviews cannot be worked out; \
reviews seen count as later ones
        """,
        as_of="2026-07-01",
    )


def test_it_is_not_owed_to_a_series_of_short_breaks():
    check(
        DUTY,
        """
        kind         | when       | marks
        care_started | 2026-01-05 | short_break
        """,
        "due",
        as_of="2026-07-01",
    )


def test_before_the_regulations_began_there_is_no_such_duty():
    check(
        DUTY,
        """
        kind         | when
        care_started | 2011-03-31
        """,
        "due",
        as_of="2012-07-01",
    )
    check(
        DUTY,
        """
        kind         | when
        care_started | 2011-04-01
        """,
        "due\n2011-05-05",
        as_of="2012-07-01",
    )


def test_silence_outside_cover_is_cannot_tell_and_never_overdue():
    given = """
        kind         | when
        care_started | 2018-03-05
        """
    cover = "care_review_held care_ended 2015-04-01..2018-03-31"
    check(DUTY, given, "due | state\n2018-04-04 | upcoming", cover=cover, as_of="2018-03-06")
    check(
        DUTY,
        given,
        """
        due        | state       | late | missing
        2018-04-04 | cannot tell |      | no source for care reviews since 31 Mar 2018
        """,
        cover=cover,
        as_of="2026-11-22",
    )


@pytest.mark.parametrize(
    ("as_of", "state", "late"),
    [("2018-06-30", "overdue", "18 working days"), ("2026-11-22", "cannot tell", "")],
    ids=["the return is the latest there is", "years after the last return"],
)
def test_overdue_inside_cover_is_counted_as_far_as_records_go_and_not_said_for_years(as_of, state, late):
    found = check(
        DUTY,
        """
        kind         | when
        care_started | 2018-02-05
        """,
        f"due | state | late\n2018-03-05 | {state} | {late}",
        cover="care_review_held care_ended 2015-04-01..2018-03-31",
        as_of=as_of,
    )
    assert said(found[0], as_of).endswith("Nothing is known after 31 Mar 2018. SI 2010/959 reg 33(1).")


def test_whether_care_has_ended_must_be_covered_too():
    check(
        DUTY,
        """
        kind         | when
        care_started | 2018-02-05
        """,
        """
        state       | missing
        cannot tell | no source for the end of care since 28 Feb 2018
        """,
        cover="care_review_held 2015-04-01..2018-12-31; care_ended 2015-04-01..2018-02-28",
        as_of="2018-11-22",
    )


def test_a_review_seen_years_later_is_not_called_the_first_where_earlier_ones_were_not_sent():
    check(
        DUTY,
        """
        kind             | when
        care_started     | 2012-05-01
        care_review_held | 2015-06-02
        """,
        """
        due        | state       | missing
        2012-05-30 | cannot tell | no source for care reviews before 1 Apr 2015
        """,
        cover="care_review_held care_ended 2015-04-01..2018-03-31",
        as_of="2016-01-01",
    )
