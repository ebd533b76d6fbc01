"""What is counted, and the one place where who a child is matters: the data of the measures."""

from __future__ import annotations

from datetime import date

import pytest

from throughline import duties, sharing, words
from throughline.measures import defining
from throughline.measures.fairness import Raised, uneven

ANCESTRY = ("ethnic", "ETHNIC", "faith", "religion", "nationality")


def test_every_state_of_a_duty_is_counted_once() -> None:
    assert set(defining.outcome_of()) == set(duties.STATES)
    for name in ("judged", "done", "waiting"):
        assert set(defining.listed(name)) <= set(defining.outcomes())
    assert set(defining.listed("proved")) < set(defining.verdicts())


def test_what_people_may_say_of_a_flag_is_what_is_counted() -> None:
    assert {*words.codes("flag_verdict"), "none"} == set(defining.verdicts())


@pytest.mark.parametrize(
    ("day", "year"),
    [(date(2026, 3, 31), "2025"), (date(2026, 4, 1), "2026"), (date(2027, 3, 31), "2026"), (date(2028, 2, 29), "2027")],
)
def test_years_begin_in_april_and_share_no_day(day: date, year: str) -> None:
    found = defining.year_of(day)
    assert found.id == year
    assert found.first <= day <= found.last
    assert (found.months[0], found.months[-1], len(found.months)) == (f"{year}-04", f"{int(year) + 1}-03", 12)


def test_ethnicity_is_read_where_deliveries_say_it_and_each_code_is_of_one_group() -> None:
    codes = [code for codes in defining._file()["ethnicity"].values() for code in codes]
    assert len(codes) == len(set(codes))
    assert set(defining.ethnic_group().values()) == set(defining.breakdowns()["ethnicity"].slots)
    assert len(defining.ethnicity_told()) == 4


def test_no_kind_state_or_rule_can_read_where_a_child_is_from() -> None:
    """DESIGN 2.11: it is in no event's details, so no rule, page or copy can come upon it."""
    fields = {field.id for kind in words.kinds().values() for field in kind.fields}
    attributes = {name for state in words.states().values() for name in state.attributes}
    for word in ANCESTRY:
        assert not [name for name in fields | attributes if word.lower() in name.lower()]
    for rule in duties.load():
        asked = rule.model_dump_json(include={"trigger", "while_", "pattern", "not_owed", "in_states", "total"})
        assert not [word for word in ANCESTRY if word.lower() in asked.lower()], rule.id


def test_who_sees_groups_sees_measures() -> None:
    for role, policy in sharing.policy().items():
        assert sharing.GROUPS not in policy.measures or sharing.DUTIES in policy.measures, role
    with pytest.raises(words.UnknownWord, match="ranks"):
        sharing.deciding._measures(["ranks"])


# --- when a flag is reviewed before it stays on --------------------------------------------------------------

LIMITS = defining.Fairness(more=1.5, less=0.8, raised_at_least=20, judged_at_least=10)
OTHERS = Raised(children=100, raised=20, relevant=10, wrong=2)


def falls_on(*numbers: int, others: Raised = OTHERS) -> bool:
    return uneven({"black": Raised(*numbers), "white": others, "": Raised(500, 400, 0, 90)}, LIMITS) == ("black",)


def test_raised_half_as_often_again_and_right_less_often() -> None:
    assert falls_on(100, 30, 6, 6)


@pytest.mark.parametrize(
    ("numbers", "why"),
    [
        pytest.param((100, 29, 6, 6), "not so much more often", id="rate"),
        pytest.param((100, 30, 10, 2), "as often right as for others", id="relevance"),
        pytest.param((10, 19, 2, 17), "raised too seldom to say", id="raised"),
        pytest.param((100, 40, 1, 8), "too few judged to say", id="judged"),
        pytest.param((0, 40, 6, 20), "nobody of the group has a page now", id="nobody"),
    ],
)
def test_else_nothing_is_said(numbers: tuple[int, ...], why: str) -> None:
    assert not falls_on(*numbers), why


def test_too_few_judged_among_the_others_is_too_few() -> None:
    assert not falls_on(100, 60, 5, 20, others=Raised(100, 20, 5, 4))


def test_a_group_alone_is_compared_with_nobody() -> None:
    assert uneven({"black": Raised(100, 90, 10, 40), "": OTHERS}, LIMITS) == ()
