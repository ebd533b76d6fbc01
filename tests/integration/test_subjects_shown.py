"""The page of a place: what is owed about it, what happened there, and no child's name for those without the child."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from cast import CHILDREN, deliver, write_csv
from stores import NOW, event_row, load, load_dated, person, relate, the_child
from throughline import feeds
from throughline.web.accounts.models import User
from throughline.web.accounts.viewing import viewing
from throughline.web.audit.models import Look

pytestmark = pytest.mark.django_db

POLICE = "police:castlereach"
ROBBED = ("rowan", "briar", "fern")


@pytest.fixture(autouse=True)
def partnership(settings: Any, tmp_path: Path) -> None:
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"
    for folder in deliver(tmp_path):
        load_dated(folder)
    told = [
        event_row(name, "robbery", f"2026-04-0{n}", f"C-{n}", agency=POLICE, details="context=the interchange")
        for n, name in enumerate(ROBBED, start=1)
    ]
    place = {"source_system": "exploitation_panel:971", "subject_kind": "context", "subject_id": "The interchange"}
    told.append(place | {"source_record_id": "P-1", "kind": "context_review", "happened": "2026-01-10"})
    told.append(
        place
        | {
            "source_record_id": "P-2",
            "kind": "safe_place_action",
            "happened": "2026-04-12",
            "details": "what=Staff are there",
        }
    )
    plan = {"source_system": POLICE, "subject_kind": "context", "subject_id": "the interchange"}
    told.append(plan | {"source_record_id": "P-3", "kind": "disruption_plan", "happened": "2026-04-13"})
    write_csv(tmp_path / "told" / "events.csv", feeds.get("events").tables["events"], told)
    load(tmp_path / "told", received=NOW.date(), sender=POLICE)


def shown(client: Client, who: User, address: str) -> tuple[int, str]:
    """What somebody gets at an address, redirects followed."""
    client.force_login(who)
    answer = client.get(address, follow=True)
    return answer.status_code, answer.content.decode()


INTERCHANGE = "/places/named?kind=context&name=The+Interchange"


def test_the_panel_sees_the_place_and_what_is_owed_and_no_child(client: Client) -> None:
    status, page = shown(client, person("mace_coordinator"), INTERCHANGE)
    assert status == 200
    assert "<h1>The interchange</h1>" in page
    assert "A place or group where children are harmed, looked at" in page
    assert "Different children were linked to one place or group, the last" in page
    assert page.count("A child. Who it was is on the child") == 3
    assert "Staff are there" in page
    assert "Castlereach police holds something restricted here. Ask them." in page
    assert "Police plan" not in page
    for name in ROBBED:
        who = CHILDREN[name]
        for word in (who.surname, str(the_child(name).public_id), who.la_id):
            assert word not in page, name


def test_a_childs_own_worker_comes_from_the_child_and_sees_theirs_alone(client: Client) -> None:
    worker, rowan = person("social_worker", "Sam Worker"), the_child("rowan")
    relate(worker, rowan, "allocated")
    _, line = shown(client, worker, f"/children/{rowan.public_id}/")
    assert "What else is known of the interchange" in line
    status, page = shown(client, worker, INTERCHANGE)
    assert status == 200
    assert f"/children/{rowan.public_id}/" in page
    assert "Staff are there" in page
    for name in ("briar", "fern"):
        assert CHILDREN[name].surname not in page, name
    assert "harmed, looked at" not in page, "what is owed rests on more than this worker may see"
    with viewing(worker):
        look = Look.objects.filter(path_kind="place or plan").latest("pk")
        assert look.child_ids == [rowan.pk]


@pytest.mark.parametrize("role", ["senco", "hospital_youth_worker", "business_manager", "duty_team"])
def test_whose_role_sees_no_places_gets_no_page_and_learns_of_none(client: Client, role: str) -> None:
    status, page = shown(client, person(role), INTERCHANGE)
    assert status == 404
    assert "interchange" not in page.lower().replace("name=the+interchange", "")
    status, page = shown(client, person(role), "/places")
    assert status == (200 if role == "business_manager" else 403)
    assert "interchange" not in page.lower()


def test_the_list_says_what_is_owed_about_each(client: Client) -> None:
    status, page = shown(client, person("mace_coordinator"), "/places")
    assert status == 200
    assert "The interchange" in page
    assert "1 overdue" in page


def test_the_panel_records_that_it_looked_and_nothing_is_owed_any_more(client: Client) -> None:
    panel = person("mace_coordinator")
    client.force_login(panel)
    address = client.get(INTERCHANGE).headers["Location"]
    page = client.get(address).content.decode()
    assert f"{address}/record?kind=context_screening" in page
    assert "kind=disruption_plan_shared" in page
    assert 'kind=disruption_plan"' not in page, "what they may not read they do not record"

    form = client.get(f"{address}/record?kind=context_screening").content.decode()
    assert 'name="context"' not in form, "the place is known"
    empty = client.post(f"{address}/record?kind=context_screening", {"said_by": panel.agency})
    assert "Say on which day it happened" in empty.content.decode()
    said = {"said_by": panel.agency, "decision": "Place first", "time_unknown": "yes"}
    day = {"happened_on-day": "20", "happened_on-month": "4", "happened_on-year": "2026"}
    answer = client.post(f"{address}/record?kind=context_screening", said | day, follow=True)
    page = answer.content.decode()
    assert "Nothing that you may see is owed about this now." in page
    assert "Place first" in page


def test_who_sees_no_places_records_about_none(client: Client) -> None:
    client.force_login(person("mace_coordinator"))
    address = client.get(INTERCHANGE).headers["Location"]
    client.force_login(person("senco"))
    assert client.get(f"{address}/record?kind=context_screening").status_code == 404
    assert client.post(f"{address}/record?kind=context_screening", {}).status_code == 404
