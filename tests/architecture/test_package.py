"""What gets installed: the code with all of its data, and the command."""

from __future__ import annotations

import configparser
import subprocess
import zipfile
from pathlib import Path

import pytest
from flit_core import buildapi

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        return zipfile.ZipFile(folder / buildapi.build_wheel(str(folder)))


def test_every_file_of_the_house_is_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    """The rules, words, templates and styles are files beside the code: one left behind is a rule lost."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "src"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    ours = {name.removeprefix("src/") for name in listed.splitlines() if (ROOT / name).is_file()}
    assert ours - set(wheel.namelist()) == set()


def test_the_compiled_look_is_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    look = "throughline/web/design/static/design"
    for name in ("app.css", "govuk-frontend.min.js", "fonts/source-sans-3-latin-wght-normal.woff2"):
        assert f"{look}/{name}" in wheel.namelist(), f"{name} was not built: make setup"


def test_the_look_carries_neither_the_crown_nor_the_typeface_of_gov_uk(wheel: zipfile.ZipFile) -> None:
    css = wheel.read("throughline/web/design/static/design/app.css").decode()
    assert "GDS Transport" not in css
    assert "crest" not in css
    assert "crown" not in css


def test_the_wheel_brings_the_command(wheel: zipfile.ZipFile) -> None:
    [name] = [each for each in wheel.namelist() if each.endswith("entry_points.txt")]
    scripts = configparser.ConfigParser()
    scripts.read_string(wheel.read(name).decode())
    assert scripts["console_scripts"]["throughline"] == "throughline.cli:main"
