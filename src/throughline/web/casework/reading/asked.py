"""What is being asked of the database for one page's lists, while the one statement is put together."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from throughline import duties
from throughline.web.accounts.viewing import Viewer
from throughline.web.casework.reading import owners
from throughline.web.casework.reading.worklists import Owing, Worklist


@dataclass
class Query:
    """One statement being put together: its lists, and what they need to be read."""

    day: date
    at: date | datetime
    roles: frozenset[str]
    book: duties.Rulebook
    viewer: Viewer
    wanted: Sequence[Worklist]
    parts: list[str] = field(default_factory=list)
    given: dict[str, Any] = field(default_factory=dict)
    states: set[str] = field(default_factory=set)
    windows: dict[str, tuple[date, date]] = field(default_factory=dict)
    rules: set[str] = field(default_factory=set)
    ahead: int = 0
    """Days from today within which what falls due is wanted besides what lists have anyway (`rows.looms_on`)."""

    def name(self, value: object) -> str:
        """A place for a value."""
        key = f"v{len(self.given)}"
        self.given[key] = value
        return f"%({key})s"

    def among(self, column: str, values: Iterable[str]) -> str:
        """A condition: what the column names is one of these, of which there may be hundreds.

        Looked up by halves in every kind of plan; a list is so only where it stands in the statement itself.
        """
        return f"{self.name(json.dumps(dict.fromkeys(values)))}::jsonb ? {column}"

    def has(self, by: str) -> bool:
        """Whether the page has a list of duties that are this one's."""
        return any(isinstance(one.what, Owing) and one.what.by == by for one in self.wanted)

    @cached_property
    def owed_by(self) -> Mapping[str, str]:
        """Duty -> the role on whose list it stands."""
        return owners.roles(self.book)

    @cached_property
    def named(self) -> frozenset[str]:
        """Rules that have a list of their own on the page: they stand there, not on the general ones too."""
        return frozenset(rule for one in self.wanted if isinstance(one.what, Owing) for rule in one.what.rules)

    def window(self, kinds: Iterable[str], first: date, last: date) -> None:
        """Events of these kinds are needed from one day to another."""
        for kind in kinds:
            was = self.windows.get(kind, (first, last))
            self.windows[kind] = (min(first, was[0]), max(last, was[1]))
