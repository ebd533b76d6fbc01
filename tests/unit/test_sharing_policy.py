"""Who sees what (practice §5.6): closed by default, and each thing that must not be seen is not."""

from __future__ import annotations

import pytest

from throughline import sharing, words
from throughline.sharing import ALLOCATED, FULL, HIDDEN, HUB, REVIEWER, STUB, TEAM, Item


def sight(role: str, relation: str, level: str, *tags: str, kind: str = "visit") -> str:
    return sharing.decide(role, [relation], Item(level, frozenset(tags), kind)).sight


def test_nobody_sees_anything_of_a_child_they_are_not_related_to() -> None:
    for role in words.roles():
        decision = sharing.decide(role, [], Item("SL0"))
        assert decision.sight == HIDDEN
        assert decision.reason


def test_a_role_the_policy_does_not_name_may_do_nothing() -> None:
    for role in (*(set(words.roles()) - set(sharing.policy())), "somebody"):
        assert sharing.decide(role, sharing.RELATIONS, Item("SL0")).sight == HIDDEN
        assert not sharing.policy_for(role).searches
        assert not sharing.may_open(role, sharing.RELATIONS)


@pytest.mark.parametrize(
    ("level", "seen"), [("SL1", FULL), ("SL2", FULL), ("SL3", FULL), ("SL4", STUB), ("SL5", HIDDEN)]
)
def test_the_lead_social_worker_sees_to_level_three_and_that_level_four_exists(level: str, seen: str) -> None:
    assert sight("social_worker", ALLOCATED, level) == seen


def test_another_teams_sensitive_detail_is_a_stub_and_what_is_above_it_is_not_there() -> None:
    assert sight("social_worker", TEAM, "SL2") == FULL
    assert sight("social_worker", TEAM, "SL3") == STUB
    assert sight("social_worker", TEAM, "SL4") == HIDDEN


@pytest.mark.parametrize("role", sorted(sharing.policy()))
@pytest.mark.parametrize("tag", ["ADOPT", "PROT-PERSON"])
def test_nobody_learns_that_a_protected_or_adopted_identity_is_there(role: str, tag: str) -> None:
    for relation in sharing.RELATIONS:
        assert sight(role, relation, "SL1", tag) == HIDDEN


def test_the_reviewing_officer_does_not_see_operational_intelligence() -> None:
    assert sight("iro", REVIEWER, "SL2", "POL-C") == HIDDEN
    assert sight("iro", REVIEWER, "SL2", "LIVE-INV") == HIDDEN
    assert sight("iro", REVIEWER, "SL3", "CHILD-CONF") == FULL


@pytest.mark.parametrize("kind", ["missing_start", "missing_end", "rhi_held", "safety_plan", "safe_contact"])
def test_the_missing_hub_sees_what_finding_and_interviewing_a_child_needs(kind: str) -> None:
    assert sight("missing_hub", HUB, "SL2", kind=kind) == FULL


@pytest.mark.parametrize("kind", ["cp_plan_started", "review_conference", "assessment_completed", "suspension", ""])
def test_the_missing_hub_does_not_see_the_protection_narrative(kind: str) -> None:
    assert sight("missing_hub", HUB, "SL2", kind=kind) == HIDDEN


def test_what_a_child_asked_to_keep_is_a_stub_to_the_hub() -> None:
    assert sight("missing_hub", HUB, "SL3", "CHILD-CONF", kind="rhi_held") == STUB


@pytest.mark.parametrize("role", ["analyst", "data_desk"])
def test_those_who_bring_extracts_in_have_no_page_of_any_child(role: str) -> None:
    assert not sharing.may_open(role, sharing.RELATIONS)
    assert sharing.policy_for(role).intake is not None


def test_the_analyst_does_not_search_for_children_by_name() -> None:
    assert not sharing.policy_for("analyst").searches


def test_one_relation_never_takes_away_what_another_gives() -> None:
    both = sharing.decide("social_worker", [TEAM, ALLOCATED], Item("SL3", frozenset({"MH"}), "visit"))
    assert both.sight == FULL


def test_a_reviewing_officer_who_chairs_conferences_has_both_seats_duties_on_one_list() -> None:
    assert sharing.policy_for("iro").answers_for == {"iro", "conference_chair"}
    assert sharing.policy_for("social_worker").answers_for == {"social_worker"}
    assert sharing.policy_for("somebody").answers_for == {"somebody"}
