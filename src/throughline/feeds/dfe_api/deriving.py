"""What one child's API records mean, looked at together; what the authority has taken back means nothing any more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from throughline.feeds.base import NO_EVENT, QUERY, REFUSED, Derived, Event, Statement
from throughline.feeds.cells import day_of
from throughline.feeds.cin_census.tables import FACTOR_MARKS
from throughline.feeds.dfe_api.tables import TABLES
from throughline.feeds.gathering import Telling, event
from throughline.feeds.ssda903.care import ADOPTED, ADOPTION_HOMES, ADOPTION_TAGS, SECURE_HOME

_NO_MARKS: frozenset[str] = frozenset()
_NFA = frozenset({"nfa"})
_CONFERENCE_NOT_REQUIRED = frozenset({"conference_not_required"})
_PURGE = {name: table.purge for name, table in TABLES.items()}
_EPISODE = {name: table.places.get("social_care_episode_id", -1) for name, table in TABLES.items()}


def derive(statements: Sequence[Statement]) -> Derived:
    """Events of one child; see `base.Feed.events`."""
    telling = Telling()
    placements = []
    for statement in _standing([s for s in statements if s.outcome != REFUSED], telling):
        if statement.table == "placement":
            placements.append(statement)
        elif statement.table in _TELLERS:
            _TELLERS[statement.table](statement, telling)
    placements.sort(key=lambda statement: (statement.values[3], statement.values[7]))
    _placements(placements, telling)
    return telling.derived()


# -- what has been taken back ---------------------------------------------------------------------------


def _standing(statements: list[Statement], telling: Telling) -> list[Statement]:
    """Without what a `purge` takes back: a record, an episode with all in it, or everything of the child."""
    purged = [s for s in statements if s.values[_PURGE[s.table]] == "Y"]
    if not purged:
        return statements
    whole = any(s.table == "child" for s in purged)
    episodes = {s.values[_EPISODE["episode"]] for s in purged if s.table == "episode"}
    stands = []
    for statement in statements:
        own = statement.values[_PURGE[statement.table]] == "Y"
        place = _EPISODE[statement.table]
        if own:
            _say_taken_back(statement, telling)
        elif whole or (place >= 0 and statement.values[place] in episodes):
            telling.outcome(statement, NO_EVENT)
        else:
            stands.append(statement)
    return stands


def _say_taken_back(statement: Statement, telling: Telling) -> None:
    values = statement.values
    days = [values[place] for place in TABLES[statement.table].needs if values[place]]
    telling.fault(
        statement,
        "record-withdrawn",
        f"The authority has taken back this {_TITLES.get(statement.table, 'record')} and what it holds (purge). It is "
        "shown as withdrawn: what was known before is kept, and counts no more.",
        column="purge",
        value="true",
        severity=QUERY,
        around=day_of(days[0]) if days else None,
    )
    telling.stands(statement)  # it is as it should be: nothing is wrong with the row


_TITLES = {
    "child": "child's whole record",
    "episode": "episode",
    "assessment": "assessment",
    "placement": "placement",
}


# -- single records -------------------------------------------------------------------------------------


def _tell(
    telling: Telling,
    kind: str,
    text: str,
    statement: Statement,
    details: Mapping[str, str] | None = None,
    marks: frozenset[str] = _NO_MARKS,
) -> None:
    """Tell an event of a day given as text, if it is given."""
    if day := day_of(text):
        given = {name: value for name, value in details.items() if value} if details else {}
        telling.events.append(event(kind, day, statement, given, marks))


def _episode(statement: Statement, telling: Telling) -> None:
    _, _, referral, source, closed, reason, nfa, _ = statement.values
    _tell(telling, "referral", referral, statement, {"source": source}, _NFA if nfa == "Y" else _NO_MARKS)
    _tell(telling, "case_closed", closed, statement, {"reason": reason})


def _worker(statement: Statement, telling: Telling) -> None:
    _, _, worker, start, end, _ = statement.values
    _tell(telling, "social_worker_started", start, statement, {"worker": worker})
    _tell(telling, "social_worker_ended", end, statement, {"worker": worker})


def _assessment(statement: Statement, telling: Telling) -> None:
    _, _, _, start, authorised, factors, _ = statement.values
    marks = frozenset(FACTOR_MARKS[code] for code in factors.split(";") if code in FACTOR_MARKS)
    _tell(telling, "assessment_started", start, statement)
    _tell(telling, "assessment_completed", authorised, statement, {"factors": factors}, marks)


def _cin_plan(statement: Statement, telling: Telling) -> None:
    _tell(telling, "cin_plan_started", statement.values[3], statement)
    _tell(telling, "cin_plan_ended", statement.values[4], statement)


def _section47(statement: Statement, telling: Telling) -> None:
    _, _, _, start, required, conference, end, _ = statement.values
    marks = _CONFERENCE_NOT_REQUIRED if required == "N" else _NO_MARKS
    _tell(telling, "s47_started", start, statement, None, marks)
    _tell(telling, "s47_ended", end, statement, None, marks)
    _tell(telling, "initial_conference", conference, statement)


def _cp_plan(statement: Statement, telling: Telling) -> None:
    _tell(telling, "cp_plan_started", statement.values[3], statement)
    _tell(telling, "cp_plan_ended", statement.values[4], statement)


def _adoption(statement: Statement, telling: Telling) -> None:
    _, _, decided, matched, placed, _ = statement.values
    _tell(telling, "adoption_decision", decided, statement)
    _tell(telling, "adoption_match", matched, statement)
    _tell(telling, "placed_for_adoption", placed, statement)


def _care_leaver(statement: Statement, telling: Telling) -> None:
    _, _, contact, activity, accommodation, _ = statement.values
    _tell(telling, "care_leaver_in_touch", contact, statement, {"activity": activity, "accommodation": accommodation})


def _sdq(statement: Statement, telling: Telling) -> None:
    _tell(telling, "sdq_score", statement.values[1], statement, {"score": statement.values[2]})


_TELLERS = {
    "episode": _episode,
    "worker": _worker,
    "assessment": _assessment,
    "cin_plan": _cin_plan,
    "section47": _section47,
    "cp_plan": _cp_plan,
    "adoption": _adoption,
    "care_leaver": _care_leaver,
    "sdq": _sdq,
}


# -- placements and times in care -------------------------------------------------------------------------


def _placements(placements: Sequence[Statement], telling: Telling) -> None:
    """Homes, and when care began and ended, as SSDA903 tells them: by the reasons a placement starts and ends."""
    in_care = False
    for statement in placements:
        _, _, _, start, start_reason, postcode, place, end, end_reason, change, _ = statement.values
        if start_reason == "S":
            _tell(telling, "care_started", start, statement)
        elif not in_care:
            _tell(telling, "in_care_at", start, statement)
        if start:
            telling.events.append(_placement_started(statement, start, place, postcode, start_reason))
        _tell(telling, "placement_ended", end, statement, {"reason": change})
        in_care = True
        if end and end_reason.startswith("E"):
            _tell(telling, "care_ended", end, statement, {"reason": end_reason})
            if end_reason in ADOPTED:
                last = telling.events[-1]
                telling.events[-1] = last._replace(tags=last.tags | ADOPTION_TAGS)
            in_care = False


def _placement_started(statement: Statement, start: str, place: str, postcode: str, reason: str) -> Event:
    details = {"placement_type": place, "postcode": postcode, "new_episode_reason": reason}
    day = day_of(start)
    assert day is not None
    given = {name: value for name, value in details.items() if value}
    started = event("placement_started", day, statement, given, SECURE_HOME if place == "K1" else _NO_MARKS)
    if place in ADOPTION_HOMES:  # the adopters' address would lead to the child's later identity
        return started._replace(level="SL4", tags=started.tags | ADOPTION_TAGS)
    return started
