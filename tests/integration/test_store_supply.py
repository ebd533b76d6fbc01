"""Kinds that are born here: the first one recorded by form wakes the rules that slept for want of it."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction

from cast import row
from stores import NOW, event_row, load_rows, person, relate, the_child
from throughline import sharing
from throughline.web.accounts.viewing import viewing
from throughline.web.casework import actions, filling, recomputing
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Instance, RuleWork
from throughline.web.casework.reading import register

pytestmark = pytest.mark.django_db

ASKS = "r03-moment-2wd"
"""Sleeps until somebody says where help was offered."""
COUNCIL, SCHOOL, POLICE = "la:975", "school:123456", "police:castlereach"


@pytest.fixture(autouse=True)
def sent_home_from_school(settings, tmp_path):
    """Aspen was excluded for good on 14 April; nobody in Eastmere has ever said where help was offered."""
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"
    missing = [
        row("missing_police", name, agency=POLICE, source_record_id=ref, episode_ref=ref, category="M",
            missing_since="2026-04-10T20:00", safe_return_at="2026-04-11T06:40")
        for name, ref in (("aspen", "MP-1"), ("clover", "MP-2"))
    ]  # fmt: skip
    load_rows(tmp_path, "missing_police", missing, received=date(2026, 4, 12), sender=POLICE)
    sent_home = [event_row("aspen", "permanent_exclusion", "2026-04-14", "S-1", agency=SCHOOL)]
    load_rows(tmp_path, "events", sent_home, received=date(2026, 4, 20), sender=SCHOOL)


@pytest.fixture
def worker():
    lead = person("social_worker", agency=COUNCIL)
    relate(lead, the_child("clover"), sharing.ALLOCATED)
    return lead


def owed(name: str) -> list[tuple[date, str]]:
    """What the rule asks for, about one of the cast: when it fell due, and for want of what nobody can tell."""
    with transaction.atomic(), as_engine():
        found = Instance.objects.filter(child=the_child(name), duty_id=ASKS)
        return [(i.due_on, i.cannot_tell) for i in found]


def offer_help(worker) -> None:
    fields = {"happened_on": "2026-04-21", "said_by": COUNCIL, "marks": ["accepted"], "person": "Mo Brightwell"}
    child = the_child("clover").public_id
    with viewing(worker) as viewer:
        actions.record(kind="help_offered", child=child, fields=fields, by=viewer, purpose="Visiting")


def test_a_rule_sleeps_until_somebody_records_what_it_needs_and_is_then_filled_in_for_every_child(worker) -> None:
    """Given a rule nobody feeds, when help is offered to one child by form, then another's moment is asked about."""
    assert owed("aspen") == []
    offer_help(worker)
    for work in RuleWork.objects.filter(rule_id=ASKS):
        filling.run(work.pk)
    assert [due for due, _ in owed("aspen")] == [date(2026, 4, 16)]


def test_what_was_due_before_the_form_was_first_used_is_not_called_late(worker) -> None:
    """Silence before that day means that there was no place to say it."""
    offer_help(worker)
    for work in RuleWork.objects.filter(rule_id=ASKS):
        filling.run(work.pk)
    assert all(cannot for _, cannot in owed("aspen"))


def test_the_register_says_that_the_rule_is_awake(worker) -> None:
    keeper = person("business_manager", agency=COUNCIL)
    with viewing(keeper) as viewer:
        before = register.rule(viewer, ASKS)
    offer_help(worker)
    with viewing(keeper) as viewer:
        after = register.rule(viewer, ASKS)
    assert before.line.standing == register.ASLEEP
    assert after.line.standing == register.ON


def test_only_the_first_record_asks_for_the_work(worker) -> None:
    offer_help(worker)
    asked = RuleWork.objects.count()
    offer_help(worker)
    assert RuleWork.objects.count() == asked > 0


def test_it_is_known_from_the_day_on_which_it_was_first_recorded(worker) -> None:
    """As it was known the day before, nobody supplied it."""
    offer_help(worker)
    kinds, las = frozenset({"help_offered"}), frozenset({COUNCIL})
    with transaction.atomic(), as_engine():
        assert recomputing.covered(date(2026, 4, 20)).index.spans(kinds, las) == ()
        ((since, _),) = recomputing.covered(date(2026, 4, 21)).index.spans(kinds, las)
        ((since_today, _),) = recomputing.covered().index.spans(kinds, las)
    assert since == since_today == date(2026, 4, 21)


def test_a_file_that_first_brings_the_kind_wakes_the_rule_for_children_it_does_not_name(tmp_path) -> None:
    """Given an events file about one child, then the other child's moment is asked about when it is loaded."""
    rows = [event_row("clover", "help_offered", "2026-04-16", "H-1", agency=COUNCIL, marks="accepted")]
    load_rows(tmp_path, "events", rows, received=date(2026, 4, 21), sender=COUNCIL, name="events")
    assert [due for due, _ in owed("aspen")] == [date(2026, 4, 16)]
