"""Loaded all at once: what each child is found by, and what waits for a page that turns out to be another's."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.management import call_command
from django.db import transaction

from cast import CHILDREN, deliver, write_csv
from cast import row as cast_row
from stores import NOW, TODAY, event_row, load, load_dated, load_rows
from throughline.feeds.attendance.columns import GIVEN
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event
from throughline.web.linkage.models import ApartPerson, Child, Judgement, Page, SearchKey

pytestmark = pytest.mark.django_db

SCHOOL = "school:900001"


@pytest.fixture(autouse=True)
def _a_day_in_april(settings, tmp_path):
    settings.THROUGHLINE_NOW, settings.DATA_FOLDER = NOW, tmp_path / "data"


def test_children_of_a_history_are_found_by_what_they_would_be_found_by_day_by_day(tmp_path) -> None:
    (folder,) = {path.parent for path in deliver(tmp_path / "in")}
    with transaction.atomic():
        for path in sorted(folder.iterdir()):
            load_dated(path)
        day_by_day = _found_by()
        transaction.set_rollback(True)
    call_command("load", folder, history=True, verbosity=0)
    assert _found_by() == day_by_day
    assert any(keys for *_, keys in day_by_day)


def test_a_child_is_stored_though_what_waited_for_their_page_may_be_anothers(tmp_path) -> None:
    _marks_of_a_pupil_with_another_number(tmp_path)
    rows = [event_row("clover", "referral", "2026-04-18", "R-1")]
    load_rows(tmp_path, "events", rows, received=TODAY, sender="la:971")
    with transaction.atomic(), as_engine():
        clover = Page.objects.get().child
        assert set(Event.objects.filter(child=clover).values_list("kind", flat=True)) == {"referral"}
        assert Judgement.objects.get().verdict == "unsure", "a person is asked"
        assert not ApartPerson.objects.exists()


def _marks_of_a_pupil_with_another_number(tmp_path) -> None:
    """Marks of somebody of clover's name, birthday and home, under another pupil's number."""
    cells = cast_row("events", "clover", agency=SCHOOL) | {"upn": CHILDREN["aspen"].upn}
    who = {name: cell for name, cell in cells.items() if name in GIVEN}
    mark = {"session_date": "2026-04-13", "session": "AM", "code": "O", "school_urn": "900001"}
    told = {"source_record_id": "M-1", "extract_date": "2026-04-17"}
    write_csv(tmp_path / "marks" / "marks.csv", GIVEN, [{**who, **mark, **told}])
    load(tmp_path / "marks", received=date(2026, 4, 17), sender=SCHOOL)


def _found_by() -> list[tuple[object, ...]]:
    """Every child as the lists name them, and what a search finds each by."""
    with transaction.atomic(), as_engine():
        keys: dict[int, list[str]] = {}
        for child, key in SearchKey.objects.order_by("key").values_list("child_id", "key"):
            keys.setdefault(child, []).append(key)
        found = Child.objects.values_list("pk", "forename", "surname", "used_name", "dob", "la", "la_id", "las", "upn")
        return sorted((*(str(cell) for cell in rest), tuple(keys.get(pk, ()))) for pk, *rest in found)
