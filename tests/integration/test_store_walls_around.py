"""Seats around a child: given by name by whoever's place it is, opening what the policy says and no more."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import Http404
from django.test import Client

from cast import deliver
from stores import NOW, TODAY, event_row, load_dated, load_rows, person, relate, the_child
from throughline import sharing
from throughline.web.accounts.models import AgencyTerms, Conflict, Relation, User
from throughline.web.accounts.viewing import viewing
from throughline.web.audit.models import Change
from throughline.web.casework import around
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def partnership(settings, tmp_path) -> None:
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"
    for folder in deliver(tmp_path):
        load_dated(folder)
    rows = [
        event_row("rowan", kind, "2026-04-01", f"A-{n}", level=level, tags=tags)
        for n, (kind, level, tags) in enumerate(
            [
                ("safety_plan", "SL2", ""),
                ("ed_attendance", "SL3", "HLTH"),
                ("help_offered", "SL3", "MH"),
                ("help_offered", "SL3", "SEXH"),
                ("exploitation_assessment", "SL3", "POL-P"),
                ("arrest", "SL4", "POL-C"),
                ("safe_contact", "SL5", ""),
            ]
        )
    ]
    load_rows(tmp_path, "events", rows, received=date(2026, 4, 20), sender="la:971")


@pytest.fixture
def lead() -> User:
    worker = person("social_worker", "Ana Leads", area="971")
    relate(worker, the_child("rowan"), sharing.ALLOCATED)
    return worker


@pytest.fixture
def manager() -> User:
    return person("team_manager", "Max Manages", area="971")


def give(by: User, to: User, seat: str = sharing.TEAM, until: date | None = None, why: str = "Asked to help") -> None:
    with viewing(by) as viewer:
        around.give(child=the_child("rowan").public_id, sign_in=to.sign_in, seat=seat, until=until, why=why, by=viewer)


def read(by: User) -> set[tuple[str, str]]:
    """Level and kind of what the database gives of those rows, asked as whoever looks, without a filter."""
    rowan = the_child("rowan").pk
    with viewing(by), connection.cursor() as cursor:
        cursor.execute("select level, kind from casework_event where child_id = %s or false", [rowan])
        return {(level, kind) for level, kind in cursor.fetchall()}


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("role", "agency", "sees", "never"),
    [
        ("gp", "gp:lowgate", ("SL3", "ed_attendance"), {"arrest", "exploitation_assessment"}),
        ("camhs_worker", "camhs:torrin", ("SL3", "help_offered"), {"ed_attendance", "arrest"}),
        ("sexual_health_worker", "health:lowgate", ("SL3", "help_offered"), {"ed_attendance", "arrest"}),
        ("youth_justice_worker", "youth_justice:971", ("SL3", "exploitation_assessment"), {"ed_attendance"}),
    ],
)
def test_the_lead_brings_a_practice_a_clinic_and_youth_justice_in_and_each_sees_its_own(
    role, agency, sees, never, lead
) -> None:
    worker = person(role, f"Wren {role}", agency=agency)
    address = f"/children/{the_child('rowan').public_id}/"
    assert read(worker) == set()
    assert signed_in(worker).get(address).status_code in (403, 404)
    give(lead, worker)
    seen = read(worker)
    assert sees in seen
    assert not {kind for _, kind in seen} & never
    assert not {level for level, _ in seen} & {"SL4", "SL5"}
    assert signed_in(worker).get(address).status_code == 200
    with viewing(lead) as viewer:
        number = next(h.number for h in around.of_child(viewer, the_child("rowan").public_id).held if h.may_end)
        around.end(child=the_child("rowan").public_id, number=number, by=viewer)
    assert read(worker) == set(), "at once"
    assert signed_in(worker).get(address).status_code in (403, 404)


def test_a_clinic_sees_nothing_of_another_clinic_s(lead) -> None:
    for role, agency, tag in (("camhs_worker", "camhs:torrin", "MH"), ("sexual_health_worker", "health:l", "SEXH")):
        worker = person(role, f"Wren {role}", agency=agency)
        give(lead, worker)
        with viewing(worker), connection.cursor() as cursor:
            cursor.execute("select tags from casework_event where kind = 'help_offered'")
            assert {tuple(tags) for (tags,) in cursor.fetchall()} == {(tag,)}


def test_a_handover_the_manager_gives_it_to_one_and_takes_it_from_the_other_and_both_are_told(lead, manager) -> None:
    new = person("social_worker", "Noor Next", area="971")
    give(manager, new, sharing.ALLOCATED)
    client, address = signed_in(manager), f"/children/{the_child('rowan').public_id}/around"
    page = client.get(address).content.decode()
    assert "Noor Next" in page
    assert "Ana Leads" in page
    with transaction.atomic(), as_engine():
        number = Relation.objects.get(user=lead, child_id=the_child("rowan").pk).pk
    assert client.post(f"{address}/{number}/end")["Location"] == address
    assert read(lead) == set()
    assert read(new)
    with transaction.atomic(), as_engine():
        told = {(m.user_id, m.sort, m.child_id) for m in Message.objects.filter(sort__startswith="seat_")}
        said = " ".join(m.subject + m.text for m in Message.objects.filter(sort__startswith="seat_"))
        assert set(Change.objects.filter(action__startswith="casework.seat").values_list("action", "user_id")) == {
            ("casework.seat_given", manager.pk), ("casework.seat_ended", manager.pk),
        }  # fmt: skip
    assert told == {(new.pk, around.GIVEN, the_child("rowan").pk), (lead.pk, around.ENDED, None)}
    assert "Rowan" not in said


def test_nobody_gives_what_is_not_theirs_to_give(lead, manager) -> None:
    friend = person("social_worker", "Fay Friend")
    member = person("social_worker", "Mo Member")
    give(lead, member)
    hub = person("missing_hub", "Hal Hub", area="971")
    rowan = the_child("rowan").public_id
    for nobody in (friend, hub, member):
        with pytest.raises((PermissionDenied, Http404)):
            give(nobody, friend)
        assert signed_in(nobody).get(f"/children/{rowan}/around").status_code in (403, 404)
    for by, seat in ((lead, sharing.ALLOCATED), (lead, sharing.REVIEWER), (lead, sharing.WARRANT), (manager, "duty")):
        with pytest.raises(around.Refused) as refused:
            give(by, friend, seat)
        assert "seat" in refused.value.errors
    with pytest.raises(around.Refused, match="Somebody else says this of you"):
        give(manager, manager, sharing.ALLOCATED)
    with transaction.atomic(), as_engine():
        number = Relation.objects.get(user=lead, child_id=the_child("rowan").pk).pk
    with viewing(lead) as viewer, pytest.raises(Http404):
        around.end(child=rowan, number=number, by=viewer)
    assert read(friend) == set()


def test_who_cannot_be_given_it(lead, manager) -> None:
    analyst = person("analyst", "Al Counts")
    clinic = person("camhs_worker", "Cam Clinic", agency="camhs:torrin")
    close = person("social_worker", "Asa Aunt", area="971")
    gone = person("gp", "Gus Gone", agency="gp:gone")
    with transaction.atomic(), as_engine():
        Conflict.objects.create(user=close, child_id=the_child("rowan").pk, sort="family", by=close, at=NOW)
        AgencyTerms.objects.create(
            agency="gp:gone", version="2", signed_by="x", signed_on=TODAY - timedelta(9), until=TODAY - timedelta(1),
            recorded_at=NOW,
        )  # fmt: skip
    for by, whom, why in (
        (lead, analyst, "no such part"),
        (manager, clinic, "leads or reviews"),
        (manager, close, "cannot take this on"),
        (lead, gone, "not signed the terms"),
    ):
        with pytest.raises(around.Refused, match=why):
            give(by, whom)
        assert read(whom) == set()
    give(lead, clinic)
    with pytest.raises(around.Refused, match="already"):
        give(lead, clinic)
    page = signed_in(manager).get(f"/children/{the_child('rowan').public_id}/around").content.decode()
    assert "Cam Clinic" not in page, "a discreet seat is named to whoever leads or reviews alone"


def test_a_warrant_is_given_by_whoever_checks_looks_for_a_time_and_ends_by_itself(settings) -> None:
    governs = person("information_governance_lead", "Ines Governs", agency="partnership:pan")
    local = person("information_governance_lead", "Lou Local", agency="la:975")
    auditor = person("qa_auditor", "Quin Audits", agency="la:971")
    for by, until, why in ((governs, None, "for a time"), (local, TODAY, "your own agency")):
        with pytest.raises(around.Refused, match=why):
            give(by, auditor, sharing.WARRANT, until)
    with pytest.raises(around.Refused):
        give(governs, auditor, sharing.TEAM)
    give(governs, auditor, sharing.WARRANT, TODAY + timedelta(7))
    assert ("SL2", "safety_plan") in read(auditor)
    assert not {level for level, _ in read(auditor)} & {"SL4", "SL5"}
    assert read(governs) == set(), "who gives it opens nothing by it"
    settings.THROUGHLINE_NOW = NOW + timedelta(8)
    assert read(auditor) == set()


def test_what_is_left_out_is_asked_for(lead) -> None:
    client, address = signed_in(lead), f"/children/{the_child('rowan').public_id}/around"
    page = client.post(address, {"sign_in": "nobody@example.org", "seat": "", "why": ""}).content.decode()
    for sentence in ("Nobody signs in here by that address", "Choose what they are to do", "Say why"):
        assert sentence in page
    team = client.get(f"/children/{the_child('rowan').public_id}/team").content.decode()
    assert address in team
