"""*These are not the same*: two tellings taken as one absence are parted, and what is owed follows at once."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.test import Client
from django.urls import reverse

from cast import row
from stores import HUB, NOW, POLICE, load_rows, person, relate, the_child
from throughline import sharing
from throughline.web.accounts.viewing import viewing
from throughline.web.audit.models import Change
from throughline.web.casework import actions, selectors
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Instance, Parting
from throughline.web.casework.recomputing import recompute

pytestmark = pytest.mark.django_db


def absence(agency: str, record: str, since: str, returned: str) -> dict[str, str]:
    return row(
        "missing_police", "rowan", agency=agency, source_record_id=record, episode_ref=record, category="M",
        missing_since=since, safe_return_at=returned,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def told_twice(settings, tmp_path):
    """The police and the hub tell of an absence of the same night, an hour apart, under numbers of their own."""
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"
    police = absence(POLICE, "MP-1", "2026-04-17T20:00", "2026-04-18T06:40")
    load_rows(tmp_path, "missing_police", [police], received=date(2026, 4, 20), sender=POLICE)
    load_rows(tmp_path, "missing_police", [from_the_hub()], received=date(2026, 4, 20), sender=HUB)


def from_the_hub() -> dict[str, str]:
    return absence(HUB, "H-7", "2026-04-17T21:00", "2026-04-18T06:00")


@pytest.fixture
def lead():
    worker = person("social_worker", "Ana Reyes")
    relate(worker, the_child("rowan"), sharing.ALLOCATED)
    return worker


def starts(worker, on: date | None = None):
    with viewing(worker) as viewer:
        rows = selectors.line(viewer, the_child("rowan").public_id, on, "received" if on else "").rows
        return [r for r in rows if r.kind == "missing_start"]


def part(worker, why: str = "she came back in between") -> int:
    key = next(t.key for start in starts(worker) for t in start.tellings if "H-7" in t.key)
    with viewing(worker) as viewer:
        [number] = actions.part(child=the_child("rowan").public_id, key=key, why=why, by=viewer, purpose="the line")
        return number


def interviews() -> int:
    with transaction.atomic(), as_engine():
        return Instance.objects.filter(child=the_child("rowan"), duty_id="rhi-72h").count()


def test_what_is_taken_as_one_says_why_and_owes_one_interview(lead) -> None:
    [start] = starts(lead)
    assert len(start.tellings) == 2
    assert start.joined_why == "1 h apart, from different sources"
    assert interviews() == 1


def test_two_absences_owe_two_interviews_and_one_again_once_the_parting_is_taken_back(lead) -> None:
    number = part(lead)
    assert interviews() == 2, "their ends part with their starts"
    assert [len(start.tellings) for start in starts(lead)] == [1, 1]
    with viewing(lead) as viewer:
        actions.join_again(child=the_child("rowan").public_id, parting=number, by=viewer, purpose="the line")
    assert interviews() == 1
    [start] = starts(lead)
    assert len(start.tellings) == 2
    assert start.partings == ()
    with transaction.atomic(), as_engine():
        assert Parting.objects.get().reversed_by_id == lead.pk, "kept, with who took it back"
        parted, joined = Change.objects.filter(subject_kind="parting").order_by("pk")
        assert (parted.action, joined.action) == ("casework.part", "casework.join_again")


def test_each_of_the_two_says_what_it_was_parted_from_by_whom_and_why(lead) -> None:
    part(lead)
    found = [(start.tellings[0].said_by, parted) for start in starts(lead) for parted in start.partings]
    titles = {said_by for said_by, _ in found}
    assert len(titles) == 2
    assert {parted.said_by for _, parted in found} == titles
    for said_by, parted in found:
        assert parted.said_by != said_by
        assert (parted.by, parted.on, parted.why) == ("Ana Reyes", date(2026, 4, 21), "she came back in between")


def test_a_parting_holds_when_the_line_is_worked_out_again_and_when_the_record_is_told_again(lead, tmp_path) -> None:
    part(lead)
    with transaction.atomic(), as_engine():
        recompute([the_child("rowan").pk])
    assert interviews() == 2
    again = from_the_hub() | {"safe_return_at": "2026-04-18T06:20"}
    load_rows(tmp_path, "missing_police", [again], received=date(2026, 4, 21), sender=HUB, name="again")
    assert interviews() == 2


def test_as_known_before_the_parting_it_was_one(lead) -> None:
    part(lead)
    assert [len(start.tellings) for start in starts(lead, date(2026, 4, 20))] == [2]
    assert [len(start.tellings) for start in starts(lead, date(2026, 4, 21))] == [1, 1]


def test_as_known_while_it_stood_it_was_two_though_it_was_taken_back_later(lead, settings) -> None:
    number = part(lead)
    settings.THROUGHLINE_NOW = datetime(2026, 4, 23, 9, 0, tzinfo=NOW.tzinfo)
    with viewing(lead) as viewer:
        actions.join_again(child=the_child("rowan").public_id, parting=number, by=viewer, purpose="the line")
    assert [len(start.tellings) for start in starts(lead, date(2026, 4, 22))] == [1, 1]
    assert [len(start.tellings) for start in starts(lead, date(2026, 4, 23))] == [2]


def test_it_needs_a_reason_and_something_to_part_from(lead) -> None:
    with pytest.raises(actions.Refused, match="Say what"):
        part(lead, why=" ")
    part(lead)
    with pytest.raises(actions.Refused, match="alone already"):
        part(lead)


def test_someone_without_access_is_refused_and_sees_no_parting(lead) -> None:
    number = part(lead)
    rowan = the_child("rowan").public_id
    with viewing(person("iro", "Some One")) as stranger:
        assert not Parting.objects.exists()
        with pytest.raises(PermissionDenied):
            actions.part(child=rowan, key="x", why="y", by=stranger, purpose="p")
        with pytest.raises(PermissionDenied):
            actions.join_again(child=rowan, parting=number, by=stranger, purpose="p")
    with viewing(lead) as viewer, pytest.raises(Http404):
        actions.part(child=rowan, key="x", why="y", by=viewer, purpose="p")
    assert interviews() == 2


def test_from_the_link_to_the_parting_and_back_on_the_page(lead) -> None:
    browser = Client(raise_request_exception=False, enforce_csrf_checks=True)
    browser.force_login(lead)
    line = reverse("child", args=[the_child("rowan").public_id])
    page = browser.get(line).content.decode()
    assert "Taken as one: 1 h apart, from different sources." in page
    assert "These are not the same" in page
    key = starts(lead)[0].tellings[0].key
    address = f"{reverse('part', args=[the_child('rowan').public_id])}?item={key}"
    assert "Not the same?" in browser.get(address).content.decode()
    token = browser.cookies["csrftoken"].value if "csrftoken" in browser.cookies else ""
    given = {"csrfmiddlewaretoken": token or browser.get(address).context["csrf_token"]}
    assert browser.post(address, {"why": "", **given}).status_code == 422
    assert browser.post(address, {"why": "two nights", **given}).status_code == 302
    page = browser.get(line).content.decode()
    assert "by Ana Reyes, 21\N{NO-BREAK SPACE}Apr\N{NO-BREAK SPACE}2026: two nights" in page
    assert 'name="csrfmiddlewaretoken"' in page
    with transaction.atomic(), as_engine():
        number = Parting.objects.get().pk
    back = reverse("join_again", args=[the_child("rowan").public_id, number])
    assert browser.post(back, given).status_code == 302
    assert "two nights" not in browser.get(line).content.decode()
