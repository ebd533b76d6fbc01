"""What one child's census rows mean, looked at together: events, and what does not fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from throughline.feeds import cells
from throughline.feeds.base import REFUSED, REPEATED, Derived, Event, Statement
from throughline.feeds.cin_census.tables import FACTOR_MARKS
from throughline.feeds.gathering import Telling, event

Rows = dict[str, list[Statement]]
_NONE: list[Statement] = []
_UNBORN = timedelta(weeks=40)
_NO_MARKS: frozenset[str] = frozenset()
_NFA = frozenset({"nfa"})
_CONFERENCE_NOT_REQUIRED = frozenset({"conference_not_required"})
_day = cells.day_of


def derive(statements: Sequence[Statement]) -> Derived:
    """Events of one child; see `base.Feed.events`."""
    rows: Rows = {}
    for statement in statements:
        if statement.outcome != REFUSED:
            rows.setdefault(statement.table, []).append(statement)
    telling = Telling()
    for name in list(rows):
        if len(rows[name]) > 1:
            rows[name] = _without_repeats(rows[name], telling)
    for statement in rows.get("child", _NONE):
        _tell(telling, "child_died", statement.values[7], statement)
    _episodes(rows, telling)
    _assessments(rows.get("assessment", _NONE), telling)
    for statement in rows.get("cin_plan", _NONE):
        _tell(telling, "cin_plan_started", statement.values[2], statement)
        _tell(telling, "cin_plan_ended", statement.values[3], statement)
    _protection(rows, telling)
    _look_over(rows, telling)
    return telling.derived()


def _without_repeats(statements: list[Statement], telling: Telling) -> list[Statement]:
    """Rows of which none says just what another of its file says."""
    kept: dict[tuple[str, tuple[str, ...]], Statement] = {}
    for statement in statements:
        if (statement.file, statement.values) in kept:
            telling.outcome(statement, REPEATED)
        else:
            kept[statement.file, statement.values] = statement
    return list(kept.values())


def _tell(
    telling: Telling,
    kind: str,
    text: str,
    statement: Statement,
    details: Mapping[str, str] | None = None,
    marks: frozenset[str] = _NO_MARKS,
) -> None:
    """Tell an event of a day given as text, if it is given."""
    if day := _day(text):
        given = {name: value for name, value in details.items() if value} if details else {}
        telling.events.append(event(kind, day, statement, given, marks))


def _episodes(rows: Rows, telling: Telling) -> None:
    """Referrals and closings; conferences that no section 47 enquiry of the same referral tells of."""
    told = {row.values[1] for row in rows.get("section47", _NONE) if row.values[4]}
    for statement in rows.get("cin_episode", _NONE):
        _, referral, source, need, closed, reason, conference, nfa = statement.values
        ended = nfa == "Y"
        _tell(telling, "referral", referral, statement, {"source": source, "need": need}, _NFA if ended else _NO_MARKS)
        _tell(telling, "case_closed", closed, statement, {"reason": reason})
        if conference and referral not in told:
            _tell(telling, "initial_conference", conference, statement)
        if ended and not closed:
            telling.fault(
                statement,
                "nfa-still-open",
                "The referral is said to have ended with no further action, but has no closing date; it is "
                "shown as ended there. Send the closing date, or correct ReferralNFA.",
                column="ReferralNFA",
                value=nfa,
                around=_day(referral),
            )


def _assessments(statements: list[Statement], telling: Telling) -> None:
    for statement in statements:
        _, _, start, _, authorised, factors = statement.values
        marks = frozenset(FACTOR_MARKS[code] for code in factors.split(";") if code in FACTOR_MARKS)
        _tell(telling, "assessment_started", start, statement)
        _tell(telling, "assessment_completed", authorised, statement, {"factors": factors}, marks)


def _protection(rows: Rows, telling: Telling) -> None:
    """Enquiries, conferences, protection plans and their reviews."""
    for statement in rows.get("section47", _NONE):
        _, _, start, target, conference, not_required = statement.values
        marks = _CONFERENCE_NOT_REQUIRED if not_required == "Y" else _NO_MARKS
        _tell(telling, "s47_started", start, statement, {"target": target}, marks)
        _tell(telling, "initial_conference", conference, statement)
    for statement in rows.get("cp_plan", _NONE):
        _, _, start, end, first, latest, _ = statement.values
        _tell(telling, "cp_plan_started", start, statement, {"category": first or latest})
        _tell(telling, "cp_plan_ended", end, statement)
    for statement in rows.get("cp_review", _NONE):
        _tell(telling, "review_conference", statement.values[3], statement)


# -- what does not fit --------------------------------------------------------------------------------

_OVERLAPS = (
    ("cin_episode", 1, 4, "referral-overlaps cin-8820", "CINreferralDate", "referral"),
    ("cin_plan", 2, 3, "plan-overlaps cin-4014", "CINPlanStartDate", "child in need plan"),
    ("cp_plan", 2, 3, "plan-overlaps cin-8935", "CPPstartDate", "child protection plan"),
)


def _look_over(rows: Rows, telling: Telling) -> None:
    children = rows.get("child", _NONE)
    for statement in children[1:]:
        if statement.file == children[0].file:
            telling.fault(
                statement,
                "child-more-than-once cin-8510",
                "The child's id stands on more than one child of the file. Put them together, or correct the id.",
                column="LAchildID",
                value=statement.values[0],
            )
    for table, start, end, rule, column, what in _OVERLAPS:
        found = rows.get(table, _NONE)
        if len(found) > 1:
            _overlaps(found, start, end, rule, column, what, telling)
    if children and telling.events:
        _outside_life(children[0], telling)


def _overlaps(
    found: list[Statement], start: int, end: int, rule: str, column: str, what: str, telling: Telling
) -> None:
    """Say where one begins before the one before it has ended."""
    before: Statement | None = None
    for statement in sorted(found, key=lambda row: row.values[start]):
        begins = statement.values[start]
        if before is not None and begins and (not before.values[end] or begins < before.values[end]):
            telling.fault(
                statement,
                rule,
                f"This {what} begins before the one before it ({before.values[start]}) has ended.",
                column=column,
                value=begins,
                around=_day(begins),
            )
        before = statement


def _outside_life(child: Statement, telling: Telling) -> None:
    """Say once for a child what happened before it can have been carried, or after its death."""
    born = _day(child.values[4]) or _day(child.values[5])
    died = _day(child.values[7])
    first = min(telling.events, key=_when)
    if born and first.happened_on < born - _UNBORN:
        _say_outside(first, "before-birth cin-8606", f"lies more than 40 weeks before birth ({born})", telling)
    if died:
        last = max(telling.events, key=_when)
        if last.happened_on > died:
            _say_outside(last, "after-death cin-8915", f"lies after the child's death ({died})", telling)


def _when(told: Event) -> date:
    return told.happened_on


def _say_outside(told: Event, rule: str, what: str, telling: Telling) -> None:
    telling.fault(
        told.statement,
        rule,
        f"{told.happened_on} {what}. Correct whichever date is wrong.",
        value=told.happened_on.isoformat(),
        around=told.happened_on,
    )
