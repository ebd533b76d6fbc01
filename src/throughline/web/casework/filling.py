"""Bulk work that a rule asks for, some children at a time: tried in numbers, or filled in after a decision.

Each part is a transaction of its own. Broken off, it goes on after the last part; while it runs, an entry about a child
is right at once, because the rules in force are those of the decision from the moment it was taken.
"""

from __future__ import annotations

import logging
from datetime import date

from django.db import connection, transaction

from throughline.duties import Rule
from throughline.duties.partnership import own_rule
from throughline.duties.trial import Trial, Trying
from throughline.web import clock
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.actions import changed
from throughline.web.casework import apart, deciding, recomputing, rules_here, subjects, supply
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import RuleDecision, RuleWork
from throughline.web.linkage.models import Child

log = logging.getLogger(__name__)

PURPOSE = "Working out what a rule asks for"
_PART = 200
"""Children at a time."""
_TOUCHED = """
select distinct child_id from casework_event where kind = any(%(kinds)s) and child_id > %(upto)s
 union
select distinct child_id from casework_instance where duty_id = %(rule)s and child_id > %(upto)s
 order by 1
"""


def run(work_id: int) -> RuleWork:
    """Do one piece of work to its end. One that is done already is left as it is."""
    work = RuleWork.objects.select_related("text", "decision").get(pk=work_id)
    if work.status == "done":
        return work
    try:
        _fill(work) if work.what == RuleWork.What.FILL else _try(work)
    except Exception:
        RuleWork.objects.filter(pk=work.pk).update(status="failed", at=clock.now())
        raise
    return work


def begun_today() -> list[int]:
    """Have filled in what was decided for a day that has come since; the numbers of that work."""
    done = RuleWork.objects.filter(decision__isnull=False).values("decision_id")
    due = RuleDecision.objects.filter(start__lte=clock.today()).exclude(pk__in=done)
    with transaction.atomic():
        return [deciding.fill(decision) for decision in due.order_by("pk")]


def _fill(work: RuleWork) -> None:
    rule = rules_here.here().rules.get(work.rule_id)
    children = _children(work, rules_here.opening_kinds(rule) if rule else frozenset())
    _begin(work, len(children))
    for start in range(0, len(children), _PART):
        part = children[start : start + _PART]
        with transaction.atomic(), as_engine():
            recomputing.recompute(part)
            _get_on(work, part)
    with transaction.atomic(), as_engine():
        subjects.recompute(subjects.every(), recomputing.covered())
    _end(work)


def _try(work: RuleWork) -> None:
    assert work.text is not None
    rule = own_rule(work.text.text, deciding.WHERE)
    today = clock.today()
    trying = Trying(rule, rules_here.here().rules, today)
    work.upto, work.done = 0, 0  # what was counted before it was broken off is gone: it begins again
    children = _children(work, trying.kinds)
    _begin(work, len(children))
    with transaction.atomic(), as_engine():
        trying.sleeps(supply.supplied())
    for start in range(0, len(children), _PART):
        part = children[start : start + _PART]
        with transaction.atomic(), as_engine():
            _try_on(part, trying)
            _get_on(work, part)
    work.found = trying.found.as_json()
    _end(work)


def try_now(rule: Rule, as_of: date, *, by: Viewer) -> Trial:
    """What a rule would raise on all children by the end of a day, without a job: for the command. Nothing is kept.

    Raises PermissionDenied for whoever does not keep the partnership's rules, and `RuleFault`.
    """
    deciding.allowed(by)
    trying = Trying(rule, rules_here.here().rules, as_of)
    with transaction.atomic(), as_engine():
        trying.sleeps(supply.supplied())
        children = _children(RuleWork(rule_id=rule.id), trying.kinds)
        for start in range(0, len(children), _PART):
            _try_on(children[start : start + _PART], trying)
    changed(user_id=by.id, purpose=PURPOSE, action="casework.try_rule", subject_kind="rule", subject_id=rule.id)
    return trying.found


def _try_on(children: list[int], trying: Trying) -> None:
    coverage, partings, as_of = recomputing.covered(), apart.in_force(children), trying.found.as_of
    about = {
        id: recomputing.About(dob, frozenset(las))
        for id, dob, las in Child.objects.filter(pk__in=children).values_list("pk", "dob", "las")
    }
    for child, held in recomputing.held_by(children):
        trying.on(recomputing.draw(held, about[child], coverage, as_of, partings.get(child, ())).line)


def _children(work: RuleWork, kinds: frozenset[str]) -> list[int]:
    """Children with anything that the rule could be opened by, or with something it has opened, in order."""
    with transaction.atomic(), as_engine(), connection.cursor() as cursor:
        cursor.execute(_TOUCHED, {"kinds": sorted(kinds), "rule": work.rule_id, "upto": work.upto})
        return [child for (child,) in cursor.fetchall()]


def _begin(work: RuleWork, left: int) -> None:
    work.status, work.total, work.at = "working", work.done + left, clock.now()
    work.save(update_fields=["status", "total", "done", "upto", "at"])


def _get_on(work: RuleWork, part: list[int]) -> None:
    work.done, work.upto, work.at = work.done + len(part), part[-1], clock.now()
    work.save(update_fields=["done", "upto", "at"])


def _end(work: RuleWork) -> None:
    work.status, work.at = "done", clock.now()
    with transaction.atomic(), as_engine():  # nobody has entered: the change is whoever's asked for it
        work.save(update_fields=["status", "found", "at"])
        changed(
            user_id=work.by_id,
            purpose=PURPOSE,
            action=f"casework.rule_{work.what}_done",
            subject_kind="rule",
            subject_id=work.rule_id,
        )
    log.info("rule %s: %s", work.rule_id, work.what)
