"""The child's copy: own words first, what was promised, and nothing that is somebody else's to release."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from django.urls import reverse

from cast import deliver
from stores import NOW, event_row, load_dated, load_rows, person, relate, the_child
from throughline import sharing, words
from throughline.web.accounts.viewing import viewing
from throughline.web.audit.actions import looked
from throughline.web.audit.models import Change
from throughline.web.casework.engine_role import as_engine
from throughline.web.child import copies

pytestmark = pytest.mark.django_db

ASKED = "Do not tell the home"
SAID = "I want to see my nan"


@pytest.fixture(autouse=True)
def partnership(settings, tmp_path):
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"
    for folder in deliver(tmp_path):
        load_dated(folder)
    rows = [
        event_row("rowan", "direct_voice", "2026-04-02", "V-1", tags="CHILD-CONF", details=f"words={ASKED}"),
        event_row("rowan", "direct_voice", "2026-04-05", "V-2", details=f"words={SAID}"),
        event_row("rowan", "arrest", "2026-04-03", "V-3"),
        event_row("rowan", "direct_voice", "2026-04-07", "V-6", marks="via_parent", details="words=She is fine here"),
        event_row("rowan", "safety_plan", "2026-04-04", "V-4", tags="THIRD"),
        event_row("rowan", "school_joined", "2026-04-06", "V-5", agency="school:1"),
    ]
    load_rows(tmp_path, "events", rows, received=date(2026, 4, 20), sender="la:971")


@pytest.fixture
def worker():
    user = person("social_worker")
    relate(user, the_child("rowan"), sharing.ALLOCATED)
    return user


def copy(user, *, goes_home: bool = False) -> copies.Copy:
    with viewing(user) as viewer:
        return copies.make(viewer, the_child("rowan").public_id, goes_home=goes_home)


def titles(made: copies.Copy) -> list[str]:
    return [row.title for _, rows in made.years for row in rows]


def test_the_childs_own_words_come_first_and_the_newest_of_them(worker) -> None:
    assert [said.words for said in copy(worker).said] == [SAID, ASKED]


def test_what_a_parent_told_for_the_child_is_not_what_the_child_said(worker) -> None:
    assert "She is fine here" not in [said.words for said in copy(worker).said]


def test_what_was_told_in_confidence_does_not_go_home(worker) -> None:
    assert [said.words for said in copy(worker, goes_home=True).said] == [SAID]


def test_what_police_and_other_people_told_is_in_neither(worker) -> None:
    kinds = words.kinds()
    with viewing(worker) as viewer:
        pk = the_child("rowan").pk
        assert sharing.ALLOCATED in viewer.relations_to(pk)[pk]
    for goes_home in (True, False):
        shown = titles(copy(worker, goes_home=goes_home))
        assert kinds["school_joined"].title in shown
        assert kinds["arrest"].title not in shown
        assert kinds["safety_plan"].title not in shown


def test_a_promise_is_the_rules_own_sentence_to_a_child_with_its_day(worker) -> None:
    promised = {p.owed.duty_id: p for p in (*copy(worker).open, *copy(worker).kept)}
    assert promised, "Rowan is owed something"
    for promise in promised.values():
        assert "you" in promise.sentence.lower()


def test_that_it_was_made_is_recorded(worker) -> None:
    copy(worker, goes_home=True)
    with as_engine():
        made = Change.objects.filter(action="child.copy.home").get()
    assert made.child_ids == [the_child("rowan").pk]


@pytest.mark.parametrize("role", ["missing_hub", "team_manager", "dsl", "police_desk", "analyst", "data_desk"])
def test_nobody_makes_it_who_is_not_the_childs_worker_or_reviewer(role: str) -> None:
    user = person(role)
    relate(user, the_child("rowan"), sharing.HUB)
    with pytest.raises((PermissionDenied, Http404)):
        copy(user)


def test_the_page_asks_first_where_it_will_be_read(worker) -> None:
    client = Client()
    client.force_login(worker)
    address = reverse("child_copy", args=[the_child("rowan").public_id])
    asked = client.get(address).content.decode()
    assert "Where will it be read?" in asked
    assert SAID not in asked
    assert SAID in client.get(address, {"where": "home"}).content.decode()
    assert ASKED not in client.get(address, {"where": "home"}).content.decode()


def test_it_tells_who_has_looked_by_seat_and_no_police_and_no_name(worker) -> None:
    for role, agency in (("dsl", "school:1"), ("police_desk", "police:castlereach")):
        looker = person(role, agency=agency)
        with viewing(looker):
            looked(user_id=looker.pk, role=role, purpose="x", path_kind="child page", children=[the_child("rowan").pk])
    copy(worker)
    seats = [row.seat for row in copy(worker).looks]
    assert {words.roles()["social_worker"].title, words.roles()["dsl"].title} <= set(seats)
    assert words.roles()["police_desk"].title not in seats
    assert worker.name not in repr(copy(worker).looks)


def test_it_tells_who_was_told_by_a_decision_unless_the_decision_itself_stays_out(worker, tmp_path) -> None:
    rows = [
        event_row("rowan", "sharing_decided", "2026-04-10", "V-8", marks="accepted", details="with_agency=school:1"),
        event_row("rowan", "sharing_decided", "2026-04-11", "V-9", marks="turned_down", details="with_agency=gp"),
        event_row("rowan", "sharing_decided", "2026-04-12", "V-10", tags="POL-C", marks="accepted",
                  details="with_agency=police:castlereach"),
    ]  # fmt: skip
    load_rows(tmp_path, "events", rows, received=date(2026, 4, 21), sender="la:971", name="told")
    assert [row.on for row in copy(worker).passed] == [date(2026, 4, 10)]
