"""A child of one's own family or household, or otherwise close: nothing of them is one's to see, whatever the seat."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.http import Http404
from django.test import Client

from cast import deliver
from stores import HUB, NOW, POLICE, TODAY, episode, event_row, load_dated, load_rows, person, relate, the_child
from throughline import sharing
from throughline.web import walls
from throughline.web.accounts.models import Conflict, User
from throughline.web.accounts.viewing import viewing
from throughline.web.audit.models import Change
from throughline.web.casework import glass, selectors, telling, too_close
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event, Message
from throughline.web.linkage.models import Child

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def partnership(settings, tmp_path):
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"
    for folder in deliver(tmp_path):
        load_dated(folder)
    rows = [event_row("rowan", "referral", "2026-04-01", "K-1", details="need=N1", tags="STAFF-LINK")]
    load_rows(tmp_path, "events", rows, received=date(2026, 4, 20), sender="la:971")


@pytest.fixture
def aunt() -> User:
    worker = person("social_worker", "Asa Aunt", area="971")
    relate(worker, the_child("rowan"), sharing.ALLOCATED)
    relate(worker, the_child("briar"), sharing.ALLOCATED)
    return worker


@pytest.fixture
def reviewer() -> User:
    officer = person("iro", "Jo Reviewer")
    relate(officer, the_child("rowan"), sharing.REVIEWER)
    return officer


def keep_from(user: User, by: User | None = None, sort: str = "family") -> None:
    with viewing(by or user) as viewer:
        too_close.declare(
            child=the_child("rowan").public_id, sign_in=user.sign_in, sort=sort, why="My sister's girl", by=viewer
        )


def rows_of_rowan(by: User) -> dict[str, int]:
    """How many rows of Rowan's the database gives, of every table that says whose a row is."""
    rowan, found = the_child("rowan").pk, {}
    with viewing(by), connection.cursor() as cursor:
        cursor.execute(walls._TABLES_OF_CHILDREN)
        for table, _ in cursor.fetchall():
            if "select" in walls.WALLED.get(table, {}) and table != "accounts_conflict":
                cursor.execute(f"select count(*) from {table} where child_id = %s or false", [rowan])
                found[table] = cursor.fetchone()[0]
        found["linkage_child"] = Child.objects.filter(pk=rowan).count()
    return found


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_seat_opens_nothing_any_more_by_page_search_or_raw_sql(aunt) -> None:
    before = rows_of_rowan(aunt)
    assert before["casework_event"] > 5
    assert before["casework_instance"] > 0
    keep_from(aunt)
    assert set(rows_of_rowan(aunt).values()) == {0}
    rowan = the_child("rowan").public_id
    for page in ("", "owed", "team", "sources"):
        assert signed_in(aunt).get(f"/children/{rowan}/{page}").status_code == 404
    for page in ("record", "looks", "emergency", "too-close", "copy"):
        assert signed_in(aunt).get(f"/children/{rowan}/{page}").status_code == 404, page
    with viewing(aunt) as viewer:
        assert not selectors.search(viewer, "Rowan Vale").hits
        assert not viewer.may_open(the_child("rowan").pk)
        assert viewer.may_open(the_child("briar").pk), "and every other child is theirs as before"
        assert Event.objects.exists()
    assert "Rowan" not in signed_in(aunt).get("/work").content.decode()


def test_both_walls_say_the_same_of_every_way_to_have_a_child() -> None:
    """A post's children are not listed anywhere for its people; a conflict holds against a post as well."""
    for role, agency in (("duty_team", "la:971"), ("team_manager", "la:971"), ("missing_hub", HUB)):
        worker = person(role, f"Kin {role}", agency=agency, area="971")
        keep_from(worker)
        assert set(rows_of_rowan(worker).values()) == {0}, role
        with viewing(worker) as viewer:
            ways = viewer.relations_to(the_child("rowan").pk)[the_child("rowan").pk]
        assert sharing.CONFLICT in ways
        assert sharing.decide(role, [*ways, *sharing.RELATIONS, sharing.GLASS], sharing.Item("SL1")).sight == (
            sharing.HIDDEN
        )


def test_an_emergency_opens_nothing_to_them_either(aunt) -> None:
    keep_from(aunt)
    with viewing(aunt) as viewer, pytest.raises(Http404):
        glass.open_record(
            child=the_child("rowan").public_id, reason="immediate_safety", purpose="She rang", hours="4", by=viewer
        )


def test_what_is_there_and_not_shown_is_not_counted_for_them(aunt) -> None:
    keep_from(aunt)
    rowan = the_child("rowan").pk
    with viewing(aunt), connection.cursor() as cursor:
        cursor.execute("select * from app_present(%s)", [rowan])
        assert cursor.fetchall() == []


def test_nothing_that_happens_to_the_child_is_told_to_them(aunt, tmp_path) -> None:
    keep_from(aunt)
    gone = episode() | {"missing_since": "2026-04-20T20:00"}
    load_rows(tmp_path, "missing_police", [gone], received=TODAY, sender=POLICE, name="gone")
    telling.tell()
    with transaction.atomic(), as_engine():
        assert not Message.objects.filter(user_id=aunt.pk).exists()


def test_a_child_who_turns_out_to_be_that_child_is_kept_from_them_too(aunt) -> None:
    keep_from(aunt)
    rowan, briar = the_child("rowan"), the_child("briar")
    with transaction.atomic(), as_engine():
        Child.objects.filter(pk=briar.pk).update(joined_into=rowan)
    with viewing(aunt):
        assert not Event.objects.filter(child__in=[rowan, briar]).exists()
        assert not Child.objects.filter(pk__in=[rowan.pk, briar.pk]).exists()


def test_everybody_says_it_of_themselves_and_the_lead_reviewer_or_governance_of_others(aunt, reviewer) -> None:
    finder = person("social_worker", "Fay Finder")
    with pytest.raises(PermissionDenied):
        keep_from(aunt, by=finder)
    elsewhere = person("information_governance_lead", "Far Governs", agency="la:975")
    with pytest.raises(PermissionDenied):
        keep_from(aunt, by=elsewhere)
    keep_from(finder)
    keep_from(aunt, by=reviewer, sort="staff_link")
    governs = person("information_governance_lead", "Ines Governs", agency="la:971")
    keep_from(person("iro", "Ola Officer"), by=governs, sort="household")
    with transaction.atomic(), as_engine():
        assert Conflict.objects.count() == 3
        assert Change.objects.filter(action="casework.keep_from").count() == 3


def test_it_is_shown_to_those_it_concerns_with_the_seat_that_has_to_pass_on(aunt, reviewer) -> None:
    keep_from(aunt)
    rowan = the_child("rowan").public_id
    page = signed_in(reviewer).get(f"/children/{rowan}/too-close").content.decode()
    assert "Asa Aunt" in page
    assert "still have a seat around" in page
    other = person("social_worker", "Sam Other")
    assert "Asa Aunt" not in signed_in(other).get(f"/children/{rowan}/too-close").content.decode()
    far = person("information_governance_lead", "Far Governs", agency="la:975")
    for somebody in (other, far):
        with viewing(somebody), connection.cursor() as cursor:
            cursor.execute("select count(*) from accounts_conflict where true or true")
            assert cursor.fetchone() == (0,)


def test_somebody_else_ends_it_and_says_why(aunt, reviewer) -> None:
    keep_from(aunt)
    with transaction.atomic(), as_engine():
        number = Conflict.objects.get().pk
    with viewing(aunt) as viewer, pytest.raises(Http404):
        too_close.end(number=number, why="I would like to see her", by=viewer)
    with viewing(reviewer) as viewer, pytest.raises(too_close.Refused):
        too_close.end(number=number, why=" ", by=viewer)
    client = signed_in(reviewer)
    address = f"/children/{the_child('rowan').public_id}/too-close"
    client.post(address, {"end": str(number), "why_ended": "Another Asa Aunt was meant"})
    assert rows_of_rowan(aunt)["casework_event"] > 5


def test_the_form_sends_whoever_says_it_of_themselves_home(aunt) -> None:
    address = f"/children/{the_child('rowan').public_id}/too-close"
    client = signed_in(aunt)
    assert "Keep the record from" in client.get(address).content.decode()
    assert client.post(address, {"sort": "", "sign_in": aunt.sign_in}).status_code == 200
    assert "Say who" in client.post(address, {"sort": "household"}).content.decode(), "not oneself by an oversight"
    assert client.post(address, {"sort": "household", "sign_in": aunt.sign_in})["Location"] == "/"
    assert client.get(address).status_code == 404
    finder = signed_in(person("social_worker", "Fay Finder"))
    assert finder.post(address, {"sort": "family"})["Location"] == "/"
    assert finder.get(address).status_code == 404


def test_nobody_takes_it_back_behind_the_page(aunt) -> None:
    keep_from(aunt)
    for statement in ("delete from accounts_conflict", "update accounts_conflict set ended_at = now()"):
        with viewing(aunt), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
