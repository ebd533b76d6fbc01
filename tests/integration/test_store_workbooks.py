"""A workbook handed in: one delivered file, many sheets, each counted, corrected and faulted under one name."""

from __future__ import annotations

import io
from datetime import date

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from books import book
from stores import NOW, load, person
from throughline.web.accounts.viewing import viewing
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event
from throughline.web.intake import selectors
from throughline.web.intake.models import Delivery, Fault, FileRead, Statement

pytestmark = pytest.mark.django_db

WHO = ["Child Unique ID", "Gender", "Date of Birth"]
ADA = ["1001", "b) Female", date(2011, 6, 15)]
CONTACTS = [*WHO, "Date of Contact", "Contact Source"]
PLANS = [
    *WHO,
    "Child Protection Plan Start Date",
    "Initial Category of Abuse",
    "Date of latest review conference",
    "Child Protection Plan End Date",
    "Was the Child Seen Alone?",
]


@pytest.fixture(autouse=True)
def _a_day_in_april(settings, tmp_path):
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"


@pytest.fixture
def engine():
    with transaction.atomic(), as_engine():
        yield


def annex_a(folder, *, review: date, source: str = "q) 6: Police", harm: str = "a) Neglect"):
    sheets = {
        "List 1": [CONTACTS, [*ADA, date(2026, 1, 5), source]],
        "List 7": [PLANS, [*ADA, date(2026, 2, 1), harm, review, None, "a) Yes"]],
        "lookups": [["a) Male"]],
    }
    book(folder / "Annex_A.xlsx", sheets, hidden=["lookups"])
    return folder


def test_each_sheet_of_a_delivered_workbook_is_counted_by_itself(tmp_path, engine) -> None:
    delivery = load(annex_a(tmp_path / "in", review=date(2026, 3, 1)), received=date(2026, 3, 31), sender="la:971")
    assert delivery.status == Delivery.Status.LOADED, delivery.message
    reads = {read.name: (read.feed, read.rows) for read in FileRead.objects.filter(delivery=delivery)}
    assert reads == {
        "Annex_A.xlsx/List 1": ("ilacs_annex_a", 1),
        "Annex_A.xlsx/List 7": ("ilacs_annex_a", 1),
        "Annex_A.xlsx/lookups": ("", 0),
    }
    assert {s.file.name for s in Statement.objects.filter(delivery=delivery)} == {
        "Annex_A.xlsx/List 1",
        "Annex_A.xlsx/List 7",
    }
    kinds = set(Event.objects.values_list("kind", flat=True))
    assert kinds == {"front_door_message", "cp_plan_started", "review_conference"}


def test_a_fault_names_its_sheet_the_same_on_the_page_and_in_the_download(tmp_path) -> None:
    delivery = load(
        annex_a(tmp_path / "in", review=date(2026, 3, 1), source="hat"), received=date(2026, 3, 31), sender="la:971"
    )
    desk = person("data_desk")
    with viewing(desk) as viewer:
        faults, _ = selectors.faults(viewer, delivery.pk)
        out = io.StringIO()
        selectors.write_faults(viewer, delivery.pk, out)
    (shown,) = [fault for fault in faults if fault.rule == "code-unknown"]
    assert (shown.file_name, shown.sheet, shown.row, shown.column) == (
        "Annex_A.xlsx/List 1", "List 1", 2, "Contact Source",
    )  # fmt: skip
    assert "Annex_A.xlsx/List 1,List 1,2,Contact Source,hat,code-unknown" in out.getvalue()
    client = Client(raise_request_exception=False)
    client.force_login(desk)
    page = client.get(reverse("faults", args=[delivery.pk])).content.decode()
    assert "Annex_A.xlsx/List 1, row 2, Contact Source" in page, "the sheet is said once"


def test_the_next_annex_a_corrects_what_lasts_and_adds_to_what_passes(tmp_path, engine) -> None:
    load(annex_a(tmp_path / "one", review=date(2026, 3, 1)), received=date(2026, 3, 31), sender="la:971")
    second = annex_a(tmp_path / "two", review=date(2026, 4, 9), harm="b) Physical abuse")
    (second / "Annex_A.xlsx").rename(second / "annex a final v2.xlsx")
    load(second, received=date(2026, 4, 14), sender="la:971")
    held = Event.objects.filter(kind="review_conference").order_by("happened_on").values_list("happened_on", flat=True)
    assert list(held) == [date(2026, 3, 1), date(2026, 4, 9)]
    assert Event.objects.get(kind="cp_plan_started").details == {"category": "PHY"}
    assert Event.objects.filter(kind="front_door_message").count() == 1


def test_a_workbook_that_cannot_be_opened_is_a_delivery_with_its_reason(tmp_path, engine) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "Annex_A.xlsx").write_bytes(
        b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600
    )
    delivery = load(folder, received=date(2026, 3, 31), sender="la:971")
    (fault,) = Fault.objects.filter(delivery=delivery)
    assert (fault.file_name, fault.rule) == ("Annex_A.xlsx", "workbook-locked")
