"""One life, told by many: what police, hospitals, schools and panels hold of a child hangs together."""

from __future__ import annotations

from collections import Counter
from datetime import date
from random import Random

import pytest

from throughline.feeds.cells import upn, upn_is_sound
from throughline.invent import rows_partners
from throughline.invent.days import MINUTES
from throughline.invent.life import everyone, lives
from throughline.invent.model import Life
from throughline.invent.people import WIDER, World
from throughline.invent.roll import marks, school_dates

UNTIL = date(2026, 11, 22)
WORLD = World.ending(UNTIL, 3, seed=8)
HOUR = 60


@pytest.fixture(scope="module")
def people() -> list[Life]:
    return list(lives(WORLD, 2400))


def test_a_child_hurt_in_an_assault_is_in_a_and_e_the_same_night(people: list[Life]) -> None:
    hurt = [(life, o) for life in people for o in life.occurrences if o.hurt]
    assert len(hurt) > 20
    for life, occurrence in hurt:
        if occurrence.at < WORLD.now - 12 * HOUR:
            assert any(0 <= visit.at - occurrence.at < 4 * HOUR for visit in life.visits)


def test_police_meet_missing_children_while_they_are_missing(people: list[Life]) -> None:
    met = sum(
        absence.since < occurrence.at < (absence.returned or WORLD.now)
        for life in people
        for absence in life.absences
        for occurrence in life.occurrences
    )
    found = sum(
        absence.found is not None and 0 < visit.at - absence.found < 2 * HOUR
        for life in people
        for absence in life.absences
        for visit in life.visits
    )
    assert met > 50
    assert found > 20


def test_conferences_are_met_on_the_day_the_returns_have(people: list[Life]) -> None:
    met = 0
    for life in people:
        held = {case.area: set[int]() for case in life.cases}
        for case in life.cases:
            held[case.area] |= {e.conference for e in case.enquiries if e.conference}
            held[case.area] |= {day for plan in case.protection for day in plan.reviews}
        for meeting in life.meetings:
            if meeting.type in ("ICPC", "RCPC"):
                assert meeting.held in held[meeting.area]
                met += 1
    assert met > 100


def test_some_seats_at_the_table_are_never_asked(people: list[Life]) -> None:
    asked: Counter[bool] = Counter()
    for life in people:
        for meeting in life.meetings:
            if life.plan and meeting.type == "RCPC":
                asked[any(invite.role == "senco" for invite in meeting.invites)] += 1
    assert asked[False] > asked[True] > 0


def test_a_child_excluded_for_good_leaves_the_roll_and_comes_to_another_weeks_later(people: list[Life]) -> None:
    gaps = []
    for life in people:
        for one, following in zip(life.roll, life.roll[1:], strict=False):
            if one.reason == "permanently excluded" and one.leaving:
                gaps.append(following.entry - one.leaving)
                phase = WORLD.partnership.areas[following.area].schools[following.school].phase
                assert phase == "pru"
    assert len(gaps) > 10
    assert max(gaps) > 60


def test_some_children_are_on_no_roll_for_months(people: list[Life]) -> None:
    now = 0
    for life in people:
        of_school_age = 5 < life.child.age(WORLD.until) < 15
        if of_school_age and life.roll and life.roll[-1].leaving and life.roll[-1].leaving < WORLD.until - 120:
            now += 1
    assert now > 5


def test_marks_follow_from_what_else_is_known(people: list[Life]) -> None:
    days = school_dates(WORLD.until - 300, WORLD.until)
    excluded = missing = 0
    for life in people:
        coded = {day: am for one in life.roll for day, am, _ in marks(WORLD, life, one, days)}
        for exclusion in life.exclusions:
            if exclusion.start in coded:
                on_a_missing_day = any(
                    a.since // MINUTES < exclusion.start <= (a.returned or a.since) // MINUTES for a in life.absences
                )
                assert coded[exclusion.start] == ("O" if on_a_missing_day else "E")
                excluded += 1
        for absence in life.absences:
            missing += coded.get(absence.since // MINUTES + 1) == "O"
    assert excluded > 50
    assert missing > 20


def test_some_wait_long_for_the_nrm_and_some_are_harmed_after_the_list_ends(people: list[Life]) -> None:
    waiting = harmed = 0
    for life in people:
        held = life.exploitation
        if held is None:
            continue
        if held.nrm and held.nrm.final_at:
            waiting += held.nrm.referred + 180 < min(held.nrm.final_at, WORLD.until)
        last = held.decisions[-1]
        if last.decision == "REMOVE":
            harmed += any(0 < o.at - last.at < 90 * MINUTES for o in life.occurrences)
    assert waiting > 5
    assert harmed > 5


def test_with_some_children_a_parent_is_always_in_the_room(people: list[Life]) -> None:
    asked = [
        {a.interview.parent_present for a in life.absences if a.interview and a.interview.held_at}
        for life in people
        if life.child.accompanied
    ]
    assert {"Y"} in asked
    assert all(answers <= {"Y"} for answers in asked)


def test_a_and_e_names_nobody_without_a_worry_or_a_plan(people: list[Life]) -> None:
    named: Counter[bool] = Counter()
    for life in people:
        rows = rows_partners.ae_attendance(WORLD, Random(1), life)
        for visit, record in zip(life.visits, rows, strict=True):
            assert record.unnamed is not bool(visit.concern or visit.plan)
            named[not record.unnamed] += 1
    assert named[True] > 100
    assert named[False] > 100


def test_twins_share_their_name_their_home_and_their_day(people: list[Life]) -> None:
    families: dict[str, list[Life]] = {}
    for life in people:
        families.setdefault(life.child.family, []).append(life)
    twins = 0
    for family in families.values():
        days = Counter(life.child.born for life in family)
        for born, count in days.items():
            if count > 1:
                both = [life.child for life in family if life.child.born == born]
                assert len({(child.surname, child.homes[0].postcode) for child in both}) == 1
                numbers = [child.nhs_number for child in both if child.nhs_number]
                assert len(set(numbers)) == len(numbers)
                twins += 1
    assert twins > 10


def test_some_take_another_name_and_some_had_a_number_for_a_time(people: list[Life]) -> None:
    renamed = [life.child for life in people if life.child.renamed]
    numbered = [life.child for life in people if life.child.temporary_upn]
    assert len(renamed) > 50
    assert len(numbered) > 30
    for child in numbered:
        assert upn(child.temporary_upn).problem == "upn-temporary"
        assert upn_is_sound(child.upn)


def test_children_whom_no_service_works_with_are_at_school_and_in_a_and_e_only() -> None:
    everybody = list(everyone(WORLD, 600))
    known = [life for life in everybody if life.child.number < WIDER]
    wider = [life for life in everybody if life.child.number >= WIDER]
    assert known == list(lives(WORLD, 600))
    assert 0.8 < len(wider) / len(known) < 1.2
    for life in wider:
        assert not any((life.cases, life.spells, life.absences, life.occurrences, life.meetings))
        assert all(row.by == "school" for row in life.told)
        assert not life.child.homes[0].la_id
    assert sum(bool(life.roll) for life in wider) > 0.9 * len(wider)
    assert sum(bool(life.visits) for life in wider) > 100
    numbers = [life.child.upn for life in everybody if life.child.upn]
    assert len(set(numbers)) == len(numbers)
