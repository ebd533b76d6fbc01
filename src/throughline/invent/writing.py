"""The whole partnership written to disk: every life told by every agency, in its dated deliveries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from throughline.invent import postcode_file
from throughline.invent.annex_a import IlacsAnnexA, SendAnnexA
from throughline.invent.attendance_files import Attendance
from throughline.invent.deliveries import Delivery, deliveries
from throughline.invent.dfe_api import DfeApi
from throughline.invent.ecds import Ecds
from throughline.invent.extract_files import RECORDS, Extract
from throughline.invent.files import Files
from throughline.invent.life import everyone
from throughline.invent.model import Life
from throughline.invent.people import WIDER, Known, World
from throughline.invent.return_files import CinCensus, Istv, Return903, Telling
from throughline.invent.school_census import SchoolCensus
from throughline.invent.sen2 import Sen2
from throughline.invent.setting import Sender
from throughline.invent.ssd import Ssd
from throughline.invent.subject_rows import SubjectRows

POSTCODES = postcode_file.NAME
"""Where under the folder the postcode directory of the invented places is; it is no delivery."""
_EVERY = 200
"""Children between two calls of `progress`."""
_SHAPES: Mapping[str, Callable[[World, Files, Delivery], Telling]] = {
    "ssda903": Return903,
    "cin_census": CinCensus,
    "istv": Istv,
    "ssd": Ssd,
    "ilacs_annex_a": IlacsAnnexA,
    "send_annex_a": SendAnnexA,
    "sen2": Sen2,
    "dfe_api": DfeApi,
    "ecds": Ecds,
    "school_census": SchoolCensus,
    "subject_events": SubjectRows,
}
"""Feeds that have a writer of their own."""
_OF_THE_WIDER = ("suspensions", "school_events", "school_roll", "ehcp_review", "ae_attendance")
"""Files in which children stand whom no service works with."""


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

    `out` gets one folder per delivery, ``<received>_<agency id with '.' for ':'>``, and a postcode directory
    of the invented places, ``reference/postcodes.csv``, which is no delivery. The last day is `until`;
    the years are rounded up to whole return years (April to March). The same arguments write the same
    bytes. `progress` is called with children done and children in all. The children known to services are
    counted; of those who are only at school and in A&E about as many come besides.

    Raises FileExistsError if `out` holds anything already, OSError where the disk does.
    """
    if out.exists() and any(out.iterdir()):
        raise FileExistsError(f"{out} is not empty. Name a new or empty folder, so that nothing is mixed up.")
    world = World.ending(until, years, seed)
    with Files(out) as files:
        senders = Senders(world, files, world.partnership.senders)
        done = 0
        for life in everyone(world, children):
            senders.tell(life)
            if life.child.number < WIDER:
                done += 1
                if done % _EVERY == 0:
                    progress(done, children)
        senders.close()
        postcode_file.write(files, world.partnership)
        progress(children, children)
    return Written(children, len(senders.folders), files.count)


class Senders:
    """Every sender's deliveries, and who sends a given row."""

    def __init__(self, world: World, files: Files, senders: tuple[Sender, ...]) -> None:
        self._world = world
        self._files = files
        self.folders: set[str] = set()
        self._extracts: dict[tuple[str, int, int], Extract] = {}
        self._shapes: list[Telling] = []
        self._attendance: dict[tuple[int, int], Attendance] = {}
        for sender in senders:
            plan = deliveries(world, sender)
            self.folders.update(delivery.folder for delivery in plan)
            if sender.feed in _SHAPES:
                self._shapes += [_SHAPES[sender.feed](world, files, delivery) for delivery in plan]
            elif sender.feed == "attendance_daily":
                self._attendance[sender.areas[0], sender.school] = Attendance(world, files, sender, plan)
            else:
                self._add_extracts(sender, plan)

    def _add_extracts(self, sender: Sender, plan: list[Delivery]) -> None:
        for file, layout in self._world.partnership.channels[sender.feed].items():
            extract = Extract(self._world, self._files, file, layout, sender, plan)
            for area in sender.areas:
                self._extracts[file, area, sender.school] = extract

    def tell(self, life: Life) -> None:
        """Write one life into the files of everyone who knows of it."""
        world = self._world
        rng = world.random("rows", life.child.number)
        known: dict[str, Known] = {}
        for file in RECORDS if life.child.number < WIDER else _OF_THE_WIDER:
            for record in RECORDS[file](world, rng, life):
                extract = self._extracts.get((file, record.area, record.school))
                if extract is not None:
                    extract.add(rng, life, known, record)
        for one in life.roll:
            register = self._attendance.get((one.area, one.school))
            if register is not None:
                register.add(life, one)
        for shape in self._shapes:
            shape.add(life)

    def close(self) -> None:
        """There are no more lives: finish what is written as a whole."""
        for shape in self._shapes:
            shape.close()
