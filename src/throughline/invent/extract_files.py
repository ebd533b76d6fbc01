"""One sender's CSV files of one layout: who the child is to that agency, and each row as it stood."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from random import Random

from throughline.invent import extracts, rows_partners, rows_schools, setting
from throughline.invent.days import ISO, MINUTES
from throughline.invent.deliveries import Delivery
from throughline.invent.extracts import BLOCK
from throughline.invent.files import Files
from throughline.invent.growing import Record
from throughline.invent.model import Life
from throughline.invent.people import Known, World, known_to
from throughline.invent.setting import Sender, faults
from throughline.invent.spoiling import Spoil, spoiling

Rows = Callable[[World, Random, Life], Iterable[Record]]

RECORDS: Mapping[str, Rows] = {
    "missing_police": extracts.missing_police,
    "return_interview": extracts.return_interview,
    "suspensions": extracts.suspensions,
    "education_status": extracts.education_status,
    "events": extracts.events,
    "school_events": extracts.events_of("school"),
    "health_events": extracts.events_of("community_health"),
    "conference_events": extracts.events_of("conference_service"),
    "panel_events": extracts.events_of("exploitation_panel"),
    "hub_events": extracts.events_of("missing_hub"),
    "education_events": extracts.events_of("la_education"),
    "police_occurrence": rows_partners.police_occurrence,
    "police_investigation": rows_partners.police_investigation,
    "ae_attendance": rows_partners.ae_attendance,
    "cpis_access": rows_partners.cpis_access,
    "nrm": rows_partners.nrm,
    "risk_list_decisions": rows_partners.risk_list_decisions,
    "yj_offence": rows_partners.yj_offence,
    "yj_disposal": rows_partners.yj_disposal,
    "yj_assessment": rows_partners.yj_assessment,
    "camhs_referral": rows_partners.camhs_referral,
    "camhs_contact": rows_partners.camhs_contact,
    "voice": rows_partners.voice,
    "transition": rows_partners.transition,
    "school_roll": rows_schools.school_roll,
    "ehcp_review": rows_schools.ehcp_review,
    "meetings": rows_schools.meetings,
    "meeting_invites": rows_schools.meeting_invites,
    "plan_outcomes": rows_schools.plan_outcomes,
}
"""What makes the rows of each file a channel names."""


class Extract:
    """One sender's files of one layout."""

    def __init__(
        self, world: World, files: Files, file: str, layout: str, sender: Sender, plan: list[Delivery]
    ) -> None:
        self._world = world
        self._files = files
        self._agency = sender.agency
        self._only_new = sender.only_new
        columns = setting.columns()[layout]
        self._spoiling = spoiling(layout, columns)
        habits = world.partnership.habits.get(sender.agency, {})
        self._end = "\r\n" if habits.get("crlf") else "\n"
        self._plan = [(d.cut, f"{d.folder}/{file}.csv", ISO[d.cut // MINUTES]) for d in plan]
        header = ("\ufeff" if habits.get("bom") else "") + f"{BLOCK},{','.join(columns)}{self._end}"
        for _, name, _ in self._plan:
            files.begin(name, header)

    def add(self, rng: Random, life: Life, known: dict[str, Known], record: Record) -> None:
        """Write a record's row into every delivery that tells of it, as it stood at its cut."""
        way = self._spoiling.draw(rng)
        choice, mends = (rng.random(), rng.random()) if way else (0.0, 0.0)
        head = self._head(life, known, record)
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

    def _head(self, life: Life, known: dict[str, Known], record: Record) -> str:
        if record.unnamed:
            return f"{self._agency},{record.id},{source_id(self._agency, life)},,,,,,,{life.child.sex},,"
        who = known.get(self._agency)
        if who is None:
            homes = [home for home in life.child.homes if home.area == record.area]
            home = homes[0] if homes else life.child.home(record.on)
            who = known[self._agency] = known_to(self._world, life.child, self._agency, home)
        return identity(self._agency, record.id, life, who)

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


def source_id(agency: str, life: Life) -> str:
    """What an agency that is no authority calls the child: its own number, which says nothing to others."""
    return f"{agency[:2].upper()}{life.child.number * 7 + 100003}"


def identity(agency: str, record: str, life: Life, who: Known) -> str:
    """The identity block up to the extract date, as this agency fills it."""
    person = who.la_id if agency.startswith("la:") else source_id(agency, life)
    return (
        f"{agency},{record},{person},{who.la_id},{who.upn},{who.nhs_number},"
        f"{who.forename},{who.surname},{ISO[who.born]},{life.child.sex},{who.postcode},"
    )


def _line(cells: Iterable[str], end: str) -> str:
    return ",".join([f'"{c}"' if "," in c else c for c in cells]) + end
