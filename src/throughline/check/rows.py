"""One event and one duty as lines of the command's files."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from throughline import duties, words
from throughline.check.outputs import quoted
from throughline.check.summary import Overdue, Summary
from throughline.feeds.base import Event
from throughline.timeline import Happening
from throughline.words.calendars import day_bounds_utc, to_london

_FACTS = 4
"""How many of the rows a duty rests on are named; the rest are counted."""


def event_line(child: str, number: int, told_by: int, event: Event) -> str:
    """One telling of the child's happening `number`, which `told_by` sources tell; `child` is quoted."""
    kind, on, at, precision, said_by, statement, marks, details, _, level, tags, _ = event
    facts = quoted("; ".join([f"{name}={value}" for name, value in details.items()])) if details else ""
    return (
        f"{child},{_kind(kind)},{on},{written(at) if at else ''},{precision},"
        f"{written(statement.recorded_at) if statement.recorded_at else ''},{quoted(said_by)},{number},{told_by},"
        f"{_codes(marks) if marks else ''},{facts},{level},{_codes(tags) if tags else ''},"
        f"{_quoted(statement.file)},{statement.row}\n"
    )


@lru_cache(maxsize=1024)
def _kind(kind: str) -> str:
    return f"{kind},{quoted(words.kinds()[kind].title)}"


@lru_cache(maxsize=4096)
def _codes(codes: frozenset[str]) -> str:
    return ";".join(sorted(codes))


_quoted = lru_cache(maxsize=4096)(quoted)


class OwedLines:
    """Each duty as a line of ``owed.csv``, counted as it is written."""

    def __init__(self, summary: Summary, rules: duties.Rulebook) -> None:
        self._summary = summary
        self._rules = rules
        # An hour clock that ends within the day asked about is due, not late: docs/adr on dates and moments.
        self._as_of = day_bounds_utc(summary.as_of)[0]
        self._said: dict[tuple[str, str], tuple[str, str]] = {}

    def line(self, child_id: str, child: str, instance: duties.Instance) -> str:
        """The line of one instance; its state is added to the summary. `child` is the id, quoted."""
        status = duties.status(instance, self._as_of)
        state, late, late_unit = status
        duty = instance.duty
        before, after = self._constant(duty, instance.version)
        because = duties.because(instance, self._rules[duty])
        self._summary.states[duty][state] += 1
        if state == "overdue":
            self._add_overdue(child_id, instance, status, because)
        elif state == "cannot tell":
            self._summary.unknown[duty, instance.cannot_tell or instance.estimated] += 1
        due, met_at = instance.due, instance.met_at
        return (
            f"{instance.subject_kind},{child},{before},{instance.trigger.kind},{written(instance.opened_at)},"
            f"{written(due) if due else ''},{instance.precision},{state},{written(met_at) if met_at else ''},"
            f"{'' if late is None else late},{late_unit},{_evidence(instance.evidence)},{quoted(because)},{after}"
        )

    def _constant(self, duty: str, version: str) -> tuple[str, str]:
        """What every line of one version of a rule says alike, before and after what differs."""
        said = self._said.get((duty, version))
        if said is None:
            rule = self._rules[duty]
            before = f"{duty},{version},{rule.strength},{quoted(rule.owed_by)},{quoted(rule.title)}"
            said = self._said[duty, version] = (before, quoted(rule.source) + "\n")
        return said

    def _add_overdue(self, child_id: str, instance: duties.Instance, status: duties.Status, because: str) -> None:
        due = instance.due
        assert due is not None, "what is overdue was due some day"
        day = due.date() if isinstance(due, datetime) else due
        overdue = Overdue(
            (self._summary.as_of - day).days,
            child_id,
            written(instance.opened_at),
            written(due),
            f"{status.late} {status.late_unit}",
            because,
        )
        self._summary.add_overdue(instance.duty, overdue)


@lru_cache(maxsize=65536)
def written(value: date | datetime) -> str:
    """ISO: a day as a day, an instant in London with its offset, to the minute."""
    if isinstance(value, datetime):
        return to_london(value).isoformat(timespec="minutes")
    return value.isoformat()


def _evidence(happenings: tuple[Happening, ...]) -> str:
    """``police.csv row 2; hub.csv row 9``, quoted: where to look it up."""
    told = [event.statement for happening in happenings for event in happening.events]
    places = "; ".join([f"{statement.file} row {statement.row}" for statement in told[:_FACTS]])
    if len(told) > _FACTS:
        places += f"; and {len(told) - _FACTS} more"
    return quoted(places)
