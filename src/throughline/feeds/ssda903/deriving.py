"""What one child's SSDA903 rows mean, looked at together: events, and what does not fit.

Every row is checked against the child's other rows here, because a county's rows are only ever together
child by child. The codes are the sector validators' own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from throughline.feeds import cells
from throughline.feeds.base import NO_EVENT, REFUSED, REPEATED, Derived, Statement
from throughline.feeds.gathering import Telling, event
from throughline.feeds.ssda903.care import care_events
from throughline.feeds.ssda903.columns import year_of_return
from throughline.feeds.ssda903.stitching import Episode, stitch
from throughline.feeds.ssda903.tables import TABLES

Rows = dict[str, list[Statement]]
_NONE: Sequence[Statement] = ()
_DOB_PLACES = {
    name: table.names.index("DOB") for name, table in TABLES.items() if name != "header" and "DOB" in table.names
}
_AWAY = frozenset({"away_without_authorisation"})
_NO_MARKS: frozenset[str] = frozenset()
_TOLD_AGAIN = ("episode-repeated", "episode-replaced")
_day = cells.day_of


def derive(statements: Sequence[Statement], covered_to: Mapping[str, date]) -> Derived:
    """Events of one child; see `base.Feed.events`. `covered_to`: agency -> last day its returns cover."""
    rows: Rows = {}
    for statement in statements:
        if statement.outcome == REFUSED:
            continue
        table = rows.get(statement.table)
        if table is None:
            rows[statement.table] = [statement]
        else:
            table.append(statement)
    telling = Telling()
    dob = _who(rows, telling)
    for name, tell in _TELLERS.items():
        if name in rows:
            tell(rows, dob, telling)
    if "episodes" in rows:
        _episodes(rows["episodes"], dob, covered_to, telling)
    return telling.derived()


# -- who the child is ---------------------------------------------------------------------------------


def _who(rows: Rows, telling: Telling) -> str:
    """The header's date of birth (ISO, blank if none); faults where other rows say otherwise."""
    headers = rows.get("header")
    if headers is None:
        name, first = next(((name, found[0]) for name, found in rows.items()), ("", None))
        if first and TABLES[name].header:
            telling.fault(
                first,
                f"child-not-in-header {TABLES[name].header}",
                "The child has no row in the Header table. Add it, or correct the child's id here.",
                column="CHILD",
            )
        return ""
    dob = headers[0].values[2]
    for name, found in rows.items():
        if len(found) > 1 and TABLES[name].once:
            _once(name, found, telling)
        place = _DOB_PLACES.get(name)
        if place is not None:
            for statement in found:
                if statement.values[place] != dob and dob and statement.values[place]:
                    _other_dob(statement, place, dob, telling)
                    break
    return dob


def _once(name: str, found: list[Statement], telling: Telling) -> None:
    """Several rows of one return where a child has one: repeats, or rows that contradict it."""
    first = found[0]
    for statement in found[1:]:
        if statement.file != first.file:
            continue  # one a year, from several years' returns
        if statement.values == first.values:
            telling.outcome(statement, REPEATED)
            continue
        telling.fault(
            statement,
            f"child-more-than-once {TABLES[name].once}",
            "The child has more than one row in this table, and they differ. Keep the right one.",
            column="CHILD",
            value=statement.values[0],
        )


def _other_dob(statement: Statement, place: int, dob: str, telling: Telling) -> None:
    code = TABLES[statement.table].dob
    telling.fault(
        statement,
        f"dob-differs {code}".strip(),
        f"DOB differs from the Header's ({dob}). Correct whichever is wrong.",
        column="DOB",
        value=statement.values[place],
    )


# -- tables of single facts ---------------------------------------------------------------------------


def _reviews(rows: Rows, dob: str, telling: Telling) -> None:
    in_care = "episodes" in rows
    held: dict[str, Statement] = {}
    for statement in rows["reviews"]:
        _, _, text, participation = statement.values
        day = _day(text)
        if not in_care:
            telling.fault(
                statement,
                "review-without-episode",
                "The child has no episode of care in the data, but has a review. Send the episodes, or "
                "correct the child's id.",
                column="CHILD",
                value=statement.values[0],
                around=day,
            )
        if day is None or statement.outcome == NO_EVENT:  # booked, not held
            telling.stands(statement)
            continue
        if text in held:
            _second_review(statement, held[text], telling)
            continue
        held[text] = statement
        telling.events.append(event("care_review_held", day, statement, {"participation": participation}))
        if dob and text < dob:
            _before_birth(statement, "REVIEW", text, "", telling)


def _second_review(statement: Statement, first: Statement, telling: Telling) -> None:
    if statement.values == first.values:
        telling.outcome(statement, REPEATED)
        return
    telling.fault(
        statement,
        "review-twice",
        f"A review on the same day stands in row {first.row} with another participation code "
        f"({first.values[3] or 'none'}); one review is shown.",
        column="REVIEW_CODE",
        value=statement.values[3],
        around=_day(statement.values[2]),
    )


def _missing(rows: Rows, dob: str, telling: Telling) -> None:
    found = sorted(rows["missing"], key=lambda statement: statement.values[3])
    last: Statement | None = None
    for statement in found:
        _, _, category, start, end = statement.values
        if last is not None and statement.values == last.values:
            telling.outcome(statement, REPEATED)
            continue
        if last is not None and (not last.values[4] or start < last.values[4]):
            telling.fault(
                statement,
                "missing-overlaps 903-574",
                "This time missing begins before the one before it has ended.",
                column="MIS_START",
                value=start,
                around=_day(start),
            )
        if dob and start < dob:
            _before_birth(statement, "MIS_START", start, " 903-586", telling)
        marks = _AWAY if category == "A" else _NO_MARKS
        details = {"category": category} if category else {}
        ref = f"missing:{statement.record_id}"
        _tell(telling, "missing_start", start, statement, details, marks, ref)
        _tell(telling, "missing_end", end, statement, details, marks, ref)
        last = statement


def _before_birth(statement: Statement, column: str, text: str, code: str, telling: Telling) -> None:
    telling.fault(
        statement,
        f"before-birth{code}",
        f"{column} lies before the child's date of birth. Correct whichever is wrong.",
        column=column,
        value=text,
        around=_day(text),
    )


def _tell(
    telling: Telling,
    kind: str,
    text: str,
    statement: Statement,
    details: Mapping[str, str],
    marks: frozenset[str] = _NO_MARKS,
    ref: str = "",
) -> None:
    """Tell an event of a day given as text, if it is given."""
    if day := _day(text):
        telling.events.append(event(kind, day, statement, details, marks, ref))


def _adoption(rows: Rows, dob: str, telling: Telling) -> None:
    for statement in rows["ad1"]:
        _tell(telling, "adoption_decision", statement.values[2], statement, {})
        _tell(telling, "adoption_match", statement.values[3], statement, {})


def _placed_for_adoption(rows: Rows, dob: str, telling: Telling) -> None:
    open_since: Statement | None = None
    for statement in sorted(rows["placed_for_adoption"], key=lambda statement: statement.values[2]):
        _, _, placed, ceased, reason = statement.values
        if open_since is not None and (not open_since.values[3] or placed < open_since.values[3]):
            telling.fault(
                statement,
                "adoption-overlaps 903-579",
                "This decision begins before the one before it was ended.",
                column="DATE_PLACED",
                value=placed,
                around=_day(placed),
            )
        _tell(telling, "placed_for_adoption", placed, statement, {})
        _tell(telling, "placed_for_adoption_ended", ceased, statement, {"reason": reason} if reason else {})
        open_since = statement


def _previous_permanence(rows: Rows, dob: str, telling: Telling) -> None:
    for statement in rows["previous_permanence"]:
        _, _, option, la, day = statement.values
        _tell(telling, "previous_permanence", day, statement, {"option": option, "la": la})


def _social_workers(rows: Rows, dob: str, telling: Telling) -> None:
    for statement in rows["sw_episodes"]:
        _, _, worker, start, end, reason = statement.values
        _tell(telling, "social_worker_started", start, statement, {"worker": worker})
        _tell(telling, "social_worker_ended", end, statement, {"worker": worker, "reason": reason})


def _deprivation_of_liberty(rows: Rows, dob: str, telling: Telling) -> None:
    for statement in rows["deprivation_of_liberty"]:
        _tell(telling, "deprivation_of_liberty_started", statement.values[2], statement, {})
        _tell(telling, "deprivation_of_liberty_ended", statement.values[3], statement, {})


_TELLERS: Mapping[str, Callable[[Rows, str, Telling], None]] = {
    "reviews": _reviews,
    "missing": _missing,
    "ad1": _adoption,
    "placed_for_adoption": _placed_for_adoption,
    "previous_permanence": _previous_permanence,
    "sw_episodes": _social_workers,
    "deprivation_of_liberty": _deprivation_of_liberty,
}


# -- episodes -----------------------------------------------------------------------------------------


def _episodes(found: list[Statement], dob: str, covered_to: Mapping[str, date], telling: Telling) -> None:
    """Stitch and tell the episodes, each authority's by themselves."""
    by_authority: dict[str, list[Statement]] = {}
    for statement in found:
        by_authority.setdefault(statement.said_by, []).append(statement)
    for agency, statements in by_authority.items():
        latest = 0
        episodes = []
        for statement in statements if len(statements) == 1 else _without_repeats(statements, telling):
            values = statement.values
            decom = _day(values[1])
            if decom is None:
                continue
            year = int(values[13] or 0)
            latest = max(latest, int(values[14] or 0), year)
            episodes.append(Episode(statement, decom, _day(values[7]), year))
        if agency in covered_to:
            latest = max(latest, year_of_return(covered_to[agency]))
        standing, repairs = stitch(episodes, latest)
        for episode, rule, severity, message in repairs:
            telling.fault(
                episode.statement,
                rule,
                message,
                column="DEC",
                value=episode.statement.values[7],
                severity=severity,
                around=episode.decom,
            )
            if rule in _TOLD_AGAIN:
                telling.outcome(episode.statement, REPEATED)
        if standing and dob and standing[0].statement.values[1] < dob:
            first = standing[0].statement
            _before_birth(first, "DECOM", first.values[1], " 903-302", telling)
        telling.events += care_events(standing)


def _without_repeats(statements: list[Statement], telling: Telling) -> list[Statement]:
    """Rows of which none says just what another of its file says."""
    kept: dict[tuple[str, tuple[str, ...]], Statement] = {}
    for statement in statements:
        if (statement.file, statement.values) in kept:
            telling.outcome(statement, REPEATED)
        else:
            kept[statement.file, statement.values] = statement
    return list(kept.values())
