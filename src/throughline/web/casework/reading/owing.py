"""Stored duties as a page shows them: status and *because* are worked out now, for the day asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

from django.db.models import F, Q

from throughline import duties, words
from throughline.web import clock
from throughline.web.casework import rows, rules_here
from throughline.web.casework.models import Instance
from throughline.web.casework.reading import owners
from throughline.web.casework.shapes import Beside, Owed, Who

STILL_OWED = frozenset({"overdue", "due", "due soon", "upcoming", "cannot tell"})


def moment(as_of: date | None) -> date | datetime:
    """What a status is worked out for: this very moment today (hours run), the end of any other day."""
    return clock.now() if as_of is None or as_of == clock.today() else as_of


def from_rows(given: Iterable[Instance], who: Mapping[int, Who], as_of: date | None) -> list[Owed]:
    """Stored duties, in the order given; of a rule that is no longer in the book, nothing is said.

    A duty and its alerts that one fact opened are one line: that of whichever needs somebody first.
    """
    at, book = moment(as_of), rules_here.book()
    of, owner = owners.families(book), owners.roles(book)
    lines: dict[object, list[Owed]] = {}
    for row in given:
        if row.duty_id in book:
            key = (row.child_id, of[row.duty_id], row.trigger_key) if row.duty_id in of else row.pk
            owed = build(rows.instance(row), book[row.duty_id], who[row.child_id], at, row.pk, tuple(row.evidence))
            lines.setdefault(key, []).append(owed)
    return [_one_line(several, book, of, owner) for several in lines.values()]


def _one_line(
    several: list[Owed], book: Mapping[str, duties.Rule], of: Mapping[str, str], owner: Mapping[str, str]
) -> Owed:
    first, *rest = sorted(several, key=by_need)
    if first.duty_id not in of:
        return first
    beside = tuple(Beside(o.id, o.duty_id, o.title, o.strength, o.due_at or o.due_on) for o in rest)
    return replace(
        first,
        title=book[of[first.duty_id]].title,
        owed_by=words.roles()[owner[first.duty_id]].title,
        beside=beside,
    )


def with_their_alerts(numbers: Iterable[int]) -> list[Instance]:
    """These stored duties, and what is on one line with them."""
    found = list(Instance.objects.filter(pk__in=numbers))
    of = owners.families(rules_here.book())
    shared = [row for row in found if row.duty_id in of]
    if shared:
        lines = Instance.objects.filter(
            child_id__in={row.child_id for row in shared},
            trigger_key__in={row.trigger_key for row in shared},
            duty_id__in=of,
            met_on__isnull=True,
            ended_why="",
        )
        found += list(lines.exclude(pk__in=[row.pk for row in found]))
    return found


def build(
    instance: duties.Instance,
    rule: duties.Rule,
    child: Who,
    at: date | datetime,
    number: int,
    evidence: tuple[str, ...],
) -> Owed:
    """One duty in words, as it stands at `at`."""
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
        informed=tuple(words.roles()[role].title for role in rule.informed),
        flag=any(row.startswith("R") for row in rule.practice),
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
    lasting = [duty for duty, rule in rules() if rows.lasts(rule)]
    return Q(duty_id__in=lasting) | Q(due_on__gte=F("learnt_on") - rows.PAST) | Q(due_on__isnull=True)


def by_need(owed: Owed) -> tuple[int, date]:
    """What is late first, then what is soonest, then what cannot be told."""
    order = {"overdue": 0, "due": 1, "due soon": 2, "upcoming": 3, "cannot tell": 4}
    return order.get(owed.state, 5), owed.due_on or date.max


def rules() -> Iterable[tuple[str, duties.Rule]]:
    """Every rule in the book, by its id."""
    return rules_here.book().items()
