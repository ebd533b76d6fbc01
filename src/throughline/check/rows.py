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
_MOST_KEPT = 200_000


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
        self._constants: dict[tuple[str, str], tuple[str, str]] = {}
        self._plain: dict[tuple[object, ...], str] = {}

    def line(self, child_id: str, child: str, instance: duties.Instance) -> str:
        """The line of one instance; its state is added to the summary. `child` is the id, quoted."""
        plain = self._plainly_met(instance)
        if plain is not None:
            self._summary.states[instance.duty]["met"] += 1
            said = plain
        else:
            said = self._said(child_id, instance)
        before, _, after = said.partition("\x00")
        return f"{instance.subject_kind},{child},{before}{_evidence(instance.evidence)}{after}"

    def _plainly_met(self, instance: duties.Instance) -> str | None:
        """What is said of a day clock met in time, made once for all children it is the same for.

        So it is for most duties of a county: one day opened, one day met, one rule.
        """
        facts, met_at = instance.facts, instance.met_at
        if not instance.in_time or instance.unit == "elapsed_hours" or len(facts) != 1 or instance.met_route:
            return None
        ((says, happening),) = facts
        key = (
            instance.duty,
            instance.version,
            says,
            None if happening is None else happening.happened_on,
            instance.opened,
            met_at,
            instance.trigger.kind,
            instance.estimated,
        )
        said = self._plain.get(key)
        if said is None:
            if len(self._plain) > _MOST_KEPT:
                self._plain.clear()
            said = self._plain[key] = self._text(
                instance, duties.status(instance, self._as_of), self._because(instance)
            )
        return said

    def _said(self, child_id: str, instance: duties.Instance) -> str:
        status, because, duty = duties.status(instance, self._as_of), self._because(instance), instance.duty
        self._summary.states[duty][status.state] += 1
        if status.state == "overdue":
            self._add_overdue(child_id, instance, status, because)
        elif status.state == "cannot tell":
            self._summary.unknown[duty, _missing(instance)] += 1
        return self._text(instance, status, because)

    def _because(self, instance: duties.Instance) -> str:
        return duties.because(instance, self._rules[instance.duty], self._as_of)

    def _text(self, instance: duties.Instance, status: duties.Status, because: str) -> str:
        """The line without subject and child; a null stands where the evidence goes."""
        before, after = self._constant(instance.duty, instance.version)
        state, late, late_unit = status
        due, met_at = instance.due, instance.met_at
        return (
            f"{before},{instance.trigger.kind},{written(instance.opened_at)},"
            f"{written(due) if due else ''},{instance.precision},{state},{written(met_at) if met_at else ''},"
            f"{'' if late is None else late},{late_unit},\x00,{quoted(because)},{after}"
        )

    def _constant(self, duty: str, version: str) -> tuple[str, str]:
        """What every line of one version of a rule says alike, before and after what differs."""
        said = self._constants.get((duty, version))
        if said is None:
            rule = self._rules[duty]
            before = f"{duty},{version},{rule.strength},{quoted(rule.owed_by)},{quoted(rule.title)}"
            said = self._constants[duty, version] = (before, quoted(rule.source) + "\n")
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
    places = [
        f"{_in_quotes(event.statement.file)} row {event.statement.row}"
        for happening in happenings
        for event in happening.events
    ]
    if len(places) > _FACTS:
        places[_FACTS:] = [f"and {len(places) - _FACTS} more"]
    return f'"{"; ".join(places)}"'


@lru_cache(maxsize=4096)
def _in_quotes(file: str) -> str:
    return quoted(file)[1:-1]
