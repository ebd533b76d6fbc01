"""Who looked is sealed in batches; verifying finds a row changed, missing, slipped in, and states the unsealed tail."""

from __future__ import annotations

import threading
from collections.abc import Callable

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.utils import DatabaseError

from stores import NOW, person
from throughline.web.accounts.viewing import viewing
from throughline.web.audit import sealing
from throughline.web.audit.actions import changed, looked
from throughline.web.audit.models import Look, Seal
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.sealing_up import seal_up, verified

TABLES = ("audit_look", "audit_change", "audit_seal")


@pytest.fixture
def tamper(own_database) -> Callable[[str], None]:
    """What only somebody with the owner's keys could do: past the triggers."""

    def run(statement: str) -> None:
        with psycopg.connect(own_database.owner) as owner:
            for table in TABLES:
                owner.execute(f"alter table {table} disable trigger user")
            owner.execute(statement)
            for table in TABLES:
                owner.execute(f"alter table {table} enable trigger user")

    return run


@pytest.fixture
def five_looks(own_database, settings) -> list[int]:
    """Five looks and a change, sealed in two batches."""
    settings.THROUGHLINE_NOW = NOW
    worker = person("social_worker")
    for number in range(5):
        with viewing(worker):
            looked(user_id=worker.pk, role="social_worker", purpose="direct work", path_kind="page", children=[number])
        if number == 2:
            changed(user_id=None, purpose="a job", action="intake.tidy", subject_kind="rows", subject_id="1")
            seal_up()
    seal_up()
    with transaction.atomic(), as_engine():
        return list(Look.objects.order_by("id").values_list("id", flat=True))


def test_everything_sealed_is_as_it_was_sealed(five_looks) -> None:
    found = verified()
    assert (found.seals, found.rows, found.broken, found.unsealed) == (2, 6, [], 0)
    with transaction.atomic(), as_engine():
        assert found.head == Seal.objects.get(number=2).hash


def test_a_second_round_seals_nothing_twice(five_looks) -> None:
    assert seal_up() == 0
    assert verified().seals == 2


@pytest.mark.parametrize(
    ("done", "which", "what"),
    [
        ("update audit_look set purpose = 'nothing' where id = {1}", 1, "changed"),
        ("update audit_look set child_ids = '{{}}' where id = {1}", 1, "changed"),
        ("delete from audit_look where id = {2}", 2, "missing"),
        ("delete from audit_look where id = {4}", 4, "missing"),
    ],
)
def test_a_row_changed_or_taken_out_is_found(five_looks, tamper, done: str, which: int, what: str) -> None:
    tamper(done.format(*five_looks))
    [broken] = verified().broken
    assert (broken.table, broken.row, broken.what) == ("looks", five_looks[which], what)


def test_two_rows_that_change_places_are_both_found(five_looks, tamper) -> None:
    a, b = five_looks[:2]
    tamper(f"update audit_look set id = -1 where id = {a}")
    tamper(f"update audit_look set id = {a} where id = {b}")
    tamper(f"update audit_look set id = {b} where id = -1")
    assert [(x.row, x.what) for x in verified().broken] == [(a, "changed"), (b, "changed")]


def test_a_row_slipped_in_among_sealed_ones_is_found(five_looks, tamper) -> None:
    tamper(f"delete from audit_look where id = {five_looks[3]}")
    worker = person("social_worker", "Kim Vale")
    tamper(
        "insert into audit_look (id, at, user_id, role, purpose, path_kind, child_ids, refused, asked_hash)"
        f" values ({five_looks[0] - 1}, now(), {worker.pk}, 'iro', 'x', 'page', '{{}}', false, '')"
    )
    assert {(x.row, x.what) for x in verified().broken} == {
        (five_looks[0] - 1, "slipped in"),
        (five_looks[3], "missing"),
    }


def test_a_seal_made_to_fit_no_longer_fits_the_next(five_looks, tamper) -> None:
    tamper(f"update audit_look set purpose = 'nothing' where id = {five_looks[0]}")
    with transaction.atomic(), as_engine():
        first = Seal.objects.get(number=1)
        rows = list(Look.objects.filter(id__in=first.look_ids).order_by("id").values_list(*sealing._LOOK))
    first.digests = b"".join(map(sealing.digest, rows)) + bytes(first.digests)[len(rows) * sealing.DIGEST :]
    forged = sealing.hash_of(first)
    tamper(f"update audit_seal set digests = '\\x{bytes(first.digests).hex()}', hash = '{forged}' where number = 1")
    [broken] = verified().broken
    assert (broken.seal, broken.table, broken.what) == (2, "seals", "it does not follow on the seal before it")


def test_a_seal_that_is_gone_is_missed(five_looks, tamper) -> None:
    tamper("delete from audit_seal where number = 1")
    found = {(x.table, x.what) for x in verified().broken}
    assert ("seals", "the seal is missing") in found
    assert ("looks", "slipped in") in found, "rows that no seal speaks for"


def test_what_is_not_sealed_yet_is_stated(five_looks, capsys) -> None:
    worker = person("iro")
    with viewing(worker):
        looked(user_id=worker.pk, role="iro", purpose="review", path_kind="page")
    call_command("audit_verify")
    said = capsys.readouterr().out
    assert "6 rows in 2 seals" in said
    assert "1 rows not sealed yet, the oldest of 2026" in said


def test_the_command_says_where_and_ends_with_one(five_looks, tamper, capsys) -> None:
    tamper(f"delete from audit_look where id = {five_looks[2]}")
    with pytest.raises(SystemExit) as ended:
        call_command("audit_verify")
    assert ended.value.code == 1
    assert f"seal 1: looks row {five_looks[2]}: missing" in capsys.readouterr().out


def test_nothing_is_sealed_past_somebody_who_is_still_adding(five_looks) -> None:
    worker = person("iro")
    begun, done = threading.Event(), threading.Event()

    def slow() -> None:
        with viewing(worker):
            looked(user_id=worker.pk, role="iro", purpose="review", path_kind="page")
            begun.set()
            done.wait(5)
        connection.close()

    other = threading.Thread(target=slow)
    other.start()
    begun.wait(5)
    assert seal_up() == 0
    done.set()
    other.join()
    assert seal_up() == 1


@pytest.mark.parametrize("role", ["throughline_web", "throughline_engine"])
@pytest.mark.parametrize("statement", ["delete from {0}", "update {0} set id = 0", "truncate {0}"])
@pytest.mark.parametrize("table", TABLES)
def test_nobody_changes_or_empties_it(five_looks, table: str, statement: str, role: str) -> None:
    before = verified()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"set local role {role}")
            cursor.execute(statement.format(table))
            assert cursor.rowcount == 0, "hidden by the wall, where the grant or the trigger does not refuse"
    except DatabaseError:
        pass
    assert verified() == before
