"""Agencies: what each has signed, until when, and which seats its people may hold.

Nobody comes in before their agency has signed the partnership's terms, nor after its last day: the sign-in says so
in plain words, and the database shows them nothing (`app_enter`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import yaml

from throughline import words
from throughline.web import clock
from throughline.web.accounts.agency_models import AgencyTerms
from throughline.web.accounts.models import User
from throughline.web.audit.actions import changed

PARTNERSHIP = "partnership"
"""Its administrators keep the terms of all agencies; its governance lead answers for all."""
SOON = timedelta(days=42)
"""How long before the last day the list of agencies says so: local figure, for sign-off by the partnership."""


@dataclass(frozen=True, slots=True)
class Agency:
    """One agency whose people may, might or may no longer come in."""

    id: str
    title: str
    people: int
    """How many may sign in once it has signed."""
    terms: AgencyTerms | None
    """What it signed last; None: nothing yet."""
    in_date: bool
    ends_soon: bool


@cache
def _seats() -> tuple[frozenset[str], Mapping[str, tuple[str, ...]]]:
    """`seats.yaml`: the seats given by command alone, and type of agency -> seats; an unknown word is an error."""
    given = yaml.safe_load((Path(__file__).parent / "seats.yaml").read_text(encoding="utf-8"))
    for type in given["seats"]:
        if type not in words.agencies():
            raise words.UnknownWord(type, "type of agency")
    for role in (*given["by_command"], *(role for roles in given["seats"].values() for role in roles)):
        if role not in words.roles():
            raise words.UnknownWord(role, "role")
    return frozenset(given["by_command"]), {type: tuple(roles) for type, roles in given["seats"].items()}


def seats(agency: str) -> tuple[str, ...]:
    """Roles that an administrator of this agency may give to its people, in the order of `seats.yaml`."""
    return _seats()[1].get(agency.partition(":")[0], ())


def by_command(role: str) -> bool:
    """Whether no administrator gives this seat, nor takes it away."""
    return role in _seats()[0]


def terms_of(agency: str) -> AgencyTerms | None:
    """What this agency signed last; None: nothing."""
    return AgencyTerms.objects.filter(agency=agency).order_by("-pk").first()


def in_date(agency: str, day: date) -> bool:
    """Whether this agency has signed and its terms hold on `day`."""
    terms = terms_of(agency)
    return terms is not None and terms.signed_on <= day <= terms.until


def every(today: date) -> tuple[Agency, ...]:
    """Every agency that has signed or has people, those that cannot come in first."""
    people: dict[str, int] = {}
    for agency in User.objects.filter(is_active=True).values_list("agency", flat=True):
        people[agency] = people.get(agency, 0) + 1
    last = {terms.agency: terms for terms in AgencyTerms.objects.order_by("pk")}
    found = [_agency(id, people.get(id, 0), last.get(id), today) for id in {*people, *last}]
    return tuple(sorted(found, key=lambda a: (a.in_date, not a.ends_soon, a.title)))


def _agency(id: str, people: int, terms: AgencyTerms | None, today: date) -> Agency:
    holds = terms is not None and terms.signed_on <= today <= terms.until
    soon = terms is not None and holds and terms.until - today <= SOON
    return Agency(id, words.agency_title(id), people, terms, holds, soon)


def sign(
    *, agency: str, version: str, signed_by: str, signed_on: date, until: date, by: int | None, purpose: str
) -> AgencyTerms:
    """Record what an agency has signed; it takes the place of what it signed before. Runs as the engine.

    Who may is asked before (`administering.sign_terms`). Raises `words.UnknownWord` for a type of agency that is
    none.
    """
    if agency.partition(":")[0] not in words.agencies():
        raise words.UnknownWord(agency, "type of agency")
    terms = AgencyTerms.objects.create(
        agency=agency, version=version, signed_by=signed_by, signed_on=signed_on, until=until,
        recorded_by_id=by, recorded_at=clock.now(),
    )  # fmt: skip
    changed(
        user_id=by, purpose=purpose, action="accounts.sign_terms", subject_kind="agency", subject_id=agency,
        content="\x1f".join((version, signed_by, str(signed_on), str(until))),
    )  # fmt: skip
    return terms
