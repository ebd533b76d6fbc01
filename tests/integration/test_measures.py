"""How duties are met and what came of flags: the numbers against what was put there by hand."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from django.urls import reverse

from areas import HERE, THERE, ask, children, hold, owe
from measured import DUE, DUTY, FLAG, YEAR, counted, met, page_of, read, said, say
from stores import NOW, TODAY, person
from throughline.measures import counting, defining
from throughline.measures.showing import Tally
from throughline.web.accounts.viewing import viewing
from throughline.web.casework import rows
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Instance
from throughline.web.casework.reading import measure_counts, measure_fairness
from throughline.web.casework.reading.measure_counts import VERDICT
from throughline.web.intake.models import Statement
from throughline.web.linkage.models import Child

pytestmark = pytest.mark.django_db

_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def _a_day_in_april(settings, tmp_path):
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"


# --- the numbers -----------------------------------------------------------------------------------------------


def test_every_state_is_counted_apart_and_what_cannot_be_told_is_in_no_share() -> None:
    met(children(8))
    met(children(6), late=True)
    met(children(5), met_route="declined after an offer")
    owe(children(7), DUTY, DUE)
    owe(children(9), DUTY, DUE, covered_to=date(2026, 1, 1))
    owe(children(10), DUTY, DUE, ended_why="the child died")
    assert said(page_of().altogether) == {
        "April 2026 to March 2027": {
            "In time": "8", "Late": "6", "Another way": "5", "Not done": "7", "Cannot tell": "9", "Not owed": "10",
            "Still open": "0", "Done in time": "31%",
        }
    }  # fmt: skip


def test_what_falls_due_later_or_fell_due_in_another_year_is_in_no_number() -> None:
    owe(children(6), DUTY, TODAY + timedelta(1))
    owe(children(7), DUTY, YEAR.first - timedelta(1))
    owe(children(8), DUTY, YEAR.first)
    assert counted() == {("overdue", ""): Tally(8, 8)}


def test_a_duty_that_no_law_dates_is_counted_on_the_day_it_was_opened_and_stays_open() -> None:
    owe(children(6), "nrm-refer-prompt", DUE, due_on=None, warn_on=None, unit="none", opened_on=DUE)
    assert counted("nrm-refer-prompt") == {("open", ""): Tally(6, 6)}


def test_a_child_sealed_or_told_twice_is_not_counted_twice_or_at_all() -> None:
    twice = children(6)
    met(twice)
    met(twice, due=DUE + timedelta(5))
    met(children(7, level="SL5"))
    met(children(8, tags=["PROT-PERSON"]))
    met(children(5), level="SL5")
    assert counted() == {("in_time", ""): Tally(12, 6)}


def test_by_month_area_and_placement_area() -> None:
    here, there = children(6), children(7, THERE)
    met(here)
    met(there, due=date(2026, 4, 2), late=True)
    hold(here, "placement", date(2025, 1, 1), attributes={"host_la": "la:979"})
    assert counted(side="month") == {("in_time", "2026-04"): Tally(6, 6), ("late", "2026-04"): Tally(7, 7)}
    assert counted(side="area") == {("in_time", HERE): Tally(6, 6), ("late", THERE): Tally(7, 7)}
    assert counted(side="host") == {("in_time", "la:979"): Tally(6, 6), ("late", "none"): Tally(7, 7)}


def test_a_protected_address_is_in_no_placement_area() -> None:
    who = children(6)
    met(who)
    hold(who, "placement", date(2025, 1, 1), attributes={"host_la": "la:979"}, tags=["PROT-ADDR"])
    assert counted(side="host") == {("in_time", ""): Tally(6, 6)}


def test_by_the_team_of_whoever_led_the_work_when_it_was_opened() -> None:
    who = children(6)
    seat = {"seat": "lead_social_worker", "organisation": "Team East"}
    ask(who, "team_role_started", date(2025, 1, 1), said_by="la:971", details=seat)
    ask(who, "team_role_started", TODAY, said_by="la:971", details=seat | {"organisation": "Team West"})
    ask(who, "team_role_started", date(2026, 1, 1), said_by="la:971", details={"seat": "iro", "organisation": "IROs"})
    met(who)
    assert counted(side="team") == {("in_time", "Team East"): Tally(6, 6)}


def test_by_sex_needs_and_care_as_they_were_when_it_was_opened() -> None:
    girls, boys = children(6, sex="F"), children(7, sex="M")
    met([*girls, *boys])
    hold(girls, "in_care", date(2025, 1, 1))
    hold(boys, "in_care", date(2024, 1, 1), end=date(2025, 1, 1))
    hold(boys, "ehc_plan", None)
    ask(girls, "sen_support_started", date(2025, 9, 1), said_by="school:971001")
    assert counted(side="sex") == {("in_time", "F"): Tally(6, 6), ("in_time", "M"): Tally(7, 7)}
    assert counted(side="care") == {("in_time", "in_care"): Tally(6, 6), ("in_time", "none"): Tally(7, 7)}
    assert counted(side="send") == {("in_time", "support"): Tally(6, 6), ("in_time", "plan"): Tally(7, 7)}


def told_ethnicity(who: Iterable[Child], code: str, received: date = TODAY, *, live: bool = True) -> None:
    """A child in need census that says it of each of them."""
    cells = ["x"] * 8 + [code, ""]
    with transaction.atomic(), as_engine():
        Statement.objects.bulk_create(
            Statement(
                id=9_000_000 + next(_numbers), feed="cin_census", table="child", row=1, record_id="r", record_key="k",
                person="p", child_id=child.pk, cells=cells, outcome="used", final_outcome="used", said_by="la:971",
                received_on=received, first_received_on=received, live=live,
            )
            for child in who
        )  # fmt: skip


def test_by_ethnic_group_as_the_latest_delivery_that_stands_says_it() -> None:
    who = children(6)
    told_ethnicity(who, "WBRI", date(2025, 7, 1))
    told_ethnicity(who, "MWBC", date(2026, 1, 1))
    told_ethnicity(who, "REFU", TODAY)
    told_ethnicity(who, "BCRB", TODAY, live=False)
    met(who)
    met(children(7), late=True)
    assert counted(side="ethnicity") == {("in_time", "mixed"): Tally(6, 6), ("late", ""): Tally(7, 7)}


def test_waits_are_said_in_the_units_of_the_rule() -> None:
    begun = datetime(2026, 4, 7, 9, tzinfo=UTC)
    for who, hours in ((children(6), 10), (children(6), 50), (children(5), 80)):
        done = begun + timedelta(hours=hours)
        owe(who, DUTY, date(2026, 4, 10), unit="elapsed_hours", opened_on=begun.date(), opened_at=begun, met_at=done,
            due_at=begun + timedelta(hours=72), due_latest_at=begun + timedelta(hours=72), warn_at=begun,
            met_on=done.date(), in_time=hours <= 72)  # fmt: skip
    # Over Easter: Thursday to Wednesday are two working days.
    owe(children(11), "icpc-15wd", date(2026, 4, 20), unit="working_days", opened_on=date(2026, 4, 2),
        met_on=date(2026, 4, 8), in_time=True)  # fmt: skip
    assert said(page_of().waited)["Until it was done"] == {
        "Half within (median)": "50\N{NO-BREAK SPACE}hours", "Longest": "80\N{NO-BREAK SPACE}hours",
    }  # fmt: skip
    assert said(page_of(duty="icpc-15wd").waited)["Until it was done"]["Longest"] == "2\N{NO-BREAK SPACE}working days"


def test_how_long_few_children_waited_is_not_said() -> None:
    met(children(defining.wait_of_at_least() - 1))
    assert page_of().waited is None


def test_the_database_counts_as_the_engine_does() -> None:
    """On duties of many kinds, each state, counted one by one and in the database."""
    for shift, who in enumerate((children(6), children(7), children(8))):
        due = DUE + timedelta(days=shift)
        met(who, due)
        met(who, due, late=True)
        owe(who, DUTY, TODAY)
        owe(who, DUTY, due, freezes_on=due - timedelta(1))
        owe(who, DUTY, due, covered_to=None)
        owe(who, DUTY, due, ended_on=due + timedelta(1), ended_why="moved away")
    with transaction.atomic(), as_engine():
        stored = [(row.child_id, rows.instance(row)) for row in Instance.objects.filter(duty_id=DUTY)]
    by_hand = counting.tallies(
        (counting.Counted(child, counting.fell_on(i).isoformat()[:7], i) for child, i in stored), YEAR, NOW
    )
    assert {(slot, part): tally for (part, slot), tally in counted(side="month").items()} == by_hand
    lasted = sorted(w for _, i in stored if i.met_at and (w := counting.waited(i, NOW)) is not None)
    with viewing(person("business_manager")):
        wait = measure_counts.waits(NOW, DUTY, YEAR, [""])[""]["", measure_counts.DONE]
    assert (wait.middle, wait.longest) == (lasted[(len(lasted) - 1) // 2], lasted[-1])


# --- flags: what came of them ------------------------------------------------------------------------------------


def test_what_a_flag_proved_to_be_counts_before_what_was_done_about_it() -> None:
    first, second, third, fourth = children(5), children(6), children(7), children(8)
    owe([*first, *second, *third, *fourth], FLAG, DUE)
    say(first, "relevant", TODAY - timedelta(3))
    say(first, "acted", TODAY)
    say(second, "relevant", TODAY - timedelta(3))
    say(second, "wrong", TODAY)
    say(third, "no_action", TODAY - timedelta(3))
    say(third, "acted", TODAY)
    say(fourth, "wrong", trigger="another one")
    assert counted(FLAG, what=VERDICT) == {
        ("relevant", ""): Tally(5, 5), ("wrong", ""): Tally(6, 6),
        ("acted", ""): Tally(7, 7), ("none", ""): Tally(8, 8),
    }  # fmt: skip


def test_a_flag_raised_more_on_a_group_and_right_less_often_is_to_be_reviewed() -> None:
    boys, girls = children(60, sex="M"), children(60, sex="F")
    owe(boys[:40], FLAG, DUE)
    owe(girls[:20], FLAG, DUE)
    say(boys[:10], "relevant")
    say(boys[10:30], "wrong")
    say(girls[:12], "relevant")
    found = page_of(duty=FLAG, by="sex")
    assert found.review == ("Boys",)
    assert "Review before it stays on" in read(reverse("measure", args=[FLAG]) + "?by=sex")
    with viewing(person("business_manager")) as viewer:
        (flag,) = measure_fairness.page(viewer, {"by": "sex"}).review
    assert flag.review == ("Boys",)


def test_a_flag_by_groups_is_told_by_what_was_said_of_it_and_a_duty_by_what_became_of_it() -> None:
    owe(children(12, sex="F"), FLAG, DUE)
    met(children(12, sex="F"))
    assert set(said(page_of(duty=FLAG, by="sex").broken_down)["Girls"]) == {"No answer yet"}
    assert said(page_of(by="sex").broken_down)["Girls"]["In time"] == "12"


def test_what_else_happened_is_counted_by_group_once_however_many_told_it() -> None:
    girls, boys = children(10, sex="F"), children(20, sex="M")
    ask(girls[:5], "arrest", DUE, said_by="police:castlereach", happening=1)
    ask(girls[:5], "arrest", DUE, said_by="youth_justice:971", happening=1)
    ask(boys[:6], "arrest", DUE, said_by="police:castlereach")
    ask(boys[:8], "arrest", YEAR.first - timedelta(1), said_by="police:castlereach")
    with viewing(person("business_manager")) as viewer:
        found = measure_fairness.page(viewer, {"by": "sex"})
    row = said(found.happened)["Arrested"]
    assert (row["Girls"], row["Boys"]) == ("5 (50 in 100)", "6 (30 in 100)")
