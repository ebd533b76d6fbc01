"""What the partnership decides about rules: its own handed in and tried, rules switched on and off, other figures.

Decisions are rows that are added to and never changed. What follows from one is filled in by a job (`filling`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from procrastinate.contrib.django import app

from throughline.duties import RuleFault
from throughline.duties.partnership import OFF, ON, Decision, may_switch, of_partnership, own_rule
from throughline.web import clock
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.actions import changed
from throughline.web.casework import rules_here
from throughline.web.casework.models import RuleDecision, RuleText, RuleWork
from throughline.web.casework.typing_in import Refused

DECIDES = "business_manager"
"""The role that keeps the partnership's rules."""
JOB = "rule_work"
ONE_AT_A_TIME = "rules"
WHERE = "your text"
"""What a text that somebody typed is called in its faults."""


def may_decide(role: str) -> bool:
    """Whether this role keeps the partnership's rules."""
    return role == DECIDES


@transaction.atomic
def hand_in(*, text: str, by: Viewer, purpose: str) -> int:
    """Keep a text of a rule of the partnership's own; its number. It is not on by that.

    Raises `RuleFault` with every fault by line and cure.
    """
    allowed(by)
    rule = own_rule(text, WHERE)
    of_partnership([*rules_here.decisions(), Decision(rule.id, ON, by.today, text)], by.today)
    kept = RuleText.objects.create(rule_id=rule.id, text=text, by_id=by.id, at=clock.now())
    changed(
        user_id=by.id,
        purpose=purpose,
        action="casework.rule_text",
        subject_kind="rule",
        subject_id=rule.id,
        content=text,
    )
    return kept.pk


@transaction.atomic
def try_out(*, text: int, by: Viewer, purpose: str) -> int:
    """Have a text tried on all children, in numbers, by a job; the number of that work."""
    allowed(by)
    kept = RuleText.objects.get(pk=text)
    changed(user_id=by.id, purpose=purpose, action="casework.try_rule", subject_kind="rule", subject_id=kept.rule_id)
    return _work(RuleWork.What.TRY, kept.rule_id, by=by.id, text=kept)


@transaction.atomic
def decide(
    *,
    rule: str,
    what: str,
    start: date,
    owner: str,
    why: str,
    by: Viewer,
    purpose: str,
    text: int | None = None,
    figures: Mapping[str, int] | None = None,
) -> int:
    """Switch a rule on (`text`: which text, of one's own) or off, or give it other figures, from a day on.

    The number of the decision. Raises `Refused` with a sentence for each answer that will not do.
    """
    allowed(by)
    kept = RuleText.objects.get(pk=text, rule_id=rule) if text else None
    wrong = {} if owner.strip() else {"owner": "Say who answers for it, by name and post."}
    if not why.strip():
        wrong["why"] = "Say why. People whose lists it changes will want to know."
    wrong |= _not_ours(rule, what, kept, figures)
    if wrong:
        raise Refused(wrong)
    taken = RuleDecision(
        rule_id=rule, what=what, start=start, text=kept, figures=dict(figures or {}), owner=owner.strip(),
        why=why.strip(), by_id=by.id, at=clock.now(),
    )  # fmt: skip
    try:
        of_partnership([*rules_here.decisions(), rules_here.decision_of(taken)], max(start, by.today))
    except RuleFault as fault:
        raise Refused({"what": " ".join(fault.faults)}) from fault
    taken.save()
    changed(
        user_id=by.id,
        purpose=purpose,
        action=f"casework.rule_{what}",
        subject_kind="rule",
        subject_id=rule,
        content=f"{start}\x1f{owner}\x1f{why}\x1f{figures}",
    )
    if start <= by.today:
        fill(taken)
    return taken.pk


def fill(decision: RuleDecision) -> int:
    """Have what follows from a decision worked out for every child it touches, by a job; the number of the work."""
    return _work(RuleWork.What.FILL, decision.rule_id, by=decision.by_id, decision=decision)


def wake(kind: str, *, by: Viewer) -> None:
    """Have filled in, by jobs, what the rules ask for that slept until somebody records this kind."""
    book = rules_here.book()
    for rule in book:
        if kind in book[rule].needs_feed:
            _work(RuleWork.What.FILL, rule, by=by.id)


def _work(what: str, rule: str, *, by: int, text: RuleText | None = None, decision: RuleDecision | None = None) -> int:
    work = RuleWork.objects.create(what=what, rule_id=rule, text=text, decision=decision, by_id=by, at=clock.now())
    app.configure_task(JOB, lock=ONE_AT_A_TIME).defer(work=work.pk)
    return work.pk


def allowed(by: Viewer) -> None:
    """Raise PermissionDenied for whoever does not keep the partnership's rules."""
    if not may_decide(by.role):
        raise PermissionDenied("The partnership's business manager keeps its rules.")


def _not_ours(rule: str, what: str, text: RuleText | None, figures: Mapping[str, int] | None) -> dict[str, str]:
    """Why this cannot be decided about this rule, by field; nothing: it can."""
    known = rules_here.here().rules.get(rule)
    if known is None:
        return {} if what == ON and text else {"what": "There is no such rule."}
    if what in (ON, OFF) and not may_switch(known):
        return {"what": "Law and guidance are not the partnership's to switch: only local rules are."}
    if what == OFF and not known.active:
        return {"what": "It is off already."}
    if figures is not None and not figures:
        return {"what": "Change at least one figure."}
    unknown = set(figures or {}) - set(known.settings)
    return dict.fromkeys(sorted(unknown), "This rule has no such figure.")
