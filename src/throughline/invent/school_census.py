"""One authority's school census of one term, flattened: pupils on and off roll, exclusions, sessions, needs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date

from throughline.invent import setting
from throughline.invent.days import MINUTES, UK
from throughline.invent.deliveries import Delivery, term
from throughline.invent.files import Files
from throughline.invent.model import Life
from throughline.invent.partners import Enrolment
from throughline.invent.people import World, known_to
from throughline.invent.roll import marks, school_dates, year_group
from throughline.invent.rows_schools import sen_provision
from throughline.invent.spoiling import spoiling

Row = dict[str, str]
_TERM = 110
"""Days before the census day whose sessions and exclusions it tells of: the term before."""
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def _day(day: int) -> str:
    """As the census has it: ``2024-Oct-16 00:00:00``."""
    uk = UK[day]
    return f"{uk[6:]}-{_MONTHS[int(uk[3:5]) - 1]}-{uk[:2]} 00:00:00"


def _key(*of: object) -> str:
    return hashlib.blake2s("/".join(map(str, of)).encode(), digest_size=6).hexdigest()


class SchoolCensus:
    """One term's census of all schools of one authority."""

    def __init__(self, world: World, files: Files, delivery: Delivery) -> None:
        self._world = world
        self._files = files
        self._area = delivery.sender.areas[0]
        self._agency = delivery.sender.agency
        self._day = delivery.cut // MINUTES
        self._term = term(delivery)
        self._spring = date.fromordinal(self._day).month == 1
        self._dates = school_dates(self._day - _TERM, self._day)
        self._folder = f"{delivery.folder}/{self._term}"
        self._columns = setting.census_tables()
        self._rng = world.random("census", self._term)
        self._count = dict.fromkeys(self._columns, 0)
        for table, columns in self._columns.items():
            if table != "senneeds" or self._spring:
                files.begin(self._name(table), ",".join(columns) + "\n")

    def add(self, life: Life) -> None:
        """Write the pupil, if it was on a roll here this term or left one."""
        day = self._day
        self._rng = self._world.random("census", self._term, life.child.number)
        for number, one in enumerate(life.roll):
            if one.area != self._area or one.entry > day:
                continue
            off = one.leaving is not None and one.leaving <= day
            if not off or (one.leaving or 0) > day - _TERM:
                for table, row in self._pupil(life, one, number, off=off):
                    self._write(table, row)

    def close(self) -> None:
        """Nothing waits."""

    def _pupil(self, life: Life, one: Enrolment, number: int, *, off: bool) -> Iterator[tuple[str, Row]]:
        child, on_off = life.child, "offroll" if off else "onroll"
        table = "pupilnolongeronroll" if off else "pupilonroll"
        pupil = _key(child.number, number)
        who = known_to(self._world, child, self._agency, child.home(one.entry))
        key = {
            f"{table}tableid": pupil,
            "NativeId": self._world.partnership.areas[self._area].schools[one.school].urn,
        }
        source = {"sourceid": _key(child.number)[:8]}
        coded = [code for _, am, pm in marks(self._world, life, one, self._dates) for code in (am, pm)]
        row = {
            "dob": _day(who.born),
            "surname": who.surname,
            "forename": who.forename,
            "preferredsurname": child.renamed[1] if child.renamed and child.renamed[0] <= self._day else who.surname,
            "formersurname": "",
            "upn": who.upn,
            "formerupn": child.temporary_upn,
            "sex": child.sex,
            "entrydate": _day(one.entry),
            "parttime": "False",
            "termlysessionspossible": str(float(len(coded))),
        }
        year = year_group(child.born, self._day)
        group = str(year) if year > 0 else "R"
        if off:
            row |= {"leavingdate": _day(one.leaving or self._day), "ncyearleaving": group}
        else:
            row |= {"enrolstatus": "C", "ncyearactual": group, "senprovision": sen_provision(life, self._day)}
        yield table, key | source | row
        uprn = {"uniquepropertyreferencenumber": "", "postcode": who.postcode}
        yield f"addresses{on_off}", key | source | uprn
        yield from self._exclusions(life, one, key | source, on_off)
        for code in sorted(set(coded)):
            sessions = {"attendancereason": code, "sessions": str(float(coded.count(code)))}
            yield f"termlysessiondetails{on_off}", key | source | sessions
        if self._spring and not off and life.plan:
            yield "senneeds", key | source | {"sentyperank": "1.0", "sentype": life.plan.need}

    def _exclusions(self, life: Life, one: Enrolment, key: Row, on_off: str) -> Iterator[tuple[str, Row]]:
        for exclusion in life.exclusions:
            here = (exclusion.area, exclusion.school) == (one.area, one.school)
            if here and self._day - _TERM < exclusion.start <= self._day and not exclusion.cancelled:
                yield (
                    f"termlyexclusions{on_off}",
                    key
                    | {
                        "startdate": _day(exclusion.start),
                        "sessions": str(float(exclusion.sessions)) if exclusion.sessions else "",
                        "reason1": exclusion.reasons[0],
                        "reason2": exclusion.reasons[1],
                        "category": exclusion.category,
                    },
                )

    def _name(self, table: str) -> str:
        return f"{self._folder}_{table}.csv"

    def _write(self, table: str, row: Row) -> None:
        self._count[table] += 1
        number = self._count[table]
        row.setdefault(f"{table}tableid", _key(self._term, table, number)[:8])
        row[f"{table}orderseqcolumn"] = str(number)
        columns = self._columns[table]
        cells, times = spoiling(f"school_census/{table}", columns).row(self._rng, [row.get(c, "") for c in columns])
        self._files.add(self._name(table), (",".join(cells) + "\n") * times)
