"""Statements keep their plans (docs/adr/0055): what a plan shows still follows who has entered, each time anew."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection, transaction

from cast import row
from stores import NOW, POLICE, load_rows, person, relate, the_child
from throughline import sharing, words
from throughline.web.accounts.viewing import viewing
from throughline.web.casework import selectors, typing_in
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event
from throughline.web.intake.models import Statement

pytestmark = pytest.mark.django_db

OFTEN = 10
"""PostgreSQL makes up its mind about a plan after five times."""


@pytest.fixture(autouse=True)
def an_absence_told(settings, tmp_path):
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"
    episode = row(
        "missing_police", "rowan", agency=POLICE, source_record_id="MP-1", episode_ref="MP-1", category="M",
        missing_since="2026-04-18T20:00", safe_return_at="2026-04-20T06:40",
    )  # fmt: skip
    load_rows(tmp_path, "missing_police", [episode], received=date(2026, 4, 20), sender=POLICE)


@pytest.fixture
def lead():
    worker = person("social_worker", "Ana Reyes")
    relate(worker, the_child("rowan"), sharing.ALLOCATED)
    return worker


def seen(child: int) -> int:
    return Event.objects.filter(child_id=child, kind="missing_start").count()


def test_a_kept_plan_shows_each_viewer_what_is_theirs(lead) -> None:
    stranger, rowan = person("social_worker", "Bo Lind"), the_child("rowan").pk
    for _ in range(OFTEN):
        with viewing(lead):
            assert seen(rowan) == 1
    for _ in range(OFTEN):
        with viewing(stranger):
            assert seen(rowan) == 0, "by the same plan, nothing is theirs"
        with transaction.atomic(), as_engine():
            assert seen(rowan) == 1, "the engine reads every fact"
        with viewing(lead):
            assert seen(rowan) == 1


def test_what_comes_again_is_a_kept_plan(lead) -> None:
    for _ in range(OFTEN):
        with viewing(lead) as viewer:
            selectors.child_page(viewer, the_child("rowan").public_id)
    with connection.cursor() as cursor:
        cursor.execute("select sum(generic_plans) from pg_prepared_statements where statement like '%casework_event%'")
        assert cursor.fetchone()[0] > 0


@pytest.mark.parametrize("tags", [(), ("CHILD-CONF",)])
def test_what_is_typed_is_held_as_closely_as_it_tells_before_its_line_is_drawn(tags) -> None:
    kind = words.kinds()["direct_voice"]
    fields = {"happened_on": "2026-04-20", "said_by": "la:971", "words": "I want to go home"}
    said = typing_in.statement(kind, fields, received_on=date(2026, 4, 21), record="one", level="SL3", tags=tags)
    with transaction.atomic(), as_engine():
        number = typing_in.keep(said, child=the_child("rowan").pk, by=None)
        kept = Statement.objects.get(pk=number)
    assert (kept.level, kept.tags) == ("SL3", sorted({*kind.tags, *tags}))
