"""A keeper's pages: what is due without a name, what is proposed with one, and nobody else there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from cast import CHILDREN, deliver
from stores import NOW, load_dated, person, the_child
from throughline import sharing
from throughline.web.audit.models import Look
from throughline.web.casework.models import Destruction, Hold, Tombstone

pytestmark = pytest.mark.django_db
ROWAN = CHILDREN["rowan"]
WHO = {
    "forename": ROWAN.forename, "surname": ROWAN.surname, "born-day": str(ROWAN.dob.day),
    "born-month": str(ROWAN.dob.month), "born-year": str(ROWAN.dob.year),
}  # fmt: skip
OTHERS = sorted(role for role, policy in sharing.policy().items() if not policy.keeps)
PAGES = [
    ("keeping", ()),
    ("keeping_propose_one", ()),
    ("keeping_proposed", (1,)),
    ("keeping_hold", ()),
    ("keeping_end_hold", (1,)),
]


@pytest.fixture(autouse=True)
def partnership(settings, tmp_path):
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"
    for folder in deliver(tmp_path):
        load_dated(folder)


def signed_in(role: str = "keeper", name: str = "Kit Hale") -> Client:
    client = Client()
    client.force_login(person(role, name, agency="partnership"))
    return client


def page(client: Client, name: str, *given: object, status: int = 200) -> str:
    answer = client.get(reverse(name, args=given))
    assert answer.status_code == status, answer.content
    return answer.content.decode()


def propose(client: Client, **more: str) -> int:
    said = WHO | {"ground": "unlawful", "reference": "Letter 12"} | more
    answer = client.post(reverse("keeping_propose_one"), said)
    assert answer.status_code == 302, answer.content
    return Destruction.objects.latest("pk").pk


def test_nobody_else_comes_in() -> None:
    for role in OTHERS:
        client = signed_in(role, f"A {role}")
        for name, given in PAGES:
            assert client.get(reverse(name, args=given)).status_code == 403, (role, name)
        for name, given in (("keeping_propose", ()), ("keeping_sign", (1,)), ("keeping_take_back", (1,))):
            assert client.post(reverse(name, args=given)).status_code == 403, (role, name)
        assert "75" in page(client, "keeping_schedule")


def test_what_is_due_names_nobody(settings) -> None:
    settings.THROUGHLINE_NOW = NOW.replace(year=2083, month=10, day=20)
    told = page(signed_in(), "keeping")
    assert "Record of a child who was in care" in told
    assert "2008" in told
    for child in CHILDREN.values():
        assert child.surname not in told


def test_what_is_due_is_ticked_proposed_and_signed_for(settings, django_capture_on_commit_callbacks) -> None:
    settings.THROUGHLINE_NOW = NOW.replace(year=2083, month=10, day=20)
    first, second = signed_in(), signed_in(name="Noor Bell")
    rowan = the_child("rowan")
    answer = first.post(reverse("keeping_propose"), {"children": [str(rowan.public_id)]})
    number = Destruction.objects.get().pk
    assert answer.url == reverse("keeping_proposed", args=[number])
    told = page(first, "keeping_proposed", number)
    assert "Rowan Vale" in told
    assert "somebody else signs" in told
    assert first.post(reverse("keeping_sign", args=[number])).status_code == 403
    with django_capture_on_commit_callbacks(execute=True):
        assert second.post(reverse("keeping_sign", args=[number])).status_code == 302
    told = page(second, "keeping_proposed", number)
    assert "Rowan" not in told
    assert "1\xa0whole record" in told
    assert str(Tombstone.objects.filter(what="statement").first().number) in told
    assert "24" in told, "and when no backup holds it any more"
    assert first.post(reverse("keeping_sign", args=[number])).status_code == 404


def test_a_name_is_shown_only_while_the_proposal_is_open() -> None:
    first = signed_in()
    number = propose(first)
    assert "Rowan Vale" in page(first, "keeping_proposed", number)
    assert Look.objects.filter(path_kind="proposed destruction", child_ids=[the_child("rowan").pk]).exists()
    assert first.post(reverse("keeping_take_back", args=[number])).status_code == 302
    assert "Rowan" not in page(first, "keeping_proposed", number)


def test_a_form_says_what_is_wrong_beside_its_fields() -> None:
    answer = signed_in().post(reverse("keeping_propose_one"), WHO | {"surname": "Vail", "ground": "unlawful"})
    assert answer.status_code == 422
    assert "where the request or the order is kept" in answer.content.decode()
    answer = signed_in().post(reverse("keeping_propose_one"), WHO | {"ground": "erasure", "reference": "7"})
    assert "A law keeps this record" in answer.content.decode()
    answer = signed_in().post(reverse("keeping_hold"), {"ground": "inquiry"})
    assert answer.status_code == 422
    answer = signed_in().post(reverse("keeping_propose"), {"children": ["nonsense"]})
    assert "Choose at least one record" in answer.content.decode()


def test_a_hold_is_set_shown_and_ended_with_a_reason() -> None:
    client = signed_in()
    said = WHO | {"ground": "proceedings", "asked_by": "J. Stone, county solicitor, CS-9"}
    assert client.post(reverse("keeping_hold"), said).status_code == 302
    held = Hold.objects.get()
    assert (held.child_id, held.records, held.until) == (the_child("rowan").pk, [], None)
    told = page(client, "keeping")
    assert "county solicitor" in told
    assert "Rowan Vale" in told
    number = propose_refused(client)
    assert number is None
    end = reverse("keeping_end_hold", args=[held.pk])
    assert client.post(end, {"why": ""}).status_code == 422
    assert client.post(end, {"why": "The case was withdrawn"}).status_code == 302
    assert "Nothing is held back" in page(client, "keeping")
    assert propose(client)


def propose_refused(client: Client) -> int | None:
    answer = client.post(reverse("keeping_propose_one"), WHO | {"ground": "order", "reference": "Order 3"})
    assert answer.status_code == 422
    return Destruction.objects.values_list("pk", flat=True).first()


def test_what_is_held_since_it_was_proposed_is_said_instead_of_asked_for() -> None:
    first, second = signed_in(), signed_in(name="Noor Bell")
    number = propose(first)
    first.post(reverse("keeping_hold"), WHO | {"ground": "complaint", "asked_by": "Complaints manager, C-77"})
    told = page(second, "keeping_proposed", number)
    assert "nobody can sign for it" in told
    assert reverse("keeping_sign", args=[number]) not in told
    answer = second.post(reverse("keeping_sign", args=[number]))
    assert answer.status_code == 422
    assert "some of it is held" in answer.content.decode()
    assert Destruction.objects.get(pk=number).steps.count() == 0


def test_the_gravest_acts_ask_once_more_who_somebody_is(settings) -> None:
    first, second = signed_in(), signed_in(name="Noor Bell")
    number = propose(first)
    settings.THROUGHLINE_NOW = NOW + timedelta(minutes=11)
    for client, name, given in (
        (second, "keeping_sign", [number]),
        (first, "keeping_propose", []),
        (first, "keeping_propose_one", []),
    ):
        answer = client.post(reverse(name, args=given))
        assert answer.status_code == 403
        assert "Is it still you?" in answer.content.decode(), name
    assert Destruction.objects.get(pk=number).steps.count() == 0
