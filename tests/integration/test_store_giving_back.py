"""A council takes out what it sent, through the walls of whoever takes it, and the taking is kept."""

from __future__ import annotations

import csv
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import transaction

import datasets
from stores import NOW, load, person
from throughline.web.audit.models import Look
from throughline.web.casework import giving_back
from throughline.web.casework.engine_role import as_engine
from throughline.web.intake.models import Statement

pytestmark = pytest.mark.django_db

MISSING = {"table_id": "m1", "person_id": "1", "missing_episode_start_date": "2026-01-02"}


@pytest.fixture(autouse=True)
def extracts(settings, tmp_path):
    """Two extracts of la:971, the second with an end the first did not have; one of la:972."""
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"
    first, second, other = (tmp_path / name for name in ("first", "second", "other"))
    datasets.write(first, "professionals", [{"professional_id": "W1", "professional_name": "Sam Hart"}])
    datasets.write(first, "person", [datasets.child("1"), datasets.child("2", forename="Bo")])
    datasets.write(first, "missing", [MISSING])
    check = {"health_check_id": "h", "person_id": "1", "health_check_type": "DENTAL", "health_check_date": "2026-01-05"}
    datasets.write(first, "cla_health", [check])
    datasets.write(second, "person", [datasets.child("1")])
    datasets.write(second, "missing", [MISSING | {"missing_episode_end_date": "2026-01-03"}])
    datasets.write(other, "person", [datasets.child("9", forename="Cy")])
    load(first, received=date(2026, 2, 1), sender="la:971")
    load(second, received=date(2026, 3, 1), sender="la:971")
    load(other, received=date(2026, 3, 1), sender="la:972")


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def take(tmp_path, by, shape="ssd"):
    out = tmp_path / "out"
    return out, *giving_back.give_back(by=by, purpose="Leaving", shape=shape, out=out)


def looks():
    with transaction.atomic(), as_engine():
        return list(Look.objects.filter(path_kind="give_back").values_list("user_id", "purpose", "refused"))


@pytest.mark.parametrize("role", ["analyst", "data_desk"])
def test_what_stands_of_one_s_own_authority_goes_out_and_the_taking_is_kept(tmp_path, role):
    analyst = person(role)
    out, given, _ = take(tmp_path, analyst)
    assert {one.name: one.rows for one in given} == {
        "la_971/missing.csv": 1,
        "la_971/person.csv": 2,
        "la_971/professionals.csv": 1,
    }
    (episode,) = rows(out / "la_971" / "missing.csv")
    assert episode["miss_missing_episode_end_date"] == "2026-01-03"  # as the later extract corrected it
    assert {row["pers_forename"] for row in rows(out / "la_971" / "person.csv")} == {"Ada", "Bo"}
    assert all(one.sha256 in (out / "ABOUT.txt").read_text() for one in given)
    assert "OFFICIAL-SENSITIVE" in (out / "ABOUT.txt").read_text()
    assert looks() == [(analyst.pk, "Leaving", False)]


def test_what_is_above_the_role_stays_behind_and_is_counted(tmp_path):
    out, _, withheld = take(tmp_path, person("analyst"))
    assert withheld == 1
    assert not (out / "la_971" / "cla_health.csv").exists()


def test_read_again_it_says_what_it_said(tmp_path):
    out, _, _ = take(tmp_path, person("analyst"))
    told = datasets.read(out / "la_971")
    with transaction.atomic(), as_engine():
        kept = Statement.objects.filter(live=True, feed="ssd", said_by="la:971").exclude(table="cla_health")
        before = {(s.table, s.record_id): tuple(s.cells) for s in kept}
    assert {(s.table, s.record_id): s.values for s in told.statements} == before


@pytest.mark.parametrize("role", ["social_worker", "iro", "missing_hub"])
def test_who_brings_nothing_in_takes_nothing_out_and_the_try_is_kept(tmp_path, role):
    nobody = person(role)
    with pytest.raises(PermissionDenied):
        take(tmp_path, nobody)
    assert not (tmp_path / "out").exists()
    assert looks() == [(nobody.pk, "Leaving", True)]


def test_another_authority_s_analyst_takes_its_own_only(tmp_path):
    out, given, withheld = take(tmp_path, person("analyst", "Next door", agency="la:972"))
    assert ([one.name for one in given], withheld) == (["la_972/person.csv"], 0)
    assert [row["pers_forename"] for row in rows(out / "la_972" / "person.csv")] == ["Cy"]


def test_the_command_asks_who_and_what_for(tmp_path, capsys):
    analyst = person("analyst")
    place = {"shape": "ssd", "out": tmp_path / "out"}
    with pytest.raises(CommandError, match="--by"):
        call_command("give_back", **place)
    with pytest.raises(CommandError, match="--purpose"):
        call_command("give_back", by=analyst.sign_in, **place)
    with pytest.raises(CommandError, match="takes none out"):
        call_command("give_back", by=person("iro").sign_in, purpose="Looking", **place)
    call_command("give_back", by=analyst.sign_in, purpose="Leaving", shape="ssd", out=tmp_path / "taken")
    said = capsys.readouterr().out
    assert "4 rows in 3 files" in said
    assert "1 rows are not in them" in said
    with pytest.raises(CommandError, match="not empty"):
        call_command("give_back", by=analyst.sign_in, purpose="Leaving", shape="ssd", out=tmp_path / "taken")
