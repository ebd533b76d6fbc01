"""The privacy notices, one for each audience, as `notices.yaml` has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a notice: a paragraph, or lines."""

    heading: str
    text: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """What one audience is told."""

    audience: str
    title: str
    lede: str
    sections: tuple[Section, ...]


@cache
def notices() -> Mapping[str, Notice]:
    """Every notice by its audience, in the order of the file."""
    given = yaml.safe_load(Path(__file__).with_name("notices.yaml").read_text(encoding="utf-8"))
    return MappingProxyType(
        {
            audience: Notice(
                audience,
                one["title"],
                one["lede"],
                tuple(Section(s["heading"], s.get("text", ""), tuple(s.get("list", ()))) for s in one["sections"]),
            )
            for audience, one in given.items()
        }
    )
