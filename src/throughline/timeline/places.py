"""Where a placement lies: how far from home, whose area it is, whether out of the responsible authority's.

Worked out from postcodes and a postcode directory, never guessed: what does not resolve is not known, and not
known is neither in nor out (formats §3a).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from math import hypot
from typing import NamedTuple

from throughline import words
from throughline.feeds.postcodes import Spot
from throughline.timeline.happenings import Happening
from throughline.timeline.states import Segment

LookUp = Callable[[str], Spot | None]
"""A postcode -> where it lies; None: the directory does not have it."""
STATE = "placement"
_METRES_IN_A_MILE = 1609.3
"""As the SSDA903 guidance divides: metres to kilometres, kilometres by 1.6093."""
_IRISH_GRID = "N"
_POSTCODES = ("postcode", "home_postcode")
YES, NO, UNKNOWN = "yes", "no", ""


class Whereabouts(NamedTuple):
    """What two postcodes say of a placement on a day. Blank: cannot tell."""

    home_la: str
    """Agency id of the authority the home postcode lies in (``la:972``), or a country that is not England."""
    host_la: str
    """The same of the placement."""
    miles: str
    """Straight line from home, one decimal."""
    out_of_area: str
    """``yes`` or ``no``: whether the placement lies outside the responsible authority."""
    at_a_distance: str
    """``yes`` or ``no``: out of area, and in no authority that borders the responsible one."""


NOWHERE = Whereabouts("", "", "", UNKNOWN, UNKNOWN)


class Places:
    """Look-ups in one edition of a directory, each distinct postcode looked up once."""

    def __init__(self, look_up: LookUp) -> None:
        self._look_up = look_up
        self._spots: dict[str, Spot | None] = {}
        self._miles: dict[tuple[str, str], str] = {}

    def spot(self, postcode: str) -> Spot | None:
        """Where a postcode lies; None: not given, or not in the directory."""
        if postcode not in self._spots:
            self._spots[postcode] = self._look_up(postcode) if postcode else None
        return self._spots[postcode]

    def miles(self, one: str, other: str) -> str:
        """Straight line between two postcodes, ``34.2``; blank where either is not known to lie anywhere."""
        pair = (one, other)
        found = self._miles.get(pair)
        if found is None:
            found = self._miles[pair] = _miles(self.spot(one), self.spot(other))
        return found

    def authority(self, postcode: str, day: date) -> str:
        """Agency id of the authority a postcode lay in on a day, or the country; blank: cannot tell."""
        spot = self.spot(postcode)
        if spot is None:
            return ""
        if country := words.outside_england(spot.place):
            return country
        codes = words.answering_for(spot.place, day)
        return f"la:{codes[0]}" if len(codes) == 1 else ""

    def whereabouts(self, postcode: str, home_postcode: str, day: date, responsible: str) -> Whereabouts:
        """Of a placement on a day; `responsible` is an agency id, blank where it is not known."""
        out = self._out_of_area(postcode, day, responsible)
        host = self.authority(postcode, day)
        return Whereabouts(
            self.authority(home_postcode, day),
            host,
            self.miles(postcode, home_postcode) if home_postcode else "",
            out,
            _at_a_distance(out, host, responsible),
        )

    def _out_of_area(self, postcode: str, day: date, responsible: str) -> str:
        spot = self.spot(postcode)
        if spot is None or not responsible.startswith("la:"):
            return UNKNOWN
        if words.outside_england(spot.place):
            return YES
        code = responsible.removeprefix("la:")
        codes = words.answering_for(spot.place, day)
        if not codes or code not in words.authorities():
            return UNKNOWN
        if code not in codes:  # it may be one of several, none of which is the responsible one
            return YES
        return NO if len(codes) == 1 else UNKNOWN

    # -- on a child's line ----------------------------------------------------------------------------

    def placed(self, segment: Segment, las: frozenset[str]) -> Segment:
        """A placement with what its postcodes say as further attributes, as things were when it began."""
        found = self.of_placement(segment, las, segment.start)._asdict()
        responsible = responsible_for(segment.opened_by, las)
        return segment._replace(attrs={**segment.attrs, **found, "responsible_la": responsible})

    def of_placement(self, segment: Segment, las: frozenset[str], day: date) -> Whereabouts:
        """What a placement's postcodes say of a day. What an agency says itself stands over what they say."""
        postcode, home = (segment.attrs.get(name, "") for name in _POSTCODES)
        found = self.whereabouts(postcode, home, day, responsible_for(segment.opened_by, las))
        told = segment.opened_by.marks
        host = segment.opened_by.details.get("host_la", "")
        return found._replace(
            host_la=host if host.startswith("la:") else found.host_la,
            out_of_area=YES if "out_of_area" in told or "at_a_distance" in told else found.out_of_area,
            at_a_distance=YES if "at_a_distance" in told else found.at_a_distance,
        )

    def tally(self, happening: Happening, las: frozenset[str]) -> Iterator[tuple[str, bool]]:
        """Who gave each postcode of a placement, and whether it is in the directory."""
        for event in happening.events:
            sender = event.said_by if ":" in event.said_by else responsible_for(happening, las) or event.said_by
            for name in _POSTCODES:
                if postcode := event.details.get(name, ""):
                    yield sender, self.spot(postcode) is not None


def responsible_for(placement: Happening, las: frozenset[str]) -> str:
    """The authority that placed: the one that tells of it, else the only one that knows the child; else blank."""
    tell = {event.said_by for event in placement.events if event.said_by.startswith("la:")}
    named = tell or {la for la in las if la.startswith("la:")}
    return next(iter(named)) if len(named) == 1 else ""


def _miles(one: Spot | None, other: Spot | None) -> str:
    if one is None or other is None:
        return ""
    if (one.place[:1] == _IRISH_GRID) != (other.place[:1] == _IRISH_GRID):
        return ""  # two grids: no straight line between their numbers
    if one.easting is None or one.northing is None or other.easting is None or other.northing is None:
        return ""
    return f"{hypot(one.easting - other.easting, one.northing - other.northing) / _METRES_IN_A_MILE:.1f}"


def _at_a_distance(out: str, host: str, responsible: str) -> str:
    if out == NO:
        return NO
    if out == UNKNOWN or not host:
        return UNKNOWN
    if not host.startswith("la:"):  # another country: whether it borders is not in our words
        return UNKNOWN
    borders = words.adjoin(host.removeprefix("la:"), responsible.removeprefix("la:"))
    return UNKNOWN if borders is None else (NO if borders else YES)
