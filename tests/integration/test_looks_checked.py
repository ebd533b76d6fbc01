"""Unusual access (R37): found from the record of looks the night after, checked by somebody who had no part in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.http import Http404
from django.test import Client

from cast import CHILDREN, deliver
from house import server
from stores import NOW, load_dated, person, relate, the_child
from throughline import words
from throughline.web.accounts.administering import postcode_hash
from throughline.web.accounts.models import User
from throughline.web.accounts.viewing import viewing
from throughline.web.audit.actions import looked
from throughline.web.audit.models import Finding, Look
from throughline.web.casework import looks, looks_found, unusual
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import SubjectInstance
from throughline.web.casework.sealing_up import seal_up, verified
from throughline.web.casework.typing_in import Refused

pytestmark = pytest.mark.django_db

MORNING = datetime(2026, 4, 22, 0, 40, tzinfo=NOW.tzinfo)
"""The night after the day on which people look (Tuesday 21 April 2026)."""
LEAD = "information_governance_lead"


@pytest.fixture(autouse=True)
def partnership(settings: Any, tmp_path: Path) -> None:
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"
    for folder in deliver(tmp_path):
        load_dated(folder)


@pytest.fixture
def lead() -> User:
    return person(LEAD, "Ig Lead", agency="partnership")


def look(who: User, child: str = "rowan", page: str = "child page", *, times: int = 1) -> None:
    """Somebody is shown a page about one child."""
    number = the_child(child).pk
    with viewing(who) as viewer:
        for _ in range(times):
            looked(user_id=who.pk, role=who.role, purpose=viewer.purpose, path_kind=page, children=[number])


@contextmanager
def as_site(role: str) -> Iterator[Any]:
    """A cursor of the site in one of its roles."""
    with connection.cursor() as cursor:
        cursor.execute(f"set local role {role}")
        yield cursor


def night(settings: Any) -> list[tuple[str, str]]:
    """What is found that night: ground and name of the person."""
    settings.THROUGHLINE_NOW = MORNING
    unusual.find()
    with transaction.atomic(), as_engine():
        found = Finding.objects.exclude(ground=unusual.SAMPLE).order_by("ground", "pk")
        return [(f.ground, User.objects.get(pk=f.user_id).name) for f in found]


def only_finding() -> UUID:
    with transaction.atomic(), as_engine():
        return Finding.objects.exclude(ground=unusual.SAMPLE).get().ref


# --- what is found ---------------------------------------------------------------------------------------


def test_the_ordinary_work_of_an_allocated_worker_is_not_found(settings) -> None:
    ana = person("social_worker", "Ana Reyes")
    relate(ana, the_child("rowan"), "allocated")
    look(ana, times=5)
    assert night(settings) == []


def test_a_page_opened_or_refused_without_a_link_is_found_once(settings) -> None:
    look(person("social_worker", "Dan Fenn"), times=3)
    assert night(settings) == [("no_link", "Dan Fenn")]
    assert night(settings) == [("no_link", "Dan Fenn")], "a second run finds nothing new"
    with transaction.atomic(), as_engine():
        assert Finding.objects.exclude(ground=unusual.SAMPLE).get().counted == 3


def test_a_look_up_that_says_whom_to_ring_needs_no_link(settings) -> None:
    look(person("duty_team", "Duty Fenn"), page="who do I ring")
    assert night(settings) == []


def test_standing_on_a_list_is_no_look_at_the_child(settings) -> None:
    look(person("social_worker", "Dan Fenn"), page="my work")
    assert night(settings) == []


def test_the_same_family_name_is_found_even_with_a_link_and_in_a_look_up_and_once_in_a_while(settings) -> None:
    namesake = person("social_worker", f"Ana {CHILDREN['rowan'].surname.upper()}")
    relate(namesake, the_child("rowan"), "allocated")
    look(namesake, page="search")
    assert night(settings) == [("same_surname", namesake.name)]
    settings.THROUGHLINE_NOW = datetime(2026, 4, 22, 9, 30, tzinfo=NOW.tzinfo)
    look(namesake)
    settings.THROUGHLINE_NOW = datetime(2026, 4, 23, 0, 40, tzinfo=NOW.tzinfo)
    assert unusual.find() == 0, "found the night before"


def test_the_same_address_is_found_and_no_address_of_staff_is_kept(settings) -> None:
    with transaction.atomic(), as_engine():
        child = the_child("rowan")
        claim = child.persons.first().claims.first()
        claim.postcode = "ZZ1 1AA"
        claim.save()
    ana = person("social_worker", "Ana Reyes", home_hash=postcode_hash("zz11aa"))
    other = person("social_worker", "Jo Reyes", home_hash=postcode_hash("ZZ9 9ZZ"))
    for worker in (ana, other):
        relate(worker, child, "allocated")
        look(worker)
    assert night(settings) == [("same_address", "Ana Reyes")]
    assert "ZZ1" not in ana.home_hash.upper()[:3]
    assert len(ana.home_hash) == 64


def test_very_many_children_in_a_day_are_found(settings, monkeypatch) -> None:
    monkeypatch.setitem(unusual.said()["grounds"]["many_children"], "more_than", 1)
    dan = person("social_worker", "Dan Fenn")
    for name in ("rowan", "briar"):
        relate(dan, the_child(name), "team")
        look(dan, name)
    assert night(settings) == [("many_children", "Dan Fenn")]


def test_an_unusual_hour_is_found_of_those_who_do_not_work_then(settings) -> None:
    late = datetime(2026, 4, 21, 22, 30, tzinfo=NOW.tzinfo)
    ana, duty = person("social_worker", "Ana Reyes"), person("duty_team", "Duty Fenn")
    for worker in (ana, duty):
        relate(worker, the_child("rowan"), "allocated")
    settings.THROUGHLINE_NOW = late
    look(ana)
    look(duty)
    assert night(settings) == [("out_of_hours", "Ana Reyes")]


def test_a_sample_is_drawn_by_lot_once_a_month_and_starts_no_clock(settings) -> None:
    ana = person("social_worker", "Ana Reyes")
    relate(ana, the_child("rowan"), "allocated")
    look(ana, times=3)
    settings.THROUGHLINE_NOW = datetime(2026, 5, 1, 0, 40, tzinfo=NOW.tzinfo)
    assert unusual.find() == 1
    assert unusual.find() == 0
    with transaction.atomic(), as_engine():
        drawn = Finding.objects.get()
        assert (drawn.ground, drawn.user_id, drawn.child_id) == (unusual.SAMPLE, ana.pk, the_child("rowan").pk)
        assert not SubjectInstance.objects.filter(about__kind="access").exists()


# --- the check ---------------------------------------------------------------------------------------------


def test_it_is_checked_within_one_working_day_and_then_the_clock_stops(settings, lead) -> None:
    look(person("social_worker", "Dan Fenn"))
    night(settings)
    with viewing(lead) as viewer:
        (row,) = looks_found.to_check(viewer).open
        assert (row.title, row.due_on and str(row.due_on), row.state) == (
            "No link to the child", "2026-04-23", "due soon",
        )  # fmt: skip
        assert row.child is not None
        looks_found.check(ref=row.ref, outcome="ordinary", why="Dan covered for Ana", by=viewer, purpose="check")
    with viewing(lead) as viewer:
        listed = looks_found.to_check(viewer)
        assert listed.open == ()
        assert listed.checked[0].state == "met"
        assert listed.checked[0].checked == "It was part of their work. Dan covered for Ana"
        with pytest.raises(Refused, match="already"):
            looks_found.check(ref=row.ref, outcome="ordinary", why="Again", by=viewer, purpose="check")
    seal_up()
    assert verified().broken == []


def test_what_was_not_right_says_who_takes_it_up(settings, lead) -> None:
    look(person("social_worker", "Dan Fenn"))
    night(settings)
    with viewing(lead) as viewer, pytest.raises(Refused, match="takes it up"):
        looks_found.check(ref=only_finding(), outcome="not_right", why="Not his work", by=viewer, purpose="check")


def test_nobody_checks_their_own_looks(settings, lead) -> None:
    look(lead)
    night(settings)
    with viewing(lead) as viewer:
        assert looks_found.to_check(viewer).open == ()
        with pytest.raises(Http404):
            looks_found.one(viewer, only_finding())
    with viewing(person(LEAD, "Other Lead", agency="partnership")) as viewer:
        assert len(looks_found.to_check(viewer).open) == 1


def test_an_agencys_lead_sees_looks_of_its_own_people_only(settings) -> None:
    dan = person("social_worker", "Dan Fenn")
    look(dan)
    night(settings)
    with viewing(person(LEAD, "School Lead", agency="school:123456")) as viewer:
        assert looks_found.to_check(viewer).open == ()
        assert looks.at_child(viewer, the_child("rowan").public_id)[1][1:] == (), "only their own look at this list"
        with pytest.raises(Http404):
            looks.of_person(viewer, dan.pk)
        assert not Look.objects.filter(user_id=dan.pk).exists()
        assert not Finding.objects.exists()
    with viewing(person(LEAD, "Council Lead", agency="la:971")) as viewer:
        assert len(looks_found.to_check(viewer).open) == 1
        named = {row.name for row in looks.at_child(viewer, the_child("rowan").public_id)[1]}
        assert named == {"Council Lead", "Dan Fenn"}
        assert looks.of_person(viewer, dan.pk)[1][0].whom[0].name.startswith("Rowan")


def test_what_was_asked_of_whom_is_read_by_those_who_answer_for_that_person_and_nobody_else(settings, lead) -> None:
    look(person("social_worker", "Dan Fenn"))
    night(settings)
    with viewing(lead) as viewer:
        said = {"outcome": "not_right", "why": "Dan knows the family", "taken_to": "B. Chief, director"}
        looks_found.check(ref=only_finding(), by=viewer, purpose="check", **said)
    told = "select string_agg(details::text, '') from casework_subjectevent"
    for agency, seen in (("partnership", 1), ("la:971", 1), ("school:123456", 0)):
        with viewing(person(LEAD, f"Lead of {agency}", agency=agency)), connection.cursor() as cursor:
            cursor.execute("select count(*) from audit_findingcheck")
            assert cursor.fetchone() == (seen,), agency
            cursor.execute(told)
            (facts,) = cursor.fetchone()
            assert "It was not right" in facts, "every lead may know that something was checked"
            assert "Dan" not in facts
            assert "Chief" not in facts


# --- who may not -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["social_worker", "team_manager", "agency_administrator", "business_manager", "iro"])
def test_nobody_else_reads_what_was_found_or_what_a_person_looked_at(role, settings, client: Client) -> None:
    dan = person("social_worker", "Dan Fenn")
    look(dan)
    night(settings)
    someone = person(role, f"Some {role}")
    client.force_login(someone)
    for address in ("/looks", "/looks/people", f"/looks/people/{dan.pk}", f"/looks/found/{only_finding()}"):
        assert client.get(address).status_code == 403, address
    with viewing(someone) as viewer:
        with pytest.raises(PermissionDenied):
            looks_found.check(ref=only_finding(), outcome="ordinary", why="x", by=viewer, purpose="x")
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from audit_finding")
            assert cursor.fetchone() == (0,)
            cursor.execute("select count(*) from audit_look where user_id = %s", [dan.pk])
            assert cursor.fetchone() == (0,)
            cursor.execute("select count(*) from app_looks_at(%s, 100)", [the_child("rowan").pk])
            assert cursor.fetchone() == (0,)


def test_a_finding_is_never_changed_or_removed_and_not_added_by_the_site(settings) -> None:
    look(person("social_worker", "Dan Fenn"))
    night(settings)
    for statement in ("update audit_finding set counted = 0", "delete from audit_finding"):
        for taking in ("throughline_web", "throughline_engine"):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), as_site(taking) as sql:
                sql.execute(statement)


def test_the_pages_name_the_child_as_a_search_would_and_record_that_they_did(settings, lead, client) -> None:
    look(person("social_worker", "Dan Fenn"))
    night(settings)
    client.force_login(lead)
    page = client.get("/looks").content.decode()
    assert "No link to the child: Dan Fenn" in page
    page = client.get(f"/looks/found/{only_finding()}").content.decode()
    assert "Rowan" in page
    said = {"outcome": "explained", "why": "He answered the telephone for the team", "taken_to": ""}
    assert client.post(f"/looks/found/{only_finding()}", said)["Location"] == "/looks"
    with viewing(lead):
        assert Look.objects.filter(user_id=lead.pk, child_ids__contains=[the_child("rowan").pk]).exists()
    assert client.get(f"/children/{the_child('rowan').public_id}/").status_code == 403, "never the child's page"


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ("child_ids @> array[1::bigint]", "audit_look_child_i"),  # who looked at this child
        ("user_id = 1 order by at desc limit 200", "audit_look_user_id"),  # what has this person looked at
        ("at >= '2026-04-21' and at < '2026-04-22'", "Index Cond: ((at >="),  # the night's round
    ],
)
def test_who_looked_is_answered_by_an_index_however_many_looks_there_are(asked, index) -> None:
    with psycopg.connect(server().migrated.owner) as owner:
        owner.execute("set enable_seqscan = off")
        plan = "\n".join(line for (line,) in owner.execute(f"explain select id from audit_look where {asked}"))
    assert index in plan, plan


def test_every_role_and_outcome_the_figures_speak_of_is_known() -> None:
    said = unusual.said()
    assert set(said["grounds"]["out_of_hours"]["not_for"]) <= set(words.roles())
    assert any(given.get("taken_to") for given in said["outcomes"].values())
    assert all(unusual.title(ground) and unusual.sentence(ground) for ground in (*said["grounds"], unusual.SAMPLE))
