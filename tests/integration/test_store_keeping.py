"""Lawful destruction: two keepers, a tombstone, and nothing left of what the child's record said, anywhere."""

from __future__ import annotations

import inspect
import json
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings as site
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.utils import DatabaseError
from procrastinate.contrib.django import app

from house import server
from kept import PURPOSE, ROWAN, SAID, as_site, keepers, propose, rowans_record, sign
from stores import NOW, TODAY, event_row, events_of, load_dated, load_rows, person, the_child
from throughline.web import cluster, destroying, walls
from throughline.web.accounts.viewing import viewing
from throughline.web.casework import actions, keeping, keeping_destroying, keeping_due, selectors
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Destruction, DestructionStep, Event, Tombstone
from throughline.web.casework.sealing_up import seal_up, verified
from throughline.web.intake.models import Statement, StoredFile
from throughline.web.linkage.models import Child


@pytest.fixture
def held(own_database, settings, tmp_path) -> Child:
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"
    return rowans_record(tmp_path / "sent")


def whole_database(name: str) -> str:
    """Every row of every table, as its administrator reads it; sessions as they decode."""
    with psycopg.connect(cluster.admin_url(server().base, name)) as admin:
        tables = admin.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
        rows = [admin.execute(f"select t::text from {table} t").fetchall() for (table,) in tables]
    sessions = [json.dumps(session.get_decoded()) for session in Session.objects.all()]
    return "\n".join([*(text for found in rows for (text,) in found), *sessions])


def all_files() -> bytes:
    return b"\n".join(path.read_bytes() for path in site.DATA_FOLDER.rglob("*") if path.is_file())


def words_of_rowan() -> set[str]:
    return {SAID, ROWAN.surname, ROWAN.upn, ROWAN.nhs_number, ROWAN.postcode, ROWAN.dob.strftime("%d/%m/%Y")}


# --- what is left ---------------------------------------------------------------------------------


def test_nothing_the_record_said_is_left_in_the_database_or_the_data_folder(own_database, held) -> None:
    name = urlsplit(own_database.web).path.strip("/")
    before = whole_database(name)
    found_before = {word for word in words_of_rowan() if word in before}
    assert found_before >= words_of_rowan() - {ROWAN.dob.strftime("%d/%m/%Y")}, "else this test tells nothing"
    assert SAID.encode() in all_files()
    sign(propose())
    after, files = whole_database(name), all_files()
    assert {word for word in words_of_rowan() if word in after} == set()
    assert {word for word in words_of_rowan() if word.encode() in files} == set()
    assert str(held.public_id) not in after
    assert ROWAN.la_id not in set(after.replace("|", ",").split(","))


def test_a_tombstone_stands_for_the_record_each_row_and_each_file(held) -> None:
    with transaction.atomic(), as_engine():
        rows = set(Statement.objects.filter(child_id=held.pk).values_list("pk", flat=True))
    number = propose()
    sign(number)
    with transaction.atomic(), as_engine():
        stones = Tombstone.objects.filter(destruction_id=number)
        assert list(stones.filter(what="child").values_list("number", "kind")) == [(held.pk, "care")]
        assert set(stones.filter(what="statement").values_list("number", flat=True)) == rows
        assert stones.filter(what="file").count() >= 4
        assert set(stones.values_list("on", flat=True)) == {TODAY}
        assert "article 17(1)(d)" in stones.first().basis
        assert StoredFile.objects.filter(removed_on=TODAY).exists()
        done = Destruction.objects.get(pk=number)
        assert done.reference == "", "the letter may have named somebody"
        _, second = keepers()
        assert dict(done.steps.values_list("what", "by_id")) == {"signed": second.pk, "done": second.pk}


def test_the_others_keep_their_lines_and_the_sealed_record_of_looks_is_whole(held) -> None:
    before = {name: events_of(name) for name in ("fern", "teal", "bryony")}
    worker = person("social_worker")
    with viewing(worker) as me:
        selectors.child_for(me, held.public_id)
    seal_up()
    sign(propose())
    assert {name: events_of(name) for name in before} == before
    seal_up()
    found = verified()
    assert (found.broken, found.unsealed) == ([], 0)
    with connection.cursor() as cursor, transaction.atomic(), as_engine():
        cursor.execute("select count(*) from audit_change where %s = any(child_ids)", [held.pk])
        assert cursor.fetchone()[0] >= 5, "who did what stays, by number"


def test_what_came_in_a_file_that_is_gone_stays_with_the_others(held) -> None:
    sign(propose())
    with transaction.atomic(), as_engine():
        assert Event.objects.filter(child=the_child("fern"), kind="safety_plan").exists()


def test_what_an_agency_sends_again_opens_a_line_of_its_own_and_brings_nothing_back(held, tmp_path) -> None:
    sign(propose())
    rows = [event_row(child, "referral", "2026-04-20", f"R-{child}") for child in ("rowan", "fern")]
    load_rows(tmp_path / "again", "events", rows, received=TODAY, sender="la:971", name="again")
    again = the_child("rowan")
    assert again.pk != held.pk
    assert again.public_id != held.public_id
    assert events_of("rowan") == ["2026-04-20"]


def test_whoever_had_been_joined_with_the_child_goes_with_them_and_nobody_else(held, tmp_path) -> None:
    fern = the_child("fern")
    with transaction.atomic(), as_engine():
        same = Child.objects.create(forename="Rowan", surname=ROWAN.surname, joined_into=held, level="SL1")
        other = Child.objects.create(forename="Fern", surname="Alder", joined_into=fern, level="SL1")
    sign(propose())
    with transaction.atomic(), as_engine():
        assert not Child.objects.filter(pk__in=[held.pk, same.pk]).exists()
        assert Child.objects.filter(pk__in=[fern.pk, other.pk]).count() == 2


def test_a_record_moved_to_another_child_stays_with_that_child(held, tmp_path) -> None:
    fern, desk = the_child("fern"), person("data_desk", agency="partnership")
    with transaction.atomic(), as_engine():
        asked = Statement.objects.get(child_id=held.pk, questions__isnull=False)
        question = asked.questions.get()
    with viewing(desk) as me:
        actions.judge(
            question_id=question.pk, verdict="another", to=fern.public_id, why="It is hers", by=me, purpose=PURPOSE
        )
    sign(propose())
    with transaction.atomic(), as_engine():
        assert Event.objects.filter(child=fern, kind="direct_voice").exists()
        question.refresh_from_db()
        assert (question.child_id, question.why) == (fern.pk, "")


# --- who may not ----------------------------------------------------------------------------------


def test_nobody_but_two_keepers_destroys_anything(held) -> None:
    first, second = keepers()
    with viewing(person("information_governance_lead", agency="partnership")) as me:
        for refused in (
            lambda: keeping_due.due(me),
            lambda: keeping.propose_due(children=[held.public_id], by=me, purpose=PURPOSE),
            lambda: keeping.hold(ground="inquiry", asked_by="X", until=None, records=(), by=me, purpose=PURPOSE),
        ):
            with pytest.raises(PermissionDenied):
                refused()
    number = propose()
    with viewing(first) as me, pytest.raises(PermissionDenied, match="Somebody else"):
        keeping.sign(number=number, by=me, purpose=PURPOSE)
    with viewing(first), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        DestructionStep.objects.create(destruction_id=number, what="signed", by_id=first.pk, at=NOW)
    with viewing(second), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        DestructionStep.objects.create(destruction_id=number, what="done", by_id=second.pk, at=NOW)
    for who in (first, second):
        with viewing(who), pytest.raises(DatabaseError, match="two keepers sign"):
            as_site(f"select app_destroy({number}, now())")
    assert events_of("rowan")


@pytest.mark.parametrize(
    "statement",
    [
        "delete from intake_statement",
        "update intake_statement set cells = '{}'",
        "delete from linkage_child",
        "delete from casework_event",
        "delete from casework_tombstone",
        "update casework_destruction set law = ''",
        "insert into casework_tombstone (what, number, kind, went_on, basis) values ('child', 1, '', now(), '')",
        "select app_files_of('{1}', '{}', '{}')",
    ],
)
def test_the_site_itself_may_not(held, statement: str) -> None:
    first, _ = keepers()
    with viewing(first), pytest.raises(DatabaseError, match="permission denied"):
        as_site(statement)


def test_a_keeper_reads_who_it_is_once_it_is_proposed_and_nothing_of_the_line(held) -> None:
    _, second = keepers()
    with viewing(second):
        assert not Child.objects.exists()
    propose()
    with viewing(second):
        assert list(Child.objects.values_list("pk", flat=True)) == [held.pk]
        assert not Event.objects.exists()
        assert not Statement.objects.exists()


def test_bytes_that_come_again_go_again(held) -> None:
    sign(propose())
    folder = site.DATA_FOLDER.parent / "sent"
    again = load_dated(next(path for path in folder.iterdir() if path.name == "2026-04-20_la.971"))
    assert again.status == "repeated"
    assert ROWAN.upn.encode() in all_files()
    keeping_destroying.sweep(NOW)
    assert ROWAN.upn.encode() not in all_files()


# --- every table is thought of --------------------------------------------------------------------

NO_CHILDS = {
    "accounts_agencyterms": "agencies",
    "audit_change": "ids and hashes; sealed",
    "audit_look": "ids and hashes; sealed",
    "audit_seal": "digests",
    "intake_postcodestage": "places",
    "intake_told": "empty but within one load",
    "linkage_subject": "places, plans and other subjects that are no child",
    "casework_subjectevent": "what was told of those; worked out again",
    "casework_subjectinstance": "duties about those; worked out again",
    "casework_subjectmention": "kind and day; worked out again",
}
"""Walled tables that nothing is deleted from, and what they hold."""


@pytest.mark.django_db
def test_every_walled_table_is_emptied_of_the_child_or_somebody_said_why_not() -> None:
    with connection.cursor() as cursor:
        emptied = set(destroying.deletions(cursor))
    assert {*walls.WALLED, *walls.ENGINE_ONLY} - emptied == {*NO_CHILDS, *destroying.STAY}


@pytest.mark.django_db
def test_no_table_lists_children_but_those_that_keep_numbers() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select table_name from information_schema.columns"
            " where table_schema = 'public' and column_name = 'child_ids'"
        )
        assert {name for (name,) in cursor.fetchall()} == {"audit_look", "audit_change", "casework_destruction"}


def test_background_work_is_given_numbers_only() -> None:
    ours = {name: task for name, task in app.tasks.items() if task.func.__module__.startswith("throughline.")}
    assert ours
    for name, task in ours.items():
        given = {p.annotation for p in inspect.signature(task.func).parameters.values()}
        assert given <= {"int", "JobContext"}, name
