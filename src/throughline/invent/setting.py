"""The invented partnership as data: its areas, schools and senders, and how often what happens there."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import yaml

DATA = Path(__file__).parent / "data"
_ALL = 1 << 20
"""Days: more than anybody's years."""


class Draw:
    """Codes drawn by weight."""

    __slots__ = ("_codes", "_sums", "_total")

    def __init__(self, weights: Mapping[Any, float]) -> None:
        self._codes = [str(code) for code in weights]
        self._sums = list(accumulate(weights.values()))
        self._total = self._sums[-1]

    def __call__(self, rng: Random) -> str:
        return self._codes[bisect(self._sums, rng.random() * self._total)]


class Answer(NamedTuple):
    """One entry of `answers.yaml`, which says what each column means."""

    kind: str
    after: str
    during: str
    by: str
    from_: int
    within: int
    by_day: tuple[int, ...]
    first: tuple[int, int]
    every: tuple[int, int]
    share: float
    late: float
    most: int
    lost: float
    marks: tuple[str, ...]
    details: tuple[tuple[str, tuple[str, ...]], ...]
    kept_days: int
    anyone: bool


class School(NamedTuple):
    urn: str
    """Six digits, in a range no school has."""
    name: str
    phase: str
    """primary, secondary, special, pru."""


class Area(NamedTuple):
    """One local authority's area."""

    id: str
    """As in `words.calendars.school_days`."""
    name: str
    la: str
    """Three-digit authority code."""
    postcode_area: str
    at: tuple[int, int]
    """Easting and northing of its middle."""
    first_child_id: int
    schools: tuple[School, ...]
    places: Mapping[str, tuple[int, ...]]
    """Indexes of its schools, by phase."""

    @property
    def ons_code(self) -> str:
        """As in a postcode directory: E06999971 for 971, given to nobody."""
        return f"E06999{self.la}"


class Elsewhere(NamedTuple):
    """Where placements in none of the areas are."""

    postcode_area: str
    at: tuple[int, int]
    ons_code: str


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
    """month, quarter, term, census, year or return."""
    latest: int
    """No more than so many deliveries."""
    late_days: int
    silent: int
    """Nothing came in the last so many days."""
    only_new: bool
    """Each delivery tells what is new or changed since the one before."""


class Partnership(NamedTuple):
    """The six areas and everyone who sends something."""

    areas: tuple[Area, ...]
    senders: tuple[Sender, ...]
    channels: Mapping[str, Mapping[str, str]]
    """What travels together: feed of a sender -> its files -> the layout of each."""
    writes_903: Mapping[str, Mapping[str, Any]]
    """Area id -> how its SSDA903 return is written."""
    ssd: Mapping[str, Mapping[str, bool]]
    """Agency that sends the Standard Safeguarding Dataset -> how: `midnight`, days as timestamps."""
    ecds_xml_days: int
    """The last so many days, in which the emergency care data set comes as XML and no longer as CSV."""
    habits: Mapping[str, Mapping[str, bool]]
    """Agency id -> how it writes its other files: bom, crlf."""
    elsewhere: Elsewhere
    shares: Draw


@lru_cache
def partnership() -> Partnership:
    """The four shores and the two boroughs beside them."""
    content = _read("partnership.yaml")
    areas = tuple(_area(number, given) for number, given in enumerate(content["areas"]))
    return Partnership(
        areas=areas,
        senders=tuple(s for given in content["senders"] for s in _senders(given, areas)),
        writes_903=content["writes_903"],
        ssd=content["ssd"],
        ecds_xml_days=content["ecds_xml_days"],
        habits=content["habits"],
        channels=content["channels"],
        elsewhere=Elsewhere(**content["elsewhere"]),
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
def answers() -> tuple[Answer, ...]:
    """What agencies write down of what they owe, in the order in which it is told."""
    content = _read("answers.yaml")
    return tuple(_answer({**content["usual"], **given}) for given in content["answers"])


@lru_cache
def whole() -> tuple[Mapping[str, Any], ...]:
    """What is told of no child, as it stands in the file."""
    rows: list[Mapping[str, Any]] = _read("whole.yaml")["rows"]
    return tuple(rows)


@lru_cache
def names() -> Mapping[str, Any]:
    """Names, how they are also spelt, short forms."""
    return _read("names.yaml")


@lru_cache
def sayings() -> Mapping[str, Any]:
    """What children say, and the words agencies fill their cells with."""
    return _read("sayings.yaml")


@lru_cache
def columns() -> Mapping[str, tuple[str, ...]]:
    """Columns of each CSV layout, after the identity block."""
    return {layout: tuple(text.split()) for layout, text in _read("columns.yaml").items()}


@lru_cache
def ssd_tables() -> Mapping[str, tuple[str, ...]]:
    """Columns of each table of the Standard Safeguarding Dataset."""
    return {table: tuple(text.split()) for table, text in _read("ssd.yaml").items()}


@lru_cache
def census_tables() -> Mapping[str, tuple[str, ...]]:
    """Columns of each file of the school census."""
    return {table: tuple(text.split()) for table, text in _read("school_census.yaml").items()}


@lru_cache
def annex_a() -> Mapping[str, Mapping[str, Any]]:
    """Sheets and headings of the inspections' workbooks."""
    return _read("annex_a.yaml")


def one(rng: Random, choices: Sequence[str]) -> str:
    """Any one of these."""
    return choices[int(rng.random() * len(choices))]


@lru_cache
def faults() -> Mapping[str, Any]:
    """What goes wrong with rows, and in what share of them."""
    return _read("faults.yaml")


def _read(name: str) -> dict[str, Any]:
    with (DATA / name).open("rb") as stream:
        content: dict[str, Any] = yaml.load(stream, Loader=yaml.CSafeLoader)
    return content


def _answer(given: Mapping[str, Any]) -> Answer:
    first, every = given.get("first", (0, 0)), given.get("every", (0, 0))
    return Answer(
        kind=given["kind"],
        after=given.get("after", ""),
        during=given.get("during", ""),
        by=given.get("by", "la"),
        from_=given.get("from", 0),
        within=given.get("within", 0),
        by_day=tuple(given.get("by_day", ())),
        first=(first[0], first[1]),
        every=(every[0], every[1]),
        share=given.get("share", 1.0),
        late=given["late"],
        most=given["most"],
        lost=given["lost"],
        marks=tuple(given.get("marks", ())),
        details=tuple((name, tuple(choices)) for name, choices in given.get("details", {}).items()),
        kept_days=given.get("kept_days", _ALL),
        anyone=given.get("anyone", False),
    )


def _area(number: int, given: Mapping[str, Any]) -> Area:
    named = [(name, phase) for phase, names in given["schools"].items() for name in names]
    schools = tuple(School(f"97{number + 1}{place:03d}", *school) for place, school in enumerate(named, 1))
    phases = {school.phase for school in schools}
    return Area(
        id=given["id"],
        name=given["name"],
        la=given["la"],
        postcode_area=given["postcode_area"],
        at=tuple(given["at"]),
        first_child_id=given["first_child_id"],
        schools=schools,
        places={phase: tuple(i for i, school in enumerate(schools) if school.phase == phase) for phase in phases},
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
            latest=given.get("latest", 99),
            late_days=given["late_days"],
            silent=given.get("silent", 0),
            only_new=given.get("only_new", False),
        )

    index = {area.id: number for number, area in enumerate(areas)}
    named = tuple(index[id] for id in given.get("areas", index))
    if not any(key in given for key in ("each_area", "each_school", "one_each")):
        return [sender(given["agency"], named)]
    made = []
    for number in named:
        area = areas[number]
        if "each_school" in given:
            for place, school in enumerate(area.schools[: given["each_school"]]):
                made.append(sender(given["agency"].format(urn=school.urn), (number,), place))
        else:
            made.append(sender(given["agency"].format(la=area.la), (number,)))
    return made
