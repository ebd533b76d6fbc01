"""The same arguments write the same bytes; who a child is does not hang on how many others there are."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest

from throughline import invent
from throughline.invent.life import lives
from throughline.invent.people import World

UNTIL = date(2026, 11, 22)


def digests(folder: Path) -> dict[str, str]:
    """Every file's name and what is in it."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    for name in ("first", "second"):
        invent.write(tmp_path / name, children=60, seed=11, until=UNTIL)
    assert digests(tmp_path / "first") == digests(tmp_path / "second")


def test_another_seed_writes_another_partnership(tmp_path: Path) -> None:
    for seed in (11, 12):
        invent.write(tmp_path / str(seed), children=60, seed=seed, until=UNTIL)
    first, second = digests(tmp_path / "11"), digests(tmp_path / "12")
    days = [{name.split("/")[0] for name in written} for written in (first, second)]
    assert days[0] == days[1], "the senders and their days are the same"
    same = [name for name in first if first[name] == second.get(name)]
    assert len(same) < len(first) / 2


def test_a_child_s_life_does_not_hang_on_how_many_children_there_are() -> None:
    world = World.ending(UNTIL, 3, seed=5)
    few, many = list(lives(world, 40)), list(lives(world, 130))
    assert few == many[:40]


def test_a_child_s_rows_are_the_same_in_a_larger_partnership(tmp_path: Path) -> None:
    for children in (40, 90):
        invent.write(tmp_path / str(children), children=children, seed=5, until=UNTIL)
    for path in sorted((tmp_path / "40").rglob("*.csv")):
        larger = tmp_path / "90" / path.relative_to(tmp_path / "40")
        assert larger.read_bytes().startswith(path.read_bytes()), path.name


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("keep me")
    with pytest.raises(FileExistsError, match="not empty"):
        invent.write(tmp_path, children=1, seed=1, until=UNTIL)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_progress_is_told_to_the_end(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    invent.write(tmp_path / "out", children=5, seed=1, until=UNTIL, progress=lambda *so_far: told.append(so_far))
    assert told[-1] == (5, 5)
