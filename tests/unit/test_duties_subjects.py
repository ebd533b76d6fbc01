"""Duties about what is no child: which lines open them, and what their kinds may be about."""

from __future__ import annotations

from datetime import date

import pytest

from throughline import duties, words
from throughline.duties import Instance, Rule, evaluate, examples
from throughline.feeds.base import Coverage
from throughline.feeds.subjects import A_CHILD, Subject
from throughline.timeline import CoverageIndex, Mention, build, mentions_in
from throughline.timeline.happenings import single

OWN_LINE = ("context", "recommendation", "agency", "partnership")
TODAY = date(2026, 3, 1)
EVERYTHING = CoverageIndex([Coverage("", frozenset(words.kinds()), date(2020, 1, 1), TODAY)])


def owed(subject: Subject, *told: str, mentions: tuple[Mention, ...] = ()) -> list[Instance]:
    """What is owed on one line by TODAY, everything being covered."""
    events = [examples.event(text, number) for number, text in enumerate(told)]
    line = build(events, coverage=EVERYTHING, subject=subject, mentions=mentions, as_of=TODAY)
    return [i for i in evaluate(line, duties.rulebook(), TODAY) if i.opened <= TODAY]


def named(instances: list[Instance]) -> set[tuple[str, str, str]]:
    return {(i.duty, i.subject_kind, i.subject_id) for i in instances}


@pytest.mark.parametrize("rule", [r for r in duties.load() if r.subject in OWN_LINE], ids=lambda r: r.id)
def test_what_opens_or_answers_a_duty_on_a_line_of_its_own_can_be_told_of_it(rule: Rule) -> None:
    told = {answer.kind for answer in rule.answers} | {trigger.kind for trigger in rule.trigger}
    assert {kind for kind in told if rule.subject not in words.kinds()[kind].about} == set()


def test_a_police_plan_owes_its_sharing_wherever_it_stands() -> None:
    told = "disruption_plan 2026-02-24 ref:PP1"
    about_it = ("r29-police-plan-shared", "police_plan")
    assert (*about_it, "PP1") in named(owed(A_CHILD, told))
    assert (*about_it, "PP1") in named(owed(Subject("context", "the interchange"), told))
    assert (*about_it, "pp1") in named(owed(Subject("police_plan", "pp1"), told)), "its own line says which"


def test_a_request_owes_an_answer_on_the_line_it_is_about() -> None:
    told = "information_requested 2026-02-20 ref:Q7"
    assert named(owed(A_CHILD, told)) >= {("r26-request-unanswered", "request", "Q7")}
    assert named(owed(Subject("agency", "police:west"), told)) >= {("r26-request-unanswered", "request", "Q7")}


def test_each_recommendation_owes_its_own_evidence_and_no_child_does() -> None:
    told = "recommendation_claimed 2025-08-04"
    (one,) = [i for i in owed(Subject("recommendation", "r1"), told) if i.duty == "r33-impact-evidence"]
    assert (one.subject_id, one.due) == ("r1", date(2026, 2, 2))
    assert named(owed(A_CHILD, told)) == set()


def test_a_review_of_an_incident_is_owed_once_on_the_childs_line_or_on_its_own() -> None:
    told = "lcspr_start 2025-10-01 ref:I4"
    for subject, id in ((A_CHILD, "I4"), (Subject("incident", "i4"), "i4")):
        (one,) = [i for i in owed(subject, told) if i.duty == "lcspr-publish-6m"]
        assert (one.subject_kind, one.subject_id, one.due) == ("incident", id, date(2026, 4, 1))


def test_the_partnership_owes_its_report_each_year() -> None:
    found = owed(Subject("partnership", "four shores"), "yearly_report_published 2025-01-10")
    assert ("lscp-yearly-report", "partnership", "four shores") in named(found)


def test_what_befell_children_is_seen_by_patterns_and_opens_nothing_else_on_the_line_of_a_place() -> None:
    plan = single(examples.event("disruption_plan 2026-02-24 ref:PP1"))
    assert named(owed(Subject("context", "x"), mentions=(Mention("a", plan),))) == set(), "owed on the child's line"


def test_a_childs_event_mentions_the_place_once_however_many_tell_of_it() -> None:
    told = [
        examples.event("assault 2026-01-09T21:00 by:police:west 'context=The Interchange' +injury_treated"),
        examples.event("assault 2026-01-09T21:30 by:hospital:north 'context=the interchange' +injury_treated"),
        examples.event("visit 2026-01-10"),
    ]
    found = list(mentions_in(build(told, as_of=TODAY)))
    assert [(subject.key, len(happening.events)) for subject, _, happening in found] == [("context:the interchange", 2)]
