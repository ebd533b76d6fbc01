"""The policy whole (practice §5.6): every role is in it, says why it looks, and says of each item why it is shown."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from throughline import sharing, words
from throughline.sharing import ALLOCATED, FULL, GLASS, HIDDEN, MANAGER, STUB, TEAM, Item

POLICY = Path(sharing.__file__).parent / "policy.yaml"
ROLES = Path(words.__file__).parent / "data" / "roles.yaml"
ALL_TAGS = frozenset(words.tags())
PRACTICE = {
    "social_worker", "team_manager", "conference_chair", "iro", "mace_coordinator", "missing_hub", "duty_team",
    "early_help_worker", "dsl", "senco", "headteacher", "virtual_school_head", "education_officer", "gp",
    "ed_clinician", "hospital_youth_worker", "camhs_worker", "sexual_health_worker", "substance_worker",
    "looked_after_nurse", "named_professional", "police_desk", "investigating_officer", "schools_officer",
    "youth_justice_worker", "guardian", "host_authority", "transition_lead", "qa_auditor", "scrutineer", "partner",
    "analyst", "administrator",
}  # fmt: skip
"""Rows of the table that may sign in: no child, parent, carer or home does."""

items = st.builds(
    Item,
    level=st.sampled_from(sorted(words.levels())),
    tags=st.frozensets(st.sampled_from(sorted(words.tags())), max_size=3),
    kind=st.sampled_from(["visit", "missing_start", "arrest", "camhs_seen", "in_care", "safe_place_action"]),
    rests_on=st.just(frozenset()),
)
relations = st.frozensets(st.sampled_from([*sharing.RELATIONS, GLASS]), max_size=4)


def test_every_role_of_the_practice_that_may_sign_in_has_its_lines() -> None:
    assert set(sharing.policy()) >= PRACTICE
    assert set(sharing.policy()) == set(words.roles())
    for policy in sharing.policy().values():
        assert policy.purpose, policy.role
        assert words.roles()[policy.role].bar, policy.role


@pytest.mark.parametrize("file", [POLICY, ROLES], ids=["policy", "roles"])
def test_nothing_is_said_twice_where_the_second_would_silently_win(file: Path) -> None:
    def walk(node: yaml.Node) -> None:
        if isinstance(node, yaml.MappingNode):
            twice = [key for key, n in Counter(key.value for key, _ in node.value).items() if n > 1]
            assert not twice, f"{file.name}:{node.start_mark.line + 1}"
        for child in node.value if isinstance(node.value, list) else ():
            for part in child if isinstance(child, tuple) else (child,):
                walk(part)

    walk(yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))


@given(
    role=st.sampled_from(sorted(words.roles())),
    related=relations,
    tags=st.frozensets(st.sampled_from(sorted(ALL_TAGS))),
)
def test_what_is_sealed_is_shown_to_nobody_nor_that_it_is_there(role, related, tags) -> None:
    assert sharing.decide(role, related, Item("SL5", tags, "visit")).sight == HIDDEN
    for kind in words.subjects():
        assert sharing.decide_about(role, kind, Item("SL5", tags, "visit")).sight == HIDDEN


def test_that_something_is_restricted_is_for_whoever_leads_the_work_and_their_manager() -> None:
    """§5.1: existence of SL4 to the lead practitioner; §5.6 gives the team manager the same marker."""
    told = {
        (role, relation)
        for role, policy in sharing.policy().items()
        for relation, rule in policy.relations.items()
        if rule.stub >= "SL4"
    }
    assert told == {("social_worker", ALLOCATED), ("team_manager", ALLOCATED), ("team_manager", MANAGER)}


def test_who_sees_only_some_kinds_sees_a_duty_that_rests_on_those_alone() -> None:
    seen = Item("SL2", kind="missing_start", rests_on=frozenset({"missing_start", "missing_end"}))
    half = Item("SL2", kind="missing_start", rests_on=frozenset({"missing_start", "arrest"}))
    assert sharing.decide("missing_hub", [sharing.HUB], seen).sight == FULL
    assert sharing.decide("missing_hub", [sharing.HUB], half).sight == HIDDEN
    assert sharing.decide("social_worker", [ALLOCATED], half).sight == FULL, "who sees every kind sees it"


@pytest.mark.parametrize(
    ("role", "own", "others"),
    [
        ("camhs_worker", "camhs_seen", ["substance_use_help", "ed_attendance", "exploitation_assessment"]),
        ("substance_worker", "substance_use_help", ["camhs_seen", "ed_attendance"]),
        ("youth_justice_worker", "yj_assessment", ["camhs_seen", "rhi_held", "adoption_match"]),
    ],
)
def test_of_their_own_field_somebody_in_the_team_sees_more(role: str, own: str, others: list[str]) -> None:
    def sight(name: str) -> str:
        kind = words.kinds()[name]
        return sharing.decide(role, [TEAM], Item(kind.level, kind.tags, name)).sight

    assert sight(own) == FULL
    assert FULL not in {sight(name) for name in others}


@given(role=st.sampled_from(sorted(words.roles())), related=relations, item=items)
def test_what_each_line_says_adds_up_to_the_decision(role, related, item) -> None:
    explained = sharing.explain(role, related, item)
    assert explained.decision == sharing.decide(role, related, item)
    said = {line.sight for line in explained.said}
    assert explained.decision.sight == (FULL if FULL in said else STUB if STUB in said else HIDDEN)
    lines = POLICY.read_text(encoding="utf-8").splitlines()
    for line in explained.said:
        assert lines[line.line - 1].strip().startswith(f"{line.relation}:"), line
        assert line.why.endswith(".")


def test_why_somebody_looks_follows_from_how_they_are_related() -> None:
    worker = sharing.policy_for("social_worker")
    assert worker.purpose_towards([ALLOCATED, TEAM]) == "Direct work with a child I am responsible for"
    assert worker.purpose_towards([TEAM]) == "My part in the team around a child"


def test_every_seat_around_a_child_is_somebodys_to_give_and_nobody_gives_one_through_an_emergency_or_past_a_conflict():
    every = {seat for role, policy in sharing.policy().items() for seat in sharing.gives(role, policy.relations)}
    assert every == set(sharing.PERSONAL)
    for role, policy in sharing.policy().items():
        assert not sharing.gives(role, [*policy.relations, sharing.CONFLICT]), role
        assert sharing.gives(role, [sharing.GLASS]) == sharing.gives(role, []), role
        assert set(sharing.gives(role, [])) <= {sharing.WARRANT}, role
    assert sharing.gives("social_worker", [sharing.TEAM]) == ()
    assert sharing.gives("social_worker", [sharing.ALLOCATED]) == (sharing.TEAM,)
