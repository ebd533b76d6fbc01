"""One acceptance story through the site's store: delivered day by day, it owes what the story says at its end."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import transaction

from acceptance.stories import BEFORE, stories
from stores import load
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Instance

pytestmark = pytest.mark.django_db

Line = tuple[str, str, date, object, object]
"""Duty, step, opened, due and met."""


def test_a_story_delivered_on_its_dates_leaves_the_same_duties_in_the_store(settings, tmp_path) -> None:
    settings.DATA_FOLDER = tmp_path / "data"
    story = stories()["SC02"]
    for day in sorted({story.days[event] for event in story.days if event != BEFORE}):
        settings.THROUGHLINE_NOW = datetime.combine(day, time(23), UTC) + timedelta(days=1)
        folder = tmp_path / day.isoformat()
        folder.mkdir()
        story.deliver(folder, day)
        load(folder, received=day, sender="la:eastmere")
    assert stored() == Counter(
        (i.duty, i.stage, i.opened, i.due, i.met_at) for i in (owed.instance for owed in story.owed(story.last))
    )


def stored() -> Counter[Line]:
    """Every duty in the store, as the story's own are compared with it."""
    with transaction.atomic(), as_engine():
        return Counter(
            (row.duty_id, row.stage, row.opened_on, row.due_at or row.due_on, row.met_at or row.met_on)
            for row in Instance.objects.filter(told_to=[])
        )
