"""One policy, enforced twice: what `sharing.decide` shows is what the database lets through, on any rows."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from stores import person
from throughline import sharing, words
from throughline.web import bulk, clock
from throughline.web.accounts.models import BreakGlass, Concern, Conflict, Relation, User
from throughline.web.accounts.viewing import viewing
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event, Instance, Segment
from throughline.web.linkage.models import Child, Page

pytestmark = pytest.mark.django_db

LONG_AGO, AHEAD, DAY = date(2020, 1, 1), date(2100, 1, 1), date(2026, 3, 1)
KINDS = (
    "visit",
    "missing_start",
    "rhi_held",
    "safety_plan",
    "cp_plan_started",
    "direct_voice",
    "arrest",
    "camhs_seen",
    "ed_attendance",
    "suspension",
    "ehcp_issued",
    "placement_started",
    "nrm_referral",
    "information_answered",
    "transition_plan",
)
STATES = ("in_care", "missing", "placement", "on_list", "out_of_school", "with_youth_justice")
ROLES = (*sharing.policy(), "nobody")
RELATIONS = (*sharing.RELATIONS, sharing.GLASS)
SEALED = "sealed"
_numbers = itertools.count(1)


def _items(kinds: tuple[str, ...]) -> st.SearchStrategy[sharing.Item]:
    return st.builds(
        sharing.Item,
        level=st.sampled_from(sorted(words.levels())),
        tags=st.frozensets(st.sampled_from(sorted(words.tags())), max_size=3),
        kind=st.sampled_from(kinds),
        rests_on=st.just(frozenset()),
    )


def _resting(item: sharing.Item, others: frozenset[str]) -> sharing.Item:
    return item._replace(rests_on=others | {item.kind})


events, segments = _items(KINDS), _items(STATES)
duties = st.builds(_resting, events, st.frozensets(st.sampled_from(KINDS), max_size=3))
# Relations are drawn from those the role has as often as from all there are: else most children would be nobody's.
relations = st.one_of(st.frozensets(st.sampled_from(RELATIONS), max_size=3), st.just(frozenset(RELATIONS)))
held = st.fixed_dictionaries(
    {
        "casework_event": st.lists(events, max_size=6),
        "casework_segment": st.lists(segments, max_size=3),
        "casework_instance": st.lists(duties, max_size=4),
    }
)
children = st.lists(
    st.tuples(relations, st.sampled_from(["", "", "", "", sharing.CONFLICT, SEALED]), held), min_size=1, max_size=3
)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(role=st.sampled_from(ROLES), children=children)
@example(
    role="missing_hub",
    children=[
        (
            frozenset({sharing.HUB}),
            "",
            {
                "casework_event": [sharing.Item("SL2", frozenset(), "arrest")],
                "casework_segment": [],
                "casework_instance": [
                    sharing.Item("SL2", frozenset(), "missing_start", frozenset({"missing_start", "arrest"})),
                    sharing.Item("SL2", frozenset(), "missing_start", frozenset({"missing_start"})),
                ],
            },
        )
    ],
)
def test_the_wall_lets_through_what_the_policy_shows_in_full_and_nothing_else(role, children) -> None:
    number = next(_numbers)  # every worker stands at posts of their own: examples leave their rows behind
    worker = person(role, f"Worker {number}", agency=f"school:{number}", area=str(number))
    shown: dict[str, set[str]] = {table: set() for table in TABLES}
    hinted: dict[int, Counter[str]] = {}
    with transaction.atomic(), as_engine():
        for related, apart, rows in children:
            child = _child(related, apart, worker, number)
            related = _as_held(related, apart)
            hinted[child] = Counter()
            for table, items in rows.items():
                keys = {f"key-{next(_numbers)}": item for item in items}
                columns, row = TABLES[table]
                bulk.insert(table, columns, (row(child, key, item) for key, item in keys.items()))
                sights = {key: sharing.decide(role, related, item).sight for key, item in keys.items()}
                shown[table] |= {key for key, sight in sights.items() if sight == sharing.FULL}
                if table == "casework_event":
                    hinted[child] += Counter("la:971" for sight in sights.values() if sight == sharing.STUB)
    with viewing(worker), connection.cursor() as cursor:
        for table, model, key in (
            ("casework_event", Event, "key"),
            ("casework_segment", Segment, "attributes->>'key'"),
            ("casework_instance", Instance, "trigger_key"),
        ):
            cursor.execute(f"select {key} from {table} where true or child_id = 0")
            assert {found for (found,) in cursor.fetchall()} == shown[table], table
            assert model.objects.count() == len(shown[table]), table
        for child, told in hinted.items():
            cursor.execute("select said_by, items from app_present(%s)", [child])
            assert dict(cursor.fetchall()) == told, "stubs"


def _as_held(related: frozenset[str], apart: str) -> frozenset[str]:
    """A child who is sealed is there for whoever leads the work, and for nobody else."""
    if apart == SEALED and sharing.ALLOCATED not in related:
        return frozenset()
    return related | ({apart} if apart == sharing.CONFLICT else set())


def _child(related: frozenset[str], apart: str, worker: User, number: int) -> int:
    """A child with a page, to whom the worker is related so, and whom much concerns that is not the worker's."""
    child = Child.objects.create(level="SL5" if apart == SEALED else "SL1")
    Page.objects.create(child=child, since=LONG_AGO)
    own = related & set(sharing.PERSONAL)
    Relation.objects.bulk_create(
        Relation(user=worker, child_id=child.pk, kind=kind, start=start, end=end)
        for kinds, start, end in (
            (own, LONG_AGO, None),
            (sharing.PERSONAL, LONG_AGO, LONG_AGO),
            (sharing.PERSONAL, AHEAD, None),
        )
        for kind in kinds
    )
    Concern.objects.bulk_create(_concerns(child.pk, related & set(sharing.POSTS), number))
    now = clock.now()
    for opened_at in [now - timedelta(days=2), *([now - timedelta(hours=1)] if sharing.GLASS in related else [])]:
        BreakGlass.objects.create(
            user_id=worker.pk, child_id=child.pk, opened_at=opened_at, until=opened_at + timedelta(hours=4),
            reason="missing_now", purpose="test", agency=worker.agency, owner="la:971",
        )  # fmt: skip
    if apart == sharing.CONFLICT:
        Conflict.objects.create(user_id=worker.pk, child_id=child.pk, sort="family", by_id=worker.pk, at=now)
    return child.pk


def _concerns(child: int, posts: frozenset[str], number: int) -> list[Concern]:
    """What concerns the worker's own post, and much that does not: another post, long past, not begun."""
    own = {kind: f"school:{number}" if kind in sharing.OF_AN_AGENCY else str(number) for kind in sharing.POSTS}
    return [
        *(Concern(child_id=child, kind=kind, post=own[kind], start=LONG_AGO) for kind in posts),
        *(Concern(child_id=child, kind=kind, post="school:none", start=LONG_AGO) for kind in sharing.POSTS),
        *(Concern(child_id=child, kind=kind, post="none", start=LONG_AGO) for kind in sharing.POSTS),
        *(Concern(child_id=child, kind=kind, post=own[kind], start=LONG_AGO, end=LONG_AGO) for kind in sharing.POSTS),
        *(Concern(child_id=child, kind=kind, post=own[kind], start=AHEAD) for kind in sharing.POSTS),
    ]


_WALLS = {"child_id": "bigint", "level": "text", "tags": "text[]"}
_EVENT = _WALLS | {
    "key": "text", "kind": "text", "happened_on": "date", "received_on": "date", "precision": "text",
    "said_by": "text", "happening": "integer", "marks": "text[]", "details": "jsonb", "ref": "text",
    "statement_id": "bigint", "in_question": "boolean", "joined_why": "text", "telling": "integer", "on_day": "date",
}  # fmt: skip
_SEGMENT = _WALLS | {"state": "text", "start": "date", "attributes": "jsonb"}
_INSTANCE = _WALLS | {
    "kinds": "text[]", "trigger_key": "text", "trigger_kind": "text", "opened_on": "date", "learnt_on": "date",
    "story": "jsonb", "evidence": "text[]", "told_to": "text[]",
    **dict.fromkeys(
        ("subject_kind", "subject_id", "duty_id", "version", "stage", "precision", "unit", "met_route", "met_key",
         "ended_why", "cannot_tell", "calendar", "estimated"),
        "text",
    ),
}  # fmt: skip


def _walls(child: int, item: sharing.Item) -> tuple[object, ...]:
    return child, item.level, sorted(item.tags)


def _event(child: int, key: str, item: sharing.Item) -> tuple[object, ...]:
    return (
        *_walls(child, item), key, item.kind, DAY, DAY, "day", "la:971", 1, [], {}, "", 0, False, "", 0, DAY,
    )  # fmt: skip


def _segment(child: int, key: str, item: sharing.Item) -> tuple[object, ...]:
    return *_walls(child, item), item.kind, DAY, {"key": key}


def _instance(child: int, key: str, item: sharing.Item) -> tuple[object, ...]:
    return *_walls(child, item), sorted(item.rests_on), key, item.kind, DAY, DAY, {}, [], [], *[""] * 13


TABLES: Mapping[str, tuple[Mapping[str, str], object]] = {
    "casework_event": (_EVENT, _event),
    "casework_segment": (_SEGMENT, _segment),
    "casework_instance": (_INSTANCE, _instance),
}
