"""What a duty's state is, said twice: by the engine of one child, and by the counting of a whole area."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from throughline import duties
from throughline.web import counted
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Instance
from throughline.web.linkage.models import Child
from throughline.words.calendars import london_date

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 18, 22, 40, tzinfo=UTC)  # 23:40 in London: the day has not turned there yet
TODAY = date(2026, 6, 18)

days = st.integers(-6, 6).map(lambda n: TODAY + timedelta(days=n))
long_ago = st.sampled_from([TODAY - timedelta(days=n) for n in (399, 400, 401, 402)])
moments = st.integers(-160, 160).map(lambda h: NOW + timedelta(hours=h / 2))
maybe = st.one_of
AS_THEY_ARE = ("unit", "in_time", "met_route", "ended_on", "ended_why", "freezes_on", "cannot_tell", "covered_to")


@st.composite
def stored(draw: st.DrawFn) -> dict[str, object]:
    """A duty as a row may hold it."""
    hours = draw(st.booleans())
    row: dict[str, object] = {
        "unit": "elapsed_hours" if hours else "days",
        "met_on": None, "met_at": None, "in_time": None, "met_route": "",
        "ended_on": draw(maybe(st.none(), days)),
        "freezes_on": draw(maybe(st.none(), days)),
        "cannot_tell": draw(st.sampled_from(["", "", "no source"])),
        "covered_to": draw(maybe(st.none(), days, days, long_ago)),
        "due_on": None, "due_at": None, "due_latest_at": None, "warn_on": None, "warn_at": None,
    }  # fmt: skip
    row["ended_why"] = "left care" if row["ended_on"] else draw(st.sampled_from(["", "", "never owed"]))
    if draw(st.integers(0, 9)):
        if hours:
            due = draw(moments)
            row |= {"due_at": due, "due_on": london_date(due), "warn_at": due - timedelta(hours=48)}
            row["due_latest_at"] = due + timedelta(hours=draw(st.sampled_from([0, 0, 11, 24])))
            row["warn_on"] = london_date(due - timedelta(hours=48))
        else:
            due_on = draw(maybe(days, long_ago))
            row |= {"due_on": due_on, "warn_on": due_on - timedelta(days=3)}
    if not draw(st.integers(0, 3)):
        row |= {"met_on": TODAY, "in_time": draw(st.sampled_from([True, False, None]))}
        row["met_route"] = draw(st.sampled_from(["", "declined"]))
    if row["due_on"] is None and not hours and draw(st.booleans()):
        row["unit"] = "none"  # no source gives a figure: open until it is done
    if row["due_on"] is None and row["met_on"]:
        row["in_time"] = None  # nobody can say it was in time where nobody can say when it was due
    return row


def by_the_engine(row: dict[str, object]) -> str:
    hours = row["unit"] == "elapsed_hours"
    due = row["due_at"] if hours else row["due_on"]
    warn = row["warn_at"] if hours else row["warn_on"]
    latest = row["due_latest_at"] if hours else due
    as_they_are = {name: row[name] for name in AS_THEY_ARE}
    owed = SimpleNamespace(due=due, due_latest=latest, warn_from=warn, met_at=row["met_on"], calendar="", **as_they_are)
    return duties.status(owed, NOW).state


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(stored(), min_size=20, max_size=60))
def test_the_database_and_the_engine_say_the_same_of_any_duty(rows: list[dict[str, object]]) -> None:
    with transaction.atomic(), as_engine(), connection.cursor() as cursor:
        child = Child.objects.create()
        made = Instance.objects.bulk_create(
            Instance(child=child, subject_kind="child", duty_id="x", version="1", trigger_kind="k", trigger_key="k",
                     opened_on=TODAY, precision="day", learnt_on=TODAY, level="SL2", kinds=["k"], **row)
            for row in rows
        )  # fmt: skip
        cursor.execute(
            f"with w as (select %s::timestamptz as at, %s::date as day) select i.id, {counted.STATE}"
            f" from (select {counted.ENDED_AND_DUE}, w.at, w.day from casework_instance x, w where x.child_id = %s) i",
            [NOW, TODAY, child.pk],
        )
        said = dict(cursor.fetchall())
    assert [said[each.pk] for each in made] == [by_the_engine(row) for row in rows]
