"""How a duty stands is said twice, by `duties.status` and in the lists' SQL: on any duty they say the same."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from throughline import duties
from throughline.web import bulk
from throughline.web.casework import rows
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Instance
from throughline.web.casework.reading import asking
from throughline.web.linkage.models import Child

pytestmark = pytest.mark.django_db

TODAY = date(2026, 4, 21)
NOW = datetime(2026, 4, 21, 9, 30, tzinfo=UTC)
SAYS = {"overdue": "late", "due": "ahead", "due soon": "ahead", "upcoming": "ahead", "cannot tell": "unknown"}

days = st.integers(-450, 20).map(lambda n: TODAY + timedelta(n))
near = st.integers(-60, 60).map(lambda n: NOW + timedelta(hours=n, minutes=7))


def _row(child: int, drawn: dict[str, object]) -> tuple[object, ...]:
    values = {
        "child_id": child, "learnt_on": TODAY, "subject_kind": "child", "duty_id": "rhi-72h", "version": "1",
        "stage": "", "trigger_kind": "missing_end", "trigger_key": "k", "opened_on": TODAY, "opened_at": None,
        "warn_on": TODAY, "warn_at": NOW, "precision": "day", "met_on": None, "met_at": None, "in_time": None,
        "met_route": "", "met_key": "", "ended_on": None, "ended_why": "", "evidence": [], "estimated": "",
        "calendar": "", "story": {"told": [["missing_end", "2026-04-20", None, "k"]], "facts": [], "evidence": [],
        "met_by": None}, "level": "SL2", "tags": [], "kinds": ["missing_end"], "told_to": [],
        "looms_on": TODAY, "subject_id": "",
    } | drawn  # fmt: skip
    return tuple(values[column] for column in rows.INSTANCE)


@st.composite
def duty(draw: st.DrawFn) -> dict[str, object]:
    """An unmet, unended duty: a day clock or an hour clock, frozen or not, covered or not."""
    hours = draw(st.booleans())
    at = draw(st.none() | near) if hours else None
    due = (at.date() if at else None) if hours else draw(st.none() | days)
    return {
        "unit": "elapsed_hours" if hours else "days",
        "due_on": due,
        "due_at": at,
        "due_latest_at": at + timedelta(hours=draw(st.sampled_from([0, 20]))) if at else None,
        "freezes_on": draw(st.none() | days),
        "covered_to": draw(st.none() | days),
        "cannot_tell": draw(st.sampled_from(["", "", "nothing from the police"])) if due else "no day is known",
    }


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(drawn=st.lists(duty(), min_size=1, max_size=8), at=st.sampled_from([NOW, TODAY]))
def test_the_lists_and_the_rules_agree_on_what_is_late(drawn: list[dict[str, object]], at: date | datetime) -> None:
    with transaction.atomic(), as_engine():
        child = Child.objects.create()
        bulk.insert("casework_instance", rows.INSTANCE, (_row(child.pk, one) for one in drawn))
        given: dict[str, object] = {"child": child.pk}

        def name(value: object) -> str:
            given[f"v{len(given)}"] = value
            return f"%(v{len(given) - 1})s"

        says = asking.state_of(name, TODAY, at)
        with connection.cursor() as cursor:
            cursor.execute(f"select i.id, {says} from casework_instance i where i.child_id = %(child)s", given)
            found = dict(cursor.fetchall())
        for row in Instance.objects.filter(child=child):
            state = duties.status(rows.instance(row), at).state
            assert found[row.pk] == SAYS.get(state, state), (state, row.unit, row.due_on, row.due_at)
