"""Opening one child's record in an emergency, and its check by somebody else (break-glass, practice §5.4, G18).

What it opens and for whom is in `sharing/policy.yaml` (`glass`). The row that opens it says until when, and both walls
read it there, so that nothing has to close it again. Its fact starts the clock of R37 (`r37-break-glass`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import Http404

from throughline import sharing
from throughline.web import clock
from throughline.web.accounts.models import BreakGlass, BreakGlassCheck, Concern, Conflict, Relation, User
from throughline.web.accounts.viewing import Viewer, in_force
from throughline.web.audit.actions import changed, looked
from throughline.web.casework import access_facts, telling
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.reading import naming
from throughline.web.casework.shapes import Who
from throughline.web.casework.typing_in import Refused
from throughline.web.linkage import selectors as linkage
from throughline.web.linkage.models import Child

OPENED, CHECKED = "break_glass", "break_glass_checked"
"""Sorts of message; each is about the `ref` of a record opened in an emergency."""
PURPOSE = "Opened in an emergency"
CHECKING = "Checking a record opened in an emergency"
_TEXT = "Follow the link to see who, why and until when."
_FOUND = "Follow the link to see what was found."
_MANAGER = "team_manager"
_HOUR = timedelta(hours=1)
Outcome = BreakGlassCheck.Outcome


def whom(viewer: Viewer, child: UUID) -> Who:
    """Whose record it would be, from the locator alone, with whoever sees it recorded.

    404 for a child this viewer could not find by searching, PermissionDenied for a role that opens none so.
    """
    found = _child(viewer, child)
    looked(
        user_id=viewer.id, role=viewer.role, purpose=viewer.purpose, path_kind="emergency access", children=[found.pk]
    )
    return naming.who(found)


def _child(viewer: Viewer, public_id: UUID) -> Child:
    if viewer.policy.glass is None:
        raise PermissionDenied("Your role does not open records in an emergency. The search says whom to ring.")
    return linkage.located(public_id, viewer.today)


@transaction.atomic
def open_record(*, child: UUID, reason: str, purpose: str, hours: str, by: Viewer) -> UUID:
    """Open a child's record to whoever asks, for some hours, and tell its lead and who answers for such access.

    `reason` is a code of `sharing.glass().reasons`. Raises what `whom` does, and `Refused` with a sentence for each
    answer that will not do. The number by which its page is known.
    """
    found = _child(by, child)
    asked = sharing.glass()
    lasting = timedelta(hours=int(hours)) if hours.isdecimal() and len(hours) < 3 else timedelta()
    wrong = {} if reason in asked.reasons else {"reason": "Choose what makes it an emergency"}
    if not purpose.strip():
        wrong["purpose"] = "Say what you need to find out. Whoever leads the work with this child reads it."
    if not _HOUR <= lasting <= asked.longest:
        wrong["hours"] = f"Give a number of hours from 1 to {asked.longest // _HOUR}"
    if wrong:
        raise Refused(wrong)
    now = clock.now()
    with as_engine():
        opened = BreakGlass.objects.create(
            user_id=by.id, child_id=found.pk, reason=reason, purpose=purpose.strip(), opened_at=now,
            until=now + lasting, agency=by.agency, owner=found.la,
        )  # fmt: skip
    changed(
        user_id=by.id, purpose=PURPOSE, action="casework.open_in_emergency", subject_kind="breakglass",
        subject_id=opened.pk, children=[found.pk], content=purpose,
    )  # fmt: skip
    until = opened.until.astimezone(clock.LONDON)
    fields = {"reason": asked.reasons[reason], "until": f"{until:%Y-%m-%dT%H:%M}"}
    access_facts.tell(ref=opened.ref, kind="break_glass", at=now, by=by.id, purpose=PURPOSE, fields=fields)
    _tell(opened, OPENED, "A record was opened in an emergency", _TEXT, (*_leads(opened), *_answering(opened)))
    return opened.ref


@transaction.atomic
def check(*, ref: UUID, outcome: str, why: str, taken_to: str, by: Viewer) -> None:
    """Say what came of the check: an `access_reviewed` fact, told to whoever opened it and to the child's lead.

    404 for one the walls do not show, PermissionDenied for somebody who is not independent of it, `Refused` with a
    sentence for each answer that will not do.
    """
    opened = BreakGlass.objects.filter(ref=ref).first()
    if opened is None:
        raise Http404
    if not independent(by, opened):
        raise PermissionDenied("Somebody else has to check this: whoever answers for it and had no part in it.")
    wrong = {} if outcome in Outcome.values else {"outcome": "Choose what you found"}
    if BreakGlassCheck.objects.filter(opened=opened).exists():
        wrong["outcome"] = "Somebody has checked this already"
    if not why.strip():
        wrong["why"] = "Say what that rests on. Whoever opened it, and the child’s lead, read it."
    if outcome in (Outcome.WIDER, Outcome.NOT_NEEDED) and not taken_to.strip():
        wrong["taken_to"] = "Name who at their agency takes it up, and in which post"
    if wrong:
        raise Refused(wrong)
    with as_engine():
        made = BreakGlassCheck.objects.create(
            opened=opened, outcome=outcome, why=why.strip(), taken_to=taken_to.strip(), by_id=by.id, at=clock.now()
        )
    changed(
        user_id=by.id, purpose=CHECKING, action="casework.check_emergency", subject_kind="breakglasscheck",
        subject_id=made.pk, children=[opened.child_id], content=f"{outcome}\x1f{why}\x1f{taken_to}",
    )  # fmt: skip
    access_facts.tell(
        ref=ref, kind=access_facts.CHECKED, at=made.at, by=by.id, purpose=CHECKING,
        fields={"decision": str(Outcome(outcome).label)},
    )  # fmt: skip
    theirs = {opened.user, *_leads(opened)}
    if outcome != Outcome.NEEDED:  # it goes to their agency, whoever of it checked
        theirs |= set(_of_agencies(opened.agency))
    _tell(opened, CHECKED, "A record opened in an emergency was checked", _FOUND, theirs - {by.user})


def independent(viewer: Viewer, opened: BreakGlass) -> bool:
    """Whether this viewer answers for such access, had no part in it, and has no seat around the child."""
    if not viewer.policy.audits or viewer.id == opened.user_id:
        return False
    seated = in_force(viewer.today).filter(user_id=viewer.id, child_id=opened.child_id)
    return not seated.exists() and not BreakGlass.objects.filter(user=viewer.user, child_id=opened.child_id).exists()


def _leads(opened: BreakGlass) -> list[User]:
    """Who leads the work with the child today; where nobody does, the managers who answer for it."""
    today = clock.today()
    with as_engine():
        lead = in_force(today).filter(child_id=opened.child_id, kind=Relation.Kind.ALLOCATED)
        if people := [relation.user for relation in lead.select_related("user")]:
            return people
        holds = Q(end__isnull=True) | Q(end__gte=today)
        concerns = list(Concern.objects.filter(holds, child_id=opened.child_id, kind=sharing.MANAGER, start__lte=today))
        managers = User.objects.filter(role=_MANAGER, is_active=True)
        return [user for user in managers if any(telling.standing_at(concern, user) for concern in concerns)]


def _answering(opened: BreakGlass) -> list[User]:
    """Who answers for such access at the agency whose record it is; where nobody does, for the whole partnership."""
    return _of_agencies(opened.owner) or _of_agencies("partnership")


def _of_agencies(agency: str) -> list[User]:
    """Who answers for how records are opened at an agency, or at any body of this type of agency."""
    roles = [role for role, policy in sharing.policy().items() if policy.audits]
    of_it = Q(agency=agency) | Q(agency__startswith=f"{agency}:")
    return list(User.objects.filter(of_it, role__in=roles, is_active=True).exclude(agency=""))


def _tell(opened: BreakGlass, sort: str, subject: str, text: str, people: Iterable[User]) -> None:
    """A message at once to each of these but whoever opened it to themselves; none to whom the child is too close."""
    with as_engine():
        close = set(
            Conflict.objects.filter(child_id=opened.child_id, ended_at__isnull=True).values_list("user_id", flat=True)
        )
    for user in {user for user in people if user.is_active and user.pk not in close}:
        if sort != OPENED or user.pk != opened.user_id:
            telling.write(user, sort, str(opened.ref), subject, text, clock.now(), opened.child_id)
