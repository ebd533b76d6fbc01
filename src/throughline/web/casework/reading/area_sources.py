"""Whose file would answer: until when each area is known about, from whom, and whom to ring for the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from throughline import timeline, words
from throughline.feeds.base import Coverage as Told
from throughline.timeline.coverage import UNSTATED
from throughline.web.accounts.models import User
from throughline.web.intake.models import Coverage


@dataclass(frozen=True, slots=True)
class Source:
    """One agency whose file would answer."""

    agency: str
    title: str
    last_day: date | None
    """The last day its files answer for; None: it has never sent what would answer."""
    received_on: date | None
    ring: str
    """Somebody there and their number, where one is known here: ``Pat Torrin, 01632 960777``."""

    @property
    def words(self) -> str:
        """``nothing from Castlereach police since 3 Jun 2026 (received 4 Jun 2026): 01632 960130``."""
        ring = f": ring {self.ring}" if self.ring else ""
        if self.last_day is None:
            return f"nothing yet from {self.title}{ring}"
        got = f" (received {_short(self.received_on)})" if self.received_on else ""
        return f"nothing from {self.title} since {_short(self.last_day)}{got}{ring}"


class _Row(NamedTuple):
    agency: str
    kinds: frozenset[str]
    start: date
    end: date
    la: str
    received_on: date


@dataclass(frozen=True)
class Sources:
    """What the deliveries that stand can answer for."""

    rows: tuple[_Row, ...]

    @cached_property
    def _index(self) -> timeline.CoverageIndex:
        return timeline.CoverageIndex(Told(r.agency, r.kinds, r.start, r.end, r.la) for r in self.rows)

    @cached_property
    def _phones(self) -> Mapping[str, str]:
        staff = User.objects.filter(is_active=True).exclude(phone="").order_by("-pk")
        return {agency: f"{name}, {phone}" for agency, name, phone in staff.values_list("agency", "name", "phone")}

    @property
    def areas(self) -> frozenset[str]:
        """Authorities that some delivery answers for by name; a school's own register is of no authority."""
        return frozenset(row.la for row in self.rows if row.la.startswith(f"{UNSTATED}:"))

    def known_to(self, kinds: frozenset[str], la: str) -> date | None:
        """The last day on which silence about these kinds means something in this area; None: no such day."""
        return self._index.end_for(kinds, frozenset((la,)))

    def covered(self, kinds: frozenset[str], la: str, first: date, last: date) -> bool:
        """Whether silence means something on all these days."""
        reached = self._index.through(kinds, first, frozenset((la,)))
        return reached is not None and reached >= last

    def who_would_answer(self, kinds: frozenset[str], la: str) -> tuple[Source, ...]:
        """The agency that last told of each kind here; where none ever has, those that usually do."""
        found = dict.fromkeys(source for kind in sorted(kinds) for source in self._of_kind(kind, la))
        return tuple(found)

    def _of_kind(self, kind: str, la: str) -> Iterable[Source]:
        told = [r for r in self.rows if kind in r.kinds and r.la in ("", UNSTATED, la)]
        if told:
            last = max(told, key=lambda r: (r.end, r.received_on))
            yield self._source(last.agency, last.end, last.received_on)
            return
        usual = words.kinds()[kind].said_by[:1]
        yield from (self._source(_body_of(agency, la), None, None) for agency in usual)

    def _source(self, agency: str, last_day: date | None, received_on: date | None) -> Source:
        return Source(agency, words.agency_title(agency), last_day, received_on, self._phones.get(agency, ""))


def _body_of(agency: str, la: str) -> str:
    """The authority itself, where authorities usually tell; else any agency of the type."""
    return la if words.agencies()[agency].authority and la else agency


def standing() -> Sources:
    """What stands today. Deliveries and what they cover hold no child; everybody who signs in may read them."""
    rows = Coverage.objects.filter(delivery__withdrawn_on__isnull=True).select_related("delivery")
    return Sources(
        tuple(_Row(r.agency, frozenset(r.kinds), r.start, r.end, r.la, r.delivery.received_on) for r in rows)
    )


def _short(day: date | None) -> str:
    return f"{day.day} {day:%b %Y}" if day else "on a day not known"
