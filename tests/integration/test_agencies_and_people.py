"""No user before the agency's terms are signed and in date; leavers and movers; delegated administration."""

from __future__ import annotations

import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from cast import deliver
from stores import NOW, TODAY, load_dated, person, relate, the_child
from throughline import sharing, words
from throughline.web.accounts import agencies, second_factor
from throughline.web.accounts.administering import Refused, Seat
from throughline.web.accounts.models import AgencyTerms, Relation, User
from throughline.web.accounts.viewing import in_force, viewing
from throughline.web.audit.models import Change
from throughline.web.casework import people
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Message
from throughline.web.linkage.models import Child

pytestmark = pytest.mark.django_db

ADMIN = "agency_administrator"
SEAT = Seat("social_worker", "Social worker", "01632 960100", "971")


@pytest.fixture(autouse=True)
def today(settings: Any, tmp_path: Path) -> None:
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"


@pytest.fixture
def rowan(tmp_path: Path) -> Child:
    for folder in deliver(tmp_path):
        load_dated(folder)
    return the_child("rowan")


def signed(agency: str, until: date, since: date = date(2026, 1, 1)) -> None:
    people.sign_terms_by_command(
        agency=agency, version="2", signed_by="B. Chief, director", signed_on=since, until=until, purpose="test"
    )


def run(statement: str) -> None:
    """One statement, as the site's own role."""
    with connection.cursor() as cursor:
        cursor.execute(statement)


def admin(agency: str = "la:971") -> User:
    return person(ADMIN, f"Admin of {agency}", agency=agency)


# --- terms ------------------------------------------------------------------------------------------------


def test_nobody_sees_anything_before_their_agency_has_signed(rowan, client: Client) -> None:
    early = person("social_worker", "Early Bird", agency="la:971")
    relate(early, rowan, "allocated")
    other = User(sign_in="new@example.org", name="New", role="social_worker", agency="la:975")
    other.set_password("a long enough one")
    other.save()
    relate(other, rowan, "allocated")
    with viewing(early):
        assert Child.objects.filter(pk=rowan.pk).exists()
    with viewing(other):
        assert not Child.objects.exists()
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from casework_event")
            assert cursor.fetchone() == (0,)
    answer = client.post("/sign-in", {"sign_in": "new@example.org", "password": "a long enough one"})
    assert answer.status_code == 403
    assert "has not signed the terms" in answer.content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(("until", "status"), [(TODAY, 200), (TODAY - timedelta(1), 403)])
def test_the_last_day_is_the_last_and_a_session_does_not_outlast_it(until, status, client: Client, settings) -> None:
    worker = person("social_worker", "Ana Reyes", agency="la:974")
    client.force_login(worker)
    signed("la:974", until)
    answer = client.get("/work")
    assert answer.status_code == status
    if status == 403:
        assert f"ended on {until.day} Apr 2026" in answer.content.decode().replace("\xa0", " ")
        assert client.get("/work").status_code == 302, "signed out"


def test_what_an_agency_signed_last_is_what_holds() -> None:
    signed("la:974", date(2030, 1, 1))
    signed("la:974", date(2026, 2, 1))
    assert not agencies.in_date("la:974", TODAY)
    assert AgencyTerms.objects.filter(agency="la:974").count() == 2, "nothing is overwritten"


def test_terms_are_never_changed_or_removed_nor_written_by_the_site() -> None:
    signed("la:974", date(2030, 1, 1))
    for statement in (
        "update accounts_agencyterms set until = '2099-01-01'",
        "delete from accounts_agencyterms",
        "insert into accounts_agencyterms (agency, version, signed_by, signed_on, until, recorded_at)"
        " values ('la:1', '1', 'x', '2020-01-01', '2099-01-01', now())",
    ):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            run(statement)


def test_the_command_records_a_signature_and_lists_who_cannot_come_in() -> None:
    User.objects.create(sign_in="x@example.org", name="X", role="dsl", agency="school:123456")
    out = io.StringIO()
    call_command("terms", stdout=out)
    assert "nobody of theirs can sign in" in out.getvalue()
    call_command(
        "terms", "--sign", "school:123456", "--text", "2", "--by", "A head", "--on", "2026-01-01", "--until",
        "2027-01-01", stdout=out,
    )  # fmt: skip
    assert agencies.in_date("school:123456", TODAY)
    with pytest.raises(CommandError, match="--until"):
        call_command("terms", "--sign", "school:123456", "--text", "2", "--by", "A head", "--on", "2026-01-01")


def test_only_the_partnerships_administrator_records_terms(client: Client) -> None:
    client.force_login(admin("la:971"))
    assert client.get("/terms").status_code == 403
    client.force_login(admin("partnership"))
    said = {
        "agency": "school:123456", "version": "2", "signed_by": "A head",
        "signed_on-day": "1", "signed_on-month": "1", "signed_on-year": "2026",
        "until-day": "1", "until-month": "1", "until-year": "2027",
    }  # fmt: skip
    assert client.post("/terms", said)["Location"] == "/terms"
    assert "school:123456" in client.get("/terms").content.decode()
    assert agencies.in_date("school:123456", TODAY)


# --- leavers and movers -----------------------------------------------------------------------------------


def test_a_leaver_is_out_at_once_and_their_children_are_nobodys(rowan, client: Client) -> None:
    ana = person("social_worker", "Ana Reyes", area="971")
    relate(ana, rowan, "allocated")
    client.force_login(ana)
    assert client.get(f"/children/{rowan.public_id}/").status_code == 200
    with viewing(admin()) as viewer:
        assert people.leave(user=ana, by=viewer, purpose="left") == 1
    assert client.get("/work").status_code == 302, "signed out"
    with viewing(ana):
        assert not Child.objects.exists()
    with transaction.atomic(), as_engine():
        assert not in_force(TODAY).filter(child_id=rowan.pk).exists()
        assert Relation.objects.get(child_id=rowan.pk).end == TODAY - timedelta(1), "it stands, with its last day"


def test_whoever_is_shut_out_by_command_leaves_their_children_too(rowan) -> None:
    ana, jo = person("social_worker", "Ana Reyes"), person("social_worker", "Jo Hartley")
    for worker in (ana, jo):
        relate(worker, rowan, "allocated")
    call_command("sign_ins", "--end", ana.sign_in, stdout=io.StringIO())
    run(f"select app_let_go({jo.pk}, '{TODAY}')")
    with transaction.atomic(), as_engine():
        held = in_force(TODAY).filter(child_id=rowan.pk).values_list("user__name", flat=True)
        assert list(held) == ["Jo Hartley"], "nothing is let go for who may still sign in"


def test_a_mover_keeps_nothing_of_the_old_seat(rowan) -> None:
    ana = person("social_worker", "Ana Reyes", area="971")
    relate(ana, rowan, "allocated")
    with viewing(admin()) as viewer:
        assert people.move(user=ana, seat=Seat("team_manager", area="971"), by=viewer, purpose="moved") == 1
    ana.refresh_from_db()
    assert ana.role == "team_manager"
    with viewing(ana) as viewer:
        assert "allocated" not in viewer.relations_to(rowan.pk)[rowan.pk]


def test_another_telephone_number_is_no_other_seat(rowan) -> None:
    ana = person("social_worker", "Ana Reyes", area="971")
    relate(ana, rowan, "allocated")
    with viewing(admin()) as viewer:
        seat = Seat("social_worker", "Senior social worker", "01632 960111", "971")
        assert people.move(user=ana, seat=seat, by=viewer, purpose="new number") == 0
    with viewing(ana) as viewer:
        assert viewer.may_open(rowan.pk)


# --- delegated administration ----------------------------------------------------------------------------


def test_an_administrator_lets_somebody_of_their_own_agency_in_by_a_link(client: Client) -> None:
    client.force_login(admin())
    said = {
        "name": "Jo Hartley", "sign_in": "Jo.Hartley@example.org", "role": "social_worker", "area": "971",
        "title": "Social worker", "phone": "", "home_postcode": "zz1 1aa",
        # what no form asks: mass assignment
        "agency": "police:castlereach", "is_active": "on", "demonstration": "on", "password": "chosen for them",
    }  # fmt: skip
    answer = client.post("/people/new", said)
    jo = User.objects.get(sign_in="jo.hartley@example.org")
    assert answer["Location"] == f"/people/{jo.pk}"
    assert (jo.agency, jo.role, jo.area, jo.demonstration) == ("la:971", "social_worker", "971", False)
    assert not jo.has_usable_password()
    page = client.post(f"/people/{jo.pk}/link").content.decode()
    address = page.partition('<code class="tl-code tl-name">')[2].partition("<")[0]
    assert Client().get(address, follow=True).status_code == 200


def test_an_administrator_sees_and_changes_nobody_of_another_agency(client: Client) -> None:
    other = person("police_desk", "Pat Officer", agency="police:castlereach")
    client.force_login(admin())
    assert "Pat Officer" not in client.get("/people").content.decode()
    for address in (f"/people/{other.pk}", f"/people/{other.pk}/leave"):
        assert client.get(address).status_code == 403
        assert client.post(address, {"role": "social_worker", "area": "971"}).status_code == 403
    assert client.post(f"/people/{other.pk}/link").status_code == 403
    other.refresh_from_db()
    assert (other.role, other.is_active) == ("police_desk", True)


def test_nobody_raises_themselves_nor_removes_who_checks_on_them(client: Client) -> None:
    me, lead = admin(), person("information_governance_lead", "Ig Lead", agency="la:971")
    client.force_login(me)
    for user in (me, lead):
        for address in (f"/people/{user.pk}", f"/people/{user.pk}/leave"):
            assert client.post(address, {"role": "team_manager", "area": "971"}).status_code == 403
        user.refresh_from_db()
        assert (user.role, user.is_active) == ({me: ADMIN, lead: "information_governance_lead"}[user], True)


@pytest.mark.parametrize("role", ["social_worker", "team_manager", "dsl", "information_governance_lead", "analyst"])
def test_nobody_but_an_administrator_keeps_people(role, client: Client) -> None:
    someone, worker = person(role, f"Some {role}", agency="la:971"), person("social_worker", "Ana Reyes")
    client.force_login(someone)
    for address in ("/people", "/people/new", f"/people/{worker.pk}", f"/people/{worker.pk}/leave", "/terms"):
        assert client.get(address).status_code == 403, address
    with viewing(someone) as viewer, pytest.raises(PermissionDenied):
        people.leave(user=worker, by=viewer, purpose="x")


@given(st.sampled_from(sorted(words.roles())), st.sampled_from(["971", "972", ""]))
def test_an_administrator_gives_only_seats_of_their_agency_and_area(role: str, area: str) -> None:
    with viewing(admin()) as viewer:
        worker = person("social_worker", "Ana Reyes", area="971")
        worker.refresh_from_db()
        allowed = role in agencies.seats("la:971") and area == "971"
        try:
            people.move(user=worker, seat=Seat(role, area=area), by=viewer, purpose="test")
        except (Refused, PermissionDenied):
            assert not allowed
        else:
            assert allowed
        transaction.set_rollback(True)


def test_the_site_itself_changes_nobodys_seat_in_the_database() -> None:
    worker = person("social_worker", "Ana Reyes")
    for change in ("role = 'team_manager'", "area = '972'", "agency = 'la:972'", "sign_in = 'other@example.org'"):
        with pytest.raises(DatabaseError, match="a seat is changed by"), transaction.atomic():
            run(f"update accounts_user set {change} where id = {worker.pk}")
    User.objects.filter(pk=worker.pk).update(is_active=False)
    with pytest.raises(DatabaseError, match="a seat is changed by"), transaction.atomic():
        User.objects.filter(pk=worker.pk).update(is_active=True)


def test_every_seat_may_be_given_in_some_agency_or_only_by_command() -> None:
    types = {type for type in words.agencies() if agencies.seats(type)}
    given = {role for type in types for role in agencies.seats(type)}
    assert {role for role in words.roles() if role not in given and not agencies.by_command(role)} == set()
    assert not {role for role in given if agencies.by_command(role)}
    assert not {role for role in given if sharing.policy_for(role).administers or sharing.policy_for(role).audits}


# --- a phone that is lost ---------------------------------------------------------------------------------


@pytest.fixture
def with_a_phone() -> User:
    worker = person("social_worker", "Lost Phone", agency="la:971")
    secret = second_factor.new_secret()
    assert second_factor.enrol(user=worker, by=None, secret=secret, code=pyotp.TOTP(secret).at(NOW))
    return worker


def test_an_administrator_puts_a_lost_phone_away_and_whose_it_is_is_told(with_a_phone, client: Client) -> None:
    own = Client()
    own.force_login(with_a_phone)
    client.force_login(admin())
    address = f"/people/{with_a_phone.pk}"
    assert "Put it away" in client.get(address).content.decode()
    assert client.post(f"{address}/second-factor")["Location"] == address
    assert not second_factor.has(with_a_phone)
    assert own.get("/your-sign-in").status_code == 302, "their sessions have ended"
    with transaction.atomic(), as_engine():
        assert Message.objects.get(user_id=with_a_phone.pk).subject.startswith("The phone")
        change = Change.objects.get(action=second_factor.FORGOTTEN)
    assert (change.user_id, change.subject_id) == (admin().pk, str(with_a_phone.pk))


def test_nobody_alone_takes_both_the_password_and_the_phone(with_a_phone, client: Client) -> None:
    """In either order: one administrator could else come in as somebody of their agency."""
    address = f"/people/{with_a_phone.pk}"
    first, second = admin(), person(ADMIN, "Second admin", agency="la:971")
    client.force_login(first)
    client.post(f"{address}/second-factor")
    assert client.post(f"{address}/link").status_code == 403
    assert "somebody else makes a link" in client.get(address).content.decode()
    other = Client()
    other.force_login(second)
    assert other.post(f"{address}/link").status_code == 200
    secret = second_factor.new_secret()
    assert second_factor.enrol(user=with_a_phone, by=None, secret=secret, code=pyotp.TOTP(secret).at(NOW))
    assert client.post(f"{address}/link").status_code == 200
    assert client.post(f"{address}/second-factor").status_code == 403
    assert second_factor.has(with_a_phone)


def test_a_second_factor_is_put_away_by_no_one_else(with_a_phone, client: Client, settings: Any) -> None:
    for nobody in (admin("la:975"), person("team_manager", "Max", agency="la:971"), with_a_phone):
        client.force_login(nobody)
        assert client.post(f"/people/{with_a_phone.pk}/second-factor").status_code == 403
    client.force_login(admin())
    settings.THROUGHLINE_NOW = NOW + timedelta(minutes=11)
    asked = client.post(f"/people/{with_a_phone.pk}/second-factor")
    assert asked.status_code == 403
    assert "Is it still you?" in asked.content.decode(), "once more who it is, first"
    assert second_factor.has(with_a_phone)
