"""The invented agencies mostly do what they owe, and every board of the demonstration has something to show."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from throughline import duties, invent, words
from throughline.check.pipeline import run
from throughline.invent import setting
from throughline.invent.days import MINUTES, eighteen, working
from throughline.invent.life import lives
from throughline.invent.model import Life
from throughline.invent.openings import FINDERS, found
from throughline.invent.people import World

UNTIL = date(2026, 11, 22)
WORLD = World.ending(UNTIL, 3, seed=1)
"""The demonstration's own seed."""
CASELOAD, LINES = 18, 12
"""The aim of issue 4: so many children, at most so many lines in a week."""


@pytest.fixture(scope="module")
def people() -> list[Life]:
    return list(lives(WORLD, 1500))


def test_every_answer_is_told_by_somebody_who_may_tell_it_and_meets_a_rule() -> None:
    met = {answer.kind for rule in duties.rulebook().values() for answer in rule.answers}
    for entry in setting.answers():
        kind = words.kinds()[entry.kind]
        assert entry.by in kind.said_by or not kind.said_by, entry
        assert (entry.after or entry.during) in FINDERS, entry
        assert entry.kind in met | {"conference_booked", "dispute_opened"}, entry


def test_most_is_done_in_time_some_late_and_a_little_never(people: list[Life]) -> None:
    became: dict[str, int] = defaultdict(int)
    for life in people:
        done = sorted(row.at // MINUTES for row in life.told if row.kind == "placement_plan_agreed")
        for opening in found("placement", WORLD, life):
            if WORLD.began <= opening.day < WORLD.until - 60 and opening.day < eighteen(life.child.born) - 60:
                first = next((day for day in done if day >= opening.day - 8), None)
                on_time = first is not None and first <= working(opening.day, 5)
                became["in time" if on_time else "late" if first and first < opening.day + 60 else "never"] += 1
    assert became["in time"] > 0.8 * sum(became.values())
    assert became["late"] > became["never"] > 0


def test_boards_of_missing_school_and_homes_have_somebody(people: list[Life]) -> None:
    assert any(a.returned is None for life in people for a in life.absences)
    out = [WORLD.until - s.start for life in people for s in life.schooling if s.end is None and s.status != "EHE"]
    assert any(days > 125 for days in out)
    assert any(45 < days < 120 for days in out)
    assert any(days < 21 for days in out)
    away = [o for life in people for o in found("placement_away", WORLD, life) if life.in_care(WORLD.until)]
    assert away


def test_boards_of_reviews_and_conferences_have_what_is_booked_and_a_challenge_that_runs(people: list[Life]) -> None:
    booked: dict[str, int] = defaultdict(int)
    disputes = []
    for life in people:
        for row in life.told:
            due = dict(row.details).get("due", "")
            if row.kind in ("care_review_booked", "conference_booked") and due > UNTIL.isoformat():
                booked[row.kind] += 1
        opened = sum(row.kind == "dispute_opened" for row in life.told)
        disputes.append(opened - sum(row.kind == "dispute_resolved" for row in life.told))
    assert booked["care_review_booked"] > 5
    assert booked["conference_booked"] > 5
    assert any(running > 0 for running in disputes)


def test_boards_of_the_nrm_and_of_investigations_have_who_waits(people: list[Life]) -> None:
    nrm = [life.exploitation.nrm for life in people if life.exploitation and life.exploitation.nrm]
    assert any(one.first_at and one.first_at > WORLD.until for one in nrm), "no first decision yet"
    assert any(
        one.first == "positive" and one.first_at and one.first_at <= WORLD.until < (one.final_at or 0) for one in nrm
    ), "no final decision yet"
    waiting = [
        eighteen(life.child.born) - WORLD.until
        for life in people
        for o in life.occurrences
        if o.investigation and (o.investigation.concluded or 0) > WORLD.until
    ]
    assert any(0 < days < 183 for days in waiting), "nobody is nearly 18"


def test_a_place_has_several_children_within_sixty_days(people: list[Life]) -> None:
    seen: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for life in people:
        for o in life.occurrences:
            if o.place_ref:
                seen[o.place_ref].append((o.at // MINUTES, life.child.number))
    several = [
        place
        for place, happened in seen.items()
        for (first, one), (last, other) in pairwise(sorted(happened))
        if last - first < 60 and one != other
    ]
    assert len(set(several)) > 3


def test_a_social_worker_with_eighteen_children_has_a_week_s_work(tmp_path: Path) -> None:
    """Every rule that opens on invented children is answered by somebody: a new one that is not shows here."""
    invent.write(tmp_path / "in", children=240, seed=1, until=UNTIL)
    places = tmp_path / "in" / invent.POSTCODES
    run(tmp_path / "in", tmp_path / "out", UNTIL, lambda *_: None, places)
    rules = duties.rulebook()
    soon = "2026-11-29"
    lines: dict[str, int] = defaultdict(int)
    of_others: dict[str, int] = defaultdict(int)
    with (tmp_path / "out" / "owed.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            rule = rules[row["duty_id"]]
            due = row["state"] == "overdue" or (row["state"] in ("due", "due soon") and row["due_at"][:10] <= soon)
            if due and not rule.view_of and row["due_at"]:
                lines[rule.owed_role] += 1
                of_others[row["duty_id"]] += 1
    now = WORLD.until
    open_children = sum(bool(life.open_case(now) or life.in_care(now)) for life in lives(WORLD, 240))
    assert lines["social_worker"] * CASELOAD <= LINES * open_children, dict(of_others)
    assert lines["iro"] + lines["team_manager"] <= 25 * len(WORLD.partnership.areas), dict(of_others)
