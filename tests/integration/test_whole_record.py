"""Somebody asks for the whole record: asked, collected, and decided entry by entry by a second person."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404

from cast import CHILDREN
from requests_for_records import (
    ASKED,
    CLINIC,
    NEIGHBOUR,
    SAID,
    SECRET,
    as_proposed,
    ask,
    decide,
    duty,
    holding,
    read,
    rowans_record,
)
from stores import NOW, event_row, load_rows, person, relate, the_child
from throughline import sharing
from throughline.web.accounts.viewing import viewing
from throughline.web.casework import actions, selectors
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event
from throughline.web.casework.recomputing import recompute
from throughline.web.casework.typing_in import Refused
from throughline.web.child import asking
from throughline.web.child.deciding import Choice
from throughline.web.child.models import AccessItem, Verdict
from throughline.web.intake.models import Statement
from throughline.web.linkage.selectors import search_token

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def partnership(settings, tmp_path):
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"
    rowans_record(tmp_path)


@pytest.fixture
def worker():
    user = person("social_worker")
    relate(user, the_child("rowan"), sharing.ALLOCATED)
    return user


@pytest.fixture
def second():
    user = person("team_manager")
    relate(user, the_child("rowan"), sharing.ALLOCATED)
    return user


# --- asked ---------------------------------------------------------------------------------------------


def test_from_the_day_it_is_asked_a_month_runs(worker) -> None:
    assert duty(ask(worker)).due_on == date(2026, 5, 14)


def test_while_it_is_not_known_who_asks_the_month_stands_still(worker) -> None:
    number = ask(worker, asked_on=date(2026, 4, 20))
    with viewing(worker) as viewer:
        asking.step(request=number, what="identity_asked", said="By letter", by=viewer, purpose="test")
    assert duty(number).due_on is None or duty(number).due_on > date(2026, 5, 20)


@pytest.mark.parametrize("missing", ["name", "known_how", "route"])
def test_who_asks_how_they_are_known_and_the_safe_way_are_needed(worker, missing: str) -> None:
    with pytest.raises(Refused) as refused:
        ask(worker, **{missing: " "})
    assert set(refused.value.errors) == {missing}


def test_whoever_asks_for_another_says_what_lets_them(worker) -> None:
    with pytest.raises(Refused):
        ask(worker, asker="parent")
    assert ask(worker, asker="parent", entitled_how="Parental responsibility; Rowan agrees")


@pytest.mark.parametrize("role", ["missing_hub", "dsl", "police_desk", "analyst", "business_manager"])
def test_nobody_takes_a_request_who_does_not_lead_the_work(role: str) -> None:
    user = person(role)
    relate(user, the_child("rowan"), sharing.HUB)
    with pytest.raises((PermissionDenied, Http404)):
        ask(user)


def test_somebody_grown_up_asks_for_their_childhood_though_its_page_has_closed(settings, worker) -> None:
    settings.THROUGHLINE_NOW = NOW.replace(year=2034)  # Rowan is 25
    with transaction.atomic(), as_engine():
        recompute([the_child("rowan").pk])
    with viewing(worker) as viewer, pytest.raises(Http404):
        selectors.child_for(viewer, the_child("rowan").public_id)
    with viewing(worker) as viewer:
        rowan = CHILDREN["rowan"]
        opened = actions.create_child(
            forename=rowan.forename, surname=rowan.surname, dob=rowan.dob, sex=rowan.sex, la_id=rowan.la_id,
            token=search_token(viewer), why="Asks for the record of childhood", by=viewer, purpose="test",
        )  # fmt: skip
    assert opened == the_child("rowan").public_id
    number = ask(worker, asker="adult", asked_on=date(2034, 4, 14))
    assert duty(number).due_on == date(2034, 5, 15), "the fourteenth is a Sunday"
    assert holding(read(worker, number), SAID)


# --- collected -----------------------------------------------------------------------------------------


def test_the_whole_record_is_collected_and_rows_without_an_entry_too(worker) -> None:
    number = ask(worker)
    with transaction.atomic(), as_engine():
        child = the_child("rowan").pk
        keys = set(AccessItem.objects.filter(request_id=number).values_list("key", flat=True))
        before = Event.objects.filter(child_id=child, level__lte="SL3").exclude(kind="subject_access_requested")
        assert set(before.values_list("key", flat=True)) <= keys
        silent = Statement.objects.filter(child_id=child, live=True, level__lte="SL3").exclude(
            pk__in=Event.objects.filter(child_id=child).values("statement_id")
        )
        assert {f"row:{pk}" for pk in silent.values_list("pk", flat=True)} <= keys


def test_what_is_sealed_is_not_even_an_item(worker) -> None:
    number = ask(worker)
    with transaction.atomic(), as_engine():
        assert not AccessItem.objects.filter(request_id=number, level__gt="SL3").exists()


def test_what_comes_later_is_collected_when_asked(worker, tmp_path) -> None:
    number = ask(worker)
    before = len(read(worker, number))
    later = event_row("rowan", "visit", "2026-04-19", "W-9")
    load_rows(tmp_path, "events", [later], received=date(2026, 4, 21), sender="la:971", name="later")
    with viewing(worker) as viewer:
        asking.collect(request=number, by=viewer, purpose="test")
    assert len(read(worker, number)) == before + 2, "the visit, and the request itself"


# --- the second person ---------------------------------------------------------------------------------


def test_tags_propose_what_stays_out_and_why(worker, second) -> None:
    found = read(second, ask(worker))
    assert [r.id for r in holding(found, NEIGHBOUR).fitting] == ["somebody_else"]
    assert [r.id for r in holding(found, CLINIC).fitting] == ["health"]
    assert holding(found, SAID).fitting == holding(found, ASKED).fitting == ()


def test_what_a_child_told_in_confidence_is_not_for_a_parent_who_asks(worker, second) -> None:
    number = ask(worker, asker="parent", name="Mum", entitled_how="Parental responsibility")
    entry = holding(read(second, number), ASKED)
    assert entry.unsaid
    assert entry.never
    with pytest.raises(Refused):
        decide(second, number, {entry.id: Choice("give", entry.seen, asked="She is her mother")})


def test_whoever_took_the_request_does_not_decide(worker) -> None:
    number = ask(worker)
    with pytest.raises(PermissionDenied):
        decide(worker, number, as_proposed(read(worker, number)))


@pytest.mark.parametrize("relation", [sharing.TEAM, sharing.HUB])
def test_nobody_decides_who_only_works_beside(worker, relation: str) -> None:
    number = ask(worker)
    other = person("social_worker" if relation == sharing.TEAM else "missing_hub", "Somebody Else")
    relate(other, the_child("rowan"), relation)
    with pytest.raises((PermissionDenied, Http404)):
        decide(other, number, {})


def test_what_is_about_somebody_else_is_given_only_with_what_was_weighed(worker, second) -> None:
    number = ask(worker)
    entry = holding(read(second, number), NEIGHBOUR)
    with pytest.raises(Refused):
        decide(second, number, {entry.id: Choice("give", entry.seen)})
    decide(second, number, {entry.id: Choice("give", entry.seen, asked="He agreed, 20 April")})
    assert holding(read(second, number), NEIGHBOUR).what == "give"


def test_a_part_is_quoted_word_for_word_never_retold(worker, second) -> None:
    number = ask(worker)
    entry = holding(read(second, number), NEIGHBOUR)
    part = {"reason": "somebody_else", "asked": "Only the noise, nothing of him"}
    with pytest.raises(Refused):
        decide(second, number, {entry.id: Choice("quote", entry.seen, part="He heard a noise", **part)})
    decide(second, number, {entry.id: Choice("quote", entry.seen, part="It was loud", **part)})
    assert holding(read(second, number), NEIGHBOUR).given == ("It was loud",)


def test_leaving_out_takes_a_reason(worker, second) -> None:
    number = ask(worker)
    entry = holding(read(second, number), SAID)
    with pytest.raises(Refused):
        decide(second, number, {entry.id: Choice("withhold", entry.seen)})


def test_what_has_changed_since_it_was_read_is_not_decided_on(worker, second) -> None:
    number = ask(worker)
    entry = holding(read(second, number), SAID)
    with pytest.raises(Refused):
        decide(second, number, {entry.id: Choice("give", "another content")})


def test_nobody_decides_on_what_they_do_not_see(worker, second) -> None:
    """Police information under conditions leaves a stub to the lead: it is in nobody's list and in no copy."""
    number = ask(worker)
    assert not [e for e in read(second, number) if any(SECRET in line for line in e.said)]
    with transaction.atomic(), as_engine():
        [hidden] = AccessItem.objects.filter(request_id=number, tags__contains=["POL-C"])
    assert decide(second, number, {hidden.pk: Choice("give", "x", asked="They agreed")}) == 0
    with transaction.atomic(), as_engine():
        assert not Verdict.objects.filter(item=hidden).exists()
