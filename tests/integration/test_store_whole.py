"""A delivery is loaded whole or not at all, and whatever goes wrong is said in words."""

from __future__ import annotations

from datetime import date

import psycopg
import pytest
from django.db import DataError, connection, transaction

from cast import deliver
from stores import HUB, NOW, TODAY, event_row, hand_in, load_rows, person
from throughline.web.accounts.viewing import viewing
from throughline.web.casework import loading
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event
from throughline.web.intake import actions as intake
from throughline.web.intake import files, storing
from throughline.web.intake.models import Delivery, Fault, FileRead, Statement
from throughline.web.linkage.models import Child, SourcePerson

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_day_in_april(settings, tmp_path):
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"


@pytest.fixture
def engine():
    with transaction.atomic(), as_engine():
        yield


def test_a_load_that_breaks_leaves_nothing_says_so_and_can_be_run_again(tmp_path, monkeypatch) -> None:
    folder = deliver(tmp_path)[0]
    delivery = hand_in(folder, received=TODAY)

    def break_off(*args: object, **named: object) -> None:
        raise RuntimeError("the lights went out")

    with monkeypatch.context() as patch:
        patch.setattr(loading, "recompute", break_off)
        with pytest.raises(RuntimeError):
            loading.load(delivery.pk)
    delivery.refresh_from_db()
    assert delivery.status == Delivery.Status.FAILED
    assert "nothing of it was kept" in delivery.message
    with transaction.atomic(), as_engine():
        for table in (Statement, Event, Child, SourcePerson, Fault):
            assert not table.objects.exists(), table
    assert not FileRead.objects.exists()
    with viewing(person("analyst")) as analyst:
        intake.try_again(delivery=delivery.pk, by=analyst.id, purpose="once more")
    assert loading.load(delivery.pk).status == Delivery.Status.LOADED


@pytest.mark.parametrize("where", ["in the folder", "in the database"])
def test_a_full_disk_is_said_in_words_and_leaves_nothing(tmp_path, monkeypatch, where: str) -> None:
    delivery = hand_in(deliver(tmp_path)[0], received=TODAY)
    if where == "in the folder":

        def full(*args: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(files.os, "link", full)
    else:

        def full(*args: object) -> None:
            with connection.wrap_database_errors:
                raise psycopg.errors.DiskFull("could not extend file")

        monkeypatch.setattr(storing.Stage, "sort", full)
    told = loading.load(delivery.pk)
    assert told.status == Delivery.Status.FAILED
    assert "no room left on the disk" in told.message
    with transaction.atomic(), as_engine():
        assert not Statement.objects.exists()


def test_a_full_disk_at_the_door_keeps_no_delivery(tmp_path, monkeypatch) -> None:
    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(intake.Refused, match="no room left"):
        hand_in(deliver(tmp_path)[0], received=TODAY)
    assert not Delivery.objects.exists()
    left = [path for path in (tmp_path / "data" / "files").rglob("*") if path.is_file()]
    assert left == []


def test_a_delivery_cannot_have_been_received_tomorrow(tmp_path) -> None:
    with pytest.raises(intake.Refused, match="lies ahead"):
        hand_in(deliver(tmp_path)[0], received=date(2026, 4, 22))


@pytest.mark.parametrize("name", ["../../outside.csv", "/etc/passwd", "..\\..\\x.csv", ".hidden.csv", "C:\\a.csv"])
def test_a_name_cannot_lead_out_of_the_delivery(name: str, tmp_path) -> None:
    plain = files.safe_name(name)
    assert not plain.startswith(("/", "."))
    assert ".." not in plain.split("/")
    assert (tmp_path / plain).resolve().is_relative_to(tmp_path)


def test_a_cell_no_database_takes_stops_the_load_not_the_site(tmp_path, monkeypatch) -> None:
    delivery = hand_in(deliver(tmp_path)[0], received=TODAY)

    def refuse(*args: object) -> None:
        raise DataError("a character that cannot be stored")

    monkeypatch.setattr(storing.Stage, "close", refuse)
    with pytest.raises(DataError):
        loading.load(delivery.pk)
    delivery.refresh_from_db()
    assert delivery.status == Delivery.Status.FAILED


def test_what_several_agencies_typed_of_one_record_stays_apart(tmp_path, engine) -> None:
    both = [
        event_row("rowan", "visit", "2026-03-01", "E-1"),
        event_row("rowan", "visit", "2026-03-09", "E-1", agency=HUB),
    ]
    load_rows(tmp_path, "events", both, received=TODAY, sender="")
    assert Statement.objects.filter(live=True).count() == 2
