"""Numbers of every area, counted in the database and held back where small: the same for whoever looks."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from throughline import measures, words
from throughline.measures import ALL, Place, Shown
from throughline.web.casework.reading import area_rules, area_sources
from throughline.web.casework.reading.area_rules import Figure
from throughline.web.clock import LONDON

ELSEWHERE = "elsewhere"
"""Side of a table: an authority that is none of the partnership's."""
UNKNOWN = ""
"""An area nobody has named."""

_Raw = Counter[tuple[str, ...]]


@dataclass(frozen=True)
class Cut:
    """One table with its sums, as it may be shown."""

    sides: tuple[tuple[str, ...], ...]
    shown: Mapping[Place, Shown]

    def at(self, *place: str) -> Shown:
        """The number at a place; `ALL` on a side is the sum over it."""
        return self.shown[place]


@dataclass(frozen=True)
class Counts:
    """Every table that the pages of the areas are made of, as of one moment."""

    at: datetime
    areas: tuple[str, ...]
    """Agency ids of the authorities anything is told of, in the order of their names; then `UNKNOWN`."""
    sources: area_sources.Sources
    so: Mapping[str, Cut]
    """Figure -> area by part: what is known to be so."""
    cannot_tell: Mapping[str, Cut]
    """Figure -> by area: what may or may not be so."""
    silent: Mapping[str, frozenset[str]]
    """Figure -> areas of which the last word is too old to say."""
    months: Cut
    """Missing episodes: area by month of their beginning."""
    quarters: Cut
    """Return interviews owed: area by quarter by outcome."""
    distances: Cut
    distances_unknown: Cut
    duties: Cut
    """Area by standing by strength."""
    flows: Cut
    """Children placed away: home area by host area."""

    @property
    def today(self) -> date:
        """The London day."""
        return self.at.astimezone(LONDON).date()


def counts(at: datetime) -> Counts:
    """All of it, as of this moment. For a viewer whose policy has no `counts` the database gives nothing."""
    raw = _asked(at)
    today = at.astimezone(LONDON).date()
    sources = area_sources.standing()
    areas = _areas(raw, sources)
    figures = area_rules.figures().values()
    silent = {f.id: frozenset(_silent(f, areas, sources, today)) for f in figures}
    flows, unplaced = _flows(raw.get("hosts", Counter()), areas, today)
    parted = {f.id: _parted(f, raw, silent[f.id], (flows, unplaced)) for f in figures}
    near = raw.get("distance", Counter())
    outcomes, standings = area_rules.outcomes(), area_rules.standings()
    return Counts(
        at=at,
        areas=areas,
        sources=sources,
        so={f.id: _cut(parted[f.id][0], areas, _slots(f, areas)) for f in figures},
        cannot_tell={f.id: _cut(parted[f.id][1], areas) for f in figures},
        silent=silent,
        months=_cut(_two(raw.get("missing_months")), areas, months(today)),
        quarters=_cut(_by(raw.get("interviews_quarters"), outcomes, 1), areas, quarters(today), _ids(outcomes)),
        distances=_cut(_two(near, without="cannot_tell"), areas, tuple(area_rules.distances())),
        distances_unknown=_cut(_one(near, "cannot_tell"), areas),
        duties=_cut(_by(raw.get("duties"), standings, 0), areas, _ids(standings), tuple(area_rules.strengths())),
        flows=_cut(flows, areas, (*areas, ELSEWHERE)),
    )  # fmt: skip


def months(today: date) -> tuple[str, ...]:
    """This month and the eleven before it, as ``2026-03``."""
    first = today.year * 12 + today.month - 12
    return tuple(f"{m // 12}-{m % 12 + 1:02d}" for m in range(first, first + 12))


def quarters(today: date) -> tuple[str, ...]:
    """This quarter and the four before it, as ``2026-Q1``."""
    now = today.year * 4 + (today.month - 1) // 3
    return tuple(f"{q // 4}-Q{q % 4 + 1}" for q in range(now - 4, now + 1))


def _asked(at: datetime) -> Mapping[str, _Raw]:
    """Subject -> (area, slot, part) -> how many."""
    found: dict[str, _Raw] = {}
    with connection.cursor() as cursor:
        cursor.execute("select * from app_counted(%s, %s)", [at, json.dumps(area_rules.for_the_database())])
        for subject, area, slot, part, n in cursor.fetchall():
            named = area if ":" in area else UNKNOWN  # "la": an authority, and nobody says which
            found.setdefault(subject, Counter())[named, slot, part] += n
    return found


def _areas(raw: Mapping[str, _Raw], sources: area_sources.Sources) -> tuple[str, ...]:
    """Areas something is told of, were it only that there is nothing."""
    found = {area for counted in raw.values() for area, _, _ in counted} | sources.areas
    named = sorted(found - {UNKNOWN}, key=words.agency_title)
    return (*named, UNKNOWN) if UNKNOWN in found else tuple(named)


def _silent(figure: Figure, areas: Sequence[str], sources: area_sources.Sources, today: date) -> Iterator[str]:
    if figure.fresh_days is None:
        return
    oldest = today - timedelta(days=figure.fresh_days)
    for area in areas:
        known = sources.known_to(figure.kinds, area)
        if known is None or known < oldest:
            yield area


def _parted(
    figure: Figure, raw: Mapping[str, _Raw], silent: frozenset[str], placed: tuple[_Raw, _Raw]
) -> tuple[_Raw, _Raw]:
    """What is so, by area and part; and what cannot be told, by area."""
    if figure.state == "placement":
        so, unknown = placed[0].copy(), placed[1].copy()
    else:
        counted = raw.get(figure.id, Counter())
        so, unknown = _two(counted, without="cannot tell"), _one(counted, "cannot tell")
    for (area, slot), n in list(so.items()):
        if area in silent:
            del so[area, slot]
            unknown[(area,)] += n
    return so, unknown


def _slots(figure: Figure, areas: tuple[str, ...]) -> tuple[str, ...]:
    return (*areas, ELSEWHERE) if figure.state == "placement" else tuple(figure.slots)


def _flows(hosts: _Raw, areas: tuple[str, ...], today: date) -> tuple[_Raw, _Raw]:
    """Children placed away by home and host; and those of whom nobody can say, by home."""
    flows: _Raw = Counter()
    unknown: _Raw = Counter()
    for (home, place, _), n in hosts.items():
        host = _host(place, areas, today)
        if not host or not home:
            unknown[(home,)] += n
        elif host != home:
            flows[home, host] += n
    return flows, unknown


def _host(place: str, areas: tuple[str, ...], today: date) -> str:
    """Whose area a place of this ONS code is in; blank where nobody can say."""
    if words.outside_england(place):
        return ELSEWHERE
    codes = words.answering_for(place, today)
    if len(codes) != 1:
        return ""
    return f"la:{codes[0]}" if f"la:{codes[0]}" in areas else ELSEWHERE


def _two(counted: _Raw | None, without: str = "\0") -> _Raw:
    two: _Raw = Counter()
    for (area, slot, _), n in (counted or {}).items():
        if slot != without:
            two[area, slot] += n
    return two


def _one(counted: _Raw, slot: str) -> _Raw:
    one: _Raw = Counter()
    for (area, its, _), n in counted.items():
        if its == slot:
            one[(area,)] += n
    return one


def _by(counted: _Raw | None, parts: Iterable[area_rules.Part], side: int) -> _Raw:
    """The same with states of duties taken together as a reader knows them."""
    part_of = {state: part.id for part in parts for state in part.states}
    by: _Raw = Counter()
    for (area, *rest), n in (counted or {}).items():
        rest[side] = part_of[rest[side]]
        by[area, rest[0], rest[1]] += n
    return by


def _ids(parts: Iterable[area_rules.Part]) -> tuple[str, ...]:
    return tuple(part.id for part in parts)


def _cut(counted: _Raw, *sides: tuple[str, ...]) -> Cut:
    known = {place: n for place, n in counted.items() if all(c in side for c, side in zip(place, sides, strict=True))}
    assert len(known) == len(counted), f"counted where no table stands: {counted.keys() - known.keys()}"
    return Cut(sides, measures.hold_back(known, sides))


__all__ = ["ALL", "ELSEWHERE", "UNKNOWN", "Counts", "Cut", "counts", "months", "quarters"]
