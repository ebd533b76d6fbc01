"""The rows of the practice brief and what serves each: rules, flags, or a stated reason why nothing does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

from throughline.duties.model import HandledIn, Rule


class Row(NamedTuple):
    """One row: of the first review (L), of the second (V), or a flag (R)."""

    id: str
    says: str
    flags: tuple[str, ...]
    """Flags that serve it too."""
    reason: str
    """Why no rule serves it; blank: one does."""


@cache
def rows() -> Mapping[str, Row]:
    """Every row, by id, in the order of the brief."""
    given = yaml.safe_load(Path(__file__).with_name("practice.yaml").read_text(encoding="utf-8"))["rows"]
    return {id: Row(id, row["says"], tuple(row.get("flags", ())), row.get("reason", "")) for id, row in given.items()}


def served_by(documents: Iterable[Rule | HandledIn]) -> dict[str, tuple[str, ...]]:
    """Row -> ids of the documents that serve it, by its own name or through a flag of it; every row is there."""
    naming: dict[str, list[str]] = {id: [] for id in rows()}
    for document in documents:
        for row in document.practice:
            naming[row].append(document.id)
    return {
        id: tuple(dict.fromkeys([*naming[id], *(each for flag in row.flags for each in naming[flag])]))
        for id, row in rows().items()
    }
