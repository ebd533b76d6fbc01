"""One policy, enforced twice: what `sharing.decide` shows is what the database lets through, on any rows."""

from __future__ import annotations

import itertools
from datetime import date

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stores import person
from throughline import sharing, words
from throughline.web import bulk
from throughline.web.accounts.models import Relation
from throughline.web.accounts.viewing import viewing
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event
from throughline.web.linkage.models import Child

pytestmark = pytest.mark.django_db

KINDS = ("visit", "missing_start", "rhi_held", "safety_plan", "cp_plan_started", "direct_voice")
ROLES = (*sharing.policy(), "team_manager", "nobody")
_numbers = itertools.count(1)

items = st.builds(
    sharing.Item,
    level=st.sampled_from(sorted(words.levels())),
    tags=st.frozensets(st.sampled_from(sorted(words.tags())), max_size=3),
    kind=st.sampled_from(KINDS),
)
relations = st.frozensets(st.sampled_from(sharing.RELATIONS))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    role=st.sampled_from(ROLES),
    children=st.lists(st.tuples(relations, st.lists(items, max_size=6)), min_size=1, max_size=4),
)
def test_the_wall_lets_through_what_the_policy_shows_in_full_and_nothing_else(role, children) -> None:
    worker = person(role, f"Worker {next(_numbers)}")
    shown: set[str] = set()
    with transaction.atomic(), as_engine():
        for related, held in children:
            child = Child.objects.create()
            Relation.objects.bulk_create(
                Relation(user=worker, child_id=child.pk, kind=kind, start=date(2020, 1, 1)) for kind in related
            )
            rows = {f"event-{next(_numbers)}": item for item in held}
            bulk.insert("casework_event", _COLUMNS, (_row(child.pk, key, item) for key, item in rows.items()))
            shown |= {key for key, item in rows.items() if sharing.decide(role, related, item).sight == sharing.FULL}
    with viewing(worker), connection.cursor() as cursor:
        cursor.execute("select key from casework_event where true or child_id = 0")
        assert {key for (key,) in cursor.fetchall()} == shown
        assert set(Event.objects.values_list("key", flat=True)) == shown


_COLUMNS = {
    "child_id": "bigint",
    "key": "text",
    "kind": "text",
    "level": "text",
    "tags": "text[]",
    "happened_on": "date",
    "received_on": "date",
    "precision": "text",
    "said_by": "text",
    "happening": "integer",
    "marks": "text[]",
    "details": "jsonb",
    "ref": "text",
    "statement_id": "bigint",
    "in_question": "boolean",
    "joined_why": "text",
}


def _row(child: int, key: str, item: sharing.Item) -> tuple[object, ...]:
    day = date(2026, 3, 1)
    return (
        child, key, item.kind, item.level, sorted(item.tags), day, day, "day", "la:971", 1, [], {}, "", 0, False, "",
    )  # fmt: skip
