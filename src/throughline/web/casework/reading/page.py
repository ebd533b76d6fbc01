"""The child's page above the fold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime

from throughline import sharing, words
from throughline.web.accounts.models import User
from throughline.web.accounts.viewing import Viewer, in_force
from throughline.web.casework.models import Instance, Segment
from throughline.web.casework.reading import held_back, naming, owing
from throughline.web.casework.reading.authorities import authorities
from throughline.web.casework.reading.line import Kept, Stored
from throughline.web.casework.shapes import Owed, OwnWords, Page, Seat, Standing
from throughline.web.linkage import selectors as linkage
from throughline.web.linkage.models import Child, Question

MOST_OWED = 5
_SHOWN = {
    "in_care": "legal_status",
    "protection_plan": "category",
    "child_in_need": "",
    "out_of_school": "status",
    "suspended": "",
}
"""States the header names, in this order, each with the attribute that tells."""
_LATEST = ("name_used", "safe_contact", "direct_voice", "legal_status_started", "authority_named")
_SEAT_OF = {"lead_social_worker": "social_worker", "iro": "iro"}
"""Code of a seat told of -> the role that fills it here."""
_SEATS = ("team_role_started", "team_role_ended")
_NO_TIME = datetime.max.replace(tzinfo=UTC)


def page(viewer: Viewer, child: Child, as_of: date | None, kept: Kept) -> Page:
    """The page as of a day; whoever calls has made sure that this viewer may open it."""
    day = as_of or viewer.today
    latest = _events(kept.events, day)
    now = [s for s in kept.states if (s.start is None or s.start <= day) and (s.end is None or s.end > day)]
    home = next((s for s in reversed(now) if s.state == "placement"), None)
    missing = next((s for s in now if s.state == "missing"), None)
    owed = _owed(child, as_of)
    told = latest["safe_contact"][-1] if latest["safe_contact"] else None
    return Page(
        who=naming.who(child),
        as_of=day,
        relation=next((name for name in sharing.RELATIONS if name in viewer.relations_to(child.pk)[child.pk]), ""),
        similar=naming.similar(child, linkage.alike(child)),
        standing=_standing(now, latest["legal_status_started"]),
        authorities=authorities(child, latest["authority_named"], home, day),
        missing_since=(missing.started_at or missing.start) if missing else None,
        safe_contact=contact(told.details) if told else "",
        own_words=_own_words(latest["direct_voice"]),
        owed=tuple(owed[:MOST_OWED]),
        owed_later=max(0, len(owed) - MOST_OWED),
        team=_team(child.pk, day, latest, now),
        stubs=held_back.of_child(child.pk, viewer.today),
        open_questions=Question.objects.filter(child=child, judged_at__isnull=True).count(),
        open_until=viewer.opened[child.pk].until if child.pk in viewer.opened else None,
        may_break_glass=viewer.policy.glass is not None,
        makes_copy=sharing.copy_rule(sharing.CHILD).may_make(viewer.relations_to(child.pk)[child.pk]),
        gives_seats=bool(sharing.gives(viewer.role, viewer.relations_to(child.pk)[child.pk])),
        shows_requests=bool(sharing.whole_record().decided_by & viewer.relations_to(child.pk)[child.pk]),
    )


def _events(events: Iterable[Stored], day: date) -> dict[str, list[Stored]]:
    """Those the page speaks of, the earliest first; of one day, those without a time last."""
    found: dict[str, list[Stored]] = {kind: [] for kind in (*_LATEST, *_SEATS)}
    wanted = [event for event in events if event.kind in found and event.happened_on <= day]
    for event in sorted(wanted, key=lambda event: (event.happened_on, event.happened_at or _NO_TIME)):
        found[event.kind].append(event)
    return found


def _standing(now: Sequence[Segment], legal: Sequence[Stored]) -> tuple[Standing, ...]:
    standing = []
    for state, attribute in _SHOWN.items():
        for segment in (s for s in now if s.state == state):
            value = segment.attributes.get(attribute, "") if attribute else ""
            if state == "in_care" and legal:
                value = legal[-1].details.get(attribute, value)
            title = naming.state_title(state, attribute, value)
            standing.append(Standing(state, title, segment.start, dict(segment.attributes)))
    if not standing:
        for segment in (s for s in now if s.state == "open_case"):
            standing.append(Standing("open_case", naming.state_title("open_case", "", ""), segment.start, {}))
    return tuple(standing)


def contact(said: Mapping[str, str]) -> str:
    """How to reach the child safely, from what was told of it."""
    parts = [said.get("how", ""), said.get("phone", ""), said.get("when_safe", "")]
    avoid = said.get("not_how", "")
    return ", ".join(filter(None, [*parts, f"not {avoid}" if avoid else ""]))


def _own_words(spoken: Sequence[Stored]) -> OwnWords | None:
    if not spoken:
        return None
    event = spoken[-1]
    said = event.details
    return OwnWords(
        words=said.get("words", ""),
        on=event.happened_on,
        to=said.get("to_whom", ""),
        changed=said.get("what_changed", ""),
        told_back=said.get("fed_back_at", ""),
        key=event.key,
    )


def _owed(child: Child, as_of: date | None) -> list[Owed]:
    # What nobody can date is on the tab Owed, with what is missing; here stands what somebody can do.
    unmet = Instance.objects.filter(owing.still_bites(), child=child, met_on__isnull=True, due_on__isnull=False)
    built = owing.from_rows(unmet.order_by("due_on", "duty_id", "pk"), {child.pk: naming.who(child)}, as_of)
    return sorted((o for o in built if o.state in owing.STILL_OWED), key=owing.by_need)


def _team(child: int, day: date, latest: Mapping[str, list[Stored]], now: Sequence[Segment]) -> tuple[Seat, ...]:
    """People with a seat here, then seats told of; a seat that must be filled and is not stands empty."""
    related = list(
        in_force(day)
        .filter(child_id=child)
        .filter(kind__in=sharing.AROUND)
        .select_related("user")
        .order_by("start", "pk")
    )
    seats = [
        Seat(_role_title(r.user), r.user.name, r.user.phone, words.agency_title(r.user.agency), r.start)
        for r in related
    ]
    ended = {(e.details.get("seat"), e.details.get("person")) for e in latest["team_role_ended"]}
    held = {r.user.role for r in related}
    for event in latest["team_role_started"]:
        said = event.details
        here = _SEAT_OF.get(said.get("seat", "")) in held  # who signs in here is known better than from a file
        if not here and (said.get("seat"), said.get("person")) not in ended:
            title = naming.detail("team_role_started", "seat", said.get("seat", ""))[1]
            agency = said.get("organisation", "") or words.agency_title(event.said_by)
            seats.append(Seat(title, said.get("person", ""), said.get("phone", ""), agency, event.happened_on))
    filled = {seat.role for seat in seats}
    states = {segment.state for segment in now}
    needed = ["social_worker"] if states & {"in_care", "protection_plan", "child_in_need"} else []
    needed += ["iro"] if "in_care" in states else []
    empty = [words.roles()[role].title for role in needed if words.roles()[role].title not in filled]
    return (*seats, *(Seat(title, "", "", "", None) for title in empty))


def _role_title(user: User) -> str:
    known = words.roles().get(user.role)
    return known.title if known else user.title
