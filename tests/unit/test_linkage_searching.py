"""Finding a child by what somebody half remembers."""

from __future__ import annotations

from datetime import date

import pytest

from throughline.web.linkage.searching import ask, child_keys, sound

ROWAN = child_keys(["Rowan", "Vale"], [date(2008, 10, 20)], ["4411", "A971200113203"])


@pytest.mark.parametrize(
    "query",
    [
        "Rowan Vale", "vale, rowan", "ROWAN", "row val", "Rowen Vail", "Vale 20/10/2008", "2008-10-20", "4411",
        "a971200113203", "Rówan  Vale", "vale 4411",
    ],
)  # fmt: skip
def test_rowan_is_found_by(query: str) -> None:
    asked = ask(query)
    assert set(asked.keys) & ROWAN
    assert asked.score(ROWAN & set(asked.keys)) > 0


@pytest.mark.parametrize("query", ["Rowan Carter", "Bryony", "Vale Zebedee"])
def test_a_name_nothing_about_the_child_is_like_finds_nobody(query: str) -> None:
    asked = ask(query)
    assert asked.score(ROWAN & set(asked.keys)) == 0


def test_the_exact_name_comes_before_one_that_sounds_like_it() -> None:
    asked = ask("Rowan Vale")
    alike = child_keys(["Rowen", "Veil"], [], [])
    assert asked.score(ROWAN & set(asked.keys)) > asked.score(alike & set(asked.keys))


def test_a_day_that_is_none_is_left_out() -> None:
    assert ask("Vale 31/02/2008").born is None


@pytest.mark.parametrize(("one", "other"), [("smith", "smyth"), ("catherine", "cathryn"), ("ashcroft", "ashcraft")])
def test_names_that_sound_alike_have_one_sound(one: str, other: str) -> None:
    assert sound(one) == sound(other)


def test_an_apostrophe_does_not_part_a_name() -> None:
    assert "w:oneill" in child_keys(["O’Neill"], [], [])
