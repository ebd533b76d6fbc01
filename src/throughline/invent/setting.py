"""The invented partnership as data: its areas, schools and senders, and how often what happens there."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Mapping
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import yaml

DATA = Path(__file__).parent / "data"


class Draw:
    """Codes drawn by weight."""

    __slots__ = ("_codes", "_sums", "_total")

    def __init__(self, weights: Mapping[Any, float]) -> None:
        self._codes = [str(code) for code in weights]
        self._sums = list(accumulate(weights.values()))
        self._total = self._sums[-1]

    def __call__(self, rng: Random) -> str:
        return self._codes[bisect(self._sums, rng.random() * self._total)]


class School(NamedTuple):
    urn: str
    """Six digits, in a range no school has."""
    name: str


class Area(NamedTuple):
    """One local authority's area."""

    id: str
    """As in `words.calendars.school_days`."""
    name: str
    la: str
    """Three-digit authority code."""
    postcode_area: str
    first_child_id: int
    schools: tuple[School, ...]


class Sender(NamedTuple):
    """One agency that sends one layout."""

    agency: str
    feed: str
    areas: tuple[int, ...]
    """Whose children it tells of, as indexes into `Partnership.areas`."""
    school: int
    """Index of the one school it is; -1 for every other agency."""
    months: int | None
    """It began to send so many months before the last day; None: years before."""
    cut: str
    """month, term or return."""
    late_days: int
    silent: int
    """Nothing came in the last so many days."""


class Partnership(NamedTuple):
    """The four areas and everyone who sends something."""

    areas: tuple[Area, ...]
    senders: tuple[Sender, ...]
    writes_903: Mapping[str, Mapping[str, Any]]
    """Area id -> how its SSDA903 return is written."""
    habits: Mapping[str, Mapping[str, bool]]
    """Agency id -> how it writes its other files: bom, crlf."""
    elsewhere: str
    """Postcode area of placements in none of the areas."""
    shares: Draw


@lru_cache
def partnership() -> Partnership:
    """The four shores."""
    content = _read("partnership.yaml")
    areas = tuple(_area(number, given) for number, given in enumerate(content["areas"]))
    return Partnership(
        areas=areas,
        senders=tuple(s for given in content["senders"] for s in _senders(given, areas)),
        writes_903=content["writes_903"],
        habits=content["habits"],
        elsewhere=content["elsewhere_postcode_area"],
        shares=Draw({number: given["share"] for number, given in enumerate(content["areas"])}),
    )


@lru_cache
def lives() -> Mapping[str, Any]:
    """How often what happens."""
    return _read("lives.yaml")


@lru_cache
def draws() -> Mapping[str, Draw]:
    """Codes drawn by weight: sources of referral, needs, placements ..."""
    tracks = {name: track["share"] for name, track in lives()["tracks"].items()}
    return {"tracks": Draw(tracks)} | {name: Draw(weights) for name, weights in lives()["draw"].items()}


@lru_cache
def names() -> Mapping[str, Any]:
    """Names, how they are also spelt, short forms."""
    return _read("names.yaml")


@lru_cache
def sayings() -> Mapping[str, Any]:
    """What children say, and the words agencies fill their cells with."""
    return _read("sayings.yaml")


@lru_cache
def faults() -> Mapping[str, Any]:
    """What goes wrong with rows, and in what share of them."""
    return _read("faults.yaml")


def _read(name: str) -> dict[str, Any]:
    with (DATA / name).open("rb") as stream:
        content: dict[str, Any] = yaml.load(stream, Loader=yaml.CSafeLoader)
    return content


def _area(number: int, given: Mapping[str, Any]) -> Area:
    schools = tuple(School(f"97{number + 1}{place:03d}", name) for place, name in enumerate(given["schools"], 1))
    return Area(
        id=given["id"],
        name=given["name"],
        la=given["la"],
        postcode_area=given["postcode_area"],
        first_child_id=given["first_child_id"],
        schools=schools,
    )


def _senders(given: Mapping[str, Any], areas: tuple[Area, ...]) -> list[Sender]:
    def sender(agency: str, of: tuple[int, ...], school: int = -1) -> Sender:
        return Sender(
            agency=agency,
            feed=given["feed"],
            areas=of,
            school=school,
            months=given.get("months"),
            cut=given.get("cut", "month"),
            late_days=given["late_days"],
            silent=given.get("silent", 0),
        )

    if "areas" in given:
        index = {area.id: number for number, area in enumerate(areas)}
        return [sender(given["agency"], tuple(index[id] for id in given["areas"]))]
    made = []
    for number, area in enumerate(areas):
        if "each_school" in given:
            for place, school in enumerate(area.schools[: given["each_school"]]):
                made.append(sender(given["agency"].format(urn=school.urn), (number,), place))
        else:
            made.append(sender(given["agency"].format(la=area.la), (number,)))
    return made
