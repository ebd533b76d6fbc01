"""A folder named after its sender says whose files are in it; any other folder says nothing."""

from __future__ import annotations

import pytest

from throughline.check.senders import sender_of


@pytest.mark.parametrize(
    ("name", "sender"),
    [
        ("2026-03-04_la.972/ssd/person.csv", "la:972"),
        ("2026-03-04_police.castlereach/list.csv", "police:castlereach"),
        ("2026-03-04_police/list.csv", "police"),
        ("la.972/annex.xlsx/List 8", "la:972"),
        ("school/roll.csv", ""),
        ("march.2026/list.csv", ""),
        ("list.csv", ""),
        ("la.972", ""),
    ],
)
def test_the_outermost_folder(name: str, sender: str) -> None:
    assert sender_of(name) == sender
