"""Violence at a place (ISTV) all the way through: kept and counted, on no child's line, never a child."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import pytest
from django.db import transaction

from stores import NOW, load
from throughline.check import pipeline
from throughline.feeds.base import NO_EVENT
from throughline.feeds.layouts import layouts
from throughline.web.casework.engine_role import as_engine
from throughline.web.intake.models import Delivery, Statement
from throughline.web.linkage.models import Child, SourcePerson

ROW = {
    "site_code": "RXX01",
    "arrival_at": "2026-01-10T23:50",
    "assault_at": "2026-01-10T23:00",
    "assault_method": "blunt object",
    "location_type": "street",
    "location_text": "outside the station",
}


def violence(folder: Path) -> Path:
    """A folder with a set of two rows in it that say the same."""
    folder.mkdir()
    with (folder / "istv.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, layouts()["istv"].columns, restval="")
        writer.writeheader()
        writer.writerows([ROW, ROW])
    return folder


def test_the_command_counts_them_and_finds_no_child(tmp_path: Path) -> None:
    summary = pipeline.run(violence(tmp_path / "in"), tmp_path / "out", date(2026, 3, 1), lambda *_: None)
    assert (summary.rows_in, summary.children) == (2, 0)
    assert summary.totals[NO_EVENT] == 2
    assert json.loads((tmp_path / "out" / "summary.json").read_text())
    assert (tmp_path / "out" / "events.csv").read_text().count("\n") == 1, "a header, and nothing below it"


@pytest.mark.django_db
class TestInTheStore:
    @pytest.fixture(autouse=True)
    def _a_day_in_april(self, settings, tmp_path):
        settings.THROUGHLINE_NOW = NOW
        settings.DATA_FOLDER = tmp_path / "data"

    def test_they_are_kept_as_statements_of_nobody(self, tmp_path: Path) -> None:
        delivery = load(violence(tmp_path / "in"), received=date(2026, 3, 1))
        assert delivery.status == Delivery.Status.LOADED, delivery.message
        (read,) = delivery.reads.all()
        assert (read.feed, read.rows, read.no_event) == ("istv", 2, 2)
        with transaction.atomic(), as_engine():
            kept = list(Statement.objects.filter(delivery=delivery))
            assert [(s.person, s.child_id, s.live) for s in kept] == [("", None, True)] * 2
            assert "outside the station" in kept[0].cells
            assert not SourcePerson.objects.exists()
            assert not Child.objects.exists()

    def test_the_same_set_again_is_no_news(self, tmp_path: Path) -> None:
        load(violence(tmp_path / "one"), received=date(2026, 3, 1))
        again = load(violence(tmp_path / "two"), received=date(2026, 3, 8))
        (read,) = again.reads.all()
        assert (read.rows, read.repeated, read.no_event) == (2, 2, 0)
