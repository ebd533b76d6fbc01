"""Meetings as several records tell of them: when, who is invited, who came, who is not there yet."""

from __future__ import annotations

from collections.abc import Iterable

from throughline.web.casework.models import Event
from throughline.web.casework.reading import naming

_SENCO = "senco"


def gaps(events: Iterable[Event]) -> dict[int, str]:
    """Event -> who is invited to its meeting and what is known of who came, in a sentence or two."""
    with_id = {event.pk: event for event in events if event.details.get("meeting_id")}
    if not with_id:
        return {}
    told = Event.objects.filter(
        child_id__in={event.child_id for event in with_id.values()},
        kind__in=("meeting_invitation", "meeting_attendance"),
        details__meeting_id__in=sorted({event.details["meeting_id"] for event in with_id.values()}),
    )
    by_meeting: dict[tuple[int, str], list[Event]] = {}
    for other in told.order_by("happened_on", "happening", "telling"):
        by_meeting.setdefault((other.child_id, other.details["meeting_id"]), []).append(other)
    return {
        pk: sentence(event, by_meeting.get((event.child_id, event.details["meeting_id"]), ()))
        for pk, event in with_id.items()
    }


def sentence(meeting: Event, told: Iterable[Event]) -> str:
    """Who is invited, who came, who did not, and whether the school's needs lead is asked."""
    invited: dict[str, str] = {}
    came: dict[str, str] = {}
    for event in told:
        seat = event.details.get("seat", "")
        if event.kind == "meeting_invitation":
            invited[seat] = naming.detail(event.kind, "seat", seat)[1]
        else:
            title = naming.detail(event.kind, "seat", seat)[1]
            said = naming.detail(event.kind, "attended", event.details.get("attended", ""))[1]
            came[seat] = f"{title} ({said or 'nobody has said whether they came'})"
    parts = [f"Invited: {', '.join(invited.values())}." if invited else "No invitation has been told of."]
    if came:
        parts.append(f"Of whom we know: {', '.join(came.values())}.")
    waiting = [title for seat, title in invited.items() if seat not in came]
    if came and waiting:
        parts.append(f"Not told of: {', '.join(waiting)}.")
    if "send_needed" in meeting.marks and _SENCO not in invited and "senco_invited" not in meeting.marks:
        parts.append("Special needs are marked, and no SENCo is invited.")
    return " ".join(parts)
