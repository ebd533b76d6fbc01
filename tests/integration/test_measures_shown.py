"""How duties are met: who sees which numbers, whom they lead to, and what is held back from everyone alike."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction

from areas import HERE, THERE, ask, children, owe, signed_in
from measured import DUE, DUTY, YEAR, met, page_of, read, said
from stores import NOW, person, relate
from throughline import sharing
from throughline.web.accounts.viewing import viewing
from throughline.web.audit.models import Change, Look
from throughline.web.casework import rules_here
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.reading import measure_counts, measures

pytestmark = pytest.mark.django_db

MEASURES = sorted(role for role, policy in sharing.policy().items() if policy.measures)
MEASURES_NOT = sorted(role for role, policy in sharing.policy().items() if not policy.measures)
GROUPS_NOT = sorted(role for role, policy in sharing.policy().items() if policy.measures == {sharing.DUTIES})


@pytest.fixture(autouse=True)
def _a_day_in_april(settings, tmp_path):
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"


# --- who sees what ---------------------------------------------------------------------------------------------------


ADDRESSES = (
    "/measures",
    f"/measures/{DUTY}",
    f"/measures/{DUTY}/tables/months.csv",
    f"/measures/{DUTY}/names?part=late",
)


@pytest.mark.parametrize("role", MEASURES_NOT)
def test_who_has_no_measures_is_told_nothing_by_page_file_or_database(role: str) -> None:
    met(children(6))
    for address in ADDRESSES:
        assert signed_in(role).get(address).status_code == 403
    with viewing(person(role)), connection.cursor() as cursor:
        cursor.execute(
            "select * from app_measured(%s, %s, '{}', %s, %s, %s)", [NOW, [DUTY], YEAR.first, YEAR.last, [""]]
        )
        assert cursor.fetchall() == []
        cursor.execute("select * from app_grouped(%s, %s)", [NOW, [""]])
        assert cursor.fetchall() == []


@pytest.mark.parametrize("role", GROUPS_NOT)
def test_who_sees_no_groups_cannot_ask_for_them(role: str) -> None:
    met(children(6))
    for address in (f"/measures/{DUTY}?by=ethnicity", "/measures/fairness", "/measures/fairness/tables/raised.csv"):
        assert signed_in(role).get(address).status_code == 403
    assert "Ethnic group" not in read(f"/measures/{DUTY}", role)
    with viewing(person(role)):
        assert measure_counts.tallies(NOW, [DUTY], YEAR, ["", "ethnicity"]).found == {}
        assert measure_counts.children(NOW, "sex") == {}
        assert measure_counts.happened(NOW, YEAR, ["sex"]) == {"sex": {}}


def test_a_group_asked_for_by_another_name_in_the_database_is_not_given() -> None:
    """The site says which sides are groups; were it to forget, nothing of them comes."""
    met(children(6, sex="F"))
    with viewing(person("dsl")), connection.cursor() as cursor:
        cursor.execute(
            "select slot from app_measured(%s, %s, '{}', %s, %s, '{sex}')", [NOW, [DUTY], YEAR.first, YEAR.last]
        )
        assert cursor.fetchall() == []


@pytest.mark.parametrize("role", MEASURES)
def test_without_a_relation_there_are_numbers_and_not_one_name(role: str) -> None:
    met(children(6), late=True)
    for address in ("/measures", f"/measures/{DUTY}", f"/measures/{DUTY}?by=area"):
        said = read(address, role)
        assert "Child-" not in said
        assert "/children/" not in said


def test_a_school_lead_is_led_to_their_own_pupils_and_to_nobody_else() -> None:
    who = children(7)
    met(who, late=True)
    lead = person("dsl")
    relate(lead, who[0], sharing.SCHOOL)
    address = f"/measures/{DUTY}/names?year=2026&part=late&side=&slot="
    assert "/names?" in read(f"/measures/{DUTY}", "dsl")
    said = read(address, "dsl")
    assert who[0].surname in said
    assert not any(child.surname in said for child in who[1:])
    told = re.sub(r"<[^>]+>", "", said.partition("<h1>")[2].partition("</main>")[0]).replace(who[0].surname, "")
    assert not re.search(r"\b[67]\b", told), "how many others there are is not said"
    with transaction.atomic(), as_engine():
        assert Look.objects.filter(path_kind="measure names", child_ids=[who[0].pk], user_id=lead.pk).exists()


def test_a_number_leads_only_to_the_children_of_its_month_its_area_and_its_outcome() -> None:
    here, there, early, done = children(1), children(1, THERE), children(1), children(1)
    owe([*here, *there], DUTY, DUE)
    owe(early, DUTY, YEAR.first - timedelta(1))
    met(done)
    worker = person("social_worker")
    for child in (*here, *there, *early, *done):
        relate(worker, child, sharing.ALLOCATED)
    said = read(f"/measures/{DUTY}/names?part=overdue&side=area&slot={HERE}", "social_worker")
    assert here[0].surname in said
    assert not any(child.surname in said for child in (*there, *early, *done))


@pytest.mark.parametrize("side", ["sex", "ethnicity", "send", "care", "host", "team"])
def test_nobody_is_named_by_who_they_are_or_where_they_live(side: str) -> None:
    met(children(6, sex="F"))
    assert signed_in("iro").get(f"/measures/{DUTY}/names?part=in_time&side={side}&slot=F").status_code == 404
    assert "/names?" not in read(f"/measures/{DUTY}?by={side}", "iro").partition('id="by-title"')[2]


def test_what_a_role_does_not_see_of_a_child_leads_to_nobody() -> None:
    """The hub is not told of a review through the number it is counted in."""
    who = children(6)
    owe(who, "lac-review-first-20wd", DUE, trigger_kind="care_started")
    hub = person("missing_hub")
    for child in who:
        relate(hub, child, sharing.HUB)
    assert "Child-" not in read("/measures/lac-review-first-20wd/names?part=overdue&side=&slot=", "missing_hub")


# --- small numbers ---------------------------------------------------------------------------------------------


def test_small_numbers_are_held_back_alike_on_the_page_in_its_files_and_in_the_drawing() -> None:
    met(children(3))
    met(children(21, THERE))
    met(children(40, "la:973"))
    client = signed_in("business_manager")
    row = said(page_of(by="area").broken_down)
    assert [row[name]["In time"] for name in ("Castlereach", "Port Halden", "Wendmoor")] == [
        "40",
        "fewer than 5",
        "held back",
    ]
    text = client.get(f"/measures/{DUTY}?by=area").content.decode()
    assert 'data-n="3"' not in text
    assert 'data-n="21"' not in text
    taken = client.get(f"/measures/{DUTY}/tables/by.csv?by=area").content.decode("utf-8-sig")
    assert ["Port Halden", "fewer than 5"] in [line[:2] for line in csv.reader(io.StringIO(taken))]


def test_many_duties_of_few_children_are_held_back() -> None:
    who = children(2)
    for week in range(6):
        met(who, due=YEAR.first + timedelta(days=week))
    met(children(30, THERE))
    row = said(page_of(by="area").broken_down)
    assert (row["Port Halden"]["In time"], row["Wendmoor"]["In time"]) == ("held back", "held back")
    assert said(page_of().altogether)["April 2026 to March 2027"]["In time"] == "42"


def test_choosing_months_changes_which_are_shown_and_no_number(settings) -> None:
    settings.THROUGHLINE_NOW = datetime(2026, 9, 30, 9, tzinfo=UTC)
    for month, how_many in ((4, 3), (5, 9), (6, 20), (7, 30)):
        met(children(how_many), due=date(2026, month, 10))
    whole, part = page_of().by_month, page_of(**{"from": "2026-04", "to": "2026-06"}).by_month
    assert [row.title for row in part.rows] == ["Apr 2026", "May 2026", "Jun 2026"]
    assert list(part.rows) == list(whole.rows[:3])
    assert said(whole)["May 2026"]["In time"] == "held back", "or the total would give April back"


def test_the_same_is_held_back_from_somebody_who_sees_the_children_by_name() -> None:
    who = children(3)
    met(who)
    worker = person("social_worker")
    for child in who:
        relate(worker, child, sharing.ALLOCATED)
    assert said(page_of("social_worker").altogether) == said(page_of().altogether)


# --- files, and what is asked for -------------------------------------------------------------------------------------


def test_a_file_is_marked_and_carries_the_hash_that_the_audit_keeps() -> None:
    met(children(6))
    for address in ("/measures/tables/theme-missing.csv", f"/measures/{DUTY}/tables/months.csv",
                    "/measures/fairness/tables/children.csv"):  # fmt: skip
        answer = signed_in("business_manager").get(address)
        said = answer.content.decode("utf-8-sig")
        body, _, last = said.rstrip("\r\n").rpartition("\r\n")
        digest = hashlib.sha256(f"{body}\r\n".encode()).hexdigest()
        assert said.startswith("OFFICIAL")
        assert last.endswith(digest)
        assert "no-store" in answer["Cache-Control"]
        with transaction.atomic(), as_engine():
            assert Change.objects.filter(action="measure.download", subject_id=digest).exists()


def test_a_team_that_calls_itself_a_formula_runs_nowhere() -> None:
    who = children(6)
    seat = {"seat": "lead_social_worker", "organisation": "=1+1"}
    ask(who, "team_role_started", date(2025, 1, 1), said_by="la:971", details=seat)
    met(who)
    taken = signed_in("business_manager").get(f"/measures/{DUTY}/tables/by.csv?by=team").content.decode("utf-8-sig")
    assert "'=1+1" in taken
    assert not [cell for line in csv.reader(io.StringIO(taken)) for cell in line if cell.startswith("=")]


@pytest.mark.parametrize("query", ["year=1066", "from=x&to=y", "by=colour", "from=2026-09&to=2026-05", "year=2025"])
def test_what_cannot_be_asked_for_is_left_out_of_account(query: str) -> None:
    met(children(6))
    read(f"/measures/{DUTY}?{query}")


def test_a_rule_nobody_has_written_has_no_measure() -> None:
    assert signed_in("business_manager").get("/measures/no-such-duty").status_code == 404
    assert signed_in("business_manager").get(f"/measures/{DUTY}/tables/no.csv").status_code == 404


def test_every_rule_of_the_book_has_its_place_on_the_page() -> None:
    met(children(6))
    with viewing(person("business_manager")) as viewer:
        found = measures.all_measures(viewer, {})
    rows = sum(len(theme.table.rows) for theme in found.themes)
    assert rows == 1
    assert rows + sum(len(theme.quiet) for theme in found.themes) == len(rules_here.book())
