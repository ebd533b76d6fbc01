"""Intake and the data desk as pages, and what holds for every page: closed, one transaction, no formulas."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver, reverse

from cast import columns, row, write_csv
from stores import NOW, TODAY, load_rows, person, relate, the_child
from throughline import sharing
from throughline.web.audit.models import Look
from throughline.web.casework import loading, selectors
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event
from throughline.web.intake.models import Delivery
from throughline.web.intake.selectors import FAULT_COLUMNS
from throughline.web.linkage.models import Question

pytestmark = pytest.mark.django_db

POLICE = "police:castlereach"
COMING_IN = {"sign_in_code", "sign_in_second", "sign_in_with", "sign_in_from", "first_password", "first_password_link"}
"""Steps before one is in: they lead back to the door, or to nothing, whoever has not taken the step before."""
OPEN_TO_ALL = {"sign_in", "privacy", "privacy_notice", "help"} | COMING_IN
BY_A_SECRET = {"calendar_feed"}
"""Addresses that are their own key: a calendar program cannot sign in. A wrong key is no page."""


@pytest.fixture(autouse=True)
def _a_day_in_april(settings, tmp_path):
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path


def signed_in(role: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(person(role))
    return client


def episode(child: str = "rowan", **cells: str) -> dict[str, str]:
    return row(
        "missing_police", child, agency=POLICE, source_record_id="MP-1", episode_ref="MP-1",
        missing_since="2026-04-17T20:00", **cells,
    )  # fmt: skip


def as_file(tmp_path, *rows: dict[str, str], name: str = "missing.csv") -> SimpleUploadedFile:
    path = write_csv(tmp_path / "made" / name, columns("missing_police"), rows)
    return SimpleUploadedFile(name, path.read_bytes())


def hand_in(client: Client, *files: SimpleUploadedFile, **given: str):
    day = {"received_on-day": "20", "received_on-month": "4", "received_on-year": "2026"}
    return client.post(reverse("delivery_new"), {"files": list(files), "sender": "", "purpose": "", **day, **given})


# --- every page ---------------------------------------------------------------------------------------


def names_of_pages() -> list[str]:
    return sorted({name for name in get_resolver().reverse_dict if isinstance(name, str)})


def test_no_page_answers_before_someone_has_signed_in() -> None:
    asked = 0
    for name in names_of_pages():
        for pattern, *_ in get_resolver().reverse_dict.getlist(name):
            filled = {
                place: {"number": 1, "file": 1, "notice_id": 1, "tab": "owed", "duty_id": "rhi-72h"}.get(
                    place, "00000000-0000-4000-8000-000000000000"
                )
                for _, places in pattern
                for place in places
            }
            address = reverse(name, kwargs=filled)
            for answer in (Client().get(address), Client().post(address)):
                asked += 1
                if name in OPEN_TO_ALL:
                    continue
                if name in BY_A_SECRET:
                    assert answer.status_code in (404, 405), address
                    continue
                assert answer.status_code == 302, address
                assert answer["Location"].startswith(reverse("sign_in")), address
    assert asked > 30


@pytest.mark.parametrize("role", ["social_worker", "iro", "missing_hub"])
@pytest.mark.parametrize("name", ["intake", "delivery_new", "desk"])
def test_practitioners_do_not_bring_extracts_in(role: str, name: str) -> None:
    assert signed_in(role).get(reverse(name)).status_code == 403


def test_a_page_that_breaks_takes_back_everything_it_did(monkeypatch) -> None:
    client, worker = signed_in("social_worker"), person("social_worker")

    def look_then_break(viewer, as_of=None):
        selectors.search(viewer, "rowan")
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(selectors, "my_monday", look_then_break)
        assert client.get(reverse("home")).status_code == 500
    with transaction.atomic(), as_engine():
        assert not Look.objects.filter(user_id=worker.pk).exists()


def test_a_look_is_on_record_when_the_answer_is(tmp_path) -> None:
    load_rows(tmp_path, "missing_police", [episode()], received=TODAY, sender=POLICE)
    client, rowan = signed_in("social_worker"), the_child("rowan")
    relate(person("social_worker"), rowan, sharing.ALLOCATED)
    assert client.get(reverse("child", args=[rowan.public_id])).status_code == 200
    with transaction.atomic(), as_engine():
        assert rowan.pk in {n for look in Look.objects.filter(path_kind="child page") for n in look.child_ids}
        assert Look.objects.latest("pk").purpose == sharing.policy_for("social_worker").purpose


# --- intake -------------------------------------------------------------------------------------------


def test_handed_in_followed_and_receipted(tmp_path) -> None:
    client = signed_in("analyst")
    answer = hand_in(client, as_file(tmp_path, episode(returned_at="32/03/2026")))
    delivery = Delivery.objects.get()
    assert answer["Location"] == reverse("delivery", args=[delivery.pk])
    waiting = client.get(reverse("delivery", args=[delivery.pk])).content.decode()
    assert "Waiting to be read" in waiting
    assert "hx-trigger" in waiting
    loading.load(delivery.pk)
    receipt = client.get(reverse("delivery", args=[delivery.pk])).content.decode()
    assert "Used with faults" in receipt
    assert "returned_at" in client.get(reverse("faults", args=[delivery.pk])).content.decode()
    progress = client.get(reverse("delivery_progress", args=[delivery.pk]))
    assert progress.headers["HX-Refresh"] == "true"
    with connection.cursor() as cursor:
        cursor.execute("select task_name, args from procrastinate_jobs")
        assert cursor.fetchall() == [("load_delivery", f'{{"delivery": {delivery.pk}}}')]


def test_files_of_one_name_from_two_folders_are_both_kept(tmp_path) -> None:
    first = as_file(tmp_path, episode())
    second = as_file(tmp_path, episode(child="fern") | {"source_record_id": "MP-2"})
    hand_in(signed_in("analyst"), first, second)
    loading.load(Delivery.objects.get().pk)
    assert sorted(Delivery.objects.get().reads.values_list("name", "rows")) == [
        ("2/missing.csv", 1),
        ("missing.csv", 1),
    ]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"received_on-day": "31", "received_on-month": "4"}, "is not a day"),
        ({"received_on-day": "22"}, "lies ahead"),
    ],
)
def test_what_is_wrong_with_a_handing_in_is_said_beside_it(tmp_path, given, said) -> None:
    answer = hand_in(signed_in("analyst"), as_file(tmp_path, episode()), **given)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Delivery.objects.exists()


def test_a_handing_in_without_files_says_so() -> None:
    answer = hand_in(signed_in("analyst"))
    assert answer.status_code == 422
    assert "Choose at least one" in answer.content.decode()


def test_the_download_has_the_commands_header_and_runs_no_formula(tmp_path) -> None:
    bad = [
        episode(returned_at=cell) | {"source_record_id": f"MP-{n}"}
        for n, cell in enumerate(['=HYPERLINK("x")', "+1", "-1+2", "@SUM(A1)", "tomorrow"])
    ]
    delivery = load_rows(tmp_path, "missing_police", bad, received=TODAY, sender=POLICE)
    answer = signed_in("analyst").get(reverse("faults_csv", args=[delivery.pk]))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert tuple(rows[0]) == FAULT_COLUMNS
    assert rows[0] == "file,sheet,row,column,value,rule,severity,message,fix_by".split(",")
    values = {made[4] for made in rows[1:]}
    assert "'+1" in values
    assert not [value for value in values if value.startswith(("=", "+", "-", "@"))]
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_delivery_is_taken_back_on_its_page(tmp_path) -> None:
    delivery = load_rows(tmp_path, "missing_police", [episode()], received=TODAY, sender=POLICE)
    client = signed_in("analyst")
    address = reverse("delivery_withdraw", args=[delivery.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"why": ""}).status_code == 422
    assert client.post(address, {"why": "sent by mistake"}).status_code == 302
    assert "sent by mistake" in client.get(reverse("delivery", args=[delivery.pk])).content.decode()
    with transaction.atomic(), as_engine():
        assert not Event.objects.exists()


def test_a_list_of_deliveries_says_from_whom_and_what_became_of_them(tmp_path) -> None:
    load_rows(tmp_path, "missing_police", [episode()], received=TODAY, sender=POLICE)
    page = signed_in("analyst").get(reverse("intake")).content.decode()
    assert "Castlereach police" in page
    assert "loaded" in page


# --- the data desk ---------------------------------------------------------------------------------------


def test_from_doubt_to_judgement_in_the_browser(tmp_path) -> None:
    load_rows(tmp_path, "missing_police", [episode()], received=TODAY, sender=POLICE)
    hers = episode("other_rowan") | {"source_record_id": "MP-2", "episode_ref": "MP-2"}
    load_rows(tmp_path, "missing_police", [hers], received=date(2026, 4, 19), sender=POLICE)
    rowan, other = the_child("rowan"), the_child("other_rowan")
    worker, desk = signed_in("social_worker"), signed_in("data_desk")
    relate(person("social_worker"), rowan, sharing.ALLOCATED)
    with transaction.atomic(), as_engine():
        key = Event.objects.get(child=rowan).key
    address = f"{reverse('question', args=[rowan.public_id])}?item={key}"
    assert "Not this child?" in worker.get(address).content.decode()
    assert worker.post(address, {"why": ""}).status_code == 422
    assert worker.post(address, {"why": "she was with me"}).status_code == 200
    with transaction.atomic(), as_engine():
        number = Question.objects.get().pk
    assert "she was with me" in desk.get(reverse("desk")).content.decode()
    found = desk.get(reverse("desk_question", args=[number]), {"q": "rowan vance"}).content.decode()
    assert str(other.public_id) in found
    assert "MP-1" in found
    judged = desk.post(
        reverse("desk_question", args=[number]),
        {"verdict": "another", "to": str(other.public_id), "why": "the station says so"},
    )
    assert judged.status_code == 302
    with transaction.atomic(), as_engine():
        assert set(Event.objects.values_list("child", flat=True)) == {other.pk}
    assert "has been moved there" in worker.get(reverse("home")).content.decode()
