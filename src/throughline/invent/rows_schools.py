"""Rows of schools, plans and meetings (formats §5b): roll, reviews, meetings, invitations, outcomes, marks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from throughline.invent import setting
from throughline.invent.days import ISO
from throughline.invent.growing import Record, Version, evening, grown, on, then
from throughline.invent.model import Life
from throughline.invent.people import World
from throughline.invent.roll import year_group
from throughline.invent.setting import one


def school_roll(world: World, rng: Random, life: Life) -> Iterator[Record]:
    """Times on a school's roll."""
    for number, e in enumerate(life.roll, 1):
        area = world.partnership.areas[e.area]
        left = None if e.leaving is None else evening(e.leaving + 4)
        cells = [
            area.schools[e.school].urn,
            area.la,
            ISO[e.entry],
            then(left, ISO[e.leaving]) if e.leaving else "",
            then(left, e.reason),
            "C",
            str(year_group(life.child.born, max(e.entry, min(e.leaving or world.until, world.until)))),
            sen_provision(life, max(e.entry, world.began)),
        ]
        # Schools tell of those who come within a fortnight; those there already are told of at once.
        yield Record(e.area, f"RO{life.child.number:07d}-{number}", e.entry, grown(evening(e.entry + 5), cells))


def sen_provision(life: Life, day: int) -> str:
    """E with a plan, K where one was asked for or refused, N for most."""
    if life.plan is None:
        return "K" if life.child.number % 9 == 0 else "N"
    return "E" if life.plan.issued and life.plan.issued <= day else "K"


def ehcp_review(world: World, rng: Random, life: Life) -> Iterator[Record]:
    """The reviews of a plan: due, held, and the authority's letter."""
    plan = life.plan
    for number, r in enumerate(plan.reviews if plan else (), 1):
        assert plan
        held = None if r.held is None else evening(r.held)
        letter = None if r.decided is None else evening(r.decided)
        phase = "Y" if r.phase else "N"
        cells = [plan.id, ISO[r.due], on(r.held), then(letter or held, r.outcome), on(r.decided), phase]
        yield Record(plan.area, f"{plan.id}-{number}", r.due, grown(evening(r.due - 120), cells))


def meetings(world: World, rng: Random, life: Life) -> Iterator[Record]:
    """Meetings about the child, before and after they are held."""
    for m in life.meetings:
        held = None if m.held is None else evening(m.held)
        day = m.held or m.due or 0
        cells = [
            m.id,
            m.type,
            ISO[m.due] if m.due else "",
            on(m.held),
            then(held, m.quorate),
            then(held, m.participation),
            then(held, m.outcome),
            m.parent,
        ]
        yield Record(m.area, m.id, day, grown(evening(min(m.due or day, day) - 12 if m.due else day), cells))


def meeting_invites(world: World, rng: Random, life: Life) -> Iterator[Record]:
    """Who was asked to each meeting, and whether they came."""
    for m in life.meetings:
        day = m.held or m.due or 0
        for number, i in enumerate(m.invites, 1):
            came = then(None if m.held is None else evening(m.held), i.attended)
            cells = [
                m.id,
                i.role,
                i.agency.format(la=world.partnership.areas[m.area].la),
                ISO[i.sent],
                came,
                on(i.report),
            ]
            yield Record(m.area, f"{m.id}-{number}", day, grown(evening(i.sent), cells))


def plan_outcomes(world: World, rng: Random, life: Life) -> Iterator[Record]:
    """What each plan set out to change, and how that stood when the plan ended."""
    says, number = setting.sayings(), 0
    for case in life.cases:
        plans = [("CP", p.start, p.end) for p in case.protection] + [("CIN", s, e) for s, e in case.plans]
        for type_, start, end in plans:
            number += 1
            name = f"{type_}{life.child.number:06d}-{number}"
            for k in range(1, 2 + int(rng.random() * 3)):
                yield Record(case.area, f"{name}-{k}", start, _outcome(rng, life, name, type_, k, start, end, says))


def _outcome(
    rng: Random, life: Life, name: str, type_: str, k: int, start: int, end: int | None, says: Mapping[str, Any]
) -> list[Version]:
    """The outcome as it was set down, and as it stood when the plan ended; not all had been met."""
    due = start + 90
    first = [type_, name, str(k), one(rng, says["plan_outcomes"]), ISO[due], "", "", "", "", ""]
    versions = grown(evening(start + 3), first)
    if end is None:
        return versions
    status = setting.draws()["outcome_statuses"](rng)
    listed = life.exploitation is not None
    asked = ISO[end - 3 - int(rng.random() * 12)] if listed and rng.random() < 0.5 else ""
    after = one(rng, says["held_by"]) if status != "MET" and rng.random() < 0.6 else ""
    last = [*first[:5], status, "Y", after, ISO[end + 90] if after else "", asked]
    return versions + grown(max(evening(end), versions[-1].since + 1), last)
