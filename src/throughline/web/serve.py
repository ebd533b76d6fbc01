"""What `make run` starts: the database, the site and its worker, together, and stopped together.

``python -m throughline.web.serve`` prepares the database (migrations, the invented partnership where there
is nothing yet), starts the two processes, waits until the site answers, says where it is and who can sign
in, and stops everything on Ctrl-C. Settings come from the environment (`environment.VARIABLES`); what is
not set is made up and kept in the data folder. What is missing before real children: SECURITY.md.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import psycopg

from throughline.web import cluster, environment, roles

SECRET_KEY = "THROUGHLINE_SECRET_KEY"
PATIENCE = 60  # seconds for the site to answer first
GRACE = 15  # seconds for a process to finish what it is doing

OURS = ("setpriv", "--pdeathsig", "TERM")  # the kernel ends it, should we be killed outright
MANAGE = (sys.executable, "-m", "throughline.web.manage")


class CannotServe(Exception):
    """Something is in the way; the message says what a person can do about it."""


class Stop(BaseException):
    """Somebody asked for the end: Ctrl-C, a closed terminal, or a service manager."""


@dataclass(frozen=True)
class Options:
    """What the command line may change."""

    address: str
    """Host and port to listen on, e.g. ``127.0.0.1:8000``."""
    children: int | None
    """How many children to invent for an empty database; None: as the demonstration's own page says."""
    begun: float
    """When the person started waiting (seconds since 1970): set-up came before us."""


def main(arguments: list[str] | None = None) -> int:
    """Serve until asked to stop. The exit status: 0 for that, 1 where something was in the way."""
    options = _options(arguments)
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, _stop)
    try:
        with contextlib.ExitStack() as running:
            _serve(options, running)
    except Stop:
        _say("Stopped. What was typed is kept; start again with: make run")
        return 0
    except (CannotServe, cluster.ClusterError, environment.NotSet, psycopg.OperationalError) as fault:
        print(f"\n{fault}", file=sys.stderr)
        return 1


def _serve(options: Options, running: contextlib.ExitStack) -> NoReturn:
    _refuse_taken(options.address)
    data = environment.data_folder()
    running.enter_context(_alone(data))
    with _step("Starting the database"):
        urls = running.enter_context(database(data))
    owner = _settings(data, urls)
    with _step("Bringing its tables up to date"):
        _manage(owner, "migrate", "--verbosity", "0")
        _manage(owner, "collectstatic", "--noinput", "--verbosity", "0")
    size = () if options.children is None else ("--children", str(options.children))
    _manage(owner, "demonstrate", *size, "--seed", "1", show=True)
    # From here on nobody holds the owner's way in.
    site = {name: value for name, value in owner.items() if name != "THROUGHLINE_OWNER_URL"}
    _say("Starting the site and its worker ...")
    processes = {
        "site": running.enter_context(_process(site, *_gunicorn(options.address))),
        "worker": running.enter_context(_process(site, *MANAGE, "procrastinate", "worker")),
    }
    _wait_for_answer(options.address, processes["site"])
    sign_ins = _manage(owner, "sign_ins")
    _say(f"\nThroughline is ready at http://{options.address}  ({time.time() - options.begun:.0f} s)\n")
    _say(f"{sign_ins}\nCtrl-C stops it all and keeps what was typed.")
    _watch(processes)


def _options(arguments: list[str] | None) -> Options:
    parser = argparse.ArgumentParser(prog="make run", description="Database, site and worker, together.")
    parser.add_argument("--address", default="127.0.0.1:8000")
    parser.add_argument("--children", type=int)
    parser.add_argument("--begun", type=float, default=time.time())
    return Options(**vars(parser.parse_args(arguments)))


def _gunicorn(address: str) -> tuple[str, ...]:
    threads = ("--worker-class", "gthread", "--workers", "2", "--threads", "4")
    quiet = ("--log-level", "warning", "--no-control-socket")
    return (sys.executable, "-m", "gunicorn", "throughline.web.wsgi", "--bind", address, *threads, *quiet)


@contextlib.contextmanager
def database(data: Path) -> Iterator[roles.Urls]:
    """The database that DATABASE_URL names, or else the private one in the data folder.

    With THROUGHLINE_OWNER_URL beside it, DATABASE_URL is the site's own sign-in. Alone, it is somebody
    who may create roles, and the site becomes ``throughline_web`` as each connection opens.
    """
    web, owner = os.environ.get("DATABASE_URL"), os.environ.get("THROUGHLINE_OWNER_URL")
    if not web:
        with cluster.running(data / "pg") as urls:
            yield urls
        return
    if not owner:
        try:
            roles.prepare(web)
        except psycopg.errors.InsufficientPrivilege as fault:
            raise CannotServe(
                f"DATABASE_URL may not prepare the database ({fault.diag.message_primary}).\n"
                "Use someone who owns it and may create roles, or set two: DATABASE_URL (as throughline_web)\n"
                "and THROUGHLINE_OWNER_URL (as throughline_owner)."
            ) from fault
    yield roles.Urls(owner=owner or web, web=web)


def command(*arguments: str) -> int:
    """Run one of the site's commands on its database, whether the site is up or not; its exit status."""
    data = environment.data_folder()
    with contextlib.ExitStack() as running:
        try:
            running.enter_context(_alone(data))
            urls = running.enter_context(database(data))
        except CannotServe:  # the site is up, and so is its database: neither is ours to stop
            urls = cluster.ensure_cluster(data / "pg")
        return subprocess.run([*MANAGE, *arguments], env=_settings(data, urls), check=False).returncode


def _settings(data: Path, urls: roles.Urls) -> dict[str, str]:
    """The environment of a process that may do everything the owner of the database may."""
    os.environ.setdefault(SECRET_KEY, roles.keep_secrets(data / "secrets", SECRET_KEY)[SECRET_KEY])
    return os.environ | {"DATABASE_URL": urls.web, "THROUGHLINE_OWNER_URL": urls.owner}


@contextlib.contextmanager
def _alone(data: Path) -> Iterator[None]:
    """Hold the data folder: a second supervisor, ending first, would stop the database under this one."""
    data.mkdir(parents=True, exist_ok=True)
    with open(data / "running", "w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            raise CannotServe(f"Throughline is running already, with its data in {data}.") from fault
        yield


@contextlib.contextmanager
def _process(settings: dict[str, str], *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of ours, ended with the block.

    In a session of its own, so that Ctrl-C reaches us alone and we end things in order.
    """
    process = subprocess.Popen(
        [*OURS, *command],
        env=settings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,  # what goes wrong is said on the other one
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _manage(settings: dict[str, str], *command: str, show: bool = False) -> str:
    """Run one of Django's commands and return what it printed, unless it is shown as it comes.

    A stop ends it outright: its transaction is taken back, and the next start goes on from there.
    """
    done = subprocess.run(
        [*OURS, *MANAGE, *command],
        env=settings,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=None if show else subprocess.PIPE,
        stderr=None if show else subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise CannotServe(f"'{' '.join(command)}' failed.\n{done.stdout or ''}")
    return done.stdout or ""


def _refuse_taken(address: str) -> None:
    host, _, port = address.rpartition(":")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError as fault:
            raise CannotServe(
                f"{address} cannot be used ({fault.strerror}). Is Throughline running already?\n"
                "To choose another: make run ADDRESS=127.0.0.1:8001"
            ) from fault


def _wait_for_answer(address: str, site: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while site.poll() is None and time.monotonic() < until:
        asked = http.client.HTTPConnection(address, timeout=PATIENCE)
        with contextlib.closing(asked), contextlib.suppress(OSError, http.client.HTTPException):
            asked.request("GET", "/")
            if asked.getresponse().status < 500:
                return
            break
        time.sleep(0.1)
    raise CannotServe("The site did not start; what it said stands above.")


def _watch(processes: dict[str, subprocess.Popen[bytes]]) -> NoReturn:
    """Whoever ends first ends the others."""
    while True:
        time.sleep(0.5)
        for name, process in processes.items():
            if process.poll() is not None:
                raise CannotServe(f"The {name} ended by itself (status {process.returncode}).")


def _stop(number: int, frame: object) -> None:
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)  # ending is under way; a second Ctrl-C does not cut it short
    os.write(1, b"\nStopping ...\n")  # not print: we may have come in the middle of one
    raise Stop


@contextlib.contextmanager
def _step(what: str) -> Iterator[None]:
    begun = time.monotonic()
    print(f"{what} ... ", end="", flush=True)
    yield
    _say(f"{time.monotonic() - begun:.1f} s")


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
