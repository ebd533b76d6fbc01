"""A parent's copy: plan and agreed minutes; what the child confided, others' details and police are not in it."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from django.urls import reverse

from cast import deliver
from stores import NOW, event_row, load_dated, load_rows, person, relate, the_child
from throughline import sharing, words
from throughline.web.accounts.viewing import viewing
from throughline.web.audit.models import Change
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.typing_in import Refused
from throughline.web.child import parents

pytestmark = pytest.mark.django_db

AGREED = "Nan has him every second weekend"
SECRET = "He said he is afraid of the flat"


@pytest.fixture(autouse=True)
def partnership(settings, tmp_path):
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"
    for folder in deliver(tmp_path):
        load_dated(folder)
    tagged = ("CHILD-CONF", "NO-PARENT", "THIRD", "PEER", "POL-P", "MH", "PROT-ADDR")
    rows = [
        event_row("rowan", "family_meeting", "2026-04-01", "P-0", details=f"decision={AGREED};present=Uncle Bo"),
        event_row("rowan", "direct_voice", "2026-04-02", "P-1", details=f"words={SECRET}"),
        event_row("rowan", "arrest", "2026-04-03", "P-2"),
        event_row("rowan", "family_meeting", "2026-04-04", "P-3", level="SL3", details=f"decision={SECRET}"),
        *(
            event_row("rowan", "family_meeting", f"2026-03-{n:02}", f"P-{n}", tags=tag, details=f"decision={SECRET}")
            for n, tag in enumerate(tagged, start=11)
        ),
    ]
    load_rows(tmp_path, "events", rows, received=date(2026, 4, 20), sender="la:971")


@pytest.fixture
def worker():
    user = person("social_worker")
    relate(user, the_child("rowan"), sharing.ALLOCATED)
    return user


def copy(user, whom: str = "His mother", safe: str = "Parental responsibility; he agrees") -> parents.ParentsCopy:
    with viewing(user) as viewer:
        return parents.make(viewer, the_child("rowan").public_id, whom=whom, safe=safe)


def test_the_plan_and_what_was_agreed_are_in_it(worker) -> None:
    shown = [detail for _, rows in copy(worker).years for row in rows for detail in row.details]
    assert AGREED in [value for _, value in shown]
    assert "Uncle Bo" not in [value for _, value in shown], "who was there is theirs to say"


def test_nothing_tagged_nothing_sensitive_and_no_word_of_the_childs(worker) -> None:
    made = copy(worker)
    assert SECRET not in repr(made)
    meetings = [row for _, rows in made.years for row in rows if row.title == words.kinds()["family_meeting"].title]
    assert [row.on for row in meetings if row.on >= date(2026, 3, 11)] == [date(2026, 4, 1)]


def test_only_kinds_a_parent_was_meant_to_be_part_of(worker) -> None:
    allowed = {words.kinds()[kind].title for kind in sharing.copy_rule(sharing.OF_A_PARENT).kinds or ()}
    assert {row.title for _, rows in copy(worker).years for row in rows} <= allowed


def test_what_is_owed_rests_on_nothing_that_is_left_out(worker) -> None:
    allowed = sharing.copy_rule(sharing.OF_A_PARENT).kinds or frozenset()
    assert {row.owed.trigger_kind for row in copy(worker).open} <= allowed


def test_for_whom_it_is_and_why_that_is_safe_is_asked_and_recorded(worker) -> None:
    with pytest.raises(Refused):
        copy(worker, safe="")
    with pytest.raises(Refused):
        copy(worker, whom=" ")
    copy(worker)
    with as_engine():
        assert Change.objects.get(action="child.copy.parent").child_ids == [the_child("rowan").pk]


@pytest.mark.parametrize("role", ["missing_hub", "dsl", "police_desk", "business_manager"])
def test_nobody_else_makes_it(role: str) -> None:
    user = person(role)
    relate(user, the_child("rowan"), sharing.HUB)
    with pytest.raises((PermissionDenied, Http404)):
        copy(user)


def test_the_page_asks_before_it_shows_anything(worker) -> None:
    client = Client()
    client.force_login(worker)
    address = reverse("parents_copy", args=[the_child("rowan").public_id])
    assert AGREED not in client.get(address).content.decode()
    assert client.post(address, {"whom": "", "safe": ""}).status_code == 422
    made = client.post(address, {"whom": "His mother", "safe": "He agrees"}).content.decode()
    assert AGREED in made
    assert SECRET not in made
