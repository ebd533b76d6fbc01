"""Stored duties as a page shows them: status and *because* are worked out now, for the day asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from django.db.models import F, Q

from throughline import duties, words
from throughline.web import clock
from throughline.web.casework import rows
from throughline.web.casework.models import Instance
from throughline.web.casework.shapes import Owed, Who

PAST = timedelta(days=28)
"""What fell due this long before the partnership first heard of it is history, not work (DESIGN §4)."""
STILL_OWED = frozenset({"overdue", "due", "due soon", "upcoming", "cannot tell"})


def moment(as_of: date | None) -> date | datetime:
    """What a status is worked out for: this very moment today (hours run), the end of any other day."""
    return clock.now() if as_of is None or as_of == clock.today() else as_of


def from_rows(given: Iterable[Instance], who: Mapping[int, Who], as_of: date | None) -> list[Owed]:
    """Stored duties, in the order given; of a rule that is no longer in the book, nothing is said."""
    at = moment(as_of)
    book = duties.rulebook()
    return [
        build(rows.instance(row), who[row.child_id], at, row.pk, tuple(row.evidence))
        for row in given
        if row.duty_id in book
    ]


def build(instance: duties.Instance, child: Who, at: date | datetime, number: int, evidence: tuple[str, ...]) -> Owed:
    """One duty in words, as it stands at `at`."""
    rule = duties.rulebook()[instance.duty]
    status = duties.status(instance, at)
    due, met = instance.due, instance.met_at
    return Owed(
        id=number,
        child=child,
        duty_id=instance.duty,
        title=rule.title,
        state=status.state,
        strength=rule.strength,
        owed_by=words.roles()[rule.owed_role].title,
        opened_on=instance.opened,
        due_on=rows.day_of(due),
        due_at=due if isinstance(due, datetime) else None,
        precision=instance.precision,
        met_on=rows.day_of(met),
        met_at=met if isinstance(met, datetime) else None,
        late=status.late or 0,
        late_unit=status.late_unit,
        trigger_kind=instance.trigger.kind,
        met_by_kinds=tuple(answer.kind for answer in rule.answers),
        why_not=_why_not(instance, status.state),
        because=duties.because(instance, rule, at),
        source=rule.citation,
        link=rule.link,
        evidence=evidence,
        opened_at=instance.opened_at if isinstance(instance.opened_at, datetime) else None,
    )


def _why_not(instance: duties.Instance, state: str) -> str:
    if state == "not owed":
        return instance.ended_why or "the child has reached the age at which it ends"
    if state == "cannot tell":
        return instance.cannot_tell or "the time of day is not recorded"
    if state == "met by another route":
        return instance.met_route
    return ""


def still_bites() -> Q:
    """Work, not history: of what was long past when the partnership first heard of it, only what still bites.

    That is a duty that lasts as long as a state does (a review still not held), which the rules end with it.
    """
    lasting = [duty for duty, rule in rules() if rule.while_ is not None or rule.shape == "every"]
    return Q(duty_id__in=lasting) | Q(due_on__gte=F("learnt_on") - PAST) | Q(due_on__isnull=True)


def by_need(owed: Owed) -> tuple[int, date]:
    """What is late first, then what is soonest, then what cannot be told."""
    order = {"overdue": 0, "due": 1, "due soon": 2, "upcoming": 3, "cannot tell": 4}
    return order.get(owed.state, 5), owed.due_on or date.max


def rules() -> Iterable[tuple[str, duties.Rule]]:
    """Every rule in the book, by its id."""
    return duties.rulebook().items()


def role_of(duty: str) -> str:
    """On whose list a duty stands: an id of `words.roles`; blank for a rule not in the book."""
    book = duties.rulebook()
    return book[duty].owed_role if duty in book else ""
