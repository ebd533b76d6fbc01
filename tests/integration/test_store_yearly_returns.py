"""Yearly SSDA903 returns handed in one after another: who is no longer in the next has left care."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import transaction

from returns import EPISODES, HEADER, REVIEWS, episode
from stores import load, person, relate
from throughline import sharing
from throughline.web.accounts.viewing import viewing
from throughline.web.casework import actions, selectors
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event, Segment
from throughline.web.casework.recomputing import recompute
from throughline.web.linkage.models import Child

pytestmark = pytest.mark.django_db

COUNCIL = "la:971"
FIRST, SECOND = date(2024, 6, 10), date(2025, 6, 10)


@pytest.fixture(autouse=True)
def _a_summer(settings, tmp_path):
    settings.THROUGHLINE_NOW = datetime(2025, 7, 1, 9, 0, tzinfo=UTC)
    settings.DATA_FOLDER = tmp_path / "data"


def one_return(folder: Path, received: date, header: list[str], episodes: list[str], reviews: list[str]):
    folder.mkdir()
    (folder / "reviews.csv").write_text("\n".join([REVIEWS, *reviews]) + "\n")
    (folder / "header.csv").write_text("\n".join([HEADER, *header]) + "\n")
    (folder / "episodes.csv").write_text("\n".join([EPISODES, *episodes]) + "\n")
    return load(folder, received=received, sender=COUNCIL)


def first_year(tmp_path: Path) -> None:
    """GONE and STAYS are in care when the year ends; others came and went in it."""
    others = [episode(f"O{n}", f"{n:02}/{n % 9 + 4:02}/2023", "S", f"{n + 7:02}/03/2024", "E8") for n in range(4, 25)]
    one_return(
        tmp_path / "2024", FIRST,
        [f"{child},1,01/01/2012,WBRI,,," for child in ("GONE", "STAYS", *(f"O{n}" for n in range(4, 25)))],
        [episode("GONE", "12/01/2024", "S"), episode("STAYS", "10/01/2024", "S"), *others],
        [f"{child},01/01/2012,05/02/2024,PN1" for child in ("GONE", "STAYS")],
    )  # fmt: skip


def second_year(tmp_path: Path):
    others = [episode(f"P{n}", f"{n:02}/{n % 9 + 4:02}/2024", "S", f"{n + 7:02}/03/2025", "E8") for n in range(4, 25)]
    return one_return(
        tmp_path / "2025", SECOND,
        [f"{child},1,01/01/2012,WBRI,,," for child in ("STAYS", *(f"P{n}" for n in range(4, 25)))],
        [episode("STAYS", "10/01/2024", "S"), *others],
        [f"P{n},01/01/2012,{n:02}/{n % 9 + 4:02}/2024,PN1" for n in range(4, 25)],
    )  # fmt: skip


def child(la_id: str) -> Child:
    with transaction.atomic(), as_engine():
        return Child.objects.get(la_id=la_id)


def care_ends(la_id: str) -> list[str]:
    with transaction.atomic(), as_engine():
        return [str(e.happened_on) for e in Event.objects.filter(child=child(la_id), kind="care_ended")]


def opened(la_id: str) -> None:
    """A person has opened the child's page, with a purpose: the return alone is no reason any longer."""
    with transaction.atomic(), as_engine():
        Child.objects.filter(la_id=la_id).update(typed=True)
        recompute([child(la_id).pk])


def overdue(la_id: str) -> list[tuple[str, str]]:
    """Duty, and the day it was due, of what is overdue today."""
    worker = person("iro", "Jo Hale")
    relate(worker, child(la_id), sharing.REVIEWER)
    with viewing(worker) as viewer:
        owed = selectors.owed(viewer, child(la_id).public_id)
        return [(o.duty_id, str(o.due_on)) for o in owed if o.state == "overdue"]


def test_who_was_in_care_and_is_absent_from_the_next_return_left_on_31_march(tmp_path) -> None:
    first_year(tmp_path)
    assert care_ends("GONE") == []
    second_year(tmp_path)
    assert care_ends("GONE") == ["2024-03-31"]
    assert care_ends("STAYS") == []
    with transaction.atomic(), as_engine():
        [care] = Segment.objects.filter(child=child("GONE"), state="in_care")
        assert care.end == date(2024, 3, 31)


def test_a_review_that_fell_due_after_that_day_is_not_said_to_be_overdue(tmp_path) -> None:
    first_year(tmp_path)
    second_year(tmp_path)
    assert overdue("STAYS") == [("lac-review-second-3m", "2024-05-05")], "in care still, and no review since"
    opened("GONE")
    assert overdue("GONE") == []


def test_once_the_later_return_is_taken_back_nobody_says_that_care_ended(tmp_path) -> None:
    first_year(tmp_path)
    later = second_year(tmp_path)
    with viewing(person("analyst")) as analyst:
        actions.withdraw(delivery=later.pk, by=analyst, why="the wrong council's file")
    assert care_ends("GONE") == []


def test_as_known_before_the_later_return_came_the_child_was_in_care(tmp_path) -> None:
    first_year(tmp_path)
    second_year(tmp_path)
    opened("GONE")
    worker = person("iro", "Jo Hale")
    relate(worker, child("GONE"), sharing.REVIEWER)
    with viewing(worker) as viewer:
        gone = child("GONE").public_id
        before = selectors.line(viewer, gone, date(2025, 6, 9), "received").rows
        after = selectors.line(viewer, gone, SECOND, "received").rows
    assert "care_ended" not in {row.kind for row in before}
    assert "care_ended" in {row.kind for row in after}
