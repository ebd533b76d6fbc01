"""The stories of `scenarios/`, told to the system day by day through the `events` layout, and what it then owes.

A story is an entry of ``scenarios.yaml`` (the partnership's own words, never changed here) and a file ``SCnn.csv``: the
same events as rows of the layout, each with the id of the event it stands for; ``start`` is what was so before.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, cached_property, lru_cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from throughline import duties, feeds, timeline
from throughline.check.answering import derive
from throughline.check.children import Children
from throughline.check.summary import Summary
from throughline.duties import Instance, handled_elsewhere, rulebook, status
from throughline.feeds.layouts import layouts
from throughline.feeds.subjects import Subject, subject_of
from throughline.invent.identifiers import nhs_number
from throughline.words.calendars import london_date

HERE = Path(__file__).parent / "scenarios"
BEFORE = "start"
"""Rows of what was so before the story begins."""
FORMS = {
    "agency": "partnership:four_shores",
    "kind": "development_session",
    "subject_kind": "partnership",
    "subject_id": "four_shores",
    "source_system": "partnership:four_shores",
    "source_record_id": BEFORE,
}
"""That the partnership writes down what is its own to say, from the first day of a story: silence then counts."""
_ONE_DAY = timedelta(days=1)


class Owed(NamedTuple):
    """One thing owed in a story, as of a day."""

    whose: str
    """The child's name, or the subject's key."""
    instance: Instance
    state: str

    @property
    def raised(self) -> set[date]:
        """The days on which somebody first sees it: when it opens, and when it begins to warn."""
        warn = self.instance.warn_from
        return {self.instance.opened, *([_day(warn)] if warn else [])}

    @property
    def opened_by(self) -> set[str]:
        """Events of the story that it rests on as its trigger."""
        return _stories(self.instance.trigger)

    @property
    def met_by(self) -> set[str]:
        """Events of the story that met it."""
        return _stories(self.instance.met_by) if self.instance.met_by else set()


def _stories(happening: timeline.Happening) -> set[str]:
    return {event.statement.record_id.partition("/")[0] for event in happening.events}


def _day(at: date | datetime) -> date:
    return london_date(at) if isinstance(at, datetime) else at


@dataclass(frozen=True)
class Story:
    """One scenario and its rows."""

    id: str
    told: Mapping[str, Any]
    rows: tuple[Mapping[str, str], ...]

    @cached_property
    def born(self) -> Mapping[str, str]:
        """Child -> date of birth, blank where the story does not give it."""
        children = self.told.get("children") or [self.told["child"]]
        known = {child["code"]: str(child.get("dob", "")) for child in children}
        return known | {row["child"]: "" for row in self.rows if row["child"] not in ("", "-", *known)}

    @cached_property
    def days(self) -> Mapping[str, date]:
        """Event -> its day; of those that are not in the story but only in its rows, the day it happened."""
        found = {row["event"]: date.fromisoformat(row["happened"][:10]) for row in reversed(self.rows)}
        return found | {event["id"]: _moment(event["date"])[0] for event in self.told["events"]}

    @cached_property
    def last(self) -> date:
        """The day of its last event."""
        return max(day for event, day in self.days.items() if event != BEFORE)

    def owed(self, as_of: date) -> list[Owed]:
        """All that is owed as of the end of a day, from what had been delivered by then."""
        return _owed(self.id, as_of)

    def deliver(self, folder: Path, as_of: date) -> None:
        """Write what had been told by the end of a day, as one file drawn up on that day."""
        with (folder / "events.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, layouts()["events"].columns, restval="", extrasaction="ignore")
            writer.writeheader()
            first = min(row["happened"][:10] for row in self.rows)
            if first <= as_of.isoformat():
                writer.writerow({**FORMS, "happened": first, "extract_date": as_of.isoformat()})
            for number, row in enumerate(self.rows):
                if row["event"] == BEFORE or self.days[row["event"]] <= as_of:
                    writer.writerow({**row, **self._identity(row, number), "extract_date": as_of.isoformat()})

    def _identity(self, row: Mapping[str, str], number: int) -> dict[str, str]:
        record = {"source_system": row["agency"], "source_record_id": f"{row['event']}/{number}"}
        if row["subject_kind"]:
            return record
        child = row["child"] or next(iter(self.born))
        one_child = nhs_number(list(self.born).index(child))  # another authority's id for the child proves nothing
        name = {"source_person_id": child, "la_person_id": child, "forename": child, "nhs_number": one_child}
        return record | name | {"dob": self.born[child]}


def _moment(text: Any) -> tuple[date, str]:
    """The day of a date or time of the story, as YAML read it, and how it was written."""
    if isinstance(text, datetime):
        return text.date(), text.isoformat()
    day = text if isinstance(text, date) else date.fromisoformat(str(text)[:10])
    return day, str(text)


def day_of(text: Any) -> date:
    """The day of a date or time of the story."""
    return _moment(text)[0]


@lru_cache
def stories() -> Mapping[str, Story]:
    """Every scenario for which there are rows, by id."""
    told = yaml.safe_load((HERE / "scenarios.yaml").read_text(encoding="utf-8"))["scenarios"]
    found = {}
    for each in told:
        path = HERE / f"{each['id']}.csv"
        if path.exists():
            with path.open(encoding="utf-8") as file:
                found[each["id"]] = Story(each["id"], each, tuple(csv.DictReader(file)))
    return found


@lru_cache
def names() -> Mapping[str, Any]:
    """What the stories call rules and seats, and what that is here."""
    return yaml.safe_load((HERE / "names.yaml").read_text(encoding="utf-8"))


@lru_cache
def rules_called(name: str) -> frozenset[str]:
    """Ids of the rules that a story's name for a rule means."""
    if name in names()["rules"]:
        return frozenset(names()["rules"][name])
    flag = name.lower() + "-"
    views = [document.view_of for document in handled_elsewhere() if document.id.startswith(flag)]
    own = [rule for rule in rulebook() if rule.startswith(flag)]
    return frozenset(own).union(*views, *([rulebook()[id].view_of] for id in own if rulebook()[id].view_of))


def roles_of(seats: list[str]) -> set[str]:
    """Roles of the system that hold these seats; raises KeyError for a seat nobody has placed."""
    by_seat = {seat: role for role, held in names()["seats"].items() for seat in held}
    nobody = {*names()["no_role"], *names()["told_by_a_person"]}
    return {by_seat[seat] for seat in seats if seat not in nobody}


def seen_by(rule: str) -> set[str]:
    """Roles that see what a rule raises: whoever owns it, and who is told."""
    return {rulebook()[rule].owed_role, *rulebook()[rule].informed}


@cache
def _owed(id: str, as_of: date) -> list[Owed]:
    with tempfile.TemporaryDirectory() as scratch:
        stories()[id].deliver(Path(scratch), as_of)
        lines = _lines(Path(scratch), as_of)
    rules = rulebook()
    found = [(whose, i) for whose, line in lines.items() for i in duties.evaluate(line, rules, as_of)]
    return [Owed(whose, instance, status(instance, as_of).state) for whose, instance in found]


def _lines(folder: Path, as_of: date) -> Mapping[str, timeline.Line]:
    """The line of each child, and of each place or other subject that rows are about or children's events name.

    As the command does, but in memory: `test_the_command_says_the_same` compares the two.
    """
    summary = Summary(as_of)
    items = list(feeds.read(feeds.open_sources(folder), feeds.Context(as_of, "")))
    assert not [item for item in items if isinstance(item, feeds.Fault)], "the rows are sound"
    children = Children([item for item in items if isinstance(item, feeds.Person)], summary)
    covered = [item for item in items if isinstance(item, feeds.Coverage)]
    build = partial(timeline.build, coverage=timeline.CoverageIndex(covered), as_of=as_of)
    told: dict[int | str, list[feeds.Statement]] = {}
    for item in items:
        if isinstance(item, feeds.Statement):
            told.setdefault(children.number.get(item.person, item.person), []).append(item)
    ends = {"layouts": {each.agency: each.end for each in covered}}
    lines: dict[str, timeline.Line] = {}
    mentions: dict[Subject, list[timeline.Mention]] = {}
    for number, (dob, las, name) in enumerate(children.about):
        events, _ = derive(told.pop(number, []), ends, summary)
        lines[name] = build(events, dob=dob, las=las)
        for subject, _, happening in timeline.mentions_in(lines[name]):
            mentions.setdefault(subject, []).append(timeline.Mention(name, happening))
    everybody = frozenset().union(*(las for _, las, _ in children.about))
    for subject in dict.fromkeys([*(subject_of(str(key)) for key in told), *mentions]):
        events, _ = derive(told.get(subject.key, []), ends, summary)
        lines[subject.key] = build(events, las=everybody, subject=subject, mentions=mentions.get(subject, []))
    return lines
