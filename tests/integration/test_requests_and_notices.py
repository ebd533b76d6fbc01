"""Requests between agencies with their clock, the same-day notice that something changed, and the pages of sharing."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.http import Http404
from django.test import Client
from django.urls import reverse

import sharers
from sharers import (
    PLAN,
    SHARE,
    WORDS,
    answer,
    ask,
    decide,
    key,
    page,
    refused,
    requests,
    rowan,
)
from stores import HUB, NOW, TODAY, event_row, load_rows, person, relate, the_child
from throughline import sharing
from throughline.web.accounts.models import User
from throughline.web.accounts.viewing import viewing
from throughline.web.casework import actions, shares_reading, telling
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def partnership(settings: Any, tmp_path: Path) -> None:
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"
    sharers.load_line(tmp_path)


@pytest.fixture
def lead() -> User:
    return sharers.leading()


@pytest.fixture
def school() -> User:
    return sharers.at_school()


# --- requests between agencies ------------------------------------------------------------------------------------


def test_a_request_has_its_clock_and_each_answer_belongs_to_its_own_request(lead: User, settings: Any) -> None:
    ask(lead)
    ask(lead, what="Was there an arrest?", marks=["urgent"])
    today, week = sorted(page(lead).waiting, key=lambda fact: fact.owed.due_on if fact.owed else date.max)
    assert today.owed is not None
    assert week.owed is not None
    assert (today.owed.due_on, week.owed.due_on) == (TODAY, date(2026, 4, 28))
    settings.THROUGHLINE_NOW = NOW + timedelta(days=2)
    states = {each.fact.key: each.fact.owed.state for each in requests(lead).by_mine if each.fact.owed}
    assert states == {today.key: "overdue", week.key: "upcoming"}, "nothing recorded is not an answer"
    answer(lead, week.key, marks=["accepted"], what="Nothing")
    assert [fact.key for fact in page(lead).waiting] == [today.key]
    [done] = page(lead).answered
    assert [each.said_by for each in done.answers] == ["Police"]


def test_no_is_an_answer_with_a_reason_and_a_named_person(lead: User) -> None:
    asked = ask(lead).event_key
    wrong = refused(answer, lead, asked, marks=["turned_down"])
    assert set(wrong) == {"reason", "decided_by"}
    answer(lead, asked, marks=["turned_down"], reason="A live case", decided_by="Insp. Bell")
    [done] = page(lead).answered
    assert ("Decided by", "Insp. Bell") in done.answers[0].details
    assert requests(lead) == shares_reading.Requests((), (), (), False)


def test_whoever_is_asked_finds_it_under_their_own_agency(lead: User, school: User) -> None:
    ask(lead, with_agency="school")
    ask(lead, with_agency="health")
    assert [each.asked for each in requests(school).of_mine] == ["School"]
    assert [each.asked for each in requests(school).others] == ["Health"]
    assert {each.asked for each in requests(lead).by_mine} == {"School", "Health"}


def test_a_request_somebody_does_not_see_cannot_be_answered_by_them(lead: User, school: User) -> None:
    with viewing(lead) as viewer:
        given = {"with_agency": "police", "what": "x", "reason": "y", "said_by": "la:971", "happened_on": "2026-04-21"}
        hidden = actions.record(
            kind="information_requested", child=rowan(), fields=given, by=viewer, purpose="test", level="SL3"
        )
    with pytest.raises(Http404):
        answer(school, hidden.event_key, marks=["accepted"], what="Yes")
    assert requests(school) == shares_reading.Requests((), (), (), False)


# --- something changed ----------------------------------------------------------------------------------------------


def told() -> set[str]:
    with transaction.atomic(), as_engine():
        ids = set(Message.objects.filter(sort="changed").values_list("user_id", flat=True))
    return set(User.objects.filter(pk__in=ids).values_list("name", flat=True))


def test_the_team_is_told_the_same_day_each_only_of_what_they_may_see(lead: User, school: User, tmp_path: Any) -> None:
    telling.tell()
    assert told() == set(), "what came yesterday is read on the line"
    worker = person("iro", "Jo Iro")
    relate(worker, the_child("rowan"), sharing.REVIEWER)
    hub = person("missing_hub", "Hub Worker", agency=HUB)
    change = event_row("rowan", "legal_status_started", "2026-04-19", "N-1", level="SL3", details="legal_status=V2")
    load_rows(tmp_path, "events", [change], received=TODAY, sender="la:971", name="new")
    telling.tell()
    assert told() == {"Ana Reyes", "Jo Iro"}, "the school may not see this one, and the hub has nothing to do with it"
    assert telling.tell() == 0
    again = event_row("rowan", "cin_plan_started", "2026-04-15", "N-2", agency="early_help:971")
    recent = event_row("rowan", "cin_plan_started", "2026-03-01", "N-3")
    load_rows(tmp_path, "events", [again, recent], received=TODAY, sender="la:971", name="again")
    assert telling.tell() == 0, "what was known yesterday is told again today, and what is long past reaches us late"
    with viewing(lead) as viewer:
        given = {"happened_on": "2026-04-21", "said_by": "la:971", "plan": "Ring nan first"}
        actions.record(kind="safety_plan", child=rowan(), fields=given, by=viewer, purpose="test")
    telling.tell()
    assert told() == {"Ana Reyes", "Jo Iro", "Dee Lead"}
    with transaction.atomic(), as_engine():
        messages = list(Message.objects.filter(sort="changed"))
        child = the_child("rowan")
    assert [m.user_id for m in messages].count(lead.pk) == 1, "who wrote it down knows it"
    assert hub.pk not in {m.user_id for m in messages}
    for message in messages:
        for private in (child.forename, child.surname, str(child.public_id), "Ring nan"):
            assert private not in f"{message.subject} {message.text}"


# --- pages ----------------------------------------------------------------------------------------------------------


def test_the_pages_show_what_the_walls_show_and_nothing_else(lead: User, school: User, client: Client) -> None:
    decide(lead, SHARE | {"what": "Words of hers"}, key("S-1", "direct_voice"))
    asked = ask(lead).event_key
    client.force_login(lead)
    shown = client.get(reverse("shares", args=[rowan()])).content.decode()
    assert "Words of hers" in shown
    assert "What is known of the address?" in shown
    form = client.get(reverse("share_decide", args=[rowan()]), {"item": key("S-2", "arrest")}).content.decode()
    assert "Originator decides" in form
    assert client.get(reverse("share_answer", args=[rowan()]), {"request": asked}).status_code == 200
    assert client.get(reverse("share_answer", args=[rowan()]), {"request": "nothing"}).status_code == 404
    moved = client.get(reverse("record", args=[rowan()]), {"kind": "sharing_decided"})
    assert moved["Location"] == reverse("share_decide", args=[rowan()])
    client.force_login(school)
    for address in (reverse("shares", args=[rowan()]), reverse("share_decide", args=[rowan()])):
        assert "Words of hers" not in client.get(address).content.decode()
        assert WORDS not in client.get(address).content.decode()
    client.force_login(person("social_worker", "Somebody Else"))
    for name in ("shares", "share_decide", "share_ask", "share_hold", "share_originator"):
        assert client.get(reverse(name, args=[rowan()])).status_code == 403


def test_a_form_with_mistakes_says_them_and_keeps_what_was_typed(lead: User, client: Client) -> None:
    client.force_login(lead)
    address = reverse("share_decide", args=[rowan()])
    typed = {"which": "accepted", "what": "The plan", "records": "events%2Fevents%2FS-3%2Fsafety_plan"}
    again = client.post(address, typed).content.decode()
    assert "Choose what allows it" in again
    assert "The plan" in again
    days = {"until-day": "1", "until-month": "5", "until-year": "2026"}
    whole = {name: value for name, value in SHARE.items() if name not in ("marks", "until")}
    done = client.post(address, typed | whole | days)
    assert done["Location"] == f"{reverse('shares', args=[rowan()])}?recorded=sharing_decided"
    assert dict(page(lead).shared[0].details)["From the line"] == PLAN


def test_half_typed_words_are_kept_and_let_go_when_it_is_recorded_or_thrown_away(lead: User, client: Client) -> None:
    client.force_login(lead)
    address, kept = reverse("share_ask", args=[rowan()]), "Kept as a draft"
    assert kept not in client.get(f"{address}?item=x").content.decode()
    client.post(address, {"what": "Half a question"})
    again = client.get(address).content.decode()
    assert "Half a question" in again
    assert kept in again
    client.post(address, {"act": "discard"})
    assert "Half a question" not in client.get(address).content.decode()
    client.post(address, {"what": "Half a question"})
    client.post(address, {"with_agency": "police", "what": "A whole question", "reason": "To visit"})
    assert kept not in client.get(address).content.decode()
    assert len(page(lead).waiting) == 1
