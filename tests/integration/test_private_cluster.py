"""The private PostgreSQL: closed, lasting, and out of everybody's way (docs/adr/0001-private-cluster.md)."""

from __future__ import annotations

import os
import signal
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from throughline.web import cluster
from throughline.web.roles import Urls


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="throughline-", dir="/tmp") as made:
        Path(made).chmod(0o711)
        yield Path(made)


@pytest.fixture
def base(folder: Path) -> Iterator[Path]:
    """Where a test may start a cluster of its own."""
    base = folder / "var" / "pg"
    yield base
    cluster.remove(base)


@pytest.fixture(scope="module")
def shared() -> Iterator[Path]:
    """One cluster, for the tests that only look at it."""
    with tempfile.TemporaryDirectory(prefix="throughline-", dir="/tmp") as made:
        Path(made).chmod(0o711)
        base = Path(made) / "var" / "pg"
        yield base
        cluster.remove(base)


def start(base: Path, throw_away: bool = True) -> Urls:
    return cluster.ensure_cluster(base, outside=base.parent.parent / "outside", throw_away=throw_away)


def server_process(base: Path) -> int:
    return int((base / "data" / "postmaster.pid").read_text().splitlines()[0])


def test_what_was_written_is_there_after_a_stop_and_a_start(base: Path) -> None:
    with psycopg.connect(start(base).owner) as owner:
        owner.execute("create table line (child text)")
        owner.execute("insert into line values ('Rowan')")
    cluster.stop(base)
    with psycopg.connect(start(base).owner) as owner:
        assert owner.execute("select child from line").fetchall() == [("Rowan",)]


def test_a_server_that_was_killed_outright_starts_again_with_what_was_committed(base: Path) -> None:
    with psycopg.connect(start(base, throw_away=False).owner, autocommit=True) as owner:
        owner.execute("create table line as select 'Rowan' as child")
        killed = server_process(base)
        os.kill(killed, signal.SIGKILL)
    for _ in range(100):  # until the system has cleared it away
        if not Path(f"/proc/{killed}").exists():
            break
        time.sleep(0.1)
    with psycopg.connect(start(base).owner) as owner:
        assert owner.execute("select child from line").fetchall() == [("Rowan",)]


def test_starting_twice_is_starting_once(shared: Path) -> None:
    first, process = start(shared), server_process(shared)
    assert (start(shared), server_process(shared)) == (first, process)


def test_it_listens_on_no_network_address(shared: Path) -> None:
    with psycopg.connect(start(shared).web) as web:
        assert web.execute("show listen_addresses").fetchone() == ("",)
    held = {os.readlink(each) for each in Path(f"/proc/{server_process(shared)}/fd").iterdir()}
    on_the_network = {
        f"socket:[{line.split()[9]}]"
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
    }
    assert not held & on_the_network


def test_nobody_comes_in_without_the_password(shared: Path) -> None:
    url = start(shared).web
    host = psycopg.conninfo.conninfo_to_dict(url)["host"]
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host=host, user="throughline_web", dbname="throughline", password="guessed")


def test_passwords_and_socket_are_closed_to_other_users(shared: Path) -> None:
    start(shared)
    assert stat.S_IMODE((shared / "passwords").stat().st_mode) == 0o600
    assert stat.S_IMODE((shared / "run").stat().st_mode) == 0o700
    assert stat.S_IMODE((shared / "data").stat().st_mode) == 0o700
    assert not list(shared.glob("*.new")), "the password given to initdb is deleted"


def test_the_site_owns_nothing_and_reads_as_the_engine_only_after_saying_so(shared: Path) -> None:
    urls = start(shared)
    with psycopg.connect(urls.owner) as owner:
        owner.execute("create table fact (said text)")
        owner.execute("grant select on fact to throughline_engine")
    with psycopg.connect(urls.web, autocommit=True) as web:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            web.execute("create table mine (x int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            web.execute("select * from fact")
        with web.transaction():
            web.execute("set local role throughline_engine")
            assert web.execute("select * from fact").fetchall() == []
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            web.execute("set role throughline_owner")


def test_a_name_in_a_failing_statement_does_not_reach_the_log(shared: Path) -> None:
    with psycopg.connect(start(shared).owner, autocommit=True) as owner:
        owner.execute("create table child (name text primary key)")
        owner.execute("insert into child values ('Rowan Vale')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            owner.execute("insert into child values ('Rowan Vale')")
    log = (shared / "data" / "server.log").read_text()
    assert "duplicate key" in log
    assert "Rowan" not in log


def test_a_long_path_gets_its_socket_elsewhere(folder: Path) -> None:
    base = folder / ("long" * 25) / "pg"
    try:
        with psycopg.connect(cluster.ensure_cluster(base, outside=base.parent, throw_away=True).web) as web:
            assert web.execute("select current_user").fetchone() == ("throughline_web",)
    finally:
        cluster.remove(base)


def test_a_cluster_whose_making_was_broken_off_is_made_anew(base: Path) -> None:
    start(base)
    cluster.stop(base)
    (base / "data").rename((base / "data.new").resolve())
    with psycopg.connect(start(base).web) as web:
        assert web.execute("select 1").fetchone() == (1,)


def test_data_of_a_version_that_is_not_installed_is_left_alone(base: Path) -> None:
    start(base)
    cluster.stop(base)
    version = base / "data" / "PG_VERSION"
    written_by = version.read_text()
    version.write_text("9\n")
    with pytest.raises(cluster.ClusterError, match="PostgreSQL 9, which is not installed"):
        start(base)
    version.write_text(written_by)


def test_without_postgresql_it_says_what_to_install(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PROGRAMS", base.parent / "nothing")
    with pytest.raises(cluster.ClusterError, match="apt-get install postgresql"):
        start(base)
    monkeypatch.undo()  # what comes after needs it
