"""Looking wider: who sees numbers, names and files of an area, and what is held back from everyone alike."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import datetime, timedelta

import openpyxl
import pytest
from django.db import connection, transaction
from django.urls import reverse

from areas import (
    BEYOND,
    PLACES,
    THERE,
    ask,
    children,
    hold,
    missing,
    page,
    placed,
    postcodes,
    signed_in,
    table,
    tell,
    texts,
)
from stores import NOW, TODAY, person, relate
from throughline import sharing
from throughline.web.accounts.viewing import viewing
from throughline.web.audit.models import Change, Look
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.reading import area, area_files, area_rules
from throughline.web.casework.reading.area_shapes import AreaPage, Row, Table

pytestmark = pytest.mark.django_db

ABSENCE = ("missing_start", "missing_end")
COUNTS = sorted(role for role, policy in sharing.policy().items() if policy.counts)
COUNTS_NOT = sorted(role for role, policy in sharing.policy().items() if not policy.counts)


@pytest.fixture(autouse=True)
def _a_day_in_april(settings, tmp_path):
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"


# --- who sees what ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", COUNTS_NOT)
def test_who_has_no_reason_to_look_across_an_area_does_not(role: str) -> None:
    missing(children(6), hours=5)
    for name, given in (("areas", []), ("area", ["971"]), ("areas_xlsx", []), ("area_csv", ["971", "missing-months"])):
        assert signed_in(role).get(reverse(name, args=given)).status_code == 403
    with viewing(person(role)), connection.cursor() as cursor:
        cursor.execute("select * from app_counted(%s, %s)", [NOW, json.dumps(area_rules.for_the_database())])
        assert cursor.fetchall() == [], "the database itself counts for nobody else"


def test_nobody_who_has_not_entered_is_told_a_number() -> None:
    missing(children(6), hours=5)
    with connection.cursor() as cursor:
        cursor.execute("select * from app_counted(%s, '{\"strengths\": {}}')", [NOW])
        assert cursor.fetchall() == []


@pytest.mark.parametrize("role", COUNTS)
def test_without_a_relation_there_are_numbers_and_not_one_name(role: str) -> None:
    tell("police:castlereach", ABSENCE)
    missing(children(6), hours=5)
    for address in (reverse("areas"), reverse("area", args=["971"])):
        said = signed_in(role).get(address).content.decode()
        assert "Child-" not in said
        assert "/children/" not in said


def test_a_worker_sees_their_own_children_by_name_and_the_look_is_recorded() -> None:
    tell("police:castlereach", ABSENCE)
    tell("camhs:971", ("camhs_referral", "camhs_decision"))
    who = children(7)
    missing(who, hours=30)
    ask(who, "camhs_referral", TODAY - timedelta(10), level="SL3", tags=["HLTH", "MH"])
    worker = person("social_worker")
    relate(worker, who[0], sharing.ALLOCATED)
    figures = {figure.id: figure for figure in page("971", "social_worker").figures}
    (named,) = figures["missing"].names
    assert named.child.id == who[0].public_id
    assert named.said == "30\N{NO-BREAK SPACE}h"
    assert [each.child.id for each in figures["mental_health"].names] == [who[0].public_id]
    said = signed_in("social_worker").get(reverse("area", args=["971"])).content.decode()
    assert who[0].surname in said
    assert not any(child.surname in said for child in who[1:])
    with transaction.atomic(), as_engine():
        assert Look.objects.filter(path_kind="area", child_ids=[who[0].pk], user_id=worker.pk).exists()


def test_the_hub_is_not_told_who_waits_for_what_it_does_not_see() -> None:
    tell("police:castlereach", ABSENCE)
    who = children(6)
    missing(who, hours=3)
    ask(who, "camhs_referral", TODAY - timedelta(10), level="SL3", tags=["HLTH", "MH"])
    hub = person("missing_hub")
    for child in who:
        relate(hub, child, sharing.HUB)
    figures = {figure.id: figure for figure in page("971", "missing_hub").figures}
    assert figures["mental_health"].names == ()


def test_an_area_of_which_nothing_is_known_has_no_page() -> None:
    missing(children(6), hours=5)
    assert signed_in("business_manager").get(reverse("area", args=["301"])).status_code == 404


def test_a_business_manager_opens_on_it_and_others_find_it_under_places() -> None:
    assert signed_in("business_manager").get(reverse("home"))["Location"] == reverse("areas")
    said = signed_in("iro").get(reverse("areas")).content.decode()
    assert f'<a href="{reverse("areas")}" aria-current="page">Places</a>' in said


# --- small numbers -----------------------------------------------------------------------------------------------


def test_small_numbers_are_held_back_alike_on_the_page_and_in_its_files() -> None:
    tell("police:castlereach", ABSENCE)
    missing(children(3), hours=5)
    missing(children(21, THERE), hours=5)
    missing(children(40, BEYOND), hours=5)
    row = texts(table(page(), "by-area").rows)["Missing now"]
    assert row == ("40", "fewer than 5", "held back", "64")
    client = signed_in("business_manager")
    taken = client.get(reverse("areas_csv", args=["by-area"])).content.decode("utf-8-sig")
    assert ["Missing now", "40", "fewer than 5", "held back", "64"] in list(csv.reader(io.StringIO(taken)))
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("areas_xlsx")).content))
    assert ("Missing now", 40, "fewer than 5", "held back", 64) in {row[:5] for row in book.active.values}
    # The area's own page and what it is drawn from hold back the same.
    here = client.get(reverse("area", args=["971"])).content.decode()
    assert "fewer than 5" in here
    assert 'data-n="3"' not in here
    assert 'data-n="21"' not in client.get(reverse("area", args=["972"])).content.decode()


def test_the_same_is_held_back_from_someone_who_sees_the_children_by_name() -> None:
    tell("police:castlereach", ABSENCE)
    who = children(3)
    missing(who, hours=5)
    worker = person("social_worker")
    for child in who:
        relate(worker, child, sharing.ALLOCATED)
    shown = {figure.id: figure for figure in page("971", "social_worker").figures}["missing"]
    assert (shown.n, len(shown.names)) == ("fewer than 5", 3)


# --- files ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def told() -> None:
    tell("police:castlereach", ABSENCE)
    missing(children(6), hours=5)


@pytest.mark.usefixtures("told")
def test_a_file_is_marked_and_carries_the_hash_that_the_audit_keeps() -> None:
    answer = signed_in("business_manager").get(reverse("area_csv", args=["971", "missing-months"]))
    said = answer.content.decode("utf-8-sig")
    body, _, last = said.rstrip("\r\n").rpartition("\r\n")
    digest = hashlib.sha256(f"{body}\r\n".encode()).hexdigest()
    assert said.startswith("OFFICIAL")
    assert last == f"{area_files.HASHED},{digest}"
    assert digest[:8] in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    with transaction.atomic(), as_engine():
        change = Change.objects.get(action="area.download")
        assert (change.subject_kind, change.subject_id) == ("sha256", digest)
        assert change.user_id == person("business_manager").pk
        assert Look.objects.filter(path_kind="area download").exists()


@pytest.mark.usefixtures("told")
def test_the_workbook_says_what_the_page_says_and_carries_its_hash() -> None:
    answer = signed_in("business_manager").get(reverse("area_xlsx", args=["971"]))
    rows = [list(row) for row in openpyxl.load_workbook(io.BytesIO(answer.content)).active.values]
    assert rows[0][0] == area_files.MARKING
    with transaction.atomic(), as_engine():
        assert rows[-1][:2] == [area_files.HASHED, Change.objects.get(action="area.download").subject_id]
    found = page("971")
    titles = {row[0] for row in rows}
    assert {each.title for each in found.tables} <= titles


@pytest.mark.parametrize("cell", ["=1+1", "+44", "-2", "@sum", "\t=1"])
def test_nothing_in_a_file_is_a_formula(cell: str) -> None:
    shown = Table("t", cell, cell, cell, (), (Row(cell, ()),), cell)
    lines = area_files.lines(_empty(cell), [shown])
    assert not [value for line in lines for value in line if str(value).startswith(("=", "+", "-", "@", "\t"))]


def _empty(name: str) -> AreaPage:
    none = Table("t", "", "", "", (), (), "")
    return AreaPage(name, "", datetime(2026, 4, 21, 9, tzinfo=NOW.tzinfo), (), (), None, (), none, "", False)


@pytest.mark.usefixtures("told")
def test_there_is_no_file_of_a_table_that_is_not_there() -> None:
    assert signed_in("business_manager").get(reverse("areas_csv", args=["names"])).status_code == 404


# --- drawings and the map ---------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("told")
def test_without_a_postcode_directory_the_page_says_which_file_is_missing() -> None:
    said = signed_in("business_manager").get(reverse("areas")).content.decode()
    assert "throughline reference load" in said
    assert '<svg class="tl-map"' not in said


def test_the_map_draws_areas_and_flows_and_no_address() -> None:
    tell("la:971", ("placement_started",))
    around = {f"ZH{i}2BB": ("E06999971", 540_000 + 700 * i, 600_000 + 400 * (i % 7)) for i in range(30)}
    away = {f"ZW{i}2BB": ("E06999972", 575_000 + 700 * i, 600_000 + 400 * (i % 7)) for i in range(30)}
    postcodes(PLACES | around | away)
    hold(children(1, THERE), "out_of_school")
    placed(7, "ZW1 1AA")
    placed(2, "B1 1AA")
    with viewing(person("business_manager")) as viewer:
        found, drawn = area.area_page(viewer)
    assert drawn is not None
    assert {shape.name for shape in drawn.shapes} == {"Port Halden", "Wendmoor"}
    assert {arrow.said for arrow in drawn.arrows} == {
        "From Port Halden to Wendmoor: held back",
        "From Port Halden to Elsewhere: fewer than 5",
    }
    assert texts(found.flows.rows)["From Port Halden"] == ("–", "held back", "fewer than 5", "9")
    said = signed_in("business_manager").get(reverse("areas")).content.decode()
    assert "ZW1" not in said
    assert "ZH1" not in said


@pytest.mark.usefixtures("told")
def test_a_chart_is_drawn_from_the_numbers_of_its_table() -> None:
    said = signed_in("business_manager").get(reverse("area", args=["971"])).content.decode()
    months = table(page("971"), "missing-months")
    assert [cell.n for row in months.rows for cell in row.cells[:1]][-1] == 6
    assert 'data-chart="columns" data-table="missing-months-table"' in said
    assert 'data-n="6">6</td>' in said
