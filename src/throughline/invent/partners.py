"""What schools, police, health, justice and panels hold of a life, before anyone writes it into a file.

As in `model`: days are ordinals, moments minutes, None is "has not happened" or "nobody knows".
"""

from __future__ import annotations

from typing import NamedTuple


class Enrolment(NamedTuple):
    """A time on one school's roll."""

    area: int
    school: int
    entry: int
    leaving: int | None
    reason: str
    """Why it ended."""


class Investigation(NamedTuple):
    """What the police did about one occurrence."""

    opened: int
    status: str
    waiting_since: int | None
    """On bail or released under investigation since."""
    to_cps: int | None
    charged: int | None
    hearing: int | None
    concluded: int | None
    outcome: str
    told_partners: int | None


class Occurrence(NamedTuple):
    """Police were involved."""

    area: int
    number: str
    at: int
    reported: int
    type: str
    role: str
    place: str
    place_ref: str
    weapon: str
    flags: str
    grade: str
    shared: int | None
    hurt: bool
    """Went on to A&E the same night."""
    investigation: Investigation | None


class Visit(NamedTuple):
    """A time in A&E, as the hospital writes it."""

    area: int
    id: str
    at: int
    left: int
    mode: str
    complaint: str
    injured_at: int | None
    place: str
    place_text: str
    intent: str
    mechanism: str
    substances: str
    diagnosis: str
    concern: str
    """What the hospital was worried about; blank: nothing, and then nobody is named."""
    referred: str
    status: str
    destination: str
    plan: str
    """LAC or CPP where the child's protection showed when the record was opened."""


class Contact(NamedTuple):
    at: int
    medium: str
    status: str


class Referral(NamedTuple):
    """To CAMHS, and what became of it."""

    area: int
    id: str
    received: int
    source: str
    reason: str
    priority: str
    team: str
    decision: str
    decided: int | None
    first: int | None
    discharged: int | None
    why: str
    contacts: tuple[Contact, ...]


class Plan(NamedTuple):
    """An education, health and care plan, from the request on."""

    area: int
    id: str
    requested: int
    answered: int
    """The day the authority said whether it would assess."""
    assessed: int | None
    issued: int | None
    ceased: int | None
    need: str
    school: int
    reviews: tuple[PlanReview, ...]


class PlanReview(NamedTuple):
    due: int
    held: int | None
    decided: int | None
    """The day of the authority's letter after the meeting."""
    outcome: str
    phase: bool
    """For a move to the next phase of education."""


class Invite(NamedTuple):
    role: str
    agency: str
    sent: int
    attended: str
    """Y, N, REPORT."""
    report: int | None


class Meeting(NamedTuple):
    area: int
    id: str
    type: str
    due: int | None
    held: int | None
    quorate: str
    participation: str
    outcome: str
    parent: str
    invites: tuple[Invite, ...]


class Listing(NamedTuple):
    """One decision about the exploitation support list."""

    at: int
    decision: str
    level: str
    met: str
    unmet: str
    why: str
    dissent: str
    plan_side: int | None
    """When those who hold the child's plan were asked."""
    held_by: str
    review: int | None


class Exploitation(NamedTuple):
    """What the panel decided about a child, and the referral to the NRM if there was one."""

    area: int
    types: str
    decisions: tuple[Listing, ...]
    nrm: Nrm | None


class Nrm(NamedTuple):
    ref: str
    referred: int
    responder: str
    county_lines: str
    devolved: str
    first: str
    first_at: int | None
    final: str
    final_at: int | None
    asked_again: int | None
    guardian: int | None


class Saying(NamedTuple):
    """Words a child gave to somebody outside the case system."""

    area: int
    at: int
    role: str
    agency: str
    method: str
    with_parent: str
    topic: str
    words: str
    changed: str
    fed_back: int | None
