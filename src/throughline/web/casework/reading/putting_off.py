"""Lines their owner put off to a later day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from throughline.web.accounts.models import User
from throughline.web.accounts.viewing import Viewer
from throughline.web.casework import rules_here
from throughline.web.casework.models import Instance, PutOff
from throughline.web.casework.reading import owners
from throughline.web.casework.reading import worklists as lists
from throughline.web.design import formats


def sentences(instances: Sequence[Instance], day: date) -> dict[int, str]:
    """Instance -> until when somebody put it off and why, of those that are put off on this day."""
    if not instances:
        return {}
    newest = {
        (p.child_id, p.duty_id, p.stage, p.trigger_key): p
        for p in PutOff.objects.filter(child_id__in={i.child_id for i in instances}).order_by("pk")
    }
    people = User.objects.in_bulk({p.by_id for p in newest.values()}) if newest else {}
    said = {}
    for i in instances:
        put = newest.get((i.child_id, i.duty_id, i.stage, i.trigger_key))
        if put and put.until > day:
            said[i.pk] = f"Put off until {formats.when(put.until, near=day)} by {people[put.by_id].name}: {put.reason}"
    return said


def longest() -> timedelta:
    """How long a line may be put off at most."""
    return timedelta(lists.put_off()["longest"])


def stands_with(viewer: Viewer, row: Instance) -> bool:
    """Whether a line stands on this person's own list: a seat of theirs owes it, and they are related as it asks."""
    role = owners.roles(rules_here.book()).get(row.duty_id, "")
    way = owners.ways().get(role)
    return role in viewer.policy.answers_for and way in viewer.relations_to(row.child_id)[row.child_id]


def of_line(viewer: Viewer, row: Instance) -> tuple[str, bool]:
    """Until when it is put off and why (blank: it is not), and whether this person may put it off."""
    open_still = row.met_on is None and not row.ended_why
    return sentences([row], viewer.today).get(row.pk, ""), open_still and stands_with(viewer, row)
