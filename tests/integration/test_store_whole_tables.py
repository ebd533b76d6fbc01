"""A dump of the case system tells whole tables: a row that is no longer there is shown as withdrawn, not dropped."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.db import transaction

from datasets import child, write
from stores import NOW, load
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event
from throughline.web.intake.models import Telling

pytestmark = pytest.mark.django_db

MISSING = {"person_id": "4411", "missing_episode_type": "M"}
FIRST = MISSING | {
    "table_id": "m1",
    "missing_episode_start_date": "2026-01-05",
    "missing_episode_end_date": "2026-01-06",
}
SECOND = MISSING | {
    "table_id": "m2",
    "missing_episode_start_date": "2026-02-10",
    "missing_episode_end_date": "2026-02-11",
}
LONG_AGO = MISSING | {
    "table_id": "m0",
    "missing_episode_start_date": "2020-02-10",
    "missing_episode_end_date": "2020-02-11",
}


@pytest.fixture(autouse=True)
def today(settings, tmp_path):
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"


def dump(folder: Path, received: date, **tables: list[dict[str, str]]) -> None:
    """A delivery of these tables of Port Halden's case system."""
    folder.mkdir()
    for table, rows in tables.items():
        write(folder, table, rows)
    load(folder, received=received, sender="la:971")


def starts() -> list[str]:
    with transaction.atomic(), as_engine():
        return [str(e.happened_on) for e in Event.objects.filter(kind="missing_start").order_by("happened_on")]


def withdrawn() -> int:
    with transaction.atomic(), as_engine():
        return Telling.objects.filter(what=Telling.GONE).count()


def test_a_row_gone_from_the_next_months_table_is_withdrawn_by_its_agency(tmp_path) -> None:
    dump(tmp_path / "march", date(2026, 3, 1), person=[child("4411")], missing=[FIRST, SECOND])
    dump(tmp_path / "april", date(2026, 4, 1), person=[child("4411")], missing=[SECOND])
    assert starts() == ["2026-02-10"]
    assert withdrawn() == 1


def test_a_table_that_did_not_come_takes_nothing_away(tmp_path) -> None:
    dump(tmp_path / "march", date(2026, 3, 1), person=[child("4411")], missing=[FIRST, SECOND])
    dump(tmp_path / "april", date(2026, 4, 1), person=[child("4411")])
    assert starts() == ["2026-01-05", "2026-02-10"]
    assert withdrawn() == 0


def test_what_lies_before_the_six_years_of_the_new_one_stays(tmp_path) -> None:
    dump(tmp_path / "before", date(2026, 2, 1), person=[child("4411")], missing=[LONG_AGO, FIRST])
    dump(tmp_path / "april", date(2026, 4, 1), person=[child("4411")], missing=[FIRST, SECOND])
    assert starts() == ["2020-02-10", "2026-01-05", "2026-02-10"]


def test_the_next_telling_of_it_makes_it_stand_again(tmp_path) -> None:
    dump(tmp_path / "march", date(2026, 3, 1), person=[child("4411")], missing=[FIRST, SECOND])
    dump(tmp_path / "april", date(2026, 4, 1), person=[child("4411")], missing=[SECOND])
    third = MISSING | {"table_id": "m3", "missing_episode_start_date": "2026-04-02"}
    dump(tmp_path / "mid", date(2026, 4, 15), person=[child("4411")], missing=[FIRST, SECOND, third])
    assert starts() == ["2026-01-05", "2026-02-10", "2026-04-02"]
