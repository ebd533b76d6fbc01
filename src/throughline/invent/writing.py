"""The whole partnership written to disk: every life told by every agency, in its dated deliveries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import NamedTuple

from throughline.invent import census, extracts, returns903
from throughline.invent.days import ISO, MINUTES
from throughline.invent.deliveries import Delivery, deliveries
from throughline.invent.extracts import BLOCK, COLUMNS, Record
from throughline.invent.files import Files
from throughline.invent.life import lives
from throughline.invent.model import Life
from throughline.invent.people import Known, World, known_to
from throughline.invent.returns903 import Window
from throughline.invent.setting import Sender, faults
from throughline.invent.spoiling import Spoil, spoiling

_EVERY = 200
"""Children between two calls of `progress`."""
_ONLY_NEW = {"events"}
"""Layouts sent as what is new since the last time; the others are sent whole each time."""


class Written(NamedTuple):
    """What was written."""

    children: int
    deliveries: int
    files: int


def write(
    out: Path,
    *,
    children: int,
    seed: int,
    until: date,
    years: int = 3,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Written:
    """Write `children` invented lives, told by every agency in its own layout, as dated deliveries.

    `out` gets one folder per delivery, ``<received>_<agency id with '.' for ':'>``. The last day is `until`;
    the years are rounded up to whole return years (April to March). The same arguments write the same
    bytes. `progress` is called with children done and children in all.

    Raises FileExistsError if `out` holds anything already, OSError where the disk does.
    """
    if out.exists() and any(out.iterdir()):
        raise FileExistsError(f"{out} is not empty. Name a new or empty folder, so that nothing is mixed up.")
    world = World.ending(until, years, seed)
    with Files(out) as files:
        senders = _Senders(world, files)
        for done, life in enumerate(lives(world, children)):
            if done % _EVERY == 0:
                progress(done, children)
            senders.tell(life)
        progress(children, children)
    return Written(children, len(senders.folders), files.count)


class _Senders:
    """Every sender's deliveries, and who sends a given row."""

    def __init__(self, world: World, files: Files) -> None:
        self._world = world
        self._files = files
        self.folders: set[str] = set()
        self._extracts: dict[tuple[str, int, int], _Extract] = {}
        self._returns: list[_Return903 | _Census] = []
        for sender in world.partnership.senders:
            plan = deliveries(world, sender)
            self.folders.update(delivery.folder for delivery in plan)
            if sender.feed == "ssda903":
                self._returns += [_Return903(world, files, delivery) for delivery in plan]
            elif sender.feed == "cin_census":
                self._returns += [_Census(world, files, delivery) for delivery in plan]
            else:
                self._add_extracts(sender, plan)

    def _add_extracts(self, sender: Sender, plan: list[Delivery]) -> None:
        layouts = {"education": ("suspensions", "education_status"), "school_events": ("events",)}
        for layout in layouts.get(sender.feed, (sender.feed,)):
            extract = _Extract(self._world, self._files, layout, sender, plan)
            for area in sender.areas:
                self._extracts[layout, area, sender.school] = extract

    def tell(self, life: Life) -> None:
        """Write one life into the files of everyone who knows of it."""
        world = self._world
        rng = world.random("rows", life.child.number)
        known: dict[str, Known] = {}
        for layout, records in _records(world, rng, life):
            for record in records:
                extract = self._extracts.get((layout, record.area, record.school))
                if extract is not None:
                    extract.add(rng, life, known, record)
        if life.cases:
            for one in self._returns:
                one.add(life)


def _records(world: World, rng: Random, life: Life) -> Iterator[tuple[str, Iterable[Record]]]:
    yield "missing_police", extracts.missing_police(world, rng, life)
    yield "return_interview", extracts.return_interview(world, rng, life)
    yield "suspensions", extracts.suspensions(world, rng, life)
    yield "education_status", extracts.education_status(world, rng, life)
    yield "events", extracts.events(world, rng, life, schools=False)
    yield "events", extracts.events(world, rng, life, schools=True)


class _Extract:
    """One sender's files of one minimal layout."""

    def __init__(self, world: World, files: Files, layout: str, sender: Sender, plan: list[Delivery]) -> None:
        self._world = world
        self._files = files
        self._agency = sender.agency
        self._type = sender.agency.partition(":")[0]
        self._only_new = layout in _ONLY_NEW
        self._spoiling = spoiling(layout, COLUMNS[layout])
        habits = world.partnership.habits.get(sender.agency, {})
        self._end = "\r\n" if habits.get("crlf") else "\n"
        self._plan = [(d.cut, f"{d.folder}/{layout}.csv", ISO[d.cut // MINUTES]) for d in plan]
        header = ("\ufeff" if habits.get("bom") else "") + f"{BLOCK},{','.join(COLUMNS[layout])}{self._end}"
        for _, name, _ in self._plan:
            files.begin(name, header)

    def add(self, rng: Random, life: Life, known: dict[str, Known], record: Record) -> None:
        """Write a record's row into every delivery that tells of it, as it stood at its cut."""
        way = self._spoiling.draw(rng)
        choice, mends = (rng.random(), rng.random()) if way else (0.0, 0.0)
        who = known.get(self._agency)
        if who is None:
            homes = [home for home in life.child.homes if home.area == record.area]
            home = homes[0] if homes else life.child.home(record.on)
            who = known[self._agency] = known_to(self._world, life.child, self._agency, home)
        head = self._head(life, who, record)
        versions = self._versions(record, way, choice, mends)
        sent = ""
        upto = -1
        for cut, name, run in self._plan:
            while upto + 1 < len(versions) and versions[upto + 1][0] <= cut:
                upto += 1
            if upto < 0:
                continue
            tail = versions[upto][1]
            if self._only_new and tail == sent:
                continue
            sent = tail
            row = f"{head}{run},{tail}"
            self._files.add(name, row + row if versions[upto][2] == 2 else row)

    def _head(self, life: Life, who: Known, record: Record) -> str:
        child = life.child
        person = who.la_id if self._type == "la" else f"{self._type[:2].upper()}{child.number * 7 + 100003}"
        return (
            f"{self._agency},{record.id},{person},{who.la_id},{who.upn},{who.nhs_number},"
            f"{who.forename},{who.surname},{ISO[who.born]},{child.sex},{who.postcode},"
        )

    def _versions(self, record: Record, way: Spoil | None, choice: float, mends: float) -> list[tuple[int, str, int]]:
        """(since, the row's own cells as text, how many times it stands there)."""
        end = self._end
        if way is None:
            return [(version.since, _line(version.cells, end), 1) for version in record.versions]
        made = []
        for version in record.versions:
            cells, times = way.applied(version.cells, choice)
            made.append((version.since, _line(cells, end), times))
        given = faults()
        if mends < given["mended"]:
            first = record.versions[0].since
            told = next((cut for cut, _, _ in self._plan if cut >= first), first)
            from_ = told + given["mended_after_days"] * MINUTES
            sound = [(max(v.since, from_), _line(v.cells, end), 1) for v in record.versions]
            made = [version for version in made if version[0] < from_] + sound
        return made


def _line(cells: Iterable[str], end: str) -> str:
    return ",".join([f'"{c}"' if "," in c else c for c in cells]) + end


class _Return903:
    """One SSDA903 return of one authority."""

    def __init__(self, world: World, files: Files, delivery: Delivery) -> None:
        self._world = world
        self._files = files
        self._area = delivery.sender.areas[0]
        self._window = Window.of(delivery.year, delivery.cut, delivery.final)
        self._key = delivery.folder
        how = world.partnership.writes_903[world.partnership.areas[self._area].id]
        self._end = "\r\n" if how.get("crlf") else "\n"
        self._index: dict[str, int] | None = {} if how.get("unnamed_index") else None
        self._xml = how["shape"] == "xml"
        folder = f"{delivery.folder}/ssda903_{delivery.year}"
        name = f"{folder}/{how['name']}"
        self._names = {t: name.format(table=t, year=delivery.year) for t in returns903.TABLES}
        self._begun: set[str] = set()
        if self._xml:
            files.begin(self._names["header"], returns903.XML_BEGINS, returns903.XML_ENDS)
        else:
            self._bom = "\ufeff" if how.get("bom") else ""
            for table in returns903.ALWAYS:
                self._begin(table)

    def _begin(self, table: str) -> None:
        index = "," if self._index is not None else ""
        header = f"{self._bom}{index}{','.join(returns903.TABLES[table])}{self._end}"
        self._files.begin(self._names[table], header)
        self._begun.add(table)

    def add(self, life: Life) -> None:
        """Write the child's rows, if it was looked after in the year."""
        if not life.spells:
            return
        rng = self._world.random("903", self._key, life.child.number)
        told = list(returns903.spoilt(rng, returns903.rows(rng, life, self._area, self._window)))
        if told and self._xml:
            self._files.add(self._names["header"], returns903.as_xml(told))
            return
        for table, cells in told:
            if table not in self._begun:
                self._begin(table)
            line = ",".join(cells) + self._end
            if self._index is not None:
                number = self._index.get(table, 0)
                self._index[table] = number + 1
                line = f"{number},{line}"
            self._files.add(self._names[table], line)


class _Census:
    """One children in need census of one authority."""

    def __init__(self, world: World, files: Files, delivery: Delivery) -> None:
        self._world = world
        self._files = files
        self._area = delivery.sender.areas[0]
        self._window = Window.of(delivery.year, delivery.cut, delivery.final)
        self._key = delivery.folder
        self._name = f"{delivery.folder}/cin_census_{delivery.year}.xml"
        la = world.partnership.areas[self._area].la
        made = delivery.received * MINUTES + 5 * 60
        files.begin(self._name, census.begins(la, self._window, made), census.ENDS)

    def add(self, life: Life) -> None:
        """Write the child's element, if a case was open in the year."""
        if not any(case.area == self._area for case in life.cases):
            return
        rng = self._world.random("cin", self._key, life.child.number)
        text = census.child(rng, life, self._area, self._window)
        if text:
            self._files.add(self._name, text)
