"""Once in: sessions that end, and proving once more who it is before the gravest acts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path

from door import DOOR, PASSWORD, code_now, come_in, is_in, later, let_in, on_record, set_up, text, with_phone
from stores import signed
from throughline.web.accounts import actions, again, coming_in, guesses, sessions
from throughline.web.accounts.models import Guess, SignedIn, User
from throughline.web.audit.models import Change
from throughline.web.casework.engine_role import as_engine

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_day_in_april(settings):
    set_up(settings)
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def ana() -> User:
    return let_in()


@again.recently_confirmed
def grave(request) -> HttpResponse:
    """A grave act, as three others have one: it says what it was given."""
    return HttpResponse("; ".join(f"{name}={','.join(values)}" for name, values in sorted(request.POST.lists())))


urlpatterns = [path("grave", grave), path("", include("throughline.web.urls"))]
handler403 = "throughline.web.design.errors.denied"


# --- sessions ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clicks", "apart", "still_in"), [(1, 29, True), (1, 31, False), (30, 20, True), (40, 20, False)]
)
def test_a_session_ends_after_half_an_hour_s_rest_and_after_twelve_hours_in_any_case(
    clicks, apart, still_in, ana, client, settings
) -> None:
    come_in(client)
    for _ in range(clicks):
        later(settings, minutes=apart)
        answer = client.get("/your-sign-in")
    assert (answer.status_code == 200) == still_in
    if not still_in:
        assert answer["Location"].startswith(DOOR)
        assert "so you were signed out" in text(client.get(DOOR))
        assert not SignedIn.objects.exists()


def test_shut_out_is_out_at_once_wherever_one_is_signed_in(ana) -> None:
    desk, phone = Client(), Client()
    for one in (desk, phone):
        come_in(one)
    actions.shut_out(user=ana, purpose="t")
    assert not is_in(desk)
    assert not is_in(phone)
    assert not Session.objects.filter(pk__in=[desk.session.session_key, phone.session.session_key]).exists()


def test_one_sees_and_ends_one_s_own_sessions_and_nobody_else_s(ana) -> None:
    actions.let_in(sign_in="jo@example.org", name="Jo", role="iro", agency="la:971", password=PASSWORD, purpose="t")
    desk = Client(HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Firefox/140.0")
    phone = Client(HTTP_USER_AGENT="Mozilla/5.0 (iPhone; CPU iPhone OS 19) Version/19 Mobile Safari/604.1")
    other = Client()
    come_in(desk)
    come_in(phone)
    come_in(other, "jo@example.org")
    page = text(desk.get("/your-sign-in"))
    assert "Firefox on Windows" in page
    assert "Safari on an iPhone" in page
    numbers = {one.user.name: one.pk for one in SignedIn.objects.select_related("user").order_by("pk")}
    desk.post(f"/your-sign-in/sessions/{numbers['Jo']}/end")
    assert is_in(other)
    desk.post(f"/your-sign-in/sessions/{numbers['Ana Reyes']}/end")
    assert not is_in(phone)
    assert is_in(desk)


def test_another_password_ends_every_session_but_the_one_it_was_set_in(ana) -> None:
    desk, phone = Client(), Client()
    come_in(desk)
    come_in(phone)
    new = {"password": "a thimble of weather", "once_more": "a thimble of weather"}
    assert desk.post("/your-sign-in/password", new | {"once_more": "x"}).status_code == 200
    assert "too short" in text(desk.post("/your-sign-in/password", {"password": "short", "once_more": "short"}))
    assert desk.post("/your-sign-in/password", new).status_code == 302
    assert is_in(desk)
    assert not is_in(phone)
    assert [one.this for one in sessions.of(ana, desk.session.session_key)] == [True]
    assert come_in(Client(), password=PASSWORD).status_code == 200
    assert come_in(Client(), password=new["password"]).status_code == 302


def test_a_session_from_before_is_not_taken_over(ana, client) -> None:
    client.get(DOOR)
    client.get("/sign-in/second-factor")
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    come_in(client)
    assert client.session.session_key != before
    assert not Session.objects.filter(pk=before).exists()


def test_everyone_of_the_demonstration_keeps_the_one_password() -> None:
    signed("la:971")
    invented = User.objects.create(sign_in="rae@demo", name="Rae", role="iro", agency="la:971", demonstration=True)
    invented.set_password("shown to all of them")
    invented.save()
    client = Client()
    come_in(client, "rae@demo", "shown to all of them")
    answer = client.post("/your-sign-in/password", {"password": PASSWORD, "once_more": PASSWORD})
    assert answer.status_code == 403
    assert "one password" in text(answer)


# --- the gravest acts ----------------------------------------------------------------------------------


def test_whoever_has_just_come_in_goes_straight_through(ana, client) -> None:
    come_in(client)
    assert text(client.post("/grave", {"why": "smoke"})) == "why=smoke"


def test_later_one_is_asked_and_what_was_filled_in_goes_on(ana, client, settings) -> None:
    come_in(client)
    later(settings, minutes=11)
    asked = client.post("/grave", {"why": ['a "quoted" reason', "and <another>"], "child": "7"})
    assert asked.status_code == 403
    assert "Is it still you?" in text(asked)
    assert "&#34;quoted&#34;" in text(asked)
    assert "<another>" not in text(asked)
    carried = {"why": ['a "quoted" reason', "and <another>"], "child": "7"}
    wrong = client.post("/grave", carried | {"again-password": "not this one"})
    assert wrong.status_code == 403
    assert "&#34;quoted&#34;" in text(wrong), "still kept"
    right = client.post("/grave", carried | {"again-password": PASSWORD, "csrfmiddlewaretoken": "x"})
    assert text(right) == 'child=7; why=a "quoted" reason,and <another>'
    assert on_record("accounts.confirmed_again") == 1
    later(settings, minutes=9)
    assert client.post("/grave").status_code == 200, "for ten minutes"
    later(settings, minutes=2)
    assert client.post("/grave").status_code == 403


def test_a_page_asked_for_comes_after_the_proof_by_itself(ana, client, settings) -> None:
    come_in(client)
    later(settings, minutes=11)
    assert 'name="again-read"' in text(client.get("/grave?of=7"))
    answer = client.post("/grave?of=7", {"again-password": PASSWORD, "again-read": "yes"})
    assert answer["Location"] == "/grave?of=7"
    assert client.get("/grave?of=7").status_code == 200


def test_an_upload_is_not_carried_so_its_page_comes_again(ana, client, settings) -> None:
    come_in(client)
    later(settings, minutes=11)
    asked = client.post("/grave", {"why": "smoke", "file": SimpleUploadedFile("a.csv", b"x")})
    assert 'name="again-read"' in text(asked)
    assert 'name="why"' not in text(asked)


def test_with_a_second_factor_the_password_alone_proves_nothing(ana, client, settings) -> None:
    with_phone(ana, settings)
    come_in(client)
    client.post("/sign-in/code", {"code": code_now(ana, settings)})
    later(settings, minutes=11)
    assert client.post("/grave", {"again-password": PASSWORD}).status_code == 403
    proof = {"again-password": PASSWORD, "again-code": code_now(ana, settings)}
    assert client.post("/grave", proof).status_code == 200


def test_guessing_at_the_proof_is_held_too(ana, client, settings) -> None:
    come_in(client)
    later(settings, minutes=11)
    for _ in range(guesses.PER_ACCOUNT):
        client.post("/grave", {"again-password": "not this one"})
    assert guesses.HELD in text(client.post("/grave", {"again-password": PASSWORD}))
    assert client.post("/grave").status_code == 403


def test_nobody_proves_to_be_somebody_else(ana, client, settings) -> None:
    actions.let_in(
        sign_in="jo@example.org", name="Jo", role="iro", agency="la:971", password=PASSWORD + "s", purpose="t"
    )
    come_in(client)
    later(settings, minutes=11)
    assert client.post("/grave", {"again-password": PASSWORD + "s"}).status_code == 403


def test_signing_in_is_on_record_and_how(ana, client) -> None:
    come_in(client)
    with transaction.atomic(), as_engine():
        kept = Change.objects.get(action="accounts.sign_in")
    assert kept.subject_id == str(ana.pk)
    assert coming_in.PASSWORD in kept.purpose


# --- what the night lets go of, and settings that cannot work ------------------------------------------


def test_the_night_lets_go_of_sessions_that_are_over_and_of_guesses_too_old_to_count(ana, settings) -> None:
    going_on, over = Client(), Client()
    come_in(going_on)
    come_in(over)
    Session.objects.filter(pk=over.session.session_key).update(expire_date=datetime(2020, 1, 1, tzinfo=UTC))
    come_in(Client(), password="not this one")
    later(settings, minutes=10)
    come_in(Client(), "other@example.org", "not this one")
    later(settings, minutes=10)
    sessions.let_go()
    guesses.let_go()
    assert [one.session_key for one in SignedIn.objects.all()] == [going_on.session.session_key]
    assert Guess.objects.count() == 1
