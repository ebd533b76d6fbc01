"""What several rows of one child say together: assessments, enquiries, times in care, homes.

Kinds and details are those that SSDA903 and the census use for the same things, so that tellings join.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from throughline.feeds.base import Event, Statement
from throughline.feeds.cells import day_of
from throughline.feeds.cin_census.tables import FACTOR_MARKS
from throughline.feeds.gathering import Telling, event
from throughline.feeds.relational.columns import in_words
from throughline.feeds.relational.feed import Rows
from throughline.feeds.ssd.layout import LAYOUT
from throughline.feeds.ssda903.care import ADOPTED, ADOPTION_HOMES, ADOPTION_TAGS, LEGAL_MARKS, SECURE_HOME

_PLACES: Mapping[str, Mapping[str, int]] = {
    name: {short: table.at(short) for full in table.names for short in (full, full.partition("_")[2]) if short}
    for name, table in LAYOUT.tables.items()
}
_NONE: list[Statement] = []
_PLAIN: frozenset[str] = frozenset()
_UNBORN = timedelta(weeks=40)
_STARTED = "S"


def derive(rows: Rows, telling: Telling) -> None:
    """Tell what no row says by itself (`kinds` in `tables.yaml`)."""
    _assessments(rows, telling)
    _enquiries(rows, telling)
    _care(rows, telling)
    _placements(rows, telling)
    for statement in rows.get("person", _NONE)[:1]:
        _outside_life(statement, telling)


def _cell(statement: Statement, name: str) -> str:
    return statement.values[_PLACES[statement.table][name]]


def _tell(
    telling: Telling,
    kind: str,
    text: str,
    statement: Statement,
    details: Mapping[str, str] | None = None,
    marks: frozenset[str] = _PLAIN,
) -> Event | None:
    """Tell an event of a day given as text, if it is given."""
    day = day_of(text)
    if day is None:
        return None
    told = event(kind, day, statement, {name: value for name, value in (details or {}).items() if value}, marks)
    telling.events.append(told)
    return told


def _assessments(rows: Rows, telling: Telling) -> None:
    """An assessment's factors stand in a table of their own."""
    factors: dict[str, list[str]] = {}
    for statement in rows.get("assessment_factors", _NONE):
        found = in_words(_cell(statement, "assessment_factors_json")).upper().split(";")
        factors.setdefault(_cell(statement, "assessment_id"), []).extend(filter(None, map(str.strip, found)))
    for statement in rows.get("cin_assessments", _NONE):
        found = list(dict.fromkeys(factors.get(_cell(statement, "assessment_id"), ())))
        marks = {FACTOR_MARKS[code] for code in found if code in FACTOR_MARKS}
        if _cell(statement, "assessment_child_seen") == "Y":
            marks.add("seen")
        if _cell(statement, "assessment_outcome_nfa") == "Y":
            marks.add("nfa")
        details = {"factors": ";".join(found), "decision": in_words(_cell(statement, "assessment_outcome_json"))}
        done = _cell(statement, "assessment_auth_date")
        _tell(telling, "assessment_completed", done, statement, details, frozenset(marks))


def _enquiries(rows: Rows, telling: Telling) -> None:
    """By when an enquiry's conference was due stands with the conference."""
    targets = {
        _cell(statement, "s47_enquiry_id"): _cell(statement, "icpc_target_date")
        for statement in rows.get("initial_cp_conference", _NONE)
    }
    for statement in rows.get("s47_enquiry", _NONE):
        target = targets.get(_cell(statement, "s47_enquiry_id"), "")
        _tell(telling, "s47_started", _cell(statement, "s47_start_date"), statement, {"target": target})


# -- in care ------------------------------------------------------------------------------------------


def _care(rows: Rows, telling: Telling) -> None:
    """Times in care from their episodes, and legal statuses but those a time in care begins with."""
    statuses = sorted(rows.get("legal_status", _NONE), key=lambda s: _cell(s, "legal_status_start_date"))
    began: set[str] = set()
    before: Statement | None = None
    for episode in sorted(rows.get("cla_episodes", _NONE), key=lambda s: _cell(s, "cla_episode_start_date")):
        if before is None or _left(before) or _cell(before, "cla_id") != _cell(episode, "cla_id"):
            began.add(_start(episode, statuses, telling))
        if _left(episode):
            reason = _cell(episode, "cla_episode_ceased_reason")
            _tell(telling, "care_ended", _cell(episode, "cla_episode_ceased_date"), episode, {"reason": reason})
            if reason in ADOPTED:
                telling.events.append(_adoption(telling.events.pop()))
        before = episode
    for statement in statuses:
        start, status = _cell(statement, "legal_status_start_date"), _cell(statement, "legal_status")
        if start not in began and status:
            marks = LEGAL_MARKS.get(status, _PLAIN)
            _tell(telling, "legal_status_started", start, statement, {"legal_status": status}, marks)


def _left(episode: Statement) -> bool:
    """Whether care ended with an episode."""
    ceased = _cell(episode, "cla_episode_ceased_date")
    return bool(ceased) and _cell(episode, "cla_episode_ceased_reason").startswith("E")


def _start(episode: Statement, statuses: list[Statement], telling: Telling) -> str:
    """Tell that a time in care begins; its day.

    An extract reaches six years back, so the first episode in it need not be the first of the time in care.
    """
    day = _cell(episode, "cla_episode_start_date")
    kind = "care_started" if _cell(episode, "cla_episode_start_reason") == _STARTED else "in_care_at"
    entered = _cell(episode, "entered_care_date")
    if kind == "in_care_at" and entered and entered <= day:
        kind, day = "care_started", entered
    status = next(
        (
            _cell(s, "legal_status")
            for s in reversed(statuses)
            if _cell(s, "legal_status_start_date") <= day <= (_cell(s, "legal_status_end_date") or day)
        ),
        "",
    )
    details = {"legal_status": status, "need": _cell(episode, "cla_primary_need_code")}
    _tell(telling, kind, day, episode, details, LEGAL_MARKS.get(status, _PLAIN))
    return day


def _placements(rows: Rows, telling: Telling) -> None:
    """Homes. Why one ended stands on its own row; why it began, on the episode that began with it."""
    why = {
        (_cell(episode, "cla_placement_id"), _cell(episode, "cla_episode_start_date")): _cell(
            episode, "cla_episode_start_reason"
        )
        for episode in rows.get("cla_episodes", _NONE)
    }
    for statement in rows.get("cla_placement", _NONE):
        start, home = _cell(statement, "cla_placement_start_date"), _cell(statement, "cla_placement_type")
        details = {
            "placement_type": home,
            "provider": _cell(statement, "cla_placement_provider"),
            "postcode": _cell(statement, "cla_placement_postcode"),
            "urn": _cell(statement, "cla_placement_urn"),
            "new_episode_reason": why.get((_cell(statement, "cla_placement_id"), start), ""),
        }
        marks = SECURE_HOME if home == "K1" else _PLAIN
        if _tell(telling, "placement_started", start, statement, details, marks) and home in ADOPTION_HOMES:
            telling.events.append(_adoption(telling.events.pop())._replace(level="SL4"))
        reason = _cell(statement, "cla_placement_change_reason")
        _tell(telling, "placement_ended", _cell(statement, "cla_placement_end_date"), statement, {"reason": reason})


def _adoption(told: Event) -> Event:
    return told._replace(tags=told.tags | ADOPTION_TAGS)


def _outside_life(person: Statement, telling: Telling) -> None:
    """Say once for a child what happened before it can have been carried, or after its death."""
    born: date | None = day_of(_cell(person, "dob")) or day_of(_cell(person, "expected_dob"))
    died = day_of(_cell(person, "death_date"))
    if not telling.events:
        return
    first = min(telling.events, key=lambda told: told.happened_on)
    last = max(telling.events, key=lambda told: told.happened_on)
    if born and first.happened_on < born - _UNBORN:
        _say_outside(first, "before-birth", f"more than 40 weeks before birth ({born})", telling)
    if died and last.happened_on > died:
        _say_outside(last, "after-death", f"after the child's death ({died})", telling)


def _say_outside(told: Event, rule: str, what: str, telling: Telling) -> None:
    telling.fault(
        told.statement,
        rule,
        f"{told.happened_on} lies {what}. Correct whichever date is wrong.",
        value=told.happened_on.isoformat(),
        around=told.happened_on,
    )
