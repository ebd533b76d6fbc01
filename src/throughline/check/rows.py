"""One event and one duty as lines of the command's files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache

from throughline import duties, words
from throughline.check.outputs import quoted
from throughline.check.summary import Overdue, Summary
from throughline.timeline import Happening
from throughline.words.calendars import to_london

_FACTS = 4
"""How many of the rows a duty rests on are named; the rest are counted."""


def event_lines(child: str, happenings: Iterable[Happening], counts: Counter[str]) -> str:
    """Every telling of a child's happenings, which are numbered; `child` is quoted. Kinds are counted."""
    lines = []
    for number, happening in enumerate(happenings, start=1):
        told_by = len(happening[3])
        for kind, on, at, precision, said_by, statement, marks, details, _, level, tags, _ in happening[3]:
            counts[kind] += 1
            recorded = statement[9]
            facts = quoted("; ".join([f"{name}={value}" for name, value in details.items()])) if details else ""
            lines.append(
                f"{child},{_kind(kind)},{written(on)},{written(at) if at else ''},{precision},"
                f"{written(recorded) if recorded else ''},{_quoted(said_by)},{number},{told_by},"
                f"{_codes(marks) if marks else ''},{facts},{level},{_codes(tags) if tags else ''},"
                f"{_quoted(statement[2])},{statement[3]}\n"
            )
    return "".join(lines)


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
        self._as_of = summary.as_of
        self._constants: dict[tuple[str, str], tuple[duties.Rule, str, str]] = {}

    def line(self, child_id: str, child: str, instance: duties.Instance) -> str:
        """The line of one instance; its state is added to the summary. `child` is the id, quoted."""
        subject, duty, version, _, trigger, _, due, _, precision, _, _, _, met_at, *_ = instance
        status = duties.status(instance, self._as_of)
        rule, before, after = self._constants.get((duty, version)) or self._constant(duty, version)
        because = duties.because(instance, rule, self._as_of)
        state, late, late_unit = status
        self._summary.states[duty][state] += 1
        if state == "overdue":
            self._add_overdue(child_id, instance, status, because)
        elif state == "cannot tell":
            self._summary.unknown[duty, _missing(instance)] += 1
        return (
            f"{subject},{child},{before},{trigger[0]},{written(instance.opened_at)},"
            f"{written(due) if due else ''},{precision},{state},{written(met_at) if met_at else ''},"
            f"{'' if late is None else late},{late_unit},{_evidence(instance.evidence)},{quoted(because)},{after}"
        )

    def _constant(self, duty: str, version: str) -> tuple[duties.Rule, str, str]:
        """A rule, and what every line of one version of it says alike, before and after what differs."""
        rule = self._rules[duty]
        before = f"{duty},{version},{rule.strength},{quoted(rule.owed_by)},{quoted(rule.title)}"
        said = self._constants[duty, version] = (rule, before, quoted(rule.source) + "\n")
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


def _missing(instance: duties.Instance) -> str:
    """What is missing where it cannot be told, in words."""
    if instance.cannot_tell or instance.estimated:
        return instance.cannot_tell or instance.estimated
    ends = instance.covered_to
    return f"nothing is known after {ends.day} {ends:%b %Y}" if ends else "no source would answer it"


@lru_cache(maxsize=65536)
def written(value: date | datetime) -> str:
    """ISO: a day as a day, an instant in London with its offset, to the minute."""
    if isinstance(value, datetime):
        return to_london(value).isoformat(timespec="minutes")
    return value.isoformat()


def _evidence(happenings: tuple[Happening, ...]) -> str:
    """``police.csv row 2; hub.csv row 9``, quoted: where to look it up."""
    places = [f"{_in_quotes(event[5][2])} row {event[5][3]}" for happening in happenings for event in happening[3]]
    if len(places) > _FACTS:
        places[_FACTS:] = [f"and {len(places) - _FACTS} more"]
    return f'"{"; ".join(places)}"'


@lru_cache(maxsize=4096)
def _in_quotes(file: str) -> str:
    return quoted(file)[1:-1]
