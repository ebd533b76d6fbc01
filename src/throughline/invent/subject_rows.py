"""Rows about no child: places that the panel looks at, police plans, recommendations, what a partnership publishes."""

from __future__ import annotations

from throughline.invent import setting
from throughline.invent.days import ISO, MINUTES, working
from throughline.invent.deliveries import Delivery
from throughline.invent.extracts import BLOCK, COLUMNS
from throughline.invent.files import Files
from throughline.invent.model import Life
from throughline.invent.people import World
from throughline.invent.setting import one

_EVENING = 18 * 60
_BLANKS = "," * (BLOCK.count(",") - 2)
"""Everything that would say who a child is."""


class SubjectRows:
    """One delivery of an `events` file whose rows name a subject in place of a child."""

    def __init__(self, world: World, files: Files, delivery: Delivery) -> None:
        self._world, self._files = world, files
        self._agency = delivery.sender.agency
        self._areas = delivery.sender.areas
        self._from, self._to = delivery.since, delivery.cut
        self._run = ISO[delivery.cut // MINUTES]
        self._name = f"{delivery.folder}/{delivery.sender.feed}.csv"
        files.begin(self._name, f"{BLOCK},{','.join(COLUMNS['events'])},subject_kind,subject_id\n")
        for number, row in enumerate(setting.whole(), 1):
            if row["by"] == self._agency:
                details = ";".join(f"{name}={value}" for name, value in row.get("details", {}).items())
                self._write(f"W{number}", row["kind"], world.until - row["ago"], details, row["about"], row["id"])

    def add(self, life: Life) -> None:
        """Where the police name a place to the panel, it mostly looks at it within ten working days."""
        if not self._agency.startswith("exploitation_panel:"):
            return
        for o in life.occurrences:
            if o.area not in self._areas or not o.place_ref:
                continue
            rng = self._world.random("place", o.number)
            if rng.random() < setting.lives()["places_looked_at"]:
                day = working(o.reported // MINUTES, 2 + int(rng.random() * 8))
                says = setting.sayings()["places_decided"]
                details = f"context={o.place_ref};decision={one(rng, says)}"
                self._write(f"PL{o.number[2:]}", "context_screening", day, details, "context", o.place_ref)

    def close(self) -> None:
        """Nothing waits."""

    def _write(self, record: str, kind: str, day: int, details: str, about: str, id: str) -> None:
        if self._from < day * MINUTES + _EVENING <= self._to:
            cells = f"{kind},{ISO[day]},,,{details},,,,"
            self._files.add(self._name, f"{self._agency},{record}{_BLANKS},{self._run},{cells},{about},{id}\n")
