"""Whom to ring about a child tonight: who leads, the team's numbers, how to reach the child, the safety plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

from throughline import sharing, words
from throughline.web.accounts.viewing import Viewer, in_force
from throughline.web.casework.list_shapes import Ring
from throughline.web.casework.models import Event, Segment
from throughline.web.casework.reading import naming, page
from throughline.web.casework.shapes import Hit, Who
from throughline.web.linkage.locating import Located
from throughline.web.linkage.models import Child

_TOLD = ("safety_plan", "safe_contact", "social_worker_started", "team_role_started")
_MOST_PEOPLE = 6


def cards(viewer: Viewer, hits: Iterable[Hit]) -> tuple[Ring, ...]:
    """One card a child found; of a child without a page for this viewer, only whom to ring."""
    found = list(hits)
    numbers = dict(Child.objects.filter(public_id__in=[hit.who.id for hit in found]).values_list("public_id", "pk"))
    mine = [numbers[hit.who.id] for hit in found if hit.may_open]
    told: dict[int, dict[str, list[Event]]] = defaultdict(lambda: defaultdict(list))
    for event in Event.objects.filter(child_id__in=mine, kind__in=_TOLD).order_by(
        "happened_on", "happening", "telling"
    ):
        told[event.child_id][event.kind].append(event)
    missing = {
        s.child_id: s.started_at or s.start
        for s in Segment.objects.filter(child_id__in=mine, state="missing", end__isnull=True).order_by("-start")
    }
    people: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    around = in_force(viewer.today).filter(child_id__in=mine, kind__in=sharing.AROUND).select_related("user")
    for relation in around.order_by("kind", "start", "pk"):
        user = relation.user
        role = words.roles().get(user.role)
        people[relation.child_id].append((role.title if role else user.title, user.name, user.phone))
    return tuple(_card(hit, told[numbers[hit.who.id]], missing, people, numbers[hit.who.id]) for hit in found)


def located(viewer: Viewer, found: Iterable[Located], open_to: Collection[int]) -> tuple[Ring, ...]:
    """One card a child located: of a page they may open as `cards`, else whom to ring and how to reach them."""
    hits = [(one.reach, _hit(one, one.child in open_to)) for one in found]
    opened = {card.hit.who.id: card for card in cards(viewer, [hit for _, hit in hits if hit.may_open])}
    return tuple(opened.get(hit.who.id) or Ring(hit, None, page.contact(reach), "", None, ()) for reach, hit in hits)


def _hit(one: Located, may_open: bool) -> Hit:
    area = words.agency_title(one.area) if one.area else ""
    return Hit(Who(one.id, one.name, one.name, one.dob, "", area), may_open, one.lead)


def _card(
    hit: Hit,
    told: dict[str, list[Event]],
    missing: Mapping[int, date | datetime | None],
    people: dict[int, list[tuple[str, str, str]]],
    number: int,
) -> Ring:
    plan = told["safety_plan"][-1] if told["safety_plan"] else None
    seats = list(people[number])
    named = {name for _, name, _ in seats}
    for event in (*reversed(told["social_worker_started"][-1:]), *reversed(told["team_role_started"])):
        said = event.details
        name = said.get("worker") or said.get("person", "")
        if name and name not in named:
            seat = naming.detail(event.kind, "seat", said["seat"])[1] if said.get("seat") else "Social worker"
            seats.append((seat, name, said.get("phone", "")))
            named.add(name)
    return Ring(
        hit,
        missing.get(number),
        page.contact(told["safe_contact"][-1].details) if told["safe_contact"] else "",
        plan.details.get("plan", "") if plan else "",
        plan.happened_on if plan else None,
        tuple(seats[:_MOST_PEOPLE]),
    )
