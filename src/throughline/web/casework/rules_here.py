"""The rules in force in this partnership: what ships, as it has decided about it, and its own (`RuleDecision`)."""

from __future__ import annotations

from datetime import date

from django.db import connection

from throughline import words
from throughline.duties import Rule
from throughline.duties.partnership import Decision, Partnership, usable
from throughline.duties.rulebook import Rulebook
from throughline.web import clock
from throughline.web.casework.models import RuleDecision

_kept: dict[tuple[object, date], Partnership] = {}
"""The partnership's rules by the newest decision and the day; all but the newest is let go."""


def here() -> Partnership:
    """The rules in force today. Worked out once for each decision; after that it is one small question."""
    with connection.cursor() as cursor:
        cursor.execute("select max(id), current_database() from casework_ruledecision")
        key = (cursor.fetchone(), clock.today())
    if key not in _kept:
        _kept.clear()
        _kept[key] = usable(decisions(), key[1])
    return _kept[key]


def book() -> Rulebook:
    """The active rules in force today."""
    return here().book


def opening_kinds(rule: Rule) -> frozenset[str]:
    """Kinds without which nothing of the rule stands on a line; of one that another opens, that one's."""
    rules, kinds = here().rules, set(rule.opening_kinds)
    while rule.relay is not None and rule.relay.of in rules:
        rule = rules[rule.relay.of]
        kinds |= set(rule.opening_kinds)
    return frozenset(kinds) & frozenset(words.kinds())


def decisions() -> list[Decision]:
    """Every decision, in the order in which they were taken."""
    taken = RuleDecision.objects.select_related("text").order_by("pk")
    return [decision_of(d) for d in taken]


def decision_of(row: RuleDecision) -> Decision:
    """A decision as the rules read it."""
    # `what` is one of the choices that the table's own constraint allows.
    return Decision(row.rule_id, row.what, row.start, row.text.text if row.text else "", row.figures)  # type: ignore[arg-type]
