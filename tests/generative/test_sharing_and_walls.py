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
from throughline.web.accounts.models import Concern, Relation
from throughline.web.accounts.viewing import viewing
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event
from throughline.web.linkage.models import Child

pytestmark = pytest.mark.django_db

KINDS = ("visit", "missing_start", "rhi_held", "safety_plan", "cp_plan_started", "direct_voice")
ROLES = (*sharing.policy(), "nobody")
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
    children=st.lists(st.tuples(relations, st.booleans(), st.lists(items, max_size=6)), min_size=1, max_size=4),
)
def test_the_wall_lets_through_what_the_policy_shows_in_full_and_nothing_else(role, children) -> None:
    number = next(_numbers)  # every worker stands at posts of their own: examples leave their rows behind
    worker = person(role, f"Worker {number}", agency=f"school:{number}", area=str(number))
    shown: set[str] = set()
    with transaction.atomic(), as_engine():
        for related, by_post, held in children:
            child = Child.objects.create()
            posts = related & set(sharing.POSTS) if by_post else frozenset()
            Relation.objects.bulk_create(
                Relation(user=worker, child_id=child.pk, kind=kind, start=date(2020, 1, 1)) for kind in related - posts
            )
            Concern.objects.bulk_create(_concerns(child.pk, posts, number))
            rows = {f"event-{next(_numbers)}": item for item in held}
            bulk.insert("casework_event", _COLUMNS, (_row(child.pk, key, item) for key, item in rows.items()))
            shown |= {key for key, item in rows.items() if sharing.decide(role, related, item).sight == sharing.FULL}
    with viewing(worker), connection.cursor() as cursor:
        cursor.execute("select key from casework_event where true or child_id = 0")
        assert {key for (key,) in cursor.fetchall()} == shown
        assert set(Event.objects.values_list("key", flat=True)) == shown


def _concerns(child: int, posts: frozenset[str], number: int) -> list[Concern]:
    """What concerns the worker's own post, and much that does not: another post, long past, not begun."""
    past, ahead = date(2020, 1, 1), date(2100, 1, 1)
    agency = (sharing.SCHOOL, sharing.HOSPITAL)
    own = {kind: f"school:{number}" if kind in agency else str(number) for kind in sharing.POSTS}
    return [
        *(Concern(child_id=child, kind=kind, post=own[kind], start=past) for kind in posts),
        *(Concern(child_id=child, kind=kind, post="school:none", start=past) for kind in sharing.POSTS),
        *(Concern(child_id=child, kind=kind, post="none", start=past) for kind in sharing.POSTS),
        *(Concern(child_id=child, kind=kind, post=own[kind], start=past, end=past) for kind in sharing.POSTS),
        *(Concern(child_id=child, kind=kind, post=own[kind], start=ahead) for kind in sharing.POSTS),
    ]


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
    "telling": "integer",
    "on_day": "date",
}


def _row(child: int, key: str, item: sharing.Item) -> tuple[object, ...]:
    day = date(2026, 3, 1)
    return (
        child, key, item.kind, item.level, sorted(item.tags), day, day, "day", "la:971", 1, [], {}, "", 0, False, "",
        0, day,
    )  # fmt: skip
