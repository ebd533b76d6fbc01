"""One authority's SSDA903 return of one year, as CSV tables or as the department's XML."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from throughline.invent.days import MINUTES, UK, eighteen, year_begins
from throughline.invent.model import Child, Life, Spell
from throughline.invent.people import upn_on
from throughline.invent.spoiling import spoiling

TABLES: dict[str, tuple[str, ...]] = {
    "header": tuple("CHILD SEX DOB ETHNIC UPN MOTHER MC_DOB".split()),
    "episodes": tuple(
        "CHILD DECOM RNE LS CIN PLACE PLACE_PROVIDER DEC REC REASON_PLACE_CHANGE HOME_POST PL_POST URN".split()
    ),
    "reviews": tuple("CHILD DOB REVIEW REVIEW_CODE".split()),
    "missing": tuple("CHILD DOB MISSING MIS_START MIS_END".split()),
    "oc2": tuple(
        "CHILD DOB SDQ_SCORE SDQ_REASON CONVICTED HEALTH_CHECK IMMUNISATIONS TEETH_CHECK HEALTH_ASSESSMENT "
        "SUBSTANCE_MISUSE INTERVENTION_RECEIVED INTERVENTION_OFFERED".split()
    ),
    "oc3": tuple("CHILD DOB IN_TOUCH ACTIV ACCOM".split()),
    "uasc": tuple("CHILD SEX DOB DUC".split()),
    "ad1": tuple("CHILD DOB DATE_INT DATE_MATCH FOSTER_CARE NB_ADOPTR SEX_ADOPTR LS_ADOPTR".split()),
    "placed_for_adoption": tuple("CHILD DOB DATE_PLACED DATE_PLACED_CEASED REASON_PLACED_CEASED".split()),
    "previous_permanence": tuple("CHILD DOB PREV_PERM LA_PERM DATE_PERM".split()),
    "sw_episodes": tuple("CHILD DOB SW_ID SW_DECOM SW_DEC SW_REASON".split()),
}
"""Columns of each table, as the department names them."""
ALWAYS = ("header", "episodes", "reviews", "missing")
"""Tables that are in every return, if only to say that there was nothing; the rest come when they have rows."""

_WORKERS_SINCE = 2024
"""The return year social workers came in."""

Row = tuple[str, list[str]]
"""Table, cells."""


class Window(NamedTuple):
    """The year a return tells of, up to its cut."""

    year: int
    first: int
    last: int
    whole: bool
    """The year's return itself, with what is asked once a year."""

    @classmethod
    def of(cls, year: int, cut: int, whole: bool) -> Window:
        return cls(year, year_begins(year), cut // MINUTES, whole)


def sex_code(child: Child, year: int) -> str:
    """M, F from the 2025 return; 1, 2 before."""
    if year >= 2025:
        return child.sex
    return {"M": "1", "F": "2"}[child.sex]


def rows(rng: Random, life: Life, area: int, window: Window) -> Iterator[Row]:
    """The rows of one child in this authority's return; none if it was not looked after in the year."""
    spells = [
        spell
        for spell in life.spells
        if spell.area == area and spell.start <= window.last and (spell.end is None or spell.end >= window.first)
    ]
    if not spells:
        return
    child = life.child
    la_id = next((home.la_id for home in child.homes if home.area == area), child.homes[0].la_id)
    yield "header", header(child, la_id, window)
    start = (la_id, UK[child.born])
    for spell in spells:
        yield from _episodes(la_id, spell, window)
        yield from _events(life, spell, window, start)
        yield from _once(rng, child, spell, window, start)


def header(child: Child, la_id: str, window: Window) -> list[str]:
    """The child's row of the header table."""
    upn, none = upn_on(child, window.last)
    mother = "0" if child.sex == "F" and child.age(window.last) > 14 else ""
    return [la_id, sex_code(child, window.year), UK[child.born], child.ethnicity, upn or none, mother, ""]


def _episodes(la_id: str, spell: Spell, window: Window) -> Iterator[Row]:
    for episode in spell.episodes:
        if episode.start > window.last or (episode.end is not None and episode.end < window.first):
            continue
        ended = episode.end is not None and episode.end <= window.last
        yield (
            "episodes",
            [
                la_id,
                UK[episode.start],
                episode.new,
                episode.legal,
                episode.need,
                episode.place,
                episode.provider,
                UK[episode.end] if ended and episode.end else "",
                episode.ceased if ended else "",
                episode.change if ended else "",
                episode.home_postcode,
                episode.place_postcode,
                episode.urn,
            ],
        )


def _events(life: Life, spell: Spell, window: Window, start: tuple[str, str]) -> Iterator[Row]:
    first, last = window.first, window.last
    for held, code in spell.reviews:
        if first <= held <= last:
            yield "reviews", [*start, UK[held], code]
    for absence in life.absences:
        since = absence.since // MINUTES
        back = absence.returned // MINUTES if absence.returned else None
        if absence.to_return and spell.during(since) and since <= last and (back is None or back >= first):
            yield "missing", [*start, absence.category, UK[since], UK[back] if back and back <= last else ""]
    if window.year >= _WORKERS_SINCE:
        for worker in spell.workers:
            if worker.start <= last and (worker.end is None or worker.end >= first):
                ended = UK[worker.end] if worker.end and worker.end <= last else ""
                yield "sw_episodes", [*start, worker.code, UK[worker.start], ended, worker.why]


def _once(rng: Random, child: Child, spell: Spell, window: Window, start: tuple[str, str]) -> Iterator[Row]:
    first, last = window.first, window.last
    if first <= spell.start:
        yield "previous_permanence", [*start, spell.first_permanence, "", ""]
    if spell.alone_until:
        yield "uasc", [start[0], sex_code(child, window.year), start[1], UK[spell.alone_until]]
    if spell.adoption:
        decided, matched, placed = spell.adoption
        if first <= decided <= last:
            found = UK[matched] if matched <= last else ""
            yield "ad1", [*start, UK[decided], found, "0", "2", "MF", "L11"]
        if first <= placed <= last:
            yield "placed_for_adoption", [*start, UK[placed], "", ""]
    ended = spell.end is not None and spell.end <= last
    if window.whole and not ended and last - spell.start >= 365:
        yield "oc2", outcomes(rng, child, start, last)
    if window.whole and ended and spell.ceased in ("E17", "E5", "E7") and eighteen(child.born) <= last:
        activity, home = ("F2", "F5", "G5")[int(rng.random() * 3)], ("U1", "D1", "Z1")[int(rng.random() * 3)]
        yield "oc3", [*start, "YES", activity, home]


def outcomes(rng: Random, child: Child, start: tuple[str, str], day: int) -> list[str]:
    """Health and other outcomes of a year in care."""
    score = 4 <= child.age(day) < 17 and rng.random() < 0.8
    usual = ["1" if rng.random() < share else "0" for share in (0.03, 0.9, 0.88, 0.82, 0.91)]
    substance = rng.random() < 0.04
    helped = substance and rng.random() < 0.6
    return [
        *start,
        str(int(rng.triangular(0, 36, 11))) if score else "",
        "" if score else ("SDQ1" if child.age(day) < 4 or child.age(day) >= 17 else "SDQ2"),
        *usual,
        "1" if substance else "0",
        "1" if helped else "0",
        "1" if substance and not helped else "0",
    ]


def spoilt(rng: Random, told: Iterator[Row]) -> Iterator[Row]:
    """The rows as they go out: most as they are, some with one of the faults of data/faults.yaml."""
    for table, cells in told:
        row, times = spoiling(f"ssda903/{table}", TABLES[table]).row(rng, cells)
        for _ in range(times):
            yield table, list(row)


# -- the department's XML -----------------------------------------------------------------------------

XML_BEGINS = "<?xml version='1.0' encoding='us-ascii'?>\n<EXPSSDA903>"
XML_ENDS = "</EXPSSDA903>"

_IN_HEADER = tuple("uasc ad1 oc3 missing reviews previous_permanence oc2 placed_for_adoption sw_episodes".split())
"""Tables inside HEADER, in the department's order."""
_ELEMENTS = {
    "missing": "AMISSING",
    "reviews": "AREVIEW",
    "previous_permanence": "PERMANENCE",
    "oc2": "OC2",
    "placed_for_adoption": "AD_PLACED",
    "sw_episodes": "SW_EPISODE",
    "episodes": "EPISODE",
}
_KEYS = ("CHILD", "DOB", "SEX")
"""Said once, in HEADER."""


def as_xml(told: list[Row]) -> str:
    """One child's rows as a CHILD element."""
    by_table: dict[str, list[list[str]]] = {}
    for table, cells in told:
        by_table.setdefault(table, []).append(cells)
    la_id, sex, born, ethnicity, upn, mother, mothers_child = by_table["header"][0]
    parts = [
        f"<CHILD><HEADER><CHILDID>{la_id}</CHILDID><UPN>{upn}</UPN><SEX>{sex}</SEX><DOB>{born}</DOB>"
        f"<ETHNIC>{ethnicity}</ETHNIC>",
        "<UASC>1</UASC>" if "uasc" in by_table else "<UASC />",
    ]
    for table in _IN_HEADER:
        for cells in by_table.get(table, ()):
            parts.append(_element(table, cells))
        if table == "reviews":
            parts.append(f"<MOTHER>{mother}</MOTHER><MC_DOB>{mothers_child}</MC_DOB>")
    parts.append("</HEADER>")
    parts += [_element("episodes", cells) for cells in by_table.get("episodes", ())]
    parts.append("</CHILD>")
    return "".join(parts)


def _element(table: str, cells: list[str]) -> str:
    renamed = {"PLACE": "PL"} if table == "episodes" else {}
    inner = "".join(
        f"<{renamed.get(name, name)}>{cell}</{renamed.get(name, name)}>"
        for name, cell in zip(TABLES[table], cells, strict=True)
        if name not in _KEYS and (cell or table in ("episodes", "missing"))
    )
    element = _ELEMENTS.get(table)
    return f"<{element}>{inner}</{element}>" if element else inner
