"""What is wrong with the table of authorities; `lint.check` asks it with everything else."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

_KEYS = frozenset(("name", "ons", "districts", "since", "until", "came_from", "passed_to", "adjoins", "invented"))
_CODE = re.compile(r"\d{3}")
_PLACE = re.compile(r"E(06|07|08|09|10)\d{6}")
_ONE_DAY = timedelta(days=1)


def complaints(content: Mapping[str, Any]) -> Iterator[str]:
    """Every complaint about authorities.yaml, each naming the authority."""
    known: Mapping[str, Mapping[str, Any]] = content["authorities"]
    for code, given in known.items():
        yield from (f"authorities.yaml: {code}: {fault}" for fault in _authority(code, given, known))
    places = Counter(
        place for given in known.values() for place in (*given.get("ons", ()), *given.get("districts", ()))
    )
    yield from (f"authorities.yaml: {place}: under more than one authority" for place, n in places.items() if n > 1)
    names = Counter(given.get("name") for given in known.values())
    yield from (f"authorities.yaml: {name}: the name of more than one authority" for name, n in names.items() if n > 1)


def _authority(code: str, given: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        yield "the code is three digits, in quotes"
    yield from (f"{key} is no key of an authority" for key in sorted(given.keys() - _KEYS))
    yield from (f"has no {key}" for key in ("name", "ons") if not given.get(key))
    own = {*given.get("ons", ()), *given.get("districts", ())}
    yield from (f"{place} has not the shape of a place's code" for place in sorted(own) if not _PLACE.fullmatch(place))
    named = (*given.get("came_from", ()), *given.get("passed_to", ()), *given.get("adjoins", ()))
    unknown = [other for other in named if other not in known]
    yield from (f"{other!r} is no authority" for other in unknown)
    yield from _in_time(code, given, {other: known[other] for other in named if other in known})
    passed = [place for places in given.get("passed_to", {}).values() for place in places]
    yield from (f"{place} is passed on but is not its own" for place in passed if place not in own)
    for other in given.get("adjoins", ()):
        if code not in known.get(other, {}).get("adjoins", (code,)):
            yield f"adjoins {other}, which does not say so of it"


def _in_time(code: str, given: Mapping[str, Any], others: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    since, until = given.get("since"), given.get("until")
    if since and until and since > until:
        yield "ends before it starts"
    if bool(given.get("came_from")) != bool(since):
        yield "since and came_from are said together"
    if given.get("passed_to") and not until:
        yield "is passed on, but goes on"
    for before in given.get("came_from", ()):
        if before in others and since and others[before].get("until") != since - _ONE_DAY:
            yield f"{before} does not end the day before it starts"
    for heir in given.get("passed_to", ()):
        if heir in others and code not in others[heir].get("came_from", ()):
            yield f"{heir} does not say that it came from it"
