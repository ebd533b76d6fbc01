"""Decisions to share or not, and what is held more closely: facts on the line, gated and walled."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import Http404
from django.test import Client
from django.urls import reverse

import sharers
from sharers import (
    KEEP_BACK,
    PLAN,
    SHARE,
    agree,
    decide,
    hold,
    key,
    page,
    refused,
    rowan,
    seen,
)
from stores import NOW, POLICE, event_row, load_rows, person
from throughline import words
from throughline.web.accounts.models import User
from throughline.web.accounts.viewing import viewing
from throughline.web.casework import actions, selectors, shares, shares_gate, shares_reading
from throughline.web.casework import shares_holding as holding
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event
from throughline.web.child import copies

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


# --- decisions -------------------------------------------------------------------------------------------------


def test_every_word_of_the_policy_is_known() -> None:
    assert set(holding.policy().grounds) == set(words.codes("holding_ground"))
    assert set(holding.policy().audiences) == set(words.codes("audience"))


def test_consent_is_not_what_the_form_begins_with() -> None:
    assert list(words.codes("lawful_basis"))[-1] == "consent"


@pytest.mark.parametrize("left_out", [name for name in SHARE if name not in ("marks", "with")])
def test_a_decision_to_share_says_what_with_whom_why_on_what_basis_and_until_when(lead: User, left_out: str) -> None:
    assert list(refused(decide, lead, SHARE | {left_out: ""})) == [left_out]


def test_a_decision_not_to_share_has_a_reason_and_a_name_and_needs_no_basis(lead: User) -> None:
    assert list(refused(decide, lead, KEEP_BACK | {"decided_by": ""})) == ["decided_by"]
    assert list(refused(decide, lead, KEEP_BACK | {"reason": ""})) == ["reason"]
    decide(lead, KEEP_BACK)
    [kept] = page(lead).not_shared
    assert dict(kept.details)["Decided by"] == "Ana Reyes, social worker"
    assert not page(lead).shared


def test_to_share_or_not_to_share_is_chosen_and_why_the_family_was_not_told_is_said(lead: User) -> None:
    assert list(refused(decide, lead, SHARE | {"marks": []})) == [shares_gate.WHICH]
    assert list(refused(decide, lead, SHARE | {"family_told": "not_safe"})) == ["family_why"]
    assert list(refused(decide, lead, SHARE | {"until": "2026-04-20"})) == ["until"], "a day that has passed"


def test_the_one_form_asks_no_less(lead: User) -> None:
    """Whoever goes round the page meets the same gate."""
    bare = {"happened_on": "2026-04-21", "said_by": "la:971", "marks": ["accepted"], "what": "All of it"}
    with viewing(lead) as viewer, pytest.raises(actions.Refused) as caught:
        actions.record(kind="sharing_decided", child=rowan(), fields=bare, by=viewer, purpose="test")
    assert "lawful_basis" in caught.value.errors


def test_what_is_shared_stands_on_the_page_until_its_day(lead: User, settings: Any) -> None:
    decide(lead, SHARE, key("S-3", "safety_plan"))
    [shared] = page(lead).shared
    assert dict(shared.details)["From the line"] == PLAN
    assert dict(shared.details)["Holds until"] == "1\N{NO-BREAK SPACE}May\N{NO-BREAK SPACE}2026"
    assert dict(shared.details)["What allows it"].startswith("Our task by law")
    settings.THROUGHLINE_NOW = NOW + timedelta(days=11)
    assert not page(lead).shared
    assert len(page(lead).over) == 1


def test_a_decision_is_held_as_closely_as_the_closest_it_quotes(lead: User, school: User) -> None:
    decide(lead, SHARE | {"what": "Something plain"}, key("S-3", "safety_plan"))
    decide(lead, SHARE | {"what": "Something said"}, key("S-3", "safety_plan"), key("S-1", "direct_voice"))
    assert len(page(lead).shared) == 2
    with transaction.atomic(), as_engine():
        held = {e.details["what"]: (e.level, e.tags) for e in Event.objects.filter(kind="sharing_decided")}
    assert held == {"Something plain": ("SL2", []), "Something said": ("SL3", [])}
    [seen_there] = page(school).shared
    assert dict(seen_there.details)["What it is about"] == "Something plain"
    with viewing(school), connection.cursor() as cursor:
        cursor.execute("select details ->> 'what' from casework_event where kind = 'sharing_decided' or false")
        assert cursor.fetchall() == [("Something plain",)]


def test_what_is_held_closer_later_takes_along_what_quotes_it(lead: User, school: User) -> None:
    decide(lead, SHARE, key("S-3", "safety_plan"))
    assert len(page(school).shared) == 1
    hold(lead, [key("S-3", "safety_plan")], not_to=["school"])
    assert page(school).shared == ()
    assert len(page(lead).shared) == 1


def test_nobody_quotes_what_they_do_not_see(lead: User, school: User) -> None:
    with pytest.raises(Http404):
        decide(school, SHARE, key("S-1", "direct_voice"))
    with viewing(school) as viewer:
        offered = {item.key for item in shares_reading.quotable(viewer, rowan(), [key("S-1", "direct_voice")])}
    assert offered
    assert offered <= seen(school)
    assert key("S-1", "direct_voice") not in offered


def test_who_has_no_page_of_the_child_has_none_of_its_sharing(lead: User) -> None:
    decide(lead, SHARE)
    stranger = person("social_worker", "Somebody Else")
    with viewing(stranger) as viewer:
        with pytest.raises(PermissionDenied):
            shares_reading.page(viewer, rowan())
        with pytest.raises(PermissionDenied):
            shares.ask(child=rowan(), fields={}, by=viewer, purpose="test")
        assert shares_reading.requests(viewer) == shares_reading.Requests((), (), (), False)


# --- whoever sent it decides ------------------------------------------------------------------------------------


def test_what_somebody_else_sent_on_conditions_waits_for_their_agreement(lead: User) -> None:
    arrest = key("S-2", "arrest")
    to_health = SHARE | {"with_agency": "health"}
    assert "Castlereach police" in refused(decide, lead, to_health, arrest)["records"]
    agree(lead, arrest, with_agency="charity")
    assert "records" in refused(decide, lead, to_health, arrest), "they agreed for somebody else"
    agree(lead, arrest)
    decide(lead, to_health, arrest)
    [shared] = page(lead).shared
    assert dict(shared.details)["From the line"].startswith(words.kinds()["arrest"].title)


def test_their_agreement_ends_on_its_day_and_with_their_no(lead: User, settings: Any) -> None:
    arrest, to_health = key("S-2", "arrest"), SHARE | {"with_agency": "health", "until": "2026-06-01"}
    agree(lead, arrest)
    settings.THROUGHLINE_NOW = NOW + timedelta(days=10)
    assert "records" in refused(decide, lead, to_health, arrest)
    agree(lead, arrest, until="2026-06-01")
    agree(lead, arrest, yes=False, until="")
    assert "records" in refused(decide, lead, to_health, arrest)


def test_what_ones_own_agency_sent_and_what_is_kept_back_needs_nobodys_agreement(lead: User) -> None:
    decide(lead, SHARE, key("S-5", "assault"))
    decide(lead, KEEP_BACK, key("S-2", "arrest"))
    assert len(page(lead).not_shared) == 1


# --- what the child asked ---------------------------------------------------------------------------------------


def test_what_the_child_asked_holds_against_the_home_unless_a_life_is_at_risk(lead: User) -> None:
    voice, home = key("S-1", "direct_voice"), SHARE | {"with_agency": "home"}
    hold(lead, [voice])
    assert "Talk with the child first" in refused(decide, lead, home, voice)["with_agency"]
    decide(lead, SHARE, voice)  # the police are not the home
    decide(lead, home | {"lawful_basis": "vital_interests"}, voice)
    assert len(page(lead).shared) == 2


def test_where_only_the_confidence_is_known_it_holds_against_family_and_home(lead: User) -> None:
    quiet = key("S-6", "direct_voice")
    for agency in ("home", "family"):
        assert "with_agency" in refused(decide, lead, SHARE | {"with_agency": agency}, quiet)
    decide(lead, SHARE | {"with_agency": "camhs"}, quiet)


def test_what_the_child_asks_while_it_is_recorded_holds_from_the_first_moment(
    lead: User, school: User, client: Client
) -> None:
    client.force_login(lead)
    typed = {"happened_on-day": "21", "happened_on-month": "4", "happened_on-year": "2026", "time_unknown": "yes",
             "said_by": "la:971", "plan": "Ring nan first", "not_to": "school", "act": "record"}  # fmt: skip
    answer = client.post(f"{reverse('record', args=[rowan()])}?kind=safety_plan", typed)
    assert answer["Location"] == reverse("recorded", args=[rowan()])
    with transaction.atomic(), as_engine():
        [plan] = Event.objects.filter(kind="safety_plan", details__plan="Ring nan first")
    assert (plan.level, plan.tags) == ("SL3", ["CHILD-CONF"])
    assert plan.key not in seen(school)
    assert "with_agency" in refused(decide, lead, SHARE | {"with_agency": "school:971001"}, plan.key)
    decide(lead, SHARE | {"with_agency": "home"}, plan.key)
    shown = client.get(reverse("child", args=[rowan()])).content.decode()
    assert "Whom the child asked not to tell" in shown


def test_what_is_held_closer_goes_from_everybody_else_at_once_and_comes_back_when_it_is_lifted(
    lead: User, school: User
) -> None:
    plan = key("S-3", "safety_plan")
    assert plan in seen(school)
    hold(lead, [plan], not_to=["school", "carer"])
    assert plan not in seen(school)
    assert plan in seen(lead)
    with viewing(school) as viewer:
        for lens in ("received", "recorded"):
            then = selectors.line(viewer, rowan(), date(2026, 4, 20), lens)
            assert plan not in {row.key for row in then.rows}, "asking for an earlier day opens nothing again"
        assert plan not in {row.key for row in selectors.line(viewer, rowan()).rows}
    with viewing(lead) as viewer:
        home = copies.make(viewer, rowan(), goes_home=True)
        together = copies.make(viewer, rowan(), goes_home=False)
    title = words.kinds()["safety_plan"].title
    assert title not in {row.title for _, rows in home.years for row in rows}
    assert title in {row.title for _, rows in together.years for row in rows}
    [held] = page(lead).held
    with viewing(lead) as viewer:
        given = {"reason": "Rowan told the school", "decided_by": "Ana Reyes"}
        shares.look_again(child=rowan(), held=held.key, keep=False, fields=given, by=viewer, purpose="test")
    assert plan in seen(school)
    assert not page(lead).held
    assert len(page(lead).lifted) == 1


def test_a_restriction_above_the_writer_leaves_them_the_fact_that_it_is_there(lead: User) -> None:
    plan = key("S-3", "safety_plan")
    hold(lead, [plan], holding_ground="staff_link", not_to=[])
    assert plan not in seen(lead)
    [held] = page(lead).held
    assert ("From the line", "1 record") in held.details
    assert refused(hold, lead, [key("S-1", "direct_voice")], not_to=[]) == {
        "not_to": "Tick whom the child asked not to tell"
    }


def test_a_restriction_is_looked_at_again_within_ninety_days_by_a_line_to_whoever_leads(
    lead: User, settings: Any
) -> None:
    hold(lead, [key("S-3", "safety_plan")])
    [held] = page(lead).held
    assert held.owed is not None
    assert held.owed.due_on == date(2026, 7, 20)
    settings.THROUGHLINE_NOW = NOW + timedelta(days=91)
    with viewing(lead) as viewer:
        late = [line.duty_id for line in selectors.owed(viewer, rowan()) if line.state == "overdue"]
        assert shares_reading.LOOK_AGAIN in late
        given = {"reason": "Still afraid", "decided_by": "Ana Reyes"}
        shares.look_again(child=rowan(), held=held.key, keep=True, fields=given, by=viewer, purpose="test")
    [held] = page(lead).held
    assert held.owed is not None
    assert held.owed.due_on == date(2026, 7, 21) + timedelta(days=90)
    assert len(held.answers) == 1


def test_what_came_restricted_is_its_senders_to_open_and_the_lead_is_shown_whom_to_ask_again(
    lead: User, school: User, tmp_path: Path, settings: Any
) -> None:
    rows = [event_row("rowan", "serious_incident", "2026-02-03", "X-1", agency=POLICE, level="SL4", tags="LIVE-INV")]
    rows += [event_row("rowan", "serious_incident", "2026-02-04", "X-2", agency="hospital:royal", level="SL5")]
    load_rows(tmp_path, "events", rows, received=date(2026, 4, 20), sender=POLICE, name="restricted")
    [held] = page(lead).by_senders
    assert held.agency == POLICE
    assert "holds something restricted here. Ask" in held.text
    assert not held.look_again
    at_school, client = Client(), Client()
    at_school.force_login(school)
    client.force_login(lead)
    sharing_page = reverse("shares", args=[rowan()])
    assert "Held closely by whoever sent it" not in at_school.get(sharing_page).content.decode()
    settings.THROUGHLINE_NOW = NOW + timedelta(days=60)
    [held] = page(lead).by_senders
    assert held.look_again
    client.force_login(lead)
    again = f"{reverse('share_ask', args=[rowan()])}?agency=police%3Acastlereach"
    assert again in client.get(sharing_page).content.decode()
    assert re.search(r'<option value="police"[^>]* selected', client.get(again).content.decode())
