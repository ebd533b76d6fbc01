"""Whoever a rule names knows that something is owed and by when, also where they may not see what it rests on."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection, transaction

from stores import NOW, event_row, load_rows, person, relate, the_child
from throughline import sharing
from throughline.web.accounts.viewing import viewing
from throughline.web.casework import actions, selectors
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event, Instance
from throughline.web.casework.rows import NOT_SHARED

pytestmark = pytest.mark.django_db

MOVED = "r34-moved-authority"
"""Rests on which authority answers, a kind of fact that is not the panel's to see; the panel answers for it."""
COUNCIL, PANEL = "la:975", "exploitation_panel:975"


@pytest.fixture(autouse=True)
def moved(settings, tmp_path):
    """Clover, on the support list since January, moved to another authority on Monday 13 April."""
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"
    rows = [
        event_row("clover", "list_added", "2026-01-06", "L-1", agency=PANEL),
        event_row("clover", "authority_changed", "2026-04-13", "A-1", agency=COUNCIL, details="authority_part=host"),
        event_row("aspen", "transfer_sent", "2026-03-02", "T-1", agency=COUNCIL),
    ]
    load_rows(tmp_path, "events", rows, received=date(2026, 4, 20), sender=COUNCIL)


@pytest.fixture
def coordinator():
    return person("mace_coordinator", agency=PANEL)


@pytest.fixture
def worker():
    lead = person("social_worker", "Ana Reyes", agency=COUNCIL)
    relate(lead, the_child("clover"), sharing.ALLOCATED)
    return lead


def owed_to(user):
    child = the_child("clover").public_id
    with viewing(user) as viewer:
        return {o.due_on: o for o in selectors.owed(viewer, child) if o.duty_id == MOVED}


def test_the_panel_knows_what_it_owes_and_by_when_and_not_what_that_rests_on(coordinator) -> None:
    owed = owed_to(coordinator)
    assert set(owed) == {date(2026, 4, 15), date(2026, 4, 20), date(2026, 5, 12)}
    first = owed[date(2026, 4, 15)]
    assert (first.title, first.state) == ("Moved to another authority", "overdue")
    assert NOT_SHARED in first.because
    assert "Another authority answers" not in first.because
    assert first.evidence == ()


def test_whoever_leads_reads_the_reasons_and_has_each_line_once(worker) -> None:
    owed = owed_to(worker)
    assert "Another authority answers from 13 Apr" in owed[date(2026, 4, 15)].because
    with viewing(worker):
        assert Instance.objects.filter(duty_id=MOVED).count() == len(owed) == 3


def test_raw_sql_gives_the_panel_nothing_of_the_fact(coordinator) -> None:
    with transaction.atomic(), as_engine():
        assert Event.objects.filter(kind="authority_changed").exists()
    with viewing(coordinator), connection.cursor() as cursor:
        cursor.execute("select i::text from casework_instance i where duty_id = %s", [MOVED])
        lines = [line for (line,) in cursor.fetchall()]
        cursor.execute("select count(*) from casework_event where kind = 'authority_changed'")
        assert cursor.fetchone() == (0,)
    assert len(lines) == 3
    assert not any("authority_changed" in line or "A-1" in line for line in lines)


def test_a_role_the_rule_does_not_name_has_no_line(coordinator) -> None:
    """The missing hub of the same area is not told of it, whatever it knows of the child."""
    assert owed_to(coordinator)
    hub = person("missing_hub", agency="missing_hub:975")
    relate(hub, the_child("clover"), sharing.HUB)
    with viewing(hub):
        assert not Instance.objects.filter(duty_id=MOVED).exists()


def test_nothing_of_it_reaches_somebody_without_a_seat_around_the_child() -> None:
    stranger = person("social_worker", "Ben Okoro", agency=COUNCIL)
    with viewing(stranger):
        assert not Instance.objects.exists()


def test_what_the_panel_says_of_it_is_held_as_closely_as_its_reasons(coordinator) -> None:
    with viewing(coordinator) as viewer:
        line = Instance.objects.filter(duty_id=MOVED).order_by("due_on").first()
        actions.flag_said(line=line.pk, verdict="relevant", reason="We met them", by=viewer, purpose="Panel work")
    with transaction.atomic(), as_engine():
        said = Event.objects.get(kind="flag_feedback")
        whole = Instance.objects.filter(duty_id=MOVED, told_to=[]).order_by("due_on").first()
    assert said.details["trigger"] == whole.trigger_key


def test_when_it_is_met_the_line_says_so(coordinator, tmp_path) -> None:
    sent = [event_row("clover", "transfer_sent", "2026-04-15", "T-2", agency=COUNCIL)]
    load_rows(tmp_path, "events", sent, received=date(2026, 4, 21), sender=COUNCIL, name="events")
    met = owed_to(coordinator)[date(2026, 4, 15)]
    assert (met.state, met.met_on) == ("met", date(2026, 4, 15))
