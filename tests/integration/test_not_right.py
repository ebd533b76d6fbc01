"""Rectification: what somebody says is not right stands beside the entry, held as it is, and is answered."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.test import Client
from django.urls import reverse

from cast import deliver
from stores import NOW, TODAY, event_row, load_dated, load_rows, person, relate, the_child
from throughline import sharing
from throughline.web.accounts.viewing import viewing
from throughline.web.casework import selectors
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event, Instance
from throughline.web.casework.shapes import Told
from throughline.web.casework.typing_in import Refused
from throughline.web.child import disputing

pytestmark = pytest.mark.django_db

WROTE = "He ran out of the house"
SAYS = "I was sent out of the house"


@pytest.fixture(autouse=True)
def partnership(settings, tmp_path):
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"
    for folder in deliver(tmp_path):
        load_dated(folder)
    rows = [
        event_row("rowan", "worry", "2026-04-06", "N-1", details=f"what={WROTE}"),
        event_row("rowan", "worry", "2026-04-07", "N-2", tags="MH", details="what=Something of the clinic"),
    ]
    load_rows(tmp_path, "events", rows, received=date(2026, 4, 20), sender="la:971")


@pytest.fixture
def worker():
    user = person("social_worker")
    relate(user, the_child("rowan"), sharing.ALLOCATED)
    return user


def key_of(kind: str = "worry", day: date = date(2026, 4, 6)) -> str:
    with transaction.atomic(), as_engine():
        return Event.objects.get(child=the_child("rowan"), kind=kind, happened_on=day).key


def say(user, key: str, what: str = SAYS) -> None:
    with viewing(user) as viewer:
        disputing.dispute(
            child=the_child("rowan").public_id, key=key, who="Rowan", what=what, instead="", by=viewer, purpose="test"
        )


def answer(user, outcome: str = "stays", what: str = "Spoke with both") -> None:
    key = key_of("record_disputed", TODAY)
    with viewing(user) as viewer:
        disputing.answer(
            child=the_child("rowan").public_id, key=key, outcome=outcome, what=what, by=viewer, purpose="test"
        )


def told(user, key: str) -> Told:
    with viewing(user) as viewer:
        rows = selectors.line(viewer, the_child("rowan").public_id).rows
    return next(one for row in rows for one in row.tellings if one.key == key)


def test_it_stands_beside_the_entry_which_stays_as_it_was(worker) -> None:
    say(worker, key_of())
    entry = told(worker, key_of())
    assert [o.what for o in entry.objections] == [SAYS]
    assert any(WROTE in value for _, value in entry.details)


def test_a_month_runs_and_the_answer_ends_it(worker) -> None:
    say(worker, key_of())
    with transaction.atomic(), as_engine():
        assert Instance.objects.get(duty_id="rectification-1m").due_on == date(2026, 5, 21)
    answer(worker)
    with transaction.atomic(), as_engine():
        assert Instance.objects.get(duty_id="rectification-1m").met_on == TODAY
    assert "with what they say beside it" in told(worker, key_of()).objections[0].answer


def test_it_is_held_as_closely_as_what_it_is_about(worker) -> None:
    say(worker, key_of(day=date(2026, 4, 7)))
    with transaction.atomic(), as_engine():
        said = Event.objects.get(kind="record_disputed")
        assert said.tags == ["MH"]
    beside = person("social_worker", "Works Beside")
    relate(beside, the_child("rowan"), sharing.TEAM)
    with viewing(beside):
        assert not Event.objects.filter(kind="record_disputed").exists()


def test_nobody_disputes_for_somebody_what_they_do_not_see(worker) -> None:
    beside = person("missing_hub")
    relate(beside, the_child("rowan"), sharing.HUB)
    with pytest.raises((Http404, PermissionDenied)):
        say(beside, key_of())


def test_it_takes_words_and_is_answered_once(worker) -> None:
    with pytest.raises(Refused):
        say(worker, key_of(), what=" ")
    say(worker, key_of())
    with pytest.raises(Refused):
        answer(worker, outcome="wiped")
    answer(worker)
    with pytest.raises(PermissionDenied):
        answer(worker)


def test_the_pages_take_what_is_said_and_the_answer(worker) -> None:
    client = Client()
    client.force_login(worker)
    child = the_child("rowan").public_id
    page = client.get(reverse("child", args=[child])).content.decode()
    assert "Somebody says this is not right" in page
    address = f"{reverse('dispute', args=[child])}?item={key_of()}"
    assert client.post(address, {"who": "", "what": ""}).status_code == 422
    assert client.post(address, {"who": "Rowan", "what": SAYS}).status_code == 302
    assert SAYS in client.get(reverse("child", args=[child])).content.decode()
    address = f"{reverse('dispute_answer', args=[child])}?item={key_of('record_disputed', TODAY)}"
    assert client.post(address, {"outcome": "put_right", "what": "Asked the school"}).status_code == 302
    assert "Put right by a new record" in client.get(reverse("child", args=[child])).content.decode()
