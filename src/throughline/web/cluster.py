"""A private PostgreSQL in a folder of its own, so that trial and production are the same database.

Used by `make run` when no DATABASE_URL is given, and by the tests for a throw-away database. It needs
PostgreSQL's programs (Debian's ``postgresql`` package) and no server that anybody else set up: it
listens on a unix socket only, asks for a password, and holds nothing outside its folder
(docs/adr/0001-private-cluster.md).

A database server refuses to run as root. Started by root, the cluster therefore belongs to the system
user ``postgres`` and lives outside the checkout; `base` is then a link to it.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from throughline.web import roles

SYSTEM_USER = "postgres"  # the Debian package makes it
OUTSIDE = Path("/var/lib/throughline")
PROGRAMS = Path("/usr/lib/postgresql")
OLDEST = 15  # row-level security under views needs security_invoker (DESIGN §9)
LONGEST_SOCKET = 107  # bytes; a limit of the kernel

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    # A page reads a few rows of each of thousands of children: they should lie in memory, and disks seek fast today.
    "shared_buffers": "512MB",
    "random_page_cost": "1.1",
    # A failing statement, or the key in a clash, may hold a child's name: neither goes into the log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class ClusterError(Exception):
    """The database could not be started. The message says what a person can do about it."""


def ensure_cluster(base: Path, *, outside: Path = OUTSIDE, throw_away: bool = False) -> roles.Urls:
    """Make the cluster at `base` if there is none, start it if it is down, and say how to reach it.

    `outside` is where root puts it. `throw_away` gives up safety against power loss for speed (tests).
    """
    home = _home(base, outside)
    try:
        kept = _passwords(home)
    except PermissionError as fault:
        message = f"{base} belongs to another user: start as that user, or move it away."
        raise ClusterError(message) from fault
    if not (home / "data").exists():
        _initialise(home, kept["postgres"])
    socket = _socket_folder(home)
    if not _is_up(home):
        settings = SETTINGS | {"unix_socket_directories": str(socket)} | (THROW_AWAY if throw_away else {})
        flags = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        _run(home, "pg_ctl", "start", "-w", "-D", "data", "-l", "data/server.log", "-o", flags)
    roles.create_database(admin_url(base, "postgres"))
    roles.prepare(admin_url(base))
    return roles.let_sign_in(admin_url(base), kept)


@contextlib.contextmanager
def running(base: Path, *, outside: Path = OUTSIDE, throw_away: bool = False) -> Iterator[roles.Urls]:
    """The cluster at `base`, up for as long as the block lasts."""
    try:
        yield ensure_cluster(base, outside=outside, throw_away=throw_away)
    finally:
        stop(base)


def admin_url(base: Path, database: str = roles.DATABASE) -> str:
    """How the cluster's own administrator reaches `database`: to prepare, back up and restore it."""
    home = base.resolve()
    password = _passwords(home)["postgres"]
    return f"postgresql://postgres:{password}@/{database}?host={quote(str(_socket_folder(home)), safe='')}"


def stop(base: Path) -> None:
    """Stop the cluster, whoever is still connected. Nothing happens if it is down."""
    home = base.resolve()
    if (home / "data").exists() and _is_up(home):
        _run(home, "pg_ctl", "stop", "-w", "-m", "fast", "-D", "data")


def remove(base: Path) -> None:
    """Stop the cluster and delete everything in it."""
    stop(base)
    home = base.resolve()
    shutil.rmtree((home / "run").resolve(), ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)
    base.unlink(missing_ok=True)


def _home(base: Path, outside: Path) -> Path:
    """The cluster's folder, made on first use: `base`, or for root a new folder that `base` links to."""
    if base.exists():
        return base.resolve()
    base.parent.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0:
        base.mkdir(mode=0o700)
        return base.resolve()
    base.unlink(missing_ok=True)  # a link whose folder has gone
    outside.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="pg-", dir=outside))
    home.chmod(0o711)  # the server's user passes through, to its own two folders
    base.symlink_to(home)
    return home


def _passwords(home: Path) -> dict[str, str]:
    return roles.keep_secrets(home / "passwords", "postgres", roles.OWNER, roles.WEB)


def _socket_folder(home: Path) -> Path:
    """A folder only the server's user enters; a long checkout path sends it to the temporary folder."""
    run = home / "run"
    if not run.exists():
        if len(os.fsencode(run / ".s.PGSQL.5432")) <= LONGEST_SOCKET:
            run.mkdir(mode=0o700)
        else:
            run.unlink(missing_ok=True)  # a link whose folder was cleaned away
            run.symlink_to(tempfile.mkdtemp(prefix="throughline-", dir="/tmp"))
        _give(home, run.resolve())
    return run.resolve()


def _initialise(home: Path, password: str) -> None:
    """Make an empty cluster. Built beside its place and then renamed: a broken-off one is never used."""
    new, secret = home / "data.new", home / "secret.new"
    shutil.rmtree(new, ignore_errors=True)
    secret.unlink(missing_ok=True)
    new.mkdir(mode=0o700)
    with open(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(password)
    _give(home, new)
    _give(home, secret)
    try:
        _run(
            home,
            "initdb",
            *("-D", "data.new", "-U", "postgres", "--pwfile", "secret.new"),
            *("--auth-local=scram-sha-256", "--auth-host=reject", "--data-checksums"),
            *("--encoding=UTF8", "--locale=C.UTF-8"),
        )
    finally:
        secret.unlink(missing_ok=True)
    new.rename(home / "data")


def _is_up(home: Path) -> bool:
    return _run(home, "pg_ctl", "status", "-D", "data", check=False).returncode == 0


def _run(home: Path, program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs in `home`, as the user the cluster belongs to."""
    user = _user(home) if os.geteuid() == 0 else None
    done = subprocess.run(
        [str(_programs(home) / program), *arguments],
        cwd=home,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},  # none of the caller's PG* variables
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        user=user and user.pw_uid,
        group=user and user.pw_gid,
        extra_groups=user and [],
    )
    if check and done.returncode != 0:
        raise ClusterError(f"{program} failed:\n{done.stdout}{done.stderr}\nLog: {home}/data/server.log")
    return done


def _user(home: Path) -> pwd.struct_passwd:
    """Who the server runs as: whoever owns its data, else ourselves, else (for root) the system user."""
    if (home / "data").exists():
        return pwd.getpwuid((home / "data").stat().st_uid)
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError as fault:
        message = f"There is no system user {SYSTEM_USER}. Install it with: apt-get install postgresql"
        raise ClusterError(message) from fault


def _give(home: Path, path: Path) -> None:
    if os.geteuid() == 0:
        os.chown(path, _user(home).pw_uid, _user(home).pw_gid)


def _programs(home: Path) -> Path:
    """PostgreSQL's programs: of the version that wrote the data, else the newest."""
    found = {int(path.name): path / "bin" for path in PROGRAMS.glob("[0-9]*") if path.name.isdigit()}
    if (home / "data").exists():
        written_by = int((home / "data" / "PG_VERSION").read_text())
        if written_by not in found:
            message = f"The data in {home} was written by PostgreSQL {written_by}, which is not installed."
            raise ClusterError(message)
        return found[written_by]
    if not found or max(found) < OLDEST:
        message = f"PostgreSQL {OLDEST} or later is not installed. Install it with: apt-get install postgresql"
        raise ClusterError(message)
    return found[max(found)]
