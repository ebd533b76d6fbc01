"""A map without outside tiles: areas as hexagons over their own postcodes, and who is placed from where to where.

The outlines come from the postcode directory that the partnership loaded. No child's address is on it: what is
drawn is a number from one area to another, held back where small like every other.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db import connection

from throughline import words
from throughline.measures import ALL
from throughline.web.casework.reading.area_counts import ELSEWHERE, UNKNOWN, Counts
from throughline.web.casework.reading.area_shapes import Cell, cell
from throughline.web.casework.reading.area_tables import name
from throughline.web.intake.models import PostcodeEdition

WIDTH = 480.0
"""Units across; a phone shows them at three quarters of a pixel each."""
_MARGIN = 46.0
_ACROSS = 26
"""Hexagons across the map."""
_BIN = 500
"""Metres: how finely postcodes are gathered before they are put into hexagons."""

_BINS = """
select authority, easting / %s, northing / %s, count(*) from intake_postcode
 where authority = any(%s) and terminated = '' and easting is not null group by 1, 2, 3
"""
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Shape:
    """One area."""

    code: str
    name: str
    path: str
    """Of an SVG path: its hexagons."""
    label: Point
    here: bool
    """The page is this area's."""


@dataclass(frozen=True, slots=True)
class Arrow:
    """Children of one area living in another."""

    path: str
    label: Point
    number: str
    width: float
    exact: bool
    """False: the number is held back, and the line is drawn broken, at one width."""
    said: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """The whole map, in units of its own."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    arrows: tuple[Arrow, ...]
    elsewhere: Point | None
    edition: str
    """Name of the postcode directory."""


def draw(c: Counts, area: str) -> Drawn | None:
    """The map of the areas with the flows of one of them, or of all; None where no postcode lies in any."""
    edition = PostcodeEdition.objects.order_by("-pk").first()
    codes = tuple(a.partition(":")[2] for a in c.areas if a != UNKNOWN)
    if edition is None:
        return None
    size, hexes = _hexes(connection.settings_dict["NAME"], edition.pk, codes)
    if not hexes:
        return None
    scale, height = _scale(hexes)
    placed = {code: [scale(point) for point in points] for code, points in hexes.items()}
    middle = {f"la:{code}": _middle(points) for code, points in placed.items()}
    flows = list(_flows(c, area, middle))
    away = (WIDTH - _MARGIN, height - _MARGIN / 2) if any(host == ELSEWHERE for _, host, _ in flows) else None
    ends = middle | ({ELSEWHERE: away} if away else {})
    shapes = tuple(
        Shape(code, name(f"la:{code}"), _path(points, size * _units(hexes)), middle[f"la:{code}"], f"la:{code}" == area)
        for code, points in placed.items()
    )
    arrows = tuple(_arrow(home, host, ends[home], ends[host], n) for home, host, n in flows)
    return Drawn(WIDTH, height, shapes, arrows, away, edition.name)


def _flows(c: Counts, area: str, middle: Mapping[str, Point]) -> Iterator[tuple[str, str, Cell]]:
    for home in middle:
        for host in (*middle, ELSEWHERE):
            number = cell(c.flows.at(home, host))
            if home != host and number.n != 0 and area in (ALL, home, host):
                yield home, host, number


@lru_cache(maxsize=8)
def _hexes(database: str, edition: int, codes: tuple[str, ...]) -> tuple[float, Mapping[str, Sequence[Point]]]:
    """How wide a hexagon is; and area -> middles of those in which it has more postcodes than any other. Metres.

    Kept for as long as that edition is in use in that database: reading all its postcodes takes a while.
    """
    places = {place: code for code in codes for place in words.places_of(code)}
    with connection.cursor() as cursor:
        cursor.execute(_BINS, [_BIN, _BIN, list(places)])
        bins = [(places[place], (e + 0.5) * _BIN, (n + 0.5) * _BIN, count) for place, e, n, count in cursor.fetchall()]
    if not bins:
        return 0.0, {}
    size = max((max(b[1] for b in bins) - min(b[1] for b in bins)) / _ACROSS, 2 * _BIN)
    held: dict[Point, Counter[str]] = defaultdict(Counter)
    for code, e, n, count in bins:
        held[_hexagon(e, n, size)][code] += count
    found: dict[str, list[Point]] = {code: [] for code in codes}
    for at, counted in sorted(held.items()):
        found[min(counted, key=lambda code: (-counted[code], code))].append(at)
    return size, {code: points for code, points in found.items() if points}


def _hexagon(e: float, n: float, across: float) -> Point:
    """Middle of the hexagon (point upwards, `across` from flat to flat) that a place lies in."""
    up = across * math.sqrt(3)
    straight = (round(e / across) * across, round(n / up) * up)
    between = ((math.floor(e / across) + 0.5) * across, (math.floor(n / up) + 0.5) * up)
    return min(straight, between, key=lambda at: (at[0] - e) ** 2 + (at[1] - n) ** 2)


def _units(hexes: Mapping[str, Sequence[Point]]) -> float:
    xs = [x for points in hexes.values() for x, _ in points]
    return (WIDTH - 2 * _MARGIN) / max(max(xs) - min(xs), 1)


def _scale(hexes: Mapping[str, Sequence[Point]]):
    """From metres to units, north upwards; and the height of the map."""
    xs = [x for points in hexes.values() for x, _ in points]
    ys = [y for points in hexes.values() for _, y in points]
    unit, west, north = _units(hexes), min(xs), max(ys)
    height = round((north - min(ys)) * unit + 2 * _MARGIN, 1)
    return (lambda at: (_MARGIN + (at[0] - west) * unit, _MARGIN + (north - at[1]) * unit)), height


def _path(points: Sequence[Point], size: float) -> str:
    radius = size / math.sqrt(3)
    corners = [(radius * math.sin(math.pi / 3 * k), radius * math.cos(math.pi / 3 * k)) for k in range(6)]
    return "".join("M" + "L".join(f"{x + dx:.1f} {y + dy:.1f}" for dx, dy in corners) + "Z" for x, y in points)


def _middle(points: Sequence[Point]) -> Point:
    return round(sum(x for x, _ in points) / len(points), 1), round(sum(y for _, y in points) / len(points), 1)


def _arrow(home: str, host: str, a: Point, b: Point, number: Cell) -> Arrow:
    """A bow to the right of the straight way, so that there and back are two lines."""
    (ax, ay), (bx, by) = a, b
    long = math.hypot(bx - ax, by - ay) or 1.0
    bend = (ax + bx) / 2 - (by - ay) * 0.18, (ay + by) / 2 + (bx - ax) * 0.18
    start, end = _towards(a, bend, min(14.0, long / 4)), _towards(b, bend, min(14.0, long / 4))
    label = round((ax + bx) / 4 + bend[0] / 2, 1), round((ay + by) / 4 + bend[1] / 2, 1)
    return Arrow(
        f"M{start[0]:.1f} {start[1]:.1f}Q{bend[0]:.1f} {bend[1]:.1f} {end[0]:.1f} {end[1]:.1f}",
        label,
        "<5" if number.n is None and number.text.startswith("fewer") else f"{number.n}" if number.n else "–",
        min(2.0 + (number.n or 0) ** 0.5, 10.0),
        number.n is not None,
        f"From {name(home)} to {name(host)}: {number.text}",
    )


def _towards(at: Point, goal: Point, by: float) -> Point:
    long = math.hypot(goal[0] - at[0], goal[1] - at[1]) or 1.0
    return at[0] + (goal[0] - at[0]) / long * by, at[1] + (goal[1] - at[1]) / long * by
