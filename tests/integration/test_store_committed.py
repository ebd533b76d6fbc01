"""What only shows between committed transactions: settings that end, loads that are killed, progress seen."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import psycopg
import pytest
from django.db import connection, connections, transaction

from cast import columns, deliver, row, write_csv
from house import ROOT, site_environment
from stores import NOW, hand_in, load, person, relate, the_child
from throughline import sharing
from throughline.web.accounts.viewing import enter, viewing
from throughline.web.casework import actions, loading
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event, Instance
from throughline.web.casework.recomputing import recompute
from throughline.web.intake.models import Delivery, Progress, Statement

TODAY = date(2026, 4, 20)

_LOAD = """
import django, time
django.setup()
from throughline.web.casework import loading
def slowly(self, day, _sort=loading.storing.Stage.sort):
    _sort(self, day)
    print("sorted", flush=True)
    time.sleep(60)
loading.storing.Stage.sort = slowly
loading.load({number})
"""


def test_what_was_entered_ends_with_the_transaction(own_database) -> None:
    worker = person("social_worker")
    with viewing(worker), connection.cursor() as cursor:
        cursor.execute("select current_setting('app.user')")
        assert cursor.fetchone() == (str(worker.pk),)
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(current_setting('app.user', true), ''), current_user")
        assert cursor.fetchone() == ("", "throughline_web")


def test_the_walls_are_not_entered_outside_a_transaction(own_database) -> None:
    with pytest.raises(RuntimeError, match="inside a transaction"):
        enter(person("social_worker"))
    with pytest.raises(RuntimeError, match="for one transaction"), as_engine():
        pass


def test_a_load_killed_half_way_leaves_nothing_and_is_run_again(own_database, tmp_path, settings) -> None:
    delivery = hand_in(deliver(tmp_path)[-1], received=TODAY)
    environment = os.environ | site_environment(own_database) | {"THROUGHLINE_DATA": str(settings.DATA_FOLDER)}
    worker = subprocess.Popen(
        [sys.executable, "-c", _LOAD.format(number=delivery.pk)],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert worker.stdout is not None
    assert worker.stdout.readline().strip() == "sorted"
    progress = Progress.objects.get(delivery=delivery)
    assert progress.stage == "storing", "how far it has come is seen while the load's transaction is open"
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    worker.stdout.close()
    with transaction.atomic(), as_engine():
        assert not Statement.objects.exists()
    delivery.refresh_from_db()
    assert delivery.status == Delivery.Status.WAITING
    assert _loaded_within(delivery.pk, 30).status == Delivery.Status.LOADED


def _loaded_within(number: int, seconds: int) -> Delivery:
    """The server notices a client that died when it next speaks to it; until then its lock is held."""
    connections["default"].ensure_connection()
    until = time.monotonic() + seconds
    while True:
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from pg_locks where locktype = 'advisory' and granted")
            if cursor.fetchone() == (0,):
                return loading.load(number)
        assert time.monotonic() < until, "the dead load's lock is still held"
        time.sleep(0.1)


def test_an_entry_does_not_wait_for_ever_for_a_delivery_about_the_same_child(
    own_database, tmp_path, settings, monkeypatch
) -> None:
    settings.THROUGHLINE_NOW = NOW
    monkeypatch.setattr(actions, "PATIENCE", "100ms")
    load(_police(tmp_path), received=TODAY, sender="police:castlereach")
    worker, rowan = person("social_worker"), the_child("rowan")
    relate(worker, rowan, sharing.ALLOCATED)
    said = {"happened_on": "2026-04-19", "said_by": "la:971", "marks": []}
    with psycopg.connect(own_database.owner) as loading_now:
        loading_now.execute("select from linkage_child where id = %s for update", [rowan.pk])
        with viewing(worker) as viewer, pytest.raises(actions.Refused, match="What you typed is kept"):
            actions.record(kind="visit", child=rowan.public_id, fields=said, by=viewer, purpose="p")
    with viewing(worker) as viewer:
        assert actions.record(kind="visit", child=rowan.public_id, fields=said, by=viewer, purpose="p").event_key


def _police(folder: Path) -> Path:
    """A folder in which the police tell of one episode."""
    episode = row(
        "missing_police", "rowan", agency="police:castlereach", source_record_id="MP-1", episode_ref="MP-1",
        missing_since="2026-03-01T20:00", safe_return_at="2026-03-02T06:40",
    )  # fmt: skip
    return write_csv(folder / "police" / "missing.csv", columns("missing_police"), [episode]).parent


def test_two_people_writing_about_one_child_wait_for_each_other(own_database, tmp_path) -> None:
    """Both entries are on the line, and each duty stands once."""
    load(_police(tmp_path), received=TODAY, sender="police:castlereach")
    with transaction.atomic(), as_engine():
        child = Event.objects.first().child_id
    writing = [
        subprocess.Popen(
            [
                sys.executable,
                "-c",
                "import django; django.setup()\n"
                "from django.db import transaction\n"
                "from throughline.web.casework.recomputing import recompute\n"
                f"for _ in range(10):\n  with transaction.atomic(): recompute([{child}])\n",
            ],
            cwd=ROOT,
            env=os.environ | site_environment(own_database),
        )
        for _ in range(2)
    ]
    assert [process.wait() for process in writing] == [0, 0]
    with transaction.atomic():
        recompute([child])
    with transaction.atomic(), as_engine():
        assert sorted(Event.objects.values_list("kind", flat=True)) == ["missing_end", "missing_start"]
        assert Instance.objects.filter(duty_id="rhi-72h").count() == 1


def test_what_was_written_while_one_waited_for_a_child_is_worked_out_anew_too(own_database, tmp_path) -> None:
    load(_police(tmp_path), received=TODAY, sender="police:castlereach")
    child = the_child("rowan").pk
    with psycopg.connect(own_database.owner) as other, psycopg.connect(own_database.owner, autocommit=True) as watching:
        other.execute("select from linkage_child where id = %s for update", [child])
        waits = subprocess.Popen(
            [
                sys.executable,
                "-c",
                "import django; django.setup()\n"
                "from django.db import transaction\n"
                "from throughline.web.casework.recomputing import recompute\n"
                f"with transaction.atomic(): recompute([{child}])\n",
            ],
            cwd=ROOT,
            env=os.environ | site_environment(own_database),
        )
        until = time.monotonic() + 30
        while watching.execute("select count(*) from pg_locks where not granted").fetchone() == (0,):
            assert time.monotonic() < until, "it never came to wait for the child"
            time.sleep(0.05)
        other.execute(
            "insert into intake_fault (child_id, derived, file_name, sheet, row_no, column_name, value, rule, severity,"
            " message, fix_by, person)"
            " values (%s, true, 'x.csv', '', 1, '', '', 'of-old-facts', 'warning', '', '', '')",
            [child],
        )
        other.commit()
        assert waits.wait(30) == 0
        (left,) = watching.execute("select count(*) from intake_fault where rule = 'of-old-facts'").fetchone()
    assert left == 0
