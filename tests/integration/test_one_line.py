"""One job, one line: each thing owed stands on one person's list, an alert on its duty's line, what nobody holds on
the manager's."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from stores import NOW, TODAY, event_row, load_rows, person, relate, the_child
from throughline import sharing
from throughline.web.accounts.viewing import viewing
from throughline.web.casework import selectors
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Instance
from throughline.web.casework.reading import asking, owing, owners, worklists
from throughline.web.casework.reading.worklists import Owing, Worklist

pytestmark = pytest.mark.django_db

DUTY = "assessment-45wd"


@pytest.fixture(autouse=True)
def _a_day_in_april(settings, tmp_path):
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"


def someone(role: str, name: str = "", area: str = "971"):
    return person(role, name or f"A {role}", agency=f"la:{area}", area=area)


def a_list(by: str, **more) -> Worklist:
    return Worklist(
        id=by, title=by, short=by, what=Owing(by=by, due="open", **more), why="", order="late", empty="Nothing."
    )


def lines(user, by: str = worklists.ME) -> list[str]:
    """Duties on this person's list, one a line."""
    with viewing(user) as viewer:
        found = asking.ask(viewer, [a_list(by)], owing.moment(None), viewer.today, 100)[by]
        numbers = [row.number for row in found.rows]
        assert found.total == len(numbers)
        duties = {row.pk: row.duty_id for row in Instance.objects.filter(pk__in=numbers)}
        return sorted(duties[number] for number in numbers)


@pytest.fixture
def referred(tmp_path) -> None:
    rows = [
        event_row("rowan", "referral", "2026-02-02", "R-1", details="need=N1"),
        event_row("rowan", "assessment_completed", "2025-01-02", "R-0"),
    ]
    load_rows(tmp_path, "events", rows, received=TODAY, sender="la:971")


@pytest.mark.usefixtures("referred")
def test_what_the_social_worker_owes_stands_with_the_one_who_is_allocated() -> None:
    ana, tom = someone("social_worker", "Ana Reyes"), someone("social_worker", "Tom Larkin")
    relate(ana, the_child("rowan"), sharing.ALLOCATED)
    relate(tom, the_child("rowan"), sharing.TEAM)
    assert DUTY in lines(ana)
    assert DUTY not in lines(tom)
    assert DUTY in lines(tom, worklists.OTHERS), "he waits for it"
    assert DUTY not in lines(ana, worklists.OTHERS)


@pytest.mark.usefixtures("referred")
def test_what_nobody_holds_stands_on_the_managers_list_until_somebody_does() -> None:
    manager = someone("team_manager")
    assert DUTY in lines(manager, worklists.NOBODY)
    assert DUTY not in lines(manager), "it is not the manager's own either"
    relate(someone("social_worker"), the_child("rowan"), sharing.ALLOCATED)
    assert DUTY not in lines(manager, worklists.NOBODY)


@pytest.mark.usefixtures("referred")
def test_on_one_page_a_line_stands_once() -> None:
    manager = someone("team_manager")
    with viewing(manager) as viewer:
        monday = selectors.my_monday(viewer)
        shown = [row.owed.id for one in monday.lists for row in one.rows if row.owed]
    assert shown
    assert len(shown) == len(set(shown))


def test_a_conference_is_the_chairs_line_before_the_reviewing_officers(tmp_path) -> None:
    rows = [
        event_row("rowan", "cp_plan_started", "2026-01-12", "C-1", details="category=N"),
        event_row("rowan", "initial_conference", "2026-01-12", "C-2"),
        event_row("rowan", "review_conference", "2025-01-12", "C-0"),
    ]
    load_rows(tmp_path, "events", rows, received=TODAY, sender="la:971")
    officer, chair = someone("iro"), someone("conference_chair")
    relate(officer, the_child("rowan"), sharing.REVIEWER)
    assert "cp-review-first-3m" in lines(officer), "alone, the officer chairs it too"
    relate(chair, the_child("rowan"), sharing.REVIEWER)
    assert "cp-review-first-3m" in lines(chair)
    assert "cp-review-first-3m" not in lines(officer)


def test_a_duty_and_its_alert_are_one_line_that_of_whichever_is_due_first(tmp_path) -> None:
    rows = [
        event_row("rowan", "referral", "2026-01-20", "T-0", details="need=N1"),
        event_row("rowan", "care_started", "2026-01-02", "T-4"),
        event_row("rowan", "rhi_held", "2026-01-05", "T-1"),
        event_row("rowan", "rhi_shared", "2026-01-06", "T-2"),
        event_row("rowan", "rhi_held", "2026-04-16", "T-3"),
    ]
    load_rows(tmp_path, "events", rows, received=TODAY, sender="la:971")
    worker = someone("social_worker")
    relate(worker, the_child("rowan"), sharing.ALLOCATED)
    with transaction.atomic(), as_engine():
        both = set(Instance.objects.filter(opened_on=date(2026, 4, 16)).values_list("duty_id", flat=True))
    assert {"missing-rhi-share", "r05-themes-to-plan"} <= both
    shared = [duty for duty in lines(worker) if duty in ("missing-rhi-share", "r05-themes-to-plan")]
    assert shared == ["r05-themes-to-plan"], "the alert has a date, its duty none"
    with viewing(worker) as viewer:
        [line] = [
            owed
            for owed in selectors.owed(viewer, the_child("rowan").public_id)
            if {owed.duty_id, *(other.duty_id for other in owed.beside)} & {"missing-rhi-share"} and not owed.met_on
        ]
    assert line.duty_id == "r05-themes-to-plan"
    assert [other.duty_id for other in line.beside] == ["missing-rhi-share"]


def test_who_is_informed_sees_it_on_the_childs_page_and_not_on_their_monday(tmp_path) -> None:
    rows = [
        event_row("rowan", "referral", "2026-01-20", "I-0", details="need=N1"),
        event_row("rowan", "worry", "2026-04-16T10:00", "I-1", details="what=New phone"),
    ]
    load_rows(tmp_path, "events", rows, received=TODAY, sender="la:971")
    worker = someone("social_worker")
    relate(worker, the_child("rowan"), sharing.ALLOCATED)
    assert "r36-worry-answered" in lines(someone("team_manager"))
    assert "r36-worry-answered" not in lines(worker) + lines(worker, worklists.OTHERS)
    with viewing(worker) as viewer:
        owed = selectors.owed(viewer, the_child("rowan").public_id)
    assert "r36-worry-answered" in [each.duty_id for each in owed]
    client = Client()
    client.force_login(worker)
    page = client.get(reverse("child", args=[the_child("rowan").public_id])).content.decode()
    assert "r36-worry-answered" in page


def test_every_role_that_owes_a_child_something_has_somebody_who_holds_it() -> None:
    from throughline import duties

    about_children = {rule.owed_role for rule in duties.rulebook().values() if rule.subject == "child"}
    assert about_children - set(owners.ways()) <= {"business_manager"}
