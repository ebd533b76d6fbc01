"""Every rule has its law, its dates, its examples and a plain sentence; every row of the practice a rule or a reason;
and no fact opens two lines for one act."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

import pytest

from throughline import duties, words
from throughline.duties import Rule, examples, practice
from throughline.duties.loading import spec_of
from throughline.duties.parts import Answer, Trigger

RULES = duties.load()
EACH = [pytest.param(rule, id=rule.id) for rule in RULES]
EVERYTHING = [*RULES, *duties.handled_elsewhere()]


@pytest.mark.parametrize("rule", EACH)
def test_it_says_which_law_and_since_when(rule: Rule) -> None:
    assert rule.citation.strip()
    if rule.strength != "LO":  # a partnership's default has no day of its own: it holds since it is on
        undated = [version.id for version in rule.versions if version.start is None]
        assert not undated or rule.note or all(v.note for v in rule.versions if v.start is None), undated


@pytest.mark.parametrize("rule", EACH)
def test_a_child_or_a_parent_could_read_what_it_says(rule: Rule) -> None:
    assert rule.plain.endswith((".", "?"))
    assert len(rule.plain.split()) >= 6, rule.plain


@pytest.mark.parametrize("rule", EACH)
def test_it_has_examples_of_what_it_opens_and_of_a_near_miss(rule: Rule) -> None:
    path = spec_of(rule.id)
    assert path is not None, f"write {rule.id}.spec.yaml beside it"
    given = examples.read(path)
    assert len(given) >= 3, "one met in time, one late or not to be told, one near miss"
    assert any(example.owed for example in given)
    assert any(not example.owed for example in given), "no example in which it opens nothing"


@pytest.mark.parametrize("row", practice.rows())
def test_a_row_of_the_practice_has_a_rule_or_a_stated_reason(row: str) -> None:
    served, reason = practice.served_by(EVERYTHING)[row], practice.rows()[row].reason
    assert served or reason, f"{row}: nothing serves it, and practice.yaml gives no reason"
    assert not (served and reason), f"{row}: {', '.join(served)} serve it; take the reason out"


def test_the_rows_are_those_of_the_brief() -> None:
    wanted = [*(f"L{n}" for n in range(33)), *(f"V{n}" for n in range(1, 34)), *(f"R{n:02d}" for n in range(1, 38))]
    assert list(practice.rows()) == wanted
    assert {flag for row in practice.rows().values() for flag in row.flags} <= set(wanted)


# --- one job, one line ---------------------------------------------------------------------------------------


def test_no_fact_opens_two_lines_for_one_act() -> None:
    """Two rules of one owner that one fact opens and that the same answers meet are one job: one of them is the
    alert of the other (`view_of`), or they count different points of one series."""
    by_owner: dict[tuple[str, frozenset[object]], list[Rule]] = defaultdict(list)
    for rule in RULES:
        if rule.active and not rule.view_of:
            by_owner[rule.owed_role, frozenset(_act(answer) for answer in rule.answers if not answer.route)].append(
                rule
            )
    twice = [
        f"{a.id} and {b.id}: {words.roles()[a.owed_role].title} would have two lines; make one view_of the other"
        for rules in by_owner.values()
        for a, b in combinations(rules, 2)
        if _one_fact(a, b)
    ]
    assert twice == []


def _act(answer: Answer) -> object:
    """What is done, told apart by its marks and codes: a notice to the school is not one to the police."""
    return answer.kind, frozenset(answer.with_), frozenset(answer.without), tuple(sorted(answer.codes.items()))


def _one_fact(a: Rule, b: Rule) -> bool:
    return any(_both(one, other) for one in a.trigger for other in b.trigger) and not _other_points(a, b)


def _both(one: Trigger, other: Trigger) -> bool:
    """Whether one happening can be both triggers."""
    if one.kind != other.kind or set(one.with_) & set(other.without) or set(other.with_) & set(one.without):
        return False
    return all(set(codes) & set(other.codes.get(name, codes)) for name, codes in one.codes.items())


def _other_points(a: Rule, b: Rule) -> bool:
    """Different points of one state (the first review, the later ones), or children in different states."""
    if a.counting and b.counting:
        first, later = sorted((a.counting, b.counting), key=lambda c: c.first)
        if first.last is not None and first.last < later.first:
            return True
    if a.while_ and b.while_ and (a.while_.state, a.while_.with_) != (b.while_.state, b.while_.with_):
        return True
    if a.in_states and b.in_states and not set(a.in_states.states) & set(b.in_states.states):
        return True
    if (
        a.age.between
        and b.age.between
        and not max(a.age.between[0], b.age.between[0]) < min(a.age.between[1], b.age.between[1])
    ):
        return True
    return a.age.at_trigger != b.age.at_trigger and "any" not in (a.age.at_trigger, b.age.at_trigger)


def test_an_alert_is_opened_by_what_opens_its_duty_or_by_what_became_of_it() -> None:
    known = {rule.id: rule for rule in RULES}
    for rule in RULES:
        if rule.view_of:
            of = known[rule.view_of]
            follows = rule.relay is not None and rule.relay.of == of.id
            assert follows or set(rule.opening_kinds) & set(of.opening_kinds), f"{rule.id} never stands beside {of.id}"
