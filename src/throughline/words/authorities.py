"""Which authority answers for a place on a day: England's authorities, what they were made of, what they became.

A place is known by the code of the Office for National Statistics that a postcode directory gives it. A
directory is of one day: it puts a home of 2019 in the authority of today. So the question is always asked with
a day, and the answer may be none (not known) or several (one of these; the code alone does not say which).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from types import MappingProxyType

from throughline.words.load import DATA, document


@dataclass(frozen=True, slots=True)
class Authority:
    """One authority with children's services."""

    code: str
    """Three digits, as the Department for Education numbers it; its agency id is ``la:<code>``."""
    name: str
    since: date | None
    """First day it answered for its area; None: throughout."""
    until: date | None
    """Last day; None: it still does."""
    came_from: tuple[str, ...]
    passed_to: Mapping[str, str]
    """Of one that is no more: code of a place -> who answers there now."""
    adjoins: frozenset[str] | None
    """Authorities it borders; None: not known here."""
    invented: bool

    def answers_on(self, day: date) -> bool:
        """Whether it was there on that day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@lru_cache
def authorities() -> Mapping[str, Authority]:
    """Every authority by its three-digit code."""
    return MappingProxyType(
        {
            code: Authority(
                code,
                given["name"],
                given.get("since"),
                given.get("until"),
                tuple(given.get("came_from", ())),
                MappingProxyType(
                    {place: heir for heir, places in given.get("passed_to", {}).items() for place in places}
                ),
                frozenset(given["adjoins"]) if "adjoins" in given else None,
                given.get("invented", False),
            )
            for code, given in document(DATA / "authorities.yaml")["authorities"].items()
        }
    )


@lru_cache
def _owners() -> Mapping[str, str]:
    """Code of a place -> the authority the file puts it under."""
    return {
        place: code
        for code, given in document(DATA / "authorities.yaml")["authorities"].items()
        for place in (*given["ons"], *given.get("districts", ()))
    }


def places_of(code: str) -> frozenset[str]:
    """Codes a postcode directory may give for places of this authority."""
    return frozenset(place for place, owner in _owners().items() if owner == code)


def outside_england(place: str) -> str:
    """The country a place's code is of, where it is not England's (``Wales``); else blank."""
    country: str = _outside().get(place[:1], "")
    return country


@lru_cache
def _outside() -> Mapping[str, str]:
    countries: Mapping[str, str] = document(DATA / "authorities.yaml")["outside"]
    return countries


@cache
def _spans(place: str) -> tuple[tuple[date, tuple[str, ...]], ...]:
    """From which days on which authorities may have answered for a place, the latest first."""
    owner = authorities().get(_owners().get(place, ""))
    if owner is None:
        return ()
    spans: list[tuple[date, tuple[str, ...]]] = [(owner.since or date.min, (owner.code,))]
    if owner.until is not None:
        heir = owner.passed_to.get(place)
        heirs = (heir,) if heir else tuple(sorted(set(owner.passed_to.values())))
        spans.insert(0, (owner.until + timedelta(days=1), heirs))
    if owner.came_from:
        spans.append((date.min, owner.came_from))
    return tuple(spans)


def answering_for(place: str, day: date) -> tuple[str, ...]:
    """Codes of the authorities that may have answered for a place on a day: one is sure, none is not known."""
    return next((codes for since, codes in _spans(place) if since <= day), ())


def adjoin(one: str, other: str) -> bool | None:
    """Whether two authorities (by code) border each other; None where the words do not say."""
    for code, neighbour in ((one, other), (other, one)):
        known = authorities().get(code)
        if known is not None and known.adjoins is not None:
            return neighbour in known.adjoins
    return None
