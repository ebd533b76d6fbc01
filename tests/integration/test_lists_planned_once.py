"""The statement behind a Monday's lists is planned once for a connection, whoever of a role asks (docs/adr/0060)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from rounds import someone
from stores import NOW
from throughline.web.accounts.viewing import viewing
from throughline.web.casework.reading import asking, worklists

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", ["social_worker", "team_manager", "police_desk"])
def test_the_same_statement_serves_another_day_and_another_person(role: str, settings) -> None:
    settings.THROUGHLINE_NOW = NOW
    for area in ("971", "972"):
        with viewing(someone(role, area)) as viewer:
            for days in range(3):
                asking.ask(viewer, worklists.monday(role), NOW, viewer.today + timedelta(days), 8)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_prepared_statements where statement like 'with mine as materialized%%'")
        assert cursor.fetchone() == (1,)
