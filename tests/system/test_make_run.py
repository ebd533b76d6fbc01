"""`make run`, as somebody at a terminal has it: up together, down together, and nothing typed is lost."""

from __future__ import annotations

import contextlib
import http.client
import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from house import ROOT
from throughline.web import cluster, serve

PATIENCE = 240  # seconds; the machine may be busy


class Terminal:
    """The supervisor in a terminal of its own."""

    def __init__(self, data: Path, address: str, **environment: str) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("THROUGHLINE", "DATABASE"))}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "throughline.web.serve", "--address", address, "--children", "12"],
            cwd=ROOT,
            env=clean | {"THROUGHLINE_DATA": str(data)} | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self.said = ""
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put("")  # it has ended

    def wait_for(self, words: str) -> None:
        while words not in self.said:
            line = self._lines.get(timeout=PATIENCE)
            assert line, f"'{words}' was not said:\n{self.said}"
            self.said += line

    def close(self) -> None:
        """Whatever a test left running."""
        if self.process.poll() is None:
            self.end()
        self._listener.join()
        assert self.process.stdout
        self.process.stdout.close()

    def end(self, how: signal.Signals = signal.SIGINT) -> int:
        """End as a person does; the exit status."""
        self.process.send_signal(how)
        return self.process.wait(PATIENCE)


@pytest.fixture
def data() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="throughline-run-", dir="/tmp"))
    yield folder
    cluster.remove(folder / "pg")
    shutil.rmtree(folder)


@pytest.fixture
def run(data: Path, address: str) -> Iterator[Callable[..., Terminal]]:
    """Type `make run` (its last step): on `address`, with its data in `data`."""
    opened: list[Terminal] = []

    def type_it(at: str = address, **environment: str) -> Terminal:
        opened.append(Terminal(data, at, **environment))
        return opened[-1]

    yield type_it
    for terminal in opened:
        terminal.close()


@pytest.fixture
def address() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


def answers(address: str) -> bool:
    try:
        with contextlib.closing(http.client.HTTPConnection(address, timeout=20)) as asked:
            asked.request("GET", "/")
            return asked.getresponse().status < 500
    except OSError:
        return False


def test_it_starts_says_who_can_sign_in_and_stops_leaving_nothing_behind(
    run: Callable[..., Terminal], data: Path, address: str
) -> None:
    first = run()
    first.wait_for("Ctrl-C stops it all")
    assert f"ready at http://{address}" in first.said
    assert answers(address)
    again = run(at="127.0.0.1:0")
    again.wait_for("running already")
    with psycopg.connect(cluster.admin_url(data / "pg")) as admin:
        # Beside the site's own schema: there the walls would refuse a table nobody decided about.
        admin.execute("create schema aside")
        admin.execute("create table aside.typed as select 'kept' as word")
    assert first.end() == 0
    assert not answers(address)
    assert not (data / "pg" / "data" / "postmaster.pid").exists(), "the database was stopped too"

    second = run()
    second.wait_for("Ctrl-C stops it all")
    with psycopg.connect(cluster.admin_url(data / "pg")) as admin:
        assert admin.execute("select word from aside.typed").fetchall() == [("kept",)]
    assert second.end(signal.SIGTERM) == 0
    sign_ins = first.said.partition("ready at")[2].partition("\n")[2].partition("Ctrl-C")[0]
    assert sign_ins.strip()
    assert sign_ins in second.said


def test_a_taken_address_is_said_before_anything_is_started(
    run: Callable[..., Terminal], data: Path, address: str
) -> None:
    host, port = address.split(":")
    with socket.socket() as taken:
        taken.bind((host, int(port)))
        taken.listen()
        refused = run()
        assert refused.process.wait(PATIENCE) == 1
        refused.wait_for("make run ADDRESS=")
    assert not (data / "pg").exists()


def test_a_given_database_that_does_not_answer_is_said_plainly(run: Callable[..., Terminal]) -> None:
    refused = run(DATABASE_URL="postgresql://nobody@/nothing?host=/nowhere")
    assert refused.process.wait(PATIENCE) == 1
    refused.wait_for("/nowhere")
    assert "Traceback" not in refused.said


def test_a_given_database_is_prepared_by_someone_who_may(data: Path) -> None:
    """With one DATABASE_URL, of somebody who may create roles, the site becomes its own lesser role."""
    base = data / "given"
    cluster.ensure_cluster(base, throw_away=True)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DATABASE_URL", cluster.admin_url(base))
            patch.delenv("THROUGHLINE_OWNER_URL", raising=False)
            with serve.database(data) as urls, psycopg.connect(urls.web) as site:
                site.execute("set role throughline_web")
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    site.execute("create table mine (x int)")
    finally:
        cluster.remove(base)


def test_a_given_database_of_someone_who_may_not_asks_for_two_sign_ins(data: Path) -> None:
    base = data / "given"
    lesser = cluster.ensure_cluster(base, throw_away=True).web
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DATABASE_URL", lesser)
            patch.delenv("THROUGHLINE_OWNER_URL", raising=False)
            with pytest.raises(serve.CannotServe, match="set two"), serve.database(data):
                pass
    finally:
        cluster.remove(base)
