"""Reviews of short breaks (legal status V3, V4): 3 months, then 6, apart from the others (reg 48).

From memory, and marked so: confidence uncertain, not verified.
"""

from spec.line_tables import check, instances
from throughline.duties import rulebook

FIRST = "lac-review-short-break-first-3m"
LATER = "lac-review-short-break-6m"


def test_both_rules_say_that_nobody_has_checked_them():
    for duty in (FIRST, LATER):
        assert rulebook()[duty].confidence == "uncertain"
        assert not rulebook()[duty].verified
        assert "check before enforcing" in rulebook()[duty].note


def test_three_months_from_the_first_break_then_six_and_none_of_the_other_rules():
    given = """
        kind             | when       | marks
        care_started     | 2026-01-05 | short_break
        care_review_held | 2026-03-30 |
        """
    check(FIRST, given, "due | state | met\n2026-04-05 | met | 2026-03-30", as_of="2026-05-01")
    check(LATER, given, "opened | due\n2026-03-30 | 2026-09-30", as_of="2026-05-01")
    owed = {i.duty for i in instances("", given, as_of="2026-05-01")}
    assert owed.isdisjoint({"lac-review-first-20wd", "lac-review-second-3m", "lac-review-subsequent-6m"})


def test_single_breaks_close_together_are_one_series():
    check(
        FIRST,
        """
        kind         | when       | marks
        care_started | 2026-01-09 | short_break
        care_ended   | 2026-01-11 |
        care_started | 2026-02-06 | short_break
        care_ended   | 2026-02-08 |
        """,
        """
        opened     | due        | state
        2026-01-09 | 2026-04-09 | overdue
        """,
        as_of="2026-05-01",
    )


def test_a_series_is_over_when_three_months_pass_without_a_break():
    check(
        FIRST,
        """
        kind         | when       | marks
        care_started | 2026-01-09 | short_break
        care_ended   | 2026-01-11 |
        care_started | 2026-05-08 | short_break
        care_ended   | 2026-05-10 |
        """,
        """
        opened     | due        | state    | late    | why
        2026-01-09 | 2026-04-09 | not owed | 4 days  | short breaks over on 13 Apr 2026
        2026-05-08 | 2026-08-08 | upcoming |         |
        """,
        as_of="2026-05-11",
    )
