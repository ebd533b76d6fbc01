"""Everything that ever came, loaded at once, comes to what it would have come to day by day."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from cast import deliver
from stores import NOW, load_dated
from throughline.web.casework.engine_role import as_engine
from throughline.web.intake.models import Delivery

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_day_in_april(settings, tmp_path):
    settings.THROUGHLINE_NOW, settings.DATA_FOLDER = NOW, tmp_path / "data"


def test_a_history_comes_to_what_it_would_have_come_to_day_by_day(tmp_path) -> None:
    (folder,) = {path.parent for path in deliver(tmp_path / "in")}
    with transaction.atomic():
        for path in sorted(folder.iterdir()):
            load_dated(path)
        day_by_day = _owed()
        transaction.set_rollback(True)
    (folder / "reference").mkdir()
    call_command("load", folder, history=True, verbosity=0)
    assert _owed() == day_by_day
    assert len(day_by_day) > 20


def test_broken_off_a_history_goes_on_where_it_stopped(tmp_path) -> None:
    (folder,) = {path.parent for path in deliver(tmp_path / "in")}
    call_command("load", folder, history=True, verbosity=0)
    before = _owed(), Delivery.objects.count()
    call_command("load", folder, history=True, verbosity=0)
    assert (_owed(), Delivery.objects.count()) == before


def test_a_folder_that_does_not_say_its_day_is_named_before_anything_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "march").mkdir()
    with pytest.raises(CommandError, match="march does not say when it came"):
        call_command("load", tmp_path, history=True)
    assert not Delivery.objects.exists()


def _owed() -> list[tuple[str, ...]]:
    with transaction.atomic(), as_engine(), connection.cursor() as cursor:
        cursor.execute(
            "select c.la_id, i.duty_id, i.stage, i.opened_on::text, i.due_on::text, i.met_on::text, i.ended_why"
            " from casework_instance i join linkage_child c on c.id = i.child_id order by 1, 2, 3, 4, 5, 6, 7"
        )
        return cursor.fetchall()
