"""What a pattern may ask for, and what is wrong with one that asks for what cannot be."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from throughline.duties.parts import InStates
from throughline.duties.shape_parts import Condition

DAYS = {"amount": 90, "unit": "days"}
SORTS = [{"kinds": ["bereavement"]}, {"kinds": ["suspension"]}]


def test_sorts_say_which_kinds_can_make_it_come_about():
    condition = Condition.model_validate({"sorts": SORTS, "different": 2, "within": DAYS, "says": "Two {when}."})
    assert condition.opening_kinds == ("bereavement", "suspension")


def test_signs_say_so_by_the_kinds_that_may_carry_them():
    condition = Condition.model_validate({"starred": True, "says": "A sign {when}."})
    assert {"worry", "direct_voice", "arrest"} <= set(condition.opening_kinds)
    assert "care_review_held" not in condition.opening_kinds


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        ({}, "say kinds, with_any, sign_types, starred, sorts or of_state"),
        ({"sorts": SORTS, "different": 3, "within": DAYS}, "there are not so many sorts"),
        ({"sorts": SORTS, "kinds": ["worry"]}, "sorts say kinds and marks themselves"),
        ({"kinds": ["worry"], "people": 2}, "need within: in how long"),
        ({"sorts": [{"kinds": ["worri"]}]}, "is not a kind of event we know"),
        ({"sorts": [{"kinds": ["team_role_started"], "codes": {"seat": ["king"]}}]}, "king is no code of"),
        ({"kinds": ["worry"], "settled_by": {"kind": "worry_answered", "with": ["soon"]}}, "'soon' is no mark"),
    ],
)
def test_what_cannot_be_is_named(asked: dict[str, object], fault: str):
    with pytest.raises(ValidationError) as raised:
        Condition.model_validate({"says": "So it is {when}.", **asked})
    assert fault in str(raised.value)


def test_how_long_a_state_has_held_is_asked_of_a_state_that_is_named():
    with pytest.raises(ValidationError) as raised:
        InStates.model_validate({"states": {"in_care": "In care."}, "lasted": {"watch": DAYS}})
    assert "watch is none of the states above" in str(raised.value)
