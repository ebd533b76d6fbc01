"""One school's daily marks, two a day and child: by far the longest files there are."""

from __future__ import annotations

from throughline.invent import setting
from throughline.invent.days import ISO, MINUTES, months_back
from throughline.invent.deliveries import Delivery
from throughline.invent.extract_files import identity
from throughline.invent.extracts import BLOCK
from throughline.invent.files import Files
from throughline.invent.model import Life
from throughline.invent.partners import Enrolment
from throughline.invent.people import World, known_to
from throughline.invent.roll import marks, school_dates
from throughline.invent.setting import Sender

_AFTERNOON = 16 * 60


class Attendance:
    """The marks of everyone on one school's roll, each delivery the days since the last."""

    def __init__(self, world: World, files: Files, sender: Sender, plan: list[Delivery]) -> None:
        self._world = world
        self._files = files
        self._agency = sender.agency
        self._urn = world.partnership.areas[sender.areas[0]].schools[sender.school].urn
        header = f"{BLOCK},{','.join(setting.columns()['attendance_daily'])}\n"
        assert sender.months is not None
        first = months_back(world.until, sender.months + 1)
        self._runs: list[tuple[str, str, tuple[int, ...]]] = []
        for delivery in plan:
            name, cut = f"{delivery.folder}/attendance_daily.csv", delivery.cut
            files.begin(name, header)
            last = cut // MINUTES - (cut % MINUTES < _AFTERNOON)
            self._runs.append((name, ISO[cut // MINUTES], school_dates(first, last)))
            first = last + 1
        self._days = tuple(day for _, _, run in self._runs for day in run)

    def add(self, life: Life, one: Enrolment) -> None:
        """Write the child's marks for the days of this time on the roll."""
        who = known_to(self._world, life.child, self._agency, life.child.home(one.entry))
        before, _, after = identity(self._agency, "\0", life, who).partition("\0")
        coded = {day: codes for day, *codes in marks(self._world, life, one, self._days)}
        for name, run, days in self._runs if coded else ():
            lines = []
            for day in days:
                if day in coded:
                    am, pm = coded[day]
                    on, key = ISO[day], f"{before}{life.child.number}-{day}"
                    lines.append(f"{key}A{after}{run},{self._urn},{on},AM,{am}\n")
                    lines.append(f"{key}P{after}{run},{self._urn},{on},PM,{pm}\n")
            if lines:
                self._files.add(name, "".join(lines))
