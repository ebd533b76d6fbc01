"""Sessions forged, replayed and fixed; access that has just been taken away; a connection that is handed on."""

from __future__ import annotations

import threading
from http.cookies import SimpleCookie

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import signing
from django.db import connection, transaction
from django.test import Client as Browser
from django.urls import reverse
from pieces import CALENDAR_SECRET, OPEN_FOR
from planted import CLOSED, FAR, NEAR, SECRET, STRANGERS
from stronghold import Seat, Stronghold

from attempts import Attack
from stores import NOW, TODAY
from throughline import sharing
from throughline.web.accounts import actions as accounts
from throughline.web.accounts.viewing import viewing
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event

OK = 200


def page_of(held: Stronghold, child: str = NEAR) -> str:
    return reverse("child", args=[held.public[child]])


def shown(browser: Browser, address: str) -> str:
    """What got out, if the page was shown; blank: it was refused."""
    answer = browser.get(address)
    return f"answered {answer.status_code}" if answer.status_code == OK else ""


def with_cookie(value: str) -> Browser:
    browser = Browser(raise_request_exception=False)
    browser.cookies = SimpleCookie({settings.SESSION_COOKIE_NAME: value})
    return browser


def test_sessions_that_are_not_ones_own(own_stronghold: Stronghold, attack: Attack) -> None:
    """Sessions forged, guessed, replayed after leaving"""
    seat, address = own_stronghold.seat("social_worker"), page_of(own_stronghold)
    key = seat.browser.cookies[settings.SESSION_COOKIE_NAME].value
    assert shown(with_cookie(key), address), "the session itself works, or nothing is tried"
    forged = signing.dumps({"_auth_user_id": str(seat.user.pk)}, salt="django.contrib.sessions.SessionStore")
    for value in ("", "0" * 32, key[:-1], key[::-1], key.upper(), f"{key}'--", "../" + key, forged, str(seat.user.pk)):
        attack.attempt(f"cookie {value[:40]!r}", shown(with_cookie(value), address))
    for header in ("Remote-User", "X-Forwarded-User", "X-Original-URL", "X-HTTP-Method-Override", "Authorization"):
        answer = Browser(headers={header: seat.user.sign_in}, raise_request_exception=False).get(address)
        attack.attempt(f"header {header}", answer.status_code == OK and "let in")
    seat.browser.post(reverse("sign_out"))
    attack.attempt("replayed after signing out", shown(with_cookie(key), address))


def test_a_session_given_to_somebody_before_they_sign_in(own_stronghold: Stronghold, attack: Attack) -> None:
    """Sessions fixed before sign-in"""
    seat = own_stronghold.seat("social_worker")
    planted = Session.objects.create(
        session_key="f" * 32, session_data=signing.dumps({}), expire_date="2100-01-01T00:00Z"
    ).session_key
    browser = with_cookie(planted)
    browser.force_login(seat.user)
    new = browser.cookies[settings.SESSION_COOKIE_NAME].value
    attack.attempt("the planted key goes on", new == planted and "it does")
    attack.attempt("the planted key opens a page", shown(with_cookie(planted), page_of(own_stronghold)))


@pytest.mark.parametrize("how", ["shut out", "new password", "new role", "agency's terms ended"])
def test_what_was_open_when_access_ended(own_stronghold: Stronghold, attack: Attack, how: str) -> None:
    """Sessions kept open while access ends"""
    seat, address = own_stronghold.seat("social_worker"), page_of(own_stronghold)
    calendar = reverse("calendar_feed", args=[CALENDAR_SECRET])
    assert shown(seat.browser, address)
    assert shown(Browser(), calendar)
    if how == "shut out":
        accounts.shut_out(user=seat.user, purpose="left")
    elif how == "new password":
        seat.user.set_password("quite another one")
        seat.user.save()
    elif how == "new role":
        seat.user.role = "analyst"
        with transaction.atomic(), as_engine():
            seat.user.save()
    else:
        with transaction.atomic(), connection.cursor() as cursor, as_engine():
            cursor.execute(
                "insert into accounts_agencyterms (agency, version, signed_by, signed_on, until, recorded_at)"
                " values (%s, '2', 'x', %s, %s, now())",
                [seat.user.agency, TODAY.replace(year=2025), TODAY.replace(day=1)],
            )  # fmt: skip
    attack.attempt(f"{how}: the page", shown(seat.browser, address))
    if how != "new password":  # a calendar program has its own secret, which its owner ends
        answer = Browser(raise_request_exception=False).get(calendar)
        attack.attempt(f"{how}: the calendar", b"BEGIN:VEVENT" in answer.content and "it tells of children's days")


def test_a_relation_taken_away_while_pages_are_read(own_stronghold: Stronghold, attack: Attack) -> None:
    """Reads that begin after a relation has ended"""
    seat, address = own_stronghold.seat("social_worker"), page_of(own_stronghold)
    ended, asked = threading.Event(), []

    def keep_asking() -> None:
        browser = seat.signed_in()
        for _ in range(30):
            late = ended.is_set()
            asked.append((late, browser.get(address).status_code))
            if late and len([1 for after, _ in asked if after]) >= 5:
                break
        connection.close()

    reader = threading.Thread(target=keep_asking)
    reader.start()
    while not asked:
        pass
    with transaction.atomic(), as_engine():
        seat.user.relations.all().delete()
    ended.set()
    reader.join()
    assert asked[0] == (False, OK)
    for late, code in asked:
        if late:
            attack.attempt("read after it ended", code == OK and "shown")


def test_a_connection_that_is_handed_on(stronghold: Stronghold, attack: Attack) -> None:
    """Rows read on a connection somebody else has just used"""
    address = page_of(stronghold)
    for seat in (stronghold.seat("social_worker"), stronghold.seat("police_desk"), stronghold.seat("data_desk")):
        for ask in (
            lambda b: b.get(address),
            lambda b: b.get("/nowhere"),
            lambda b: b.post(address),
            _broken_off(address),
        ):
            ask(seat.browser)
            attack.attempt(f"after {seat.name}", _left_behind())
    with pytest.raises(ZeroDivisionError), viewing(stronghold.seat("social_worker").user), as_engine():
        _ = 1 // 0
    attack.attempt("after the engine broke off", _left_behind())


def _broken_off(address: str):
    """A page that breaks after it has entered the walls and read."""

    def ask(browser: Browser) -> None:
        from throughline.web.casework import selectors

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(selectors, "page_and_line", lambda viewer, *rest: list(Event.objects.all()) and 1 // 0)
            assert browser.get(address).status_code == 500

    return ask


def _left_behind() -> list[str]:
    """What the next in turn finds on this connection without having entered."""
    with connection.cursor() as cursor:
        cursor.execute("select current_user::text, coalesce(current_setting('app.user', true), '')")
        role, user = cursor.fetchone()
        cursor.execute("select count(*) from casework_event")
        (events,) = cursor.fetchone()
    return [
        *([f"the role {role}"] if role != settings.WEB_ROLE else []),
        *([f"the viewer {user}"] if user else []),
        *([f"{events} events"] if events else []),
    ]


def test_work_without_a_viewer(own_stronghold: Stronghold, attack: Attack) -> None:
    """Messages, jobs and files written without a viewer"""
    from throughline.web.casework import telling

    telling.tell()
    telling.digests()
    with transaction.atomic(), as_engine(), connection.cursor() as cursor:
        cursor.execute("select m.subject || m.text from casework_message m where m.subject not like 'zq%'")
        written = cursor.fetchall()
        cursor.execute("select args::text from procrastinate_jobs")
        written += cursor.fetchall()
        cursor.execute("select row_to_json(a)::text from audit_look a")
        written += cursor.fetchall()
        cursor.execute("select row_to_json(a)::text from audit_change a")
        written += cursor.fetchall()
    assert len(written) > len(own_stronghold.seats), "messages were written, or nothing is tried"
    for (text,) in written:
        attack.attempt(text[:40], SECRET.findall(text))
    nobody = Seat("nobody", own_stronghold.seats[0].user, frozenset(), own_stronghold.secrets)
    assert not sharing.may_open(nobody.role, nobody.relations)
    attack.attempt("events, without entering", list(Event.objects.values_list("pk")))


def test_a_record_that_stands_open_in_an_emergency(stronghold: Stronghold, attack: Attack, settings) -> None:
    """What an emergency does not open: other children, what is sealed, anything after its window"""
    seat = stronghold.seat("social_worker, in an emergency")
    assert shown(seat.signed_in(), page_of(stronghold)), "it stands open, or nothing is tried"
    with viewing(seat.user):
        read = set(Event.objects.values_list("child_id", "level"))
    assert (stronghold.ids[NEAR], "SL4") in read
    for child, level in read:
        attack.attempt(f"{level} of {child}", (child != stronghold.ids[NEAR] or level == "SL5") and "read")
    for child in STRANGERS:
        attack.attempt(f"the {child} child", shown(seat.signed_in(), page_of(stronghold, child)))
    settings.THROUGHLINE_NOW = NOW + OPEN_FOR
    attack.attempt("when its window is over: the page", shown(seat.signed_in(), page_of(stronghold)))
    with viewing(seat.user):
        attack.attempt("when its window is over: rows", list(Event.objects.values_list("pk")))


def test_a_closed_and_a_strange_page_after_ones_own(stronghold: Stronghold, attack: Attack) -> None:
    """Other children's pages in the same session"""
    seat = stronghold.seat("social_worker")
    for child in (NEAR, FAR, NEAR, CLOSED):
        answer = seat.browser.get(page_of(stronghold, child))
        if child != NEAR:
            attack.attempt(f"the {child} child", answer.status_code == OK and "shown")
