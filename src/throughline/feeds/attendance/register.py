"""What register codes count as: `register.yaml`, checked against the list of codes in `words`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from throughline import words


class Register(NamedTuple):
    """The register's codes, sorted by what they count as."""

    away: frozenset[str]
    """Being away from school: what gives an event."""
    closed: str
    """The school had no session."""
    same: Mapping[str, str]
    """Code -> the one it is taken as."""
    marks: Mapping[str, frozenset[str]]
    """Code -> marks of its event."""


@cache
def register() -> Register:
    """The codes as `register.yaml` sorts them; one that `words` does not know raises `UnknownWord`."""
    text = Path(__file__).with_name("register.yaml").read_text(encoding="utf-8")
    given: dict[str, Any] = yaml.safe_load(text)
    known = words.codes("attendance").keys()
    other = {*given["here"], *given["not_counted"]}
    for code in {*other, *given["marks"], *given["same"], given["closed"]}:
        if code not in known:
            raise words.UnknownWord(code, "register code")
    allowed = words.kinds()["absence_run"].marks
    marks = {code: frozenset(said) for code, said in given["marks"].items()}
    for mark in frozenset().union(*marks.values()) - allowed:
        raise words.UnknownWord(mark, "mark of an absence")
    return Register(frozenset(known - other), given["closed"], given["same"], marks)
