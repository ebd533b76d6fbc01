"""What holds the house together. Each check stands alone: a failure names the rule that was broken."""

from __future__ import annotations

import ast
import os
import random
import re
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ROOT / "src" / "throughline"
SITE = ("web", "cli.py")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]

LONG_FILES: dict[str, str] = {}
"""Python files past 400 lines that were looked at twice: path, and why they are one thing."""


def rooms() -> list[Path]:
    """The rooms of the house, the site among them."""
    return sorted(path.parent for path in HOUSE.glob("*/__init__.py"))


def below_the_site() -> list[Path]:
    """Every Python file that is neither the site nor the command line."""
    return sorted(path for path in HOUSE.rglob("*.py") if path.relative_to(HOUSE).parts[0] not in SITE)


def kept_files() -> list[Path]:
    """What is, or would be, committed."""
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard")
    return [ROOT / name for name in listed.splitlines() if (ROOT / name).is_file()]


def run(*command: str, **environment: str) -> str:
    """What a tool prints; a failing tool fails the test with its words."""
    done = subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout


# --- the tools --------------------------------------------------------------------------------------


def test_the_code_follows_the_rules_of_style() -> None:
    run(sys.executable, "-m", "ruff", "check", "--quiet")


def test_the_code_is_in_the_house_format() -> None:
    run(sys.executable, "-m", "ruff", "format", "--check", "--quiet")


def test_the_types_agree(tmp_path: Path) -> None:
    """Strict below the site, gradual in it. The Django plugin reads the settings, never a database."""
    run(
        *(sys.executable, "-m", "mypy", "--no-error-summary"),
        DATABASE_URL="postgresql://nobody@/nothing",
        THROUGHLINE_SECRET_KEY="only-to-read-the-settings",
        THROUGHLINE_DATA=str(tmp_path),
    )


def test_the_arrows_point_one_way() -> None:
    run(str(Path(sys.executable).parent / "lint-imports"), "--no-logo")


# --- the rooms --------------------------------------------------------------------------------------


def test_every_room_has_its_line_in_the_contract() -> None:
    lines = {re.sub(r"[() ]", "", room) for layer in CONTRACTS[0]["layers"] for room in layer.split("|")}
    assert {room.name for room in rooms()} <= lines


def test_every_room_below_the_site_is_forbidden_the_site_s_tools() -> None:
    [forbidden] = [each for each in CONTRACTS if each["type"] == "forbidden"]
    assert set(forbidden["source_modules"]) == {f"throughline.{room.name}" for room in rooms() if room.name not in SITE}


@pytest.mark.parametrize("room", rooms(), ids=lambda room: room.name)
def test_a_room_says_at_its_door_what_it_holds(room: Path) -> None:
    door = room / "README.md"
    assert door.exists(), f"{room.name} has no README.md"
    text = door.read_text()
    for said in ("Words:", "May import:", "Who owns its policy"):
        assert said in text, f"{room.name}/README.md does not say: {said}"
    assert len(text.splitlines()) <= 20, "a door, not a manual: ten lines or so"


def test_a_long_file_was_looked_at_twice() -> None:
    long = {
        str(path.relative_to(ROOT))
        for path in kept_files()
        if path.suffix == ".py" and "migrations" not in path.parts and path.read_text().count("\n") > 400
    }
    assert long == set(LONG_FILES)


# --- the clock, the network and chance are passed in (DESIGN §2, rule 10) ------------------------------

OUTSIDE = {
    "asyncio",
    "ftplib",
    "http",
    "requests",
    "secrets",
    "smtplib",
    "socket",
    "ssl",
    "time",
    "urllib.request",
}
READS = re.compile(
    r"(datetime\.)?(date|datetime)\.(now|today|utcnow)|random\.(?!Random\b)\w+|uuid\.uuid[14]|os\.urandom"
)


def reads_the_world(tree: ast.AST) -> Iterator[str]:
    """Where a module reads the clock, the network or an unseeded random source."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (f"line {node.lineno}: import {each.name}" for each in node.names if each.name in OUTSIDE)
        elif isinstance(node, ast.ImportFrom) and node.module in OUTSIDE:
            yield f"line {node.lineno}: from {node.module} import ..."
        elif isinstance(node, ast.ImportFrom) and node.module == "random":
            yield from (f"line {node.lineno}: random.{each.name}" for each in node.names if each.name != "Random")
        elif isinstance(node, ast.Attribute) and READS.fullmatch(ast.unparse(node)):
            yield f"line {node.lineno}: {ast.unparse(node)}"
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in {"Random", "random.Random"} and not node.args:
            yield f"line {node.lineno}: Random() without a seed"


@pytest.mark.parametrize(
    "line",
    [
        "import time",
        "from socket import socket",
        "import random; random.choice([1])",
        "from random import choice",
        "import random; random.Random()",
        "from datetime import date; date.today()",
        "import datetime; datetime.datetime.now(datetime.UTC)",
    ],
)
def test_a_line_that_reads_the_world_is_seen(line: str) -> None:
    assert list(reads_the_world(ast.parse(line)))


def test_nothing_below_the_site_reads_the_world() -> None:
    found = {
        f"{path.relative_to(ROOT)} {where}"
        for path in below_the_site()
        for where in reads_the_world(ast.parse(path.read_text()))
    }
    assert not found


# --- the tests' own world ---------------------------------------------------------------------------


def test_no_test_reaches_the_network() -> None:
    with pytest.raises(RuntimeError, match="connection to 192"), socket.socket() as reaching:
        reaching.connect(("192.0.2.1", 443))
    with pytest.raises(RuntimeError, match="name look-up"):
        socket.getaddrinfo("example.org", 443)


def test_this_machine_s_own_addresses_stay_open() -> None:
    with socket.socket() as listening, socket.socket() as asking:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        asking.connect(listening.getsockname())


def test_a_warning_is_an_error() -> None:
    with pytest.raises(DeprecationWarning):
        random.Random(0).randrange(10.0)  # type: ignore[call-overload]


# --- what is committed ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["requirements.txt", "requirements-dev.txt", "requirements.in", "package-lock.json", ".npmrc"]
)
def test_a_lock_file_holds_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert '"resolved"' not in text
    assert "--index" not in text


def test_everything_locked_has_its_hash() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        for pinned in re.split(r"\n(?=\S)", (ROOT / name).read_text().strip()):
            assert re.match(r"[a-z0-9._-]+==\S+( ;.*)? \\\n +--hash=sha256:", pinned), pinned[:80]
    packages = re.findall(r'"node_modules/[^"]+": \{([^}]*)', (ROOT / "package-lock.json").read_text())
    assert packages
    assert all('"integrity": "sha512-' in package for package in packages)


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    # Put together here, so that this line is not one of them.
    machine = re.compile(
        "|".join([r"(^|[^\w.])/(work|root|farm|opt/pypi|home)" + "/", "local" + "host:[0-9]{4}/simple"])
    )
    found = []
    for path in kept_files():
        with path.open("rb") as opened:
            if b"\0" in opened.read(1024):
                continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            if machine.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number} {line.strip()[:80]}")
    assert not found


def test_nothing_third_party_or_built_is_committed() -> None:
    foreign = [
        str(path.relative_to(ROOT))
        for path in kept_files()
        if path.suffix in {".woff", ".woff2", ".map"} or path.name.endswith((".min.js", ".min.css"))
    ]
    assert not foreign
