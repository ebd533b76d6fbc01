"""Rows of the minimal layouts (formats §5b): missing_police, return_interview, suspensions, education_status.

A *record* is one row as it grows: open at first, completed later, perhaps put right. Each delivery carries
the version of it that stood at its cut.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from random import Random

from throughline.invent import setting
from throughline.invent.days import ISO, MINUTES, stamp
from throughline.invent.growing import Record, Version
from throughline.invent.model import Absence, Exclusion, Interview, Life, Schooling
from throughline.invent.people import World

BLOCK = (
    "source_system,source_record_id,source_person_id,la_person_id,upn,nhs_number,forename,surname,dob,sex,postcode,"
    "extract_date"
)
"""The identity block that stands first in every file."""

COLUMNS: Mapping[str, tuple[str, ...]] = setting.columns()
"""Columns after the block, per layout."""

_NEVER = 1 << 60


def missing_police(world: World, rng: Random, life: Life) -> Iterator[Record]:
    """What the police wrote down; some times of day, some returns never."""
    for absence in life.absences:
        if absence.to_police:
            only_found = rng.random() < 0.05
            told_safe = rng.random() < 0.7
            moments = [absence.reported]
            if absence.return_told:
                moments += [m for m in (absence.found, absence.returned, absence.prevention) if m]
            area = world.partnership.areas[absence.area]
            versions = [
                Version(m, _police_cells(absence, m, area.la, only_found, told_safe)) for m in sorted(set(moments))
            ]
            if rng.random() < 0.05 and absence.returned and absence.return_told:
                # Somebody looks again and puts the time of return half an hour later.
                late = absence._replace(returned=absence.returned + 30)
                seen = absence.returned + 12 * MINUTES
                versions.append(Version(seen, _police_cells(late, _NEVER, area.la, only_found, told_safe)))
            yield Record(absence.area, absence.ref, absence.since // MINUTES, versions)


def _police_cells(absence: Absence, now: int, la: str, only_found: bool, told_safe: bool) -> list[str]:
    def at(moment: int | None) -> str:
        if moment is None or moment > now:
            return ""
        return stamp(moment) if absence.times_known else ISO[moment // MINUTES]

    if not absence.return_told:
        absence = absence._replace(found=None, returned=None)
    back = absence.returned is not None and absence.returned <= now
    found = absence.found is not None and absence.found <= now
    earlier = absence.found if absence.found != absence.returned or only_found else None
    return [
        absence.ref,
        at(absence.since),
        at(absence.reported),
        absence.source,
        la if absence.source == "care" else "",
        absence.category,
        absence.first_risk,
        absence.last_risk if found else "",
        "" if only_found else at(absence.returned),
        absence.found_where if found else "",
        absence.how_back if back and not only_found else "",
        at(absence.prevention),
        "",
        absence.flags if found else "",
        at(earlier),
        at(absence.returned) if told_safe and not only_found else "",
    ]


def return_interview(world: World, rng: Random, life: Life) -> Iterator[Record]:
    """What the area's missing hub wrote down about each return it took up."""
    for absence in life.absences:
        interview, returned = absence.interview, absence.returned
        if interview is None or returned is None:
            continue
        ref = absence.ref if absence.to_police and rng.random() < 0.88 else ""
        if rng.random() < 0.12:
            returned += int(rng.random() * 150) - 60
        moments = (interview.offered_at, interview.declined_at, interview.held_at, interview.shared_at)
        versions = [
            Version(m, _interview_cells(interview, ref, returned, m))
            for m in sorted({interview.allocated, *(m for m in moments if m)})
        ]
        yield Record(absence.area, f"RHI-{absence.ref[1:]}", absence.since // MINUTES, versions)


def _interview_cells(interview: Interview, ref: str, returned: int, now: int) -> list[str]:
    def at(moment: int | None) -> str:
        return stamp(moment) if moment is not None and moment <= now else ""

    held = interview.held_at is not None and interview.held_at <= now
    answered = held or (interview.accepted != "Y" and now >= (interview.declined_at or interview.allocated))
    offered = interview.offered == "N" or (interview.offered_at or interview.allocated) <= now
    shared = interview.shared_at is not None and interview.shared_at <= now
    return [
        ref,
        stamp(returned),
        interview.offered if offered else "",
        interview.accepted if answered and offered else "",
        stamp(interview.allocated),
        at(interview.held_at),
        interview.role,
        interview.independent if held else "",
        interview.parent_present if held else "",
        interview.why_not if answered else "",
        interview.push if held else "",
        interview.pull if held else "",
        interview.words if held else "",
        interview.signs if held else "",
        interview.actions if held else "",
        interview.shared_with if shared else "",
        at(interview.shared_at),
        at(interview.offered_at),
        at(interview.declined_at),
    ]


def suspensions(world: World, rng: Random, life: Life) -> Iterator[Record]:
    """What schools told the authority's education service."""
    for number, exclusion in enumerate(life.exclusions, 1):
        days = {exclusion.start + 1, exclusion.la_told, exclusion.worker_told, exclusion.education_from}
        days |= {exclusion.governors, exclusion.cancelled}
        schools = world.partnership.areas[exclusion.area].schools
        urn = schools[exclusion.school].urn
        versions = [
            Version(day * MINUTES + 17 * 60, _exclusion_cells(exclusion, urn, day))
            for day in sorted(day for day in days if day is not None and day > exclusion.start)
        ]
        yield Record(exclusion.area, f"EX{life.child.number:06d}-{number}", exclusion.start, versions)


def _exclusion_cells(exclusion: Exclusion, urn: str, today: int) -> list[str]:
    def on(day: int | None) -> str:
        return ISO[day] if day is not None and day <= today else ""

    return [
        urn,
        exclusion.category,
        ISO[exclusion.start],
        str(exclusion.sessions) if exclusion.sessions else "",
        *exclusion.reasons,
        on(exclusion.la_told),
        on(exclusion.worker_told),
        on(exclusion.education_from),
        on(exclusion.governors),
        exclusion.outcome if on(exclusion.governors) else "",
        on(exclusion.cancelled),
    ]


def education_status(world: World, rng: Random, life: Life) -> Iterator[Record]:
    """The authority's own registers of children out of school, part-time or taught at home."""
    for number, spell in enumerate(life.schooling, 1):
        noted = spell.start + int(rng.random() ** 2 * 30)
        days = {noted, spell.view_at, spell.last_review, spell.end}
        la = world.partnership.areas[spell.area].la
        versions = [
            Version(day * MINUTES + 17 * 60, _schooling_cells(spell, la, day))
            for day in sorted(day for day in days if day is not None and day >= noted)
        ]
        yield Record(spell.area, f"ED{life.child.number:06d}-{number}", spell.start, versions)


def _schooling_cells(spell: Schooling, la: str, today: int) -> list[str]:
    def on(day: int | None) -> str:
        return ISO[day] if day is not None and day <= today else ""

    reviewed = on(spell.last_review)
    return [
        spell.status,
        ISO[spell.start],
        on(spell.end),
        spell.hours,
        la,
        spell.school_la,
        spell.reason,
        reviewed,
        ISO[spell.next_review] if reviewed and spell.next_review else "",
        on(spell.view_at),
    ]


def events(world: World, rng: Random, life: Life) -> Iterator[Record]:
    """What case systems tell in single rows; each is complete from the day it was written down."""
    for record in _events(life, "la"):
        # An authority that sends the dataset tells of its visits there.
        if (
            record.versions[0].cells[0] != "visit"
            or f"la:{world.partnership.areas[record.area].la}" not in world.partnership.ssd
        ):
            yield record


def events_of(agency: str) -> Callable[[World, Random, Life], Iterator[Record]]:
    """What agencies of another type tell in single rows."""
    return lambda world, rng, life: _events(life, agency)


def _events(life: Life, by: str) -> Iterator[Record]:
    for number, row in enumerate(life.told, 1):
        if row.by != by:
            continue
        day = row.at // MINUTES
        written = (row.recorded or day) * MINUTES + 18 * 60
        cells = [
            row.kind,
            stamp(row.at) if row.timed else ISO[day],
            ISO[row.recorded] if row.recorded else "",
            row.marks,
            ";".join(f"{name}={value}" for name, value in row.details),
            row.level,
            row.tags,
            "",
            "",
        ]
        yield Record(row.area, f"EV{life.child.number:06d}-{number}", day, [Version(written, cells)], row.school)
