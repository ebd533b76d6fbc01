"""Which telling stands: the store's SQL and `records.tellings` agree, whatever comes in whatever order."""

from __future__ import annotations

import itertools
import tempfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stores import NOW, TODAY, event_row, load_rows, person
from throughline.records.tellings import Telling, standing_on
from throughline.web.accounts.viewing import viewing
from throughline.web.casework import actions
from throughline.web.casework.engine_role import as_engine
from throughline.web.intake.models import Delivery, Statement

pytestmark = pytest.mark.django_db

_numbers = itertools.count(1)
rows = st.lists(st.tuples(st.sampled_from("ABC"), st.integers(1, 3)), min_size=1, max_size=4)
deliveries = st.lists(st.tuples(st.integers(0, 30), rows, st.booleans()), min_size=1, max_size=4)

_TELLINGS = """
select s.record_key, s.id, s.id, s.received_on, 'told', d.withdrawn_on
  from intake_statement s join intake_delivery d on d.id = s.delivery_id
 union all
select s.record_key, s.id, t.id, t.received_on, t.what, d.withdrawn_on
  from intake_telling t join intake_statement s on s.id = t.statement_id join intake_delivery d on d.id = t.delivery_id
"""


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deliveries=deliveries)
def test_what_stands_today_is_what_the_tellings_say(deliveries, settings) -> None:
    settings.THROUGHLINE_NOW = NOW
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        settings.DATA_FOLDER = Path(folder) / "data"
        with viewing(person("analyst", f"Analyst {next(_numbers)}")) as analyst:
            for ago, told, taken_back in deliveries:
                _deliver(Path(folder), TODAY - timedelta(days=ago), told, taken_back, analyst)
        with as_engine(), connection.cursor() as cursor:
            live = set(Statement.objects.filter(live=True).values_list("pk", flat=True))
            cursor.execute(_TELLINGS)
            assert live == standing_on(itertools.starmap(Telling, cursor.fetchall()), TODAY)
        transaction.set_rollback(True)


def _deliver(folder: Path, day: date, told: list[tuple[str, int]], taken_back: bool, analyst) -> None:
    made = [
        event_row("rowan", "visit", "2026-02-01", record, details=f"place=room {version}") for record, version in told
    ]
    delivery = load_rows(folder, "events", made, received=day, sender="la:971", name=f"delivery-{next(_numbers)}")
    if delivery.status == Delivery.Status.LOADED:
        for read in delivery.reads.all():
            five = read.used + read.used_with_faults + read.refused + read.no_event + read.repeated
            assert five == read.rows == len(told)
        if taken_back:
            actions.withdraw(delivery=delivery.pk, by=analyst, why="any reason")
