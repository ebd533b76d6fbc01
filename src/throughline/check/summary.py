"""What one run counts: every figure of the summary and the report is added up here, from rows."""

from __future__ import annotations

import heapq
import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from throughline.feeds.base import OUTCOMES, Coverage, Fault, FileRead

LONGEST = 20
FEWEST = 5
"""Children below which a number of those kept apart is held back (practice §5.1, SL0)."""


class Overdue(NamedTuple):
    """One overdue duty, as the report lists it."""

    days: int
    """Days since it was due."""
    child_id: str
    opened_at: str
    due_at: str
    late: str
    """``8 working days``."""
    because: str


@dataclass(slots=True)
class Summary:
    """Counts of one run. `as_dict` is ``summary.json``."""

    as_of: date
    files: list[FileRead] = field(default_factory=list)
    outcomes: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """File name -> outcome -> rows."""
    tables: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(feed, table) -> rows."""
    coverage: list[Coverage] = field(default_factory=list)
    people: int = 0
    """People as the sources know them."""
    children: int = 0
    subjects: Counter[str] = field(default_factory=Counter)
    """What else than a child has a line (an id of `words.subjects`) -> how many."""
    kept_apart: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(agency, feed) -> children of whom only rows are known that never give a reason for a line."""
    links: Counter[str] = field(default_factory=Counter)
    """Rule that linked two sources' people -> how many."""
    unsure: int = 0
    """Pairs a person has to judge."""
    events: Counter[str] = field(default_factory=Counter)
    faults: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """(rule, severity, who can fix it) -> how many."""
    fault_words: dict[tuple[str, str, str], str] = field(default_factory=dict)
    """The same three -> the message of the first such fault, as an example."""
    states: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """Duty -> state -> instances."""
    unknown: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(duty, what is missing) -> instances that cannot be told for it."""
    directory: str = ""
    """Name of the postcode directory; blank: none was given."""
    directory_postcodes: int = 0
    postcodes: Counter[tuple[str, bool]] = field(default_factory=Counter)
    """(who gave it, whether it is in the directory) -> postcodes of placements."""
    placed_now: Counter[str] = field(default_factory=Counter)
    """Out of area (yes, no, blank: cannot tell) -> placements that go on."""
    latest: dict[str, list[Overdue]] = field(default_factory=lambda: defaultdict(list))
    """Duty -> its longest overdue, as a heap."""

    def add_fault(self, fault: Fault) -> None:
        key = (fault.rule, fault.severity, fault.fix_by)
        self.faults[key] += 1
        self.fault_words.setdefault(key, fault.message)

    def add_overdue(self, duty: str, overdue: Overdue) -> None:
        """Keep the longest overdue of each duty."""
        heap = self.latest[duty]
        if len(heap) < LONGEST:
            heapq.heappush(heap, overdue)
        elif overdue > heap[0]:
            heapq.heapreplace(heap, overdue)

    def merge(self, part: Summary) -> None:
        """Add what was counted of some of the children; parts are merged in the children's order."""
        for file, outcomes in part.outcomes.items():
            self.outcomes[file].update(outcomes)
        self.events.update(part.events)
        self.faults.update(part.faults)
        for key, message in part.fault_words.items():
            self.fault_words.setdefault(key, message)
        for duty, states in part.states.items():
            self.states[duty].update(states)
        self.unknown.update(part.unknown)
        self.postcodes.update(part.postcodes)
        self.placed_now.update(part.placed_now)
        for duty, longest in part.latest.items():
            for overdue in longest:
                self.add_overdue(duty, overdue)

    @property
    def rows_in(self) -> int:
        return sum(f.rows for f in self.files if f.feed)

    @property
    def totals(self) -> dict[str, int]:
        """Rows by outcome; the five add to `rows_in`."""
        total: Counter[str] = Counter()
        for counts in self.outcomes.values():
            total.update(counts)
        return {outcome: total[outcome] for outcome in OUTCOMES}

    def longest(self, duty: str) -> list[Overdue]:
        """The longest overdue of a duty, longest first."""
        return sorted(self.latest[duty], reverse=True)

    def _place(self) -> dict[str, Any]:
        senders = sorted({sender for sender, _ in self.postcodes})
        return {
            "directory": self.directory,
            "directory_postcodes": self.directory_postcodes,
            "placements_now": {
                "out of area": self.placed_now["yes"],
                "in area": self.placed_now["no"],
                "cannot tell": self.placed_now[""],
            },
            "postcodes_by_sender": [
                {"agency": sender, "found": self.postcodes[sender, True], "not_found": self.postcodes[sender, False]}
                for sender in senders
            ],
        }

    def as_json(self) -> str:
        return json.dumps(self.as_dict(), indent=2, ensure_ascii=False) + "\n"

    def as_dict(self) -> dict[str, Any]:
        return {
            "as_of": self.as_of.isoformat(),
            "rows_in": self.rows_in,
            "rows": self.totals,
            "files": [
                {
                    "file": f.file,
                    "feed": f.feed,
                    "table": f.table,
                    "rows": f.rows,
                    "sha256": f.sha256,
                    "note": f.note,
                    "outcomes": {o: self.outcomes[f.file][o] for o in OUTCOMES} if f.feed else {},
                }
                for f in self.files
            ],
            "tables": {f"{feed}/{table}": n for (feed, table), n in sorted(self.tables.items())},
            "children": self.children,
            "kept_apart": [
                {"agency": agency, "feed": feed, "children": children if children >= FEWEST else None}
                for (agency, feed), children in sorted(self.kept_apart.items())
            ],
            "subjects": dict(sorted(self.subjects.items())),
            "people_as_sources_know_them": self.people,
            "links": dict(self.links),
            "pairs_for_a_person_to_judge": self.unsure,
            "coverage": [
                {
                    "agency": c.agency,
                    "authority": c.la,
                    "file": c.file,
                    "from": c.start.isoformat(),
                    "to": c.end.isoformat(),
                    "kinds": sorted(c.kinds),
                }
                for c in self.coverage
            ],
            "events": dict(self.events.most_common()),
            "place": self._place() if self.directory else None,
            "duties": {duty: dict(states) for duty, states in sorted(self.states.items())},
            "cannot_tell": [
                {"duty_id": duty, "missing": missing, "instances": n}
                for (duty, missing), n in self.unknown.most_common()
            ],
            "faults": [
                {
                    "rule": rule,
                    "severity": severity,
                    "fix_by": fix_by,
                    "count": n,
                    "example": self.fault_words[rule, severity, fix_by],
                }
                for (rule, severity, fix_by), n in self.faults.most_common()
            ],
        }
