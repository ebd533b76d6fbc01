"""What set-up says to somebody who may not install packages, and what it hands from pip to uv."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from house import ROOT

TOOLS = ("awk", "bash", "cat", "dirname", "find", "flock", "grep", "mkdir", "sed", "sha256sum", "tail")


@pytest.fixture
def bare_machine(tmp_path: Path) -> Path:
    """A folder of programs without a browser, where we are nobody in particular and may not become root."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found, tool
        (programs / tool).symlink_to(found)
    for name, does in {"id": "echo 1000", "sudo": "exit 1", "python3.11": f'exec {sys.executable} "$@"'}.items():
        (programs / name).write_text(f"#!/bin/bash\n{does}\n")
        (programs / name).chmod(0o755)
    return programs


def set_up(programs: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "scripts").mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / "setup", folder / "scripts")
    return subprocess.run(
        [folder / "scripts" / "setup", *arguments],
        env={"PATH": str(programs)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_root_it_names_what_to_ask_for_and_changes_nothing(bare_machine: Path, tmp_path: Path) -> None:
    done = set_up(bare_machine, tmp_path / "checkout")
    assert done.returncode == 1
    assert "apt-get install chromium" in done.stderr
    assert not (tmp_path / "checkout" / ".venv").exists()


def test_another_python_is_refused_by_name(bare_machine: Path, tmp_path: Path) -> None:
    (bare_machine / "python3.11").write_text("#!/bin/bash\necho Python 3.9.2\n")
    done = set_up(bare_machine, tmp_path / "checkout")
    assert done.returncode == 1
    assert "needs Python 3.11" in done.stderr


def told_to_uv(**pip: str) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_", "SSL_"))}
    return subprocess.run(
        [sys.executable, ROOT / "scripts" / "pip_index.py"],
        env=clean | {"PIP_CONFIG_FILE": os.devnull} | pip,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_an_unconfigured_pip_tells_uv_nothing() -> None:
    assert told_to_uv() == ""


def test_a_mirror_pip_was_given_is_handed_to_uv() -> None:
    told = told_to_uv(PIP_INDEX_URL="https://mirror.invalid/simple", PIP_EXTRA_INDEX_URL="file:///a file:///b")
    assert told.splitlines() == [
        "export UV_DEFAULT_INDEX=https://mirror.invalid/simple",
        "export UV_INDEX='file:///a file:///b'",
        "export UV_INDEX_STRATEGY=unsafe-best-match",
    ]
