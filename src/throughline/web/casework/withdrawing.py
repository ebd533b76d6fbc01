"""Taking a whole delivery back: its agency sent what it should not have, or it was the wrong file.

Nothing is removed. What it had superseded stands again, what it had told again rests on the earlier telling,
and the day of withdrawal is kept, so that what was known before that day can still be asked.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from throughline.web import clock
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.actions import changed
from throughline.web.casework import subjects
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.recomputing import covered, recompute, resting_on_coverage
from throughline.web.casework.typing_in import Refused
from throughline.web.intake import set_apart, storing
from throughline.web.intake.models import Delivery
from throughline.web.linkage import linking
from throughline.web.linkage.models import Claim


@transaction.atomic
def withdraw(*, delivery: int, by: Viewer, why: str, purpose: str = "Taking back a delivery") -> None:
    """Withdraw a loaded delivery whole; the lines and duties of every child in it are right afterwards."""
    if by.policy.intake is None:
        raise PermissionDenied("Those who bring extracts in take them back.")
    if not why.strip():
        raise Refused({"why": "Say why it is taken back; its agency will want to know."})
    taken = Delivery.objects.select_for_update().get(pk=delivery)
    if taken.status != Delivery.Status.LOADED:
        raise Refused({"why": "Only a delivery that is loaded can be taken back."})
    taken.status = Delivery.Status.WITHDRAWN
    taken.withdrawn_on, taken.withdrawn_by_id, taken.withdrawn_why = clock.today(), by.id, why.strip()
    taken.save()
    with as_engine():
        set_apart.take_back(delivery)
        touched = storing.restand(_records_of(delivery))
        touched |= _take_back_claims(delivery)
        touched |= resting_on_coverage(delivery)
        recompute(touched)
        subjects.recompute(subjects.after_delivery(delivery), covered())
    changed(
        user_id=by.id,
        purpose=purpose,
        action="intake.withdraw",
        subject_kind="delivery",
        subject_id=delivery,
        content=why,
    )


def _records_of(delivery: int) -> list[str]:
    """Every record the delivery told, told again, or no longer told."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select record_key from intake_statement where delivery_id = %s union"
            " select s.record_key from intake_telling t join intake_statement s on s.id = t.statement_id"
            " where t.delivery_id = %s",
            [delivery, delivery],
        )
        return [key for (key,) in cursor.fetchall()]


def _take_back_claims(delivery: int) -> set[int]:
    """Who it said its people were no longer counts. Judgements stand until a person takes them back."""
    claims = Claim.objects.filter(delivery_id=delivery, live=True)
    children = set(claims.values_list("person__child_id", flat=True))
    claims.update(live=False)
    return linking.relink(children, clock.today()) if children else set()
