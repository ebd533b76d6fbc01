"""Files that have a shape of their own: the two statutory returns, and A&E's list of places."""

from __future__ import annotations

from typing import Protocol

from throughline.invent import census, returns903
from throughline.invent.days import ISO, MINUTES, months_back, stamp
from throughline.invent.deliveries import Delivery
from throughline.invent.files import Files
from throughline.invent.model import Life
from throughline.invent.people import World
from throughline.invent.returns903 import Window


class Telling(Protocol):
    """One delivery's file or files, told one life after another."""

    def add(self, life: Life) -> None:
        """Write what the sender holds of this child, if anything."""

    def close(self) -> None:
        """There are no more lives."""


class Return903:
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

    def close(self) -> None:
        """Nothing waits."""


class CinCensus:
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

    def close(self) -> None:
        """Nothing waits."""


ISTV_COLUMNS = tuple(
    "period_start period_end site_code arrival_at assault_at assault_method method_other location_type "
    "location_text".split()
)
"""ISB 1594's minimum data set: a place and a time, and nobody."""
_METHODS = {"sharp object": "sharp", "blunt object": "blunt"}


class Istv:
    """One month's assaults that came to one hospital: place and time, never a child."""

    def __init__(self, world: World, files: Files, delivery: Delivery) -> None:
        self._files = files
        self._areas = delivery.sender.areas
        last = delivery.cut // MINUTES
        first = months_back(last, 0)
        self._from, self._to = first * MINUTES, delivery.cut
        self._period = f"{ISO[first]},{ISO[last]}"
        self._name = f"{delivery.folder}/istv.csv"
        files.begin(self._name, ",".join(ISTV_COLUMNS) + "\n")

    def add(self, life: Life) -> None:
        """Write where and when, for each assault of the month."""
        for v in life.visits:
            if v.area in self._areas and v.intent == "someone_else" and self._from <= v.at <= self._to:
                method = _METHODS.get(v.mechanism, "body part")
                hurt = stamp(v.injured_at) if v.injured_at else ""
                site = f"R{v.area + 1}H0{v.area + 1}"
                cells = [self._period, site, stamp(v.at), hurt, method, "", v.place or "street", v.place_text]
                self._files.add(self._name, ",".join(cells) + "\n")

    def close(self) -> None:
        """Nothing waits."""
