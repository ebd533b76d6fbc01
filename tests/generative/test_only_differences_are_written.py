"""What is stored of a child is what would be stored had it all come at once; and only what differs is written."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cast import row
from stores import NOW, POLICE, TODAY, event_row, load_rows, person, relate, the_child
from throughline import sharing
from throughline.web.accounts.viewing import viewing
from throughline.web.casework import actions
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event
from throughline.web.casework.recomputing import recompute
from throughline.web.intake.models import Delivery
from throughline.web.linkage.models import Child

pytestmark = pytest.mark.django_db

DERIVED = {
    "casework_event": "true", "casework_segment": "true", "casework_instance": "true", "accounts_concern": "true",
    "intake_fault": "derived",
}  # fmt: skip
KINDS = ("care_started", "care_ended", "visit", "care_review_held", "direct_voice", "suspension", "name_used")
_numbers = itertools.count(1)

ago = st.integers(0, 90)
told = st.tuples(st.sampled_from(["rowan", "teal"]), st.sampled_from(KINDS), ago, st.sampled_from("ABC"))
deliver = st.tuples(st.just("deliver"), ago, st.lists(told, min_size=1, max_size=4))
episode = st.tuples(st.just("missing"), ago, st.integers(1, 2), st.integers(0, 5))
withdraw = st.tuples(st.just("withdraw"), st.integers(0, 5))
form = st.tuples(st.just("form"), st.sampled_from(["visit", "direct_voice"]), ago)
doubt = st.tuples(st.just("doubt"), st.integers(0, 5))
steps = st.lists(deliver | episode | withdraw | form | doubt, min_size=2, max_size=6)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_the_store_is_as_if_worked_out_from_nothing(steps, settings) -> None:
    settings.THROUGHLINE_NOW = NOW
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        settings.DATA_FOLDER = Path(folder) / "data"
        _tell(Path(folder), ("deliver", 90, [("rowan", "care_started", 90, "A")]))
        for step in steps:
            _tell(Path(folder), step)
        with as_engine():
            kept, places = _stored(), _places()
            recompute(_children())
            assert _places() == places, "nothing differs, so nothing is written"
            with connection.cursor() as cursor:
                for table, which in DERIVED.items():
                    cursor.execute(f"delete from {table} where {which}")
            recompute(_children())
            assert _stored() == kept
        transaction.set_rollback(True)


def test_one_event_more_leaves_the_rows_of_the_others_where_they_are(settings, tmp_path) -> None:
    settings.THROUGHLINE_NOW, settings.DATA_FOLDER = NOW, tmp_path / "data"
    first = [event_row("rowan", kind, f"2026-03-{day:02}", f"E-{day}") for day, kind in enumerate(KINDS, start=1)]
    load_rows(tmp_path, "events", first, received=date(2026, 4, 1), sender="la:971")
    with transaction.atomic(), as_engine():
        before = _places()["casework_event"]
    more = [event_row("rowan", "visit", "2026-02-01", "E-0")]
    load_rows(tmp_path, "events", more, received=TODAY, sender="la:971", name="more")
    with transaction.atomic(), as_engine():
        assert set(before) < set(_places()["casework_event"])
        assert Event.objects.count() == len(before) + 1


def _tell(folder: Path, step: tuple[Any, ...]) -> None:
    what, *rest = step
    steps: dict[str, Callable[..., None]] = {
        "deliver": _deliver, "missing": _missing, "withdraw": _withdraw, "form": _form, "doubt": _doubt,
    }  # fmt: skip
    steps[what](folder, *rest)


def _deliver(folder: Path, received: int, several: list[tuple[str, str, int, str]]) -> None:
    made = [
        event_row(child, kind, str(TODAY - timedelta(max(when, received))), f"{kind}-{record}", recorded=str(TODAY))
        for child, kind, when, record in several
    ]
    day = TODAY - timedelta(received)
    load_rows(folder, "events", made, received=day, sender="la:971", name=f"delivery-{next(_numbers)}")


def _missing(folder: Path, since: int, record: int, back_after: int) -> None:
    """The same record told again with another day is a correction."""
    start = TODAY - timedelta(since)
    back = start + timedelta(back_after)
    cells = {"safe_return_at": f"{back}T09:00"} if back_after and back <= TODAY else {}
    told = row(
        "missing_police", "rowan", agency=POLICE, source_record_id=f"MP-{record}", episode_ref=f"MP-{record}",
        category="M", missing_since=f"{start}T01:00", **cells,
    )  # fmt: skip
    load_rows(folder, "missing_police", [told], received=TODAY, sender=POLICE, name=f"police-{next(_numbers)}")


def _withdraw(folder: Path, which: int) -> None:
    loaded = list(Delivery.objects.filter(status=Delivery.Status.LOADED).order_by("pk"))
    if which < len(loaded):
        with viewing(person("analyst")) as analyst:
            actions.withdraw(delivery=loaded[which].pk, by=analyst, why="any reason")


def _form(folder: Path, kind: str, when: int) -> None:
    with viewing(_worker()) as worker:
        fields = {"happened_on": str(TODAY - timedelta(when)), "said_by": "la:971", "words": "I want to go home"}
        actions.record(kind=kind, child=the_child("rowan").public_id, fields=fields, by=worker, purpose="test")


def _doubt(folder: Path, which: int) -> None:
    with viewing(_worker()) as worker:
        seen = list(Event.objects.filter(child=the_child("rowan"), in_question=False).order_by("key"))
        if which < len(seen):
            child = the_child("rowan").public_id
            actions.question(child=child, event_key=seen[which].key, why="not theirs", by=worker, purpose="test")


def _worker() -> Any:
    worker = person("social_worker", "Ana Reyes")
    relate(worker, the_child("rowan"), sharing.ALLOCATED)
    return worker


def _children() -> list[int]:
    return list(Child.objects.values_list("pk", flat=True))


def _stored() -> dict[str, list[str]]:
    """Every derived row, without its number."""
    with connection.cursor() as cursor:
        found = {}
        for table, which in DERIVED.items():
            cursor.execute(f"select (to_jsonb(t) - 'id')::text from {table} t where {which} order by 1")
            found[table] = [text for (text,) in cursor.fetchall()]
        return found


def _places() -> dict[str, list[tuple[int, str]]]:
    """Where each row lies: a row that is written again moves."""
    with connection.cursor() as cursor:
        found = {}
        for table, which in DERIVED.items():
            cursor.execute(f"select id, ctid::text from {table} where {which} order by id")
            found[table] = cursor.fetchall()
        return found
