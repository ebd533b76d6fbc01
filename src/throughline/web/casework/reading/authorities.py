"""Who answers for a child, where the family lives, where the child lives: as somebody said, else by postcode."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from throughline import timeline, words
from throughline.web.casework import postcodes
from throughline.web.casework.models import Segment
from throughline.web.casework.reading import naming
from throughline.web.casework.reading.line import Stored
from throughline.web.casework.shapes import Authorities
from throughline.web.design.formats import day as written
from throughline.web.linkage.models import Child

_HOME, _HOST = "home_postcode", "postcode"


def authorities(child: Child, named: Sequence[Stored], placement: Segment | None, day: date) -> Authorities:
    """As things stood on a day; of what somebody named and what a postcode says, the later stands.

    `placement` is the home of that day, as far as this viewer may see it: its postcodes say what they say.
    """
    said = {event.details.get("authority_part", ""): event for event in named}
    title = {part: words.agency_title(event.details.get("la", "")) for part, event in said.items()}
    why = {part: f"named on {written(event.happened_on)}" for part, event in said.items()}
    distance = ""
    if placement is not None and (places := postcodes.places()):
        found = _whereabouts(child, placement, places, day)
        for part, attribute, place in (("home", _HOME, found.home_la), ("host", _HOST, found.host_la)):
            started = placement.start or date.min
            if part not in said or said[part].happened_on < started:
                title[part], why[part] = _by_postcode(place, placement.attributes.get(attribute, ""), started)
        distance = _distance(found)
    return Authorities(
        responsible=title.get("responsible", "") or naming.area(child),
        home=title.get("home", ""),
        host=title.get("host", ""),
        home_why=why.get("home", ""),
        host_why=why.get("host", ""),
        distance=distance,
    )


def _whereabouts(child: Child, placement: Segment, places: timeline.Places, day: date) -> timeline.Whereabouts:
    attributes = placement.attributes
    responsible = attributes.get("responsible_la", "") or (child.las[0] if len(child.las) == 1 else "")
    found = places.whereabouts(attributes.get(_HOST, ""), attributes.get(_HOME, ""), day, responsible)
    # What an agency said of the placement itself stands over what postcodes say.
    said = {name: attributes[name] for name in ("out_of_area", "at_a_distance") if attributes.get(name) == timeline.YES}
    return found._replace(**said)


def _by_postcode(place: str, postcode: str, since: date) -> tuple[str, str]:
    """A place and where that is known from; or that it cannot be told, and why."""
    if place:
        return words.agency_title(place), f"by postcode, {written(since)}"
    if postcode:
        return "", "cannot tell: the postcode given is not in the postcode directory, or not known to be in one area"
    return "", "cannot tell: no postcode was given"


def _distance(found: timeline.Whereabouts) -> str:
    """``out of area, at a distance, 34.2 miles from home``."""
    parts = []
    if found.out_of_area == timeline.YES:
        parts.append("out of area")
    elif found.out_of_area == timeline.NO:
        parts.append("in area")
    else:
        parts.append("cannot tell whether out of area")
    if found.at_a_distance == timeline.YES:
        parts.append("at a distance (no neighbouring authority)")
    if found.miles:
        parts.append(f"{found.miles} miles from home")
    return ", ".join(parts)
