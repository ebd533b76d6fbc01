"""The lives are such as could be lived, and hold every kind of lateness the duties are there to see."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from throughline.invent.days import MINUTES, eighteen, working
from throughline.invent.life import lives
from throughline.invent.model import Life
from throughline.invent.people import World

UNTIL = date(2026, 11, 22)
WORLD = World.ending(UNTIL, 3, seed=8)


@pytest.fixture(scope="module")
def people() -> list[Life]:
    return list(lives(WORLD, 1500))


def test_children_are_in_care_on_plans_and_missing_on_the_last_day(people: list[Life]) -> None:
    """A demonstration of 600 children needs something on every board; per 600, these are the floors."""
    now = WORLD.until
    on: Counter[str] = Counter()
    for life in people:
        on["in care"] += life.in_care(now) is not None
        on["open"] += life.open_case(now)
        on["protected"] += any(
            plan.start <= now and (plan.end is None or plan.end > now)
            for case in life.cases
            for plan in case.protection
        )
        on["away"] += any(away.returned is None and away.to_police for away in life.absences)
        on["out of school"] += any(spell.end is None for spell in life.schooling)
    per_600 = {what: count * 600 / len(people) for what, count in on.items()}
    assert per_600["in care"] > 25
    assert per_600["open"] > 120
    assert per_600["protected"] > 20
    assert per_600["away"] >= 1
    assert per_600["out of school"] > 10


def test_reviews_are_held_in_care_and_some_are_late(people: list[Life]) -> None:
    first_late = Counter[bool]()
    for life in people:
        for spell in life.spells:
            held = [day for day, _ in spell.reviews]
            assert held == sorted(held)
            assert all(spell.start < day <= min(spell.end or WORLD.until, WORLD.until) for day in held)
            if held and spell.episodes[0].legal != "V4" and spell.start < WORLD.until - 60:
                first_late[held[0] > working(spell.start, 20)] += 1
    share = first_late[True] / first_late.total()
    assert 0.05 < share < 0.25


def test_episodes_of_care_follow_one_another_without_a_gap(people: list[Life]) -> None:
    spells = [spell for life in people for spell in life.spells]
    assert len(spells) > 100
    for spell in spells:
        assert spell.episodes[0].new == "S"
        for one, following in zip(spell.episodes, spell.episodes[1:], strict=False):
            assert one.end == following.start
            assert one.ceased == "X1"
            moved = one.place_postcode != following.place_postcode or one.place != following.place
            assert moved or one.legal != following.legal
            assert bool(one.change) == (following.new in ("P", "B"))
        last = spell.episodes[-1]
        assert (last.end is None) == (last.ceased == "")


def test_nothing_of_childhood_outlasts_it(people: list[Life]) -> None:
    for life in people:
        adult = eighteen(life.child.born)
        assert all(case.closed is None or case.closed <= adult for case in life.cases)
        assert all(case.closed is not None or case.nfa for case in life.cases if adult <= WORLD.until)
        assert all(spell.end is not None and spell.end <= adult for spell in life.spells if adult <= WORLD.until)
        assert all(absence.since // MINUTES < adult for absence in life.absences)


def test_plans_are_reviewed_and_end_at_a_review(people: list[Life]) -> None:
    plans = [plan for life in people for case in life.cases for plan in case.protection]
    assert len(plans) > 100
    late = 0
    for plan in plans:
        assert all(plan.start < day <= (plan.end or day) for day in plan.reviews)
        late += bool(plan.reviews) and plan.reviews[0] > plan.start + 92
    assert 0.01 < late / len(plans) < 0.2


def test_every_answer_to_an_interview_occurs(people: list[Life]) -> None:
    became: Counter[str] = Counter()
    for life in people:
        for absence in life.absences:
            interview = absence.interview
            if absence.returned is None:
                became["still away"] += 1
            elif interview is None:
                became["nobody took it up"] += 1
            elif interview.held_at is not None:
                in_time = interview.held_at <= absence.returned + 72 * 60
                became["held in time" if in_time else "held late"] += 1
            elif interview.offered == "N":
                became["not offered"] += 1
            elif interview.accepted == "N":
                became["not now"] += 1
            elif interview.accepted == "Y":
                became["said yes, not held"] += 1
            else:
                became["no answer"] += 1
    assert len(became) == 8, became
    assert became["held in time"] > became["held late"] > 0


def test_what_happens_to_an_absence_happens_in_order(people: list[Life]) -> None:
    for life in people:
        for absence in life.absences:
            assert absence.since < absence.reported
            if absence.returned is not None and absence.found is not None:
                assert absence.since < absence.found <= absence.returned
        starts = [absence.since for absence in life.absences]
        assert starts == sorted(starts)


def test_education_after_exclusion_comes_from_a_day_or_not_yet(people: list[Life]) -> None:
    days = Counter[str]()
    for life in people:
        for exclusion in life.exclusions:
            if exclusion.category == "PERM" or exclusion.sessions > 10:
                days["not yet" if exclusion.education_from is None else "from a day"] += 1
            elif not (life.in_care(exclusion.start) or life.open_case(exclusion.start)):
                assert exclusion.education_from is None
            elif exclusion.education_from == exclusion.start:
                days["from the first day"] += 1
    assert set(days) == {"not yet", "from a day", "from the first day"}


def test_children_say_things_and_are_asked_how_to_be_reached(people: list[Life]) -> None:
    kinds = Counter(row.kind for life in people for row in life.told)
    for kind in ("direct_voice", "safe_contact", "name_used", "team_role_started", "strategy_discussion", "visit"):
        assert kinds[kind] > 30, kind
