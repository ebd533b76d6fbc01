"""A record opened in an emergency, and a child too close, as the policy has them (practice §5.4, §5.6)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from throughline import sharing, words
from throughline.sharing import CONFLICT, FULL, GLASS, HIDDEN, STUB, Item

ROLES = sorted(sharing.glass().roles)


@pytest.mark.parametrize("role", ROLES)
def test_an_emergency_opens_up_to_level_four_and_never_what_is_sealed(role: str) -> None:
    for level in ("SL1", "SL2", "SL3", "SL4"):
        decision = sharing.decide(role, [GLASS], Item(level))
        assert decision == (FULL, "You have opened this record in an emergency.")
    assert sharing.decide(role, [GLASS, *sharing.RELATIONS], Item("SL5")).sight == HIDDEN
    assert sharing.decide(role, [GLASS], Item("SL3", frozenset({"PROT-PERSON"}))).sight == HIDDEN


@pytest.mark.parametrize("tag", ["ORIG", "LIVE-INV", "POL-C", "LEGAL", "STAFF-LINK", "ADOPT"])
def test_what_somebody_else_releases_opens_the_route_to_them(tag: str) -> None:
    assert sharing.decide("duty_team", [GLASS], Item("SL4", frozenset({tag}))).sight == STUB


def test_only_who_searches_opens_a_record_so_and_never_who_looks_after_the_information() -> None:
    for role in ROLES:
        assert sharing.policy_for(role).searches
        assert not sharing.policy_for(role).desk
    for role in set(words.roles()) - set(ROLES):
        assert sharing.decide(role, [GLASS], Item("SL1")).sight == HIDDEN
        assert not sharing.may_open(role, [GLASS])


def test_the_five_reasons_and_the_hours_are_those_of_the_practice() -> None:
    asked = sharing.glass()
    assert len(asked.reasons) == 5
    assert (asked.usual, asked.longest) == (timedelta(hours=4), timedelta(hours=24))


@pytest.mark.parametrize("role", sorted(sharing.policy()))
def test_a_conflict_outweighs_every_other_way_to_have_a_child(role: str) -> None:
    every = [*sharing.RELATIONS, GLASS, CONFLICT]
    assert sharing.decide(role, every, Item("SL0")).sight == HIDDEN
    assert not sharing.may_open(role, every)
