"""A partnership's own rules: handed in, tried in numbers, switched on with an owner and a day, filled in, off."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from own_rules import ID, OWN, do
from stores import NOW, TODAY, event_row, load_rows, person, the_child
from throughline.duties import RuleFault
from throughline.web.accounts.viewing import viewing
from throughline.web.casework import actions, filling, rules_here
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Instance, RuleDecision, RuleWork
from throughline.web.casework.reading import trials
from throughline.web.casework.typing_in import Refused

pytestmark = pytest.mark.django_db

WHY = {"owner": "Jo Marlow, business manager", "why": "Agreed by the executive"}


@pytest.fixture(autouse=True)
def _a_day_in_april(settings, tmp_path):
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"


@pytest.fixture
def arrests(tmp_path):
    rows = [
        event_row("rowan", "arrest", "2026-02-01", "A-1", agency="police:castlereach"),
        event_row("rowan", "direct_voice", "2026-02-02", "V-1"),
        event_row("rowan", "arrest", "2026-04-20", "A-2", agency="police:castlereach"),
        event_row("rowan", "referral", "2026-01-20", "R-1", details="need=N1"),
    ]
    load_rows(tmp_path, "events", rows, received=TODAY, sender="la:971")


def manager():
    return person("business_manager", "Jo Marlow", agency="partnership")


def owed(rule: str = ID) -> list[tuple[date, date | None, str]]:
    with transaction.atomic(), as_engine():
        found = Instance.objects.filter(duty_id=rule, child=the_child("rowan")).order_by("opened_on")
        return [(i.opened_on, i.due_on, "met" if i.met_on else "open") for i in found]


def decide(**given) -> None:
    with viewing(manager()) as viewer:
        actions.decide(**({"start": TODAY, "by": viewer, "purpose": "test"} | WHY | given))
    for work in RuleWork.objects.filter(status="waiting").order_by("pk"):
        do(work.pk)


def switched_on(start: date = TODAY, text: str = OWN) -> None:
    with viewing(manager()) as viewer:
        number = actions.hand_in(text=text, by=viewer, purpose="test")
    decide(rule=ID, what="on", text=number, start=start)


@pytest.mark.usefixtures("arrests")
def test_a_rule_handed_in_opens_nothing_and_tried_it_says_only_numbers() -> None:
    with viewing(manager()) as viewer:
        text = actions.hand_in(text=OWN, by=viewer, purpose="test")
        work = actions.try_out(text=text, by=viewer, purpose="test")
    found = do(work).found
    assert owed() == []
    assert ID not in rules_here.book()
    assert (found["children"], found["first"]) == (1, "2026-02-01")
    assert [row[1:] for row in found["counts"]] == [["in_time", 1], ["over", 1]]
    told = trials.shown(found)
    assert "1 to 4" in told.sentences[0], "one child could be known by a number below five"
    assert all(cell in ("0", "1 to 4", "held back") for _, cells in told.rows for cell in cells)


@pytest.mark.usefixtures("arrests")
def test_switched_on_it_is_filled_in_and_then_current_with_every_entry(tmp_path) -> None:
    switched_on()
    assert owed() == [(date(2026, 4, 20), date(2026, 4, 22), "open")], "what was over before it was on never was owed"
    work = RuleWork.objects.latest("pk")
    assert (work.status, work.done, work.total) == ("done", 1, 1)
    rows = [event_row("rowan", "direct_voice", "2026-04-21", "V-2")]
    load_rows(tmp_path, "events", rows, received=TODAY, sender="la:971", name="heard")
    assert owed() == [(date(2026, 4, 20), date(2026, 4, 22), "met")]


@pytest.mark.usefixtures("arrests")
def test_on_since_an_earlier_day_it_reaches_back_to_that_day() -> None:
    switched_on(start=date(2026, 1, 1))
    assert [opened for opened, _, _ in owed()] == [date(2026, 2, 1), date(2026, 4, 20)]


@pytest.mark.usefixtures("arrests")
def test_switched_off_it_opens_nothing_more_and_what_it_opened_stays_owed(tmp_path) -> None:
    switched_on()
    decide(rule=ID, what="off")
    rows = [event_row("rowan", "arrest", "2026-04-21", "A-3", agency="police:castlereach")]
    load_rows(tmp_path, "events", rows, received=TODAY, sender="la:971", name="another")
    assert owed() == [(date(2026, 4, 20), date(2026, 4, 22), "open")]
    assert RuleDecision.objects.count() == 2, "the decision to switch on stands beside the one to switch off"


@pytest.mark.usefixtures("arrests")
def test_other_figures_count_for_what_begins_from_their_day() -> None:
    switched_on(start=date(2026, 1, 1))
    decide(rule=ID, what="figures", figures={"days": 5}, start=date(2026, 4, 1))
    assert owed() == [(date(2026, 2, 1), date(2026, 2, 3), "met"), (date(2026, 4, 20), date(2026, 4, 25), "open")]


@pytest.mark.usefixtures("arrests")
def test_a_decision_for_a_later_day_waits_for_that_day(settings) -> None:
    switched_on(start=date(2026, 4, 22))
    assert not RuleWork.objects.exists()
    assert ID not in rules_here.book()
    settings.THROUGHLINE_NOW = NOW.replace(day=22)
    for work in filling.begun_today():
        do(work)
    assert owed() == [(date(2026, 4, 20), date(2026, 4, 22), "open")]
    assert filling.begun_today() == []


@pytest.mark.parametrize(("rule", "what"), [("rhi-72h", "off"), ("lac-visit-1w", "off"), ("rhi-72h", "on")])
def test_law_and_guidance_are_not_the_partnerships_to_switch(rule: str, what: str) -> None:
    with pytest.raises(Refused, match="not the partnership's to switch"):
        decide(rule=rule, what=what)


def test_a_local_rule_that_ships_may_be_switched_off_with_an_owner_and_a_reason() -> None:
    with pytest.raises(Refused, match="Say who answers for it"):
        decide(rule="r10-placement-moves", what="off", owner=" ")
    with pytest.raises(Refused, match="Say why"):
        decide(rule="r10-placement-moves", what="off", why="")
    decide(rule="r10-placement-moves", what="off")
    assert rules_here.here().off_from["r10-placement-moves"] == TODAY


@pytest.mark.parametrize(
    ("change", "line", "cure"),
    [
        (("strength: LO", "strength: MUST"), 7, "a partnership's own rule is LO"),
        ((f"id: {ID}", "id: rhi-72h"), 1, "ships with Throughline; choose another id"),
        (("kind: arrest", "kind: arest"), 18, "arest"),
        (("shape: after", "shape: relay\nrelay: {of: nothing, when: met, says: x}"), 1, "no active rule 'nothing'"),
    ],
)
def test_a_fault_in_a_rule_that_is_handed_in_names_the_line_and_the_cure(change, line: int, cure: str) -> None:
    text = OWN.replace(*change)
    if "relay" in text:
        text = text.replace('trigger:\n- {kind: arrest, says: "Arrested {when}."}\n', "")
    with viewing(manager()) as viewer, pytest.raises(RuleFault) as fault:
        actions.hand_in(text=text, by=viewer, purpose="test")
    assert any(f":{line}:" in each and cure in each for each in fault.value.faults), fault.value.faults


@pytest.mark.parametrize("role", ["social_worker", "team_manager", "analyst", "iro"])
def test_nobody_else_decides_about_rules(role: str) -> None:
    with viewing(person(role)) as viewer:
        for attempt in (
            lambda: actions.hand_in(text=OWN, by=viewer, purpose="test"),
            lambda: actions.decide(rule="r10-placement-moves", what="off", start=TODAY, by=viewer, purpose="x", **WHY),
        ):
            with pytest.raises(PermissionDenied):
                attempt()


def test_the_database_itself_refuses_to_change_a_decision() -> None:
    decide(rule="r10-placement-moves", what="off")
    with viewing(manager()), pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update casework_ruledecision set why = 'another reason'")


@pytest.mark.usefixtures("arrests")
def test_the_command_tries_a_rule_on_the_store_for_the_manager_and_for_nobody_else(tmp_path) -> None:
    file = tmp_path / f"{ID}.yaml"
    file.write_text(OWN, encoding="utf-8")
    said = StringIO()
    call_command("try_rule", file, by=manager().sign_in, as_of=date(2026, 3, 1), stdout=said)
    assert "By 1 Mar 2026 it would have raised something for 1 to 4" in said.getvalue().replace(
        "\N{NO-BREAK SPACE}", " "
    )
    assert "late" in said.getvalue()
    for other in (person("team_manager").sign_in, "nobody@example.org"):
        with pytest.raises(CommandError):
            call_command("try_rule", file, by=other, as_of=TODAY, stdout=said)
    assert owed() == []
