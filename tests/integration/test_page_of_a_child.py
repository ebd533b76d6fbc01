"""The child's page drawn from rows as they come, wrong cells included."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from stores import NOW, event_row, load_rows, person, relate, the_child
from throughline.web.accounts.viewing import viewing
from throughline.web.casework import selectors

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("tab", ["", "owed", "plans", "team", "voice", "chapters", "sources"])
def test_a_cell_that_could_not_be_read_stands_beside_the_days_it_may_have_told_of(
    tmp_path: Path, settings: Any, client: Client, tab: str
) -> None:
    # Given a visit, and beside it a strategy discussion whose day of writing down cannot be read,
    settings.THROUGHLINE_NOW = NOW
    rows = [
        event_row("rowan", "visit", "2026-03-02", "1"),
        event_row("rowan", "strategy_discussion", "2026-03-03", "2", recorded="32/03/2026"),
    ]
    load_rows(tmp_path, "events", rows, received=date(2026, 4, 20), sender="la:971")
    worker, child = person("social_worker"), the_child("rowan")
    relate(worker, child, "allocated")
    client.force_login(worker)

    # when any tab of the page is opened, then it opens, and the line and its sources say what was wrong.
    answer = client.get(f"/children/{child.public_id}/{tab}")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert ("32/03/2026" in page) is (tab in ("", "sources"))


def test_silence_of_one_police_force_is_no_gap_while_another_answers(
    tmp_path: Path, settings: Any, client: Client
) -> None:
    # Given two forces whose files reach us, one up to yesterday, one silent since February,
    settings.THROUGHLINE_NOW = NOW
    for agency, day in (
        ("police:castlereach", "2026-04-20"),
        ("police:torrin", "2026-02-10"),
        ("other:bus", "2026-04-20"),
    ):
        rows = [event_row("rowan", "missing_start", "2026-02-02", agency, agency=agency, extract_date=day)]
        load_rows(tmp_path, "events", rows, received=date.fromisoformat(day), sender=agency, name=agency[-3:])
    worker, child = person("social_worker"), the_child("rowan")
    relate(worker, child, "allocated")

    # when the line is read, then the police answer up to yesterday, and an agency nobody knows breaks nothing.
    with viewing(worker) as viewer:
        spans = {gap.agency: gap.after for gap in selectors.line(viewer, child.public_id).gaps}
    assert spans["Police"] == date(2026, 4, 20)
